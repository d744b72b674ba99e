"""What Asterisk tells of operators and of the queue, and what becomes of it: AMI in, states out. It asks nobody anything."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol

import structlog

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from telephony.ari import Ari, AriRefused
from telephony.caller import CallerFacts
from telephony.floor import presence as rules
from telephony.floor import store
from telephony.floor.phones import PhoneAccounts
from telephony.floor.presence import OperatorCall
from telephony.floor.roster import Roster, Shift

log = structlog.get_logger()

LOOK_SECONDS = 1.0


class Callers(Protocol):
    """Implemented by the switchboard."""

    def facts_of(self, channel: str) -> CallerFacts | None:
        """What is known of the caller on a channel of Asterisk."""
        ...


class FirstHearer(Protocol):
    """Implemented by calling out and by consultation."""

    def hear(self, event: Mapping[str, str]) -> bool:
        """Take one event of AMI; whether it was about theirs alone."""
        ...

    def channels(self) -> set[str]:
        """The channels whose end they wait for."""
        ...


class FloorEar:
    """Hears AMI for the floor, and puts the operators back after a connection was lost."""

    def __init__(
        self, *, clock: Clock, ari: Ari, phones: PhoneAccounts, roster: Roster, callers: Callers, database: Database
    ) -> None:
        self._clock, self._ari, self._phones = clock, ari, phones
        self._roster, self._callers, self._database = roster, callers, database
        self.hear_channel: Callable[[Mapping[str, Any]], None] = lambda _event: None
        """Takes the events of the ordinary ARI socket."""
        self.first: list[FirstHearer] = []
        """Who hears an event before the floor does; what one of them takes is theirs alone."""
        self._spoken_to: set[str] = set()
        """Channels of citizens whom an operator had: who is sent back into the queue and gives up is in the day's figures already."""

    def hear(self, event: Mapping[str, str]) -> None:
        """Take one event of AMI."""
        now = self._clock.now()
        if self._roster.waiting.apply(event, now):
            if event["Event"] == "QueueCallerAbandon" and event["Uniqueid"] not in self._spoken_to:
                self._roster.abandoned.append(now)
            self._roster.tell_queue()
        if any(hearer.hear(event) for hearer in self.first):
            return
        match event.get("Event"):
            case "DialBegin":
                self._rings(event, now)
            case "DialEnd":
                self._rung(event, now)
            case "AgentRingNoAnswer":
                if shift := self._roster.of_device(event.get("Interface", "")):
                    self._missed(shift, now)
            case "AgentConnect":
                if shift := self._roster.of_device(event.get("Interface", "")):
                    self._roster.background.begin(self.note_answer(shift, float(event.get("HoldTime", "0"))))
            case "Hold" | "Unhold":
                self._holds(event)
            case "Hangup":
                self._hung_up(event.get("Uniqueid", ""), now)

    def _rings(self, event: Mapping[str, str], now: datetime) -> None:
        shift = self._roster.of_device(event.get("DestChannel", "").rpartition("-")[0])
        channel = event.get("Uniqueid", "")
        facts = self._callers.facts_of(channel)
        if shift is None or facts is None:
            return
        call = OperatorCall(
            call=facts.call,
            channel=channel,
            leg=event.get("DestUniqueid", ""),
            direction=facts.direction,
            number=facts.number,
            arrived_at=self._roster.waiting.since.get(channel, facts.arrived_at),
            recorded=facts.recorded,
        )
        self._roster.set(shift, rules.rings(shift.presence, call, now))
        self._roster.tell_ringing(shift)

    def _rung(self, event: Mapping[str, str], now: datetime) -> None:
        shift = self._roster.of_leg(event.get("DestUniqueid", ""))
        if shift is None or shift.presence.call is None:
            return
        call, status = shift.presence.call.call, event.get("DialStatus")
        if status == "ANSWER":
            self._roster.set(shift, rules.answered(shift.presence, now))
            self._roster.tell_ringing_over(shift, call, "answered")
            self._spoken_to.add(shift.presence.call.channel)
            self._roster.background.begin(self.note_answer(shift))
        elif shift.presence.state == "ringing":
            # Whoever rings up and gives up cancels; everything else is a telephone that was not taken.
            gone = status == "CANCEL"
            self._roster.set(shift, rules.not_answered(shift.presence, "gone" if gone else "missed", now))
            self._roster.tell_ringing_over(shift, call, "caller-gone" if gone else "missed")

    def _missed(self, shift: Shift, now: datetime) -> None:
        if shift.presence.state != "ringing" and (
            shift.presence.state in rules.BUSY or shift.presence.state == "wrap-up"
        ):
            return
        if (shift.presence.state, shift.presence.reason) == ("paused", "declined"):
            return
        self._roster.set(shift, rules.pause(rules.not_answered(shift.presence, "missed", now), "missed", now))

    def _holds(self, event: Mapping[str, str]) -> None:
        if shift := self._roster.of_leg(event.get("Uniqueid", "")):
            now = self._clock.now()
            change = rules.held(shift.presence, now) if event["Event"] == "Hold" else rules.resumed(shift.presence)
            self._roster.set(shift, change)

    def _hung_up(self, channel: str, now: datetime) -> None:
        self._spoken_to.discard(channel)
        shift = self._roster.of_leg(channel)
        if shift is None or shift.presence.state not in rules.BUSY:
            return
        self._roster.set(shift, rules.ended(shift.presence, now))

    async def note_answer(self, shift: Shift, waited: float | None = None) -> None:
        """Keep that an operator has a citizen; only the queue tells how long they ``waited`` (seconds)."""
        call = shift.presence.call
        if call is None:
            return
        told: dict[str, object] = {} if waited is None else {"waited_seconds": round(waited)}
        try:
            async with self._database.transaction() as connection:
                await store.keep(
                    connection,
                    call.call,
                    account=shift.account,
                    operator=shift.name,
                    direction=call.direction,
                    answered_at=call.answered_at or self._clock.now(),
                    **told,
                )
        except DatabaseAway:
            log.warning("answer_not_noted", call=call.call)

    async def asterisk_is_back(self) -> None:
        """Asterisk may have forgotten every telephone: push them again, and if it refuses one, still the others. Raises LineDown."""
        for shift in list(self._roster.shifts.values()):
            try:
                await self._phones.push(shift.phone)
            except AriRefused as error:
                log.error("telephone_not_pushed", account=shift.account, reason=str(error))

    async def ami_is_back(self, listed: list[dict[str, str]]) -> None:
        """Catch up with what was missed, and put whoever is on shift into the queue again. Raises LineDown, ActionRefused."""
        self._roster.waiting.reset(listed, self._clock.now())
        await self._catch_up()
        members = {event.get("Location") or event.get("Interface", "") for event in listed}
        for shift in list(self._roster.shifts.values()):
            shift.queue_rings = None
            if shift.phone.device in members:
                await self._roster.agree(shift)
            else:
                await self._roster.join(shift)
        self._roster.tell_queue()

    async def _catch_up(self) -> None:
        """Calls that were answered, or ended, while nobody listened."""
        try:
            channels = {channel["id"]: channel["state"] for channel in await self._ari.channels()}
        except AriRefused as error:
            log.error("channels_not_told", reason=str(error))
            return
        now = self._clock.now()
        calls = [each.presence.call for each in self._roster.shifts.values() if each.presence.state in rules.BUSY]
        known = {channel for call in calls if call for channel in (call.channel, call.leg)}
        for gone in known.union(*(each.channels() for each in self.first)) - {"", *channels}:
            self.hear({"Event": "Hangup", "Uniqueid": gone})
        for shift in self._roster.shifts.values():
            call = shift.presence.call
            if call is not None and channels.get(call.leg) == "Up" and shift.presence.state == "ringing":
                self._roster.set(shift, rules.answered(shift.presence, now))

    async def run(self) -> None:
        """Look every second who still rings and whose page is gone, for ever."""
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            self.look(self._clock.now())

    def look(self, now: datetime) -> None:
        """Renew the lease of what rings; pause whoever has not been heard of."""
        for shift in self._roster.shifts.values():
            if shift.presence.state == "ringing":
                self._roster.tell_ringing(shift)
            if now - shift.alive_at > rules.ALIVE_FOR:
                gone = rules.vanished(shift.presence, now)
                self._roster.set(shift, gone)
