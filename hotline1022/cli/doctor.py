"""``hotline1022 doctor``: everything that a fresh installation gets wrong, one line each, before a citizen finds out."""

import asyncio
import os
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import aiohttp
import sqlalchemy as sa
import typer
from rich.console import Console
from rich.markup import escape

from hotline1022 import installation
from hotline1022.base import migrate
from hotline1022.base.errors import HotlineError
from hotline1022.base.jobs_connections import connections
from hotline1022.cli.models import models_folder
from hotline1022.cli.run import DataFolder
from hotline1022.config import Settings
from tickets.rules import Rules
from transcription.registry import choose_engine, load_registry, state_of

DISK_NEEDED_BYTES = 2_000_000_000
"""Free space below which recordings are in danger: a stereo recording takes 115 MB an hour."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at. ``bad`` makes the doctor's exit code non-zero."""

    level: Literal["good", "warning", "bad"]
    sentence: str


def doctor(data: DataFolder = Path("var")) -> None:
    """Kiểm tra mọi thứ mà một bản cài mới hay sai; mỗi lỗi một dòng kèm cách sửa."""
    console = Console(highlight=False)
    marks = {"good": "[green]✔[/]", "warning": "[yellow]![/]", "bad": "[red]✘[/]"}
    findings = list(examine(Settings.load(data.absolute())))
    for finding in findings:
        console.print(f"{marks[finding.level]} {escape(finding.sentence)}", soft_wrap=True)
    if any(finding.level == "bad" for finding in findings):
        raise typer.Exit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Look at everything; nothing is changed."""
    if not (settings.data / "secrets.env").is_file():
        yield Finding("bad", f"Thư mục dữ liệu {settings.data} chưa được chuẩn bị: chạy `make setup`")
        return
    running = asyncio.run(_health(settings))
    for look in (_account, _disk, _database, _jobs_database, _rules, _flow, _prompts, _asterisk, _model):
        yield from _told(look, settings)
    yield from _ports(settings, running)
    yield from _service(running)


def _told(look: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    try:
        yield from look(settings)
    except HotlineError as error:
        yield Finding("bad", str(error))


def _account(settings: Settings) -> Iterator[Finding]:
    if os.geteuid() == 0:
        yield Finding("warning", "Đang chạy bằng quyền root: nên tạo một tài khoản riêng không có quyền quản trị")
    if (settings.data / "secrets.env").stat().st_mode & 0o077:
        yield Finding("bad", f"{settings.data / 'secrets.env'} ai cũng đọc được: chạy `chmod 600` cho tệp này")


def _disk(settings: Settings) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.data).free
    level: Literal["good", "bad"] = "good" if free > DISK_NEEDED_BYTES else "bad"
    remedy = "" if level == "good" else ": dọn bớt đĩa, ghi âm sắp không còn chỗ"
    yield Finding(level, f"Đĩa còn {free / 1e9:.1f} GB{remedy}")


def _database(settings: Settings) -> Iterator[Finding]:
    missing = asyncio.run(migrate.pending(settings.database))
    yield (
        Finding("bad", f"{missing}: chạy `make setup`") if missing else Finding("good", "Cơ sở dữ liệu đúng phiên bản")
    )


def _jobs_database(settings: Settings) -> Iterator[Finding]:
    url = sa.make_url(settings.jobs_database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return  # the service makes it
    engine = connections(url, size=1)
    try:
        with engine.connect():
            yield Finding("good", "Cơ sở dữ liệu của việc nền nối được")
    except sa.exc.DBAPIError:
        remedy = "xem HOTLINE_JOBS_DATABASE_URL, máy chủ PostgreSQL và quyền của tài khoản"
        yield Finding("bad", f"Không nối được cơ sở dữ liệu của việc nền: {remedy}")
    finally:
        engine.dispose()


def _rules(settings: Settings) -> Iterator[Finding]:
    Rules.load(settings.data / "rules")
    yield Finding("good", "Quy tắc phân công, thời hạn, lịch làm việc hợp lệ")


def _flow(settings: Settings) -> Iterator[Finding]:
    for shelf in (installation.flow_shelf(settings), installation.survey_shelf(settings)):
        for finding in shelf.findings:
            yield Finding("bad" if finding.level == "error" else "warning", str(finding))
        yield Finding("good", f"Luồng thoại {shelf.current.version}")


def _prompts(settings: Settings) -> Iterator[Finding]:
    folder = installation.line_settings(settings).sounds
    wanted = installation.playable_prompts(settings)
    absent = sorted(name for name in wanted if not (folder / f"{name}.alaw").is_file())
    if absent:
        yield Finding("bad", f"Thiếu {len(absent)} lời thoại cho Asterisk (ví dụ {absent[0]}): chạy `make setup`")
    else:
        yield Finding("good", f"Đủ {len(wanted)} lời thoại")


def _asterisk(settings: Settings) -> Iterator[Finding]:
    found = installation.find_asterisk(settings)
    if found is None:
        yield Finding("bad", "Chưa có Asterisk: chạy `make setup`, hoặc cài Asterisk 20 trở lên")
    else:
        yield Finding("good", f"Asterisk {found.version}")


def _model(settings: Settings) -> Iterator[Finding]:
    registry, folder = load_registry(settings.data), models_folder(settings.data, None)
    states = {name: state_of(entry, folder) for name, entry in registry.items()}
    for state in states.values():
        if state.present and not state.intact:
            yield Finding("bad", state.sentence)
    choice = choose_engine(settings.recogniser, registry, states)
    yield Finding("good" if choice.engine != "none" else "warning", choice.why)


def _ports(settings: Settings, running: dict[str, Any] | None) -> Iterator[Finding]:
    if running is not None:
        return
    for name, kind in installation.PORTS.items():
        port = getattr(settings, name)
        with socket.socket(socket.AF_INET, kind) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, kind == socket.SOCK_STREAM)
            try:
                door.bind(("127.0.0.1", port))
            except OSError:
                variable = f"HOTLINE_{name.upper()}"
                yield Finding(
                    "bad", f"Cổng {port} đã có chương trình khác dùng: đặt {variable} khác trong settings.env"
                )


def _service(running: dict[str, Any] | None) -> Iterator[Finding]:
    if running is None:
        yield Finding("warning", "Dịch vụ chưa chạy: chạy `make run`")
        return
    for name, label in (("asterisk", "Asterisk (ARI)"), ("queue", "Asterisk (AMI)")):
        yield Finding("good", f"{label} đang nối") if running[name] else Finding("bad", f"{label} không nối được")


async def _health(settings: Settings) -> dict[str, Any] | None:
    url = f"http://{settings.http_reach}:{settings.http_port}/health"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as session, session.get(url) as answer:
            told: dict[str, Any] = await answer.json()
            return told
    except (aiohttp.ClientError, TimeoutError, ValueError):
        return None
