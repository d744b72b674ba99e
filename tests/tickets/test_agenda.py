"""The clock is looked at when something is due: planned by events, kept by the durable engine, swept if that forgot."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotline1022.base.db import Database
from hotline1022.base.jobs import Jobs
from tests.tickets.conftest import HOA, LAN, Hands, Recorded, StillClock
from tickets.agenda import Agenda, Changed
from tickets.desk import Desk
from tickets.events import DeadlineWarned
from tickets.handling import Handling
from tickets.model import Report, Ticket
from tickets.rules import StandingRules
from tickets.timers import Timers

WARNED = datetime(2026, 11, 23, 2, 3, tzinfo=UTC)
"""When the hotline is warned that a ticket of 09:00 waits to be classified: two minutes before its five are over."""


@dataclass
class Looks:
    """A durable engine that only writes down what it is asked."""

    asked: list[tuple[str, float]] = field(default_factory=list)

    async def __call__(self, look: str, delay: float) -> None:
        """Write it down."""
        self.asked.append((look, delay))


@pytest.fixture
def timers(database: Database, still_clock: StillClock, standing: StandingRules, recorded: Recorded) -> Timers:
    """The timers, on the same database as the desk."""
    return Timers(database, still_clock, standing, recorded)


@pytest.fixture
def looks() -> Looks:
    """Nothing asked yet."""
    return Looks()


@pytest.fixture
def agenda(database: Database, still_clock: StillClock, timers: Timers, looks: Looks) -> Agenda:
    """An agenda whose looks are only written down."""
    return Agenda(database, still_clock, timers, looks)


async def opened(desk: Desk, key: str = "c1") -> Ticket:
    """A report of Monday, 09:00."""
    told = {"source_key": f"call:{key}:report", "taken_at": datetime(2026, 11, 23, 2, 0, tzinfo=UTC)}
    return await desk.open(Report.model_validate(told | {"topic": "giao-thong", "place": "29869"}))


def last(recorded: Recorded) -> Changed:
    """The last event, which must be one after which a look is planned."""
    event = recorded.events[-1]
    assert isinstance(event, Changed)
    return event


async def test_a_new_ticket_has_the_clock_looked_at_when_its_first_step_is_due(
    desk: Desk, agenda: Agenda, looks: Looks, recorded: Recorded
) -> None:
    await opened(desk)
    await agenda.plan(last(recorded))
    assert looks.asked == [(f"look:{WARNED.timestamp():.0f}", 180.0)]


async def test_tickets_that_are_due_in_the_same_second_share_one_look(
    desk: Desk, agenda: Agenda, looks: Looks, recorded: Recorded
) -> None:
    for number in range(5):
        await opened(desk, f"c{number}")
        await agenda.plan(last(recorded))
    assert len(looks.asked) == 5
    assert len(set(looks.asked)) == 1


async def test_a_look_so_near_that_it_may_have_begun_is_the_tickets_own(
    desk: Desk, agenda: Agenda, looks: Looks, recorded: Recorded, still_clock: StillClock
) -> None:
    ticket = await opened(desk)
    still_clock.instant = WARNED - timedelta(seconds=1)
    await agenda.plan(last(recorded))
    assert looks.asked == [(f"look:{WARNED.timestamp():.0f}:{ticket.code}", 1.0)]


async def test_each_step_plans_the_look_at_the_next_one(
    desk: Desk, agenda: Agenda, looks: Looks, recorded: Recorded, still_clock: StillClock
) -> None:
    await opened(desk)
    still_clock.instant = WARNED
    await agenda.look({})
    assert isinstance(recorded.events[-1], DeadlineWarned)
    await agenda.plan(last(recorded))
    assert looks.asked == [(f"look:{WARNED.timestamp() + 120:.0f}", 120.0)]


async def test_what_is_due_when_it_is_planned_is_done_at_once(
    desk: Desk, agenda: Agenda, looks: Looks, recorded: Recorded, still_clock: StillClock
) -> None:
    await opened(desk)
    event = last(recorded)
    still_clock.instant = WARNED + timedelta(hours=1)
    await agenda.plan(event)
    assert looks.asked == []
    assert "DeadlineBreached" in recorded.names()


async def test_a_ticket_of_which_nothing_is_due_plans_no_look(
    hands: Hands, agenda: Agenda, looks: Looks, recorded: Recorded
) -> None:
    ticket = await opened(hands.desk)
    await hands.move(ticket.code, LAN, "divert", kind="complaint")
    await agenda.plan(last(recorded))
    assert looks.asked == []


async def test_a_look_that_has_become_pointless_does_nothing(
    hands: Hands, agenda: Agenda, recorded: Recorded, still_clock: StillClock
) -> None:
    ticket = await opened(hands.desk)
    await hands.move(ticket.code, HOA, "classify", topic="giao-thong", place="29869")
    await hands.move(ticket.code, HOA, "route")
    before = len(recorded.events)
    still_clock.instant = WARNED
    await agenda.look({})
    assert len(recorded.events) == before


async def test_the_sweep_finds_only_what_was_forgotten_and_counts_it(
    desk: Desk, agenda: Agenda, still_clock: StillClock
) -> None:
    await opened(desk)
    still_clock.instant = WARNED + timedelta(seconds=30)
    assert await agenda.sweep() == 0
    still_clock.instant = WARNED + timedelta(seconds=61)
    assert await agenda.sweep() == 1
    assert agenda.swept == 1


@dataclass
class WalkingClock:
    """The machine's clock, set to another hour."""

    ahead: timedelta

    @classmethod
    def at(cls, instant: datetime) -> "WalkingClock":
        """A clock that shows ``instant`` now."""
        return cls(instant - datetime.now(UTC))

    def now(self) -> datetime:
        """The machine's time, shifted."""
        return datetime.now(UTC) + self.ahead


@dataclass
class Engine:
    """The agenda on the real durable engine; events are planned as the story does it."""

    database: Database
    clock: WalkingClock
    standing: StandingRules
    recorded: Recorded
    url: str

    async def __aenter__(self) -> "Engine":
        self.jobs = Jobs(self.url, "node-1")
        timers = Timers(self.database, self.clock, self.standing, self.recorded)
        self.agenda = Agenda(self.database, self.clock, timers, self._later)
        self.jobs.handle("Agenda.look", self.agenda.look)
        await self.jobs.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.jobs.stop()

    async def _later(self, look: str, delay: float) -> None:
        await self.jobs.enqueue("Agenda.look", look, {}, delay)

    async def until(self, name: str) -> None:
        """Wait until an event of this name has been recorded."""
        async with asyncio.timeout(30):
            while name not in self.recorded.names():
                await asyncio.sleep(0.05)


@pytest.fixture
def engine(database: Database, standing: StandingRules, recorded: Recorded, tmp_path: Path) -> Engine:
    """It is two and a half seconds before the hotline must be warned."""
    clock = WalkingClock.at(WARNED - timedelta(seconds=2.5))
    return Engine(database, clock, standing, recorded, f"sqlite:///{tmp_path / 'jobs.sqlite'}")


async def test_the_durable_engine_makes_a_step_at_its_instant(engine: Engine, desk: Desk, recorded: Recorded) -> None:
    async with engine:
        await opened(desk)
        await engine.agenda.plan(last(recorded))
        assert "DeadlineWarned" not in recorded.names()
        await engine.until("DeadlineWarned")
        assert engine.clock.now() - WARNED < timedelta(seconds=10)
    assert recorded.events[-1].at == WARNED


async def test_a_step_that_fell_due_while_the_service_was_down_is_made_when_it_is_back(
    engine: Engine, desk: Desk, recorded: Recorded
) -> None:
    async with engine:
        await opened(desk)
        await engine.agenda.plan(last(recorded))
    engine.clock.ahead += timedelta(hours=1)
    async with engine:
        await engine.until("DeadlineBreached")
    warned = next(event for event in recorded.events if isinstance(event, DeadlineWarned))
    assert warned.at == WARNED


async def test_a_ticket_changed_between_planning_and_look_is_left_alone(
    engine: Engine, handling: Handling, desk: Desk, recorded: Recorded
) -> None:
    hands = Hands(handling, desk)
    async with engine:
        ticket = await opened(desk)
        await engine.agenda.plan(last(recorded))
        await hands.move(ticket.code, HOA, "classify", topic="giao-thong", place="29869")
        await hands.move(ticket.code, HOA, "route")
        await engine._later("look:now", 3.5)
        async with asyncio.timeout(30):
            while engine.clock.now() < WARNED + timedelta(seconds=2):
                await asyncio.sleep(0.1)
    assert "DeadlineWarned" not in recorded.names()
