"""The database seam: one engine, one MetaData, transactions, instants and JSON as columns. No table of a context is defined here."""

import asyncio
import json
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, ExceptionContext, MetaData, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
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

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (given by SQLAlchemy)
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant must carry its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (given by SQLAlchemy)
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


PATIENCE = 5.0
"""Seconds to wait for a connection, or on SQLite for the writer's turn, before the database counts as away."""

STATEMENT_PATIENCE = 10.0
"""Seconds that PostgreSQL may take over one statement or lock before it gives up and counts as away."""

# SQLSTATE classes and codes that mean "not now": connection, resources, statement or lock timeout, shutdown, the machine's own errors.
_AWAY_STATES = ("08", "53", "57P", "57014", "55P03", "25P03", "58")

_AWAY_SQLITE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_CANTOPEN,
    }
)


class Database:
    """Transactions on SQLite or PostgreSQL, told apart by the URL alone.

    On SQLite writers take turns in this process: a second writer that waits inside the library is woken by polling, and late.
    """

    def __init__(
        self,
        url: str,
        *,
        patience: float = PATIENCE,
        statement_patience: float = STATEMENT_PATIENCE,
        connections: int = 15,
    ) -> None:
        """Nothing is opened yet. Patience is in seconds; ``connections`` is the most that are open at once."""
        self.is_sqlite = make_url(url).get_backend_name() == "sqlite"
        self._patience = patience
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=patience,
            pool_pre_ping=not self.is_sqlite,
            # An error's text goes to the log; the values that it would quote are citizens' words and numbers.
            hide_parameters=True,
            json_serializer=lambda value: json.dumps(value, ensure_ascii=False),
            connect_args={} if self.is_sqlite else _postgresql_arguments(patience, statement_patience),
        )
        self.committed: Callable[[], None] = lambda: None
        """Called after each transaction that was committed: what it wrote can be seen from now on."""
        self._writer = asyncio.Lock()
        self._inside: set[asyncio.Task[Any] | None] = set()
        event.listen(self._engine.sync_engine, "handle_error", _tell_away)
        if self.is_sqlite:
            event.listen(self._engine.sync_engine, "connect", self._prepare_sqlite)
            event.listen(self._engine.sync_engine, "begin", _begin_sqlite)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that commits at the end of the block, or rolls back on any exception. Raises DatabaseAway.

        A transaction inside another one of the same task is refused (RuntimeError): it would wait for itself.
        """
        task = asyncio.current_task()
        if task in self._inside:
            raise RuntimeError("a transaction was opened inside another one; pass the connection on instead")
        self._inside.add(task)
        try:
            async with self._turn(), self._open({"hotline_writes": True}) as connection:
                yield connection
            self.committed()
        finally:
            self._inside.discard(task)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection that sees one moment and can write nothing. Raises DatabaseAway."""
        options = (
            {"hotline_writes": False}
            if self.is_sqlite
            else {"postgresql_readonly": True, "isolation_level": "REPEATABLE READ"}
        )
        async with self._open(options) as connection:
            yield connection

    @asynccontextmanager
    async def changing_schema(self) -> AsyncIterator[AsyncConnection]:
        """A transaction for migrations: no limit on a statement's time, and one at a time among all nodes. Raises DatabaseAway.

        On SQLite foreign keys are off in it, since a table is changed by copying it, and dropping the old one would take along
        what refers to it. The connection stays so: close the Database afterwards.
        """
        async with self._open({"hotline_writes": True, "hotline_keys_off": True}) as connection:
            if not self.is_sqlite:
                await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(1022)")
            yield connection

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if not self.is_sqlite:
            yield
            return
        try:
            async with asyncio.timeout(self._patience):
                await self._writer.acquire()
        except TimeoutError as error:
            raise DatabaseAway("Cơ sở dữ liệu đang bận") from error
        try:
            yield
        finally:
            self._writer.release()

    @asynccontextmanager
    async def _open(self, options: dict[str, Any]) -> AsyncIterator[AsyncConnection]:
        # Only opening is guarded here. What fails later is told by ``_tell_away``, so that an OSError raised by the caller's
        # own block is never taken for the database's.
        try:
            connection = await self._engine.connect()
        except (OSError, PoolTimeoutError) as error:
            raise DatabaseAway("Không kết nối được cơ sở dữ liệu") from error
        except DatabaseAway:
            raise
        except Exception as error:
            if _is_away(error.orig if isinstance(error, DBAPIError) else error):
                raise DatabaseAway("Không kết nối được cơ sở dữ liệu") from error
            raise
        try:
            await connection.execution_options(**options)
            async with connection.begin():
                yield connection
        finally:
            with suppress(DatabaseAway):
                await connection.close()

    def _prepare_sqlite(self, connection: Any, _record: Any) -> None:
        # The driver must not open transactions by itself: it would begin them as readers, and a reader that turns writer can fail at once.
        connection.isolation_level = None
        cursor = connection.cursor()
        # Writers of this process take turns; busy_timeout is for those of other processes.
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            f"busy_timeout={int(self._patience * 1000)}",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    async def close(self) -> None:
        """Give back every connection."""
        await self._engine.dispose()


def insert_new(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can pass over rows that are there already; both databases know it, by the same name."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)


def _postgresql_arguments(patience: float, statement_patience: float) -> dict[str, Any]:
    milliseconds = str(int(statement_patience * 1000))
    return {
        "timeout": patience,
        # The server's own limits act first; this one is for a server that has stopped answering.
        "command_timeout": statement_patience + 2,
        "server_settings": {
            "application_name": "hotline1022",
            "statement_timeout": milliseconds,
            "lock_timeout": milliseconds,
            "idle_in_transaction_session_timeout": "60000",
        },
    }


def _tell_away(context: ExceptionContext) -> None:
    error = context.original_exception
    # A cancelled statement also costs its connection, which the library calls a disconnect; it must stay a cancellation.
    if isinstance(error, Exception) and (context.is_disconnect or _is_away(error)):
        raise DatabaseAway("Mất kết nối với cơ sở dữ liệu") from error


def _is_away(error: BaseException | None) -> bool:
    if isinstance(error, OSError):
        return True
    if isinstance(error, sqlite3.Error):
        return (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _AWAY_SQLITE
    return str(getattr(error, "sqlstate", None) or "").startswith(_AWAY_STATES)


def _begin_sqlite(connection: Any) -> None:
    options = connection.get_execution_options()
    writes = options.get("hotline_writes", False)
    if options.get("hotline_keys_off"):
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
    connection.exec_driver_sql(f"PRAGMA query_only={int(not writes)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
