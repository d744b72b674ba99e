"""Recordings that nobody has heard yet: transcribing was given up, or no engine was there. They are tried again, day after day.

A small sweep beside the durable jobs: in a healthy installation it finds nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import structlog

from hotline1022.base.clock import Clock
from telephony.call_book import CallBook
from telephony.events import RecordingReady
from transcription.shelf import TranscriptShelf

log = structlog.get_logger()

SWEEP_SECONDS = 3600.0
TOO_FRESH = timedelta(hours=1)
TOO_OLD = timedelta(days=30)
"""Recordings that ended within this span are looked at: the jobs themselves try for the first hours."""

Again = Callable[[RecordingReady, str], Awaitable[None]]
"""Has a recording transcribed once more; the text tells this trial from earlier ones."""


class UnheardRecordings:
    """Finds calls that have a recording and no transcript of it."""

    def __init__(self, book: CallBook, transcripts: TranscriptShelf, clock: Clock, again: Again) -> None:
        self._book, self._transcripts, self._clock, self._again = book, transcripts, clock, again

    async def run(self) -> None:
        """Sweep for ever."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self.sweep()

    async def sweep(self) -> int:
        """Have every unheard recording transcribed again; gives how many there were. Raises DatabaseAway."""
        now = self._clock.now()
        recorded = await self._book.recorded_between(now - TOO_OLD, now - TOO_FRESH)
        heard = await self._transcripts.heard_after([call.id for call in recorded])
        unheard = [call for call in recorded if call.id not in heard]
        for call in unheard:
            ready = RecordingReady(
                at=now,
                call=call.id,
                path=call.recording or "",
                sha256=call.recording_sha256 or "",
                seconds=call.recording_seconds or 0.0,
                operator_from=call.operator_from,
            )
            await self._again(ready, f"{now:%Y%m%dT%H}")
        if unheard:
            log.warning("recordings_unheard", count=len(unheard))
        return len(unheard)
