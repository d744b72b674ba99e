"""``hotline1022 backup`` and ``hotline1022 restore``. Thin: the work is `hotline1022.backup`'s and `hotline1022.restoring`'s."""

import asyncio
import time
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import structlog
import typer

from hotline1022 import backup as copying
from hotline1022 import restoring
from hotline1022.base.clock import SystemClock
from hotline1022.base.errors import HotlineError, Invalid
from hotline1022.base.log import configure as configure_log
from hotline1022.cli.asking import civil
from hotline1022.cli.run import DataFolder, health
from hotline1022.config import Settings

LOOK_EVERY = 60.0
"""Seconds between two looks at the clock."""

TRY_AGAIN = 600.0
"""Seconds after a copy that failed."""

_log = structlog.get_logger()


def backup(
    data: DataFolder = Path("var"),
    to: Annotated[
        Path | None, typer.Option(help="Thư mục chứa các bản sao lưu; mặc định: backup trong dữ liệu.")
    ] = None,
    keep_days: Annotated[int, typer.Option(min=1, help="Giữ các bản trong bao nhiêu ngày.")] = 14,
    every_night: Annotated[
        str, typer.Option(metavar="HH:MM", help="Chạy mãi, mỗi đêm sao lưu vào giờ này (giờ Việt Nam).")
    ] = "",
) -> None:
    """Sao lưu hai cơ sở dữ liệu và thư mục dữ liệu trong khi tổng đài vẫn chạy."""
    settings = Settings.load(data.absolute())
    folder, clock, keep = to or settings.data / copying.FOLDER, SystemClock(), timedelta(days=keep_days)
    if not every_night:
        typer.echo(f"Đã sao lưu vào {copying.make_copy(settings, folder, clock, keep)}")
        return
    try:
        at = datetime.strptime(every_night, "%H:%M").time()  # noqa: DTZ007 (an hour of the clock, in the civil zone)
    except ValueError as error:
        raise Invalid("--every-night phải là giờ và phút", remedy="ví dụ --every-night 02:30") from error
    configure_log()
    while True:
        wait = LOOK_EVERY
        if clock.now() >= copying.due(copying.last_success(folder), at):
            try:
                _log.info("backup_made", copy=copying.make_copy(settings, folder, clock, keep).name)
            except HotlineError as error:
                _log.error("backup_failed", reason=str(error))
                wait = TRY_AGAIN
        time.sleep(wait)


def restore(
    copy: Annotated[Path, typer.Argument(help="Thư mục của một bản sao lưu.", show_default=False)],
    data: DataFolder = Path("var"),
) -> None:
    """Khôi phục từ một bản sao lưu. Phải dừng tổng đài trước; dữ liệu đang có bị thay bằng dữ liệu của bản sao lưu."""
    settings = Settings.load(data.absolute())
    if _answers(settings):
        raise HotlineError("Tổng đài đang chạy", remedy="dừng dịch vụ rồi khôi phục lại")
    anew = asyncio.run(restoring.restore(settings, copy))
    typer.echo(
        f"Đã khôi phục bản lúc {civil(copying.begun_at(copy))}; {anew} sự kiện sẽ được xử lý lại khi dịch vụ chạy."
    )


def _answers(settings: Settings) -> bool:
    try:
        asyncio.run(health(settings))
    except HotlineError:
        return False
    return True
