"""A folder becomes an installation, and doing it again changes nothing."""

import asyncio
import socket
from pathlib import Path

import pytest

from hotline1022 import installation
from hotline1022.base.clock import SystemClock
from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*installation.PORTS, *installation.SECRETS):
        monkeypatch.delenv(f"HOTLINE_{name.upper()}", raising=False)


def test_secrets_are_made_once_and_nobody_else_can_read_them(tmp_path: Path) -> None:
    first = installation.write_settings(tmp_path)
    secrets = [getattr(first, name).get_secret_value() for name in installation.SECRETS]
    assert all(len(secret) >= 24 for secret in secrets)
    assert len(set(secrets)) == len(secrets)
    assert (tmp_path / "secrets.env").stat().st_mode & 0o777 == 0o600
    assert installation.write_settings(tmp_path) == first


def test_a_secret_that_is_missing_is_added_and_the_others_stay(tmp_path: Path) -> None:
    first = installation.write_settings(tmp_path)
    path = tmp_path / "secrets.env"
    kept = [line for line in path.read_text().splitlines(keepends=True) if "AMI_SECRET" not in line]
    path.write_text("".join(kept))
    second = installation.write_settings(tmp_path)
    assert second.ami_secret.get_secret_value()
    assert second.ami_secret != first.ami_secret
    assert second.ari_password == first.ari_password


def test_a_port_that_is_taken_is_replaced_by_a_free_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        taken = door.getsockname()[1]
        port = installation.free_port(taken, socket.SOCK_STREAM)
        assert port != taken
    assert installation.free_port(taken, socket.SOCK_STREAM) == taken


def test_ports_are_chosen_once(tmp_path: Path) -> None:
    first = installation.write_settings(tmp_path)
    with socket.socket() as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(("127.0.0.1", first.http_port))
        door.listen()
        assert installation.write_settings(tmp_path).http_port == first.http_port


def test_a_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises((HotlineError, OSError)) as caught:
        installation.write_settings(tmp_path / "file" / "data")
    assert isinstance(caught.value, HotlineError), caught.value
    assert "HOTLINE_DATA" in str(caught.value)


def test_the_administrators_password_is_shown_once(tmp_path: Path) -> None:
    settings = Settings.load(tmp_path)
    assert asyncio.run(installation.prepare_database(settings, SystemClock()))
    assert asyncio.run(installation.prepare_database(settings, SystemClock())) is None


def test_secrets_do_not_show_when_settings_are_printed(tmp_path: Path) -> None:
    settings = installation.write_settings(tmp_path)
    assert settings.ari_password.get_secret_value() not in repr(settings)
