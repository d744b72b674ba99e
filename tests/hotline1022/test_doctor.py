"""The doctor finds what a fresh installation gets wrong: one line each, with the remedy, and exit code 1."""

import asyncio
import shutil
import socket
from collections import namedtuple
from pathlib import Path

import pytest
from typer.testing import CliRunner

from hotline1022 import installation
from hotline1022.base.clock import SystemClock
from hotline1022.cli import app, doctor
from hotline1022.config import Settings
from ivr.shelf import SHIPPED_FLOW
from tests.asterisk import free_port
from tests.postgresql import PostgreSQL


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A healthy installation but for Asterisk and models."""
    data = tmp_path_factory.mktemp("data")
    settings = installation.write_settings(data)
    asyncio.run(installation.prepare_database(settings, SystemClock()))
    installation.lay_prompts(settings)
    return data


@pytest.fixture
def data(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it, to be broken; Asterisk is taken for granted where it is not the claim."""
    shutil.copytree(prepared, tmp_path / "data", symlinks=True)
    monkeypatch.setattr(doctor, "_asterisk", lambda _settings: iter(()))
    return tmp_path / "data"


def bad(data: Path) -> list[str]:
    """The lines that are marked as bad; exit code 1 exactly when there are any."""
    result = CliRunner().invoke(app, ["doctor", "--data", str(data)])
    lines = [line for line in result.output.splitlines() if line.startswith("✘")]
    assert result.exit_code == (1 if lines else 0), result.output
    return lines


def test_a_healthy_installation_has_nothing_bad(data: Path) -> None:
    assert bad(data) == []


def test_a_folder_that_was_never_prepared(tmp_path: Path) -> None:
    (line,) = bad(tmp_path)
    assert "make setup" in line


def test_secrets_that_everybody_can_read(data: Path) -> None:
    (data / "secrets.env").chmod(0o644)
    (line,) = bad(data)
    assert "chmod 600" in line


def test_a_database_without_tables(data: Path) -> None:
    (data / "hotline.sqlite").unlink()
    (line,) = bad(data)
    assert "make setup" in line


def test_a_jobs_database_that_is_away_or_is_of_another_kind(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_JOBS_DATABASE_URL", f"postgresql://hotline:a-secret@127.0.0.1:{free_port()}/jobs")
    (line,) = bad(data)
    assert "HOTLINE_JOBS_DATABASE_URL" in line
    assert "a-secret" not in line
    monkeypatch.setenv("HOTLINE_JOBS_DATABASE_URL", "mysql://127.0.0.1/jobs")
    (line,) = bad(data)
    assert "mysql" in line


@pytest.mark.postgresql
def test_a_jobs_database_that_is_there_is_told(
    data: Path, postgresql: PostgreSQL, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_JOBS_DATABASE_URL", postgresql.url(postgresql.new_database(), "psycopg"))
    result = CliRunner().invoke(app, ["doctor", "--data", str(data)])
    assert result.exit_code == 0
    assert "✔ Cơ sở dữ liệu của việc nền nối được" in result.output


def test_a_prompt_that_asterisk_lacks(data: Path) -> None:
    (installation.line_settings(Settings.load(data)).sounds / "menu.alaw").unlink()
    (line,) = bad(data)
    assert "menu" in line


def test_a_broken_flow_with_its_file_and_line(data: Path) -> None:
    text = SHIPPED_FLOW.read_text(encoding="utf-8").replace("    then: consent\n", "    then: consnet\n")
    (data / "flows").mkdir()
    (data / "flows" / "default.yaml").write_text(text, encoding="utf-8")
    number = text[: text.index("consnet")].count("\n") + 1
    assert any(f"default.yaml:{number}" in line for line in bad(data))


def test_broken_rules_with_their_file(data: Path) -> None:
    (data / "rules").mkdir()
    (data / "rules" / "topics.yaml").write_text("topics: [", encoding="utf-8")
    assert any("topics.yaml" in line for line in bad(data))


def test_a_corrupt_model(data: Path) -> None:
    (data / "models" / "whisper-base").mkdir(parents=True)
    (data / "models" / "whisper-base" / "model.bin").write_bytes(b"not a model")
    assert any("whisper-base" in line for line in bad(data))


def test_a_port_that_another_program_holds(data: Path) -> None:
    port = Settings.load(data).calls_port
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", port))
        door.listen()
        (line,) = bad(data)
    assert str(port) in line
    assert "HOTLINE_CALLS_PORT" in line


def test_a_disk_that_is_nearly_full(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage(10**12, 10**12, 10**8))
    (line,) = bad(data)
    assert "0.1 GB" in line


def test_an_asterisk_that_is_not_there(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "find_asterisk", lambda _settings: None)
    (line,) = bad(prepared)
    assert "Asterisk" in line
    assert "make setup" in line
