"""After a call: its recording is made whole and told. Transcribing it is another context's work."""

import asyncio
from pathlib import Path

import structlog

from hotline1022.base.clock import Clock
from telephony.events import CallEnded, OutgoingCallEnded, RecordingLost, RecordingReady
from telephony.naming import channel_of, fact_id
from telephony.recorder import Recorder, until_closed
from telephony.recordings import RecordingShelf
from telephony.switchboard import Product

log = structlog.get_logger()


class Aftermath:
    """Finishes recordings; a durable job calls it for every call that ended."""

    def __init__(
        self, *, node: str, clock: Clock, product: Product, recorder: Recorder, shelf: RecordingShelf, takes: Path
    ) -> None:
        self._node = node
        self._clock = clock
        self._product = product
        self._recorder = recorder
        self._shelf = shelf
        self._takes = takes

    async def finish(self, ended: CallEnded | OutgoingCallEnded) -> None:
        """Make the recording of a call that ended and tell that it is ready, or why there is none. Raises OSError to be tried again."""
        if not ended.recorded:
            return
        channel = channel_of(self._node, ended.call)
        sides = self._recorder.sides(channel)
        takes = sorted(self._takes.glob(f"{channel}-take-*.wav"))
        await until_closed([*sides, *takes])
        recording = await asyncio.to_thread(self._shelf.finish, ended.call, ended.began_at, sides, takes)
        if recording is None:
            await self._product.record(
                RecordingLost(
                    id=fact_id(ended.call, "recording"),
                    at=self._clock.now(),
                    call=ended.call,
                    reason="Asterisk không để lại âm thanh nào của cuộc gọi này",
                )
            )
            return
        await self._product.record(
            RecordingReady(
                id=fact_id(ended.call, "recording"),
                at=self._clock.now(),
                call=ended.call,
                path=recording.path,
                sha256=recording.sha256,
                seconds=recording.seconds,
                operator_from=ended.operator_from,
            )
        )
