"""How values are spoken in Vietnamese: which recorded parts say a code, a number, a date, an agency. Pure words; no
audio lives here.
"""

from collections.abc import Container
from datetime import date

from ivr.model import Say

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
LARGEST_NUMBER = 99


def number_words(number: int) -> str:
    """The number in words, 0 to 99: after a ten, one is "mốt" (from twenty on) and five is "lăm"."""
    tens, units = divmod(number, 10)
    if tens == 0:
        return DIGITS[units]
    ten = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    unit = {0: "", 1: "một" if tens == 1 else "mốt", 5: "lăm"}.get(units, DIGITS[units])
    return f"{ten} {unit}".strip()


def day_words(day: int) -> str:
    """The day of a month: the first ten are "mùng"."""
    return f"ngày {'mùng ' if day <= 10 else ''}{number_words(day)}"


def month_words(month: int) -> str:
    """The month: the fourth is "tư"."""
    return "tháng tư" if month == 4 else f"tháng {number_words(month)}"


def part_texts() -> dict[str, str]:
    """Every recorded part that values are spoken with, by its name, and its words."""
    texts = {f"digit-{digit}": word for digit, word in enumerate(DIGITS)}
    texts |= {f"number-{number}": number_words(number) for number in range(LARGEST_NUMBER + 1)}
    texts |= {f"day-{day}": day_words(day) for day in range(1, 32)}
    texts |= {f"month-{month}": month_words(month) for month in range(1, 13)}
    return texts | {f"weekday-{number}": word for number, word in enumerate(WEEKDAYS)}


def parts(say: Say, known: Container[str]) -> tuple[str, ...]:
    """The names of the recordings that say this, in order; nothing for a value that cannot be spoken.

    ``known`` are the recordings there are: an agency or stage without one is spoken as a general word.
    """
    match say.kind:
        case "prompt":
            return (say.value,)
        case "digits":
            return tuple(f"digit-{digit}" for digit in say.value if digit in "0123456789")
        case "number":
            whole = say.value.isascii() and say.value.isdecimal() and len(say.value) <= 2
            return (f"number-{int(say.value)}",) if whole else ()
        case "date":
            return _date(say.value)
        case "agency" | "stage":
            name = f"{say.kind}-{say.value}"
            return (name if name in known else f"{say.kind}-unknown",)


def _date(written: str) -> tuple[str, ...]:
    """Weekday, day and month. Not the year: what is said is due within weeks."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return ()
    return (f"weekday-{day.weekday()}", f"day-{day.day}", f"month-{day.month}")
