"""Hiding personal numbers from those who may not see them: telephone, identity papers, e-mail, number plate. Pure.

It hides them also when they are said word by word or split over words. Nine digits or more in a row are personal
whatever they are; a ticket's code has eight. Rather one number too many is hidden than one too few.
"""

import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

from transcription.model import Word
from transcription.numbers import DIGITS, LAST_DIGITS, to_digits

LEAST_PERSONAL_DIGITS = 9

PHONE, IDENTITY, PAPER, MAIL, PLATE = (
    "[số điện thoại]", "[số căn cước]", "[số riêng]", "[thư điện tử]", "[biển số]",
)  # fmt: skip

FILLERS = {"là", "ạ", "dạ", "à", "ờ", "ừ", "rồi", "chấm", "gạch", "xong", "tiếp"}
"""What people say between the groups of a number."""

_GAP = r"[\s.,;:()/+*_\-–—]*"
_NUMBER = re.compile(rf"\+?\d(?:{_GAP}\d){{{LEAST_PERSONAL_DIGITS - 1},}}")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SPOKEN_MAIL = re.compile(
    r"(?<!\S)(?:(?!(?:là|mail|email|thư|chỉ)\s)\S+\s+){1,6}?"
    r"a\s?(?:còng|móc)\s+(?:\S+\s+){1,3}?chấm\s+\w+(?:\s+chấm\s+\w+)*",
    re.IGNORECASE,
)
_PLATE = re.compile(
    rf"(?<!\w)\d{_GAP}\d{_GAP}(?:[A-ZĐ]{{2}}|[A-Za-zĐđ])(?!\w*[^\W\d]){_GAP}\d(?:{_GAP}\d){{3,5}}(?!\w)"
)


class _Hidden(NamedTuple):
    start: int
    end: int
    label: str


def mask_words(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words as those may read them who may not see personal numbers; spoken numbers become digits on the way.

    Words that together make a personal number become one word with its label, over their whole time.
    """
    written = list(to_digits(words))
    for leg in ("caller", "operator"):
        places = [index for index, word in enumerate(written) if word.leg == leg]
        masked = _mask([written[index] for index in places])
        for index, word in zip(places, masked, strict=True):
            written[index] = word if word is not None else written[index].model_copy(update={"w": ""})
    return tuple(word for word in written if word.w)


def mask_text(text: str) -> str:
    """The same for a line of text; its white space becomes single spaces."""
    words = [Word(w=token, start=0, end=0, conf=1, leg="caller") for token in text.split()]
    return " ".join(word.w for word in mask_words(words))


def _mask(words: Sequence[Word]) -> list[Word | None]:
    """One speaker's words; None where a word went into the masked word before it."""
    done: list[Word | None] = list(words)
    while hidden := _first_hidden([word.w if word else "" for word in done]):
        done = _hide(done, hidden)
    return done


def _first_hidden(tokens: Sequence[str]) -> _Hidden | None:
    plain = " ".join(tokens)
    shape = " ".join(_shape(token) for token in tokens)
    searches: tuple[tuple[re.Pattern[str], str, Callable[[str], str]], ...] = (
        (_MAIL, plain, lambda _: MAIL),
        (_SPOKEN_MAIL, plain, lambda _: MAIL),
        (_NUMBER, shape, _label),
        (_PLATE, shape, lambda _: PLATE),
    )
    for pattern, text, label in searches:
        if match := pattern.search(text):
            return _Hidden(match.start(), match.end(), label(match.group()))
    return None


def _shape(token: str) -> str:
    """The token as far as numbers go, in the same length: a spoken digit is a digit, a filler is a gap."""
    bare = token.strip(".,;:!?").lower()
    if bare in FILLERS:
        return "-" * len(token)
    digit = DIGITS.get(bare, LAST_DIGITS.get(bare))
    return token if digit is None else str(digit) + "." * (len(token) - 1)


def _label(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    if len(digits) == 12 and not digits.startswith("84"):
        return IDENTITY
    return PHONE if digits.startswith(("0", "84")) and len(digits) <= 12 else PAPER


def _hide(words: Sequence[Word | None], hidden: _Hidden) -> list[Word | None]:
    done: list[Word | None] = []
    offset = 0
    first: Word | None = None
    for word in words:
        start, end = offset, offset + len(word.w if word else "")
        offset = end + 1
        if word is None or end <= hidden.start or start >= hidden.end:
            done.append(word)
            continue
        before, after = word.w[: max(hidden.start - start, 0)], word.w[hidden.end - start :] if end > hidden.end else ""
        if first is None:
            first = word.model_copy(update={"w": f"{before}{hidden.label}{after}"})
            done.append(first)
            at = len(done) - 1
        else:
            first = first.model_copy(
                update={"w": first.w + after, "end": max(first.end, word.end), "conf": min(first.conf, word.conf)}
            )
            done[at] = first
            done.append(None)
    return done
