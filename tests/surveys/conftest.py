"""What the tests about surveys share: surveys with everything around them made up, and surveys within the whole interface."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Database
from hotline1022.base.events import Event
from surveys.campaign import Campaign
from surveys.consideration import Consideration
from tests.interface import interface
from tests.surveys.hotline import Hotline, Recorded, hotline_of
from tests.surveys.stage import KEY, Citizens, FakeLine, InForce, Stage, StillClock
from tickets.rules import StandingRules


@pytest.fixture
def stage(database: Database) -> Stage:
    """Surveys on an empty database."""
    clock, citizens, events = StillClock(), Citizens(), list[Event]()
    line, rules = FakeLine(clock), InForce()

    async def record(connection: AsyncConnection, event: Event) -> None:
        assert connection.in_transaction()
        events.append(event)

    common: dict[str, Any] = {
        "database": database, "clock": clock, "policy": lambda: rules.policy, "hours": lambda: rules.hours,
        "citizens": citizens, "record_event": record, "key": KEY,
    }  # fmt: skip
    campaign = Campaign(**common, calls=line)
    line.campaign = campaign
    return Stage(clock, Consideration(**common), campaign, line, citizens, events, database, rules)


@pytest.fixture(scope="session")
def standing() -> StandingRules:
    """The shipped rules."""
    return StandingRules()


@pytest.fixture
async def hotline(database: Database, standing: StandingRules, tmp_path: Path) -> AsyncIterator[Hotline]:
    """The whole interface over HTTP with surveys on an empty database."""
    clock, recorded = StillClock(), Recorded()
    async with interface(database, clock, standing, recorded, tmp_path) as served:
        yield hotline_of(served, clock, database, standing, recorded)
