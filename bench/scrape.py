"""One scrape of ``/metrics`` over very many tickets of 300 agencies: what the database is asked, what the text costs, how big it is."""

import asyncio
import time
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import text

from bench.databases import KINDS, databases
from bench.figures import percentile, table
from bench.lists import mixed
from bench.population import NOW, SetClock
from hotline1022.base.db import Database
from hotline1022.base.metrics import Metrics
from hotline1022.reporting.database_figures import FRESH, DatabaseFigures
from tickets.rules import StandingRules

AGENCIES = 300
HEAD = ("agencies", "database asked, ms p50 / p99", "text, ms p50 / p99", "samples", "bytes")


def measure(*, quick: bool, size: int, kinds: Sequence[str] = KINDS) -> None:
    """Print the table: a scrape that asks the database, beside one of a database without tickets."""
    rules, rows = StandingRules(), []
    for kind in kinds:
        with databases(kind) as given:
            for tickets in (0, size):
                url = given.fresh()
                if tickets:
                    mixed(rules, tickets).fill(url, words=False)
                rows.append((kind, str(tickets), *asyncio.run(scraped(url, 5 if quick else 40))))
    print(table(("database", "tickets", *HEAD), rows), flush=True)


async def scraped(url: str, times: int, now: datetime = NOW) -> tuple[str, ...]:
    """A row of figures for the database at ``url``, whose deadlines are given to AGENCIES in turn first."""
    database, clock, metrics = Database(url), SetClock(), Metrics()
    clock.instant = now
    async with database.changing_schema() as connection:
        spread = f"UPDATE ticket_deadlines SET party = 'agency-' || (id % {AGENCIES}) WHERE party <> 'hotline'"  # noqa: S608
        await connection.execute(text(spread))
        if not database.is_sqlite:
            await connection.execute(text("ANALYZE"))
    figures, asked, told, page = DatabaseFigures(database, clock), [], [], b""
    for _ in range(times):
        clock.instant += FRESH + timedelta(seconds=1)
        began = time.perf_counter()
        await figures.read()
        read = time.perf_counter()
        page = metrics.text(figures)
        told.append(time.perf_counter() - read)
        asked.append(read - began)
    async with database.reading() as connection:
        parties = "SELECT count(DISTINCT party) FROM ticket_deadlines WHERE party <> 'hotline'"
        agencies = (await connection.execute(text(parties))).scalar_one()
    await database.close()
    samples = sum(1 for line in page.splitlines() if not line.startswith(b"#"))
    return (str(agencies), _both(asked), _both(told), str(samples), str(len(page)))


def _both(seconds: Sequence[float]) -> str:
    return f"{1000 * percentile(seconds, 0.5):.1f} / {1000 * percentile(seconds, 0.99):.1f}"
