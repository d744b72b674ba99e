"""What the tests about scores share: tickets as tests/tickets makes them, and counts that follow their events as the service's do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

import pytest

from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.score_sources import AgencyNames, TicketJournal
from hotline1022.survey_story import CountedEvent
from surveys.points import Point
from surveys.scores import store
from surveys.scores.model import AgencyFigures
from surveys.scores.period import read_period
from surveys.scores.recount import Recount
from surveys.scores.scoreboard import Scoreboard, ScoreQuery
from surveys.scores.shown import Scores
from surveys.scores.sign_off import SignOff
from surveys.scores.weights import StandingWeights
from tests.tickets.conftest import (  # noqa: F401 (fixtures)
    HOA,
    Recorded,
    StillClock,
    desk,
    handling,
    hands,
    recorded,
    served,
    standing,
    still_clock,
    timers,
)
from tickets.rules import StandingRules

BOSS = Actor(name="sếp", role=Role.ADMINISTRATOR)


@dataclass
class Counted:
    """The counts, kept as the service keeps them: after each event that may count, the ticket is counted anew."""

    database: Database
    recorded: Recorded
    recount: Recount
    board: Scoreboard
    signing: SignOff
    heard: int = 0

    async def follow(self) -> None:
        """Hear of everything that has happened since the last time."""
        fresh, self.heard = self.recorded.events[self.heard :], len(self.recorded.events)
        for event in fresh:
            if isinstance(event, get_args(CountedEvent)):
                await self.recount.recount(event.code)

    async def counts(self, period: str = "2026") -> Mapping[Point, int]:
        """The counts of a period."""
        await self.follow()
        async with self.database.reading() as connection:
            return await store.counts_of(connection, read_period(period).months)

    async def of(self, agency: str, period: str = "2026") -> dict[str, int]:
        """The counts of an agency by name, whatever the mode."""
        found: dict[str, int] = {}
        for point, amount in (await self.counts(period)).items():
            if point.agency == agency:
                found[point.name] = found.get(point.name, 0) + amount
        return found

    async def scores(self, period: str = "2026-11", **query: object) -> Scores:
        """The scores as the hotline's leader reads them."""
        await self.follow()
        return await self.board.scores(ScoreQuery.model_validate({"period": period, **query}), HOA)

    async def figures(self, agency: str, period: str = "2026-11", **query: object) -> AgencyFigures:
        """The figures of one agency."""
        (found,) = (await self.scores(period, agency=agency, **query)).scores
        return found


@pytest.fixture
def counted(database: Database, still_clock: StillClock, recorded: Recorded, standing: StandingRules) -> Counted:  # noqa: F811
    """Counts on the same database as the desk."""
    board = Scoreboard(database, still_clock, StandingWeights(), AgencyNames(standing))
    recount = Recount(database, still_clock, TicketJournal())
    return Counted(database, recorded, recount, board, SignOff(database, still_clock, board))
