"""Every call in progress, and what Asterisk tells of it by three ways: its own socket, the ordinary ARI socket, AMI.

It leads callers to their flows, starts recording and live listening when they agree, and tells the product. What a flow means is the
product's business; what happens to calls while the service is dead is the dialplan's.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import structlog

from hotline1022.base.clock import Clock
from hotline1022.base.errors import HotlineError
from hotline1022.base.events import Event
from hotline1022.base.phone_numbers import e164
from hotline1022.base.tasks import Background
from ivr.flow import Flow
from ivr.model import Say, State
from telephony.ari import Ari
from telephony.call_socket import CallSocket
from telephony.caller import Arrival, Caller, CallerFacts
from telephony.events import CallArrived, CallEnded, ConsentRecorded, ReportTaken
from telephony.live import LiveLegs
from telephony.naming import QUEUE, fact_id, report_source
from telephony.outgoing import Outgoing
from telephony.phone_channel import PhoneChannel
from telephony.progress import Progress, ProgressFolder
from telephony.queue_board import QueueBoard
from telephony.recorder import Recorder

log = structlog.get_logger()

OUTGOING = "survey"
"""What the dialplan says of a call that we have made and that was answered."""

START_SECONDS = 3.0
"""A call's start is told half a second after its socket is opened; one that has not come by then never will."""


class Product(Protocol):
    """What the rest of the hotline gives to the line."""

    async def record(self, event: Event) -> None:
        """Keep a fact for good, within about two seconds, whatever the database does."""
        ...

    def next_code(self) -> str | None:
        """A ticket code that nobody else will be told; None when none is left."""
        ...

    async def look_up(self, code: str) -> tuple[bool, Mapping[str, str], Mapping[str, bool]]:
        """Whether there is a ticket of this code, and what may be said of it. Raises HotlineError."""
        ...

    def facts(self) -> Mapping[str, bool]:
        """What holds now: opening hours, the province's choices."""
        ...

    def flow(self) -> Flow:
        """The flow that a call begins with now."""
        ...

    def sounds(self, say: tuple[Say, ...]) -> list[Path]:
        """The recordings to be played, without suffix."""
        ...


class Switchboard:
    """The callers of this node. ``node`` makes call ids unique among several Asterisks."""

    def __init__(
        self,
        *,
        node: str,
        clock: Clock,
        product: Product,
        recorder: Recorder,
        legs: LiveLegs,
        progress: ProgressFolder,
        takes: Path,
        outgoing: Outgoing,
    ) -> None:
        self._outgoing = outgoing
        self._node = node
        self._clock = clock
        self._product = product
        self._recorder = recorder
        self._legs = legs
        self._progress = progress
        self._takes = takes
        self.board = QueueBoard()
        self.callers: dict[str, Caller] = {}
        self._background = Background("switchboard")

    def call_id(self, channel: str) -> str:
        """Our id of the call that came on this channel."""
        return f"{self._node}-{channel}"

    async def take(self, socket: CallSocket) -> None:
        """Serve one per-call socket until its channel leaves us."""
        start = await self._start_of(socket)
        if start is None:
            return
        channel_id, word = start["channel"]["id"], start["args"]
        channel = PhoneChannel(channel_id, Ari(socket), self._takes)
        caller = self.callers.get(channel_id)
        if word[0] == OUTGOING:
            caller = await self._outgoing.welcome(channel_id, channel, word[1:])
            self._background.begin(self._lead(caller))
        elif caller:
            caller.came_back(channel, word[-1])
        else:
            caller = await self._welcome(start["channel"], channel, word)
        channel.on_key = caller.key
        while (event := await socket.events.get()) is not None and event["type"] != "StasisEnd":
            channel.hear(event)
        if caller.channel is channel and not caller.away:
            await caller.hung_up(channel.cause or ("hangup" if event else "line-lost"))

    async def _start_of(self, socket: CallSocket) -> dict[str, Any] | None:
        """The event that begins a call; None when the socket brings none.

        Asterisk dials again at once when a call's socket breaks while we still listen, and then tells no start: such a call has lost
        its place in our flow and goes back to the dialplan, where it is served.
        """
        application = ""
        try:
            async with asyncio.timeout(START_SECONDS):
                while (event := await socket.events.get()) is not None:
                    if event["type"] == "StasisStart":
                        return event
                    application = str(event.get("application", application))
        except TimeoutError:
            await self._give_back(Ari(socket), application.partition(":")[2])
        return None

    async def _give_back(self, ari: Ari, channel_name: str) -> None:
        with suppress(HotlineError):
            for channel in await ari.channels():
                if channel["name"] == channel_name:
                    log.warning("call_given_back", call=self.call_id(channel["id"]))
                    await ari.leave(channel["id"])

    async def _welcome(self, told: dict[str, Any], channel: PhoneChannel, args: list[str]) -> Caller:
        call = self.call_id(channel.id)
        flow = self._product.flow()
        earlier = self._progress.find(call) if args[0] == "queue-left" else None
        resumed_at = State.from_json(earlier.state) if earlier and earlier.state["flow"] == flow.version else None
        number = e164(str(told["caller"]["number"]))
        arrival = Arrival(
            call=call, channel=channel.id, number=number, at=earlier.arrived if earlier else self._clock.now()
        )
        caller = Caller(arrival, flow, channel, self, self._facts(), resumed_at=resumed_at)
        self.callers[channel.id] = caller
        if resumed_at and earlier:
            caller.recorded, caller.reported, caller.times = earlier.recorded, earlier.reported, earlier.waits
            caller.left_queue(answered=args[-1] == "CONTINUE")
        with suppress(HotlineError):  # a caller who is gone already is told by the socket
            await channel.answer()
        log.info("call_arrived", call=call, flow=flow.version)
        arrived = CallArrived(id=fact_id(call, "arrived"), at=arrival.at, call=call, number=number, flow=flow.version)
        self._background.begin(self._product.record(arrived))
        self._background.begin(self._legs.watch(channel.id))
        self._background.begin(self._lead(caller))
        return caller

    async def _lead(self, caller: Caller) -> None:
        try:
            await caller.run()
        except Exception:
            # Nobody leads this call any more: the dialplan does.
            with suppress(HotlineError):
                await caller.channel.leave({})
            raise

    def _facts(self) -> dict[str, bool]:
        return {**self._product.facts(), "operators-ready": self.board.has_operators(QUEUE)}

    # What a caller's flow asks (CallerHost) --------------------------------------------------------------------------

    def now(self) -> datetime:
        """See CallerHost."""
        return self._clock.now()

    def sounds(self, say: tuple[Say, ...]) -> list[Path]:
        """See CallerHost."""
        return self._product.sounds(say)

    async def look_up(self, code: str) -> tuple[bool, Mapping[str, str], Mapping[str, bool]]:
        """See CallerHost."""
        return await self._product.look_up(code)

    async def emitted(self, caller: Caller, name: str, values: Mapping[str, str]) -> Mapping[str, str]:
        """See CallerHost."""
        if name == "consent":
            await self._consent(caller, values)
            return {}
        return await self._report(caller, values, spoken=name == "report")

    async def _consent(self, caller: Caller, values: Mapping[str, str]) -> None:
        agreed = values["given"] == "yes"
        decided = ConsentRecorded(
            id=fact_id(caller.arrival.call, "consent"),
            at=self._clock.now(),
            call=caller.arrival.call,
            recorded=agreed,
            key=values["key"] or None,
            text_version=values["text"],
        )
        try:
            await (self._listen(caller) if agreed else caller.channel.forbid_recording())
        finally:
            # What the caller decided stands, whether or not Asterisk could be told.
            await self._product.record(decided)

    async def _listen(self, caller: Caller) -> None:
        caller.recorded, caller.recorded_at = True, self._clock.now()
        try:
            await self._recorder.start(caller.channel.id)
        except HotlineError as error:
            log.error("recording_not_started", call=caller.arrival.call, reason=type(error).__name__)
        self._background.begin(self._legs.attach(caller.arrival.call, caller.channel.id, "caller"))

    async def _report(self, caller: Caller, values: Mapping[str, str], *, spoken: bool) -> Mapping[str, str]:
        call, code = caller.arrival.call, self._product.next_code()
        await self._product.record(
            ReportTaken(
                id=fact_id(call, "report"),
                at=self._clock.now(),
                call=call,
                source=report_source(call),
                number=caller.arrival.number,
                menu=values["topic"],
                urgent=values["urgent"] == "yes",
                appointment=values["kind"] == "appointment",
                spoken=spoken,
                code=code,
            )
        )
        caller.reported = True
        if code is None:
            raise HotlineError("Hết mã phiếu để dành trong khi cơ sở dữ liệu chưa trở lại")
        return {"code": code}

    def stepped(self, progress: Progress) -> None:
        """See CallerHost."""
        self._progress.write(progress)

    async def ended(self, caller: Caller, result: str) -> None:
        """See CallerHost."""
        call, channel = caller.arrival.call, caller.arrival.channel
        cause = caller.channel.cause or "hangup"
        await self._product.record(
            CallEnded(
                id=fact_id(call, "ended"),
                at=self._clock.now(),
                call=call,
                began_at=caller.arrival.at,
                cause=cause,
                result=result,
                recorded=caller.recorded,
                operator_from=caller.operator_from,
                number=caller.arrival.number,
                menu=caller.menu,
                reported=caller.reported,
                **caller.times._asdict(),
            )
        )
        self._progress.forget(call)
        self.callers.pop(channel, None)
        await self._legs.detach(call)
        log.info("call_ended", call=call, cause=cause, result=result)

    def facts_of(self, channel: str) -> CallerFacts | None:
        """See telephony.floor.hearing.Callers."""
        caller = self.callers.get(channel)
        return caller.known if caller else None

    def hear(self, event: dict[str, Any]) -> None:
        """Take one event of the ordinary ARI socket."""
        channel = event.get("channel", {}).get("id", "")
        match event["type"]:
            case "StasisStart":
                self._legs.joined(channel)
            case "ChannelDestroyed":
                self._background.begin(self._legs.gone(channel))
                self._background.begin(self._outgoing.hear_end(event))
                if caller := self.callers.get(channel):
                    self._background.begin(caller.hung_up(f"hangup-{event.get('cause', 0)}"))
            case "ChannelStateChange":
                self._outgoing.hear_state(event)

    def hear_queue(self, event: dict[str, str]) -> None:
        """Take one event of AMI."""
        if event.get("Event") == "AgentConnect" and (caller := self.callers.get(event.get("Uniqueid", ""))):
            self._operator_joins(caller)
        before = self.board.has_operators(QUEUE)
        self.board.apply(event)
        if before != self.board.has_operators(QUEUE):
            self.tell_facts()

    def tell_facts(self) -> None:
        """Let every caller's flow know what holds now."""
        for caller in self.callers.values():
            caller.facts_changed(self._facts())

    def _operator_joins(self, caller: Caller) -> None:
        caller.answered()
        if caller.recorded_at is None:
            return
        if caller.operator_from is None:
            caller.operator_from = (self._clock.now() - caller.recorded_at).total_seconds()
        self._background.begin(self._legs.attach(caller.arrival.call, caller.channel.id, "operator"))

    async def reconcile(self, channels: list[dict[str, Any]], bridges: list[dict[str, Any]]) -> None:
        """Compare what we believe with what Asterisk has: calls whose channel is gone end, pieces that nobody knows are taken away."""
        alive = {channel["id"] for channel in channels}
        for channel, caller in list(self.callers.items()):
            if channel in alive:
                self._background.begin(self._legs.watch(channel))
            else:
                await caller.hung_up("line-lost")
        await self._outgoing.reconcile(alive)
        if strays := await self._legs.sweep(channels, bridges):
            log.warning("stray_legs_removed", count=strays)

    async def close(self) -> None:
        """Stop leading calls: their sockets close, the dialplan takes them."""
        await self._background.close()
