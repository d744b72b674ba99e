"""A month of samples in a real Prometheus, every half minute as in service, and what every panel of every board then takes.

Names and labels are the product's own, as a scrape of this database gives them on the evening of a busy day; each counter grows by one,
each gauge stands: how long an expression takes hardly depends on the values.
"""

import asyncio
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from prometheus_client.core import Metric

from bench import boards
from hotline1022.base.db import Database
from hotline1022.reporting.database_figures import DatabaseFigures
from tests.conftest import StillClock
from tests.dashboards import grafana
from tests.dashboards.minutes import Minutes, written
from tests.dashboards.prometheus import Prometheus, make_blocks

DAYS, STEP_SECONDS, TIMES = 31, 30, 5
GROW = ("_total", "_count", "_sum", "_bucket")


def measure(url: str, now: datetime, *, days: int = DAYS) -> None:
    """Print the table for a PostgreSQL in which the year stands, looked at at ``now``, behind so many days of samples."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as name:
        folder = Path(name)
        series = _fill(url, now, folder, days)
        print(f"{series} series, {series * days * 86400 // STEP_SECONDS} samples in {days} days\n", flush=True)
        server = Prometheus(folder / "data")
        try:
            boards.measure(url, now, prometheus=True, ask=_asks(server), times=TIMES)
        finally:
            server.stop()


def _asks(server: Prometheus) -> boards.Ask:
    def ask(query: grafana.Query, values: grafana.Values, begin: datetime, end: datetime) -> float:
        expression, step = grafana.as_promql(query.text, values, begin, end, query.step)
        if query.instant:
            return server.query(expression, end).seconds
        return server.query_range(expression, begin, end, step).seconds

    return ask


def _fill(url: str, now: datetime, folder: Path, days: int) -> int:
    """A file a day: promtool goes through a file once for every two hours that are in it. Returns how many series there are."""
    scrape = Minutes([], [], asyncio.run(_stands(url, now)), folder)
    scrape.end()
    families = {(family.name, family.type): list(written(family)) for family in scrape.families()}
    start = now - timedelta(days=days)
    for day in range(days):
        path, begins = folder / "day.openmetrics", (start + timedelta(days=day)).timestamp()
        with path.open("w", encoding="utf-8") as file:
            for (name, kind), samples in families.items():
                file.write(f"# TYPE {name} {kind}\n")
                for sample, labels, value in samples:
                    grows = 1 if sample.endswith(GROW) else 0
                    lines = (
                        f"{sample}{labels} {value + grows * number} {begins + STEP_SECONDS * number}\n"
                        for number in range(86400 // STEP_SECONDS)
                    )
                    file.writelines(lines)
            file.write("# EOF\n")
        make_blocks(path, folder / "data")
        print(f"day {day + 1} of {days} written", flush=True)
    return sum(map(len, families.values()))


async def _stands(url: str, now: datetime) -> list[Metric]:
    database = Database(url)
    figures = DatabaseFigures(database, StillClock(now))
    await figures.read()
    await database.close()
    return list(figures.collect())
