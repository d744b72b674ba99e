"""The commands an engineer types."""

import json
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from hotline1022.base.errors import HotlineError
from hotline1022.cli import models as models_command
from hotline1022.cli.transcribe import transcribe
from tests.transcription.conftest import model, models_folder
from transcription.registry import PROVINCE_FILE

RUNNER = CliRunner()
TRANSCRIBE = Typer()
TRANSCRIBE.command()(transcribe)


def test_models_are_listed_with_the_engine_that_follows(tmp_path: Path) -> None:
    result = RUNNER.invoke(models_command.app, ["list", "--data", str(tmp_path), "--models", str(tmp_path)])
    assert result.exit_code == 0
    assert "vosk-vi-small" in result.output
    assert "chưa có" in result.output


def test_a_copied_model_is_added_verified_and_found_damaged(tmp_path: Path) -> None:
    source = tmp_path / "silero_vad.onnx"
    source.write_bytes(b"network")
    folder = ["--data", str(tmp_path), "--models", str(tmp_path / "m")]
    assert RUNNER.invoke(models_command.app, ["add", "silero-vad", str(source), *folder]).exit_code == 0
    assert RUNNER.invoke(models_command.app, ["verify", *folder]).exit_code == 0
    (tmp_path / "m" / "silero-vad" / "silero_vad.onnx").write_bytes(b"n3twork")
    verified = RUNNER.invoke(models_command.app, ["verify", *folder])
    assert verified.exit_code == 1
    assert "hỏng" in verified.output


def test_a_source_that_is_away_is_told_and_the_command_fails(
    tmp_path: Path, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(models_command.SOURCES_VARIABLE, raising=False)
    source = f"{{kind: page, url: 'http://127.0.0.1:{unused_tcp_port}/m.zip'}}"
    (tmp_path / PROVINCE_FILE).write_text(
        f"models: {{m: {{engine: vosk, language: vi, role: live, licence: x, size: 1, sources: [{source}]}}}}", "utf-8"
    )
    result = RUNNER.invoke(models_command.app, ["fetch", "m", "--data", str(tmp_path), "--models", str(tmp_path / "m")])
    assert result.exit_code == 1
    assert "không nối được" in result.output
    assert "models add m" in result.output.replace("\n", " ")


@pytest.mark.parametrize(("order", "expected"), [("", None), ("package, page", ("package", "page"))])
def test_the_order_of_sources_is_read_from_the_environment(
    order: str, expected: tuple[str, ...] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(models_command.SOURCES_VARIABLE, order)
    assert models_command.sources_order() == expected


def test_an_unknown_kind_of_source_or_model_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(models_command.SOURCES_VARIABLE, "ftp")
    with pytest.raises(HotlineError, match="ftp"):
        models_command.sources_order()
    with pytest.raises(HotlineError, match="nope"):
        models_command.entries_named(["nope"], tmp_path)


def test_without_a_model_transcribe_says_what_to_do(tmp_path: Path) -> None:
    result = RUNNER.invoke(TRANSCRIBE, ["x.wav", "--data", str(tmp_path), "--models", str(tmp_path)])
    assert result.exit_code == 1
    assert "models fetch" in result.output


@pytest.mark.engine
def test_each_file_is_a_line_and_a_bad_one_stops_no_other(tmp_path: Path) -> None:
    for name in ("whisper-base", "silero-vad"):
        model(name)
    voice = model("voices-vi") / "Ly (nữ miền Bắc).wav"
    (tmp_path / "bad.wav").write_bytes(b"not sound")
    arguments = [str(tmp_path / "bad.wav"), str(voice), "--json", "--telephone", "--data", str(tmp_path)]
    result = RUNNER.invoke(TRANSCRIBE, [*arguments, "--models", str(models_folder())])
    assert result.exit_code == 1
    (line,) = result.stdout.splitlines()
    told = json.loads(line)
    assert told["file"] == str(voice)
    assert told["engine"] == "whisper"
    assert "người khác" in told["text"]
    assert {"w", "start", "end", "conf", "leg"} <= set(told["words"][0])
    assert result.stderr.startswith("bad.wav: ")
