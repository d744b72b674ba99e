"""Recording of whole calls: Asterisk writes both sides while the call lasts, even if the service dies meanwhile. No audio passes here."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from hotline1022.base.ids import new_id
from telephony.ari import AlreadyGone, Ari
from telephony.recordings import open_length

JOIN_TRIES = 40
JOIN_GAP_SECONDS = 0.025
"""A fresh snoop needs a few milliseconds to enter our application; until then it cannot be recorded."""

ABANDONED_SECONDS = 5.0
"""An open file grows by 32 KiB every two seconds (measured): one that does not was left open by an Asterisk that died."""

_LOOK_SECONDS = 0.1


async def until_closed(takes: Sequence[Path]) -> None:
    """Wait until Asterisk has written the last sample into all of these files; those that are not there are not waited for."""
    await asyncio.gather(*(_until_closed(take) for take in takes))


async def _until_closed(take: Path) -> None:
    size, waited = -1, 0.0
    while waited < ABANDONED_SECONDS and (open_at := await asyncio.to_thread(open_length, take)) is not None:
        waited = waited + _LOOK_SECONDS if open_at == size else 0.0
        size = open_at
        await asyncio.sleep(_LOOK_SECONDS)


class Recorder:
    """Starts recordings. They end by themselves with the call: a snoop lives as long as the channel that it hears."""

    def __init__(self, ari: Ari, app: str, folder: Path) -> None:
        self._ari = ari
        self._app = app
        self._folder = folder

    async def start(self, channel: str) -> None:
        """Record both sides of a channel from now on. Raises HotlineError when Asterisk refuses."""
        await asyncio.gather(self._side(channel, "in"), self._side(channel, "out"))

    def sides(self, channel: str) -> tuple[Path, Path]:
        """The files of a channel's recording: the caller, and what the caller heard."""
        return self._folder / f"{channel}-in.wav", self._folder / f"{channel}-out.wav"

    async def _side(self, channel: str, spy: str) -> None:
        snoop = new_id()
        await self._ari.snoop(channel, snoop, spy=spy, app=self._app)
        for _ in range(JOIN_TRIES):
            try:
                return await self._ari.record(snoop, f"{channel}-{spy}")
            except AlreadyGone:
                await asyncio.sleep(JOIN_GAP_SECONDS)
        return await self._ari.record(snoop, f"{channel}-{spy}")
