"""Brings a copy that `hotline1022.backup` made back into an installation that stands still. It makes no copy and starts nothing."""

import shutil
from datetime import timedelta
from pathlib import Path

from sqlalchemy import URL, make_url, update

from hotline1022.backup import DATABASES, begun_at, postgresql_program
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError
from hotline1022.base.outbox import outbox
from hotline1022.config import Settings

HANDED_ANEW = timedelta(minutes=5)
"""So long before a copy was begun: what was handed to the durable engine since then is handed again. Reactions bear being run twice."""


async def restore(settings: Settings, copy: Path) -> int:
    """Put both databases and every file of ``copy`` back; gives the number of events that will be handed over anew.

    The databases are those of ``settings``, whatever they held; on PostgreSQL each is changed in one transaction. Files that came after
    the copy stay. Raises HotlineError, also where the copy lacks a database of this kind.
    """
    begun, dumps = begun_at(copy), refuse_unfit(settings, copy)
    try:
        for url, dump in dumps:
            if dump.suffix == ".sqlite":
                _put_file(dump, Path(url.database or ""))
            else:
                how = ("--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error")
                postgresql_program(url, "pg_restore", *how, str(dump))
        if (copy / "data").is_dir():
            shutil.copytree(copy / "data", settings.data, dirs_exist_ok=True)
    except OSError as error:
        raise HotlineError(
            f"Không khôi phục được vào {settings.data}: {error.strerror or error}",
            remedy="kiểm tra quyền ghi và chỗ trống của đĩa rồi chạy lại",
        ) from error
    database = Database(settings.database)
    try:
        async with database.transaction() as connection:
            late = outbox.c.handed_at >= begun - HANDED_ANEW
            return (await connection.execute(update(outbox).where(late).values(handed_at=None))).rowcount
    finally:
        await database.close()


def refuse_unfit(settings: Settings, copy: Path) -> list[tuple[URL, Path]]:
    """Each database of ``settings`` with its dump in ``copy``. Raises HotlineError where one is absent; nothing is changed yet."""
    begun_at(copy)
    urls = {"jobs": make_url(settings.jobs_database), "hotline": make_url(settings.database)}
    ends = {name: "sqlite" if url.get_backend_name() == "sqlite" else "dump" for name, url in urls.items()}
    dumps = [(urls[name], copy / "databases" / f"{name}.{ends[name]}") for name in DATABASES]
    if absent := [path.name for _, path in dumps if not path.is_file()]:
        raise HotlineError(
            f"Bản sao lưu {copy} không có {absent[0]}",
            remedy="chọn bản khác, hoặc sửa HOTLINE_DATABASE_URL và HOTLINE_JOBS_DATABASE_URL như lúc sao lưu",
        )
    return dumps


def _put_file(dump: Path, path: Path) -> None:
    for end in ("-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy2(dump, path)
