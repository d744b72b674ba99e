"""Transactions that are parts of one: what is refused leaves nothing, what breaks leaves nothing of the whole."""

import pytest
from sqlalchemy import func, insert, select

from hotline1022.base.db import Database
from hotline1022.base.errors import Refused
from hotline1022.simulation.joined import JoinedDatabase
from telephony.store import calls


async def count(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(select(func.count()).select_from(calls)) or 0)


async def write(joined: JoinedDatabase, call: str) -> None:
    async with joined.transaction() as connection:
        await connection.execute(insert(calls).values(id=call))


async def test_what_one_part_writes_the_next_one_reads_and_the_end_commits(database: Database) -> None:
    joined = JoinedDatabase(database)
    async with joined.joining():
        await write(joined, "one")
        assert await count(joined) == 1
        await write(joined, "two")
    assert await count(database) == 2


async def test_a_refusal_before_anything_is_written_harms_nothing(database: Database) -> None:
    joined = JoinedDatabase(database)
    async with joined.joining():
        await write(joined, "one")
        with pytest.raises(Refused):
            async with joined.transaction():
                raise Refused("không được")
        await write(joined, "two")
    assert await count(database) == 2


async def test_a_part_that_breaks_after_writing_takes_the_whole_with_it(database: Database) -> None:
    joined = JoinedDatabase(database)
    with pytest.raises(RuntimeError, match="cannot be rolled back alone"):
        async with joined.joining():
            await write(joined, "one")
            async with joined.transaction() as connection:
                await connection.execute(insert(calls).values(id="two"))
                raise Refused("quá muộn")
    assert await count(database) == 0


async def test_nothing_is_done_outside_of_the_whole(database: Database) -> None:
    with pytest.raises(RuntimeError, match="nothing is joined"):
        await write(JoinedDatabase(database), "one")
