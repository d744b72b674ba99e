"""Calls that operators make: their own page rings first, then the citizen. Which number it may be is decided by rules that others have."""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

import structlog

from hotline1022.base.access import Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway, HotlineError, Invalid, Refused
from hotline1022.base.events import Event
from hotline1022.base.ids import new_id
from hotline1022.base.phone_numbers import e164
from telephony.ari import Ari
from telephony.caller import CallerFacts
from telephony.events import OperatorCallEnded, OperatorCallOutcome
from telephony.floor import presence as rules
from telephony.floor import store
from telephony.floor.presence import OperatorCall, Presence
from telephony.floor.roster import Roster, Shift
from telephony.naming import fact_id
from telephony.outgoing import CAUSES

log = structlog.get_logger()

CONTEXT = "call-out"
"""Where the dialplan takes an operator's telephone that was taken for such a call; its extension is the number."""

OWN_RING_SECONDS = 15
"""So long the operator's own page may need to take it."""

CAUSE_LAG_SECONDS = 1.0
"""Asterisk tells the ends of two channels in any order: so long the citizen's, which says why, is waited for."""

_OF_STATUS: Mapping[str, OperatorCallOutcome] = {"BUSY": "busy", "NOANSWER": "no-answer"}
"""What Asterisk's word for the end of ringing means where the line tells no cause of its own."""


class OutgoingRules(Protocol):
    """What is decided for every call that the hotline makes, whoever makes it."""

    def ready(self) -> bool:
        """Whether there is a line to call out by."""
        ...

    def allows(self, number: str) -> bool:
        """Whether a number (E.164) may be rung at all."""
        ...

    def dialled(self, number: str) -> str:
        """The digits that are dialled for it."""
        ...

    async def record(self, event: Event) -> None:
        """Keep a fact for good."""
        ...


@dataclass
class _Made:
    """A call that an operator makes, until it is over."""

    account: int
    name: str
    call: str
    leg: str
    number: str
    placed_at: datetime
    citizen: str = ""
    status: str = ""
    cause: int = 0
    """Why the citizen's channel ended, once it is ``gone``."""
    gone: bool = False
    hung_up: bool = False
    """The operator's own telephone is gone."""
    answered_at: datetime | None = None


class CallingOut:
    """The calls of this node's operators. ``node`` makes ids unique among several Asterisks."""

    def __init__(
        self,
        *,
        node: str,
        clock: Clock,
        ari: Ari,
        roster: Roster,
        database: Database,
        outgoing: OutgoingRules,
        caller_number: str,
    ) -> None:
        self._node, self._clock, self._ari, self._roster = node, clock, ari, roster
        self._database, self._rules, self._caller_number = database, outgoing, caller_number
        self._made: dict[str, _Made] = {}

    async def call(self, by: Actor, text: str) -> Shift:
        """Ring the operator's page, then this number. Raises Invalid for one that may not be rung, Refused, LineDown, AriRefused."""
        number = e164(text)
        if number is None or not self._rules.allows(number):
            raise Invalid("Số này không gọi được", remedy="ghi số di động hoặc số cố định trong nước", field="number")
        if not self._rules.ready():
            raise Refused("Tổng đài chưa có đường gọi ra", remedy="đặt HOTLINE_TRUNK_OUTGOING")
        if by.account is None:
            raise Refused("Chỉ người đã đăng nhập ở trang điều hành mới có điện thoại")
        shift, leg, now = self._roster.on_shift(by.account), new_id(), self._clock.now()
        made = _Made(shift.account, shift.name, f"{self._node}-{leg}", leg, number, now)
        before = shift.presence
        dialling = rules.dials(before, _call_of(made), now)
        # The queue is told first: while somebody dials it does not ring them.
        await self._roster.agree(shift, dialling)
        if shift.presence != before:
            await self._roster.agree(shift)
            raise Refused("Đang có cuộc gọi")
        self._made[leg] = made
        self._roster.set(shift, dialling)
        try:
            await self._ari.originate(
                leg,
                endpoint=shift.phone.device,
                context=CONTEXT,
                extension=self._rules.dialled(number),
                caller=self._caller_number,
                seconds=OWN_RING_SECONDS,
            )
        except HotlineError:
            del self._made[leg]
            self._back(shift, before)
            with suppress(HotlineError):  # nobody knows whether the order arrived
                await self._ari.hang_up(leg)
            raise
        self._roster.background.begin(self._note(made))
        return shift

    def _back(self, shift: Shift, before: Presence) -> None:
        self._roster.set(shift, replace(before, since=self._clock.now()))

    def facts_of(self, channel: str) -> CallerFacts | None:
        """What is known of a citizen whom an operator has rung, by their channel."""
        made = next((each for each in self._made.values() if each.citizen == channel and channel), None)
        if made is None:
            return None
        return CallerFacts(
            call=made.call, number=made.number, arrived_at=made.placed_at, recorded=False, direction="out"
        )

    # What Asterisk tells ----------------------------------------------------------------------------------------------

    def hear(self, event: Mapping[str, str]) -> bool:
        """Take one event of AMI; whether it was about such a call alone."""
        channel, rung = event.get("Uniqueid", ""), event.get("DestUniqueid", "")
        match event.get("Event"):
            case "DialBegin" if made := self._made.get(channel):
                made.citizen = rung
                self._change(made, lambda before: replace(before, call=before.call and _with(before.call, rung)))
                return True
            case "DialBegin" | "DialEnd" if rung in self._made:
                return True  # the operator's own page: it is not the citizen who answers
            case "DialEnd" if made := self._of_citizen(rung):
                self._rung(made, event.get("DialStatus", ""))
                return True
            case "Hangup" if made := self._of_citizen(channel):
                made.cause, made.gone = int(event.get("Cause", "0")), True
                if made.answered_at is not None or made.hung_up:
                    self._over(made)
                return made.answered_at is None
            case "Hangup" if (made := self._made.get(channel)) and made.answered_at is None:
                made.hung_up = True
                if made.citizen and not made.gone:
                    self._roster.background.begin(self._over_at_last(made))
                else:
                    self._over(made)
                return True
        return False

    def channels(self) -> set[str]:
        """See FirstHearer."""
        return {channel for each in self._made.values() for channel in (each.leg, each.citizen)}

    def _of_citizen(self, channel: str) -> _Made | None:
        return next((each for each in self._made.values() if channel and each.citizen == channel), None)

    def _rung(self, made: _Made, status: str) -> None:
        made.status = status
        if status != "ANSWER":
            return
        now = made.answered_at = self._clock.now()
        self._change(made, lambda before: rules.answered(before, now))
        self._roster.background.begin(self._note(made))

    def _change(self, made: _Made, change: Callable[[Presence], Presence]) -> None:
        shift = self._roster.shifts.get(made.account)
        if shift and shift.presence.call and shift.presence.call.call == made.call:
            self._roster.set(shift, change(shift.presence))

    def _over(self, made: _Made) -> None:
        self._made.pop(made.leg, None)
        outcome = _outcome(made)
        if made.answered_at is None:
            now = self._clock.now()
            self._change(made, lambda before: rules.ended(before, now))
            self._roster.tell_call_out(made.account, made.call, outcome)
        self._roster.background.begin(self._end(made, outcome))

    async def _over_at_last(self, made: _Made) -> None:
        await asyncio.sleep(CAUSE_LAG_SECONDS)
        if made.leg in self._made:
            self._over(made)

    async def _note(self, made: _Made) -> None:
        """The operator sees the call in their own log, whether or not it was answered."""
        facts = {"operator": made.name, "direction": "out", "answered_at": made.answered_at}
        try:
            async with self._database.transaction() as connection:
                await store.keep(connection, made.call, account=made.account, **facts)
        except DatabaseAway:
            log.warning("call_out_not_noted", call=made.call)

    async def _end(self, made: _Made, outcome: OperatorCallOutcome) -> None:
        await self._rules.record(
            OperatorCallEnded(
                id=fact_id(made.call, "ended"),
                at=self._clock.now(),
                call=made.call,
                number=made.number,
                began_at=made.placed_at,
                answered_at=made.answered_at,
                outcome=outcome,
                cause=made.cause,
            )
        )
        log.info("operator_call_ended", call=made.call, outcome=outcome, cause=made.cause)


def _call_of(made: _Made) -> OperatorCall:
    return OperatorCall(
        call=made.call,
        channel="",
        leg=made.leg,
        direction="out",
        number=made.number,
        arrived_at=made.placed_at,
        recorded=False,  # nobody has told the citizen that it would be
    )


def _with(call: OperatorCall, channel: str) -> OperatorCall:
    return replace(call, channel=channel)


def _outcome(made: _Made) -> OperatorCallOutcome:
    if made.answered_at is not None:
        return "answered"
    if not made.citizen:
        return "no-telephone"
    if made.status == "CANCEL":
        return "cancelled"
    return CAUSES.get(made.cause) or _OF_STATUS.get(made.status, "failed")
