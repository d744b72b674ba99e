"""What operators' pages ask of the floor: shifts, readiness, calls, paperwork. What a call came to is kept.

The rules of a state are `presence`'s; what Asterisk tells is `hearing`'s.
"""

from collections.abc import Callable
from datetime import datetime

from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Refused
from telephony.ami import Ami
from telephony.ari import Ari
from telephony.callbacks.store import count_open
from telephony.floor import presence as rules
from telephony.floor import store
from telephony.floor.phones import PhoneAccounts
from telephony.floor.presence import Presence
from telephony.floor.roster import Roster, Shift
from telephony.floor.store import CallResult
from telephony.floor.telling import FloorTold, HelpTold, TodayTold

TARGET_SECONDS = 20
"""A caller should be answered within so many seconds of waiting: the usual aim of service level."""


class Floor:
    """The operators of this node. Methods raise Refused, and LineDown while Asterisk is away."""

    def __init__(
        self, *, clock: Clock, ari: Ari, ami: Ami, phones: PhoneAccounts, roster: Roster, database: Database
    ) -> None:
        self._clock, self._ari, self._ami, self._phones = clock, ari, ami, phones
        self._roster, self._database = roster, database
        self.calls_out: Callable[[], bool] = lambda: False
        """Whether there is a line to the emergency services."""

    async def sign_on(self, account: int, name: str) -> Shift:
        """Begin a shift, or take it over from another page, whose telephone is worthless from now on."""
        phone, now = self._phones.fresh(account), self._clock.now()
        await self._phones.push(phone)
        shift = self._roster.shifts.get(account)
        if shift is None:
            shift = Shift(account, name, phone, rules.signed_on(now), now)
            self._roster.shifts[account] = shift
            await self._roster.join(shift)
        else:
            shift.phone, shift.alive_at = phone, now
            self._roster.tell_taken(shift)
            if shift.presence.state == "disconnected":
                self._roster.set(shift, rules.signed_on(now))
        self._roster.tell_operator(shift)
        return shift

    async def sign_off(self, account: int) -> None:
        """End a shift. Raises Refused while the operator has a call."""
        shift = self._roster.shifts.get(account)
        if shift is None:
            return
        if shift.presence.state in rules.BUSY:
            raise Refused("Đang có cuộc gọi", remedy="kết thúc cuộc gọi rồi kết thúc ca")
        await self._roster.leave(shift)
        await self._phones.drop(shift.phone.extension)

    async def be_ready(self, account: int) -> Shift:
        """Take calls."""
        return await self._change(account, lambda now, before: rules.ready(before, now))

    async def pause(self, account: int, reason: str) -> Shift:
        """Take none for a while, for a reason that a person may give."""
        if reason not in rules.REASONS:
            raise Refused("Không có lý do tạm nghỉ này")
        return await self._change(account, lambda now, before: rules.pause(before, reason, now))

    async def decline(self, account: int, call: str) -> Shift:
        """Let somebody else take it: the caller keeps the place, the operator pauses."""
        shift = self._roster.on_shift(account)
        current = shift.presence.call
        if shift.presence.state != "ringing" or current is None or current.call != call:
            raise Refused("Cuộc gọi này không còn đổ chuông")
        declined = rules.not_answered(shift.presence, "declined", self._clock.now())
        await self._roster.agree(shift, declined)  # before the telephone is free: it would be rung again at once
        self._roster.set(shift, declined)
        self._roster.tell_ringing_over(shift, current.call, "declined")
        await self._roster.hang_up(current.leg)
        return shift

    async def hang_up(self, account: int, call: str) -> Shift:
        """End the call for both."""
        shift = self._roster.on_shift(account)
        current = shift.presence.call
        if current is None or current.call != call or shift.presence.state == "wrap-up":
            raise Refused("Cuộc gọi này đã kết thúc")
        await self._roster.hang_up(current.leg)
        return shift

    async def wrap_up(self, account: int, call: str, result: CallResult, note: str | None, *, and_ready: bool) -> Shift:
        """Write down what the call came to."""
        shift = self._roster.on_shift(account)
        current = shift.presence.call
        if shift.presence.state != "wrap-up" or current is None or current.call != call:
            raise Refused("Không có cuộc gọi nào chờ kết quả")
        async with self._database.transaction() as connection:
            await store.keep(
                connection,
                call,
                account=account,
                operator=shift.name,
                direction=current.direction,
                answered_at=current.answered_at or current.arrived_at,
                result=result,
                note=note,
                written_at=self._clock.now(),
            )
        return await self._change(account, lambda now, before: rules.wrapped_up(before, now, and_ready=and_ready))

    async def more(self, account: int) -> Shift:
        """A minute more for the paperwork."""
        return await self._change(account, lambda _now, before: rules.more(before))

    async def transfer(self, account: int, call: str, to: int | None, emergency: str | None = None) -> Shift:
        """Send the citizen to a ready colleague (``to`` is their account), to an emergency service, or back into the queue."""
        shift = self._roster.on_shift(account)
        current = shift.presence.call
        if current is None or current.call != call or shift.presence.state not in rules.TALKING or current.other:
            raise Refused("Không có cuộc gọi nào để chuyển")
        extension = emergency or "queue"
        if emergency is not None and not self.calls_out():
            raise Refused("Tổng đài chưa có đường gọi ra", remedy="đặt HOTLINE_TRUNK_OUTGOING")
        if to is not None:
            colleague = self._roster.shifts.get(to)
            if colleague is None or colleague is shift or not colleague.presence.takes_calls:
                raise Refused("Người này không sẵn sàng nhận máy", remedy="chọn người khác hoặc chuyển về hàng đợi")
            extension = colleague.phone.extension
        await self._redirect(current.channel, extension)
        return shift

    async def rejoin(self, account: int, call: str) -> Shift:
        """Ring the operator's new page with the call that the old one had: a page that was reloaded has lost its sound, not the citizen."""
        shift = self._roster.on_shift(account)
        current = shift.presence.call
        if current is None or current.call != call or shift.presence.state not in rules.TALKING or current.other:
            raise Refused("Cuộc gọi này đã kết thúc")
        await self._redirect(current.channel, shift.phone.extension)
        return shift

    async def _redirect(self, channel: str, extension: str) -> None:
        names = [each["name"] for each in await self._ari.channels() if each["id"] == channel]
        if not names:
            raise Refused("Người dân đã gác máy")
        await self._ami.send("Redirect", Channel=names[0], Context="transfer", Exten=extension, Priority="1")

    def ask_for_help(self, account: int, reason: str | None) -> Shift:
        """Want a leader on this call, or (None) not any more. Raises Refused without a call."""
        shift = self._roster.on_shift(account)
        if shift.presence.state not in rules.TALKING | rules.CONSULTING:
            raise Refused("Chỉ xin hỗ trợ khi đang có cuộc gọi")
        shift.help = None if reason is None else HelpTold(reason=rules.HELP[reason], since=self._clock.now())
        self._roster.tell_again(shift)
        return shift

    def is_on_shift(self, account: int | None) -> bool:
        """Whether somebody is at work."""
        return account in self._roster.shifts

    def alive(self, account: int) -> None:
        """A page of this account says that it lives."""
        if shift := self._roster.shifts.get(account):
            shift.alive_at = self._clock.now()

    def on_call(self, call: str) -> frozenset[int]:
        """The accounts that hear a call's words: who has it, and leaders who listen to it."""
        having = [
            shift
            for shift in self._roster.shifts.values()
            if shift.presence.call is not None and shift.presence.call.call == call
        ]
        return frozenset(
            account for shift in having for account in (shift.account, *(each.account for each in shift.listeners))
        )

    async def told(self, account: int | None) -> FloorTold:
        """Everything about the floor, as somebody may see it. Raises DatabaseAway."""
        now = self._clock.now()
        async with self._database.reading() as connection:
            owed = await count_open(connection)
        return FloorTold(
            at=now,
            queue=self._roster.queue(),
            operators=tuple(
                shift.told(own=shift.account == account)
                for shift in sorted(self._roster.shifts.values(), key=lambda each: each.name)
            ),
            today=await self._today(now),
            callbacks=owed,
        )

    async def _today(self, now: datetime) -> TodayTold:
        start = now.astimezone(CIVIL_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        self._roster.abandoned = [at for at in self._roster.abandoned if at >= start]
        async with self._database.reading() as connection:
            answered, in_target = await store.answered_between(connection, start, now, TARGET_SECONDS)
        abandoned = len(self._roster.abandoned)
        return TodayTold(
            offered=answered + abandoned,
            answered=answered,
            in_target=in_target,
            abandoned=abandoned,
            target_seconds=TARGET_SECONDS,
        )

    async def _change(self, account: int, change: Callable[[datetime, Presence], Presence]) -> Shift:
        """Change a state; Asterisk's queue is told first, so that a screen never says what is not so."""
        shift = self._roster.on_shift(account)
        after = change(self._clock.now(), shift.presence)
        await self._roster.agree(shift, after)
        self._roster.set(shift, after)
        return shift
