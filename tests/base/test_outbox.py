"""Claims about the outbox: an event lives and dies with its change, and reaches each of its handlers once, whatever crashes in between."""

import asyncio
import random
from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select, text

from hotline1022.base import outbox
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.base.events import Event
from tests.base.things import AT, NobodyCares, ended, happened
from tests.conftest import StillClock

HANDLERS = {"SomethingHappened": ("open_ticket", "tell_panel")}


class Engine:
    """Takes jobs as the durable engine does: the same id twice is one job. It crashes when told to, before or after taking."""

    def __init__(self, crashes: list[str] | None = None) -> None:
        self.jobs: dict[str, dict[str, Any]] = {}
        self.asked: Counter[str] = Counter()
        self.crashes = crashes or []

    async def enqueue(self, name: str, job_id: str, payload: dict[str, Any]) -> None:
        self.asked[job_id] += 1
        crash = self.crashes.pop() if self.crashes else None
        if crash == "before":
            raise DatabaseAway("before")
        assert job_id.endswith(f":{name}")
        self.jobs[job_id] = payload
        if crash == "after":
            raise DatabaseAway("after")


def relay(database: Database, engine: Engine, clock: StillClock) -> outbox.Relay:
    return outbox.Relay(database, engine.enqueue, lambda name: HANDLERS.get(name, ()), clock, interval=3600)


async def add(database: Database, *events: Event) -> None:
    async with database.transaction() as connection:
        for event in events:
            await outbox.add(connection, event)


async def unhanded(database: Database) -> int:
    async with database.reading() as connection:
        query = select(func.count()).where(outbox.outbox.c.handed_at.is_(None))
        return int((await connection.execute(query)).scalar_one())


async def test_event_of_a_change_that_failed_never_happened(database: Database, clock: StillClock) -> None:
    async def fail() -> None:
        async with database.transaction() as connection:
            await outbox.add(connection, happened(1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    engine = Engine()
    assert await relay(database, engine, clock).hand_over() == 0
    assert engine.jobs == {}


async def test_event_reaches_each_handler_once_and_can_be_read_back(database: Database, clock: StillClock) -> None:
    engine = Engine()
    await add(database, happened(1))
    handing = relay(database, engine, clock)
    assert [await handing.hand_over() for _ in range(3)] == [1, 0, 0]
    assert set(engine.asked) == {"fact-1:open_ticket", "fact-1:tell_panel"}
    assert set(engine.asked.values()) == {1}
    assert Event.read(**engine.jobs["fact-1:open_ticket"]) == happened(1)
    async with database.reading() as connection:
        assert (await connection.execute(select(outbox.outbox.c.handed_at))).scalar_one() == clock.instant


async def test_event_written_twice_is_one_event(database: Database, clock: StillClock) -> None:
    await add(database, happened(1), happened(1))
    await add(database, happened(1))
    assert await relay(database, Engine(), clock).hand_over() == 1
    await add(database, happened(1))
    assert await relay(database, Engine(), clock).hand_over() == 0


async def test_event_without_handlers_is_done_at_once(database: Database, clock: StillClock) -> None:
    await add(database, NobodyCares(at=AT))
    assert await relay(database, Engine(), clock).hand_over() == 1
    assert await unhanded(database) == 0


@pytest.mark.parametrize("seed", range(5))
async def test_crash_anywhere_repeats_nothing_and_loses_nothing(
    database: Database, clock: StillClock, seed: int
) -> None:
    chance = random.Random(seed)
    await add(database, *(happened(number) for number in range(30)))
    engine = Engine([chance.choice(["", "", "before", "after"]) for _ in range(80)])
    for _ in range(80):
        try:
            await relay(database, engine, clock).hand_over()
            break
        except DatabaseAway:
            continue
    assert set(engine.jobs) == {
        f"fact-{number}:{name}" for number in range(30) for name in HANDLERS["SomethingHappened"]
    }
    assert await unhanded(database) == 0


async def test_event_that_the_engine_refuses_keeps_nobody_waiting_and_stays_due(
    database: Database, clock: StillClock
) -> None:
    class Refuses(Engine):
        async def enqueue(self, name: str, job_id: str, payload: dict[str, Any]) -> None:
            if job_id.startswith("fact-0:"):
                raise ValueError("no such handler")
            await super().enqueue(name, job_id, payload)

    await add(database, *(happened(number) for number in range(250)))
    assert await relay(database, Refuses(), clock).hand_over() == 249
    assert await unhanded(database) == 1
    assert await relay(database, Engine(), clock).hand_over() == 1


async def test_event_that_committed_late_with_an_early_instant_is_not_missed(
    database: Database, clock: StillClock
) -> None:
    engine = Engine()
    handing = relay(database, engine, clock)
    await add(database, happened(5))
    assert await handing.hand_over() == 1
    await add(database, happened(1))
    assert await handing.hand_over() == 1


async def test_two_relays_at_once_make_one_job_each(database: Database, clock: StillClock) -> None:
    engine = Engine()
    await add(database, *(happened(number) for number in range(20)))
    await asyncio.gather(*(relay(database, engine, clock).hand_over() for _ in range(2)))
    assert len(engine.jobs) == 40
    assert await unhanded(database) == 0


async def test_poke_hands_over_without_waiting_for_the_slow_look(database: Database, clock: StillClock) -> None:
    taken = asyncio.Event()

    class Tells(Engine):
        async def enqueue(self, name: str, job_id: str, payload: dict[str, Any]) -> None:
            await super().enqueue(name, job_id, payload)
            taken.set()

    handing = relay(database, Tells(), clock)
    running = asyncio.create_task(handing.run())
    for number in range(3):
        taken.clear()
        await add(database, happened(number))
        handing.poke()
        async with asyncio.timeout(20):
            await taken.wait()
    await ended(running)


async def test_finding_what_is_due_reads_only_what_is_due(database: Database, clock: StillClock) -> None:
    await add(database, *(happened(number) for number in range(500)))
    await relay(database, Engine(), clock).hand_over()
    await add(database, happened(1000))
    due = "SELECT id FROM outbox WHERE handed_at IS NULL AND (at, id) > (:at, '') ORDER BY at, id LIMIT 100"
    async with database.transaction() as connection:
        if database.is_sqlite:
            plan = await connection.execute(text("EXPLAIN QUERY PLAN " + due).bindparams(at=str(AT)))
        else:
            await connection.execute(text("ANALYZE outbox"))
            plan = await connection.execute(text("EXPLAIN " + due).bindparams(at=AT))
        assert "ix_outbox_unhanded" in str(plan.all())


async def test_what_its_teller_has_handed_over_itself_no_relay_hands_over_again(
    database: Database, clock: StillClock
) -> None:
    engine = Engine()
    async with database.transaction() as connection:
        await outbox.add_handed(connection, [happened(1), happened(2), happened(1)], clock.now())
        await outbox.add_handed(connection, [], clock.now())
    assert await unhanded(database) == 0
    assert await relay(database, engine, clock).hand_over() == 0
    await add(database, happened(1), happened(3))
    assert await relay(database, engine, clock).hand_over() == 1
