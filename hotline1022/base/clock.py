"""Time as a value: where "now" comes from and which zone civil rules use. Nothing here waits or computes deadlines."""

from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

CIVIL_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
"""The zone of every civil rule: opening hours, working days, what a person hears or reads."""

WEEKDAY_NAMES = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")
"""How people call the days of the week, Monday first."""


class Clock(Protocol):
    """Gives the present instant; tests hand in their own."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)
