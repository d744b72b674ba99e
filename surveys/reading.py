"""Surveys as the hotline reads them: lists of cases, one case with why and how often, counts of reasons. Nothing is changed here.

Agencies read none of it. What somebody answered is for whoever leads the hotline; operators read how a case went, not the marks.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy import ColumnElement, and_, func, or_, select

from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound
from hotline1022.base.http.paging import Page, PageQuery, cursor_of, read_cursor
from hotline1022.base.http.routes import CivilInstant, Told, WrittenInstant
from surveys import store
from surveys.asking.store import survey_links
from surveys.model import DISPOSITION_NAMES, MODE_NAMES, REASONS, Case, Disposition, Mode, Question, Reason
from surveys.store import survey_cases

LEADERS = frozenset({Role.ADMINISTRATOR, Role.LEADER})
"""Who reads what was answered."""

DAYS = 30
"""Days that are counted when no span is given."""

State = Literal["open", "closed", "excluded"]
STATE_NAMES: dict[State, str] = {"open": "đang khảo sát", "closed": "đã xong", "excluded": "không khảo sát"}


class SurveyQuery(PageQuery):
    """Which cases; conditions that are not given do not matter."""

    agency: Annotated[str, StringConstraints(max_length=64)] | None = None
    code: Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{7}$")] | None = None
    state: State | None = Field(
        default=None, description="open: đang khảo sát; closed: đã xong; excluded: không khảo sát"
    )
    disposition: Disposition | None = None
    mode: Mode | None = None
    order: Literal["told", "next"] = Field(
        default="told", description="told: trả lời mới nhất trước; next: đến lượt gọi trước, chỉ phiếu đang chờ gọi"
    )


class ReasonsQuery(Told):
    """Which span of time: from an instant on, and before another one; the last 30 days when nothing is said."""

    start: WrittenInstant | None = Field(default=None, alias="from")
    end: WrittenInstant | None = Field(default=None, alias="to")


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class CaseShown(_Shown):
    """A case as a list shows it; nobody's number and no answer is in it."""

    id: str
    code: str
    round: int
    agency: str
    agency_name: str
    told_at: CivilInstant
    state: State
    state_name: str
    reasons: tuple[Reason, ...]
    explanation: str
    """Why this citizen is asked, or is not, in one Vietnamese sentence."""
    next_at: CivilInstant | None
    attempts: int
    disposition: Disposition | None
    disposition_name: str | None
    mode: Mode | None
    mode_name: str | None
    closed_at: CivilInstant | None


class AttemptShown(_Shown):
    """One attempt to ask by telephone."""

    number: int
    mode: Mode
    by: str | None
    made_at: CivilInstant
    ended_at: CivilInstant | None
    disposition: Disposition | None
    disposition_name: str | None


class LinkShown(_Shown):
    """That a link was made."""

    made_at: CivilInstant
    made_by: str
    until: CivilInstant
    used_at: CivilInstant | None


class AnswerShown(_Shown):
    """One question answered."""

    question: Question
    mark: int | None
    words: str | None
    spoken: bool
    """Whether a comment lies with a call's recording."""
    at: CivilInstant
    mode: Mode
    wording: str


class CaseFile(_Shown):
    """A case with its attempts and links."""

    case: CaseShown
    attempts: tuple[AttemptShown, ...]
    links: tuple[LinkShown, ...]
    answers: tuple[AnswerShown, ...] | None
    """None for whoever may not read them."""


class ReasonCount(_Shown):
    """How often a reason kept somebody from being asked."""

    reason: Reason
    name: str
    count: int


class ReasonCounts(_Shown):
    """What was decided in a span of time. One case may have several reasons."""

    start: CivilInstant
    end: CivilInstant
    considered: int
    asked: int
    """Of those: whom no reason kept from being asked, until now."""
    reasons: tuple[ReasonCount, ...]


class SurveyFinding:
    """Reads cases. Methods raise DatabaseAway."""

    def __init__(self, database: Database, clock: Clock, agency_name: Callable[[str], str]) -> None:
        self._database, self._clock, self._agency_name = database, clock, agency_name

    async def page(self, query: SurveyQuery, actor: Actor) -> Page[CaseShown]:
        """One page. An operator sees no case that waits for its hour. Raises Invalid for a cursor that no page gave."""
        columns, by_next = survey_cases.c, query.order == "next"
        key = columns.next_at if by_next else columns.told_at
        conditions = self._conditions(query, actor)
        if query.cursor is not None:
            at, case = read_cursor(query.cursor)
            further = key > at if by_next else key < at
            behind = columns.id > case if by_next else columns.id < case
            conditions.append(or_(further, and_(key == at, behind)))
        order = (key, columns.id) if by_next else (key.desc(), columns.id.desc())
        statement = select(survey_cases).where(*conditions).order_by(*order).limit(query.limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement)).mappings()
            found = [Case.model_validate(dict(row)) for row in rows]
        last = found[-1] if len(found) >= query.limit else None
        at_last = None if last is None else last.next_at if by_next else last.told_at
        more = cursor_of(at_last, last.id) if last is not None and at_last is not None else None
        return Page(items=tuple(self._shown(case) for case in found), next=more)

    def _conditions(self, query: SurveyQuery, actor: Actor) -> list[ColumnElement[bool]]:
        columns = survey_cases.c
        states: dict[State | None, list[ColumnElement[bool]]] = {
            None: [],
            "open": [columns.disposition.is_(None)],
            "excluded": [columns.disposition == Disposition.EXCLUDED],
            "closed": [columns.disposition.is_not(None), columns.disposition != Disposition.EXCLUDED],
        }
        wanted = {"agency": query.agency, "code": query.code, "disposition": query.disposition, "mode": query.mode}
        found = [columns[name] == value for name, value in wanted.items() if value is not None]
        found += states[query.state]
        if query.order == "next":
            found += [columns.disposition.is_(None), columns.next_at.is_not(None)]
        if actor.role not in LEADERS:
            # Whom to ring, and when, is no operator's choice: what is to come they see when it is due.
            found.append(or_(columns.next_at.is_(None), columns.next_at <= self._clock.now()))
        return found

    async def one(self, case_id: str, actor: Actor) -> CaseFile:
        """A case and all that was tried. Raises NotFound."""
        columns = survey_links.c
        links = select(columns.made_at, columns.made_by, columns.until, columns.used_at).where(columns.case == case_id)
        async with self._database.reading() as connection:
            case = await store.case_of(connection, case_id)
            if case is None:
                raise NotFound("Không có phiếu khảo sát này")
            attempts = await store.attempts_of(connection, case_id)
            made = [dict(row) for row in (await connection.execute(links.order_by(columns.made_at))).mappings()]
            answers = await store.answers_of(connection, case_id) if actor.role in LEADERS else None
        return CaseFile(
            case=self._shown(case),
            attempts=tuple(
                AttemptShown(
                    **each.model_dump(include={"number", "mode", "by", "made_at", "ended_at", "disposition"}),
                    disposition_name=_name_of(each.disposition),
                )
                for each in attempts
            ),
            links=tuple(LinkShown.model_validate(row) for row in made),
            answers=None
            if answers is None
            else tuple(
                AnswerShown(**each.model_dump(exclude={"call"}), spoken=each.call is not None) for each in answers
            ),
        )

    async def reasons(self, query: ReasonsQuery) -> ReasonCounts:
        """How often each reason was found in a span of time. Raises Invalid for a span that ends before it begins."""
        end = query.end or self._clock.now()
        start = query.start or end - timedelta(days=DAYS)
        if start > end:
            raise Invalid("Khoảng thời gian kết thúc trước khi bắt đầu", remedy="đổi from hoặc to", field="to")
        columns = survey_cases.c
        decided = (columns.decided_at >= start, columns.decided_at < end)
        asked = or_(columns.disposition.is_(None), columns.disposition != Disposition.EXCLUDED)
        async with self._database.reading() as connection:
            counted = await store.reasons_between(connection, start, end)
            considered = await connection.scalar(select(func.count()).select_from(survey_cases).where(*decided))
            open_to = await connection.scalar(select(func.count()).select_from(survey_cases).where(*decided, asked))
        return ReasonCounts(
            start=start,
            end=end,
            considered=considered or 0,
            asked=open_to or 0,
            reasons=tuple(
                ReasonCount(reason=reason, name=REASONS[reason], count=counted.get(reason, 0)) for reason in Reason
            ),
        )

    async def cases_of(self, code: str) -> tuple[str, ...]:
        """The cases of a ticket, the first round first."""
        async with self._database.reading() as connection:
            return tuple(case.id for case in await store.cases_of_ticket(connection, code))

    def _shown(self, case: Case) -> CaseShown:
        state: State = "open" if case.open else "excluded" if case.disposition is Disposition.EXCLUDED else "closed"
        return CaseShown(
            **case.model_dump(
                include={
                    "id", "code", "round", "agency", "told_at", "reasons", "explanation", "next_at", "attempts",
                    "disposition", "mode", "closed_at",
                }
            ),
            agency_name=self._agency_name(case.agency),
            state=state,
            state_name=STATE_NAMES[state],
            disposition_name=_name_of(case.disposition),
            mode_name=MODE_NAMES[case.mode] if case.mode else None,
        )  # fmt: skip


def _name_of(disposition: Disposition | None) -> str | None:
    return DISPOSITION_NAMES[disposition] if disposition else None
