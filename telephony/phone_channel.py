"""One caller's channel while it is with us: commands go out, what Asterisk tells of it becomes answers. It knows no flow and no ticket."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from hotline1022.base.errors import HotlineError
from hotline1022.base.ids import new_id
from telephony.ari import Ari, LineClosed, LineDown
from telephony.recordings import spoken_seconds

LONGEST_PLAYBACK_SECONDS = 300.0
"""No menu speaks longer: a playback without an end by then will never tell one."""

STOP_LAG_SECONDS = 10.0
"""How long after its limit a recording may go without telling its end."""

HANG_UP_LAG_SECONDS = 1.0
"""A hang-up ends a running recording first and is told up to a quarter of a second later (measured); this is how long it is awaited."""


@dataclass(frozen=True)
class Take:
    """A recording that has ended while the caller stayed on the line; lengths in seconds."""

    seconds: float
    spoken_seconds: float
    ended_by: Literal["key", "silence", "length"]


class PhoneChannel:
    """Plays to, records and sends away one channel. Cancelling a method stops what it had begun."""

    def __init__(self, channel: str, ari: Ari, takes: Path) -> None:
        self.id = channel
        self._ari = ari
        self._takes = takes
        self.on_key: Callable[[str], None] = lambda _key: None
        """Who is told of keys."""
        self._playback: tuple[str, asyncio.Future[None]] | None = None
        self._take: tuple[str, asyncio.Future[dict[str, Any]]] | None = None
        self._finished = False
        self.gone = asyncio.Event()
        """Set when the caller's channel is no longer ours: hung up, or lost with Asterisk itself."""
        self.cause = ""

    def hear(self, event: dict[str, Any]) -> None:
        """Take one event of this channel."""
        match event["type"]:
            case "ChannelDtmfReceived":
                if self._take and event["digit"] == "#":
                    self._finished = True
                else:
                    self.on_key(str(event["digit"])[:1])
            case "PlaybackFinished":
                if self._playback and self._playback[0] == event["playback"]["id"] and not self._playback[1].done():
                    self._playback[1].set_result(None)
            case "RecordingFinished" | "RecordingFailed":
                if self._take and self._take[0] == event["recording"]["name"] and not self._take[1].done():
                    self._take[1].set_result(event["recording"])
            case "ChannelHangupRequest" | "ChannelDestroyed":
                self.cause = self.cause or f"hangup-{event.get('cause', 16)}"

    def lost(self, cause: str) -> None:
        """The channel is gone; the first cause told is kept."""
        self.cause = self.cause or cause
        self.gone.set()

    async def answer(self) -> None:
        """Answer the call."""
        await self._ari.answer(self.id)

    async def play(self, sounds: Sequence[Path]) -> None:
        """Play recordings one after the other and return when the last has been heard."""
        if not sounds:
            return
        name, heard = new_id(), asyncio.get_running_loop().create_future()
        self._playback = (name, heard)
        try:
            await self._ari.play(self.id, name, [str(sound) for sound in sounds])
            async with asyncio.timeout(LONGEST_PLAYBACK_SECONDS):
                await heard
        except TimeoutError as error:
            raise LineDown("Asterisk không báo đã phát xong lời nhắc") from error
        finally:
            self._playback = None
            if not heard.done() or heard.cancelled():
                await _quietly(self._ari.stop_playback(name))

    async def record(self, *, max_seconds: float, silence_seconds: float, beep: bool) -> Take | None:
        """Record the caller until ``#``, silence or the limit. None: they hung up meanwhile; what they said is then in ``spoken``."""
        name = f"{self.id}-take-{new_id()}"
        ended: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._take, self._finished = (name, ended), False
        silence = max(1, round(silence_seconds))
        await self._ari.record(
            self.id, name, max_seconds=round(max_seconds), silence_seconds=silence, beep=beep, finish_key="#"
        )
        try:
            async with asyncio.timeout(max_seconds + STOP_LAG_SECONDS):
                recording = await ended
            if self._finished:
                ended_by: Literal["key", "silence", "length"] = "key"
            elif recording.get("duration", 0) >= max_seconds:
                ended_by = "length"
            elif recording.get("silence_duration", 0) >= silence or not await self.hangs_up():
                ended_by = "silence"
            else:
                return None
            spoken = await self.spoken()
            self._take = None
            return Take(float(recording.get("duration", 0)), spoken, ended_by)
        except TimeoutError as error:
            raise LineDown("Asterisk không báo đã ghi âm xong") from error
        finally:
            if not ended.done() or ended.cancelled():
                await _quietly(self._ari.stop_recording(name))
                self._take = None

    async def hangs_up(self) -> bool:
        """Whether the caller turns out to be gone, which Asterisk tells a moment after it begins to refuse."""
        try:
            async with asyncio.timeout(HANG_UP_LAG_SECONDS):
                await self.gone.wait()
        except TimeoutError:
            return False
        return True

    async def spoken(self) -> float:
        """Seconds of sound in the recording that runs or has just been cut by a hang-up; 0 if there is none."""
        if self._take is None:
            return 0.0
        return await asyncio.to_thread(spoken_seconds, self._takes / f"{self._take[0]}.wav")

    async def leave(self, variables: Mapping[str, str]) -> None:
        """Give the call back to the dialplan with these variables, which say what it is to do."""
        for name, value in variables.items():
            await self._ari.set_variable(self.id, name, value)
        # The channel may be gone, and its socket with it, faster than Asterisk answers that it may go: seen on a busy machine.
        # Was it Asterisk or the caller who went instead, the ordinary connection tells.
        with suppress(LineClosed):
            await self._ari.leave(self.id)

    async def forbid_recording(self) -> None:
        """Tell the dialplan, which takes over when we are gone, that this caller must not be recorded."""
        await self._ari.set_variable(self.id, "HOTLINE_NO_RECORDING", "1")

    async def hang_up(self) -> None:
        """End the call, and tell the dialplan that nothing is left to do for it."""
        await _quietly(self._ari.set_variable(self.id, "HOTLINE_DONE", "1"))
        await _quietly(self._ari.hang_up(self.id))


async def _quietly(request: Any) -> None:
    try:
        await asyncio.shield(request)
    except HotlineError:
        return
