"""Calls that the hotline makes: placed once, told apart by how they end, led through their flow when somebody answers.

Whom to ring, when, and what an answer means is not known here. A call is placed under an id that its orderer has stored before; the id
is the channel's, so after a crash Asterisk can be asked what became of it. No call is ever placed twice by this module.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import structlog

from hotline1022.base.clock import Clock
from hotline1022.base.errors import HotlineError
from hotline1022.base.events import Event
from ivr.flow import Flow
from ivr.model import Say
from telephony.ari import Ari, AriRefused, LineDown
from telephony.caller import Arrival, Caller
from telephony.events import OutgoingAnswerGiven, OutgoingCallEnded, OutgoingOutcome
from telephony.phone_channel import PhoneChannel
from telephony.progress import Progress

log = structlog.get_logger()

TRUNK = "PJSIP/trunk"
"""The endpoint that outgoing calls leave by; its events tell how they end."""

TRUNK_WATCH = "PJSIP/trunk-watch"
"""The endpoint that tells whether the carrier answers when it is asked; no call goes this way."""

CONTEXT, EXTENSION = "survey", "answered"
"""Where the dialplan takes a call that was answered."""

SILENT = "INITIALSILENCE"
"""Why AMD takes somebody for a machine who has said nothing yet."""

LONGEST_TALK_SECONDS = 240.0
"""An outgoing call that lasts longer has gone wrong and is hung up."""

LOOK_SECONDS = 5.0
"""After how long without a word about a call it is looked whether it is still there."""

CAUSES: Mapping[int, OutgoingOutcome] = {
    17: "busy", 18: "no-answer", 19: "no-answer", 21: "rejected", 1: "invalid-number", 3: "invalid-number",
    22: "invalid-number", 28: "invalid-number",
}  # fmt: skip
"""What a cause of ITU-T Q.850 means for a call that nobody took; every other one is a failure of the line."""


class OutgoingProduct(Protocol):
    """What the rest of the hotline gives to outgoing calls."""

    def survey_flow(self) -> Flow:
        """The flow that the next call follows."""
        ...

    async def about(self, attempt: str) -> tuple[Mapping[str, bool], Mapping[str, str]]:
        """The facts and values that a call's flow begins with. Raises HotlineError."""
        ...

    def sounds(self, say: tuple[Say, ...]) -> list[Path]:
        """The recordings to be played, without suffix."""
        ...

    async def record(self, event: Event) -> None:
        """Keep a fact for good, within about two seconds, whatever the database does."""
        ...


@dataclass
class _Underway:
    """A call between its placing and its end."""

    placed_at: datetime
    rang: bool = False
    answered_at: datetime | None = None
    machine: bool = False
    result: str | None = None
    commented: bool = False
    answers: list[OutgoingAnswerGiven] = field(default_factory=list)
    ending: bool = False
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the end has been kept for good, and not before: whoever waits for it forgets the call then."""


class Outgoing:
    """The hotline's own calls of this node. ``facts`` of a call have ids made from its attempt: told twice, they are one."""

    def __init__(
        self, *, node: str, clock: Clock, product: OutgoingProduct, ari: Ari, takes: Path, caller_number: str
    ) -> None:
        self._node, self._clock, self._product, self._ari, self._takes = node, clock, product, ari, takes
        self._caller_number = caller_number
        self._underway: dict[str, _Underway] = {}
        self._callers: dict[str, Caller] = {}

    # Placing a call ---------------------------------------------------------------------------------------------------

    async def place(self, attempt: str, digits: str, *, ring_seconds: int) -> None:
        """Ring ``digits`` (as the carrier wants them dialled) and return when the call is over.

        Its end is told by ``OutgoingCallEnded``, whatever it was; a call that could not be placed ends as ``failed``.
        """
        if not digits.isascii() or not digits.isdigit() or not 3 <= len(digits) <= 15:
            raise ValueError("a number is dialled by its digits alone")
        call = self._underway[attempt] = _Underway(self._clock.now())
        try:
            await self._ari.originate(
                attempt,
                endpoint=f"PJSIP/{digits}@trunk",
                context=CONTEXT,
                extension=EXTENSION,
                caller=self._caller_number,
                seconds=ring_seconds,
            )
        except AriRefused:
            await self._end(attempt, "failed", 0)
            return
        except LineDown:
            # Nobody knows whether the order arrived: if it did, its channel will be found.
            log.warning("outgoing_call_uncertain", attempt=attempt)
        await self._until_over(attempt, call, ring_seconds + LONGEST_TALK_SECONDS)

    async def follow(self, attempt: str) -> None:
        """Return when a call that an earlier run had placed, or may have placed, is over; it is never placed again."""
        call = self._underway.setdefault(attempt, _Underway(self._clock.now(), rang=True))
        if not call.over.is_set() and not await self._is_there(attempt):
            await self._end(attempt, "unknown", 0)
        await self._until_over(attempt, call, LONGEST_TALK_SECONDS)

    async def _until_over(self, attempt: str, call: _Underway, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                while not await self._over_soon(call):
                    # Its end may have been told while nobody listened: between a service's death and the next one's first word.
                    if attempt not in self._callers and not await self._is_there(attempt) and not call.over.is_set():
                        await self._end(attempt, "unknown", 0)
        except TimeoutError:
            log.warning("outgoing_call_too_long", attempt=attempt)
            with suppress(HotlineError):
                await self._ari.hang_up(attempt)
            await self._end(attempt, "unknown", 0)

    @staticmethod
    async def _over_soon(call: _Underway) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(call.over.wait(), LOOK_SECONDS)
        return call.over.is_set()

    async def _is_there(self, attempt: str) -> bool:
        while True:
            try:
                return any(channel["id"] == attempt for channel in await self._ari.channels())
            except LineDown:
                await asyncio.sleep(1)

    # What Asterisk tells ----------------------------------------------------------------------------------------------

    def hear_state(self, event: dict[str, Any]) -> None:
        """A channel of the trunk rings, or was answered."""
        call, state = self._underway.get(event["channel"]["id"]), event["channel"]["state"]
        if call is None:
            return
        call.rang = call.rang or state == "Ringing"
        if state == "Up" and call.answered_at is None:
            call.answered_at = self._clock.now()

    async def hear_end(self, event: dict[str, Any]) -> None:
        """A channel of the trunk is gone."""
        attempt, cause = event["channel"]["id"], int(event.get("cause", 0))
        if (caller := self._callers.get(attempt)) is not None:
            await caller.hung_up(f"hangup-{cause}")
        elif (call := self._underway.get(attempt)) is not None:
            await self._end(attempt, self._outcome(call, cause), cause)

    @staticmethod
    def _outcome(call: _Underway, cause: int) -> OutgoingOutcome:
        if call.answered_at is not None:
            return "answered"
        outcome = CAUSES.get(cause, "failed")
        # A telephone that never rang and never answered is not somebody who did not pick up: nothing is known of it.
        return "failed" if outcome == "no-answer" and not call.rang else outcome

    async def reconcile(self, alive: set[str]) -> None:
        """End the calls whose channel Asterisk does not have any more: their end was told while nobody listened."""
        for attempt, call in list(self._underway.items()):
            settled = (self._clock.now() - call.placed_at).total_seconds() > 5
            if attempt not in alive and settled and not call.over.is_set():
                if (caller := self._callers.get(attempt)) is not None:
                    await caller.hung_up("line-lost")
                else:
                    await self._end(attempt, "answered" if call.answered_at else "unknown", 0)

    # A call that was answered -----------------------------------------------------------------------------------------

    async def welcome(self, attempt: str, channel: PhoneChannel, judged: Sequence[str]) -> Caller:
        """Lead an answered call through its flow; ``judged`` is what Asterisk's AMD says: status and cause. Raises HotlineError.

        Somebody who takes the call and says nothing is asked like everybody else: only a voice that talks on is a machine's.
        """
        call = self._underway.setdefault(attempt, _Underway(self._clock.now()))
        call.answered_at = call.answered_at or self._clock.now()
        call.machine = judged[:1] == ["MACHINE"] and judged[1:] != [SILENT]
        facts, values = await self._product.about(attempt)
        arrival = Arrival(call=self._call_id(attempt), channel=attempt, number=None, at=call.answered_at)
        flow = self._product.survey_flow()
        caller = Caller(arrival, flow, channel, self, {**facts, "machine": call.machine}, values=values)
        self._callers[attempt] = caller
        log.info("outgoing_call_answered", attempt=attempt, flow=flow.version, machine=call.machine)
        return caller

    def now(self) -> datetime:
        """See CallerHost."""
        return self._clock.now()

    def sounds(self, say: tuple[Say, ...]) -> list[Path]:
        """See CallerHost."""
        return self._product.sounds(say)

    async def look_up(self, code: str) -> tuple[bool, Mapping[str, str], Mapping[str, bool]]:  # noqa: ARG002 - the protocol's
        """See CallerHost: nothing is looked up in a call of ours."""
        return False, {}, {}

    async def emitted(self, caller: Caller, name: str, values: Mapping[str, str]) -> Mapping[str, str]:
        """See CallerHost: an answer is kept the moment it is given."""
        attempt = caller.arrival.channel
        given = OutgoingAnswerGiven(
            id=f"{attempt}:{values['question']}"[:100],
            at=self._clock.now(),
            attempt=attempt,
            call=caller.arrival.call,
            question=values["question"],
            answer=values.get("answer", ""),
            flow=caller.flow.version,
        )
        call = self._underway[attempt]
        call.commented = call.commented or name == "comment"
        call.answers.append(given)
        await self._product.record(given)
        return {}

    def stepped(self, progress: Progress) -> None:
        """See CallerHost: an outgoing call is not gone on with by another run, so its place is not kept."""

    async def ended(self, caller: Caller, result: str) -> None:
        """See CallerHost."""
        attempt = caller.arrival.channel
        call = self._underway[attempt]
        call.result = result
        self._callers.pop(attempt, None)
        await self._end(attempt, "machine" if call.machine else "answered", _cause_of(caller.channel.cause))

    async def _end(self, attempt: str, outcome: OutgoingOutcome, cause: int) -> None:
        call = self._underway.get(attempt)
        if call is None:
            return
        if call.ending:
            await call.over.wait()
            return
        call.ending = True
        ended = OutgoingCallEnded(
            id=f"{attempt}:ended",
            at=self._clock.now(),
            attempt=attempt,
            call=self._call_id(attempt),
            began_at=call.placed_at,
            answered_at=call.answered_at,
            outcome=outcome,
            cause=int(cause),
            result=call.result,
            answers=tuple(call.answers),
            recorded=call.commented,
        )
        try:
            await self._product.record(ended)
        except BaseException:
            call.ending = False
            raise
        call.over.set()
        self._underway.pop(attempt, None)
        log.info("outgoing_call_ended", attempt=attempt, outcome=outcome, cause=cause)

    def _call_id(self, attempt: str) -> str:
        return f"{self._node}-{attempt}"


def _cause_of(told: str) -> int:
    number = told.removeprefix("hangup-")
    return int(number) if number.isdigit() else 0
