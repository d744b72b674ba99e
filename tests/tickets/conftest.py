"""What the tests about tickets share: the shipped rules, loaded once, and a desk with its events."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Database
from hotline1022.base.events import Event
from tickets.desk import Desk
from tickets.rules import Rules, StandingRules


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

