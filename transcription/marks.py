"""Which words of a transcript a reader's eye is led to: the few that the machine doubts, and what must be right. Pure.

Doubt is marked sparingly: to check every red word is as much work as to hear the call again, and sure words are wrong too. So at most
one word in ten is marked, the least sure ones, and marks that all but touch become one. Names, numbers, places and dates are marked
as such whatever the machine thinks of them: these are read back to the citizen.
"""

import re
from collections.abc import Collection, Sequence

from transcription.model import Word
from transcription.numbers import DIGITS, find_numbers

MOST_SHARE = 0.1
"""Of the words, how many may be marked as doubtful."""

UNSURE = 0.6
"""Confidence from which on a word is never marked, however few are: the engine's figure, not a measured probability."""

_TRIMMED = re.compile(r"^\W+|\W+$")
_BEFORE_DATE = frozenset({"ngày", "tháng", "năm", "thứ", "mùng", "mồng", "lúc", "hồi"})
_AFTER_DATE = frozenset({"giờ", "phút", "tháng", "năm"})
_COUNTED = frozenset({"giờ", "phút", "mét", "hộ", "người", "trụ", "căn"})
_NUMBERED = frozenset({"ấp", "khóm", "tổ", "số", "phường", "quận", "hẻm", "đường", "khu"})
_WEEKDAYS = frozenset({"hai", "ba", "tư", "năm", "sáu", "bảy"})
_LAST_DAY = ("chủ", "nhật")
_NAMING = (("tên", "là"), ("tên", "tôi", "là"), ("tên", "em", "là"), ("tôi", "tên"), ("em", "tên"), ("họ", "tên"))
_AFTER_NAME = frozenset(
    {"ở", "tại", "ấp", "xã", "phường", "năm", "số", "ạ", "nha", "nhé", "à", "và", "thì", "là", "gọi", "muốn", "xin"}
)
"""Words at which a name that was begun is over."""
_LONGEST_NAME = 4


def doubtful(words: Sequence[Word]) -> frozenset[int]:
    """The indices of the words to be marked: never more than one in ten. A sure word between two marked ones is marked with them."""
    most = int(len(words) * MOST_SHARE)
    places = {leg: [index for index, word in enumerate(words) if word.leg == leg] for leg in ("caller", "operator")}
    position = {index: (row, at) for row in places.values() for at, index in enumerate(row)}
    unsure = [index for index, word in enumerate(words) if word.doubtful is not None or word.conf < UNSURE]
    marked: set[int] = set()
    for index in sorted(unsure, key=lambda each: (words[each].conf, each)):
        row, at = position[index]
        between = {
            row[at + step]
            for step in (-1, 1)
            if 0 <= at + 2 * step < len(row) and row[at + 2 * step] in marked and row[at + step] not in marked
        }
        fresh = {index, *between} if len(marked) + 1 + len(between) <= most else {index}
        if len(marked | fresh) > most:
            break
        marked |= fresh
    return frozenset(marked)


def solid(words: Sequence[Word], places: Collection[int] = ()) -> frozenset[int]:
    """The indices of names, numbers, dates and ``places`` in one line of one speaker."""
    spoken = [_TRIMMED.sub("", word.w).lower() for word in words]
    found = set(places)
    for number in find_numbers([word.w for word in words]):
        found.update(range(number.start, number.end))
    found.update(index for index, word in enumerate(spoken) if any(sign.isdigit() for sign in word))
    found |= _single_digits(spoken)
    found |= _dates(spoken, found)
    found |= _names(spoken)
    found |= _capitals(words)
    return frozenset(found)


def _single_digits(spoken: Sequence[str]) -> set[int]:
    """A digit alone is a number only by what stands beside it: "năm" is a year too, "ba" a father."""
    return {
        index
        for index, word in enumerate(spoken)
        if word in DIGITS
        and (
            (index + 1 < len(spoken) and spoken[index + 1] in _COUNTED)
            or (index > 0 and spoken[index - 1] in _NUMBERED)
        )
    }


def _dates(spoken: Sequence[str], numbers: Collection[int]) -> set[int]:
    found: set[int] = set()
    for index, word in enumerate(spoken):
        if word in _BEFORE_DATE and index + 1 in numbers:
            found.add(index)
        if word in _AFTER_DATE and index - 1 in numbers:
            found.add(index)
        if word == "thứ" and index + 1 < len(spoken) and spoken[index + 1] in _WEEKDAYS:
            found |= {index, index + 1}
        if tuple(spoken[index : index + 2]) == _LAST_DAY:
            found |= {index, index + 1}
    return found


def _names(spoken: Sequence[str]) -> set[int]:
    found: set[int] = set()
    for index in range(len(spoken)):
        for naming in _NAMING:
            if tuple(spoken[index : index + len(naming)]) != naming:
                continue
            at = index + len(naming)
            for place in range(at, min(at + _LONGEST_NAME, len(spoken))):
                if spoken[place] in _AFTER_NAME and not (place == at and spoken[place] == "năm"):
                    break
                found.add(place)
    return found


def _capitals(words: Sequence[Word]) -> set[int]:
    """What the engine wrote as a name: a capital that begins no sentence."""
    return {
        index
        for index, word in enumerate(words)
        if index and word.w[:1].isupper() and words[index - 1].w[-1:] not in ".!?…"
    }
