"""Time passing among very many open tickets: what a due step costs, and how late it is done when steps fall due all the time."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.databases import KINDS, databases
from bench.figures import milliseconds, percentile, table
from bench.population import NOW, WITH_AGENCY, Part, Population, SetClock, make_real
from hotline1022.base import outbox
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from tickets.rules import StandingRules
from tickets.store import ticket_deadlines
from tickets.timers import Timers

FEW = 10_000
DUE_AT_ONCE = 2000
A_SECOND = 20
"""Steps that fall due in each second while lateness is measured."""
_FAR = range(3, 60)
"""Weeks after which the others fall due."""

# Without the condition SQLite does not see that the index of pending steps has it, and looks at every deadline.
_NEXT = select(func.min(ticket_deadlines.c.step_at)).where(ticket_deadlines.c.step_at.is_not(None))

Driver = Callable[[Timers, Database, Clock, float], Awaitable[None]]
"""Lets time do its work for so many seconds: decides when ``tick`` is called."""


async def each_second(timers: Timers, _database: Database, _clock: Clock, seconds: float) -> None:
    """A tick when the last one has ended and a second has passed."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        await timers.tick()
        await asyncio.sleep(max(0.0, began + 1 - time.monotonic()))


async def at_its_instant(timers: Timers, database: Database, clock: Clock, seconds: float) -> None:
    """A tick at the instant of the next step, looked up after each tick."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        await timers.tick()
        async with database.reading() as connection:
            first = await connection.scalar(_NEXT)
        wait = (first - clock.now()).total_seconds() if first is not None else 1.0
        await asyncio.sleep(max(0.0, min(wait, 1.0)))


DRIVERS: dict[str, Driver] = {"each second": each_second, "at the step's own instant": at_its_instant}


class RunningClock:
    """A clock that begins at ``NOW`` and runs as clocks do."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def now(self) -> datetime:
        """The present instant of this clock."""
        return NOW + timedelta(seconds=time.monotonic() - self._began)


class Lateness:
    """The outbox, with a watch: how long after its instant each step was committed."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._clock = clock
        self.seconds: list[float] = []
        self._written: list[datetime] = []
        database.committed = self._committed

    async def record(self, connection: AsyncConnection, event: Event) -> None:
        """Keep the event as the product does."""
        await outbox.add(connection, event)
        self._written.append(event.at)

    def _committed(self) -> None:
        now = self._clock.now()
        self.seconds += [(now - at).total_seconds() for at in self._written]
        self._written.clear()


def measure(*, quick: bool, size: int, kinds: Sequence[str] = KINDS) -> None:
    """Print the tables."""
    rules = StandingRules()
    waiting = make_real(rules, WITH_AGENCY)
    due: list[tuple[str, ...]] = []
    late: list[tuple[str, ...]] = []
    seconds = 5 if quick else 20
    for kind in kinds:
        with databases(kind) as given:
            for tickets in sorted({min(FEW, size), size}):
                url = given.fresh()
                began = time.perf_counter()
                Population(tickets, [Part(1, waiting, _FAR)]).fill(url, words=False)
                print(f"{tickets} tickets in {kind}, written in {time.perf_counter() - began:.0f} s", flush=True)
                due.append((kind, str(tickets), *asyncio.run(_at_once(url, rules))))
                for name, driver in DRIVERS.items():
                    spread = asyncio.run(_continuously(url, rules, driver, seconds))
                    late.append((kind, str(tickets), name, *spread))
    head = (
        "database",
        "open tickets",
        "steps due",
        "ms a step",
        "steps a second",
        "a tick with nothing due, ms p50 / p99",
    )
    print("\n" + table(head, due))
    lateness = ("database", "open tickets", "tick", "steps", "late, ms p50 / p99")
    print(f"\n{A_SECOND} steps fall due in a second, for {seconds} s\n\n" + table(lateness, late), flush=True)


async def _at_once(url: str, rules: StandingRules) -> tuple[str, ...]:
    """Many steps have fallen due in the last hour: after a standstill, or at the end of a working day."""
    database = Database(url)
    timers = Timers(database, SetClock(), rules, outbox.add)
    await _let_fall_due(database, [NOW - timedelta(seconds=3600 * each / DUE_AT_ONCE) for each in range(DUE_AT_ONCE)])
    began = time.perf_counter()
    steps = await timers.tick()
    took = time.perf_counter() - began
    idle = []
    for _ in range(100):
        began = time.perf_counter()
        assert await timers.tick() == 0
        idle.append(time.perf_counter() - began)
    await database.close()
    percentiles = (f"{percentile(idle, share) * 1000:.1f}" for share in (0.5, 0.99))
    return str(steps), f"{took / steps * 1000:.2f}", f"{steps / took:.0f}", " / ".join(percentiles)


async def _continuously(url: str, rules: StandingRules, driver: Driver, seconds: int) -> tuple[str, ...]:
    """Steps fall due all the time, one after the other."""
    database = Database(url)
    first = NOW + timedelta(seconds=2)
    count = A_SECOND * seconds
    await _let_fall_due(database, [first + timedelta(seconds=each / A_SECOND) for each in range(count)])
    clock = RunningClock()
    lateness = Lateness(database, clock)
    await driver(Timers(database, clock, rules, lateness.record), database, clock, seconds + 4)
    await database.close()
    return f"{len(lateness.seconds)} of {count}", milliseconds(lateness.seconds)


async def _let_fall_due(database: Database, instants: Sequence[datetime]) -> None:
    """Give as many warnings that are far away these instants, in tickets from all over the table."""
    columns = ticket_deadlines.c
    far = (columns.step == "warning", columns.clock == "answer", columns.step_at > NOW + timedelta(days=1))
    some = select(columns.id).where(*far).order_by(func.random()).limit(len(instants))
    async with database.transaction() as connection:
        for number, at in zip((await connection.scalars(some)).all(), instants, strict=True):
            await connection.execute(update(ticket_deadlines).where(columns.id == number).values(step_at=at))
