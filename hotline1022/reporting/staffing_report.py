"""How many operators each hour of the week needs, from the calls that came and how long they took. The formulas are ``staffing``'s."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from hotline1022.base.clock import CIVIL_ZONE, WEEKDAY_NAMES
from hotline1022.reporting import standing, written
from hotline1022.reporting.report import Cell, Chapter, Chart, Column, Kind, Report, Table
from hotline1022.reporting.sources import Row, Sources, rows
from hotline1022.reporting.staffing import TARGET, WITHIN_SECONDS, mean_wait, operators_for, service_level

NAME = "truc"
FEWEST_HANDLED = 30
"""Calls from which on a mean handling time is one."""
FEWEST_CALLS = 10
"""Calls of a weekday's hour from which on its rate is more than an anecdote."""

_BASIS = (
    "Cuộc gọi đến được đưa vào hàng đợi, theo giờ bắt đầu, chia cho số lần thứ và giờ ấy có trong kỳ (kể cả "
    "ngày nghỉ, ngày lễ). Thời gian phục vụ một cuộc "
    "gọi (AHT) là trung bình thời gian nói chuyện cộng trung bình thời gian hoàn tất phiếu sau cuộc gọi, của "
    "mọi cuộc gọi đến có điện thoại viên trong kỳ. Số người trực "
    "tính theo Erlang C cho mục tiêu {target} cuộc gọi được trả lời trong {within} giây. Đây là số người ngồi "
    "máy: cần cộng thêm người nghỉ, họp, học. "
    "Mức trung bình không phải ngày cao điểm."
)
_CALLS = (
    "SELECT weekday, hour, count(*) AS calls FROM report_calls"
    " WHERE direction = 'in' AND offered = 1 AND arrived_at >= :starts AND arrived_at < :ends GROUP BY weekday, hour"
)
_HANDLED = (
    "SELECT count(talk_seconds) AS handled, avg(talk_seconds) AS talk, count(wrap_up_seconds) AS written, avg(wrap_up_seconds) AS wrap_up"
    " FROM report_operator_calls WHERE direction = 'in' AND answered_at >= :starts AND answered_at < :ends"
)


async def build(sources: Sources, text: str) -> Report:
    """The advice from the calls of a period. Raises Invalid, Refused for one that has not begun, DatabaseAway."""
    period = standing.read(text, (1, 3, 6, 12))
    now = sources.clock.now()
    starts = standing.starts_of(period)
    told = standing.provisional(period.title, starts, period.ends, now)
    until = min(period.ends, now)
    sources.tell(f"Đọc cuộc gọi {period.title}")
    async with sources.database.reading() as connection:
        found = await rows(connection, _CALLS, starts=starts, ends=until)
        (handled,) = await rows(connection, _HANDLED, starts=starts, ends=until)
    calls = {(int(row["weekday"]), int(row["hour"])): int(row["calls"]) for row in found}
    return Report(
        name=NAME,
        title="Số điện thoại viên cần trực theo giờ",
        period=period.name,
        period_title=period.title,
        made_at=now,
        basis=_BASIS.format(target=written.percent(TARGET), within=int(WITHIN_SECONDS)),
        provisional=told,
        chapters=tuple(_chapters(period.title, calls, hours_seen(starts, until), handled)),
        main="truc",
    )


def hours_seen(starts: datetime, until: datetime) -> dict[tuple[int, int], float]:
    """How often each hour of the week has passed in a span, in hours; the last one may have passed in part."""
    seen: dict[tuple[int, int], float] = {}
    instant = starts.astimezone(CIVIL_ZONE)
    while instant < until:
        key = (instant.isoweekday(), instant.hour)
        seen[key] = seen.get(key, 0.0) + min(1.0, (until - instant).total_seconds() / 3600)
        instant += timedelta(hours=1)
    return seen


def _chapters(
    title: str, calls: Mapping[tuple[int, int], int], seen: Mapping[tuple[int, int], float], handled: Row
) -> list[Chapter]:
    total, count = sum(calls.values()), int(handled["handled"])
    if not total:
        return [
            Chapter(
                title="Số người trực",
                sentences=(f"Trong {title} không có cuộc gọi nào vào hàng đợi, nên không có gì để tính.",),
                tables=(_table([]),),
            )
        ]
    if count < FEWEST_HANDLED:
        few = (
            f"Trong {title} chỉ có {count} cuộc gọi đến được điện thoại viên trả lời, chưa đủ {FEWEST_HANDLED} để biết "
            "thời gian phục vụ, nên không khuyên số người trực."
        )
        return [Chapter(title="Số người trực", sentences=(few,), tables=(_table([]),))]
    # Rounded before anything follows from it: what is read is what was computed with.
    handling = round(float(handled["talk"]) + float(handled["wrap_up"] or 0), 1)
    lines = [_line(key, calls[key], seen[key], handling) for key in sorted(calls)]
    thin = sum(calls[key] < FEWEST_CALLS for key in calls)
    told = (
        f"{written.count(total)} cuộc gọi vào hàng đợi; AHT {written.number(handling)} giây (nói "
        f"{written.number(float(handled['talk']))} giây trên {written.count(count)} cuộc gọi, "
        f"hoàn tất {written.number(float(handled['wrap_up'] or 0))} giây trên {written.count(int(handled['written']))} cuộc gọi).",
        f"{thin} trên {len(calls)} khung giờ có dưới {FEWEST_CALLS} cuộc gọi: ghi “ít dữ liệu”, chỉ để tham khảo.",
    )
    chart = Chart(title="Số người cần trực theo giờ", table="luoi", label=0, series=(1, 6), kind="column", rows=24)
    return [
        Chapter(title="Bảng phân ca", sentences=told, tables=(_grid(lines),), charts=(chart,)),
        Chapter(title="Từng khung giờ", tables=(_table(lines),)),
    ]


def _line(key: tuple[int, int], calls: int, hours: float, handling: float) -> tuple[Cell, ...]:
    weekday, hour = key
    rate = calls / hours
    load = rate * handling / 3600
    operators = operators_for(load, handling)
    wait = mean_wait(load, operators, handling)
    note = "ít dữ liệu" if calls < FEWEST_CALLS else ""
    name = WEEKDAY_NAMES[weekday - 1]
    return (
        name[0].upper() + name[1:], hour, calls, rate, handling, operators, service_level(load, operators, handling), wait, note,
    )  # fmt: skip


def _table(lines: Sequence[tuple[Cell, ...]]) -> Table:
    return Table(
        name="truc",
        title="Cuộc gọi, số người trực và mức phục vụ dự kiến",
        columns=(
            Column("Thứ", Kind.MARK, "weekday"), Column("Giờ", Kind.COUNT, "hour"), Column("Cuộc gọi trong kỳ", Kind.COUNT, "calls"),
            Column("Cuộc gọi một giờ", Kind.NUMBER, "calls_per_hour"), Column("AHT (giây)", Kind.NUMBER, "handling_seconds"),
            Column("Người trực", Kind.COUNT, "operators"), Column("Mức phục vụ dự kiến", Kind.SHARE, "service_level"),
            Column("Chờ trung bình (giây)", Kind.NUMBER, "mean_wait_seconds"), Column("Ghi chú", Kind.MARK, "note"),
        ),
        rows=tuple(lines),
    )  # fmt: skip


def _grid(lines: Sequence[tuple[Cell, ...]]) -> Table:
    """Operators by hour and weekday; no figure where no call came."""
    found = {(line[0], line[1]): line[5] for line in lines}
    names = [name[0].upper() + name[1:] for name in WEEKDAY_NAMES]
    hours = sorted({hour for _, hour in found if isinstance(hour, int)})
    return Table(
        name="luoi",
        title="Số người cần trực",
        columns=(Column("Giờ", Kind.MARK), *(Column(name) for name in names)),
        rows=tuple((f"{hour:02} giờ", *(found.get((name, hour)) for name in names)) for hour in hours),
    )
