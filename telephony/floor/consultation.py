"""Asking somebody about a citizen who waits: a colleague or an emergency service; then all three, a handing over, or back to the citizen.

The citizen hears music in the dialplan meanwhile. What happens there when the service dies is the dialplan's: whoever is asked and hangs
up, or does not answer, gives the operator their citizen back without a word from here.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from hotline1022.base.clock import Clock
from hotline1022.base.errors import HotlineError, Refused
from telephony.ami import Ami
from telephony.ari import Ari
from telephony.floor import presence as rules
from telephony.floor.presence import OperatorCall, Other, Presence
from telephony.floor.roster import Roster, Shift

Emergency = Literal["113", "114", "115"]

EMERGENCIES: Mapping[Emergency, str] = {"113": "113 – Công an", "114": "114 – Chữa cháy", "115": "115 – Cấp cứu"}
"""The only numbers of the trunk that a citizen is sent to."""

CONTEXT = "consultation"


@dataclass
class _Consultation:
    """Somebody is asked. ``other_leg`` and ``other_channel``: the id and name of their channel, once it rings."""

    asker: Shift
    call: OperatorCall
    name: str
    colleague: Shift | None
    other_leg: str = ""
    other_channel: str = ""
    handed_over: bool = False
    called_off: bool = False


class Consultations:
    """The consultations of this node. Methods raise Refused, and LineDown while Asterisk is away.

    ``note`` keeps that an operator has a citizen now; ``calls_out``: there is a line to the emergency services.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        ari: Ari,
        ami: Ami,
        roster: Roster,
        note: Callable[[Shift], Awaitable[None]],
        calls_out: Callable[[], bool],
    ) -> None:
        self._clock, self._ari, self._ami, self._roster = clock, ari, ami, roster
        self._note, self._calls_out = note, calls_out
        self._standing: dict[int, _Consultation] = {}

    async def ask(self, account: int, call: str, to: int | Emergency) -> Shift:
        """Let the citizen hear music and ring a ready colleague (an account) or an emergency service for the operator."""
        shift, current = self._current(account, call)
        colleague = None if isinstance(to, str) else self._colleague(to, shift)
        if isinstance(to, str) and not self._calls_out():
            raise Refused("Tổng đài chưa có đường gọi ra", remedy="đặt HOTLINE_TRUNK_OUTGOING")
        name = colleague.name if colleague else EMERGENCIES[to]  # type: ignore[index]
        before, asking = shift.presence, rules.consults(shift.presence, name, self._clock.now())
        citizen, own = await self._names(current.channel, current.leg)
        self._standing[account] = _Consultation(shift, current, name, colleague)
        self._roster.set(shift, asking)
        try:
            await self._set(own, "HOTLINE_CITIZEN", citizen)
            await self._ami.send(
                "Redirect",
                Channel=citizen,
                Context=CONTEXT,
                Exten="hold",
                Priority="1",
                ExtraChannel=own,
                ExtraContext=CONTEXT,
                ExtraExten=colleague.phone.extension if colleague else str(to),
                ExtraPriority="1",
            )
        except HotlineError:
            del self._standing[account]
            self._roster.set(shift, before)
            raise
        return shift

    async def join(self, account: int, call: str) -> Shift:
        """Let all three hear each other."""
        shift, current = self._current(account, call)
        self._of(account)
        joined = rules.joins(shift.presence, self._clock.now())
        citizen, own = await self._names(current.channel, current.leg)
        await self._set(citizen, "HOTLINE_OPERATOR", own)
        await self._send_citizen(citizen, "join")
        self._roster.set(shift, joined)
        return shift

    async def complete(self, account: int, call: str) -> Shift:
        """Leave the citizen to whoever was asked; the operator's paperwork begins."""
        shift, current = self._current(account, call)
        asked = self._of(account)
        if not _has_answered(asked):
            raise Refused("Người được hỏi chưa nghe máy", remedy="đợi nghe máy hoặc quay lại người dân")
        citizen, own = await self._names(current.channel, current.leg)
        asked.handed_over = True
        try:
            await self._set(own, "HOTLINE_DONE", "1")
            await self._set(citizen, "HOTLINE_COLLEAGUE", asked.other_channel)
            await self._send_citizen(citizen, "meet")
        except HotlineError:
            asked.handed_over = False
            raise
        if asked.colleague is not None:
            self._roster.set(asked.colleague, rules.takes_over(asked.colleague.presence, self._clock.now()))
            await self._note(asked.colleague)
        return shift

    async def cancel(self, account: int, call: str) -> Shift:
        """Go back to the citizen: whoever was asked is hung up, the dialplan does the rest."""
        shift, _ = self._current(account, call)
        asked = self._of(account)
        if not asked.other_leg:
            raise Refused("Đang nối máy", remedy="thử lại sau một giây")
        asked.called_off = True
        await self._roster.hang_up(asked.other_leg)
        return shift

    def _current(self, account: int, call: str) -> tuple[Shift, OperatorCall]:
        shift = self._roster.on_shift(account)
        current = shift.presence.call
        if current is None or current.call != call or not rules.has_citizen(shift.presence):
            raise Refused("Cuộc gọi này đã kết thúc")
        return shift, current

    def _of(self, account: int) -> _Consultation:
        asked = self._standing.get(account)
        if asked is None or asked.handed_over:
            raise Refused("Không đang hỏi ai")
        return asked

    def _colleague(self, account: int, asker: Shift) -> Shift:
        colleague = self._roster.shifts.get(account)
        if colleague is None or colleague is asker or not colleague.presence.takes_calls:
            raise Refused("Người này không sẵn sàng nhận máy", remedy="chọn người khác")
        return colleague

    async def _names(self, citizen: str, own: str) -> tuple[str, str]:
        names = {each["id"]: str(each["name"]) for each in await self._ari.channels()}
        if citizen not in names or own not in names:
            raise Refused("Người dân đã gác máy")
        return names[citizen], names[own]

    async def _set(self, channel: str, name: str, value: str) -> None:
        await self._ami.send("Setvar", Channel=channel, Variable=name, Value=value)

    async def _send_citizen(self, channel: str, extension: str) -> None:
        await self._ami.send("Redirect", Channel=channel, Context=CONTEXT, Exten=extension, Priority="1")

    # What Asterisk tells ----------------------------------------------------------------------------------------------

    def hear(self, event: Mapping[str, str]) -> bool:
        """Take one event of AMI; whether it was about a consultation alone."""
        return any(self._takes(asked, event) for asked in list(self._standing.values()))

    def channels(self) -> set[str]:
        """See FirstHearer."""
        return {
            channel
            for asked in self._standing.values()
            for channel in (asked.call.channel, asked.call.leg, asked.other_leg)
        }

    def _takes(self, asked: _Consultation, event: Mapping[str, str]) -> bool:
        channel, rung, taken = event.get("Uniqueid", ""), event.get("DestUniqueid", ""), False
        match event.get("Event"):
            case "DialBegin" if channel == asked.call.leg:
                asked.other_leg, asked.other_channel, taken = rung, event.get("DestChannel", ""), True
                self._rings(asked)
            case "DialEnd" if rung and rung == asked.other_leg:
                self._rung(asked, event.get("DialStatus", ""))
                taken = True
            case "Hangup" if channel and channel == asked.other_leg and not asked.handed_over:
                self._over(asked, "back" if _has_answered(asked) else "no-answer")
                taken = True
            case "Hangup" if channel == asked.call.leg:
                self._asker_gone(asked)
            case "Hangup" if channel == asked.call.channel and not asked.handed_over:
                asked.handed_over = True  # nobody is left to be sent anywhere
                self._release(asked)
                self._roster.background.begin(self._roster.hang_up(asked.call.leg))
        return taken

    def _rings(self, asked: _Consultation) -> None:
        if asked.colleague is None:
            return
        call = OperatorCall(
            call=asked.call.call,
            channel=asked.call.channel,
            leg=asked.other_leg,
            direction=asked.call.direction,
            number=asked.call.number,
            arrived_at=asked.call.arrived_at,
            recorded=asked.call.recorded,
            other=Other(name=asked.asker.name),
        )
        self._roster.set(asked.colleague, rules.rings(asked.colleague.presence, call, self._clock.now()))
        self._roster.tell_ringing(asked.colleague)

    def _rung(self, asked: _Consultation, status: str) -> None:
        if status != "ANSWER":
            self._over(asked, "busy" if status == "BUSY" else "no-answer")
            return
        if asked.colleague is not None:
            self._roster.set(asked.colleague, rules.answered(asked.colleague.presence, self._clock.now()))
            self._roster.tell_ringing_over(asked.colleague, asked.call.call, "answered")
        self._roster.set(asked.asker, rules.other_answers(asked.asker.presence))

    def _over(self, asked: _Consultation, why: str) -> None:
        """Whoever was asked is gone; the dialplan gives the operator their citizen back."""
        self._standing.pop(asked.asker.account, None)
        self._release(asked)
        self._change(asked, lambda before: rules.returned(before, self._clock.now()))
        self._roster.tell_consultation_over(asked.asker, asked.name, "back" if asked.called_off else why)

    def _release(self, asked: _Consultation) -> None:
        colleague = asked.colleague
        if colleague is None or colleague.presence.call is None or colleague.presence.call.leg != asked.other_leg:
            return
        was_ringing = colleague.presence.state == "ringing"
        self._roster.set(colleague, rules.released(colleague.presence, self._clock.now()))
        if was_ringing:
            self._roster.tell_ringing_over(colleague, asked.call.call, "caller-gone")

    def _change(self, asked: _Consultation, change: Callable[[Presence], Presence]) -> None:
        current = asked.asker.presence.call
        if current is not None and current.leg == asked.call.leg:
            self._roster.set(asked.asker, change(asked.asker.presence))

    def _asker_gone(self, asked: _Consultation) -> None:
        self._standing.pop(asked.asker.account, None)
        if asked.handed_over:
            return
        self._release(asked)
        self._roster.background.begin(self._to_the_queue(asked.call.channel))

    async def _to_the_queue(self, citizen: str) -> None:
        """A citizen whose operator has vanished while they heard music is not left with it."""
        names = [str(each["name"]) for each in await self._ari.channels() if each["id"] == citizen]
        for name in names:
            await self._ami.send("Redirect", Channel=name, Context="transfer", Exten="queue", Priority="1")


def _has_answered(asked: _Consultation) -> bool:
    call = asked.asker.presence.call
    return call is not None and call.other is not None and call.other.answered
