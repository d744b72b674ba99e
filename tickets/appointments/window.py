"""Which windows a home visit may have: one stretch of working time, soon enough. Pure."""

from datetime import datetime, timedelta

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import Invalid
from tickets.calendar import MICROSECOND, WorkCalendar


def check_window(starts: datetime, ends: datetime, *, now: datetime, days_ahead: int, calendar: WorkCalendar) -> None:
    """Raises Invalid, with the field that is wrong and what could be said instead, unless somebody can come then."""
    if ends <= starts:
        raise Invalid("Giờ kết thúc phải sau giờ bắt đầu của lịch hẹn", field="ends")
    if starts < now:
        raise Invalid("Giờ hẹn đã qua", remedy="chọn khung giờ từ bây giờ trở đi", field="starts")
    if ends > (latest := now + timedelta(days=days_ahead)):
        raise Invalid(
            f"Chỉ hẹn trước tối đa {days_ahead} ngày",
            remedy=f"chọn khung giờ đến {latest.astimezone(CIVIL_ZONE):%d/%m/%Y}",
            field="ends",
        )
    day = calendar.day(starts.astimezone(CIVIL_ZONE).date())
    if not day.spans:
        raise Invalid(
            f"Ngày {day.date:%d/%m/%Y} không làm việc ({day.reason})", remedy="chọn một ngày làm việc", field="starts"
        )
    worked = MICROSECOND * (calendar.worked_until(ends) - calendar.worked_until(starts))
    if worked != ends - starts:
        hours = ", ".join(f"{_hour(start)}–{_hour(end)}" for start, end in day.spans)
        raise Invalid(
            f"Khung giờ hẹn phải nằm trong một buổi làm việc của ngày {day.date:%d/%m/%Y}",
            remedy=f"giờ làm việc ngày đó: {hours}",
            field="starts",
        )


def in_words(starts: datetime, ends: datetime) -> str:
    """A window as people say it: "từ 08:00 đến 10:00 ngày 26/11/2026"."""
    first, last = starts.astimezone(CIVIL_ZONE), ends.astimezone(CIVIL_ZONE)
    return f"từ {first:%H:%M} đến {last:%H:%M} ngày {first:%d/%m/%Y}"


def _hour(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
