"""Brings a database's schema to what the code expects, with Alembic. It runs revisions; it defines no table and imports no context.

The expected schema is what stands on ``db.metadata``. The caller imports every context's ``store`` before it calls anything here;
``hotline1022.app`` does. Revisions themselves need no context: they are data in ``hotline1022/migrations/versions``.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from hotline1022.base.db import Database, metadata

Answer = TypeVar("Answer")

MIGRATIONS = Path(__file__).parent.parent / "migrations"


async def upgrade(url: str) -> None:
    """Bring the database at ``url`` to the newest revision; nothing happens where it is there already. Raises DatabaseAway."""
    await _with_connection(url, lambda connection: command.upgrade(_config(connection), "head"))


async def pending(url: str) -> str | None:
    """What is missing, as a Vietnamese sentence, or None when the schema is the newest. Changes nothing. Raises DatabaseAway."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    current = await _with_connection(
        url, lambda connection: MigrationContext.configure(connection).get_current_revision()
    )
    if current == newest:
        return None
    if current is None:
        return "Cơ sở dữ liệu chưa có bảng nào của tổng đài"
    return f"Cơ sở dữ liệu đang ở phiên bản {current}, chương trình cần phiên bản {newest}"


async def differences(url: str) -> list[Any]:
    """What autogenerate would change to make the database at ``url`` the code's schema: empty when both agree. Raises DatabaseAway."""
    return await _with_connection(url, _compare)


async def revise(url: str, message: str) -> None:
    """Write a new revision from the differences between the code and the migrated database at ``url``; for developers."""
    await _with_connection(url, lambda connection: command.revision(_config(connection), message, autogenerate=True))


def _compare(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, metadata))


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


async def _with_connection(url: str, work: Callable[[Connection], Answer]) -> Answer:
    database = Database(url)
    try:
        async with database.transaction() as connection:
            return await connection.run_sync(work)
    finally:
        await database.close()
