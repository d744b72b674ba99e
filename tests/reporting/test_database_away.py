"""A report whose database goes away under it: a real server, stopped between two of its questions."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base import migrate
from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.reporting.catalogue import Asked, make
from hotline1022.reporting.sources import Sources
from hotline1022.score_sources import AgencyNames
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.scoreboard import Scoreboard, ScoreQuery
from surveys.scores.shown import Scores
from surveys.scores.weights import StandingWeights
from tests.conftest import StillClock
from tests.postgresql import PostgreSQL, own_server
from tickets.rules import StandingRules

pytestmark = [pytest.mark.postgresql, pytest.mark.timeout(60)]

ASKED = {"thang": "2025-10", "co-quan": "2025-Q3", "cai-cach": "2025"}
"""Reports that read the scores besides the views: there is a time between two questions."""


class Stopped(Scoreboard):
    """The scores of a server that is stopped as soon as they are asked for; what was read before was read."""

    server: PostgreSQL

    async def scores_seen(self, connection: AsyncConnection, query: ScoreQuery, actor: Actor) -> Scores:
        """See Scoreboard."""
        await asyncio.to_thread(self.server.stop)
        return await super().scores_seen(connection, query, actor)


@pytest.fixture
def server() -> Iterator[PostgreSQL]:
    """A server of this test's own."""
    with own_server() as own:
        yield own


async def test_a_server_that_is_stopped_meanwhile_ends_the_report_and_one_that_is_back_gives_it(
    server: PostgreSQL,
) -> None:
    url = server.url(server.new_database(), "asyncpg")
    await migrate.upgrade(url)
    database, rules, clock = Database(url), StandingRules(), StillClock(datetime(2026, 1, 5, tzinfo=UTC))
    parts = (database, clock, StandingWeights(), AgencyNames(rules), StandingDossiers())
    leader = Actor(role=Role.LEADER, name="Lê Hoàng Phúc")
    stopped = Stopped(*parts)
    stopped.server = server
    for name, period in ASKED.items():
        for _ in ("a connection is kept from the first", "and is dead the second time"):
            with pytest.raises(DatabaseAway):
                await make(Sources(database, clock, rules, stopped, leader), name, Asked(period), "json")
            await asyncio.to_thread(server.start)
            assert (
                await make(Sources(database, clock, rules, Scoreboard(*parts), leader), name, Asked(period), "json")
            ).data
    await database.close()
