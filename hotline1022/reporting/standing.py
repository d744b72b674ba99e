"""Whether a period can be reported on, and what must be said of figures that can still change. Pure; "now" is a value."""

from datetime import datetime

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import Invalid, Refused
from hotline1022.reporting import written
from surveys.scores.period import Period, read_period

LENGTHS = {1: "tháng như 2026-10", 3: "quý như 2026-Q3", 6: "nửa năm như 2026-H2", 12: "cả năm như 2026"}
"""How a period of each length (in months) is written."""


def read(text: str, lengths: tuple[int, ...]) -> Period:
    """The period that ``text`` writes, of one of these lengths in months. Raises Invalid with what is expected."""
    expected = "viết " + ", ".join(LENGTHS[length] for length in lengths)
    try:
        period = read_period(text)
    except Invalid as error:
        raise Invalid(f"Không rõ kỳ “{text[:20]}”", remedy=expected, field="period") from error
    if period.length not in lengths:
        raise Invalid(f"Báo cáo này không làm theo {period.title}", remedy=expected, field="period")
    return period


def provisional(title: str, starts: datetime, ends: datetime, now: datetime) -> str | None:
    """What must stand in a report on a period that is not over; None of one that is. Raises Refused of one that has not begun."""
    if now < starts:
        raise Refused(
            f"Chưa đến {title} nên chưa có số liệu", remedy=f"báo cáo được từ ngày {written.day(starts)} trở đi"
        )
    if now < ends:
        return f"Số liệu tạm tính đến ngày {written.day(now)}, lúc {now.astimezone(CIVIL_ZONE):%H:%M}, vì chưa hết {title}."
    return None


def starts_of(period: Period) -> datetime:
    """The instant at which a period begins."""
    return datetime(period.starts.year, period.starts.month, 1, tzinfo=CIVIL_ZONE)


def before(period: Period) -> Period:
    """The period of the same length just before."""
    if period.length == 12:
        return read_period(str(period.year - 1))
    letter = {1: "", 3: "Q", 6: "H"}[period.length]
    part = (period.first - 1) // period.length
    year, part = (period.year, part) if part else (period.year - 1, 12 // period.length)
    return read_period(f"{year}-{part:02}" if period.length == 1 else f"{year}-{letter}{part}")
