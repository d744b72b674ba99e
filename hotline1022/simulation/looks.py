"""When the clock is looked at in a simulation: at the next step of each ticket, as the agenda plans it, and at no instant at which no
ticket has one any more. What is due is the timers'.
"""

import math
from collections import defaultdict
from datetime import UTC, datetime

from sqlalchemy import func, select

from hotline1022.base.db import Database
from hotline1022.simulation.timeline import Timeline
from tickets.agenda import Agenda
from tickets.store import ticket_deadlines


class Looks:
    """The looks ahead, by the second in which they are."""

    def __init__(self, database: Database, timeline: Timeline, agenda: Agenda) -> None:
        self._database, self._timeline, self._agenda = database, timeline, agenda
        self._changed: set[str] = set()
        self._next: dict[str, int] = {}
        self._ahead: defaultdict[int, set[str]] = defaultdict(set)

    def changed(self, code: str) -> None:
        """A ticket's next step may be another one."""
        self._changed.add(code)

    async def plan(self) -> None:
        """Plan a look at the next step of every ticket that has changed."""
        if not self._changed:
            return
        own = ticket_deadlines.c
        steps = select(own.code, func.min(own.step_at).label("first"))
        steps = steps.where(own.code.in_(sorted(self._changed)), own.step_at.is_not(None)).group_by(own.code)
        async with self._database.reading() as connection:
            first = {row.code: row.first for row in await connection.execute(steps.order_by(own.code))}
        for code in sorted(self._changed):
            self._next.pop(code, None)
            if code in first:
                self._expect(code, math.ceil(first[code].timestamp()))
        self._changed.clear()

    def _expect(self, code: str, second: int) -> None:
        self._next[code] = second
        if second not in self._ahead:
            self._timeline.plan(datetime.fromtimestamp(second, UTC), lambda: self._look(second))
        self._ahead[second].add(code)

    async def _look(self, second: int) -> None:
        if any(self._next.get(code) == second for code in self._ahead.pop(second)):
            await self._agenda.look({})
