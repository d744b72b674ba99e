"""Which words of a text can be searched for: bare of marks, each once, numbers that tell who somebody is left out. Pure."""

from tickets.spelling import tokens

MOST = 400
"""Words of one ticket that are kept."""

LONGEST = 24
_TELLING = 7
"""Digits in a row from which a number may be somebody's: it is searched for by its own field only."""


def searchable(text: str) -> list[str]:
    """The words of ``text`` as they are searched for, in their order."""
    found = (token.syllable.plain for token in tokens(text))
    kept = (word for word in found if 1 < len(word) <= LONGEST and not (word.isdigit() and len(word) >= _TELLING))
    return list(dict.fromkeys(kept))[:MOST]
