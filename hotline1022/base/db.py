"""The database seam: one engine, one MetaData, transactions, instants and JSON as columns. No table of a context is defined here."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, MetaData, event
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.types import TypeDecorator

from hotline1022.base.errors import DatabaseAway

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Every context's ``store.py`` defines its tables on this one MetaData, so that one migration line describes them all."""


class Instant(TypeDecorator[datetime]):
    """An instant in UTC. Refuses naive datetimes; gives back aware ones on SQLite too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must carry its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Database:
    """Transactions on SQLite or PostgreSQL, told apart by the URL alone.

    On SQLite writers take turns in this process: a second writer that waits inside the library is woken by polling, and late.
    """

    def __init__(self, url: str) -> None:
        self._engine: AsyncEngine = create_async_engine(
            url, pool_pre_ping=True, json_serializer=lambda value: json.dumps(value, ensure_ascii=False)
        )
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        self._writer = asyncio.Lock()
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", _prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end of the block, or rolls back on any exception. Raises DatabaseAway."""
        if self.is_sqlite:
            async with self._writer, self._open({"hotline_writes": True}) as connection:
                yield connection
        else:
            async with self._open({}) as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for reading. Raises DatabaseAway."""
        async with self._open({}) as connection:
            yield connection

    @asynccontextmanager
    async def _open(self, options: dict[str, Any]) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engine.connect() as connection:
                connection = await connection.execution_options(**options)
                async with connection.begin():
                    yield connection
        except (OSError, OperationalError) as error:
            raise DatabaseAway("Không kết nối được cơ sở dữ liệu") from error
        except DBAPIError as error:
            if error.connection_invalidated or "CannotConnectNow" in type(error.orig).__name__:
                raise DatabaseAway("Mất kết nối với cơ sở dữ liệu") from error
            raise

    async def close(self) -> None:
        """Give back every connection."""
        await self._engine.dispose()


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: it would begin them as readers, and a reader that turns writer can fail at once.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Any) -> None:
    writes = connection.get_execution_options().get("hotline_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
