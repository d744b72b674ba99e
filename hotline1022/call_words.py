"""The caller's own words of a call, live or kept, for proposals on a slip. What they propose is `tickets.suggesting`'s."""

from collections.abc import Callable, Collection, Sequence

from hotline1022.base.access import HOTLINE_ROLES, Actor
from hotline1022.base.db import Database
from hotline1022.call_sights import LEADERS, may_read, tickets_of
from telephony.calls import store
from tickets.suggesting.heard import SpokenWord
from transcription.listening import LiveWords
from transcription.model import Word
from transcription.shelf import best_transcript

OnCall = Callable[[str], Collection[int]]
"""The accounts that are on a call now."""


class CallWords:
    """A `tickets.suggesting.suggester.WordsOf`."""

    def __init__(self, database: Database, live: LiveWords, on_call: OnCall) -> None:
        self._database, self._live, self._on_call = database, live, on_call

    async def __call__(self, call: str, by: Actor) -> Sequence[SpokenWord]:
        """The words of the caller so far; none for whoever may not hear this call. Raises DatabaseAway."""
        if by.role not in HOTLINE_ROLES:
            return ()
        hears = by.role in LEADERS or by.account in self._on_call(call)
        if hears and (live := self._live.so_far(call)):
            return _callers(live)
        if not hears and not await self._may_read(call, by):
            return ()
        kept = await best_transcript(self._database, call)
        return _callers(kept.words) if kept else ()

    async def _may_read(self, call: str, by: Actor) -> bool:
        async with self._database.reading() as connection:
            found = await store.one(connection, call, by.account)
            ticket = (await tickets_of(connection, [call])).get(call)
        return found is not None and may_read(by, found, ticket)


def _callers(words: Sequence[Word]) -> tuple[SpokenWord, ...]:
    return tuple(
        SpokenWord(word.w, word.start) for word in sorted(words, key=lambda each: each.start) if word.leg == "caller"
    )
