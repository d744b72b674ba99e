"""Vietnamese numbers as they are said, turned into digits as they are written. Pure; it keeps every word's time.

What is converted: numbers of several words ("hai mươi mốt", "một nghìn không trăm hai hai"), digits read one by one
("không hai bảy bảy"), and a single digit behind a word that asks for one ("phường năm"). A single digit word
elsewhere is left alone, because it is more often another word: "không" is "not", "năm" is "year", "ba" is "father".
"rưỡi" (and a half) and "chục" (ten, or twelve in the south) are left as they are said.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from transcription.model import Word

DIGITS = {
    "không": 0, "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9,
}  # fmt: skip

LAST_DIGITS = {"mốt": 1, "tư": 4, "lăm": 5, "nhăm": 5}
"""How 1, 4 and 5 are said after tens."""

SCALES = {"tỷ": 10**9, "tỉ": 10**9, "triệu": 10**6, "nghìn": 1000, "ngàn": 1000}

MULTIPLIERS = {"mươi", "trăm", *SCALES}

ASKS_FOR_A_NUMBER = {
    "số", "phím", "phường", "quận", "ấp", "khóm", "tổ", "hẻm", "ngõ", "kiệt", "lầu", "tầng", "tháng", "mục", "điều",
    "khoản", "lô", "khu",
}  # fmt: skip
"""Behind one of these a single digit word is a number."""

LEAST_READ_OUT = 4
"""So many digit words in a row are digits read out. "Ba bốn năm" (three to four years) is not."""

SHORT_NUMBERS = (3, 4, 10)
"""Lengths after which a last "không" is the question "is it?", not a zero: 113, 1022, a telephone number."""

_TRIMMED = re.compile(r"^\W+|\W+$")


class Found(NamedTuple):
    """Words ``start`` up to but excluding ``end`` are the number ``digits``."""

    start: int
    end: int
    digits: str


def to_digits(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words with spoken numbers as digits.

    A number made of several words spans their time, with their least confidence.
    """
    done: list[Word] = []
    position = 0
    for found in find_numbers([word.w for word in words], [word.leg for word in words]):
        done += words[position : found.start]
        said = words[found.start : found.end]
        ending = re.search(r"\W*$", said[-1].w)
        done.append(
            said[0].model_copy(
                update={
                    "w": found.digits + (ending.group() if ending else ""),
                    "end": max(word.end for word in said),
                    "conf": min(word.conf for word in said),
                    "doubtful": next((word.doubtful for word in said if word.doubtful), None),
                }
            )
        )
        position = found.end
    return (*done, *words[position:])


def find_numbers(raw: Sequence[str], legs: Sequence[str] = ()) -> list[Found]:
    """Where numbers are said. ``legs``, where given, ends a number at a change of speaker."""
    spoken = [_TRIMMED.sub("", token).lower() for token in raw]
    found: list[Found] = []
    position = 0
    while position < len(spoken):
        limit = position + 1
        while limit < len(spoken) and (not legs or legs[limit] == legs[position]):
            limit += 1
        hit = _number_at(spoken[:limit], position)
        if hit is None or (hit.end < limit and spoken[hit.end] == "rưỡi"):
            position = hit.end if hit else position + 1
            continue
        found.append(hit)
        position = hit.end
    return found


def _number_at(spoken: Sequence[str], at: int) -> Found | None:  # noqa: PLR0911 - a grammar: a return for each form
    before = spoken[at - 1] if at else ""
    if before == "tháng" and spoken[at] == "tư":
        return Found(at, at + 1, "4")
    if before == "tháng" and (month := _below_hundred(spoken, at)) and month[0] <= 12:
        return Found(at, month[1], str(month[0]))
    if spoken[at] == "năm" and (year := _read_out(spoken, at + 1)) and len(year.digits) == 4 and year.digits[0] in "12":
        return year
    read = _read_out(spoken, at)
    if read and len(read.digits) >= LEAST_READ_OUT:
        return read
    cardinal = _cardinal(spoken, at)
    if cardinal and (cardinal[1] - at > 1 or spoken[at] == "mười"):
        return Found(at, cardinal[1], str(cardinal[0]))
    asked = before in ASKS_FOR_A_NUMBER
    if read and len(read.digits) == 3 and (asked or before == "gọi" or read.digits.startswith("11")):
        return read
    if asked and spoken[at] in DIGITS and (at + 1 == len(spoken) or spoken[at + 1] not in DIGITS):
        return Found(at, at + 1, str(DIGITS[spoken[at]]))
    if before == "ngày" and spoken[at] in DIGITS and spoken[at + 1 : at + 2] == ["tháng"]:
        return Found(at, at + 1, str(DIGITS[spoken[at]]))
    return None


def _read_out(spoken: Sequence[str], at: int) -> Found | None:
    """Digits read out one by one from ``at``; the last one is not the head of a larger number."""
    digits, end = "", at
    while end < len(spoken) and (digit := _digit(spoken[end], digits)) is not None:
        digits += digit
        end += 1
    if end < len(spoken) and spoken[end] in MULTIPLIERS and digits:
        digits, end = digits[:-1], end - 1
    if end > at and spoken[end - 1] == "không" and len(digits) - 1 in SHORT_NUMBERS and end == len(spoken):
        digits, end = digits[:-1], end - 1
    return Found(at, end, digits) if digits else None


def _digit(word: str, before: str) -> str | None:
    if word in DIGITS:
        return str(DIGITS[word])
    if word in LAST_DIGITS and before:
        return str(LAST_DIGITS[word])
    return word if len(word) == 1 and word in "0123456789" else None


Parsed = tuple[int, int]
"""A value, and the position behind its last word."""


def _cardinal(spoken: Sequence[str], at: int) -> Parsed | None:
    """The longest number that begins at ``at``."""
    head = _below_thousand(spoken, at)
    if head is None:
        return None
    total, part, position, below = 0, head[0], head[1], 10**12
    while position < len(spoken) and spoken[position] in SCALES and SCALES[spoken[position]] < below:
        below = SCALES[spoken[position]]
        total, part, position = total + part * below, 0, position + 1
        following = _after_scale(spoken, position, below)
        if following is None:
            return total, position
        part, position = following
    return total + part, position


def _after_scale(spoken: Sequence[str], at: int, scale: int) -> Parsed | None:
    """What follows "nghìn", "triệu" or "tỷ": hundreds, "lẻ" and units, or one digit that stands for the next
    hundreds."""
    if at < len(spoken) and spoken[at] in ("linh", "lẻ") and (units := _below_hundred(spoken, at + 1)):
        return units
    following = _below_thousand(spoken, at)
    if following is None:
        return None
    value, end = following
    alone = end == at + 1 and value < 10 and not (end < len(spoken) and spoken[end] in SCALES)
    return (value * scale // 10, end) if alone and value else following


def _below_thousand(spoken: Sequence[str], at: int) -> Parsed | None:
    if at + 1 < len(spoken) and spoken[at] in DIGITS and spoken[at + 1] == "trăm":
        return _after_hundred(spoken, at + 2, DIGITS[spoken[at]] * 100)
    return _below_hundred(spoken, at)


def _after_hundred(spoken: Sequence[str], at: int, hundreds: int) -> Parsed:
    if at < len(spoken) and spoken[at] in ("linh", "lẻ") and (units := _below_hundred(spoken, at + 1)):
        return hundreds + units[0], units[1]
    if at + 1 < len(spoken) and spoken[at] in DIGITS and spoken[at + 1] in DIGITS:
        behind = spoken[at + 2] if at + 2 < len(spoken) else ""
        if behind not in ("mươi", "trăm"):
            return hundreds + DIGITS[spoken[at]] * 10 + DIGITS[spoken[at + 1]], at + 2
    tens = _below_hundred(spoken, at)
    if tens is None:
        return hundreds, at
    # "Một trăm hai" is 120: one digit behind hundreds stands for tens, unless a scale follows.
    alone = tens[1] == at + 1 and tens[0] < 10
    return (hundreds + tens[0] * 10, tens[1]) if alone and hundreds else (hundreds + tens[0], tens[1])


def _below_hundred(spoken: Sequence[str], at: int) -> Parsed | None:  # noqa: PLR0911 - the same
    if at >= len(spoken):
        return None
    first, second, third = (spoken[index] if index < len(spoken) else "" for index in (at, at + 1, at + 2))
    behind = spoken[at + 3] if at + 3 < len(spoken) else ""
    if first == "mười":
        return _tens(10, second, third, at + 1)
    if first == "hăm":
        return _tens(20, second, third, at + 1) if second in DIGITS or second in LAST_DIGITS else None
    if first not in DIGITS:
        return None
    if second == "mươi":
        return _tens(DIGITS[first] * 10, third, behind, at + 2)
    if second in LAST_DIGITS and DIGITS[first] >= 2:
        return DIGITS[first] * 10 + LAST_DIGITS[second], at + 2
    return DIGITS[first], at + 1


def _tens(tens: int, unit: str, behind: str, at: int) -> Parsed:
    """Tens and, at ``at``, their unit if there is one; a digit that heads "mươi" or "trăm" is not it.

    Nor is "năm": five is "lăm" there, so that "mười năm" is ten years.
    """
    value = {**DIGITS, **LAST_DIGITS}.get(unit, 0) if unit != "năm" else 0
    if value and behind not in ("mươi", "trăm"):
        return tens + value, at + 1
    return tens, at
