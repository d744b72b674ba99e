"""Hot spots of a week: each topic in each commune against its own twelve weeks before. The test is that of ``hot_spots``.

Each hot spot is told in one sentence with the test that was used; a week that is not over is compared by the time it has had.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from sqlalchemy import text as sql

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.db import Instant
from hotline1022.base.errors import Invalid
from hotline1022.reporting import standing, written
from hotline1022.reporting.hot_spots import FALSE_ALARMS, FEWEST_SLIPS, Cell, Judged, judge
from hotline1022.reporting.report import Chapter, Chart, Column, Kind, Report, Table
from hotline1022.reporting.sources import Sources, rows
from tickets.localities import in_sentence

NAME = "diem-nong"
WEEKS_BEFORE, FEWEST_WEEKS = 12, 4
"""How many weeks a week is compared with, and how few are too few."""
_SHOWN = 20

_BASIS = (
    "Mỗi cặp lĩnh vực và xã, phường được so với chính nó trong {weeks} tuần trước, đếm phiếu theo ngày tiếp "
    "nhận (kể cả phiếu trùng, không kể khiếu nại, "
    "tố cáo và phiếu chưa rõ địa bàn). Phép kiểm: kiểm định chính xác có điều kiện cho hai tỷ suất Poisson, "
    "trị số mid-p một phía; mọi cặp được xét cùng lúc, "
    "hiệu chỉnh Benjamini-Hochberg, nên trong các điểm nóng được nêu trung bình không quá {share} là báo động "
    "nhầm. Dưới {fewest} phiếu thì không nêu."
)
_COUNTS = (
    "SELECT topic, place, sum(CASE WHEN taken_at >= :middle THEN 1 ELSE 0 END) AS recent, count(*) AS amount FROM report_tickets"
    " WHERE taken_at >= :starts AND taken_at < :ends AND topic IS NOT NULL AND place IS NOT NULL GROUP BY topic, place"
)


@dataclass(frozen=True)
class Week:
    """A week of the civil calendar, from Monday on."""

    name: str
    monday: date

    @property
    def title(self) -> str:
        """What people call it."""
        last = self.monday + timedelta(days=6)
        return f"tuần {int(self.name[-2:])} năm {self.name[:4]} ({self.monday:%d/%m}–{written.day(last)})"

    @property
    def starts(self) -> datetime:
        """Its first instant."""
        return datetime(self.monday.year, self.monday.month, self.monday.day, tzinfo=CIVIL_ZONE)


def read_week(text: str) -> Week:
    """The week that is written as ``2026-W47``. Raises Invalid."""
    written_so = re.fullmatch(r"(2\d{3})-W(\d{2})", text.strip().upper(), re.ASCII)
    try:
        if written_so is None:
            raise ValueError
        monday = date.fromisocalendar(int(written_so[1]), int(written_so[2]), 1)
    except ValueError:
        raise Invalid(
            f"Không rõ tuần “{text[:20]}”", remedy="viết năm và số tuần như 2026-W47", field="period"
        ) from None
    return Week(written_so[0], monday)


async def build(sources: Sources, text: str) -> Report:
    """The hot spots of a week. Raises Invalid, Refused for a week that has not begun, DatabaseAway."""
    week, now = read_week(text), sources.clock.now()
    ends = week.starts + timedelta(days=7)
    told = standing.provisional(week.title, week.starts, ends, now)
    until = min(ends, now)
    sources.tell(f"Đếm phiếu {week.title}")
    async with sources.database.reading() as connection:
        oldest = sql("SELECT taken_at FROM report_tickets ORDER BY taken_at LIMIT 1").columns(taken_at=Instant)
        first = (await connection.execute(oldest)).scalar()
        weeks = _weeks_before(week, first)
        span = {"starts": week.starts - timedelta(weeks=weeks), "middle": week.starts, "ends": until}
        found = await rows(connection, _COUNTS, **span) if weeks >= FEWEST_WEEKS else ()
    share = Fraction(int((until - week.starts).total_seconds()), int((until - span["starts"]).total_seconds()) or 1)
    cells = [Cell(r["topic"], r["place"], int(r["recent"]), int(r["amount"] - r["recent"])) for r in found]
    sources.tell(f"Xét {written.count(len(cells))} cặp lĩnh vực và xã, phường")
    judged = judge(cells, share)
    return Report(
        name=NAME,
        title="Điểm nóng",
        period=week.name,
        period_title=week.title,
        made_at=now,
        basis=_BASIS.format(weeks=WEEKS_BEFORE, share=written.percent(FALSE_ALARMS), fewest=FEWEST_SLIPS),
        provisional=told,
        chapters=(_chapter(sources, week, weeks, judged),),
        main="diem-nong",
    )


def _weeks_before(week: Week, first: datetime | None) -> int:
    """Whole weeks before ``week`` in which the hotline took slips already, up to twelve."""
    if first is None:
        return 0
    day = first.astimezone(CIVIL_ZONE).date()
    monday = day - timedelta(days=day.weekday())
    return max(0, min(WEEKS_BEFORE, (week.monday - monday).days // 7))


def _chapter(sources: Sources, week: Week, weeks: int, judged: Sequence[Judged]) -> Chapter:
    hot = [each for each in judged if each.hot]
    if weeks < FEWEST_WEEKS:
        told: tuple[str, ...] = (
            f"Mới có {weeks} tuần số liệu trước {week.title}, chưa đủ {FEWEST_WEEKS} tuần để so, nên chưa xét điểm nóng.",
        )
    elif not hot:
        told = (f"Đã xét {written.count(len(judged))} cặp lĩnh vực và xã, phường; không có điểm nóng nào.",)
    else:
        told = tuple(sentence(sources, week, weeks, each, len(judged)) for each in hot)
    table = Table(
        name="diem-nong",
        title=f"Các cặp nổi bật nhất, {week.title}",
        columns=(
            Column("Lĩnh vực", Kind.WORDS, "topic"), Column("Xã, phường", Kind.WORDS, "place"),
            Column("Trong tuần", Kind.COUNT, "recent"), Column("Các tuần trước", Kind.COUNT, "before"),
            Column("Trung bình một tuần", Kind.NUMBER, "weekly_mean"), Column("p (mid-p)", Kind.MARK, "p"),
            Column("q (Benjamini-Hochberg)", Kind.MARK, "q"), Column("Điểm nóng", Kind.MARK, "hot"),
        ),
        rows=tuple(
            (
                sources.topic(each.cell.topic), sources.place(each.cell.place), each.cell.recent, each.cell.before,
                each.cell.before / weeks, _probability(each.p), _probability(each.q), "có" if each.hot else "không",
            )
            for each in judged[:_SHOWN] if each.cell.recent
        ),
    )  # fmt: skip
    chart = Chart(
        title="Số phiếu trong tuần và trung bình các tuần trước",
        table="diem-nong",
        label=1,
        series=(2, 4),
        kind="bar",
        rows=max(1, len(hot)),
    )
    return Chapter(title="Điểm nóng", sentences=told, tables=(table,), charts=(chart,) if hot else ())


def sentence(sources: Sources, week: Week, weeks: int, each: Judged, tested: int) -> str:
    """All that makes a hot spot one, in one sentence."""
    return (
        f"{sources.topic(each.cell.topic)}, {in_sentence(sources.place(each.cell.place))}: "
        f"{written.count(each.cell.recent)} phiếu trong {week.title}, "
        f"{weeks} tuần trước đó trung bình {written.number(each.cell.before / weeks)} phiếu một tuần; kiểm định "
        f"chính xác có điều kiện cho hai tỷ suất "
        f"Poisson (mid-p một phía) cho p {_equal(each.p)}, hiệu chỉnh Benjamini-Hochberg trên {written.count(tested)} cặp cho "
        f"q {_equal(each.q)}, dưới ngưỡng {written.number(FALSE_ALARMS, 2)}."
    )


def _probability(value: float) -> str:
    return "dưới 0,0001" if value < 0.0001 else written.number(value, 4)


def _equal(value: float) -> str:
    return f"{'' if value < 0.0001 else '= '}{_probability(value)}"
