"""What time does to tickets: warnings, breaches, escalations, limits. Each step happens once, under the instant at which it was due.

What is due is found by its instant alone; who calls ``tick``, and when, is not decided here.
"""

from datetime import datetime, timedelta

import structlog

from hotline1022.base.access import MACHINE
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from tickets import store
from tickets.acts import appointments
from tickets.acts.chain import office_of
from tickets.acts.letters import owe_late_answer
from tickets.change import Change
from tickets.changes import RecordEvent, locked, write
from tickets.clocks import CLOCKS, DUE, WARNING, after_step, escalation_of
from tickets.deciding import apply
from tickets.events import DeadlineBreached, DeadlineWarned, TicketEscalated
from tickets.model import HOTLINE, Deadline
from tickets.moves import Close, Resume
from tickets.rules import StandingRules

log = structlog.get_logger()

BATCH = 50
"""Tickets in one transaction."""


class Timers:
    """Performs the steps that are due. Methods raise DatabaseAway; what was not committed is still due."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules, record_event: RecordEvent) -> None:
        self._database, self._clock, self._rules, self._record_event = database, clock, rules, record_event

    async def tick(self, late_by: timedelta = timedelta()) -> int:
        """Do everything that has been due for ``late_by``; returns the number of steps.

        After a standstill each step still has its own instant.
        """
        total = 0
        while True:
            found, steps = await self._batch(late_by)
            total += steps
            if found == 0 or steps == 0:
                break
        if total:
            log.info("timers_ticked", steps=total)
        return total

    async def _batch(self, late_by: timedelta) -> tuple[int, int]:
        now = self._clock.now() - late_by
        async with self._database.transaction() as connection:
            codes = await store.codes_due(connection, now, BATCH)
            if not codes:
                return 0, 0
            # A ticket that somebody is changing now is passed over: their change decides, and the next look finds the rest.
            changes = await locked(connection, codes, rules=self._rules.current, now=now, passing_over=True)
            steps = sum(catch_up(change) for change in changes.values())
            await write(connection, list(changes.values()), self._record_event)
        return len(codes), steps


def catch_up(change: Change) -> int:
    """Do every step of a ticket that was due by the change's own instant; returns their number."""
    now, actor, steps = change.now, change.actor, 0
    while (deadline := _next(change, now)) is not None:
        step(change, deadline)
        steps += 1
    change.now, change.actor, change.came_from = now, actor, change.stage
    return steps


def step(change: Change, deadline: Deadline) -> None:
    """Do the pending step of a promise, as of the instant at which it was due."""
    if deadline.step_at is None:
        raise ValueError("the clock of this promise stands")
    change.now, change.actor = deadline.step_at, MACHINE
    rule, party = CLOCKS[deadline.clock], _name(change, deadline.party)
    facts = {"clock": deadline.clock, "party": deadline.party, "due": deadline.due.isoformat()}
    done = after_step(deadline, change.policy, change.calendar_of(deadline))
    change.put(deadline, done)
    told = {"at": change.now, "code": change.code, "clock": deadline.clock, "party": deadline.party}
    if deadline.step == WARNING and deadline.clock == appointments.CLOCK:
        appointments.remind(change, deadline)
    elif deadline.step == WARNING:
        change.journal("warned", f"{party} sắp đến hạn {rule.title}. {deadline.explanation}", **facts)
        change.tell(DeadlineWarned.model_validate({**told, "due": deadline.due}))
    elif deadline.step != DUE:
        _escalate(change, deadline, party)
    elif rule.on_due == "breach":
        change.journal("breached", f"{party} quá hạn {rule.title}. {deadline.explanation}", **facts)
        change.tell(DeadlineBreached.model_validate({**told, "due": deadline.due}))
        if deadline.clock == "answer" and deadline.party != HOTLINE:
            # A promise that moved and was broken again is still the same lateness: one report, one letter.
            if not any(each.round == deadline.round for each in change.running("progress")):
                change.start("progress", deadline.party)
            owe_late_answer(change, deadline)
        if deadline.clock == appointments.CLOCK:
            appointments.window_over(change)
    elif rule.on_due == "resume":
        apply(change, Resume(move="resume"))
    else:
        apply(change, Close(move="close"))


def _escalate(change: Change, deadline: Deadline, party: str) -> None:
    link = change.policy.chain(hotline=deadline.party == HOTLINE)[escalation_of(deadline)]
    name = office_of(change, link.to, deadline.party)
    reason = f"Báo {name}: {party} vẫn chưa {CLOCKS[deadline.clock].title}. {deadline.explanation}"
    if link.level > change["level"]:
        change.set(level=link.level)
    change.journal("escalated", reason, clock=deadline.clock, party=deadline.party, to=link.to, level=link.level)
    change.tell(
        TicketEscalated(
            at=change.now,
            code=change.code,
            clock=deadline.clock,
            party=deadline.party,
            to=link.to,
            to_name=name,
            level=link.level,
            reason=reason,
        )
    )


def _next(change: Change, now: datetime) -> Deadline | None:
    due = [(each.step_at, index) for index, each in enumerate(change.deadlines) if each.step_at and each.step_at <= now]
    return change.deadlines[min(due)[1]] if due else None


def _name(change: Change, party: str) -> str:
    return "Tổng đài" if party == HOTLINE else change.name_of(party)
