"""How figures, days and cells are written in Vietnamese. Pure; every format writes them by these rules, so that they read the same."""

from datetime import date, datetime

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.reporting.report import Cell, Kind

NOTHING = "—"
"""Where there is no figure."""


def count(value: int) -> str:
    """A whole number with points between thousands: 37.507."""
    return f"{value:,}".replace(",", ".")


def number(value: float, decimals: int = 1) -> str:
    """A number with a decimal comma: 1.234,5."""
    return f"{value:,.{decimals}f}".translate(str.maketrans(",.", ".,"))


def percent(value: float | None) -> str:
    """A share in per cent with one decimal: 97,5 %."""
    return NOTHING if value is None else f"{number(100 * value)} %"


def cell(value: Cell, kind: Kind) -> str:
    """A cell as people read it."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return value
    match kind:
        case Kind.SHARE:
            return percent(value)
        case Kind.NUMBER:
            return number(value)
        case Kind.CHANGE:
            return f"{'+' if value > 0 else '−' if value < 0 else ''}{count(abs(int(value)))}"
        case _:
            return count(int(value)) if value == int(value) else number(value)


def day(value: date | datetime) -> str:
    """A civil day: 27/11/2026."""
    if isinstance(value, datetime):
        value = value.astimezone(CIVIL_ZONE)
    return f"{value:%d/%m/%Y}"


def instant(value: datetime) -> str:
    """A civil instant: 08 giờ 30 ngày 27/11/2026."""
    local = value.astimezone(CIVIL_ZONE)
    return f"{local:%H} giờ {local:%M} ngày {day(local)}"


def listed(names: list[str] | tuple[str, ...]) -> str:
    """Names in a sentence: "a, b và c"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} và {names[-1]}" if names else ""


def month(name: str) -> str:
    """A month in a table: 10/2026 of ``2026-10``."""
    return f"{name[5:]}/{name[:4]}"
