"""Vietnamese syllables as written, without marks, and as the South sounds them. Pure; no place name is known here."""

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

_TONES = {"\u0300": "1", "\u0301": "2", "\u0309": "3", "\u0303": "4", "\u0323": "5"}
_FINAL_Y = re.compile(r"(qu|[bcdđghklmnprstvx]+)y")
_INITIALS = (
    ("gi", "z"), ("ngh", "N"), ("ng", "N"), ("nh", "J"), ("gh", "g"), ("ph", "f"), ("th", "T"), ("tr", "c"),
    ("ch", "c"), ("kh", "K"), ("qu", "q"), ("d", "z"), ("v", "z"), ("s", "x"), ("k", "k"), ("c", "k"), ("r", "g"),
)  # fmt: skip
"""How initials fall together on a Mekong tongue: d, gi and v; s and x; tr and ch; r and g. Capitals are one sound."""
_FINALS = (("ng", "n"), ("nh", "n"), ("ch", "t"), ("c", "t"))
_WORD = re.compile(r"[^\W\d_]+|[0-9]+[^\W_]*")  # "p5" is two words, "1c" is one, and no number
_BREAK = re.compile(r"[,;:!?\n/|()–—]|\.(?!\S)")


class Syllable(NamedTuple):
    """One written word in three degrees of sharpness."""

    toned: str
    """Letters and tone; "hoà" and "hòa", "quý" and "quí" are one."""
    plain: str
    """Without any mark: what people type on a bare keyboard."""
    sound: str
    """As heard in the South: what a recogniser confuses is one."""
    marked: bool
    """Whether it carries any Vietnamese mark."""


@lru_cache(maxsize=16384)
def syllable(word: str) -> Syllable:
    """The syllable of a lower-case word."""
    tone, letters = "", ""
    for sign in unicodedata.normalize("NFD", word):
        if sign in _TONES:
            tone = _TONES[sign]
        else:
            letters += sign
    letters = unicodedata.normalize("NFC", letters)
    if _FINAL_Y.fullmatch(letters):
        letters = letters[:-1] + "i"
    plain = _bare(letters.replace("đ", "d"))
    return Syllable(letters + tone, plain, _sound(letters), bool(tone) or plain != letters)


def _bare(letters: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", letters) if not unicodedata.combining(sign))


def _sound(letters: str) -> str:
    initial, rest = "", letters
    for written, heard in _INITIALS:
        if letters.startswith(written) and len(letters) > len(written):
            initial, rest = heard, letters[len(written) :]
            break
    for written, heard in _FINALS:
        if rest.endswith(written):
            rest = rest[: -len(written)] + heard
            break
    return initial + _bare(rest)


class Token(NamedTuple):
    """A word of a text: how it is spelt, whether it began with a capital, whether a pause was written before it."""

    word: str
    syllable: Syllable
    capital: bool
    dotted: bool
    """A full stop follows at once: "P.5", "tt. Lai Vung"."""
    breaks: bool
    """A comma or the like stands between the word before and this one."""


def tokens(text: str) -> list[Token]:
    """The words of ``text``. A full stop after one or two letters is an abbreviation's, not a pause."""
    text = unicodedata.normalize("NFC", text)
    found: list[Token] = []
    end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        if found and between.startswith(".") and len(found[-1].word) <= 2:
            between = between[1:]
        word = match[0].lower()
        dotted = text[match.end() : match.end() + 1] == "."
        found.append(Token(word, syllable(word), match[0][0].isupper(), dotted, bool(_BREAK.search(between))))
        end = match.end()
    return found
