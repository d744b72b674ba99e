"""A simulated year as managers read it: how long it takes to happen, what every panel of every board, a scrape and each report then cost.

The traffic is the province's figures with one month of surge, through the real services. PostgreSQL has the settings it is shipped with.
Boards ask PostgreSQL only; Prometheus is given a month of samples in ``bench.samples``.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import text

from bench import boards, samples
from bench.databases import KINDS, databases
from bench.figures import table
from bench.scrape import HEAD, scraped
from hotline1022.base.db import Database
from hotline1022.reporting.names import keep_names
from hotline1022.simulation.plan import Plan
from hotline1022.simulation.simulating import Figures, simulate
from hotline1022.survey_desk import SurveyRules
from tests.dashboards.reader import Reader
from tickets.rules import StandingRules

FIRST, MONTHS, SURGE = "2025-01", 12, "2025-10"
TIMES = 5
"""How often a panel is asked; the first time is told apart, because nothing is in memory then."""
REPORTS = (
    ("thang", "2025-10", "xlsx docx pdf"),
    ("co-quan", "2025", "xlsx docx pdf"),
    ("cai-cach", "2025", "xlsx docx pdf"),
    ("phat-thanh", "2025-10", "docx pdf"),
    ("diem-nong", "2025-W42", "xlsx pdf"),
    ("truc", "2025", "xlsx pdf"),
    ("du-lieu-mo", "2025-Q4", "csv xlsx"),
)


def measure(*, quick: bool, kinds: Sequence[str] = KINDS) -> None:
    """Print the tables; ``quick`` lets five months at a tenth of the traffic happen instead."""
    plan = Plan.months("2025-08", 5, scale=0.1) if quick else Plan.months(FIRST, MONTHS, surge=[SURGE])
    for kind in kinds:
        with databases(kind) as given:
            url, began = given.fresh(), time.perf_counter()
            figures = asyncio.run(_happen(url, plan))
            print(f"\n{kind}: {plan.days} days in {time.perf_counter() - began:.0f} s; {_told(figures)}\n", flush=True)
            read(url, plan.ends, quick=quick)


def read(url: str, ends: datetime, *, quick: bool = False) -> None:
    """Print what reading the year in this database costs, looked at just after it."""
    now, times = ends + timedelta(minutes=1), 2 if quick else TIMES
    if url.startswith("postgresql"):
        reader = Reader(url.replace("+asyncpg", ""))
        boards.measure(url, now, prometheus=False, ask=boards.sql(reader), times=times)
        reader.close()
        samples.measure(url, now, days=1 if quick else samples.DAYS)
    head = ("report", "period", "as", "reading, s", "writing, s", "peak, MB")
    print(table(head, [_report(url, now, *each) for each in _each_report()]), "\n", flush=True)
    print(table(HEAD, [asyncio.run(scraped(url, times * 8, now))]), flush=True)


async def _happen(url: str, plan: Plan) -> Figures:
    database, rules = Database(url), StandingRules()

    def tell(day: date, done: int, whole: int) -> None:
        if day.day == 1:
            print(f"{day:%d/%m/%Y}, {done} of {whole} days", flush=True)

    try:
        figures = await simulate(database, plan, rules=rules, surveys=SurveyRules.load(None, bytes(32)), tell=tell)
        await keep_names(database, rules.current)
        if not database.is_sqlite:
            async with database.changing_schema() as connection:
                await connection.execute(text("ANALYZE"))
    finally:
        await database.close()
    return figures


def _told(figures: Figures) -> str:
    return ", ".join(f"{count} {name}" for name, count in figures.named().items())


def _each_report() -> list[tuple[str, str, str]]:
    return [(name, period, form) for name, period, forms in REPORTS for form in forms.split()]


def _report(url: str, now: datetime, name: str, period: str, form: str) -> tuple[str, ...]:
    """One report in a process of its own, so that the peak is its own."""
    command = [sys.executable, "-m", "bench.one_report", now.isoformat(), name, period, form]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, env={**os.environ, "BENCH_DATABASE": url}
    )
    cost = json.loads(done.stdout)
    return (
        name,
        period,
        form,
        f"{cost['reading']:.2f}",
        f"{cost['writing']:.2f}",
        f"{cost['peak']:.0f} ({cost['before']:.0f} before)",
    )


def _ms(seconds: float) -> str:
    return f"{1000 * seconds:.1f}"
