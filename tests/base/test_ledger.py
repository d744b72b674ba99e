"""Claims about the ledger: an event is recorded once, in bounded time, whatever the database does meanwhile."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base import outbox
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.base.ledger import Ledger
from hotline1022.base.spool import Spool
from tests.base.test_db_away import BOUND
from tests.base.things import ended, happened
from tests.postgresql import PostgreSQL


class Unsteady(Database):
    """A real database whose next transactions end as told: ``away`` before, ``lost`` after the commit, ``hangs`` for ever."""

    faults: list[str]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "away":
            raise DatabaseAway("away")
        if fault == "hangs":
            await asyncio.Event().wait()
        async with super().transaction() as connection:
            yield connection
        if fault == "lost":
            raise DatabaseAway("the answer to the commit was lost")


@pytest.fixture
async def unsteady(database_url: str) -> AsyncIterator[Unsteady]:
    database = Unsteady(database_url)
    database.faults = []
    yield database
    await database.close()


async def recorded(database: Database) -> list[str]:
    async with database.reading() as connection:
        return list((await connection.execute(select(outbox.outbox.c.id).order_by(outbox.outbox.c.at))).scalars())


async def test_event_is_in_the_outbox_and_the_relay_is_poked(unsteady: Unsteady, tmp_path: Path) -> None:
    pokes: list[None] = []
    ledger = Ledger(unsteady, Spool(tmp_path / "spool"), recorded=lambda: pokes.append(None))
    await ledger.record(happened(1))
    assert await recorded(unsteady) == ["fact-1"]
    assert len(pokes) == 1
    assert Spool(tmp_path / "spool").waiting() == []


@pytest.mark.parametrize("fault", ["away", "lost", "hangs"])
async def test_database_that_fails_an_event_gets_it_once_when_it_is_back(
    unsteady: Unsteady, tmp_path: Path, fault: str
) -> None:
    spool = Spool(tmp_path / "spool")
    ledger = Ledger(unsteady, spool, patience=0.05)
    unsteady.faults = [fault]
    began = time.monotonic()
    await ledger.record(happened(1))
    assert time.monotonic() - began < BOUND
    assert len(spool.waiting()) == 1
    assert await ledger.drain() == 1
    assert await recorded(unsteady) == ["fact-1"]
    await ledger.record(happened(1))
    assert await recorded(unsteady) == ["fact-1"]


async def test_event_whose_recorder_is_cancelled_is_kept(unsteady: Unsteady, tmp_path: Path) -> None:
    ledger = Ledger(unsteady, Spool(tmp_path / "spool"))
    unsteady.faults = ["hangs"]
    recording = asyncio.create_task(ledger.record(happened(1)))
    while unsteady.faults:
        await asyncio.sleep(0)
    recording.cancel()
    with pytest.raises(asyncio.CancelledError):
        await recording
    await ledger.drain()
    assert await recorded(unsteady) == ["fact-1"]


async def test_while_the_database_is_known_to_be_away_nobody_waits_for_it(unsteady: Unsteady, tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    ledger = Ledger(unsteady, spool, patience=0.05)
    unsteady.faults = ["hangs"] * 2
    for number in range(5):
        await ledger.record(happened(number))
    assert len(spool.waiting()) == 5
    assert unsteady.faults == ["hangs"]
    unsteady.faults = []
    assert await ledger.drain() == 5
    await ledger.record(happened(5))
    assert await recorded(unsteady) == [f"fact-{number}" for number in range(6)]
    assert spool.waiting() == []


async def test_background_drain_stores_what_waited_and_pauses_longer_after_each_failure(
    unsteady: Unsteady, tmp_path: Path
) -> None:
    pauses: list[float] = []
    stored = asyncio.Event()

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)
        await asyncio.sleep(0)

    ledger = Ledger(unsteady, Spool(tmp_path / "spool"), recorded=stored.set, sleep=sleep)
    unsteady.faults = ["away"] * 8
    await ledger.record(happened(1))
    draining = asyncio.create_task(ledger.run())
    async with asyncio.timeout(20):
        await stored.wait()
    await ended(draining)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]
    assert await recorded(unsteady) == ["fact-1"]


async def test_what_an_earlier_process_left_in_the_spool_is_stored_at_the_start(
    unsteady: Unsteady, tmp_path: Path
) -> None:
    stored = asyncio.Event()
    Spool(tmp_path / "spool").put(happened(1))
    draining = asyncio.create_task(Ledger(unsteady, Spool(tmp_path / "spool"), recorded=stored.set).run())
    async with asyncio.timeout(20):
        await stored.wait()
    await ended(draining)
    assert await recorded(unsteady) == ["fact-1"]


async def test_an_event_that_nobody_can_read_stays_counted_until_a_person_has_looked(
    unsteady: Unsteady, tmp_path: Path
) -> None:
    ledger = Ledger(unsteady, Spool(tmp_path))
    (tmp_path / "20261127T010000.000000-x.json").write_text("{")
    await ledger.drain()
    assert ledger.spooled == 1
    (tmp_path / "broken" / "20261127T010000.000000-x.json").unlink()
    assert ledger.spooled == 0


@pytest.mark.postgresql
@pytest.mark.parametrize("fault", ["stopped", "crashed", "hanging"])
async def test_real_outage_is_bridged_by_the_spool(
    server: PostgreSQL, postgresql_url: str, tmp_path: Path, fault: str
) -> None:
    database, spool = Database(postgresql_url, patience=0.5, statement_patience=0.5), Spool(tmp_path)
    ledger = Ledger(database, spool, patience=0.3)
    await ledger.record(happened(0))
    if fault == "hanging":
        server.signal(signal.SIGSTOP)
    else:
        server.stop(immediate=fault == "crashed")
    began = time.monotonic()
    await asyncio.gather(*(ledger.record(happened(number)) for number in range(1, 20)))
    assert time.monotonic() - began < BOUND
    with pytest.raises(DatabaseAway):
        await ledger.drain()
    if fault == "hanging":
        server.signal(signal.SIGCONT)
    else:
        server.start()
    await ledger.drain()
    assert await recorded(database) == [f"fact-{number}" for number in range(20)]
    assert spool.waiting() == []
    await database.close()
