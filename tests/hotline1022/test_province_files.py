"""Files that a province changes while the service runs: a good one is taken, a broken one leaves the old one in force."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from structlog.testing import capture_logs

from hotline1022 import installation, province_files
from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings
from tickets.rules import Rules, StandingRules

TITLE = 'title: "giờ hành chính"'


@pytest.fixture
def product() -> Any:
    """Stands for what plays prompts."""
    return SimpleNamespace(playable=frozenset())


@pytest.fixture
def files(tmp_path: Path, product: Any, monkeypatch: pytest.MonkeyPatch) -> province_files.ProvinceFiles:
    """The watch over an installation whose flows and prompts are good."""
    (tmp_path / "rules").mkdir()
    monkeypatch.setattr(installation, "refresh_flows", lambda *_: None)
    monkeypatch.setattr(installation, "lay_prompts", lambda _: SimpleNamespace(playable=frozenset({"chao"})))
    flows: Any = SimpleNamespace(findings=[], current=SimpleNamespace(version="1"))
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    standing = StandingRules(tmp_path / "rules")
    return province_files.ProvinceFiles(Settings.load(), [flows], product, [standing], lambda: None)


def rules_of(files: province_files.ProvinceFiles) -> Rules:
    """The rules in force."""
    (standing,) = files._rules
    assert isinstance(standing, StandingRules)
    return standing.current


def write_calendars(folder: Path, title: str) -> None:
    """The shipped calendars with another title."""
    text = (Path(installation.__file__).parents[1] / "tickets" / "data" / "calendars.yaml").read_text(encoding="utf-8")
    assert TITLE in text
    (folder / "rules" / "calendars.yaml").write_text(text.replace(TITLE, title), encoding="utf-8")


def test_a_broken_rule_file_is_told_with_its_line_and_the_old_rules_stay(
    tmp_path: Path, files: province_files.ProvinceFiles, product: Any
) -> None:
    before = rules_of(files)
    write_calendars(tmp_path, "titel: x")
    with capture_logs() as logs:
        files.take()
    (refused,) = [entry["reason"] for entry in logs if entry["event"] == "changed_file_refused"]
    assert "calendars.yaml, dòng" in refused
    assert rules_of(files) is before
    assert product.playable == {"chao"}
    write_calendars(tmp_path, 'title: "giờ của tỉnh"')
    files.take()
    assert rules_of(files).calendar("state").title == "giờ của tỉnh"


def test_a_broken_flow_keeps_no_good_rule_from_being_taken(
    tmp_path: Path, files: province_files.ProvinceFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise HotlineError("kịch bản hỏng")

    monkeypatch.setattr(installation, "refresh_flows", broken)
    write_calendars(tmp_path, 'title: "giờ của tỉnh"')
    files.take()
    assert rules_of(files).calendar("state").title == "giờ của tỉnh"
