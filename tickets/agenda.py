"""When the clock is looked at: at the instant of each ticket's next step, by jobs of the durable engine. What is due is the timers'.

Every change of a ticket tells an event, and every such event plans one look at the ticket's earliest step. So no ticket waits in
memory, a look that has become pointless finds nothing, and a thousand tickets that are due at five o'clock share one look.
"""

import math
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from tickets import store
from tickets.events import (
    DeadlineBreached,
    DeadlineMoved,
    DeadlineWarned,
    LetterOwed,
    TicketEscalated,
    TicketMoved,
    TicketOpened,
    VisitReminder,
)
from tickets.timers import Timers

log = structlog.get_logger()

SHARED_FROM = 2.0
"""Seconds ahead from which a look is shared by all tickets of its second. A nearer one might have begun already: it is the ticket's own."""

SWEPT_AFTER = timedelta(seconds=60)
"""How late a step must be before the sweep takes it for forgotten. A planned look comes within about a second."""

Changed = (
    TicketOpened
    | TicketMoved
    | DeadlineWarned
    | DeadlineBreached
    | DeadlineMoved
    | TicketEscalated
    | LetterOwed
    | VisitReminder
)
"""Events after which a ticket's next step may be another one."""


LookLater = Callable[[str, float], Awaitable[None]]
"""The durable engine, as far as it is needed here: has ``Agenda.look`` called so many seconds from now, once for each name, also
after a crash."""


class Agenda:
    """Plans the looks and makes them. Methods raise DatabaseAway; the durable engine then asks again."""

    def __init__(self, database: Database, clock: Clock, timers: Timers, look_later: LookLater) -> None:
        self._database, self._clock, self._timers, self._look_later = database, clock, timers, look_later
        self.swept = 0
        """Steps that only the sweep has found, since the start: more than a few are a fault of the engine or of this module."""

    async def plan(self, event: Changed) -> None:
        """Have the clock looked at when the ticket's earliest step is due; one that is due already is made at once."""
        async with self._database.reading() as connection:
            steps = await store.steps_ahead(connection, event.code)
        if not steps:
            return
        now = self._clock.now()
        if (first := min(steps)) <= now:
            await self._timers.tick()
            return
        await self._look_later(*_look_at(first, now, event.code))

    async def look(self, _payload: dict[str, Any]) -> None:
        """Do what is due now."""
        await self._timers.tick()

    async def sweep(self) -> int:
        """Do what has been due for long, which a planned look should have done; returns how many steps that were."""
        found = await self._timers.tick(late_by=SWEPT_AFTER)
        self.swept += found
        if found:
            log.warning("steps_swept", steps=found)
        return found


def _look_at(instant: datetime, now: datetime, code: str) -> tuple[str, float]:
    second = math.ceil(instant.timestamp())
    delay = second - now.timestamp()
    return f"look:{second}" if delay >= SHARED_FROM else f"look:{second}:{code}", max(delay, 0.0)
