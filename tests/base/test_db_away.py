"""Every way in which a database can be away is told as DatabaseAway, in bounded time, and ends when the database is back."""

import asyncio
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import insert, text

from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.base.outbox import outbox
from tests.base.test_db import ids, row
from tests.base.things import driver_threads_ended
from tests.postgresql import PostgreSQL

BOUND = 8.0
"""Seconds within which an answer must come here; the patience used is a tenth of it, the rest is for a busy machine."""


@asynccontextmanager
async def opened(url: str, **limits: float) -> AsyncIterator[Database]:
    database = Database(url, patience=0.5, **limits)  # type: ignore[arg-type]
    try:
        yield database
    finally:
        await database.close()


async def write(database: Database, event_id: str) -> None:
    async with database.transaction() as connection:
        await connection.execute(insert(outbox).values(row(event_id)))


@pytest.mark.postgresql
async def test_server_that_is_down_is_away_and_then_back(server: PostgreSQL, postgresql_url: str) -> None:
    async with opened(postgresql_url) as database:
        await write(database, "before")
        server.stop()
        for _ in range(2):
            with pytest.raises(DatabaseAway):
                await write(database, "lost")
        server.start()
        await write(database, "after")
        assert await ids(database) == {"before", "after"}


@pytest.mark.postgresql
async def test_session_killed_in_a_transaction_is_away_and_leaves_nothing(
    server: PostgreSQL, postgresql_url: str
) -> None:
    async with opened(postgresql_url) as database:
        with pytest.raises(DatabaseAway):
            async with database.transaction() as connection:
                await connection.execute(insert(outbox).values(row("lost")))
                me = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
                server.execute(f"SELECT pg_terminate_backend({me}, 5000)")
                await connection.execute(insert(outbox).values(row("lost too")))
        await write(database, "after")
        assert await ids(database) == {"after"}


@pytest.mark.postgresql
async def test_session_killed_before_the_commit_is_away_and_leaves_nothing(
    server: PostgreSQL, postgresql_url: str
) -> None:
    async with opened(postgresql_url) as database:
        with pytest.raises(DatabaseAway):
            async with database.transaction() as connection:
                await connection.execute(insert(outbox).values(row("lost")))
                me = (await connection.execute(text("SELECT pg_backend_pid()"))).scalar_one()
                server.execute(f"SELECT pg_terminate_backend({me}, 5000)")
        assert await ids(database) == set()


@pytest.mark.postgresql
async def test_crash_of_the_server_in_a_transaction_is_away_and_leaves_nothing(
    server: PostgreSQL, postgresql_url: str
) -> None:
    async with opened(postgresql_url) as database:
        await write(database, "before")
        with pytest.raises(DatabaseAway):
            async with database.transaction() as connection:
                await connection.execute(insert(outbox).values(row("lost")))
                server.stop(immediate=True)
                server.start()
                await connection.execute(insert(outbox).values(row("lost too")))
        await write(database, "after")
        assert await ids(database) == {"before", "after"}


@pytest.mark.postgresql
async def test_server_that_hangs_is_away_in_bounded_time(server: PostgreSQL, postgresql_url: str) -> None:
    async with opened(postgresql_url, statement_patience=0.5) as database:
        await write(database, "before")
        server.signal(signal.SIGSTOP)
        try:
            began = time.monotonic()
            with pytest.raises(DatabaseAway):
                await write(database, "lost")
            assert time.monotonic() - began < BOUND
        finally:
            server.signal(signal.SIGCONT)
        await write(database, "after")
        assert await ids(database) == {"before", "after"}


@pytest.mark.postgresql
async def test_lock_held_by_somebody_else_is_away_in_bounded_time(postgresql_url: str) -> None:
    async with opened(postgresql_url) as holder, opened(postgresql_url, statement_patience=0.3) as database:
        async with holder.transaction() as connection:
            await connection.execute(text("LOCK TABLE outbox"))
            with pytest.raises(DatabaseAway):
                await write(database, "lost")
        await write(database, "after")
        assert await ids(database) == {"after"}


@pytest.mark.postgresql
async def test_database_that_does_not_exist_is_a_mistake_and_not_away(server: PostgreSQL) -> None:
    async with opened(server.url("nowhere", "asyncpg")) as database:
        with pytest.raises(Exception, match="nowhere") as told:
            await write(database, "lost")
    assert not isinstance(told.value, DatabaseAway)


async def test_no_free_connection_is_away_in_bounded_time(database_url: str) -> None:
    async with opened(database_url, connections=1) as database, database.reading():
        with pytest.raises(DatabaseAway):
            async with database.reading():
                pass  # pragma: no cover


async def test_folder_that_is_missing_is_away(tmp_path: Path) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path / 'nowhere' / 'hotline.sqlite'}") as database:
        with pytest.raises(DatabaseAway):
            await write(database, "lost")
    await driver_threads_ended()


async def test_writer_that_keeps_its_turn_too_long_is_away_for_the_next(tmp_path: Path) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}") as database, database.transaction():
        with pytest.raises(DatabaseAway):
            await asyncio.create_task(write(database, "lost"))


@pytest.mark.parametrize("fault", ["locked by another process", "full"])
async def test_sqlite_file_that_takes_nothing_is_away_and_then_back(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "hotline.sqlite"
    async with opened(f"sqlite+aiosqlite:///{path}", connections=1) as database:
        async with database.transaction() as connection:
            await connection.run_sync(outbox.create)
        other = sqlite3.connect(path, isolation_level=None)
        if fault == "full":
            async with database.reading() as connection:
                await connection.exec_driver_sql("PRAGMA max_page_count=1")
        else:
            other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DatabaseAway):
            async with database.transaction() as connection:
                await connection.execute(insert(outbox).values([row(f"lost {number}") for number in range(200)]))
        if fault == "full":
            async with database.reading() as connection:
                await connection.exec_driver_sql("PRAGMA max_page_count=4294967294")
        else:
            other.execute("ROLLBACK")
        other.close()
        await write(database, "after")
        assert await ids(database) == {"after"}
