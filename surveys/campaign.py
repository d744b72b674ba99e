"""The surveys by telephone: attempted within the windows, ended with what was answered. The line rings; this decides.

A telephone call cannot be taken back. The attempt's row is written before the call under an id that is the channel's: whoever finds
the row after a crash asks what became of the call and never makes it again. Better a survey less than a citizen rung twice.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol
from uuid import NAMESPACE_URL, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from surveys import store
from surveys.consideration import CallingHours, Citizens, RecordEvent
from surveys.events import SurveyEnded, SurveyPlanned
from surveys.model import (
    AGAIN,
    ITEMS,
    LATER,
    NEVER,
    NOW,
    UNSOLVED,
    WANTED,
    Answer,
    Attempt,
    Case,
    Disposition,
    Mode,
    Question,
    Reason,
)
from surveys.policy import SurveyPolicy
from surveys.selection import explained, person_of

log = structlog.get_logger()


NO_LINE_PAUSE = timedelta(days=1)
"""How long an attempt waits where the hotline has no line for calls of its own: somebody may set one up."""


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
        """``key`` hashes numbers and draws the sample; it never changes in an installation."""
        self._database, self._clock, self._record_event, self._key = database, clock, record_event, key
        self._policy, self._hours, self._citizens, self._calls = policy, hours, citizens, calls

    # An attempt -------------------------------------------------------------------------------------------------------

    async def attempt(self, payload: Mapping[str, Any]) -> None:
        """Make attempt ``number`` of ``case``, or find out what became of it. Everything is checked now, not when it was planned."""
        case_key, number = str(payload["case"]), int(payload["number"])
        attempt = attempt_id(case_key, number)
        async with self._database.reading() as connection:
            made = await store.attempt_of(connection, attempt)
            case = await store.case_of(connection, case_key)
        if made is not None:
            if made.ended_at is None:
                await self._calls.follow(attempt)
            return
        if case is None or not case.open or case.attempts >= number:
            return
        if (citizen := await self._to_ring(case)) is None:
            return
        if await self._announced(case, number, attempt, citizen):
            await self._calls.place(attempt, citizen, ring_seconds=self._policy().ring_seconds)

    async def _to_ring(self, case: Case) -> str | None:
        """The number to ring now; None when that may not be, and then the case has been closed or put off."""
        policy, now = self._policy(), self._clock.now()
        citizen = await self._citizens.number_of(case.code)
        against: Reason | None = None
        if citizen is None:
            against = Reason.NO_NUMBER
        elif not policy.allows(citizen):
            against = Reason.NUMBER_NOT_ALLOWED
        elif await self._citizens.round_of(case.code) != case.round:
            against = Reason.REOPENED
        elif now - case.told_at > timedelta(days=policy.too_old_days):
            against = Reason.TOO_OLD
        if against is not None:
            await self._exclude(case, against)
            return None
        if not self._calls.ready():
            await self._put_off(case, self._hours().next_opening(now + NO_LINE_PAUSE))
            return None
        if not self._hours().open_at(now):
            await self._put_off(case, self._hours().next_opening(now))
            return None
        return citizen

    async def _announced(self, case: Case, number: int, attempt: str, citizen: str) -> bool:
        """Write the attempt's row; False when somebody else did, or the person may not be rung (any more) today."""
        now, policy = self._clock.now(), self._policy()
        today = now.astimezone(CIVIL_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        person = person_of(citizen, self._key)
        async with self._database.transaction() as connection:
            fresh = await store.case_of(connection, case.id, lock=True)
            if fresh is None or not fresh.open or fresh.attempts >= number:
                return False
            known = await store.known_of(connection, case.code, case.round, person, now)
            if known["opted_out"]:
                await self._close(connection, fresh, Disposition.EXCLUDED, reason=Reason.OPTED_OUT)
                return False
            if await store.attempts_since(connection, person, today) >= policy.most_calls_a_day:
                await self._plan(connection, fresh, number, self._hours().next_opening(today + timedelta(days=1)))
                return False
            row = Attempt(id=attempt, case=case.id, number=number, made_at=now, ended_at=None, disposition=None)
            await store.add_attempt(connection, row, person)
            await store.change_case(connection, case.id, attempts=number, next_at=None)
        log.info("survey_attempt", ticket=case.code, number=number)
        return True

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
            if case is None or not await self._keep(connection, case, answer):
                return
            if row.ended_at is not None and row.disposition is not None:
                await self._end_anew(connection, case, row.disposition)

    async def _keep(self, connection: AsyncConnection, case: Case, answer: Answer) -> bool:
        """Keep an answer; False when it was kept before."""
        if answer in await store.answers_of(connection, case.id):
            return False
        await store.put_answer(connection, case.id, answer)
        if answer.question is Question.CONSENT and answer.mark == NEVER and case.person is not None:
            await store.opt_out(connection, case.person, answer.at, case.id)
        return True

    async def _end_anew(self, connection: AsyncConnection, case: Case, before: Disposition) -> None:
        """An answer was told after its call's end, as may be after a crash: the case ends as if it had been there in time."""
        disposition = disposition_of(before, await store.answers_of(connection, case.id))
        if disposition not in AGAIN:
            await self._close(connection, case, disposition, mode=Mode.IVR)

    async def call_ended(self, told: Outcome) -> None:
        """A call is over: the case ends, or its next attempt is planned."""
        async with self._database.transaction() as connection:
            row = await store.attempt_of(connection, told.attempt)
            case = None if row is None else await store.case_of(connection, row.case, lock=True)
            if row is None or case is None:
                log.error("call_without_attempt")
                return
            for answer in told.answers:
                await self._keep(connection, case, answer)
            disposition = disposition_of(told.outcome, await store.answers_of(connection, case.id))
            if not await store.end_attempt(connection, row.id, told.at, disposition) or not case.open:
                return
            again = disposition in AGAIN and row.number < self._policy().most_attempts
            if again:
                await self._plan(connection, case, row.number + 1, self._next(disposition, row.number, told.at))
            else:
                await self._close(connection, case, disposition, mode=Mode.IVR)
        log.info("survey_call_ended", ticket=case.code, disposition=disposition, again=again)

    def _next(self, disposition: Disposition, number: int, at: datetime) -> datetime:
        policy = self._policy()
        hours = policy.later_hours if disposition is Disposition.LATER else policy.gaps_hours[number - 1]
        return self._hours().next_opening(at + timedelta(hours=hours))

    # Ends and plans ---------------------------------------------------------------------------------------------------

    async def ended_otherwise(self, case: str, mode: Mode, disposition: Disposition) -> None:
        """A case was answered to an operator, or on the page of its link: nobody is rung any more."""
        async with self._database.transaction() as connection:
            found = await store.case_of(connection, case, lock=True)
            if found is not None and found.open:
                await self._close(connection, found, disposition, mode=mode)

    async def sweep(self, late_by: timedelta) -> int:
        """Plan attempts again that have been due for ``late_by`` and were not made; returns how many."""
        async with self._database.transaction() as connection:
            due = await store.cases_due(connection, self._clock.now() - late_by, 100)
            for case in due:
                await self._plan(connection, case, case.attempts + 1, self._hours().next_opening(self._clock.now()))
        if due:
            log.warning("survey_attempts_swept", count=len(due))
        return len(due)

    async def _exclude(self, case: Case, reason: Reason) -> None:
        async with self._database.transaction() as connection:
            fresh = await store.case_of(connection, case.id, lock=True)
            if fresh is not None and fresh.open:
                await self._close(connection, fresh, Disposition.EXCLUDED, reason=reason)

    async def _put_off(self, case: Case, next_at: datetime) -> None:
        async with self._database.transaction() as connection:
            fresh = await store.case_of(connection, case.id, lock=True)
            if fresh is not None and fresh.open:
                await self._plan(connection, fresh, fresh.attempts + 1, next_at)

    async def _plan(self, connection: AsyncConnection, case: Case, number: int, next_at: datetime) -> None:
        await store.change_case(connection, case.id, next_at=next_at)
        await self._tell_plan(connection, case.id, number, next_at)

    async def _tell_plan(self, connection: AsyncConnection, case: str, number: int, next_at: datetime) -> None:
        await self._record_event(
            connection, SurveyPlanned(at=self._clock.now(), case=case, number=number, next_at=next_at)
        )

    async def _close(
        self,
        connection: AsyncConnection,
        case: Case,
        disposition: Disposition,
        *,
        mode: Mode | None = None,
        reason: Reason | None = None,
    ) -> None:
        now, answers = self._clock.now(), await store.answers_of(connection, case.id)
        values: dict[str, Any] = {"disposition": disposition, "mode": mode, "next_at": None, "closed_at": now}
        if reason is not None:
            reasons = (*case.reasons, reason)
            values |= {
                "reasons": [str(each) for each in reasons],
                "explanation": explained(reasons, self._policy(), None),
            }
            await store.add_reasons(connection, case.model_copy(update={"reasons": (reason,), "decided_at": now}))
        await store.change_case(connection, case.id, **values)
        marks = {str(answer.question): answer.mark for answer in answers if answer.mark is not None}
        ended = SurveyEnded(
            at=now,
            case=case.id,
            code=case.code,
            round=case.round,
            agency=case.agency,
            disposition=disposition,
            mode=mode or Mode.IVR,
            wording=answers[-1].wording if answers else None,
            answers=marks,
            commented=any(answer.question is Question.COMMENT for answer in answers),
            reopen=marks.get(Question.RESOLVED) == UNSOLVED or Question.REOPEN in marks,
            attempts=case.attempts,
        )
        await self._record_event(connection, ended)


def attempt_id(case: str, number: int) -> str:
    """The id of an attempt, and of its channel."""
    return str(uuid5(NAMESPACE_URL, f"hotline1022:survey:{case}:attempt:{number}"))


def disposition_of(outcome: str, answers: tuple[Answer, ...]) -> Disposition:
    """What a call came to, given how it ended and everything that has been answered."""
    marks = {answer.question: answer.mark for answer in answers}
    if any(question in marks for question in (*WANTED, *ITEMS)):
        whole = all(question in marks for question in WANTED) and any(item in marks for item in ITEMS)
        return Disposition.COMPLETED if whole else Disposition.PARTIAL
    consent = marks.get(Question.CONSENT)
    if consent is not None:
        return {NOW: Disposition.UNHEARD, LATER: Disposition.LATER, NEVER: Disposition.OPTED_OUT}[consent]
    told = {"answered": Disposition.UNHEARD, "rejected": Disposition.REFUSED}
    return told.get(outcome) or Disposition(outcome)
