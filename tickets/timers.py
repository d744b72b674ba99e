"""What time does to tickets: warnings, breaches, escalations, limits. Each step happens once, under the instant at which it was due.

What is due is found by its instant alone; who calls ``tick``, and when, is not decided here.
"""

from datetime import date, datetime, timedelta

import structlog

from hotline1022.base.access import MACHINE
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.log import where
from tickets import store
from tickets.acts import appointments
from tickets.acts.chain import office_of
from tickets.acts.letters import owe_late_answer
from tickets.acts.succession import inherit
from tickets.change import Change
from tickets.changes import RecordEvent, locked, write
from tickets.clocks import CLOCKS, DUE, WARNING, after_step, chain_of, escalation_of
from tickets.deciding import apply
from tickets.events import DeadlineBreached, DeadlineWarned, TicketEscalated
from tickets.model import HOTLINE, Deadline, Stage
from tickets.moves import Close, Resume
from tickets.rules import Rules, StandingRules
from tickets.stages import OPEN

log = structlog.get_logger()

BATCH = 50
"""Tickets in one transaction."""

OF_WHO_HAS_IT = ("answer", "respond")
"""Promises to the citizen: while the ticket lies with the hotline, it is the hotline that is late, not the agency it will go to."""

WITH_HOTLINE = (Stage.RECEIVED, Stage.CLASSIFIED)


class Timers:
    """Performs the steps that are due. Methods raise DatabaseAway; what was not committed is still due."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules, record_event: RecordEvent) -> None:
        self._database, self._clock, self._rules, self._record_event = database, clock, rules, record_event
        self._inherited: tuple[date, Rules] | None = None

    async def tick(self, late_by: timedelta = timedelta()) -> int:
        """Do everything that has been due for ``late_by``; returns the number of steps.

        After a standstill each step still has its own instant.
        """
        await self._inherit()
        total, failed = 0, set[str]()
        while True:
            found, steps = await self._batch(late_by, failed)
            total += steps
            if found == 0 or steps == 0:
                break
        if total:
            log.info("timers_ticked", steps=total)
        return total

    async def _inherit(self) -> None:
        """Once a day, and once for each set of rules: what ended agencies still owe becomes their successors'."""
        rules, now = self._rules.current, self._clock.now()
        day = now.astimezone(CIVIL_ZONE).date()
        if self._inherited is not None and self._inherited[0] == day and self._inherited[1] is rules:
            return
        ended, after, count = rules.agencies.ended_by(day), "", 0
        while ended:
            async with self._database.transaction() as connection:
                codes = await store.codes_owed_by(connection, ended, OPEN, after, BATCH)
                changes = await locked(connection, codes, rules=rules, now=now)
                count += sum(inherit(change) for change in changes.values())
                await write(connection, list(changes.values()), self._record_event)
            if len(codes) < BATCH:
                break
            after = codes[-1]
        self._inherited = (day, rules)
        if count:
            log.info("tickets_inherited", tickets=count)

    async def _batch(self, late_by: timedelta, failed: set[str]) -> tuple[int, int]:
        now = self._clock.now() - late_by
        async with self._database.transaction() as connection:
            codes = await store.codes_due(connection, now, BATCH, without=failed)
            if not codes:
                return 0, 0
            # A ticket that somebody is changing now is passed over: their change decides, and the next look finds the rest.
            changes = await locked(connection, codes, rules=self._rules.current, now=now, passing_over=True)
            steps, done = 0, []
            for change in changes.values():
                try:
                    steps += catch_up(change)
                except Exception as error:  # one ticket that no rule fits any more must not stop the time of all others
                    failed.add(change.code)
                    steps += 1  # there may be more behind it
                    kind, place = type(error).__name__, where(error.__traceback__)
                    log.error("steps_failed", ticket=change.code, error=kind, where=place)
                else:
                    done.append(change)
            await write(connection, done, self._record_event)
        return len(codes), steps


def catch_up(change: Change) -> int:
    """Do every step of a ticket that was due by the change's own instant, each as of its own; returns their number."""
    now, actor, steps = change.now, change.actor, 0
    while (deadline := _next(change, now)) is not None:
        step(change, deadline)
        steps += 1
    change.now, change.actor = now, actor
    return steps


def step(change: Change, deadline: Deadline) -> None:
    """Do the pending step of a promise, as of the instant at which it was due."""
    if deadline.step_at is None:
        raise ValueError("the clock of this promise stands")
    change.now, change.actor = deadline.step_at, MACHINE
    if deadline.clock in OF_WHO_HAS_IT and deadline.step in (WARNING, DUE) and change.stage in WITH_HOTLINE:
        held = deadline.model_copy(update={"party": HOTLINE})
        change.put(deadline, held)
        deadline = held
    rule, party = CLOCKS[deadline.clock], _name(change, deadline.party)
    facts = {"clock": deadline.clock, "party": deadline.party, "due": deadline.due.isoformat()}
    done = after_step(deadline, change.policy, change.calendar_of(deadline), change.stops)
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
        if deadline.clock == "answer":
            # A promise that moved and was broken again is still the same lateness: one report, one letter.
            lies_here = deadline.party == HOTLINE
            if not lies_here and not any(each.round == deadline.round for each in change.running("progress")):
                change.start("progress", deadline.party)
            owe_late_answer(change, deadline)
        if deadline.clock == appointments.CLOCK:
            appointments.window_over(change)
    elif rule.on_due == "resume":
        apply(change, Resume(move="resume"))
    else:
        apply(change, Close(move="close"))


def _escalate(change: Change, deadline: Deadline, party: str) -> None:
    chain = chain_of(deadline, change.policy)
    if escalation_of(deadline) >= len(chain):
        return  # the policy of today has a shorter chain than the one that planned this step
    link = chain[escalation_of(deadline)]
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
