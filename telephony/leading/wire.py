"""The pieces of a listening in Asterisk: the leader's channel and a snoop on the operator's, in a bridge of their own. No rule is here.

The snoop hears both sides. What the leader says goes nowhere (listen), to the operator's ear (whisper), or to the ear and with the
operator's own voice to the citizen (barge): so the recording and the live words, which hear the citizen's channel, have it as well.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog

from hotline1022.base.errors import HotlineError
from hotline1022.base.ids import new_id
from telephony.ari import AlreadyGone, Ari
from telephony.leading.store import Mode

log = structlog.get_logger()

PREFIX = "listening-"
"""Every channel of a listening is called so: those that an earlier run of the service has left are known by it."""

RING_SECONDS = 15
"""So long the leader's own page may need to take it."""

JOIN_SECONDS = 3.0
"""How long a snoop may take to appear in our application."""

WHISPERS: Mapping[Mode, str] = {"listen": "none", "whisper": "out", "barge": "both"}


def _named() -> str:
    return PREFIX + new_id()


@dataclass(eq=False)
class Pieces:
    """What one listening has in Asterisk."""

    channel: str = field(default_factory=_named)
    bridge: str = field(default_factory=_named)
    snoop: str = ""
    connecting: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the snoop is changed for another."""

    @property
    def all(self) -> frozenset[str]:
        """Their ids."""
        return frozenset({self.channel, self.bridge, self.snoop} - {""})


class Wire:
    """Connects leaders to calls. ``app`` is the ARI application whose events are given to ``joined``."""

    def __init__(self, ari: Ari, app: str, caller: str) -> None:
        self._ari, self._app, self._caller = ari, app, caller
        self._joining: dict[str, asyncio.Future[None]] = {}

    def joined(self, channel: str) -> None:
        """A channel has entered our application."""
        waiting = self._joining.get(channel)
        if waiting and not waiting.done():
            waiting.set_result(None)

    async def ring(self, pieces: Pieces, endpoint: str) -> None:
        """Ring the leader's telephone. Raises LineDown, AriRefused."""
        self._joining[pieces.channel] = asyncio.get_running_loop().create_future()
        await self._ari.create_bridge(pieces.bridge)
        await self._ari.ring(
            pieces.channel, endpoint=endpoint, app=self._app, caller=self._caller, seconds=RING_SECONDS
        )

    async def answered(self, pieces: Pieces) -> None:
        """Wait until the leader's telephone is taken. Raises TimeoutError, LineDown, AriRefused."""
        waiting = self._joining.get(pieces.channel)
        if waiting is None:
            raise TimeoutError
        try:
            async with asyncio.timeout(RING_SECONDS + JOIN_SECONDS):
                await waiting
        finally:
            self._joining.pop(pieces.channel, None)
        await self._ari.add_to_bridge(pieces.bridge, pieces.channel)

    async def attach(self, pieces: Pieces, leg: str, mode: Mode) -> None:
        """Hear the operator's ``leg`` in this mode, and in no other any more. Raises TimeoutError, LineDown, AriRefused."""
        async with pieces.connecting:
            before, pieces.snoop = pieces.snoop, _named()
            if before:  # first: through two snoops at once people would hear themselves
                await self._away(before)
            snoop = pieces.snoop
            joined = self._joining[snoop] = asyncio.get_running_loop().create_future()
            try:
                await self._ari.snoop(leg, snoop, spy="both", whisper=WHISPERS[mode], app=self._app)
                async with asyncio.timeout(JOIN_SECONDS):
                    await joined
            finally:
                self._joining.pop(snoop, None)
            await self._ari.add_to_bridge(pieces.bridge, snoop)

    async def remove(self, pieces: Pieces) -> None:
        """Take every piece away, whatever is left of them."""
        if waiting := self._joining.pop(pieces.channel, None):
            waiting.cancel()
        for channel in (pieces.snoop, pieces.channel):
            if channel:
                await self._away(channel)
        try:
            await self._ari.destroy_bridge(pieces.bridge)
        except AlreadyGone:
            log.debug("listening_had_no_bridge")
        except HotlineError as error:
            log.warning("listening_not_removed", reason=type(error).__name__)

    async def _away(self, channel: str) -> None:
        try:
            await self._ari.hang_up(channel)
        except AlreadyGone:
            log.debug("was_over_already")
        except HotlineError as error:
            log.warning("listening_not_removed", reason=type(error).__name__)

    async def channels(self, ours: frozenset[str]) -> frozenset[str]:
        """Every channel that Asterisk has; those of listenings that nobody knows are ended. Raises LineDown, AriRefused."""
        there: list[dict[str, Any]] = await self._ari.channels()
        named = frozenset(str(channel["id"]) for channel in there)
        for stray in sorted(channel for channel in named - ours if channel.startswith(PREFIX)):
            log.warning("stray_listening_ended")
            await self._away(stray)
        return named
