"""``hotline1022 report``: one command a report, a whole file or none."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from hotline1022.base.errors import DatabaseAway, HotlineError, Invalid, Refused
from hotline1022.reporting import store
from hotline1022.reporting.catalogue import OFFERS
from tests.command_line import run
from tests.reporting.conftest import one_database

pytestmark = one_database


def test_every_report_has_a_command_and_is_listed(installation: Path) -> None:
    told = run("report", "list")
    assert [line.split(":")[0] for line in told.splitlines()] == list(OFFERS)
    for name in OFFERS:
        assert "Usage" in run("report", name, "--help")


def test_a_report_is_written_where_it_was_asked_for_and_nothing_is_overwritten(installation: Path) -> None:
    path = installation / "thang.xlsx"
    asked = ("report", "thang", "--month", "2025-10", "--out", str(path))
    assert f"Đã ghi {path}" in run(*asked)
    assert "Kết quả trong tháng" in load_workbook(path).sheetnames
    before = path.read_bytes()
    with pytest.raises(Refused, match="--force"):
        run(*asked)
    assert path.read_bytes() == before
    run(*asked, "--force")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("thang", "--month", "10/2025"), "2025|2026-10"),
        (("co-quan", "--period", "2999-Q1"), "Chưa đến"),
        (("thang", "--month", "2025-10", "--format", "exe"), "xlsx, docx"),
    ],
)
def test_what_cannot_be_had_leaves_no_file(installation: Path, arguments: tuple[str, ...], words: str) -> None:
    path = installation / "x.xlsx"
    with pytest.raises((Invalid, Refused), match=words):
        run("report", *arguments, "--out", str(path))
    assert not path.exists()


def test_a_database_that_goes_away_meanwhile_leaves_no_file(
    installation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the report asks for the second time, there is nobody to ask any more."""
    path, answer, asked = installation / "thang.xlsx", store.answer, 0

    async def away(*question: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked > 1:
            raise DatabaseAway("Mất kết nối với cơ sở dữ liệu")
        return await answer(*question)

    monkeypatch.setattr(store, "answer", away)
    with pytest.raises(DatabaseAway, match="Mất kết nối"):
        run("report", "thang", "--month", "2025-10", "--out", str(path))
    assert asked == 2
    assert list(installation.glob("*thang*")) == []


def test_a_folder_is_no_file(installation: Path) -> None:
    with pytest.raises(HotlineError, match="thư mục"):
        run("report", "thang", "--month", "2025-10", "--out", str(installation))
