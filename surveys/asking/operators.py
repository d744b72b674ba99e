"""Operators who ask: the next case that is due, theirs alone for a while, and what they write down. Nobody chooses whom to ring."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound, Refused
from surveys import store
from surveys.asking.model import CaseHeld, Kept, QuestionAsked, WrittenDown
from surveys.course import HELD, Course, disposition_of
from surveys.model import DISPOSITION_NAMES, MODE_NAMES, NOW, Answer, Attempt, Case, Disposition, Mode, Question, Reason
from surveys.questionnaire import Questionnaire, check, only_if, questions_of

AT_ONCE = 20
"""Due cases that are looked at before more are read."""


class OperatorSurveys:
    """Surveys that operators make by telephone. Methods raise DatabaseAway."""

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

    async def take_next(self, actor: Actor) -> CaseHeld:
        """The case that has been due for longest, for ``actor`` alone; the same one while they hold one.

        Raises Refused outside of the calling windows, and NotFound when nothing is due. Cases about which nobody may be rung any more are
        closed on the way.
        """
        await self._course.release_held()
        async with self._database.reading() as connection:
            held = await store.held_attempts(connection, by=actor.name)
            case = await store.case_of(connection, held[0].case) if held else None
        if case is not None:
            number = await self._course.citizens.number_of(case.code)
            if case.open and number is not None:
                return self._held(case, held[0], number)
            await self._let_go(case, held[0])
        now = self._clock.now()
        if not self._course.hours().open_at(now):
            opening = self._course.hours().next_opening(now).astimezone(CIVIL_ZONE)
            raise Refused("Ngoài giờ gọi khảo sát", remedy=f"gọi từ {opening:%H:%M %d/%m/%Y}")
        while due := await self._due():
            for each in due:
                number = await self._course.number_to_ring(each)
                if number is None:
                    continue
                attempt = await self._course.begin(
                    each, each.attempts + 1, number, mode=Mode.OPERATOR, by=actor.name
                )  # fmt: skip
                if attempt is not None:
                    return self._held(each, attempt, number)
        raise NotFound("Chưa có phiếu nào đến lượt khảo sát", remedy="thử lại sau")

    async def write_down(self, case_id: str, said: WrittenDown, actor: Actor) -> Kept:
        """Keep what came of a call about a case that ``actor`` holds, or let go too late; the same again changes nothing.

        Raises NotFound, Invalid for answers that do not fit, and Refused when somebody else holds the case or it has ended otherwise.
        """
        now = self._clock.now()
        async with self._database.transaction() as connection:
            case = await store.case_of(connection, case_id, lock=True)
            if case is None:
                raise NotFound("Không có phiếu khảo sát này")
            _check(case, said)
            attempts = await store.attempts_of(connection, case_id)
            attempt = attempts[-1] if attempts else None
            answers = self._answers(said, now)
            if attempt is None or attempt.mode is not Mode.OPERATOR or attempt.by != actor.name:
                raise Refused(_not_theirs(case, attempt), remedy="lấy phiếu tiếp theo đến lượt")
            unknown = attempt.disposition is Disposition.UNKNOWN
            otherwise = not case.open and case.mode is not Mode.OPERATOR
            if otherwise:
                await store.end_attempt(connection, attempt.id, now, Disposition.UNKNOWN)
            elif attempt.ended_at is None:
                await self._course.end(connection, case, attempt, said.outcome, now, answers=answers)
            elif unknown and (case.open or case.disposition is Disposition.UNKNOWN):
                await self._late(connection, case, attempt, said, answers)
            elif not await _same(connection, case, attempt, said):
                raise Refused("Phiếu này đã được ghi kết quả", remedy="lấy phiếu tiếp theo đến lượt")
            after = await store.case_of(connection, case_id)
            last = (await store.attempts_of(connection, case_id))[-1]
        if otherwise:
            raise Refused(_not_theirs(case, None), remedy="lấy phiếu tiếp theo đến lượt")
        if after is None or last.disposition is None:
            raise RuntimeError("a case that was written down is gone")
        return _kept(after, last.disposition)

    async def _due(self) -> list[Case]:
        async with self._database.reading() as connection:
            return await store.cases_due(connection, self._clock.now(), AT_ONCE)

    async def _let_go(self, case: Case, attempt: Attempt) -> None:
        """The case has ended by other means, or its number has been erased: the call has nothing to end."""
        await self._course.exclude(case, Reason.NO_NUMBER)
        async with self._database.transaction() as connection:
            await store.end_attempt(connection, attempt.id, self._clock.now(), Disposition.UNKNOWN)

    async def _late(
        self,
        connection: AsyncConnection,
        case: Case,
        attempt: Attempt,
        said: WrittenDown,
        answers: tuple[Answer, ...],
    ) -> None:
        """The call took longer than the case was held: nobody has been rung since, so its end is known after all."""
        for answer in answers:
            await self._course.keep(connection, case, answer)
        disposition = await self._course.end_anew(connection, case, attempt, said.outcome)
        await store.amend_attempt(connection, attempt.id, disposition)

    def _answers(self, said: WrittenDown, now: datetime) -> tuple[Answer, ...]:
        wording = self._questionnaire().wording

        def answer(question: Question, mark: int | None, words: str | None = None) -> Answer:
            return Answer(question=question, mark=mark, at=now, mode=Mode.OPERATOR, wording=wording, words=words)

        comment = [answer(Question.COMMENT, None, said.comment)] if said.comment else []
        return (*(answer(question, mark) for question, mark in said.answers.items()), *comment)

    def _held(self, case: Case, attempt: Attempt, number: str) -> CaseHeld:
        questionnaire, name = self._questionnaire(), self._agency_name(case.agency)
        values = values_of(case, name)
        words = [questionnaire.words(question, values) for question in questions_of(case.item)]
        return CaseHeld(
            case=case.id,
            code=case.code,
            agency=case.agency,
            agency_name=name,
            told_at=case.told_at,
            number=number,
            attempt=attempt.number,
            until=attempt.made_at + HELD,
            wording=questionnaire.wording,
            questions=tuple(
                QuestionAsked(
                    question=each.question, text=each.operator, answers=each.answers, only_if=only_if(each.question)
                )
                for each in words
            ),
        )


def values_of(case: Case, agency_name: str) -> dict[str, str]:
    """What is filled into the questions about a case."""
    told = case.told_at.astimezone(CIVIL_ZONE)
    return {"code": case.code, "agency": agency_name, "date": f"{told.day}/{told.month}/{told.year}"}


def _check(case: Case, said: WrittenDown) -> None:
    if said.outcome != "answered" and (said.answers or said.comment):
        raise Invalid(
            "Không có ai trả lời thì không có câu trả lời", remedy="sửa outcome hoặc bỏ answers", field="outcome"
        )
    if (said.answers or said.comment) and Question.CONSENT not in said.answers:
        raise Invalid(
            "Thiếu câu hỏi đồng ý", remedy="ghi consent: 1 khi người dân đồng ý trả lời", field="answers.consent"
        )
    check(case.item, said.answers)
    if said.comment and said.answers[Question.CONSENT] != NOW:
        raise Invalid("Người dân không đồng ý trả lời lúc này, nên không ghi lời góp ý", field="comment")


def _not_theirs(case: Case, attempt: Attempt | None) -> str:
    if case.mode is not None:
        return f"Phiếu này đã khảo sát xong bằng {MODE_NAMES[case.mode]}"
    if not case.open:
        return case.explanation.rstrip(".")
    if attempt is not None and attempt.ended_at is None:
        if attempt.mode is Mode.IVR:
            return "Tổng đài đang tự động gọi khảo sát phiếu này"
        return "Điện thoại viên khác đang khảo sát phiếu này"
    return "Phiếu này chưa được giao cho bạn"


async def _same(connection: AsyncConnection, case: Case, attempt: Attempt, said: WrittenDown) -> bool:
    """Whether this has been written down before."""
    kept = {each.question: each for each in await store.answers_of(connection, case.id) if each.mode is Mode.OPERATOR}
    comment = kept.pop(Question.COMMENT, None)
    marks = {question: answer.mark for question, answer in kept.items()}
    if said.answers or said.comment:
        return marks == said.answers and (comment.words if comment else None) == said.comment
    return disposition_of(said.outcome, ()) == attempt.disposition


def _kept(case: Case, disposition: Disposition) -> Kept:
    if not case.open:
        explanation = f"Khảo sát đã xong: {DISPOSITION_NAMES[disposition]}."
    elif case.next_at is not None:
        when = case.next_at.astimezone(CIVIL_ZONE)
        explanation = f"Lần gọi này {DISPOSITION_NAMES[disposition]}; gọi lại từ {when:%H:%M %d/%m/%Y}."
    else:
        explanation = f"Lần gọi này {DISPOSITION_NAMES[disposition]}."
    return Kept(
        case=case.id,
        disposition=disposition,
        disposition_name=DISPOSITION_NAMES[disposition],
        closed=not case.open,
        next_at=case.next_at,
        explanation=explanation,
    )
