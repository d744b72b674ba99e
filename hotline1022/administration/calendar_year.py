"""A year of a working calendar as days with their kind, name and legal basis, for people who do not read YAML. Pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from tickets.calendar import Day, WorkCalendar
from tickets.calendars import OfficialDay

DayKind = Literal["working", "rest", "half", "makeup"]

LABOUR_CODE = "Bộ luật Lao động 2019, Điều 112"
_BY_LABOUR_CODE = (
    "Tết Dương lịch",
    "Tết Nguyên đán",
    "Giỗ Tổ Hùng Vương",
    "Ngày Chiến thắng",
    "Quốc tế Lao động",
    "Quốc khánh",
)
"""Public holidays that the Labour Code names; the basis of every other day stands in the file of official days, or nowhere."""

_SATURDAY = 5
_HALF = 0.6
"""Up to this part of the usual working time a day is half a day."""


@dataclass(frozen=True, slots=True)
class YearDay:
    """One day. ``name`` and ``basis`` are None of an ordinary day."""

    date: date
    kind: DayKind
    name: str | None
    basis: str | None
    hours: tuple[str, ...]


def year_of(calendar: WorkCalendar, year: int, official: Mapping[date, OfficialDay]) -> tuple[YearDay, ...]:
    """Every day of ``year``. Raises HotlineError for a year that the calendar does not know."""
    first, days = date(year, 1, 1), []
    while first.year == year:
        days.append(calendar.day(first))
        first += timedelta(days=1)
    usual = Counter(_minutes(day) for day in days if day.spans).most_common(1)
    longest = usual[0][0] if usual else 0
    return tuple(_told(day, longest, official.get(day.date)) for day in days)


def _told(day: Day, usual: int, decided: OfficialDay | None) -> YearDay:
    weekend = day.date.weekday() >= _SATURDAY
    name: str | None = day.reason or None
    if not day.spans:
        kind: DayKind = "rest"
        if weekend and decided is None and day.reason == "nghỉ cuối tuần":
            name = None
    elif day.reason:
        kind = "makeup"
    elif _minutes(day) <= usual * _HALF:
        kind = "half"
    else:
        kind = "working"
    # A calendar that keeps no holidays knows no decisions either.
    basis = decided.source if decided is not None and day.reason == decided.reason else None
    if basis is None and kind == "rest" and any(each in day.reason for each in _BY_LABOUR_CODE):
        basis = LABOUR_CODE
    return YearDay(day.date, kind, name, basis, tuple(f"{_clock(a)}-{_clock(b)}" for a, b in day.spans))


def _minutes(day: Day) -> int:
    return sum(end - start for start, end in day.spans)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
