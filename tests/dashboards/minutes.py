"""What the minutes of the busy day looked like to Prometheus: gone through once more, event by event. No test lives here.

The line's figures are counted by the service's own ``Measures`` and read by its own collectors. What the simulation has none of (HTTP,
jobs, live words, the machine, Asterisk) is made up, quietly: such panels are shown to find their metric, not to be right.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy import select

from hotline1022.backup import FOLDER, LAST_SUCCESS
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from hotline1022.base.metrics import Metrics
from hotline1022.base.outbox import outbox
from hotline1022.reporting.database_figures import DatabaseFigures
from hotline1022.reporting.live_figures import LiveFigures, Parts
from hotline1022.reporting.measures import Measures
from telephony.store import calls
from tests.conftest import StillClock
from tests.dashboards.busy_day import NOW, PLAN

DAY = PLAN.ends - timedelta(days=1)
"""The busy day's midnight."""
STEP = timedelta(minutes=1)
EVENING = timedelta(hours=1)
"""The database is read once, as it stands in the end, and told in the day's last hour."""
OPERATORS = 4
Told = tuple[datetime, Event]


@dataclass(frozen=True)
class Span:
    """A call, as far as it is seen from outside."""

    arrived: datetime
    queued: datetime | None
    answered: datetime | None
    left: datetime | None
    """When it left the queue, by whatever way."""
    ended: datetime


class Minutes:
    """Goes through the day. ``folder`` stands for the data folder."""

    def __init__(self, told: list[Told], spans: list[Span], database: list[Metric], folder: Path) -> None:
        self._told, self._spans, self._database = told, spans, database
        self._clock = StillClock(DAY)
        self.metrics = Metrics()
        (folder / FOLDER).mkdir()
        (folder / FOLDER / LAST_SUCCESS).write_text((DAY + timedelta(hours=1)).isoformat(), encoding="ascii")
        parts = Parts(
            calls=lambda: len(self._now(lambda each: (each.arrived, each.ended))),
            waiting=self._waiting,
            operators=self._operators,
            ari=lambda: True,
            ami=lambda: True,
            trunk=lambda: True,
            recogniser=lambda: True,
            legs=lambda: 2 * len(self._now(lambda each: (each.answered, each.ended))),
            panels=lambda: OPERATORS,
            spooled=lambda: 0,
        )
        self._live = LiveFigures(parts, self._clock, folder)

    def text(self) -> Iterator[str]:
        """The day in OpenMetrics' text format, for ``promtool tsdb create-blocks-from openmetrics``."""
        measures = Measures(self.metrics)
        series: dict[tuple[str, str], dict[tuple[str, str], list[str]]] = defaultdict(lambda: defaultdict(list))
        waiting = iter([*self._told, (datetime.max.replace(tzinfo=UTC), None)])
        at, event = next(waiting)
        while (now := self._clock.instant) <= NOW:
            while at <= now and event is not None:
                measures.count(event)
                at, event = next(waiting)
            self._work()
            for family in self.families():
                for name, labels, value in written(family):
                    series[family.name, family.type][name, labels].append(f"{value} {now.timestamp()}")
            self._clock.instant += STEP
        for (name, kind), samples in series.items():
            yield f"# TYPE {name} {kind}\n"
            for (sample_name, labels), lines in samples.items():
                yield from (f"{sample_name}{labels} {line}\n" for line in lines)
        yield "# EOF\n"

    def end(self) -> None:
        """Go on to the day's last minute, in which everything is told."""
        Measures(self.metrics)
        self._work()
        self._clock.instant = NOW

    def families(self) -> Iterable[Metric]:
        """What a scrape would find at the minute that has been reached."""
        now = self._clock.instant
        stands = self._database if now > NOW - EVENING else []
        return (*self.metrics.registry.collect(), *self._live.collect(), *stands, *_others(now))

    def _work(self) -> None:
        """What the service does besides in a minute."""
        self.metrics.http_requests.labels("GET", "2xx").inc(20)
        self.metrics.jobs.labels("done").inc(3)
        self.metrics.jobs.labels("failed").inc(0)
        self.metrics.job_lateness.observe(0.3)
        self.metrics.transcription_lag.labels("live").observe(4)

    def _now(self, of: Any) -> list[Span]:
        now = self._clock.instant
        spans = ((each, of(each)) for each in self._spans)
        return [
            each for each, (begin, end) in spans if begin is not None and begin <= now and (end is None or now < end)
        ]

    def _waiting(self) -> tuple[int, datetime | None]:
        found = self._now(lambda each: (each.queued, each.left))
        return len(found), min((each.queued for each in found if each.queued), default=None)

    def _operators(self) -> Iterable[str]:
        talking = min(len(self._now(lambda each: (each.answered, each.ended))), OPERATORS)
        return [*["talking"] * talking, *["ready"] * (OPERATORS - talking), "paused"]


async def minutes(url: str, folder: Path) -> Minutes:
    """The day that stands in this database."""
    database = Database(url)
    figures = DatabaseFigures(database, StillClock(NOW))
    await figures.read()
    async with database.reading() as connection:
        rows = await connection.execute(select(outbox).where(outbox.c.at >= DAY).order_by(outbox.c.at, outbox.c.id))
        told = [(row.at, Event.read(row.name, dict(row.payload))) for row in rows]
        found = await connection.execute(select(calls).where(calls.c.arrived_at >= DAY, calls.c.direction == "in"))
        spans = [
            Span(
                row.arrived_at,
                row.queued_at,
                row.answered_at,
                row.answered_at or row.unqueued_at or row.ended_at,
                row.ended_at,
            )
            for row in found
        ]
    await database.close()
    return Minutes(told, spans, list(figures.collect()), folder)


def write(url: str, folder: Path) -> Path:
    """The day as a file in ``folder``."""
    told = asyncio.run(minutes(url, folder))
    path = folder / "day.openmetrics"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(told.text())
    return path


def _others(now: datetime) -> Iterable[Metric]:
    """What Prometheus adds, and what Asterisk tells of itself."""
    up = GaugeMetricFamily("up", "", labels=["job"])
    samples = GaugeMetricFamily("scrape_samples_scraped", "", labels=["job"])
    for job in ("hotline1022", "asterisk", "prometheus"):
        up.add_metric([job], 1)
        samples.add_metric([job], 300)
    calls_now = GaugeMetricFamily("asterisk_calls_count", "", value=1)
    channels = GaugeMetricFamily("asterisk_channels_count", "", value=3)
    return (
        up,
        samples,
        calls_now,
        channels,
        GaugeMetricFamily("asterisk_core_uptime_seconds", "", value=(now - DAY).total_seconds()),
    )


def written(family: Metric) -> Iterator[tuple[str, str, float]]:
    """Name, labels as OpenMetrics writes them, and value of each sample that Prometheus keeps of a family."""
    for sample in family.samples:
        inner = ",".join(f'{name}="{value}"' for name, value in sample.labels.items())
        yield sample.name, f"{{{inner}}}" if inner else "", sample.value
