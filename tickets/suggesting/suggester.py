"""Brings the caller's words, the rules and the open tickets together into proposals. What words propose is ``proposing``'s."""

from collections.abc import Sequence
from typing import Protocol

from hotline1022.base.access import Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from tickets.rules import StandingRules
from tickets.suggesting.alike import similar
from tickets.suggesting.heard import Heard, SpokenWord
from tickets.suggesting.model import Suggestions
from tickets.suggesting.proposing import Chosen, certain_place, propose


class WordsOf(Protocol):
    """The caller's own words of a call so far, in their order, each with its second from the start of the recording."""

    async def __call__(self, call: str, by: Actor) -> Sequence[SpokenWord]:
        """The words of ``call``; none when there are none, or when they are no business of ``by``."""
        ...


async def no_words(call: str, by: Actor) -> Sequence[SpokenWord]:  # noqa: ARG001 (a ``WordsOf``)
    """Where nobody listens."""
    return ()


class Suggester:
    """Proposals for a slip. Methods raise DatabaseAway. ``words_of`` is given by whoever has the calls."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._database, self._clock, self._rules = database, clock, rules
        self.words_of: WordsOf = no_words

    async def suggest(self, by: Actor, *, call: str | None, text: str | None, chosen: Chosen) -> Suggestions:
        """What the words of a call and a written text propose together; nothing is stored, no field is filled."""
        spoken = list(await self.words_of(call, by)) if call else []
        spoken += Heard.of_text(text or "").words
        heard, rules, now = Heard(spoken), self._rules.current, self._clock.now()
        proposed = propose(heard, rules, now, chosen)
        topic = chosen.topic or (proposed.topic[0].value if proposed.topic else None)
        place = chosen.place or certain_place(heard, rules)
        async with self._database.reading() as connection:
            alike = await similar(connection, rules, topic=topic, place=place, text=heard.text, now=now)
        return proposed.model_copy(update={"similar": alike})
