"""Live audio legs: one direction of a call, sent by Asterisk straight to a transcriber. No audio and no word passes through here."""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Protocol

import structlog

from hotline1022.base.errors import HotlineError
from hotline1022.base.ids import new_id
from telephony.ari import AlreadyGone, Ari
from telephony.events import Side

log = structlog.get_logger()

JOIN_SECONDS = 3.0
"""How long a leg's two channels may take to appear in our application."""


class Listening(Protocol):
    """Who takes live audio. Written here because the line is its user."""

    async def admit(self, leg: str, call: str, side: Side) -> str | None:
        """The AudioSocket address ("host:port") to send the leg to, or None when it must wait until after the call."""
        ...

    async def release(self, leg: str) -> None:
        """The leg has ended or never began."""
        ...


@dataclass(frozen=True)
class Leg:
    """One leg's pieces in Asterisk: the snoop hears, the media channel (whose id is the leg's) sends, the bridge joins them."""

    id: str
    call: str
    snoop: str
    bridge: str


class LiveLegs:
    """Attaches legs to calls and takes every piece away again, whichever end goes first."""

    def __init__(self, ari: Ari, app: str, listening: Listening) -> None:
        self._ari = ari
        self._app = app
        self._listening = listening
        self._legs: dict[str, Leg] = {}
        self._joining: dict[str, asyncio.Future[None]] = {}
        self.others: Callable[[], Collection[str]] = frozenset
        """Channels and bridges in Asterisk that somebody else of the house has made and takes away."""

    def __len__(self) -> int:
        """How many legs there are."""
        return len(self._legs)

    async def attach(self, call: str, channel: str, side: Side) -> None:
        """Begin to listen to one side of a call; a refusal or a fault leaves the call as it is and is logged."""
        leg = Leg(new_id(), call, new_id(), new_id())
        try:
            address = await self._listening.admit(leg.id, call, side)
            if address is None:
                return
            await self._connect(leg, channel, "in" if side == "caller" else "out", address)
        except (HotlineError, TimeoutError) as error:
            log.warning("live_leg_failed", reason=type(error).__name__, side=side)
            await self._remove(leg)

    async def _connect(self, leg: Leg, channel: str, spy: str, address: str) -> None:
        self._legs[leg.id] = leg
        loop = asyncio.get_running_loop()
        joined = [self._joining.setdefault(name, loop.create_future()) for name in (leg.id, leg.snoop)]
        try:
            await self._ari.create_bridge(leg.bridge)
            await self._ari.external_media(leg.id, address=address, app=self._app)
            await self._ari.snoop(channel, leg.snoop, spy=spy, app=self._app)
            async with asyncio.timeout(JOIN_SECONDS):
                await asyncio.gather(*joined)
            await self._ari.add_to_bridge(leg.bridge, leg.id, leg.snoop)
        finally:
            for name in (leg.id, leg.snoop):
                self._joining.pop(name, None)

    def joined(self, channel: str) -> None:
        """A channel has entered our application."""
        waiting = self._joining.get(channel)
        if waiting and not waiting.done():
            waiting.set_result(None)

    async def gone(self, channel: str) -> None:
        """A channel has been destroyed: when it was a leg's, the rest of the leg goes too."""
        for leg in [leg for leg in self._legs.values() if channel in (leg.id, leg.snoop)]:
            await self._remove(leg)

    async def detach(self, call: str) -> None:
        """Stop listening to a call."""
        for leg in [leg for leg in self._legs.values() if leg.call == call]:
            await self._remove(leg)

    async def _remove(self, leg: Leg) -> None:
        self._legs.pop(leg.id, None)
        for taking_away in (
            self._ari.hang_up(leg.snoop),
            self._ari.hang_up(leg.id),
            self._ari.destroy_bridge(leg.bridge),
            self._listening.release(leg.id),
        ):
            try:
                await taking_away
            except AlreadyGone:
                pass
            except HotlineError as error:
                log.warning("live_leg_not_removed", reason=type(error).__name__)

    async def watch(self, channel: str) -> None:
        """Hear of the end of a channel that is not in our application."""
        try:
            await self._ari.subscribe(self._app, channel)
        except HotlineError as error:
            log.debug("channel_not_watched", reason=type(error).__name__)

    async def sweep(self, channels: list[dict[str, Any]], bridges: list[dict[str, Any]]) -> int:
        """Take away pieces of legs that nobody knows: left by an earlier run of the service. Gives how many there were.

        A snoop outside a bridge is a recording and stays: it belongs to a call that the dialplan still serves.
        """
        ours = {piece for leg in self._legs.values() for piece in (leg.id, leg.snoop, leg.bridge)} | set(self.others())
        strange = [bridge for bridge in bridges if bridge["bridge_class"] == "stasis" and bridge["id"] not in ours]
        stray = {channel["id"] for channel in channels if channel["name"].startswith("AudioSocket/")} - ours
        stray |= {channel for bridge in strange for channel in bridge["channels"]} - ours
        leftovers = [self._ari.hang_up(name) for name in stray] + [
            self._ari.destroy_bridge(each["id"]) for each in strange
        ]
        for taking_away in leftovers:
            with suppress(AlreadyGone):
                await taking_away
        return len(leftovers)
