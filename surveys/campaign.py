"""The surveys by telephone: attempted within the windows, ended with what was answered. The line rings; this decides.

A telephone call cannot be taken back. The attempt's row is written before the call under an id that is the channel's: whoever finds
the row after a crash asks what became of the call and never makes it again. Better a survey less than a citizen rung twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

import structlog

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from surveys import store
from surveys.consideration import CallingHours, Citizens, RecordEvent
from surveys.course import Course, attempt_id
from surveys.dead_line import DeadLine
from surveys.model import Answer, Case, Mode
from surveys.policy import SurveyPolicy

log = structlog.get_logger()


NO_LINE_PAUSE = timedelta(days=1)
"""How long the hotline waits before it looks again where it has no line for calls of its own. Meanwhile operators may ring."""


EARLY = timedelta(seconds=30)
"""How much before its hour an attempt may be made. One that comes earlier has been put off since, or the clock was set back: at its
hour it comes again, by its newer plan or by the sweep."""


class Calls(Protocol):
    """The line, as far as surveys need it. What is answered and how a call ends is told by events."""

    def ready(self) -> bool:
        """Whether the hotline can make calls at all."""
        ...

    async def place(self, attempt: str, number: str, *, ring_seconds: int) -> None:
        """Ring a number (E.164) under this id and return when the call is over."""
        ...

    async def follow(self, attempt: str) -> None:
        """Return when a call that may have been placed is over; it is never placed again."""
        ...


@dataclass(frozen=True)
class Outcome:
    """How a call of ours ended, as the line tells it."""

    attempt: str
    at: datetime
    outcome: str
    """``answered``, ``machine``, ``busy``, ``no-answer``, ``rejected``, ``invalid-number``, ``failed``, ``unknown``."""
    answers: tuple[Answer, ...] = ()
    """Everything that was answered in it, as far as the line still knows: each was told by itself before."""


class Campaign:
    """Surveys by telephone. Methods raise DatabaseAway; each may be called again with the same facts and then changes nothing."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        policy: Callable[[], SurveyPolicy],
        hours: Callable[[], CallingHours],
        citizens: Citizens,
        calls: Calls,
        record_event: RecordEvent,
        key: bytes,
    ) -> None:
        """``key`` hashes numbers; it never changes in an installation."""
        self._database, self._clock, self._policy, self._hours = database, clock, policy, hours
        self._calls = calls
        self._dead_line = DeadLine()
        self._course = Course(
            database=database,
            clock=clock,
            policy=policy,
            hours=hours,
            citizens=citizens,
            record_event=record_event,
            key=key,
        )

    # An attempt -------------------------------------------------------------------------------------------------------

    async def attempt(self, payload: Mapping[str, Any]) -> None:
        """Make attempt ``number`` of ``case``, or find out what became of it. Everything is checked now, not when it was planned."""
        case_key, number = str(payload["case"]), int(payload["number"])
        attempt = attempt_id(case_key, number)
        async with self._database.reading() as connection:
            made = await store.attempt_of(connection, attempt)
            case = await store.case_of(connection, case_key)
        if made is not None:
            if made.ended_at is None and made.mode is Mode.IVR:
                await self._calls.follow(attempt)
            return
        if case is None or not case.open or case.attempts >= number:
            return
        if (citizen := await self._to_ring(case)) is None:
            return
        if await self._course.begin(case, number, citizen):
            await self._calls.place(attempt, citizen, ring_seconds=self._policy().ring_seconds)

    async def _to_ring(self, case: Case) -> str | None:
        """The number to ring now; None when that may not be, and then the case has been closed or put off."""
        now = self._clock.now()
        if case.next_at is not None and case.next_at - now > EARLY:
            return None
        citizen = await self._course.number_to_ring(case)
        if citizen is None:
            return None
        if not self._calls.ready():
            await self._course.look_again(case, self._hours().next_opening(now + NO_LINE_PAUSE))
            return None
        if not self._hours().open_at(now):
            await self._course.put_off(case, self._hours().next_opening(now))
            return None
        if (rests := self._dead_line.rests_until(now)) is not None:
            await self._course.put_off(case, self._hours().next_opening(rests))
            return None
        return citizen

    async def case_of_attempt(self, attempt: str) -> Case | None:
        """What a call is about."""
        async with self._database.reading() as connection:
            made = await store.attempt_of(connection, attempt)
            return None if made is None else await store.case_of(connection, made.case)

    # What the citizen says --------------------------------------------------------------------------------------------

    async def answered(self, attempt: str, answer: Answer) -> None:
        """Keep an answer that was given in a call, the moment it is known."""
        async with self._database.transaction() as connection:
            row = await store.attempt_of(connection, attempt)
            if row is None:
                log.error("answer_without_attempt")
                return
            case = await store.case_of(connection, row.case, lock=True)
            if case is None or not await self._course.keep(connection, case, answer):
                return
            if row.ended_at is not None and row.disposition is not None:
                await self._course.end_anew(connection, case, row, row.disposition)

    async def call_ended(self, told: Outcome) -> None:
        """A call is over: the case ends, or its next attempt is planned."""
        async with self._database.transaction() as connection:
            row = await store.attempt_of(connection, told.attempt)
            case = None if row is None else await store.case_of(connection, row.case, lock=True)
            if row is None or case is None:
                log.error("call_without_attempt")
                return
            ended = await self._course.end(connection, case, row, told.outcome, told.at, answers=told.answers)
        if ended is not None and self._dead_line.told(told.outcome, told.at):
            log.error("survey_line_seems_dead")

    # What was forgotten -----------------------------------------------------------------------------------------------

    async def sweep(self, late_by: timedelta) -> int:
        """Plan attempts again that have been due for ``late_by`` and were not made; returns how many. Cases that operators have held
        for too long are given back before."""
        await self._course.release_held()
        if not self._calls.ready():
            return 0
        async with self._database.transaction() as connection:
            due = await store.cases_due(connection, self._clock.now() - late_by, 100)
            for case in due:
                next_at = self._hours().next_opening(self._clock.now())
                await self._course.plan(connection, case, case.attempts + 1, next_at)
        if due:
            log.warning("survey_attempts_swept", count=len(due))
        return len(due)
