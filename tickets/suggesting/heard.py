"""Words as they were heard or written, each with its second, and where phrases stand in them. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

from tickets.spelling import Syllable, Token, tokens
from tickets.suggesting.phrases import Phrase, Phrases

MOST_WORDS = 4000
"""The last words of a long call that are looked at."""
MOST_BETWEEN = 2
"""Words that may stand between two of a phrase."""


class SpokenWord(NamedTuple):
    """A word and its second in the call; None for a word that was written."""

    w: str
    start: float | None = None


class Found(NamedTuple):
    """A phrase and the words that say it."""

    phrase: Phrase
    start: int
    end: int
    """Tokens, the last one not included."""


class Heard:
    """Running words, ready to be searched."""

    def __init__(self, words: Sequence[SpokenWord]) -> None:
        kept = list(words)[-MOST_WORDS:]
        self.words = tuple(kept)
        self.text = " ".join(word.w for word in kept)
        self.tokens: list[Token] = tokens(self.text)
        self._owner = [index for index, word in enumerate(kept) for _ in tokens(word.w)]
        self.unmarked = bool(self.tokens) and not any(token.syllable.marked for token in self.tokens)

    @classmethod
    def of_text(cls, text: str) -> "Heard":
        """Words that somebody has written."""
        return cls([SpokenWord(word) for word in text.split()])

    def said(self, start: int, end: int) -> tuple[SpokenWord, ...]:
        """The words behind the tokens from ``start`` to ``end``."""
        return tuple(self.words[index] for index in dict.fromkeys(self._owner[start:end]))

    def find(self, phrases: Phrases) -> list[Found]:
        """Every phrase that is said, in the order of the words; of those of one topic or danger at one place the longest."""
        found: list[Found] = []
        for start, token in enumerate(self.tokens):
            taken: set[tuple[str | None, int]] = set()
            for phrase in phrases.by_first.get(token.syllable.plain, ()):
                whose = (phrase.topic, id(phrase.danger))
                if whose not in taken and (end := self._end(start, phrase, phrases.fillers)) is not None:
                    taken.add(whose)
                    found.append(Found(phrase, start, end))
        return found

    def _end(self, start: int, phrase: Phrase, fillers: frozenset[str]) -> int | None:
        """Where ``phrase`` ends if it begins at ``start``; None when it does not stand there."""
        at = start
        for index, wanted in enumerate(phrase.syllables):
            skipped = 0
            while index and at < len(self.tokens) and not self._is(at, wanted):
                if skipped >= MOST_BETWEEN or self.tokens[at].syllable.toned not in fillers:
                    return None
                skipped += 1
                at += 1
            if at >= len(self.tokens) or not self._is(at, wanted):
                return None
            at += 1
        return at

    def _is(self, at: int, wanted: Syllable) -> bool:
        heard = self.tokens[at].syllable
        return heard.toned == wanted.toned or (self.unmarked and heard.plain == wanted.plain)
