"""Claims about the first administrator: made once, told once, stored only as a hash."""

import asyncio

from argon2 import PasswordHasher
from sqlalchemy import select

from hotline1022.base.accounts import ADMINISTRATOR, accounts, ensure_administrator, password_fits
from hotline1022.base.db import Database
from tests.conftest import StillClock

QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


async def test_first_start_shows_a_one_time_password_and_the_second_none(database: Database, clock: StillClock) -> None:
    password = await ensure_administrator(database, clock)
    assert password is not None
    assert len(password) >= 16
    assert await ensure_administrator(database, clock) is None
    async with database.reading() as connection:
        (row,) = (await connection.execute(select(accounts))).all()
    assert (row.name, row.role, row.must_change, row.created_at) == (ADMINISTRATOR, ADMINISTRATOR, True, clock.instant)
    assert row.password_hash.startswith("$argon2id$")
    assert password not in row.password_hash
    assert password_fits(password, row.password_hash)
    assert not password_fits(password + "x", row.password_hash)


async def test_two_first_starts_at_once_show_one_password(database: Database, clock: StillClock) -> None:
    shown = await asyncio.gather(*(ensure_administrator(database, clock, QUICK) for _ in range(4)))
    (password,) = [each for each in shown if each is not None]
    async with database.reading() as connection:
        (row,) = (await connection.execute(select(accounts))).all()
    assert password_fits(password, row.password_hash)


def test_broken_hash_fits_nothing() -> None:
    assert not password_fits("x", "not a hash")
