"""Brings a database's schema to what the code expects, with Alembic. It runs revisions; it defines no table.

The expected schema is what stands on ``db.metadata``, and this module imports no context: whoever calls ``differences`` or
``revise`` has imported every context's ``store`` before (``hotline1022.app`` does). ``upgrade`` and ``pending`` need none of
them: revisions are frozen data in ``hotline1022/migrations/versions``.
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
from hotline1022.base.errors import HotlineError

Answer = TypeVar("Answer")

MIGRATIONS = Path(__file__).parent.parent / "migrations"

LONGEST = 3600.0
"""Seconds that one statement of a migration may take."""

_ROWS_COUNTED = 400
"""Rows of each index that SQLite looks at for its statistics, so that a million tickets cost no more than a thousand."""


async def upgrade(url: str) -> None:
    """Bring the database at ``url`` to the newest revision; its schema stays as it is where it is there already.

    On SQLite the planner's statistics are taken anew, which PostgreSQL does by itself; without them it takes every index for equally
    sharp. All or nothing. Raises DatabaseAway, and HotlineError when rows would be left that refer to nothing.
    """
    await _with_connection(url, _upgrade)


async def pending(url: str) -> str | None:
    """What is missing, as a Vietnamese sentence, or None when the schema is the newest. Changes nothing. Raises DatabaseAway."""
    newest = ScriptDirectory(str(MIGRATIONS)).get_current_head()
    current = await _with_connection(url, lambda connection: _context(connection).get_current_revision())
    if current == newest:
        return None
    if current is None:
        return "Cơ sở dữ liệu chưa có bảng nào của tổng đài"
    return f"Cơ sở dữ liệu đang ở phiên bản {current}, chương trình cần phiên bản {newest}"


async def differences(url: str) -> list[Any]:
    """What autogenerate would change to make the database the code's schema; empty when both agree. Raises DatabaseAway."""
    return await _with_connection(url, lambda connection: list(compare_metadata(_context(connection), metadata)))


async def revise(url: str, message: str) -> None:
    """Write a revision that holds the differences between the code and the migrated database at ``url``; for developers."""
    await _with_connection(url, lambda connection: _revise(connection, message))


def _revise(connection: Connection, message: str) -> None:
    written = sum(1 for _ in ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    command.revision(_config(connection), message, autogenerate=True, rev_id=f"{written + 1:04}")


def _upgrade(connection: Connection) -> None:
    command.upgrade(_config(connection), "head")
    if connection.dialect.name != "sqlite":
        return
    if connection.exec_driver_sql("PRAGMA foreign_key_check").all():
        raise HotlineError(
            "Nâng cấp cơ sở dữ liệu sẽ để lại dữ liệu mồ côi nên đã được huỷ", remedy="báo nhà phát triển"
        )
    connection.exec_driver_sql(f"PRAGMA analysis_limit={_ROWS_COUNTED}")
    connection.exec_driver_sql("ANALYZE")


def _context(connection: Connection) -> MigrationContext:
    return MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})


def _config(connection: Connection) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


async def _with_connection(url: str, work: Callable[[Connection], Answer]) -> Answer:
    database = Database(url, statement_patience=LONGEST)
    try:
        async with database.changing_schema() as connection:
            return await connection.run_sync(work)
    finally:
        await database.close()
