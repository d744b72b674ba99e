"""Deadlines: when a target is due, how much of it has been used, and the sentence that explains it. Pure arithmetic.

Targets are written ``3wd`` (the end of the third working day after the civil day of receipt: that day is not counted),
``4wh`` and ``30wm`` (working hours and minutes), ``2h`` (hours of the clock, for urgent matters).

Pauses stop the clock. Time of the kind that the target counts is given back, and a deadline in working days stays the
end of a working day: a begun day is completed. So a pause never brings a deadline nearer.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Literal, NamedTuple

from hotline1022.base.clock import CIVIL_ZONE, WEEKDAY_NAMES
from hotline1022.base.errors import HotlineError, Invalid
from tickets.calendar import MICROSECOND, Day, WorkCalendar

_TARGET = re.compile(r"([1-9][0-9]{0,3})(wd|wh|wm|h)", re.ASCII)
_YEARS = (1900, 2200)
"""Between these every instant can be told in every zone and have any target added."""
_UNIT_NAMES = {"wd": "ngày làm việc", "wh": "giờ làm việc", "wm": "phút làm việc", "h": "giờ"}


class Target(NamedTuple):
    """How long something may take."""

    amount: int
    unit: Literal["wd", "wh", "wm", "h"]

    @staticmethod
    @lru_cache(maxsize=256)
    def read(text: str) -> "Target":
        """The target written as ``text``. Raises HotlineError."""
        found = _TARGET.fullmatch(text)
        if not found:
            raise HotlineError(f"Thời hạn “{text[:40]}” không đúng dạng", remedy="viết như 3wd, 4wh, 30wm hoặc 2h")
        return Target(int(found[1]), found[2])  # type: ignore[arg-type]

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def in_words(self) -> str:
        """As people say it: "3 ngày làm việc"."""
        return f"{self.amount} {_UNIT_NAMES[self.unit]}"

    @property
    def working_time(self) -> int:
        """Working hours or minutes in microseconds, as a calendar counts them."""
        return self.amount * (3_600_000_000 if self.unit == "wh" else 60_000_000)

    def halved(self) -> "Target":
        """Half of it, rounded up."""
        return Target((self.amount + 1) // 2, self.unit)

    def plus(self, more: "Target") -> "Target":
        """Both together. Raises Invalid for another unit."""
        if more.unit != self.unit:
            raise Invalid(f"Không cộng được {more.in_words} vào {self.in_words}", remedy="dùng cùng một đơn vị")
        return Target(self.amount + more.amount, self.unit)


class Pause(NamedTuple):
    """A stretch during which the clock stands, from ``start`` to ``end`` (aware instants)."""

    start: datetime
    end: datetime


class Worked(NamedTuple):
    """What has passed between two instants, pauses left out."""

    time: timedelta
    """Working time."""
    days: int
    """Working days completed after the day of receipt."""
    clock: timedelta
    """Time of the clock."""


class Due(NamedTuple):
    """A deadline and what it was computed from; ``at`` is in the civil zone."""

    at: datetime
    start: datetime
    target: Target
    calendar: WorkCalendar
    paused: timedelta
    """Time of the kind that the target counts that pauses have given back."""

    @property
    def expected(self) -> bool:
        """Whether it depends on public holidays that have not been decided yet."""
        return self.target.unit != "h" and self._last_day.year > self.calendar.decided_through

    @property
    def _last_day(self) -> date:
        """The day that the deadline ends: midnight is the end of a day of work, not the beginning of the next one."""
        return (self.at - MICROSECOND).date()

    @property
    def explanation(self) -> str:
        """One Vietnamese sentence: the deadline, how it was counted, and every day that was left out and why."""
        at, start, unit = self.at, self.start.astimezone(CIVIL_ZONE), self.target.unit
        last = self._last_day if unit != "h" else at.date()
        told = _instant(at) if last == at.date() else f"24:00 {_day(last)}"
        sentence = f"Hạn {told}: {self.target.in_words} "
        if unit == "wd":
            sentence += f"sau ngày tiếp nhận {_short(start.date())}"
            notes = ["không tính ngày tiếp nhận"]
            since = start.date() + timedelta(days=1)
        else:
            sentence += f"kể từ {_instant(start)}"
            notes = ["tính liên tục, cả ngoài giờ làm việc" if unit == "h" else f"chỉ tính {self.calendar.title}"]
            since = start.date()
        if unit != "h":
            notes += _marked_days(self.calendar, since, last)
        if self.paused:
            whole_day = ", tính đến hết ngày làm việc" if unit == "wd" else ""
            notes.append(f"cộng {_duration(self.paused)} tạm dừng{whole_day}")
        if self.expected:
            notes.append(f"dự kiến, vì lịch nghỉ năm {last.year} chưa được quyết định")
        return f"{sentence} ({'; '.join(notes)})."


def due(start: datetime, target: Target | str, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> Due:
    """When ``target`` that began at ``start`` is due. Raises HotlineError for instants without zone or off calendar."""
    target = Target.read(target) if isinstance(target, str) else target
    _need_zone(start)
    stops = _merged(pauses)
    if target.unit == "h":
        at, given_back = _clock_due(start, target.amount, stops)
    elif target.unit == "wd":
        at, given_back = _days_due(start, target.amount, calendar, stops)
    else:
        at, given_back = _hours_due(start, target.working_time, calendar, stops)
    return Due(at, start, target, calendar, given_back)


def before(at: datetime, amount: Target, calendar: WorkCalendar, *, not_before: datetime) -> datetime:
    """The instant ``amount`` earlier than ``at``, for a warning; never earlier than ``not_before``.

    Working hours and minutes are counted back on the calendar; a working day is the same moment one working day earlier.
    """
    if amount.unit == "h":
        earlier = at - timedelta(hours=amount.amount)
    elif amount.unit == "wd":
        day = at.astimezone(CIVIL_ZONE).date()
        for _ in range(amount.amount):
            day = calendar.working_day_before(day)
        earlier = at - timedelta(days=(at.astimezone(CIVIL_ZONE).date() - day).days)
    else:
        left = calendar.worked_until(at) - amount.working_time
        if left <= calendar.worked_until(not_before):
            return not_before
        earlier = calendar.instant_of(left)
    return max(earlier, not_before).astimezone(CIVIL_ZONE)


def worked(start: datetime, end: datetime, calendar: WorkCalendar, pauses: Iterable[Pause] = ()) -> Worked:
    """What has passed from ``start`` to ``end``: ``due`` inverted. Raises HotlineError when ``end`` comes first."""
    _need_zone(start)
    _need_zone(end)
    if end < start:
        raise HotlineError("Thời điểm kết thúc nằm trước thời điểm bắt đầu")
    stops = _merged(pauses)
    time, clock = calendar.worked_until(end) - calendar.worked_until(start), end - start
    for pause in stops:
        first, last = max(pause.start, start), min(pause.end, end)
        if first < last:
            time -= calendar.worked_until(last) - calendar.worked_until(first)
            clock -= last - first
    days = calendar.working_days_completed(start.astimezone(CIVIL_ZONE).date(), end)
    while stops and days and _days_due(start, days, calendar, stops)[0] > end:
        days -= 1
    return Worked(MICROSECOND * time, days, clock)


def _clock_due(start: datetime, hours: int, pauses: list[Pause]) -> tuple[datetime, timedelta]:
    at, given_back = start + timedelta(hours=hours), timedelta()
    for pause in pauses:
        begin = max(pause.start, start)
        if begin >= at:
            break
        if pause.end > begin:
            given_back += pause.end - begin
            at += pause.end - begin
    return at.astimezone(CIVIL_ZONE), given_back


def _hours_due(start: datetime, time: int, calendar: WorkCalendar, pauses: list[Pause]) -> tuple[datetime, timedelta]:
    from_start = calendar.worked_until(start)
    until, given_back = from_start + time, 0
    for pause in pauses:
        begin = max(calendar.worked_until(pause.start), from_start)
        if begin >= until:
            break
        lasted = max(calendar.worked_until(pause.end) - begin, 0)
        until += lasted
        given_back += lasted
    return calendar.instant_of(until), MICROSECOND * given_back


def _days_due(start: datetime, count: int, calendar: WorkCalendar, pauses: list[Pause]) -> tuple[datetime, timedelta]:
    received = start.astimezone(CIVIL_ZONE).date()
    promised = calendar.closing(calendar.working_day(count, after=received))
    at, given_back = promised, 0
    if pauses:
        counting_from = datetime.combine(received, datetime.min.time(), CIVIL_ZONE) + timedelta(days=1)
        until = calendar.worked_until(promised)
        for pause in pauses:
            begin = max(pause.start, counting_from)
            if begin >= at:
                break
            given_back += max(calendar.worked_until(pause.end) - calendar.worked_until(begin), 0)
            at = calendar.closing(calendar.instant_of(until + given_back).date())
    return at, MICROSECOND * given_back


def _merged(pauses: Iterable[Pause]) -> list[Pause]:
    merged: list[Pause] = []
    for pause in sorted(pauses):
        _need_zone(pause.start)
        _need_zone(pause.end)
        if pause.end < pause.start:
            raise HotlineError("Khoảng tạm dừng kết thúc trước khi bắt đầu")
        if merged and pause.start <= merged[-1].end:
            merged[-1] = Pause(merged[-1].start, max(merged[-1].end, pause.end))
        else:
            merged.append(pause)
    return merged


def _need_zone(instant: datetime) -> None:
    if instant.tzinfo is None:
        raise HotlineError("Thời điểm thiếu múi giờ", remedy="viết như 2026-11-23T08:30:00+07:00")
    if not _YEARS[0] < instant.year < _YEARS[1]:
        raise HotlineError(f"Không tính được thời hạn cho năm {instant.year}")


def _marked_days(calendar: WorkCalendar, since: date, until: date) -> list[str]:
    """The days from ``since`` to ``until`` off or worked against the rule, neighbours of one reason together."""
    days = [calendar.day(date.fromordinal(number)) for number in range(since.toordinal(), until.toordinal() + 1)]
    notes = []
    for reason, run in groupby(days, key=lambda day: day.reason):
        if reason:
            notes.append(f"{_range(list(run))} {reason}")
    return notes


def _range(run: list[Day]) -> str:
    first, last = run[0].date, run[-1].date
    return _short(first) if first == last else f"{_short(first)}–{_short(last)}"


def _short(day: date) -> str:
    return f"{day.day}/{day.month}"


def _instant(instant: datetime) -> str:
    return f"{instant:%H:%M} {_day(instant.date())}"


def _day(day: date) -> str:
    return f"{WEEKDAY_NAMES[day.weekday()]} {day.day}/{day.month}/{day.year}"


def _duration(time: timedelta) -> str:
    minutes = time // timedelta(minutes=1)
    if not minutes:
        return "chưa đến 1 phút"
    parts = [f"{minutes // 60} giờ"] if minutes >= 60 else []
    if minutes % 60:
        parts.append(f"{minutes % 60} phút")
    return " ".join(parts)
