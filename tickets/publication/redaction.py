"""Personal data in what is to be published: where it stands, and the text without it. Pure; no text is kept or logged here.

Found are telephone numbers, e-mail addresses, numbers of papers, number plates, and the citizen's own name, address, number and
ticket code, as the ticket has them. Names of other people cannot be known here: a leader still reads what they publish.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from hotline1022.base.phone_numbers import e164
from tickets.spelling import syllable

LEFT_OUT = "[đã lược bỏ]"

LEAST_DIGITS = 9
"""From so many digits in a row on a number is somebody's: identity cards have 12 or 9, telephones 10, accounts 9 and more."""

LEAST_SPOKEN = 8
"""Digits written as words, one after the other, from which they are a number that was dictated."""

MAIL, PHONE, IDENTITY, LONG, PLATE = "địa chỉ thư điện tử", "số điện thoại", "số căn cước", "dãy số dài", "biển số xe"
NAME, ADDRESS, CODE = "tên người gửi", "địa chỉ người gửi", "mã phiếu"

_MAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\s?\.\s?[\w-]+)+")
_GAP = r"[ .()\-–\u00a0]{0,3}"
_NUMBER = re.compile(rf"\+?\d(?:{_GAP}\d){{{LEAST_DIGITS - 1},}}")
_PLATE = re.compile(r"(?<!\w)\d\d\s?-?\s?[A-ZĐ][A-Z0-9]?\s?[- .]?\s?\d{3}\.?\d{1,2}(?!\w)")
_NO_NUMBER = re.compile(
    r"(?<![\d.])(?:0?[1-9]|[12]\d|3[01])([.\-/])(?:0?[1-9]|1[0-2])\1(?:19|20)\d\d(?![.\-]?\d)"  # a date
    r"|(?<![\d.])[1-9]\d{0,2}(?:[., ]\d{3})+(?=\s*(?:đồng|đ\b|vnđ|vnd|₫))",  # an amount of money
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]+|\d+")

_SPOKEN = frozenset(["không", "một", "mốt", "hai", "ba", "bốn", "tư", "năm", "lăm", "sáu", "bảy", "bẩy", "tám", "chín"])
_ADDRESSED = frozenset(["ong", "ba", "anh", "chi", "co", "chu", "bac", "em", "chau", "di", "cau", "mo", "thim", "thay"])
"""How people are addressed, bare of marks: a given name behind one of these is somebody."""
_BEFORE_NUMBER = frozenset({"so", "nha", "can", "ho"})


class Citizen(NamedTuple):
    """What the ticket knows of whoever sent it."""

    code: str
    number: str | None = None
    name: str | None = None
    address: str | None = None


class Personal(NamedTuple):
    """Personal data found in a text: what it is, and its place in the text (composed, NFC)."""

    kind: str
    start: int
    end: int


class _Word(NamedTuple):
    plain: str
    capital: bool
    start: int
    end: int


def find_personal(text: str, citizen: Citizen) -> tuple[Personal, ...]:
    """All personal data in ``text``, in its order; what overlaps is one."""
    text = unicodedata.normalize("NFC", text)
    words = _words(text)
    found = sorted(
        [*_numbers(text), *_own_numbers(text, citizen), *_dictated(text), *_names(words, citizen), *_addresses(words, citizen)],
        key=lambda each: (each.start, -each.end),
    )  # fmt: skip
    apart: list[Personal] = []
    for each in found:
        if apart and each.start < apart[-1].end:
            apart[-1] = apart[-1]._replace(end=max(apart[-1].end, each.end))
        else:
            apart.append(each)
    return tuple(apart)


def redacted(text: str, citizen: Citizen) -> str:
    """``text`` with ``LEFT_OUT`` in place of personal data."""
    text = unicodedata.normalize("NFC", text)
    for each in reversed(find_personal(text, citizen)):
        text = f"{text[: each.start]}{LEFT_OUT}{text[each.end :]}"
    return text


def places(text: str, found: Sequence[Personal]) -> str:
    """Where it stands, for whoever must take it out: kind, line and characters, never the words themselves."""
    text = unicodedata.normalize("NFC", text)
    told = []
    for each in found:
        line_start = text.rfind("\n", 0, each.start) + 1
        line = text.count("\n", 0, each.start) + 1
        told.append(f"{each.kind} (dòng {line}, ký tự {each.start - line_start + 1} đến {each.end - line_start})")
    return ", ".join(told)


def _numbers(text: str) -> Iterator[Personal]:
    for match in _MAIL.finditer(text):
        yield Personal(MAIL, *match.span())
    for match in _PLATE.finditer(text):
        yield Personal(PLATE, *match.span())
    # Dates and amounts of money are long numbers of nobody.
    bare = _NO_NUMBER.sub(lambda match: "/" * len(match[0]), text)
    for match in _NUMBER.finditer(bare):
        digits = re.sub(r"\D", "", match[0])
        identity = len(digits) == 12 and not digits.startswith("84")
        kind = IDENTITY if identity else PHONE if e164(match[0]) else LONG
        yield Personal(kind, *match.span())


def _own_numbers(text: str, citizen: Citizen) -> Iterator[Personal]:
    known = [(CODE, citizen.code)]
    if citizen.number:
        known.append((PHONE, citizen.number[-7:]))  # without its prefix a number is still the citizen's
    for kind, digits in known:
        for match in re.finditer(_GAP.join(digits) + r"(?!\d)", text):
            yield Personal(kind, *match.span())


def _dictated(text: str) -> Iterator[Personal]:
    run: list[re.Match[str]] = []
    for match in (*_WORD.finditer(text), None):
        if match is not None and match[0].lower() in _SPOKEN:
            run.append(match)
            continue
        if len(run) >= LEAST_SPOKEN:
            yield Personal(PHONE, run[0].start(), run[-1].end())
        run = []


def _names(words: Sequence[_Word], citizen: Citizen) -> Iterator[Personal]:
    name = _plain(citizen.name)
    if len(name) > 2 and name[0] in _ADDRESSED:
        name = name[1:]
    if not name:
        return
    if len(name) > 2:
        yield from _sequences(words, name, NAME)
        yield from _sequences(words, name[-2:], NAME, capital=True)
        yield from _sequences(words, (name[0], name[-1]), NAME, capital=True)
    elif len(name) == 2:
        yield from _sequences(words, name, NAME, capital=True)
    for before, word in pairwise(words):
        if before.plain in _ADDRESSED and word.plain == name[-1] and word.capital:
            yield Personal(NAME, word.start, word.end)


def _addresses(words: Sequence[_Word], citizen: Citizen) -> Iterator[Personal]:
    # "12 đường Nguyễn Huệ" and "12 Nguyễn Huệ" are one address.
    words = [word for word in words if word.plain != "duong"]
    whole = [word for word in _plain(citizen.address) if word != "duong"]
    if len(whole) > 2 or (len(whole) == 2 and any(word.isdigit() for word in whole)):
        yield from _sequences(words, whole, ADDRESS)
    house = [word for word in _plain((citizen.address or "").split(",")[0]) if word != "duong"]
    while house and house[0] in _BEFORE_NUMBER:
        house = house[1:]
    if len(house) > 1 and house[0].isdigit():
        yield from _sequences(words, house, ADDRESS)


def _sequences(
    words: Sequence[_Word], wanted: Sequence[str], kind: str, *, capital: bool = False
) -> Iterator[Personal]:
    """Where ``wanted`` stands word by word; ``capital`` asks for names as names are written, since two syllables are a word too."""
    for index in range(len(words) - len(wanted) + 1):
        here = words[index : index + len(wanted)]
        if [word.plain for word in here] == list(wanted) and (not capital or all(word.capital for word in here)):
            yield Personal(kind, here[0].start, here[-1].end)


def _words(text: str) -> list[_Word]:
    return [
        _Word(syllable(match[0].lower()).plain, match[0][0].isupper(), *match.span()) for match in _WORD.finditer(text)
    ]


def _plain(known: str | None) -> tuple[str, ...]:
    return tuple(word.plain for word in _words(unicodedata.normalize("NFC", known or "")))


def what_is_left(fields: Iterable[tuple[str, str, str]], citizen: Citizen) -> tuple[str, str] | None:
    """The first field (name, title, text) in which personal data is left, and the sentence about it; None when there is none."""
    found = [
        (name, f"{title} còn {places(text, left)}")
        for name, title, text in fields
        if (left := find_personal(text, citizen))
    ]
    return (found[0][0], "; ".join(sentence for _, sentence in found)) if found else None
