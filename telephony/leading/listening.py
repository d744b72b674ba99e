"""Leaders who listen to a colleague's call: never without a reason, never hidden from the operator, always written down first.

What sounds where is `wire`'s. A leader listens to one call at a time and is not rung by the queue meanwhile.
"""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from hotline1022.base.access import Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway, HotlineError, Refused
from telephony.ari import AlreadyGone
from telephony.floor import presence as rules
from telephony.floor.presence import OperatorCall
from telephony.floor.roster import Roster, Shift
from telephony.floor.telling import ListenerTold
from telephony.leading import store
from telephony.leading.store import End, Mode
from telephony.leading.wire import Pieces, Wire

log = structlog.get_logger()

LOOK_SECONDS = 1.0
CHANNELS_EVERY = 5
"""Every so many looks Asterisk is asked what channels it has: an end of which nobody has told is found so."""

LAST_WORDS = 3.0
"""Seconds that a service which is stopped takes to end its listenings."""


@dataclass(eq=False)
class Session:
    """A leader who listens, or is being rung for it. ``leg`` is the operator's channel."""

    leader: int
    name: str
    operator: int
    call: str
    leg: str
    mode: Mode
    row: int = 0
    heard: bool = False
    pieces: Pieces = field(default_factory=Pieces)


class Listening:
    """The listenings of this node. Methods raise Refused, DatabaseAway, and LineDown while Asterisk is away."""

    def __init__(self, *, node: str, clock: Clock, database: Database, roster: Roster, wire: Wire) -> None:
        self._node, self._clock, self._database, self._roster, self._wire = node, clock, database, roster, wire
        self._sessions: dict[int, Session] = {}
        self._unwritten: list[tuple[int, dict[str, datetime | str]]] = []
        self._started = clock.now()

    def pieces(self) -> frozenset[str]:
        """The ids of everything that listenings have in Asterisk now."""
        return frozenset().union(*(session.pieces.all for session in self._sessions.values()))

    async def begin(self, by: Actor, account: int, mode: Mode, reason: str) -> Shift:
        """Ring the leader's page and let it hear this operator's call. Gives the operator."""
        leader = self._roster.shifts.get(by.account or 0)
        if leader is None:
            raise Refused("Chưa vào ca nên không có điện thoại để nghe", remedy="bấm Bắt đầu ca")
        if leader.account in self._sessions:
            raise Refused("Đang nghe một cuộc gọi", remedy="thôi nghe cuộc gọi đó trước")
        operator = self._roster.shifts.get(account)
        call = _heard_of(operator)
        if operator is None or call is None or operator is leader:
            raise Refused("Người này không có cuộc gọi nào để nghe")
        before = leader.presence
        listens = rules.listens(before, self._clock.now())
        session = Session(leader.account, by.name, account, call.call, call.leg, mode)
        self._sessions[leader.account] = session
        try:
            await self._write_beginning(session, by, operator.name, reason)
            # The queue is told first: while somebody listens it does not ring them.
            await self._roster.agree(leader, listens)
            if leader.presence != before:
                raise Refused("Đang có cuộc gọi")
            self._roster.set(leader, listens)
            self._show(session.operator)  # before anything can be heard
            await self._wire.ring(session.pieces, leader.phone.device)
        except BaseException:
            await self._end(session, "failed")
            raise
        self._roster.background.begin(self._connect(session))
        log.info("listening_begins", call=session.call, mode=mode)
        return operator

    async def _write_beginning(self, session: Session, by: Actor, operator: str, reason: str) -> None:
        async with self._database.transaction() as connection:
            session.row = await store.begin_listening(
                connection,
                node=self._node,
                leader=by,
                operator=operator,
                operator_account=session.operator,
                call=session.call,
                mode=session.mode,
                reason=reason,
                at=self._clock.now(),
            )

    async def _connect(self, session: Session) -> None:
        try:
            await self._wire.answered(session.pieces)
            await self._wire.attach(session.pieces, session.leg, session.mode)
        except TimeoutError:
            await self._end(session, "not-answered")
        except AlreadyGone:
            await self._end(session, "call-over")
        except HotlineError:
            await self._end(session, "failed")
        else:
            if self._sessions.get(session.leader) is session:
                session.heard = True
                await self._note(session, heard_at=self._clock.now())
            else:  # it was ended meanwhile
                await self._wire.remove(session.pieces)

    async def change(self, by: Actor, account: int, mode: Mode) -> Shift:
        """Listen, whisper or take part from now on. Gives the operator."""
        session = self._of(by, account)
        operator = self._roster.shifts.get(account)
        if session is None or operator is None:
            raise Refused("Không còn nghe cuộc gọi này")
        if mode == session.mode:
            return operator
        async with self._database.transaction() as connection:
            await store.change_mode(connection, session.row, mode, self._clock.now())
        session.mode = mode
        self._show(account)
        if session.heard:
            try:
                await self._wire.attach(session.pieces, session.leg, mode)
            except (HotlineError, TimeoutError) as error:
                # Nobody knows what the citizen would hear: better nothing at all.
                await self._end(session, "failed")
                raise Refused("Cuộc gọi này đã kết thúc") from error
        return operator

    async def stop(self, by: Actor, account: int) -> None:
        """Listen no longer; whoever does not listen stays so."""
        if session := self._of(by, account):
            await self._end(session, "stopped")

    def _of(self, by: Actor, account: int) -> Session | None:
        session = self._sessions.get(by.account or 0)
        return session if session is not None and session.operator == account else None

    # What Asterisk tells ----------------------------------------------------------------------------------------------

    def hear(self, event: Mapping[str, Any]) -> None:
        """Take one event of the ordinary ARI socket."""
        channel = event.get("channel", {}).get("id", "")
        if event["type"] == "StasisStart":
            self._wire.joined(channel)
        elif event["type"] == "ChannelDestroyed":
            for session in list(self._sessions.values()):
                if channel == session.pieces.channel:
                    self._end_soon(session, "leader-gone" if session.heard else "not-answered")
                elif channel == session.pieces.snoop:
                    self._end_soon(session, "call-over")

    async def run(self) -> None:
        """Close what an earlier run has left, then look every second whether each listening still has both its ends, for ever."""
        closed, looks = False, 0
        try:
            while True:
                closed = closed or await self._forgotten_closed()
                await self._write_ends()
                self.look()
                if looks % CHANNELS_EVERY == 0:
                    with suppress(HotlineError):
                        self.compare(await self._wire.channels(self.pieces()))
                looks += 1
                await asyncio.sleep(LOOK_SECONDS)
        finally:
            with suppress(TimeoutError, HotlineError):
                async with asyncio.timeout(LAST_WORDS):
                    for session in list(self._sessions.values()):
                        await self._end(session, "stopped")
                    await self._write_ends()

    def look(self) -> None:
        """End what has lost the call or the leader."""
        for session in list(self._sessions.values()):
            leader, call = self._roster.shifts.get(session.leader), _heard_of(self._roster.shifts.get(session.operator))
            if call is None or call.leg != session.leg:
                self._end_soon(session, "call-over")
            elif leader is None or leader.presence.state == "disconnected":
                self._end_soon(session, "leader-gone")

    def compare(self, channels: frozenset[str]) -> None:
        """End what has no channel in Asterisk any more."""
        for session in list(self._sessions.values()):
            if session.heard and session.pieces.channel not in channels:
                self._end_soon(session, "leader-gone")

    # Its end ----------------------------------------------------------------------------------------------------------

    def _end_soon(self, session: Session, why: End) -> None:
        self._roster.background.begin(self._end(session, why))

    async def _end(self, session: Session, why: End) -> None:
        """End it once: the sound first, then what screens show of it."""
        if self._sessions.get(session.leader) is not session:
            return
        del self._sessions[session.leader]
        try:
            await self._wire.remove(session.pieces)
        finally:
            self._show(session.operator)
            if leader := self._roster.shifts.get(session.leader):
                self._roster.set(leader, rules.listened(leader.presence, self._clock.now()))
            await self._note(session, ended_at=self._clock.now(), end=why)
        log.info("listening_ended", call=session.call, why=why)

    def _show(self, account: int) -> None:
        if shift := self._roster.shifts.get(account):
            shift.listeners = tuple(
                ListenerTold(account=each.leader, name=each.name, mode=each.mode)
                for each in self._sessions.values()
                if each.operator == account
            )
            self._roster.tell_again(shift)

    async def _note(self, session: Session, **facts: datetime | str) -> None:
        if session.row:
            self._unwritten.append((session.row, facts))
            await self._write_ends()

    async def _write_ends(self) -> None:
        """Write what could not be written while the database was away."""
        with suppress(DatabaseAway):
            while self._unwritten:
                row, facts = self._unwritten[0]
                async with self._database.transaction() as connection:
                    await store.note(connection, row, **facts)
                self._unwritten.pop(0)

    async def _forgotten_closed(self) -> bool:
        try:
            async with self._database.transaction() as connection:
                closed = await store.close_forgotten(connection, self._node, self._started, self._clock.now())
        except DatabaseAway:
            return False
        if closed:
            log.info("forgotten_listenings_closed", count=closed)
        return True


def _heard_of(shift: Shift | None) -> OperatorCall | None:
    """The call of an operator that can be listened to."""
    if shift is None or shift.presence.state not in rules.BUSY or shift.presence.state in ("ringing", "dialling"):
        return None
    return shift.presence.call
