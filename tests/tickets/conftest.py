"""What the tests about tickets share: the shipped rules, loaded once, and a desk with its events."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from tests.interface import Interface, interface
from tickets.appointments.model import Appointment
from tickets.desk import Desk
from tickets.dossier import Dossier
from tickets.handling import Handling
from tickets.letters.model import Letter
from tickets.model import Ticket
from tickets.moves import AnyMove
from tickets.rules import Rules, StandingRules
from tickets.timers import Timers


@dataclass
class StillClock:
    """A clock that moves only when told to. It begins on Monday 23 November 2026, 09:00 in Vietnam."""

    instant: datetime = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The instant that was set."""
        return self.instant

    def advance(self, **amount: float) -> None:
        """Move on by ``timedelta(**amount)``."""
        self.instant += timedelta(**amount)


@dataclass
class Recorded:
    """The events that a desk recorded, in their order."""

    events: list[Event] = field(default_factory=list)

    async def __call__(self, connection: AsyncConnection, event: Event) -> None:
        """Keep ``event``; a real outbox would write it through ``connection``."""
        assert connection.in_transaction()
        self.events.append(event)

    def names(self) -> list[str]:
        """What happened, by name."""
        return [event.name for event in self.events]


@pytest.fixture(scope="session")
def standing() -> StandingRules:
    """The shipped rules."""
    return StandingRules()


@pytest.fixture(scope="session")
def rules(standing: StandingRules) -> Rules:
    """The shipped rules as one value."""
    return standing.current


@pytest.fixture
def still_clock() -> StillClock:
    """Monday 23 November 2026, 09:00 in Vietnam, until moved."""
    return StillClock()


@pytest.fixture
def recorded() -> Recorded:
    """An empty record of events."""
    return Recorded()


@pytest.fixture
def desk(database: Database, still_clock: StillClock, standing: StandingRules, recorded: Recorded) -> Desk:
    """A desk on an empty database."""
    return Desk(database, still_clock, standing, recorded)


LAN = Actor(name="lan", role=Role.OPERATOR)
HOA = Actor(name="hoa", role=Role.LEADER)
MOVE: TypeAdapter[AnyMove] = TypeAdapter(AnyMove)


def officer(agency: str) -> Actor:
    """Who works on the tickets of ``agency``."""
    return Actor(name=f"officer of {agency}", role=Role.OFFICER, agency=agency)


def approver(agency: str) -> Actor:
    """Who signs for ``agency``."""
    return Actor(name=f"head of {agency}", role=Role.APPROVER, agency=agency)


@dataclass
class Hands:
    """Makes moves as people do, and reads the ticket back."""

    handling: Handling
    desk: Desk

    async def move(self, code: str, actor: Actor, name: str, **said: object) -> Ticket:
        """Make the move ``name`` and return the ticket after it."""
        await self.handling.make(code, MOVE.validate_python({"move": name, **said}), actor)
        ticket = await self.desk.find(code)
        assert ticket is not None
        return ticket


@pytest.fixture
def handling(database: Database, still_clock: StillClock, standing: StandingRules, recorded: Recorded) -> Handling:
    """The moves, on the same database as the desk."""
    return Handling(database, still_clock, standing, recorded)


@pytest.fixture
def timers(database: Database, still_clock: StillClock, standing: StandingRules, recorded: Recorded) -> Timers:
    """What time does to the same tickets."""
    return Timers(database, still_clock, standing, recorded)


@pytest.fixture
def dossier(database: Database, still_clock: StillClock, standing: StandingRules) -> Dossier:
    """The same tickets with everything around them."""
    return Dossier(database, still_clock, standing)


@pytest.fixture
def hands(handling: Handling, desk: Desk) -> Hands:
    """Moves made by people."""
    return Hands(handling, desk)


@pytest.fixture
async def served(
    database: Database, still_clock: StillClock, standing: StandingRules, recorded: Recorded, tmp_path: Path
) -> AsyncIterator[Interface]:
    """The whole interface over HTTP, on the same database as the desk."""
    async with interface(database, still_clock, standing, recorded, tmp_path) as running:
        yield running


@dataclass
class Letters:
    """Reads the letters of tickets back, as the hotline's leader sees them."""

    dossier: Dossier

    async def of(self, code: str) -> tuple[Letter, ...]:
        """The letters of ticket ``code``, the first owed first."""
        return (await self.dossier.file(code, HOA)).letters

    async def one(self, code: str) -> Letter:
        """The one letter of a ticket."""
        (letter,) = await self.of(code)
        return letter


@dataclass
class Visits:
    """Reads the appointments of tickets back."""

    dossier: Dossier

    async def of(self, code: str, actor: Actor = HOA) -> tuple[Appointment, ...]:
        """The appointments of ticket ``code`` as ``actor`` reads them."""
        return (await self.dossier.file(code, actor)).visits

    async def one(self, code: str) -> Appointment:
        """The one appointment of a ticket."""
        (visit,) = await self.of(code)
        return visit


@pytest.fixture
def letters(dossier: Dossier) -> Letters:
    """The letters of tickets."""
    return Letters(dossier)


@pytest.fixture
def visits(dossier: Dossier) -> Visits:
    """The appointments of tickets."""
    return Visits(dossier)
