"""Whether the citizen of an answer is asked: decided once for each answer, with every reason and a sentence. Nobody is rung here."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol
from uuid import NAMESPACE_URL, uuid5

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from surveys import store
from surveys.events import SurveyDecided, SurveyPlanned
from surveys.model import Case, Disposition, Told
from surveys.policy import SurveyPolicy
from surveys.selection import Known, explained, item_of, person_of, reasons_against

log = structlog.get_logger()

RecordEvent = Callable[[AsyncConnection, Event], Awaitable[None]]
"""Keeps an event in the transaction of the change that it tells."""


class CallingHours(Protocol):
    """The calling windows."""

    def open_at(self, instant: datetime) -> bool:
        """Whether people may be rung then."""
        ...

    def next_opening(self, instant: datetime) -> datetime:
        """``instant`` if people may be rung then, else the next instant at which they may."""
        ...


class Citizens(Protocol):
    """What surveys may ask about the citizen of a ticket, at the moment they need it."""

    async def number_of(self, code: str) -> str | None:
        """The number (E.164) that reported; None when it was hidden or erased. Raises DatabaseAway."""
        ...

    async def round_of(self, code: str) -> int | None:
        """How often the ticket has been reopened; None when there is no such ticket. Raises DatabaseAway."""
        ...


class Consideration:
    """Decides. Methods raise DatabaseAway; asking again about the same answer changes nothing."""

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
        """``key`` hashes numbers and draws the sample; it never changes in an installation."""
        self._database, self._clock, self._record_event, self._key = database, clock, record_event, key
        self._policy, self._hours, self._citizens = policy, hours, citizens

    async def consider(self, told: Told) -> Case | None:
        """Decide whether the citizen of an answer is asked; None when that was decided before."""
        policy, now = self._policy(), self._clock.now()
        number = await self._citizens.number_of(told.code)
        person = None if number is None else person_of(number, self._key)
        quiet_since = now - timedelta(days=policy.quiet_days)
        async with self._database.transaction() as connection:
            found = await store.known_of(connection, told.code, told.round, person, quiet_since)
            if found["already_asked"]:
                return None
            known = Known(
                number=number,
                opted_out=bool(found["opted_out"]),
                asked_lately_at=found["asked_lately_at"],
                already_asked=False,
                now=now,
            )
            reasons = reasons_against(told, known, policy, self._key)
            wanted = max(told.at + timedelta(hours=policy.wait_hours), now)
            next_at = None if reasons else self._hours().next_opening(wanted)
            case = Case(
                id=case_id(told.code, told.round),
                code=told.code,
                round=told.round,
                agency=told.agency,
                topic=told.topic,
                place=told.place,
                told_at=told.at,
                business=told.business,
                person=person,
                item=item_of(told.code, told.round, self._key),
                policy=policy.version,
                reasons=reasons,
                explanation=explained(reasons, policy, next_at),
                decided_at=now,
                next_at=next_at,
                attempts=0,
                disposition=Disposition.EXCLUDED if reasons else None,
                mode=None,
                closed_at=now if reasons else None,
            )
            if not await store.add_case(connection, case):
                return None
            decided = SurveyDecided(
                at=now,
                case=case.id,
                code=case.code,
                round=case.round,
                agency=case.agency,
                reasons=tuple(reasons),
                explanation=case.explanation,
                next_at=next_at,
            )
            await self._record_event(connection, decided)
            if next_at is not None:
                await self._record_event(connection, SurveyPlanned(at=now, case=case.id, number=1, next_at=next_at))
        log.info("survey_decided", case=case.id, asked=not reasons, reasons=[str(reason) for reason in reasons])
        return case


def case_id(code: str, round_: int) -> str:
    """The one case of this answer of this ticket."""
    return str(uuid5(NAMESPACE_URL, f"hotline1022:survey:{code}:{round_}"))
