"""What the database knows, for Prometheus: a few counts on the reporting views, read at most every half minute. Nothing is written.

The cost is bounded: each statement looks at what is open or at the last days by an index, the series are at most those of 100
agencies, and a database that does not answer within its patience is told as away and not waited for.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from prometheus_client.core import GaugeMetricFamily, Metric
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.migrations.view_texts import OPEN_STAGES
from hotline1022.reporting import store

FRESH = timedelta(seconds=30)
"""How long what was read is told again."""

PATIENCE_SECONDS = 8.0
"""Prometheus waits ten for a scrape."""

MOST_AGENCIES = 100
OTHER = "other"
"""The label under which the agencies beyond those with the most are one."""

SURVEY_LATE = timedelta(minutes=5)
"""Less than what the sweep of attempts waits for: it plans a late one anew, and so takes it out of this count."""

STATEMENTS: Mapping[str, str] = {
    "hotline_tickets_open": f"SELECT stage, count(*) FROM report_tickets WHERE stage IN ({OPEN_STAGES}) GROUP BY stage",
    "hotline_tickets_due_today": (
        "SELECT count(*) FROM report_promises WHERE ended IS NULL AND clock = 'answer' AND due >= :day AND due < :tomorrow"
    ),
    "hotline_tickets_overdue": (
        # A clock that stands while the citizen is asked for more is not late, whatever its due time says.
        "SELECT agency, count(*) FROM report_promises WHERE ended IS NULL AND clock = 'answer' AND breached = 1 GROUP BY agency"
    ),
    "hotline_answers_due_30d": (
        "SELECT agency, count(*), sum(breached) FROM report_promises "
        "WHERE clock = 'answer' AND due >= :month_ago AND due < :now AND (ended IS NULL OR ended = 'met') GROUP BY agency"
    ),
    "hotline_answers_due_1d": (
        "SELECT agency, count(*), sum(breached) FROM report_promises "
        "WHERE clock = 'answer' AND due >= :day_ago AND due < :now AND (ended IS NULL OR ended = 'met') GROUP BY agency"
    ),
    "hotline_callbacks_waiting": "SELECT count(*) FROM report_callbacks WHERE closed_at IS NULL",
    "hotline_surveys_standing": (
        "SELECT count(*), sum(CASE WHEN next_at < :survey_late THEN 1 ELSE 0 END) FROM report_surveys WHERE disposition IS NULL"
    ),
    "hotline_survey_attempts_1d": (
        "SELECT coalesce(disposition, 'going-on'), count(*) FROM report_survey_attempts WHERE made_at >= :day_ago GROUP BY 1"
    ),
    "hotline_survey_answers_90d": (
        "SELECT coalesce(sum(answers), 0), coalesce(sum(satisfied), 0) FROM report_agency_months WHERE month >= :first_month"
    ),
    "hotline_letters_overdue": (
        "SELECT count(*) FROM report_letters WHERE sent_at IS NULL AND waived_at IS NULL AND due < :now"
    ),
    "hotline_recordings_unheard": (
        "SELECT count(*) FROM report_calls c WHERE recording_kept = 1 AND arrived_at >= :days_ago "
        "AND NOT EXISTS (SELECT 1 FROM report_transcript_calls t WHERE t.call = c.call)"
    ),
    "hotline_outbox_waiting": "SELECT count(*), min(at) FROM report_outbox",
}

_TITLES = {
    "hotline_tickets_open": "Phiếu đang mở",
    "hotline_tickets_due_today": "Phiếu đến hạn trả lời hôm nay",
    "hotline_tickets_overdue": "Phiếu quá hạn trả lời",
    "hotline_answers_due_30d": "Câu trả lời đến hạn trong 30 ngày",
    "hotline_answers_late_30d": "Trong đó trễ hạn",
    "hotline_answers_due_1d": "Câu trả lời đến hạn trong một ngày",
    "hotline_answers_late_1d": "Trong đó trễ hạn",
    "hotline_callbacks_waiting": "Số cần gọi lại",
    "hotline_surveys_standing": "Khảo sát chưa xong",
    "hotline_surveys_due": "Khảo sát lẽ ra đã gọi",
    "hotline_survey_attempts_1d": "Cuộc gọi khảo sát trong một ngày",
    "hotline_survey_answers_90d": "Câu trả lời hài lòng trong ba tháng",
    "hotline_survey_satisfied_90d": "Trong đó hài lòng",
    "hotline_letters_overdue": "Thư xin lỗi quá hạn",
    "hotline_recordings_unheard": "Ghi âm chưa được chép",
    "hotline_outbox_waiting": "Sự việc chờ chuyển",
    "hotline_outbox_oldest_seconds": "Sự việc chờ lâu nhất đã chờ",
}


class DatabaseFigures:
    """Reads the figures when asked, and tells the last ones while they are fresh. One read at a time, however many ask."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._reading = asyncio.Lock()
        self._read_at: datetime | None = None
        self._families: list[Metric] = []

    async def read(self) -> None:
        """Read anew unless what was read is fresh. A database that is away is told as such, and no older figure stands in for it."""
        async with self._reading:
            now = self._clock.now()
            if self._read_at is not None and now - self._read_at < FRESH:
                return
            began = asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(PATIENCE_SECONDS), self._database.reading() as connection:
                    found = [family async for family in _families(connection, now)]
                up = 1.0
            except (DatabaseAway, TimeoutError):
                found, up = [], 0.0
            seconds = asyncio.get_running_loop().time() - began
            self._families = [
                GaugeMetricFamily("hotline_database_up", "Cơ sở dữ liệu trả lời được", value=up),
                GaugeMetricFamily("hotline_database_collect_seconds", "Thời gian đọc các số liệu", value=seconds),
                *found,
            ]
            # What could not be read is looked for again at the next scrape.
            self._read_at = now if up else None

    def collect(self) -> Iterable[Metric]:
        """See ``hotline1022.base.metrics.Collects``: what was read last."""
        return self._families


async def _families(connection: AsyncConnection, now: datetime) -> AsyncIterator[Metric]:
    bound = _instants(now)
    for name, statement in STATEMENTS.items():
        wanted = {key: bound[key] for key in re.findall(r":(\w+)", statement)}
        rows = (await store.answer(connection, statement, wanted)).all()
        for family in _told(name, rows, now):
            yield family


def _told(name: str, rows: Sequence[Any], now: datetime) -> Iterable[Metric]:
    match name:
        case "hotline_tickets_open":
            yield _labelled(name, "stage", {row[0]: row[1] for row in rows})
        case "hotline_tickets_overdue":
            yield _labelled(name, "agency", most({row[0]: row[1] for row in rows}))
        case "hotline_answers_due_30d" | "hotline_answers_due_1d":
            due = {row[0]: row[1] for row in rows}
            kept = most(due)
            late = {row[0]: row[2] for row in rows if row[0] in kept}
            if OTHER in kept:
                late[OTHER] = sum(row[2] for row in rows if row[0] not in kept)
            yield _labelled(name, "agency", kept)
            yield _labelled(name.replace("_due_", "_late_"), "agency", late)
        case "hotline_survey_attempts_1d":
            yield _labelled(name, "disposition", {row[0]: row[1] for row in rows})
        case "hotline_surveys_standing":
            yield _single(name, rows[0][0])
            yield _single("hotline_surveys_due", rows[0][1] or 0)
        case "hotline_survey_answers_90d":
            yield _single(name, rows[0][0])
            yield _single("hotline_survey_satisfied_90d", rows[0][1])
        case "hotline_outbox_waiting":
            yield _single(name, rows[0][0])
            oldest = _as_instant(rows[0][1])
            yield _single("hotline_outbox_oldest_seconds", max((now - oldest).total_seconds(), 0) if oldest else 0)
        case _:
            yield _single(name, rows[0][0])


def most(counts: Mapping[str, int]) -> dict[str, int]:
    """The ``MOST_AGENCIES`` largest counts by label, ties by name, and the sum of the others as ``OTHER`` where there are any."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    kept = dict(ordered[:MOST_AGENCIES])
    if rest := ordered[MOST_AGENCIES:]:
        kept[OTHER] = sum(count for _, count in rest)
    return kept


def _instants(now: datetime) -> dict[str, Any]:
    civil = now.astimezone(CIVIL_ZONE)
    day = civil.replace(hour=0, minute=0, second=0, microsecond=0)
    first = civil.year * 12 + civil.month - 1 - 2
    return {
        "now": now,
        "day": day,
        "tomorrow": day + timedelta(days=1),
        "day_ago": now - timedelta(days=1),
        "days_ago": now - timedelta(days=3),
        "month_ago": now - timedelta(days=30),
        "survey_late": now - SURVEY_LATE,
        "first_month": f"{first // 12}-{first % 12 + 1:02}",
    }


def _as_instant(value: datetime | str | None) -> datetime | None:
    """An instant of a view; SQLite gives it as text without its zone, which is UTC."""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found


def _labelled(name: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, _TITLES[name], labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _single(name: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, _TITLES[name], value=float(value))
