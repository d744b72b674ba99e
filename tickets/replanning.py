"""Deadlines after a calendar has changed: what still runs is computed anew, what has ended never is, and each move is told."""

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from tickets import store
from tickets.acts import letters
from tickets.change import Change
from tickets.changes import RecordEvent, locked, write
from tickets.clocks import CLOCKS
from tickets.events import DeadlineMoved
from tickets.model import Deadline, Stage
from tickets.rules import Rules, StandingRules

log = structlog.get_logger()

BATCH = 100


@dataclass(frozen=True)
class Moved:
    """A deadline that a calendar has moved."""

    code: str
    clock: str
    before: datetime
    after: datetime
    reason: str
    """One Vietnamese sentence."""


class Replanning:
    """Computes running deadlines anew. Methods raise DatabaseAway; what was done before stays done."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules, record_event: RecordEvent) -> None:
        self._database, self._clock, self._rules, self._record_event = database, clock, rules, record_event

    async def replan(self, *, try_only: bool = False, tell: Callable[[int], None] = lambda _: None) -> list[Moved]:
        """Bring every running promise to the calendars of now; returns those whose due time has moved, and writes them.

        ``try_only`` writes nothing. ``tell`` is given the number of tickets looked at, from time to time.
        """
        moved: list[Moved] = []
        looked_at = 0
        async for found, tickets in self._batches(self._rules.current, try_only=try_only):
            moved += found
            looked_at += tickets
            tell(looked_at)
        log.info("deadlines_replanned", tickets=looked_at, moved=len(moved))
        return moved

    async def foreseen(self, rules: Rules) -> AsyncIterator[tuple[list[Moved], int]]:
        """What ``replan`` would move if ``rules`` were in force, batch by batch, each with the number of its tickets. Writes nothing."""
        async for batch in self._batches(rules, try_only=True):
            yield batch

    async def _batches(self, rules: Rules, *, try_only: bool) -> AsyncIterator[tuple[list[Moved], int]]:
        versions = [calendar.version for calendar in rules.calendars.values()]
        after = ""
        while True:
            async with self._database.transaction() as connection:
                codes = await store.codes_on_other_calendars(connection, versions, after, BATCH)
                changes = await locked(connection, codes, rules=rules, now=self._clock.now())
                moved = [each for change in changes.values() for each in replan(change)]
                if not try_only:
                    await write(connection, list(changes.values()), self._record_event)
            yield moved, len(codes)
            if len(codes) < BATCH:
                return
            after = codes[-1]


def replan(change: Change) -> list[Moved]:
    """Compute the running promises of one ticket anew on the calendars of now; returns those that have moved."""
    found = []
    late = next((each for each in change.running("answer") if each.breached_at is not None), None)
    for deadline in [each for each in change.deadlines if each.running]:
        calendar = change.calendar_of(deadline)
        if deadline.calendar == calendar.version:
            continue
        new = change.recompute(deadline)
        if change.stage is Stage.MERGED and new.clock == "answer" and new.step is not None:
            # Its main ticket reminds the agency, also when it was late before it was merged.
            change.put(new, new.model_copy(update={"step": None, "step_at": None}))
        if new.due != deadline.due:
            found.append(_told(change, deadline, new))
    if late is not None:
        letters.no_longer_late(change, late.due)
    letters.follow_clock(change)
    return found


def _told(change: Change, old: Deadline, new: Deadline) -> Moved:
    reason = (
        f"Lịch làm việc thay đổi: hạn {CLOCKS[old.clock].title} chuyển từ {_civil(old.due)} sang {_civil(new.due)}. "
        f"{new.explanation}"
    )
    change.journal(
        "replanned",
        reason,
        clock=old.clock,
        party=old.party,
        before=old.due.isoformat(),
        after=new.due.isoformat(),
        calendar=new.calendar,
    )
    change.tell(
        DeadlineMoved(
            at=change.now,
            code=change.code,
            clock=old.clock,
            party=old.party,
            before=old.due,
            after=new.due,
            reason=reason,
        )
    )
    return Moved(change.code, old.clock, old.due, new.due, reason)


def _civil(instant: datetime) -> str:
    return f"{instant.astimezone(CIVIL_ZONE):%H:%M %d/%m/%Y}"
