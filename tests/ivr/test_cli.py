"""Claims about `hotline1022 flows` and `hotline1022 prompts`."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotline1022.cli.flows import flows_app
from hotline1022.cli.prompts import prompts_app
from tests.ivr.small_flow import GOOD

runner = CliRunner()


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    return tmp_path


def test_shipped_flow_checks() -> None:
    done = runner.invoke(flows_app, ["check"])
    assert done.exit_code == 0
    assert "default-1-" in done.output


def test_province_flow_in_the_data_folder_is_the_one_that_is_checked(data: Path) -> None:
    (data / "flows").mkdir()
    (data / "flows" / "default.yaml").write_text(GOOD, encoding="utf-8")
    assert "small-3-" in runner.invoke(flows_app, ["check"]).output


def test_broken_flow_is_told_with_file_and_line_and_exit_code_1(data: Path) -> None:
    file = data / "mine.yaml"
    file.write_text(GOOD.replace("then: ask", "then: aks"), encoding="utf-8")
    done = runner.invoke(flows_app, ["check", str(file)])
    assert done.exit_code == 1
    assert f"{file}:9: lỗi: " in done.output
    assert runner.invoke(flows_app, ["draw", str(file)]).exit_code == 1
    assert runner.invoke(flows_app, ["rehearse", str(file)]).exit_code == 1


def test_broken_texts_are_told_with_file_and_line(data: Path) -> None:
    (data / "prompts").mkdir()
    (data / "prompts" / "vi.yaml").write_text("flows: {}\n", encoding="utf-8")
    done = runner.invoke(flows_app, ["check"])
    assert done.exit_code == 1
    assert "vi.yaml:1: lỗi: Không có mục “flows”" in done.output


def test_rehearsal_by_keys_and_by_script(data: Path) -> None:
    by_keys = runner.invoke(flows_app, ["rehearse", "--keys", ",2"])
    assert by_keys.exit_code == 0
    assert "topic=2" in by_keys.output
    script = data / "call.txt"
    script.write_text("facts open-now\nsilence\nkeys 2\n", encoding="utf-8")
    assert runner.invoke(flows_app, ["rehearse", "--script", str(script)]).output == by_keys.output
    script.write_text("whistle\n", encoding="utf-8")
    failed = runner.invoke(flows_app, ["rehearse", "--script", str(script)])
    assert failed.exit_code == 1
    assert f"{script}:1: " in failed.output


def test_picture_is_printed() -> None:
    assert runner.invoke(flows_app, ["draw"]).output.startswith("flowchart TD\n")


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_agency_names_are_recorded_into_the_data_folder_and_nothing_else(data: Path) -> None:
    (data / "prompts").mkdir()
    (data / "prompts" / "agencies.yaml").write_text("so-xay-dung: Sở Xây dựng.\n", encoding="utf-8")
    assert runner.invoke(prompts_app, ["list", "--problems"]).exit_code == 1
    done = runner.invoke(prompts_app, ["make"])
    assert done.exit_code == 0
    assert {path.name for path in (data / "prompts" / "vi").iterdir()} == {"agency-so-xay-dung.alaw", "manifest.json"}
    assert runner.invoke(prompts_app, ["list", "--problems"]).exit_code == 0


def test_absent_voice_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    done = runner.invoke(prompts_app, ["make"])
    assert done.exit_code == 1
    assert "espeak-ng" in done.output
