"""The periods that agencies are scored for: a month, a quarter, a half, a year of the civil calendar. Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import Invalid

PATTERN = r"2[0-9]{3}(-(0[1-9]|1[0-2]|Q[1-4]|H[12]))?"
"""How a period is written: ``2026-11``, ``2026-Q3``, ``2026-H1``, ``2026``."""

_LENGTHS = {"": 12, "Q": 3, "H": 6}


@dataclass(frozen=True)
class Period:
    """Whole civil months that follow each other."""

    name: str
    year: int
    first: int
    """Its first month, from 1."""
    length: int
    """In months."""

    @property
    def months(self) -> tuple[str, ...]:
        """Its months: ``2026-07``, ``2026-08``, ``2026-09``."""
        return tuple(f"{self.year}-{month:02}" for month in range(self.first, self.first + self.length))

    @property
    def starts(self) -> date:
        """Its first day."""
        return date(self.year, self.first, 1)

    @property
    def ends(self) -> datetime:
        """The instant at which it is over."""
        after = self.first + self.length
        return datetime(self.year + (after > 12), after - 12 if after > 12 else after, 1, tzinfo=CIVIL_ZONE)

    @property
    def title(self) -> str:
        """What people call it."""
        part = {1: f"tháng {self.first}", 3: f"quý {(self.first + 2) // 3}", 6: f"sáu tháng {_half(self.first)}"}
        return f"năm {self.year}" if self.length == 12 else f"{part[self.length]} năm {self.year}"


def read_period(text: str) -> Period:
    """The period that is written as ``text``. Raises Invalid, with how it is written."""
    text = text.strip().upper()
    if not re.fullmatch(PATTERN, text, re.ASCII):
        raise Invalid(
            "Không rõ kỳ nào",
            remedy="viết tháng như 2026-11, quý như 2026-Q3, nửa năm như 2026-H1, cả năm như 2026",
            field="period",
        )
    year, _, part = text.partition("-")
    if part.isdigit():
        return Period(text, int(year), int(part), 1)
    length = _LENGTHS[part[:1]]
    return Period(text, int(year), (int(part[1:] or 1) - 1) * length + 1, length)


def _half(first: int) -> str:
    return "đầu" if first == 1 else "cuối"
