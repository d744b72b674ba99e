"""Working calendars: which hours of which days count, and why the others do not. No deadline rule, no file, no clock.

A calendar is one table of opening spans with the working time that lies before each, searched by bisection in both
directions: instant to working time, and working time to instant.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import HotlineError

DAY_MINUTES = 24 * 60
_MINUTE = 60_000_000
_DAY = DAY_MINUTES * _MINUTE
MICROSECOND = timedelta(microseconds=1)
_ZERO = datetime(1970, 1, 1, tzinfo=UTC)  # not in the civil zone: Saigon's clocks were one hour ahead of today's then


@dataclass(frozen=True, slots=True)
class Day:
    """One civil day: its opening spans in minutes from midnight, and why it is off, or worked against the rule."""

    date: date
    spans: tuple[tuple[int, int], ...]
    reason: str


class WorkCalendar:
    """The working time of one kind of organisation over consecutive civil days.

    Working time is a whole number of microseconds since the first day of the table. Instants are aware, in any zone.
    Instants outside the table raise HotlineError.
    """

    def __init__(self, name: str, version: str, title: str, days: tuple[Day, ...], decided_through: int) -> None:
        self.name, self.version, self.title, self.decided_through = name, version, title, decided_through
        self._days = days
        self._first = days[0].date.toordinal()
        self._begins = _microseconds(_midnight(days[0].date))
        # Days follow each other and Vietnam's clocks are never changed (none has been since 1975): each is as long as the next.
        midnights = range(self._begins, self._begins + len(days) * _DAY, _DAY)
        spans = [
            (midnight + start * _MINUTE, midnight + end * _MINUTE)
            for midnight, day in zip(midnights, days, strict=True)
            for start, end in day.spans
        ]
        if not spans:
            raise HotlineError(f"Lịch “{name}” không có giờ làm việc nào")
        self._starts = [start for start, _ in spans]
        self._worked_at_start = list(accumulate((end - start for start, end in spans), initial=0))
        self._worked_at_end = self._worked_at_start[1:]
        worked = [(index, day.spans[-1][1]) for index, day in enumerate(days) if day.spans]
        self._closings = [self._first + index for index, _ in worked]
        self._closed_at = [midnights[index] + end * _MINUTE for index, end in worked]
        self._ends = midnights.stop

    def day(self, day: date) -> Day:
        """What kind of day ``day`` is."""
        index = day.toordinal() - self._first
        if not 0 <= index < len(self._days):
            raise self._outside()
        return self._days[index]

    def worked_until(self, instant: datetime) -> int:
        """The working time before ``instant``."""
        at = _microseconds(instant)
        if not self._begins <= at <= self._ends:
            raise self._outside()
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return 0
        worked = self._worked_at_start[index] + at - self._starts[index]
        most = self._worked_at_end[index]
        return worked if worked < most else most

    def instant_of(self, worked: int) -> datetime:
        """The first instant that has ``worked`` working time before it (civil zone)."""
        index = bisect_left(self._worked_at_end, worked)
        if index == len(self._worked_at_end):
            raise self._outside()
        return _civil(self._starts[index] + worked - self._worked_at_start[index])

    def closing(self, day: date) -> datetime:
        """When ``day``, a working day, ends for work (civil zone)."""
        return _midnight(day) + timedelta(minutes=self.day(day).spans[-1][1])

    def working_day(self, count: int, after: date) -> date:
        """The ``count``-th working day after the civil day ``after``; ``count`` is at least 1."""
        self.day(after)
        index = bisect_right(self._closings, after.toordinal()) + count - 1
        if index >= len(self._closings):
            raise self._outside()
        return date.fromordinal(self._closings[index])

    def working_day_before(self, day: date) -> date:
        """The last working day before the civil day ``day``."""
        index = bisect_left(self._closings, day.toordinal()) - 1
        if index < 0:
            raise self._outside()
        return date.fromordinal(self._closings[index])

    def working_days_completed(self, after: date, until: datetime) -> int:
        """How many working days after the civil day ``after`` have closed by the instant ``until``."""
        closed = bisect_right(self._closed_at, _microseconds(until))
        return max(closed - bisect_right(self._closings, after.toordinal()), 0)

    def open_at(self, instant: datetime) -> bool:
        """Whether ``instant`` is in opening hours; the minute of closing is closed."""
        at = _microseconds(instant)
        if not self._begins <= at < self._ends:
            raise self._outside()
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return False
        return at - self._starts[index] < self._worked_at_end[index] - self._worked_at_start[index]

    def next_opening(self, instant: datetime) -> datetime:
        """``instant`` itself when open, else when the next opening span begins (civil zone)."""
        if self.open_at(instant):
            return instant.astimezone(CIVIL_ZONE)
        index = bisect_right(self._starts, _microseconds(instant))
        if index == len(self._starts):
            raise self._outside()
        return _civil(self._starts[index])

    def _outside(self) -> HotlineError:
        first, last = self._days[0].date, self._days[-1].date
        return HotlineError(f"Lịch “{self.name}” chỉ tính được từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}")


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CIVIL_ZONE)


def _civil(microseconds: int) -> datetime:
    return (_ZERO + MICROSECOND * microseconds).astimezone(CIVIL_ZONE)


def _microseconds(instant: datetime) -> int:
    since = instant - _ZERO
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
