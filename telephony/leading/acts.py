"""What a shift leader does to the floor: pauses a colleague, moves a call, closes the queue. Each act is kept with who did it and why.

Who may lead is the routes' business. Nothing is done that could not be written down: without the database these acts are refused.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import structlog

from hotline1022.base.access import Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway, Refused
from telephony.floor import presence as rules
from telephony.floor.floor import Floor
from telephony.floor.roster import Roster, Shift
from telephony.leading import store

log = structlog.get_logger()

LOOK_SECONDS = 2.0
"""Between tries to read how the queue was left, while the database is away."""


class Leading:
    """The leader's acts on the floor of this node. ``let_in`` tells the line whether the queue is offered to callers who come now."""

    def __init__(
        self, *, clock: Clock, database: Database, floor: Floor, roster: Roster, let_in: Callable[[bool], None]
    ) -> None:
        self._clock, self._database, self._floor, self._roster = clock, database, floor, roster
        self._let_in = let_in

    async def pause(self, by: Actor, account: int, reason: str) -> Shift:
        """Pause a colleague, who is told by whom; in a call, from its end on. Raises Refused, DatabaseAway, LineDown."""
        shift = self._roster.shifts.get(account)
        if shift is None:
            raise Refused("Người này không còn trong ca")
        if shift.presence.state == "disconnected":
            raise Refused("Người này đang mất kết nối nên không nhận cuộc gọi nào")
        async with self._database.transaction() as connection:
            await store.keep(connection, "pause", by, self._clock.now(), account=account, reason=reason)
            await self._floor.pause(account, reason)
        shift.paused_by = (by.name, reason)
        self._roster.tell_again(shift)
        return shift

    async def move(self, by: Actor, call: str, to: int) -> Shift:
        """Send the citizen of a call in talk to another colleague who is ready; gives whoever had it.

        Raises Refused, DatabaseAway, LineDown.
        """
        shift = next(
            (
                each
                for each in self._roster.shifts.values()
                if each.presence.call is not None
                and each.presence.call.call == call
                and each.presence.state in rules.TALKING
                and not each.presence.call.other
            ),
            None,
        )
        if shift is None:
            raise Refused("Cuộc gọi này đã kết thúc hoặc chưa có ai nghe")
        async with self._database.transaction() as connection:
            now = self._clock.now()
            await store.keep(connection, "move", by, now, account=shift.account, call=call, to_account=to)
            await self._floor.transfer(shift.account, call, to)
        return shift

    async def turn_queue(self, by: Actor, reason: str, *, is_open: bool) -> None:
        """Close the queue to callers who come from now on, or open it. Whoever waits goes on waiting. Raises Refused, DatabaseAway."""
        if self._roster.open == is_open:
            raise Refused("Hàng đợi đang mở" if is_open else "Hàng đợi đang đóng")
        async with self._database.transaction() as connection:
            act: store.Act = "queue-opened" if is_open else "queue-closed"
            await store.keep(connection, act, by, self._clock.now(), reason=reason)
        self._stand(is_open=is_open)
        log.info("queue_turned", open=is_open)

    async def run(self) -> None:
        """Put the queue as it was left before the service was restarted. Until that can be read, it is open."""
        while True:
            with suppress(DatabaseAway):
                async with self._database.reading() as connection:
                    was_open = await store.queue_is_open(connection)
                return self._stand(is_open=was_open)
            log.warning("queue_door_waits_for_database")
            await asyncio.sleep(LOOK_SECONDS)

    def _stand(self, *, is_open: bool) -> None:
        self._roster.open = is_open
        self._let_in(is_open)
        self._roster.tell_queue()
