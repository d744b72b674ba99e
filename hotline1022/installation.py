"""Makes a folder into an installation: settings, secrets, database, Asterisk, prompts, models. Doing it again changes only what is missing.

It starts no part of the hotline; each step is told on the screen, and a failure is one sentence that says what to do.
"""

import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import ivr.prompt_book
import ivr.recordings
import ivr.shelf
from hotline1022.base import accounts, migrate
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings
from ivr.overrides import Overrides
from telephony.asterisk import configuration, program
from telephony.asterisk.configuration import LineSettings
from telephony.asterisk.program import AsteriskProgram

SECRETS = (
    "ari_password",
    "ami_secret",
    "calls_password",
    "service_token",
    "survey_key",
    "account_key",
    "metrics_token",
    "turn_secret",
)
PORTS = {
    "http_port": socket.SOCK_STREAM,
    "sip_port": socket.SOCK_DGRAM,
    "ari_port": socket.SOCK_STREAM,
    "ami_port": socket.SOCK_STREAM,
    "calls_port": socket.SOCK_STREAM,
    "transcriber_port": socket.SOCK_STREAM,
    "audio_port": socket.SOCK_STREAM,
}
"""The ports of an installation, each with its kind of socket."""


class Screen(Protocol):
    """Where the steps are told."""

    def step(self, what: str) -> None:
        """A step begins."""
        ...

    def progress(self, what: str, done: int, total: int) -> None:
        """Part of a long step is done."""
        ...

    def note(self, what: str) -> None:
        """Something that the person should know."""
        ...


def write_settings(data: Path) -> Settings:
    """The settings of the installation in ``data``, made on the first time: free ports where the usual ones are taken, fresh secrets."""
    with _writable(data):
        data.mkdir(parents=True, exist_ok=True)
        _first_settings(data)
        _missing_secrets(data)
    return Settings.load(data)


def _first_settings(data: Path) -> None:
    path = data / "settings.env"
    if path.exists():
        return
    usual = Settings.load(data)
    lines = ["# Cài đặt của tổng đài; xem docs/operations.md. Biến môi trường cùng tên được ưu tiên.\n"]
    for name, kind in PORTS.items():
        port = free_port(getattr(usual, name), kind)
        if port != getattr(usual, name):
            lines.append(f"HOTLINE_{name.upper()}={port}\n")
    path.write_text("".join(lines), encoding="utf-8")


def _missing_secrets(data: Path) -> None:
    path = data / "secrets.env"
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    missing = [name for name in SECRETS if f"HOTLINE_{name.upper()}=" not in text]
    if missing:
        fresh = "".join(f"HOTLINE_{name.upper()}={secrets.token_urlsafe(24)}\n" for name in missing)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(fresh)


def free_port(wanted: int, kind: int) -> int:
    """``wanted`` if nobody listens there on loopback, else a port that is free now."""
    for port in (wanted, 0):
        with socket.socket(socket.AF_INET, kind) as door:
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(door.getsockname()[1])
    return wanted


@contextmanager
def _writable(data: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise HotlineError(
            f"Không ghi được vào thư mục dữ liệu {data}: {error.strerror}",
            remedy="kiểm tra quyền ghi, hoặc đặt HOTLINE_DATA",
        ) from error


def line_settings(settings: Settings) -> LineSettings:
    """What Asterisk's configuration is written from."""
    return LineSettings(
        folder=settings.data / "asterisk",
        hotline_number=settings.hotline_number,
        sip_address=settings.sip_bind,
        sip_port=settings.sip_port,
        rtp_first_port=settings.rtp_first_port,
        rtp_last_port=settings.rtp_last_port,
        trunk_addresses=tuple(settings.trunk_addresses),
        ari_port=settings.ari_port,
        ami_port=settings.ami_port,
        calls_port=settings.calls_port,
        ari_password=settings.ari_password.get_secret_value(),
        ami_secret=settings.ami_secret.get_secret_value(),
        calls_password=settings.calls_password.get_secret_value(),
        metrics_password=settings.metrics_token.get_secret_value(),
        outgoing=settings.trunk_outgoing,
        outgoing_number=settings.outgoing_number,
        trunk_watch_seconds=settings.trunk_watch_seconds,
    )


def asterisk_folder(settings: Settings) -> Path:
    """Where an Asterisk of our own is unpacked."""
    return settings.data / "asterisk" / "program"


def find_asterisk(settings: Settings) -> AsteriskProgram | None:
    """The Asterisk that this installation would run, if there is one."""
    return program.find(settings.asterisk_program, asterisk_folder(settings))


def lay_prompts(settings: Settings) -> ivr.recordings.PromptFolder:
    """Put every recording where Asterisk plays it from; a province's own ones first."""
    own = Overrides(settings.data)
    book = ivr.prompt_book.load_book(own.texts)
    return ivr.recordings.build_prompt_folder(book, line_settings(settings).sounds, own.recordings)


def playable_prompts(settings: Settings) -> frozenset[str]:
    """The names of all prompts that a caller may hear."""
    return frozenset(ivr.prompt_book.load_book(Overrides(settings.data).texts))


def flow_shelf(settings: Settings) -> ivr.shelf.Shelf:
    """The flows that calls follow: the province's own where it checks, else the shipped one. Raises HotlineError."""
    own = Overrides(settings.data)
    book = ivr.prompt_book.load_book(own.texts)
    return ivr.shelf.Shelf(book, ivr.recordings.recorded(book, own.recordings), own.flow)


def survey_shelf(settings: Settings) -> ivr.shelf.Shelf:
    """The flow of the hotline's own calls, chosen in the same way. Raises HotlineError."""
    own = Overrides(settings.data)
    book = ivr.prompt_book.load_book(own.texts)
    recorded = ivr.recordings.recorded(book, own.recordings)
    return ivr.shelf.Shelf(book, recorded, own.survey, ivr.shelf.SHIPPED_SURVEY)


def refresh_flows(settings: Settings, shelf: ivr.shelf.Shelf) -> None:
    """Look at the province's files again; a flow with an error is told in ``shelf.findings`` and the last good one stays."""
    own = Overrides(settings.data)
    book = ivr.prompt_book.load_book(own.texts)
    shelf.refresh(book, ivr.recordings.recorded(book, own.recordings))


async def prepare_database(settings: Settings, clock: Clock) -> str | None:
    """Bring the database to this program's schema; gives the first administrator's one-time password, once. Raises DatabaseAway."""
    await migrate.upgrade(settings.database)
    database = Database(settings.database)
    try:
        return await accounts.ensure_administrator(database, clock)
    finally:
        await database.close()


async def prepare(settings: Settings, clock: Clock, screen: Screen) -> AsteriskProgram:
    """Everything but the models. Raises HotlineError with the remedy."""
    screen.step("Cơ sở dữ liệu")
    password = await prepare_database(settings, clock)
    if password:
        screen.note(f"Tài khoản quản trị: {accounts.ADMINISTRATOR}, mật khẩu dùng một lần: {password}")
    screen.step("Asterisk")
    asterisk = program.find_or_install(settings.asterisk_program, asterisk_folder(settings), screen.progress)
    configuration.write(line_settings(settings), asterisk)
    screen.note(f"Asterisk {asterisk.version}")
    screen.step("Lời thoại")
    for problem in lay_prompts(settings).problems:
        screen.note(problem)
    return asterisk
