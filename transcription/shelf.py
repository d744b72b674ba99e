"""Transcripts kept and found by call; a fresh one is told in the transaction that keeps it. No engine and no ticket is known here."""

from collections.abc import Awaitable, Callable, Collection

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from transcription import store
from transcription.events import TranscriptFailed, TranscriptReady
from transcription.model import Phase, Transcript

RecordEvent = Callable[[AsyncConnection, Event], Awaitable[None]]
"""Keeps an event in the transaction of the change that it tells."""


class TranscriptShelf:
    """Transcripts of calls. Methods raise DatabaseAway."""

    def __init__(self, database: Database, clock: Clock, record_event: RecordEvent) -> None:
        self._database, self._clock, self._record_event = database, clock, record_event

    async def keep(self, call: str, phase: Phase, transcript: Transcript, recording_sha256: str = store.LIVE) -> None:
        """Keep a transcript and tell that it is ready; one of the same call, phase and recording stays as it is."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            fresh = await store.keep(
                connection, call=call, phase=phase, transcript=transcript, now=now, recording_sha256=recording_sha256
            )
            if fresh:
                ready = TranscriptReady(
                    at=now,
                    call=call,
                    phase=phase,
                    engine=transcript.engine,
                    model=transcript.model,
                    words=len(transcript.words),
                    seconds=transcript.seconds,
                )
                await self._record_event(connection, ready)

    async def failed(self, call: str, recording_sha256: str, reason: str) -> None:
        """Tell, once a recording, that it could not be transcribed yet."""
        event = TranscriptFailed(
            id=f"transcript-failed:{recording_sha256}", at=self._clock.now(), call=call, reason=reason
        )
        async with self._database.transaction() as connection:
            await self._record_event(connection, event)

    async def heard_after(self, calls: Collection[str]) -> set[str]:
        """Those of the calls whose recording has been transcribed."""
        async with self._database.reading() as connection:
            return await store.heard_after(connection, calls)

    async def best(self, call: str) -> Transcript | None:
        """The best transcript of a call: from its recording if there is one, else what was heard live."""
        return await best_transcript(self._database, call)


async def best_transcript(database: Database, call: str) -> Transcript | None:
    """See TranscriptShelf.best."""
    async with database.reading() as connection:
        found = await store.of_call(connection, call)
    return found[0].transcript if found else None
