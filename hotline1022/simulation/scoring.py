"""Scores of a simulation: tickets that something has happened to are counted anew when somebody wants to see scores, and months are signed.

Counting after each event, as the service does, comes to the same: each count is made of the ticket's whole journal.
"""

from datetime import date, timedelta
from pathlib import Path

from hotline1022.base.events import Event
from hotline1022.score_sources import AgencyNames
from hotline1022.simulation.hands import LEADER
from hotline1022.simulation.plan import Plan, month_name
from hotline1022.simulation.world import World
from hotline1022.survey_story import CountedEvent
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.scoreboard import Scoreboard
from surveys.scores.sign_off import SignOff
from surveys.scores.weights import StandingWeights

SIGNED_ON = 10
"""Assumed: the day of the next month on which a month, and a quarter that ends with it, is signed off."""


class Scoring:
    """Counts, and signs the months that the plan has whole."""

    def __init__(self, world: World, policies: Path | None) -> None:
        """``policies``: the folder of the province's own rule files, if it has any."""
        self._world = world
        board = Scoreboard(
            world.database,
            world.clock,
            StandingWeights(policies),
            AgencyNames(world.rules),
            StandingDossiers(policies),
        )
        self._signing = SignOff(world.database, world.clock, board)
        self._changed: set[str] = set()

    async def hear(self, event: Event) -> None:
        """A ticket's journal says something that counts."""
        if isinstance(event, CountedEvent):
            self._changed.add(event.code)

    async def count(self) -> None:
        """Count every ticket anew that something has happened to since the last time."""
        for code in sorted(self._changed):
            await self._world.recount.recount(code)
        self._changed.clear()

    async def end_day(self, day: date) -> None:
        """Sign what is to be signed on this day."""
        if day.day == SIGNED_ON and (periods := periods_before(day, self._world.plan)):
            await self.count()
            for period in periods:
                await self._signing.sign(period, LEADER)


def periods_before(day: date, plan: Plan) -> tuple[str, ...]:
    """The month before ``day``, and the quarter that ended with it, as far as the plan has them whole."""
    last = day.replace(day=1) - timedelta(days=1)
    month = last.replace(day=1)
    quarter = month.replace(month=max(month.month - 2, 1))
    found = [month_name(month)] if month >= plan.first_day else []
    if month.month % 3 == 0 and quarter >= plan.first_day:
        found.append(f"{month.year}-Q{month.month // 3}")
    return tuple(found)
