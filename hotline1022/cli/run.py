"""``setup``, ``run``, and two of its parts alone, as ``run`` starts them: ``serve``, the service, and ``asterisk``."""

import asyncio
import contextlib
import gc
import logging
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import aiohttp
import typer

from hotline1022 import installation
from hotline1022.app import assembled
from hotline1022.base.clock import SystemClock
from hotline1022.base.errors import HotlineError
from hotline1022.base.log import configure as configure_log
from hotline1022.cli import models as model_commands
from hotline1022.cli.screen import TerminalScreen
from hotline1022.config import Settings
from hotline1022.supervisor import Part, keep_all_running
from telephony.asterisk.keeping import keep_running
from telephony.asterisk.process import AsteriskProcess
from telephony.asterisk.program import AsteriskProgram

DataFolder = Annotated[Path, typer.Option("--data", envvar="HOTLINE_DATA", help="Thư mục dữ liệu.")]

READY_SECONDS = 60.0


def setup(data: DataFolder = Path("var")) -> None:
    """Chuẩn bị mọi thứ để chạy: cài đặt, cơ sở dữ liệu, Asterisk, lời thoại, mô hình. Chạy lại chỉ làm phần còn thiếu."""
    settings = installation.write_settings(data.absolute())
    prepare(settings, TerminalScreen())


def run(data: DataFolder = Path("var")) -> None:
    """Chạy cả tổng đài trên máy này (Asterisk, dịch vụ, nhận dạng) cho đến khi bấm Ctrl-C."""
    settings = installation.write_settings(data.absolute())
    screen = TerminalScreen()
    prepare(settings, screen)

    async def ready() -> None:
        screen.step(
            f"Tổng đài {settings.hotline_number} đang chạy. SIP {settings.sip_bind}:{settings.sip_port}. Ctrl-C để dừng."
        )
        await asyncio.Event().wait()

    asyncio.run(until_stopped(run_all(settings, screen, ready)))


def serve(data: DataFolder = Path("var")) -> None:
    """Chạy riêng dịch vụ; Asterisk và tiến trình nhận dạng chạy ở nơi khác."""
    settings = installation.write_settings(data.absolute())
    configure_log()

    async def service() -> None:
        with contextlib.suppress(HotlineError):  # a database that is away now is waited for by the service itself
            await installation.prepare_database(settings, SystemClock())
        async with assembled(settings, SystemClock()) as assembled_service:
            # What is here now stays: the collector need not go through it again. Every caller waits while it does (0.3 s, measured).
            gc.collect()
            gc.freeze()
            await assembled_service.run()

    asyncio.run(until_stopped(service()))


def asterisk(data: DataFolder = Path("var")) -> None:
    """Chạy riêng Asterisk với cấu hình của tổng đài, khởi động lại khi nó ngừng hoặc đứng; dịch vụ chạy ở nơi khác."""
    settings = installation.write_settings(data.absolute())
    configure_log()
    program = _asterisk_program(settings)

    async def line() -> None:
        async with AsteriskProcess(installation.line_settings(settings), program) as process:
            await keep_running(process)

    asyncio.run(until_stopped(line()))


def _asterisk_program(settings: Settings) -> AsteriskProgram:
    program = installation.find_asterisk(settings)
    if program is None:
        raise HotlineError("Không tìm thấy Asterisk", remedy="chạy `make setup`")
    return program


def prepare(settings: Settings, screen: TerminalScreen) -> None:
    """Set everything up, models included."""
    asyncio.run(installation.prepare(settings, SystemClock(), screen))
    screen.step("Mô hình nhận dạng tiếng nói")
    model_commands.ensure(settings.data, settings.recogniser, screen.console)


async def run_all(settings: Settings, screen: TerminalScreen, then: Callable[[], Awaitable[None]]) -> None:
    """Start every part, and when the hotline answers do ``then``; all parts are stopped when it returns."""
    configure_log("console", logging.WARNING)
    program = _asterisk_program(settings)
    screen.step("Khởi động")
    asterisk = AsteriskProcess(installation.line_settings(settings), program)
    itself = [sys.executable, "-m", "hotline1022"]
    parts = [
        Part(
            name,
            [*itself, name, "--data", str(settings.data)],
            settings.data / "log" / f"{name}.log",
            {"HOTLINE_HOURS": settings.hours, "HOTLINE_TRUNK_OUTGOING": settings.trunk_outgoing},
        )
        for name in ("serve", "transcriber")
    ]
    async with asterisk:
        running = asyncio.create_task(keep_all_running(parts))
        watching = asyncio.create_task(keep_running(asterisk))
        try:
            await _until_ready(settings)
            doing = asyncio.ensure_future(then())
            await asyncio.wait({doing, running, watching}, return_when=asyncio.FIRST_COMPLETED)
            if doing.done():
                doing.result()
        finally:
            for task in (running, watching):
                task.cancel()
                await asyncio.wait({task})


async def health(settings: Settings) -> dict[str, object]:
    """What the running service says of itself. Raises HotlineError when it does not answer."""
    url = f"http://{settings.http_reach}:{settings.http_port}/health"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=3)) as session, session.get(url) as answer:
            told: dict[str, object] = await answer.json()
            return told
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        raise HotlineError(
            "Dịch vụ tổng đài không trả lời", remedy="chạy `make run` ở một cửa sổ khác rồi thử lại"
        ) from error


async def _until_ready(settings: Settings) -> None:
    try:
        async with asyncio.timeout(READY_SECONDS):
            while True:
                with contextlib.suppress(HotlineError):
                    told = await health(settings)
                    node = told["transcriber"]
                    if told["asterisk"] and told["queue"] and isinstance(node, dict) and node.get("model") is not None:
                        return
                await asyncio.sleep(0.2)
    except TimeoutError as error:
        raise HotlineError(
            f"Tổng đài chưa sẵn sàng sau {READY_SECONDS:.0f} giây",
            remedy=f"xem nhật ký trong {settings.data / 'log'}, hoặc chạy `hotline1022 doctor`",
        ) from error


async def until_stopped(work: Awaitable[None]) -> None:
    """Do the work until it ends or the process is asked to stop; either way it is left in order."""
    task = asyncio.ensure_future(work)
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
