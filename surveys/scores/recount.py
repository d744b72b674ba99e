"""Keeps the counts: each ticket is counted anew from its whole journal after whatever happened to it. What counts is counting's."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from surveys.counting import counted
from surveys.points import Entry, Point
from surveys.scores import store

log = structlog.get_logger()

BATCH = 100
"""Tickets in one transaction of a rebuild."""

LAST = "99999999"
"""No ticket's code comes after it."""


class Journal(Protocol):
    """What scores may ask of the journal of tickets, in a transaction of theirs."""

    async def of_ticket(self, connection: AsyncConnection, code: str) -> Sequence[Entry]:
        """The entries of a ticket, the first one first; none for a ticket that nobody knows."""
        ...

    async def codes(self, connection: AsyncConnection, after: str, limit: int) -> Sequence[str]:
        """The next tickets, by code."""
        ...


@dataclass(frozen=True)
class Difference:
    """A count that was not what the journal says; ``code`` is None for a sum."""

    code: str | None
    point: Point
    before: int
    after: int


class Recount:
    """Counts. Methods raise DatabaseAway; counting again changes nothing."""

    def __init__(self, database: Database, clock: Clock, journal: Journal) -> None:
        self._database, self._clock, self._journal = database, clock, journal

    async def recount(self, code: str) -> None:
        """Count one ticket anew. What it costs depends on the ticket alone, however many others there are."""
        async with self._database.transaction() as connection:
            before, now = await self._recount(connection, code)
            await store.add_to_counts(connection, _differences(before, now))

    async def rebuild(self, tell: Callable[[int], None] = lambda _: None) -> list[Difference]:
        """Count every ticket anew, and add up every count; what was wrong is put right and returned.

        ``tell`` is given the number of tickets counted, from time to time.
        """
        found: list[Difference] = []
        after, looked_at = "", 0
        while True:
            async with self._database.transaction() as connection:
                codes = await self._journal.codes(connection, after, BATCH)
                until = codes[-1] if len(codes) == BATCH else LAST
                changed: Counter[Point] = Counter()
                for code in sorted({*codes} | await store.tickets_counted(connection, after, until)):
                    before, now = await self._recount(connection, code)
                    by = _differences(before, now)
                    changed.update(by)
                    found += [Difference(code, each, before.get(each, 0), now.get(each, 0)) for each in sorted(by)]
                # Once for all of them, and in order: whoever counts a single ticket meanwhile waits, and never in a circle.
                await store.add_to_counts(connection, changed)
            looked_at += len(codes)
            tell(looked_at)
            if len(codes) < BATCH:
                break
            after = codes[-1]
        found += await self._add_up()
        log.info("scores_rebuilt", tickets=looked_at, differences=len(found))
        return found

    async def _add_up(self) -> list[Difference]:
        """Every sum is that of its parts; returns those that were not."""
        async with self._database.reading() as connection:
            months = await store.months_counted(connection)
        found: list[Difference] = []
        for month in sorted(months):
            async with self._database.transaction() as connection:
                await store.hold_counts(connection)
                wrong = await store.wrong_counts(connection, month)
                stood = await store.counts_of(connection, [month])
                await store.add_to_counts(connection, wrong)
            found += [
                Difference(None, point, stood.get(point, 0), stood.get(point, 0) + by)
                for point, by in sorted(wrong.items())
            ]
        return found

    async def _recount(self, connection: AsyncConnection, code: str) -> tuple[dict[Point, int], dict[Point, int]]:
        """Held before the journal is read: whoever counts it next reads at least as much of it."""
        await store.hold(connection, code, self._clock.now())
        before = await store.contributions_of(connection, code)
        now = counted(await self._journal.of_ticket(connection, code))
        await store.put_contributions(connection, code, before, now)
        return before, now


def _differences(before: Mapping[Point, int], now: Mapping[Point, int]) -> dict[Point, int]:
    points = before.keys() | now.keys()
    return {point: by for point in points if (by := now.get(point, 0) - before.get(point, 0))}
