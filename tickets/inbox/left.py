"""How much working time is left until a promise is due, or has passed since, in words. Pure."""

from datetime import datetime, timedelta
from typing import Literal

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import HotlineError
from tickets.calendar import DAY_MINUTES, MICROSECOND, WorkCalendar
from tickets.clocks import AGREED, CLOCKS
from tickets.model import Deadline, Stage
from tickets.sla import Target, worked
from tickets.values import Value

Group = Literal["overdue", "today", "coming", "paused"]


class Left(Value):
    """Working time until the due time; less than nothing once that has passed."""

    working_minutes: int
    words: str


def group_of(deadline: Deadline, stage: Stage, now: datetime) -> Group:
    """How a running promise stands: its clock may stand for the citizen's sake."""
    if (deadline.step is not None and deadline.step_at is None) or (
        stage is Stage.WAITING and CLOCKS[deadline.clock].stops
    ):
        return "paused"
    if deadline.due < now:
        return "overdue"
    last = (deadline.due - MICROSECOND).astimezone(CIVIL_ZONE).date()
    return "today" if last <= now.astimezone(CIVIL_ZONE).date() else "coming"


def left_of(deadline: Deadline, calendar: WorkCalendar, now: datetime) -> Left | None:
    """What is left of a promise on the calendar that it is kept on."""
    by_the_clock = deadline.target != AGREED and Target.read(deadline.target).unit == "h"
    return left_until(deadline.due, calendar, now, by_the_clock=by_the_clock)


def left_until(due: datetime, calendar: WorkCalendar, now: datetime, *, by_the_clock: bool = False) -> Left | None:
    """What lies between now and ``due``; ``by_the_clock``: hours of the clock, not of work."""
    late = due < now
    start, end = (due, now) if late else (now, due)
    try:
        time = (end - start) if by_the_clock else worked(start, end, calendar).time
        days = 0 if by_the_clock else _days(start, end, calendar)
        always = by_the_clock or _never_closes(calendar, now)
    except HotlineError:
        return None
    minutes = time // timedelta(minutes=1)
    amount = _amount(minutes, 0 if always else days, "" if always else " làm việc")
    words = ("Vừa quá hạn" if amount is None else f"Quá hạn {amount}") if late else f"còn {amount or 'chưa đến 1 phút'}"
    return Left(working_minutes=-minutes if late else minutes, words=words)


def _amount(minutes: int, days: int, of_work: str) -> str | None:
    if days:
        return f"{days} ngày{of_work}"
    hours, rest = divmod(minutes, 60)
    if hours >= 48 and not of_work:
        return f"{hours // 24} ngày"
    if hours >= 3 or (hours and not rest):
        return f"{hours} giờ{of_work}"
    if hours:
        return f"{hours} giờ {rest} phút{of_work}"
    return f"{rest} phút{of_work}" if rest else None


def _days(start: datetime, end: datetime, calendar: WorkCalendar) -> int:
    """Working days after that of ``start``, that of ``end`` included if it is one: how people count until a day.

    Midnight is the end of a day, not the beginning of the next one.
    """
    first = start.astimezone(CIVIL_ZONE).date()
    last = (end - MICROSECOND).astimezone(CIVIL_ZONE).date()
    whole = datetime.combine(last + timedelta(days=1), datetime.min.time(), CIVIL_ZONE)
    return calendar.working_days_completed(first, whole)


def _never_closes(calendar: WorkCalendar, now: datetime) -> bool:
    return calendar.day(now.astimezone(CIVIL_ZONE).date()).spans == ((0, DAY_MINUTES),)
