"""The course of a case: an attempt begun, what is answered in it, how it ends, the next one planned, the case closed. Nobody is rung here.

Every way of asking goes through these steps. Who dials, and how it is known what was answered, is the way's own: the automatic
call's (``campaign``), an operator's and a link's (``asking``). Methods that take a connection work in the caller's transaction, with
the case locked.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from surveys import store
from surveys.asking import store as link_store
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

HELD = timedelta(minutes=15)
"""How long a case is an operator's alone; after it the attempt counts as made, and its end as unknown."""

BUSY_PAUSE = timedelta(minutes=5)
"""Until it is looked again whether somebody can be rung about an answer who is being rung about another one."""


class Course:
    """The steps of a case. Methods raise DatabaseAway."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        policy: Callable[[], SurveyPolicy],
        hours: Callable[[], CallingHours],
        citizens: Citizens,
        record_event: RecordEvent,
        key: bytes,
    ) -> None:
        """``key`` hashes numbers; it never changes in an installation."""
        self._database, self._clock, self._record_event, self._key = database, clock, record_event, key
        self.policy, self.hours, self.citizens = policy, hours, citizens

    # Before an attempt ------------------------------------------------------------------------------------------------

    async def number_to_ring(self, case: Case) -> str | None:
        """The number (E.164) that may be rung about a case as things stand now; None when none may, and then the case has been closed."""
        policy, now = self.policy(), self._clock.now()
        citizen = await self.citizens.number_of(case.code)
        against: Reason | None = None
        if citizen is None:
            against = Reason.NO_NUMBER
        elif not policy.allows(citizen):
            against = Reason.NUMBER_NOT_ALLOWED
        elif await self.citizens.round_of(case.code) != case.round:
            against = Reason.REOPENED
        elif now - case.told_at > timedelta(days=policy.too_old_days):
            against = Reason.TOO_OLD
        if against is not None:
            await self.exclude(case, against)
            return None
        return citizen

    async def begin(
        self, case: Case, number: int, citizen: str, *, mode: Mode = Mode.IVR, by: str | None = None
    ) -> Attempt | None:
        """Write the row of attempt ``number``; None when somebody else did, or the person may not be rung (any more) today."""
        now, policy = self._clock.now(), self.policy()
        today = now.astimezone(CIVIL_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
        person = person_of(citizen, self._key)
        async with self._database.transaction() as connection:
            # The person before the case, so that two cases of one person cannot both find the telephone free.
            await store.hold_person(connection, person)
            fresh = await store.case_of(connection, case.id, lock=True)
            if fresh is None or not fresh.open or fresh.attempts >= number:
                return None
            if mode is Mode.OPERATOR and (fresh.next_at is None or fresh.next_at > now):
                return None
            quiet = now - timedelta(days=policy.quiet_days)
            known = await store.known_of(connection, case.code, case.round, person, quiet)
            ringing = await store.is_being_rung(connection, person, now - HELD)
            against = Reason.OPTED_OUT if known["opted_out"] else None
            if fresh.attempts == 0 and known["asked_lately_at"] is not None and not ringing:
                # Asked about another answer since this one was decided. A call that goes on now is waited for; in one whose end was
                # never told, somebody may have been asked.
                against = against or Reason.ASKED_LATELY
            if against is not None:
                await self.close(connection, fresh, Disposition.EXCLUDED, reason=against)
                return None
            if ringing:
                await self.plan(connection, fresh, number, self.hours().next_opening(now + BUSY_PAUSE))
                return None
            if await store.attempts_since(connection, person, today) >= policy.most_calls_a_day:
                await self.plan(connection, fresh, number, self.hours().next_opening(today + timedelta(days=1)))
                return None
            attempt = Attempt(
                id=attempt_id(case.id, number),
                case=case.id,
                number=number,
                made_at=now,
                ended_at=None,
                disposition=None,
                mode=mode,
                by=by,
            )
            await store.add_attempt(connection, attempt, person)
            await store.change_case(connection, case.id, attempts=number, next_at=None)
        log.info("survey_attempt", case=case.id, number=number, mode=mode)
        return attempt

    # What the citizen says, and the end of an attempt -----------------------------------------------------------------

    async def keep(self, connection: AsyncConnection, case: Case, answer: Answer) -> bool:
        """Keep an answer; False when it was kept before, or the case has ended by another mode: modes are never mixed in silence.

        That somebody never wants to be asked again always counts.
        """
        if answer in await store.answers_of(connection, case.id):
            return False
        if answer.question is Question.CONSENT and answer.mark == NEVER and case.person is not None:
            await store.opt_out(connection, case.person, answer.at, case.id)
        if case.mode not in (None, answer.mode):
            return False
        await store.put_answer(connection, case.id, answer)
        return True

    async def end(
        self,
        connection: AsyncConnection,
        case: Case,
        attempt: Attempt,
        outcome: str,
        at: datetime,
        *,
        answers: tuple[Answer, ...] = (),
    ) -> Disposition | None:
        """An attempt is over: the case ends, or its next attempt is planned. None when that was told before.

        ``outcome`` is how the call went: ``answered``, ``machine``, ``busy``, ``no-answer``, ``rejected``, ``invalid-number``, ``failed``,
        ``unknown``; ``answers`` are those given in it.
        """
        for answer in answers:
            await self.keep(connection, case, answer)
        heard: tuple[Answer, ...] = ()
        if case.mode in (None, attempt.mode):
            heard = tuple(each for each in await store.answers_of(connection, case.id) if _of(attempt, each))
        disposition = disposition_of(outcome, heard)
        if not await store.end_attempt(connection, attempt.id, at, disposition):
            return None
        if not case.open:
            return disposition
        again = disposition in AGAIN and attempt.number < self.policy().most_attempts
        if again:
            # Whoever has been given a link has the time to use it.
            linked = await link_store.linked_until(connection, case.id, at)
            wanted = max(self._next(disposition, attempt.number, at), linked or at)
            await self.plan(connection, case, attempt.number + 1, self.hours().next_opening(wanted))
        else:
            await self.close(connection, case, disposition, mode=attempt.mode)
        log.info("survey_call_ended", case=case.id, disposition=disposition, again=again)
        return disposition

    async def end_anew(self, connection: AsyncConnection, case: Case, attempt: Attempt, before: str) -> Disposition:
        """Answers were told after their attempt's end, as may be after a crash: the case ends as if they had been there in time."""
        disposition = disposition_of(before, await store.answers_of(connection, case.id))
        if disposition not in AGAIN:
            await self.close(connection, case, disposition, mode=attempt.mode)
        return disposition

    def _next(self, disposition: Disposition, number: int, at: datetime) -> datetime:
        policy = self.policy()
        hours = policy.later_hours if disposition is Disposition.LATER else policy.gaps_hours[number - 1]
        return self.hours().next_opening(at + timedelta(hours=hours))

    async def release_held(self) -> int:
        """End the attempts of operators who have held a case for longer than ``HELD``; returns how many. What came of them is unknown."""
        now = self._clock.now()
        async with self._database.transaction() as connection:
            held = await store.held_attempts(connection, before=now - HELD)
            for attempt in held:
                case = await store.case_of(connection, attempt.case, lock=True)
                if case is not None:
                    await self.end(connection, case, attempt, Disposition.UNKNOWN, now)
        if held:
            log.warning("survey_cases_released", count=len(held))
        return len(held)

    # Plans and ends ---------------------------------------------------------------------------------------------------

    async def exclude(self, case: Case, reason: Reason) -> None:
        """Close a case, if it is still open, because nobody is to be asked."""
        async with self._database.transaction() as connection:
            fresh = await store.case_of(connection, case.id, lock=True)
            if fresh is not None and fresh.open:
                await self.close(connection, fresh, Disposition.EXCLUDED, reason=reason)

    async def put_off(self, case: Case, next_at: datetime) -> None:
        """Plan the next attempt of a case anew, if it is still open."""
        async with self._database.transaction() as connection:
            fresh = await store.case_of(connection, case.id, lock=True)
            if fresh is not None and fresh.open:
                await self.plan(connection, fresh, fresh.attempts + 1, next_at)

    async def plan(self, connection: AsyncConnection, case: Case, number: int, next_at: datetime) -> None:
        """Attempt ``number`` is to be made at ``next_at``."""
        await store.change_case(connection, case.id, next_at=next_at)
        await self._tell_plan(connection, case, number, next_at)

    async def look_again(self, case: Case, at: datetime) -> None:
        """The attempt stays due, and the hotline looks at it again at ``at``: until then it is an operator's to make."""
        async with self._database.transaction() as connection:
            await self._tell_plan(connection, case, case.attempts + 1, at)

    async def _tell_plan(self, connection: AsyncConnection, case: Case, number: int, at: datetime) -> None:
        planned = SurveyPlanned(at=self._clock.now(), case=case.id, number=number, next_at=at)
        await self._record_event(connection, planned)

    async def close(
        self,
        connection: AsyncConnection,
        case: Case,
        disposition: Disposition,
        *,
        mode: Mode | None = None,
        reason: Reason | None = None,
    ) -> None:
        """The case is over; ``reason`` is why nobody is asked, where that is its end."""
        now, answers = self._clock.now(), await store.answers_of(connection, case.id)
        values: dict[str, Any] = {"disposition": disposition, "mode": mode, "next_at": None, "closed_at": now}
        if reason is not None:
            reasons = (*case.reasons, reason)
            values |= {
                "reasons": [str(each) for each in reasons],
                "explanation": explained(reasons, self.policy(), None),
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


def _of(attempt: Attempt, answer: Answer) -> bool:
    """Whether an answer says how this attempt went. That somebody agreed, or put it off, in an earlier one does not."""
    return answer.question is not Question.CONSENT or answer.mark == NEVER or answer.at >= attempt.made_at


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
