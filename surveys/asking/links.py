"""One-time links: a page that asks one citizen about one answer, once. Who has the link answers; who they are is nowhere.

The token is random and only its hash is kept. A link that was used, has expired, or never was is told in one and the same way.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound, Refused
from surveys import store
from surveys.asking import store as link_store
from surveys.asking.model import LinkMade
from surveys.asking.operators import values_of
from surveys.course import Course, disposition_of
from surveys.model import MODE_NAMES, NEVER, NOW, WANTED, Answer, Case, Disposition, Mode, Question
from surveys.questionnaire import Questionnaire, Words, check, questions_of

log = structlog.get_logger()

PATH = "/khao-sat/{token}"
TOKEN_BYTES = 16
"""128 bits: nobody guesses one."""


class Asked(NamedTuple):
    """What the page of a link asks: about which answer, and the questions by name."""

    code: str
    agency_name: str
    told_at: datetime
    item: Question
    words: Mapping[Question, Words]


class Links:
    """Makes links and takes what is answered by them. Methods raise DatabaseAway."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        course: Course,
        questionnaire: Callable[[], Questionnaire],
        agency_name: Callable[[str], str],
    ) -> None:
        self._database, self._clock, self._course = database, clock, course
        self._questionnaire, self._agency_name = questionnaire, agency_name

    async def make(self, case_id: str, actor: Actor) -> LinkMade:
        """A link for a case; nobody is rung about it before the link has expired.

        Raises NotFound, and Refused when the case is over, or an operator does not hold it: operators choose nobody.
        """
        async with self._database.reading() as connection:
            case = await store.case_of(connection, case_id)
        if case is None:
            raise NotFound("Không có phiếu khảo sát này")
        if await self._course.citizens.round_of(case.code) != case.round:
            raise Refused("Phiếu đã được mở lại sau lần trả lời này", remedy="hỏi sau khi có câu trả lời mới")
        now, token = self._clock.now(), secrets.token_urlsafe(TOKEN_BYTES)
        until = now + timedelta(days=self._course.policy().link_days)
        async with self._database.transaction() as connection:
            case = await store.case_of(connection, case_id, lock=True)
            if case is None or not case.open:
                raise Refused(_closed(case), remedy="không cần hỏi nữa")
            held = [each for each in await store.attempts_of(connection, case_id) if each.ended_at is None]
            if actor.role is Role.OPERATOR and not any(each.by == actor.name for each in held):
                raise Refused(
                    "Điện thoại viên chỉ gửi được liên kết cho phiếu đang được giao",
                    remedy="lấy phiếu tiếp theo đến lượt",
                )
            await link_store.add_link(connection, _hash(token), case.id, at=now, by=actor.name, until=until)
            if not held:
                next_at = self._course.hours().next_opening(until)
                await self._course.plan(connection, case, case.attempts + 1, next_at)
        log.info("survey_link_made", case=case.id)
        return LinkMade(path=PATH.format(token=token), until=until)

    async def open(self, token: str) -> Asked | None:
        """What the page asks; None for a link that cannot be used (any more), whatever the reason."""
        async with self._database.reading() as connection:
            case_id = await link_store.case_of_link(connection, _hash(token), self._clock.now())
            case = await store.case_of(connection, case_id) if case_id else None
        if case is None or not case.open or await self._course.citizens.round_of(case.code) != case.round:
            return None
        name = self._agency_name(case.agency)
        values, questionnaire = values_of(case, name), self._questionnaire()
        words = {question: questionnaire.words(question, values) for question in questions_of(case.item)}
        return Asked(case.code, name, case.told_at, case.item, words)

    async def answer(self, token: str, marks: Mapping[Question, int], comment: str | None) -> bool:
        """Keep what was answered, and end the case; False for a link that cannot be used (any more).

        Raises Invalid when nothing was answered, or an answer does not fit; then the link can still be used.
        """
        return await self._use(token, {Question.CONSENT: NOW, **marks}, comment)

    async def never_again(self, token: str) -> bool:
        """Never ask this person again, and end the case; False for a link that cannot be used (any more)."""
        return await self._use(token, {Question.CONSENT: NEVER}, None)

    async def _use(self, token: str, marks: Mapping[Question, int], comment: str | None) -> bool:
        asked = await self.open(token)
        if asked is None:
            return False
        refused = marks[Question.CONSENT] == NEVER
        if not refused and not any(question in marks for question in (*WANTED, asked.item)):
            raise Invalid("Xin chọn ít nhất một câu trả lời", field="resolved")
        check(asked.item, marks)
        now, digest = self._clock.now(), _hash(token)
        async with self._database.transaction() as connection:
            case_id = await link_store.case_of_link(connection, digest, now)
            case = await store.case_of(connection, case_id, lock=True) if case_id else None
            if case is None or not case.open or not await link_store.use_link(connection, digest, now):
                return False
            disposition = await self._kept(connection, case, marks, comment)
            await self._course.close(connection, case, disposition, mode=Mode.LINK)
        log.info("survey_link_used", case=case.id, disposition=disposition)
        return True

    async def _kept(
        self, connection: AsyncConnection, case: Case, marks: Mapping[Question, int], comment: str | None
    ) -> Disposition:
        now, wording = self._clock.now(), self._questionnaire().wording
        given: list[tuple[Question, int | None]] = list(marks.items())
        given += [(Question.COMMENT, None)] if comment else []
        for question, mark in given:
            words = comment if question is Question.COMMENT else None
            answer = Answer(question=question, mark=mark, at=now, mode=Mode.LINK, wording=wording, words=words)
            await self._course.keep(connection, case, answer)
        return disposition_of("answered", await store.answers_of(connection, case.id))


def _closed(case: Case | None) -> str:
    if case is not None and case.mode is not None:
        return f"Phiếu này đã khảo sát xong bằng {MODE_NAMES[case.mode]}"
    return case.explanation.rstrip(".") if case is not None else "Không có phiếu khảo sát này"


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
