"""Claims about the database seam, on SQLite and on PostgreSQL: one transaction, one truth; away means away, and never anything else."""

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from hotline1022.base.db import Database
from hotline1022.base.outbox import outbox

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def row(event_id: str, at: datetime = AT) -> dict[str, object]:
    return {"id": event_id, "name": "Nothing", "payload": {"words": "đường ngập 🌊"}, "at": at}


async def ids(database: Database) -> set[str]:
    async with database.reading() as connection:
        return set((await connection.execute(select(outbox.c.id))).scalars())


async def test_block_that_ends_well_is_kept(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute(insert(outbox).values(row("a")))
    assert await ids(database) == {"a"}


async def test_block_that_fails_leaves_nothing(database: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as connection:
            await connection.execute(insert(outbox).values(row("a")))
            raise ZeroDivisionError
    assert await ids(database) == set()


async def test_cancelled_block_leaves_nothing_and_frees_its_place(database: Database) -> None:
    began = asyncio.Event()

    async def write_and_wait() -> None:
        async with database.transaction() as connection:
            await connection.execute(insert(outbox).values(row("a")))
            began.set()
            await asyncio.Event().wait()

    writing = asyncio.create_task(write_and_wait())
    await began.wait()
    writing.cancel()
    with pytest.raises(asyncio.CancelledError):
        await writing
    async with database.transaction() as connection:
        await connection.execute(insert(outbox).values(row("b")))
    assert await ids(database) == {"b"}


async def test_cancelling_a_statement_is_a_cancellation_and_not_a_database_that_is_away(database: Database) -> None:
    long = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n LIMIT 2000000) SELECT max(x) FROM n"
        if database.is_sqlite
        else "SELECT pg_sleep(5)"
    )
    began = asyncio.Event()

    async def ask() -> None:
        async with database.reading() as connection:
            began.set()
            await connection.execute(text(long))

    asking = asyncio.create_task(ask())
    await began.wait()
    await asyncio.sleep(0.05)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert await ids(database) == set()


async def test_commit_is_told_and_nothing_else(database: Database) -> None:
    told: list[None] = []
    database.committed = lambda: told.append(None)
    async with database.transaction() as connection:
        await connection.execute(insert(outbox).values(row("a")))
        assert told == []
    assert len(told) == 1
    with pytest.raises(SQLAlchemyError):
        async with database.transaction() as connection:
            await connection.execute(insert(outbox).values(row("a")))
    async with database.reading() as connection:
        await connection.execute(select(outbox.c.id))
    assert len(told) == 1


async def test_hundred_writers_at_once_are_all_kept(database: Database) -> None:
    async def write(number: int) -> None:
        async with database.transaction() as connection:
            await connection.execute(insert(outbox).values(row(str(number))))

    await asyncio.gather(*(write(number) for number in range(100)))
    assert len(await ids(database)) == 100


async def test_reader_sees_one_moment_while_a_writer_commits(database: Database) -> None:
    async with database.reading() as reader:
        before = (await reader.execute(select(outbox.c.id))).all()
        async with database.transaction() as writer:
            await writer.execute(insert(outbox).values(row("a")))
        assert (await reader.execute(select(outbox.c.id))).all() == before
    assert await ids(database) == {"a"}


async def test_reading_cannot_write_and_writing_still_can_afterwards(database: Database) -> None:
    for _ in range(3):
        with pytest.raises(DBAPIError):
            async with database.reading() as connection:
                await connection.execute(insert(outbox).values(row("a")))
    async with database.transaction() as connection:
        await connection.execute(insert(outbox).values(row("b")))
    assert await ids(database) == {"b"}


async def test_transaction_inside_a_transaction_is_refused_instead_of_waiting_for_itself(database: Database) -> None:
    async with database.transaction():
        with pytest.raises(RuntimeError, match="inside another"):
            async with database.transaction():
                pass  # pragma: no cover


async def test_instants_come_back_aware_and_in_utc_and_naive_ones_are_refused(database: Database) -> None:
    hanoi = timezone(timedelta(hours=7))
    async with database.transaction() as connection:
        await connection.execute(insert(outbox).values(row("a", datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=hanoi))))
    async with database.reading() as connection:
        stored = (await connection.execute(select(outbox.c.at))).scalar_one()
    assert stored == datetime(2026, 3, 2, 1, 0, 0, 123456, tzinfo=UTC)
    assert stored.tzinfo is UTC
    with pytest.raises(SQLAlchemyError, match="time zone"):
        async with database.transaction() as connection:
            await connection.execute(insert(outbox).values(row("b", datetime(2026, 3, 2, 8, 0))))  # noqa: DTZ001


async def test_json_keeps_every_letter(database: Database) -> None:
    words = {"nói": "Ðường ngập \x00\x1b[31m\u202e 🌊", "list": [1, None, {"a": True}]}
    async with database.transaction() as connection:
        await connection.execute(insert(outbox).values(row("a") | {"payload": words}))
    async with database.reading() as connection:
        assert (await connection.execute(select(outbox.c.payload))).scalar_one() == words


async def test_wrong_statement_is_an_error_of_ours_and_not_a_database_that_is_away(database: Database) -> None:
    for statement in ("SELECT * FROM nowhere", "nonsense", "INSERT INTO outbox (id) VALUES ('a')"):
        with pytest.raises(DBAPIError):
            async with database.transaction() as connection:
                await connection.execute(text(statement))


async def test_file_missing_inside_a_block_is_not_taken_for_a_missing_database(database: Database) -> None:
    with pytest.raises(FileNotFoundError):
        async with database.transaction():
            raise FileNotFoundError("a prompt")
    with pytest.raises(TimeoutError):
        async with database.transaction():
            raise TimeoutError("a telephone")


async def test_error_text_quotes_no_value(database: Database) -> None:
    with pytest.raises(DBAPIError) as told:
        async with database.transaction() as connection:
            await connection.execute(insert(outbox).values(row("a") | {"payload": "0912345678"}))
            await connection.execute(insert(outbox).values(row("a") | {"payload": "0912345678"}))
    assert "0912345678" not in str(told.value)
