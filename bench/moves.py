"""Moves of tickets by several people at once, and what the one chain of the journal costs them: who writes in it waits for the
one before to commit.
"""

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncConnection

from bench.databases import KINDS, databases
from bench.figures import percentile, table
from bench.population import Part, Population, SetClock, make_real
from hotline1022.base import outbox
from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from tickets.handling import Handling
from tickets.journal import store as journal
from tickets.model import JournalEntry
from tickets.moves import AnyMove
from tickets.rules import StandingRules

AT_ONCE = (1, 8)
MOVES = ("accept", "work")
_MOVE: TypeAdapter[AnyMove] = TypeAdapter(AnyMove)

Add = Callable[[AsyncConnection, Sequence[JournalEntry]], Awaitable[None]]


def measure(*, quick: bool, kinds: Sequence[str] = KINDS) -> None:
    """Print the table: each row once with the journal and once with none, which the product never does."""
    rules, rows = StandingRules(), []
    routed = make_real(rules, (2,))
    for kind in kinds:
        with databases(kind) as given:
            for at_once in AT_ONCE:
                figures: list[tuple[float, list[float], list[float]]] = []
                for add in (journal.add, _nothing):
                    url, population = given.fresh(), Population(100 if quick else 600, [Part(1, routed, (0,))])
                    agencies = population.fill(url, words=False)
                    figures.append(asyncio.run(_all_moved(url, rules, agencies, at_once, add)))
                (made, moves, waits), (unsealed, _, _) = figures
                rows.append(
                    (
                        kind,
                        str(at_once),
                        f"{made:.0f}",
                        f"{percentile(moves, 0.5) * 1000:.1f} / {percentile(moves, 0.99) * 1000:.1f}",
                        f"{percentile(waits, 0.5) * 1000:.1f} / {percentile(waits, 0.99) * 1000:.1f}",
                        f"{sum(waits) / sum(moves) * 100:.0f} %",
                        f"{unsealed:.0f}",
                    )
                )
    print(
        table(
            (
                "database",
                "at once",
                "moves a second",
                "one move, p50 / p99 ms",
                "its journal, p50 / p99 ms",
                "share",
                "moves a second without a journal",
            ),
            rows,
        )
    )


async def _nothing(_connection: AsyncConnection, _entries: Sequence[JournalEntry]) -> None:
    """No journal at all."""


@contextlib.contextmanager
def _journal(add: Add) -> Iterator[list[float]]:
    """While the block lasts the journal is written by ``add``; yields how many seconds each time took."""
    seconds: list[float] = []
    real = journal.add

    async def timed(connection: AsyncConnection, entries: Sequence[JournalEntry]) -> None:
        began = time.perf_counter()
        await add(connection, entries)
        seconds.append(time.perf_counter() - began)

    journal.add = timed
    try:
        yield seconds
    finally:
        journal.add = real


async def _all_moved(
    url: str, rules: StandingRules, agencies: dict[str, str], at_once: int, add: Add
) -> tuple[float, list[float], list[float]]:
    """Moves a second, the seconds of each move, the seconds of each in the journal."""
    database = Database(url)
    handling = Handling(database, SetClock(), rules, outbox.add)
    waiting, moves = iter(agencies.items()), []

    async def officer() -> None:
        for code, agency in waiting:
            actor = Actor(name="officer", role=Role.OFFICER, agency=agency)
            for name in MOVES:
                began = time.perf_counter()
                await handling.make(code, _MOVE.validate_python({"move": name}), actor)
                moves.append(time.perf_counter() - began)

    with _journal(add) as waits:
        began = time.perf_counter()
        await asyncio.gather(*(officer() for _ in range(at_once)))
        took = time.perf_counter() - began
    await database.close()
    return len(moves) / took, moves, waits
