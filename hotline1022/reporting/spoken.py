"""Numbers, months and shares in words, as a presenter in the Mekong Delta reads them aloud. Pure.

What lies under a hundred is spoken as on the telephone (``ivr.speech``).
"""

from ivr.speech import DIGITS, month_words
from ivr.speech import number_words as under_hundred

_GROUPS = ("", " nghìn", " triệu", " tỷ")
LARGEST = 10**12 - 1


def number(value: int) -> str:
    """A whole number in words: 1.083 is "một nghìn không trăm tám mươi ba". Raises ValueError for one under 0 or over ``LARGEST``."""
    if not 0 <= value <= LARGEST:
        raise ValueError(f"{value} is not spoken")
    groups = []
    while value:
        value, group = divmod(value, 1000)
        groups.append(group)
    words = [
        _group(group, first=at == len(groups) - 1) + _GROUPS[at]
        for at, group in reversed(list(enumerate(groups)))
        if group
    ]
    return " ".join(words) or DIGITS[0]


def _group(value: int, *, first: bool) -> str:
    """Three digits; in any group but the first the hundreds are always spoken."""
    hundreds, rest = divmod(value, 100)
    if first and not hundreds:
        return under_hundred(rest)
    head = f"{DIGITS[hundreds]} trăm"
    if not rest:
        return head
    return f"{head} lẻ {DIGITS[rest]}" if rest < 10 else f"{head} {under_hundred(rest)}"


def share(part: int, whole: int) -> str:
    """``part`` of ``whole`` in per cent with one decimal: "chín mươi bảy phẩy năm phần trăm". Raises ZeroDivisionError of nothing."""
    tenths = round(1000 * part / whole)
    ones, tenth = divmod(tenths, 10)
    return f"{number(ones)}{f' phẩy {DIGITS[tenth]}' if tenth else ''} phần trăm"


def month(year: int, number_of_month: int) -> str:
    """A month with its year: "tháng mười năm hai nghìn không trăm hai mươi sáu"."""
    return f"{month_words(number_of_month)} năm {number(year)}"
