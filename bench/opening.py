"""Tickets opened by the desk beside a bare insert of the same rows: what rules, reading back and the journal's chain cost."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import Table, insert, select

from bench.databases import KINDS, Databases, databases
from bench.figures import percentile, table
from bench.population import NOW, SEED, WORDS_SAID, SetClock, vocabulary
from hotline1022.base import outbox
from hotline1022.base.db import Database
from tickets.desk import Desk
from tickets.journal.store import ticket_journal
from tickets.model import Report
from tickets.rules import StandingRules
from tickets.search.store import ticket_words
from tickets.store import ticket_codes, ticket_deadlines, tickets

AT_ONCE = (1, 8)
WRITTEN: tuple[Table, ...] = (ticket_codes, tickets, ticket_deadlines, ticket_words, ticket_journal)
"""Where a ticket's rows lie, in the order in which they refer to each other; its event lies in the outbox."""

Item = TypeVar("Item")
Rows = list[tuple[Table, list[dict[str, object]]]]
"""What one ticket is made of."""


def measure(*, quick: bool, kinds: Sequence[str] = KINDS) -> None:
    """Print the table. Both ways take turns, so that they meet the same state of the machine."""
    rules, rows = StandingRules(), []
    rounds, count = (2, 40) if quick else (5, 200)
    for kind in kinds:
        with databases(kind) as given:
            for at_once in AT_ONCE:
                desk, bare = [], []
                for number in range(rounds):
                    mine, theirs = _round(given, rules, count, at_once, number)
                    desk.append(mine)
                    bare.append(theirs)
                ratios = [mine / theirs for mine, theirs in zip(desk, bare, strict=True)]
                rows.append(
                    (
                        kind,
                        str(at_once),
                        f"{percentile(desk, 0.5):.0f}",
                        f"{percentile(bare, 0.5):.0f}",
                        f"{percentile(ratios, 0.5):.2f}",
                        f"{min(ratios):.2f} to {max(ratios):.2f}",
                    )
                )
    head = ("database", "at once", "desk, tickets a second", "bare insert", "desk to bare", f"in {rounds} rounds")
    print(table(head, rows))


def _round(given: Databases, rules: StandingRules, count: int, at_once: int, number: int) -> tuple[float, float]:
    reports = _reports(rules, count, number)
    opened, plain = given.fresh(), given.fresh()
    return asyncio.run(_both(opened, plain, rules, reports, at_once))


async def _both(
    opened: str, plain: str, rules: StandingRules, reports: Sequence[Report], at_once: int
) -> tuple[float, float]:
    """Tickets a second: through the desk into one database, then the rows that it wrote into the other."""
    database = Database(opened)
    desk = Desk(database, SetClock(), rules, outbox.add)
    mine = await _each_second(desk.open, reports, at_once)
    rows = await _written(database)
    await database.close()
    assert len(rows) == len(reports)
    bare = Database(plain)

    async def write(one: Rows) -> None:
        async with bare.transaction() as connection:
            for into, values in one:
                await connection.execute(insert(into), values)

    theirs = await _each_second(write, rows, at_once)
    await bare.close()
    return mine, theirs


async def _each_second(do: Callable[[Item], Awaitable[object]], items: Sequence[Item], at_once: int) -> float:
    waiting = iter(items)

    async def work() -> None:
        for item in waiting:
            await do(item)

    began = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(at_once)))
    return len(items) / (time.perf_counter() - began)


async def _written(database: Database) -> list[Rows]:
    """Everything that each ticket is made of, as it was written."""
    found: dict[str, Rows] = {}
    async with database.reading() as connection:
        for source in (*WRITTEN, outbox.outbox):
            of_ticket: dict[str, list[dict[str, object]]] = {}
            for row in (await connection.execute(select(source))).mappings():
                code = row["payload"]["code"] if source is outbox.outbox else row["code"]
                of_ticket.setdefault(code, []).append(dict(row))
            for code, rows in of_ticket.items():
                found.setdefault(code, []).append((source, rows))
    return list(found.values())


def _reports(rules: StandingRules, count: int, number: int) -> list[Report]:
    chance, words = random.Random(f"{SEED} {number}"), vocabulary()
    communes = sorted(rules.current.localities.communes)
    topics = [topic.code for topic in rules.current.topics.topics if topic.referral is None]
    return [
        Report(
            source_key=f"bench:{number}:{index}",
            taken_at=NOW - timedelta(seconds=count - index),
            number=f"+849{chance.randrange(10**8):08}",
            topic=chance.choice(topics),
            place=chance.choice(communes),
            summary=" ".join(chance.choice(words) for _ in range(WORDS_SAID)),
        )
        for index in range(count)
    ]
