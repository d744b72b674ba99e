"""Phrases that speak for a topic, and words of danger, as a province's file has them. Pure; finding them is ``heard``'s."""

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Literal, NamedTuple, Self

from pydantic import Field, model_validator

from hotline1022.base.rule_files import RuleModel, WrongAt
from tickets.spelling import Syllable, tokens

LONGEST = 8
"""Words of a phrase."""


class Danger(RuleModel):
    """Words after which somebody may be in danger, what is to be said at once, and whom to call."""

    words: tuple[str, ...] = Field(min_length=1)
    advice: str = Field(min_length=1)
    line: Literal["113", "114", "115"] | None = None


class Phrase(NamedTuple):
    """A phrase ready to be looked for."""

    text: str
    syllables: tuple[Syllable, ...]
    topic: str | None
    danger: Danger | None

    @property
    def weight(self) -> int:
        """What it counts for: a longer phrase says more than a single word."""
        return len(self.syllables)


class Phrases(RuleModel):
    """``phrases.yaml``; its comments say what each part does."""

    version: int
    between: tuple[str, ...] = ()
    topics: Mapping[str, tuple[str, ...]] = Field(default_factory=dict)
    dangers: tuple[Danger, ...] = ()

    @model_validator(mode="after")
    def _can_be_found(self) -> Self:
        for topic, texts in self.topics.items():
            for index, text in enumerate(texts):
                _check(text, "topics", topic, index)
        for number, danger in enumerate(self.dangers):
            for index, text in enumerate(danger.words):
                _check(text, "dangers", number, "words", index)
        return self

    @cached_property
    def fillers(self) -> frozenset[str]:
        """Words that may stand inside a phrase, by letters and tone."""
        return frozenset(token.syllable.toned for word in self.between for token in tokens(word))

    @cached_property
    def by_first(self) -> Mapping[str, tuple[Phrase, ...]]:
        """Every phrase by its first word without marks, the longest first."""
        found: dict[str, list[Phrase]] = defaultdict(list)
        all_of = [(text, topic, None) for topic, texts in self.topics.items() for text in texts]
        all_of += [(text, None, danger) for danger in self.dangers for text in danger.words]  # type: ignore[misc]
        for text, topic, danger in all_of:
            phrase = Phrase(text, tuple(token.syllable for token in tokens(text)), topic, danger)
            found[phrase.syllables[0].plain].append(phrase)
        return {first: tuple(sorted(each, key=lambda one: -one.weight)) for first, each in found.items()}


def _check(text: str, *place: str | int) -> None:
    length = len(tokens(text))
    if not 1 <= length <= LONGEST or text != text.lower():
        raise WrongAt(f"cụm từ phải có từ 1 đến {LONGEST} tiếng, viết chữ thường", *place)
