"""The list of people who are owed a call: who comes onto it, who has one in hand, what came of it. Every rule is ``rules``'s."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound, Refused
from hotline1022.base.phone_numbers import e164
from telephony import store as calls
from telephony.callbacks import rules, store
from telephony.callbacks.model import Attempt, Callback, QueueNow, Reason, Result
from telephony.callbacks.policy import CallbackPolicy
from telephony.callbacks.rules import Hours
from telephony.events import CallEnded, ReportTaken

LEADERS = frozenset({Role.LEADER, Role.ADMINISTRATOR})


class Callbacks:
    """Call-backs. Methods raise DatabaseAway. ``queue`` and ``changed`` are given when the line is put together."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        policy: Callable[[], CallbackPolicy],
        hours: Callable[[], Hours],
    ) -> None:
        self._database, self._clock = database, clock
        self.policy, self.hours = policy, hours
        self.queue: Callable[[], QueueNow | None] = lambda: None
        """The queue now; None while nobody knows."""
        self.changed: Callable[[int], None] = lambda _open: None
        """Hears how many are open after every change."""

    # What the line tells ---------------------------------------------------------------------------------------------

    async def hear_end(self, ended: CallEnded) -> None:
        """A call is over: its caller may be owed one, or not any more. The same end again changes nothing."""
        if ended.number is None:
            return
        async with self._database.transaction() as connection:
            if ended.answered_at is not None:
                # Written here too, whoever comes first: a call-back that is opened later must find it.
                await calls.note(connection, ended.call, number=ended.number, answered_at=ended.answered_at)
                touched = await self._spoken(connection, ended.number, ended.answered_at)
            elif reason := rules.reason_of_end(ended, self.policy()):
                touched = await self._owed(
                    connection, ended.number, reason, ended.call, ended.began_at, waited=rules.waited(ended)
                )
            else:
                touched = False
        if touched:
            await self._tell()

    async def hear_report(self, taken: ReportTaken) -> None:
        """Somebody has left a message, or has asked to be called."""
        reason = rules.reason_of_report(taken, self.policy())
        if reason is None or taken.number is None:
            return
        async with self._database.transaction() as connection:
            touched = await self._owed(connection, taken.number, reason, taken.call, taken.at, ticket=taken.code)
        if touched:
            await self._tell()

    async def _owed(
        self,
        connection: AsyncConnection,
        number: str,
        reason: Reason,
        call: str,
        at: datetime,
        *,
        waited: float | None = None,
        ticket: str | None = None,
    ) -> bool:
        if await store.has_asked(connection, call):
            return await self._same_call(connection, number, reason, call, waited=waited, ticket=ticket)
        if await calls_answered_since(connection, number, at):
            return False
        facts = {"reason": reason, "call": call, "waited_seconds": waited, "ticket": ticket}
        standing = await store.open_of(connection, number)
        made = None
        if standing is None:
            made = await store.add(connection, number=number, asked_at=at, times=1, **facts)
            standing = await store.open_of(connection, number) if made is None else None
        if standing is not None:
            joined: dict[str, object] = {"times": standing.times + 1, "call": call, "waited_seconds": waited}
            if standing.reason != "appointment":
                # Whoever rings again is there to be reached: the gap after a call that nobody answered is over.
                joined |= {"reason": reason, "due_at": None}
            if ticket is not None:
                joined["ticket"] = ticket
            await store.change(connection, standing.id, **joined)
            made = standing.id
        if made is None:
            return False
        await store.note_call(connection, made, call)
        return True

    async def _same_call(
        self,
        connection: AsyncConnection,
        number: str,
        reason: Reason,
        call: str,
        *,
        waited: float | None,
        ticket: str | None,
    ) -> bool:
        """One call tells two facts, in any order: that it waited, and that a message was left. The message says more."""
        standing = await store.open_of(connection, number)
        if standing is None or standing.call != call:
            return False
        facts: dict[str, object] = {}
        if reason == "voice-report" and standing.reason != "appointment":
            facts["reason"] = reason
        if waited is not None and standing.waited_seconds is None:
            facts["waited_seconds"] = waited
        if ticket is not None and standing.ticket is None:
            facts["ticket"] = ticket
        if facts:
            await store.change(connection, standing.id, **facts)
        return bool(facts)

    async def _spoken(self, connection: AsyncConnection, number: str, at: datetime) -> bool:
        """Whoever has been spoken to is owed no call any more; a promised one is still made."""
        standing = await store.open_of(connection, number)
        if standing is None or standing.reason == "appointment" or standing.asked_at > at:
            return False
        await store.change(
            connection, standing.id, closed_at=self._clock.now(), end="rang-again", why=rules.rang_again(at)
        )
        return True

    # What people do --------------------------------------------------------------------------------------------------

    async def standing(self, *, closed: bool = False) -> list[Callback]:
        """Everybody who is owed a call, or the last hundred who were."""
        async with self._database.reading() as connection:
            return await store.listed(connection, closed=closed, limit=100 if closed else None)

    def nobody_now(self, standing: list[Callback]) -> str | None:
        """Why nobody may be called back now."""
        now, policy = self._clock.now(), self.policy()
        takers = {each.taken_by for each in standing if rules.is_held(each, now, policy) and each.taken_by is not None}
        return rules.nobody_now(self.queue(), takers, self.hours(), now)

    async def take(self, id: int, actor: Actor) -> Callback:
        """Have it in hand. Raises NotFound, and Refused with the reason why not now, not this one, or not by this person."""
        account = actor.account
        if account is None:
            raise Refused("Chỉ người đã đăng nhập ở trang điều hành mới nhận gọi lại")
        now, policy = self._clock.now(), self.policy()
        async with self._database.transaction() as connection:
            standing = await store.lock_open(connection)
            callback = await self._found(connection, id, standing)
            held = [each for each in standing if rules.is_held(each, now, policy)]
            own = [each.id for each in held if each.taken_by == account]
            if callback.id in own:
                return callback
            why = (
                rules.not_this(callback, now, policy)
                or self.nobody_now(standing)
                or rules.not_yours(self.queue(), account, own)
            )
            if why:
                raise Refused(why)
            await store.change(connection, id, taken_by=account, taken_name=actor.name, taken_at=now)
            taken = await self._found(connection, id)
        await self._tell()
        return taken

    async def write_down(
        self, id: int, actor: Actor, result: Result, note: str | None, again_at: datetime | None
    ) -> Callback:
        """Keep what came of it. Raises NotFound, Refused for whoever does not have it in hand, and Invalid for an hour that cannot be."""
        now, policy = self._clock.now(), self.policy()
        if result == "given_up" and not (note or "").strip():
            raise Invalid("Ghi lý do thôi gọi", field="note")
        if again_at is not None:
            self._check_hour(again_at, "again_at")
        async with self._database.transaction() as connection:
            callback = await self._found(connection, id, await store.lock_open(connection))
            if callback.closed_at is not None:
                raise Refused(f"Cuộc gọi lại này đã xong: {callback.why}")
            own = rules.is_held(callback, now, policy) and callback.taken_by == actor.account is not None
            if not own and not (actor.role in LEADERS and result == "given_up"):
                raise Refused("Bạn không giữ cuộc gọi lại này", remedy="nhận gọi trước khi ghi kết quả")
            become = rules.outcome(callback, result, now, policy=policy, hours=self.hours(), again_at=again_at)
            await store.add_attempt(
                connection, id, actor.account, Attempt(at=now, by=actor.name, result=result, note=note)
            )
            await store.change(
                connection,
                id,
                taken_by=None,
                taken_name=None,
                taken_at=None,
                due_at=become.due_at,
                end=become.end,
                why=become.why,
                closed_at=None if become.end is None else now,
                **({"reason": "appointment"} if again_at is not None and become.end is None else {}),
            )
            after = await self._found(connection, id)
        await self._tell()
        return after

    async def promise(self, number: str, at: datetime | None, ticket: str | None, note: str | None) -> Callback:
        """Promise somebody a call. One who is owed a call already has that one promised. Raises Invalid."""
        wanted = e164(number)
        if wanted is None or not self.policy().allows(wanted):
            raise Invalid("Số này không gọi được", remedy="ghi số di động hoặc số cố định trong nước", field="number")
        if at is not None:
            self._check_hour(at, "at")
        facts = {"reason": "appointment", "due_at": at, "ticket": ticket, "note": note}
        async with self._database.transaction() as connection:
            standing = await store.open_of(connection, wanted)
            id = standing.id if standing else None
            if id is None:
                id = await store.add(connection, number=wanted, asked_at=self._clock.now(), times=0, **facts)
            if id is None or standing is not None:
                standing = standing or await store.open_of(connection, wanted)
                if standing is None:
                    raise Refused("Có người vừa sửa cuộc gọi lại này", remedy="thử lại")
                kept = {name: value for name, value in facts.items() if value is not None or name == "due_at"}
                await store.change(connection, standing.id, **kept)
                id = standing.id
            made = await self._found(connection, id)
        await self._tell()
        return made

    async def number_of(self, id: int, actor: Actor) -> str:
        """Whom an operator who has it in hand is to call. Raises NotFound and Refused."""
        async with self._database.reading() as connection:
            callback = await self._found(connection, id)
        if not rules.is_held(callback, self._clock.now(), self.policy()) or callback.taken_by != actor.account:
            raise Refused("Bạn không giữ cuộc gọi lại này", remedy="nhận gọi trước")
        return callback.number

    async def _found(self, connection: AsyncConnection, id: int, standing: list[Callback] | None = None) -> Callback:
        callback = next((each for each in standing or () if each.id == id), None) or await store.one(connection, id)
        if callback is None:
            raise NotFound("Không có cuộc gọi lại này")
        return callback

    def _check_hour(self, at: datetime, field: str) -> None:
        now, policy = self._clock.now(), self.policy()
        if not now < at <= now + timedelta(days=policy.farthest_days):
            raise Invalid("Giờ hẹn phải ở phía trước", remedy=f"trong vòng {policy.farthest_days} ngày", field=field)
        if not self.hours().open_at(at):
            opening = self.hours().next_opening(at)
            raise Invalid("Ngoài giờ được phép gọi", remedy=f"hẹn từ {opening:%H:%M %d/%m}", field=field)

    async def _tell(self) -> None:
        async with self._database.reading() as connection:
            self.changed(await store.count_open(connection))


async def calls_answered_since(connection: AsyncConnection, number: str, since: datetime) -> bool:
    """Whether an operator has spoken to this number after ``since``: a late fact opens nothing."""
    return await store.spoken_to_since(connection, number, since) is not None
