"""Claims about settings: where they come from, and what a person reads when one is wrong."""

from pathlib import Path

import pytest

from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings
from hotline1022.installation import write_settings


def test_first_start_makes_secrets_that_only_the_owner_reads(tmp_path: Path) -> None:
    first = write_settings(tmp_path / "data")
    secrets = tmp_path / "data" / "secrets.env"
    assert secrets.stat().st_mode & 0o077 == 0
    assert len(first.service_token.get_secret_value()) >= 32
    assert first.service_token.get_secret_value() not in repr(first)
    again = write_settings(tmp_path / "data")
    assert again.ari_password == first.ari_password


def test_a_missing_secret_is_added_and_the_others_stay(tmp_path: Path) -> None:
    first = write_settings(tmp_path)
    lines = (tmp_path / "secrets.env").read_text().splitlines(keepends=True)
    (tmp_path / "secrets.env").write_text("".join(line for line in lines if "AMI" not in line))
    again = write_settings(tmp_path)
    assert again.ami_secret != first.ami_secret
    assert again.ari_password == first.ari_password


def test_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "settings.env").write_text("HOTLINE_SIP_PORT=5070\nHOTLINE_HTTP_PORT=8100\n")
    monkeypatch.setenv("HOTLINE_SIP_PORT", "5080")
    settings = Settings.load(tmp_path)
    assert (settings.sip_port, settings.http_port) == (5080, 8100)


def test_a_secret_laid_as_a_file_wins_over_a_generated_one_but_not_over_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    generated = write_settings(tmp_path).ari_password.get_secret_value()
    laid = tmp_path / "laid"
    laid.mkdir()
    (laid / "hotline_ari_password").write_text("from-a-file-0123456789\n")
    (laid / "hotline_database_url").write_text("postgresql+asyncpg://hotline:p@database/hotline\n")
    monkeypatch.setenv("HOTLINE_SECRETS_FOLDER", str(laid))
    settings = Settings.load(tmp_path)
    assert settings.ari_password.get_secret_value() == "from-a-file-0123456789" != generated
    assert settings.database == "postgresql+asyncpg://hotline:p@database/hotline"
    monkeypatch.setenv("HOTLINE_DATABASE_URL", "sqlite+aiosqlite:///elsewhere.sqlite")
    assert Settings.load(tmp_path).database == "sqlite+aiosqlite:///elsewhere.sqlite"


def test_a_folder_of_secrets_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_SECRETS_FOLDER", str(tmp_path / "nowhere"))
    with pytest.raises(HotlineError, match="nowhere"):
        Settings.load(tmp_path)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("HOTLINE_SIP_PORT=năm nghìn", "HOTLINE_SIP_PORT"),
        ("HOTLINE_RECOGNISER=best", "HOTLINE_RECOGNISER"),
        ("HOTLINE_TRUNK_ADDRESSES=127.0.0.2", "trunk_addresses"),
        ("HOTLINE_NODE_NAME=../x", "HOTLINE_NODE_NAME"),
    ],
)
def test_a_wrong_setting_is_one_sentence_that_names_it(tmp_path: Path, line: str, told: str) -> None:
    (tmp_path / "settings.env").write_text(line + "\n", encoding="utf-8")
    with pytest.raises(HotlineError, match=told) as refused:
        Settings.load(tmp_path)
    assert str(tmp_path / "settings.env") in str(refused.value)


def test_this_machine_reaches_what_is_bound_everywhere_at_loopback(tmp_path: Path) -> None:
    (tmp_path / "settings.env").write_text("HOTLINE_SIP_BIND=0.0.0.0\nHOTLINE_HTTP_BIND=10.1.2.3\n")
    settings = Settings.load(tmp_path)
    assert (settings.sip_reach, settings.http_reach) == ("127.0.0.1", "10.1.2.3")
