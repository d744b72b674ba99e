"""The surveys' tables and the statements on them. No rule is here; every function works in the caller's transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, insert_new, metadata
from surveys.model import REACHED, Answer, Attempt, Case

survey_cases = Table(
    "survey_cases",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("code", String(8), nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("agency", String(64), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("place", String(16)),
    Column("told_at", Instant, nullable=False),
    Column("business", Boolean, nullable=False),
    Column("person", String(32)),
    Column("item", String(16), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("decided_at", Instant, nullable=False),
    Column("next_at", Instant),
    Column("attempts", SmallInteger, nullable=False),
    Column("disposition", String(16)),
    Column("mode", String(16)),
    Column("closed_at", Instant),
    UniqueConstraint("code", "round"),
    Index("ix_survey_cases_agency_told_at", "agency", "told_at"),
    Index("ix_survey_cases_told_at", "told_at", "id"),
    Index("ix_survey_cases_decided_at", "decided_at", "disposition"),
    Index("ix_survey_cases_person_closed_at", "person", "closed_at"),
)
# Only what is still to be asked is indexed.
Index(
    "ix_survey_cases_next_at",
    survey_cases.c.next_at,
    sqlite_where=survey_cases.c.disposition.is_(None),
    postgresql_where=survey_cases.c.disposition.is_(None),
)

survey_reasons = Table(
    "survey_reasons",
    metadata,
    Column("case", String(36), ForeignKey("survey_cases.id"), primary_key=True),
    Column("reason", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
    Index("ix_survey_reasons_reason_at", "reason", "at"),
)
"""Every reason of every case that is not asked: what the counts are made from."""

survey_attempts = Table(
    "survey_attempts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("case", String(36), ForeignKey("survey_cases.id"), nullable=False),
    Column("number", SmallInteger, nullable=False),
    Column("person", String(32), nullable=False),
    Column("made_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("disposition", String(16)),
    Column("mode", String(16), nullable=False, server_default="ivr"),
    Column("by", String(100)),
    UniqueConstraint("case", "number"),
    Index("ix_survey_attempts_person_made_at", "person", "made_at"),
    Index("ix_survey_attempts_made_at", "made_at"),
)
"""A row stands here before its call is made: after a crash it says that the call may have been."""

# An operator's attempt that was never ended is looked for every minute; there are few of them. Written out, since SQLite uses an index
# of some rows only for a statement that names them in the same words.
HELD = text("mode = 'operator' AND ended_at IS NULL")
Index(
    "ix_survey_attempts_held",
    survey_attempts.c.made_at,
    sqlite_where=HELD,
    postgresql_where=HELD,
)

survey_answers = Table(
    "survey_answers",
    metadata,
    Column("case", String(36), ForeignKey("survey_cases.id"), primary_key=True),
    Column("question", String(16), primary_key=True),
    Column("mark", SmallInteger),
    Column("at", Instant, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("wording", String(80), nullable=False),
    Column("words", Text),
    Column("call", String(80)),
)

survey_opt_outs = Table(
    "survey_opt_outs",
    metadata,
    Column("person", String(32), primary_key=True),
    Column("at", Instant, nullable=False),
    Column("case", String(36), ForeignKey("survey_cases.id")),
)


async def known_of(
    connection: AsyncConnection, code: str, round_: int, person: str | None, since: datetime
) -> Mapping[str, Any]:
    """In one query, what earlier surveys say: ``opted_out``, ``asked_lately_at``, ``already_asked``.

    Asked lately is who was really asked about something else at or after ``since``: a call that reached somebody or has not ended,
    or a case that was answered, by its link or by what was told after a call's end.
    """
    cases, attempts = survey_cases.c, survey_attempts.c
    own = select(cases.id).where(cases.code == code, cases.round == round_)
    asked = or_(attempts.disposition.in_(REACHED), attempts.ended_at.is_(None))
    called = (attempts.person == person, attempts.made_at >= since, asked)
    opted_out = exists().where(survey_opt_outs.c.person == person)
    already = exists().where(cases.code == code, cases.round == round_)
    lately = select(func.max(attempts.made_at)).where(*called, attempts.case.not_in(own)).scalar_subquery()
    # Who answered by a link alone was never rung, and what is told late is no longer seen in how its call ended.
    closed = (cases.person == person, cases.closed_at >= since, cases.disposition.in_(REACHED), cases.id.not_in(own))
    answered = select(func.max(cases.closed_at)).where(*closed).scalar_subquery()
    nobody = literal(None)
    row = await connection.execute(
        select(
            (opted_out if person else literal(False)).label("opted_out"),
            (func.coalesce(lately, answered, type_=Instant) if person else nobody).label("asked_lately_at"),
            already.label("already_asked"),
        )
    )
    return dict(row.mappings().one())


async def add_case(connection: AsyncConnection, case: Case) -> bool:
    """Write a case and its reasons; False when this answer of this ticket has one already."""
    row = case.model_dump(mode="python") | {"reasons": [str(reason) for reason in case.reasons]}
    statement = insert_new(connection, survey_cases).values(**row).on_conflict_do_nothing(
        index_elements=["code", "round"]
    )  # fmt: skip
    if (await connection.execute(statement.returning(survey_cases.c.id))).first() is None:
        return False
    await add_reasons(connection, case)
    return True


async def add_reasons(connection: AsyncConnection, case: Case) -> None:
    """Count the reasons of a case."""
    rows = [{"case": case.id, "reason": str(reason), "at": case.decided_at} for reason in case.reasons]
    if rows:
        await connection.execute(insert_new(connection, survey_reasons).on_conflict_do_nothing(), rows)


async def case_of(connection: AsyncConnection, case: str, *, lock: bool = False) -> Case | None:
    """The case of this id; ``lock`` holds it until the transaction ends."""
    statement = select(survey_cases).where(survey_cases.c.id == case)
    row = (await connection.execute(statement.with_for_update() if lock else statement)).mappings().one_or_none()
    return None if row is None else Case.model_validate(dict(row))


async def cases_of_ticket(connection: AsyncConnection, code: str) -> tuple[Case, ...]:
    """The cases of a ticket, the first round first."""
    statement = select(survey_cases).where(survey_cases.c.code == code).order_by(survey_cases.c.round)
    return tuple(Case.model_validate(dict(row)) for row in (await connection.execute(statement)).mappings())


async def change_case(connection: AsyncConnection, case: str, **values: Any) -> None:
    """Set columns of a case."""
    await connection.execute(update(survey_cases).where(survey_cases.c.id == case).values(**values))


async def attempt_of(connection: AsyncConnection, attempt: str) -> Attempt | None:
    """The attempt of this id."""
    columns = [column for column in survey_attempts.c if column.name != "person"]
    row = (await connection.execute(select(*columns).where(survey_attempts.c.id == attempt))).mappings().one_or_none()
    return None if row is None else Attempt.model_validate(dict(row))


async def attempts_of(connection: AsyncConnection, case: str) -> tuple[Attempt, ...]:
    """The attempts of a case, the first one first."""
    columns = [column for column in survey_attempts.c if column.name != "person"]
    statement = select(*columns).where(survey_attempts.c.case == case).order_by(survey_attempts.c.number)
    return tuple(Attempt.model_validate(dict(row)) for row in (await connection.execute(statement)).mappings())


async def held_attempts(
    connection: AsyncConnection, *, by: str | None = None, before: datetime | None = None
) -> tuple[Attempt, ...]:
    """Attempts of operators that have not ended, the oldest first: those of one operator, or those made before an instant."""
    columns = survey_attempts.c
    conditions: list[ColumnElement[bool]] = []
    conditions += [columns.by == by] if by is not None else []
    conditions += [columns.made_at < before] if before is not None else []
    shown = [column for column in columns if column.name != "person"]
    statement = select(*shown).where(HELD, *conditions).order_by(columns.made_at).limit(100)
    return tuple(Attempt.model_validate(dict(row)) for row in (await connection.execute(statement)).mappings())


async def hold_person(connection: AsyncConnection, person: str) -> None:
    """Let only one transaction at a time go on for this person, until it ends. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(person, 0))))


async def is_being_rung(connection: AsyncConnection, person: str, since: datetime) -> bool:
    """Whether a call to this person that began since then has not ended."""
    open_one = (
        survey_attempts.c.person == person,
        survey_attempts.c.made_at >= since,
        survey_attempts.c.ended_at.is_(None),
    )
    return bool(await connection.scalar(select(exists().where(*open_one))))


async def attempts_since(connection: AsyncConnection, person: str, since: datetime) -> int:
    """How many calls were made to this person since then."""
    made = (survey_attempts.c.person == person, survey_attempts.c.made_at >= since)
    return await connection.scalar(select(func.count()).select_from(survey_attempts).where(*made)) or 0


async def add_attempt(connection: AsyncConnection, attempt: Attempt, person: str) -> None:
    """Say that a call is about to be made."""
    await connection.execute(insert(survey_attempts).values(**attempt.model_dump(), person=person))


async def end_attempt(connection: AsyncConnection, attempt: str, at: datetime, disposition: str) -> bool:
    """Say how a call ended; False when that was said before."""
    open_one = (survey_attempts.c.id == attempt, survey_attempts.c.ended_at.is_(None))
    ended = update(survey_attempts).where(*open_one).values(ended_at=at, disposition=disposition)
    return (await connection.execute(ended)).rowcount > 0


async def amend_attempt(connection: AsyncConnection, attempt: str, disposition: str) -> None:
    """Say how a call ended whose end was unknown until now."""
    await connection.execute(
        update(survey_attempts).where(survey_attempts.c.id == attempt).values(disposition=disposition)
    )


async def put_answer(connection: AsyncConnection, case: str, answer: Answer) -> None:
    """Keep an answer; a later one to the same question takes its place."""
    values = answer.model_dump()
    statement = insert_new(connection, survey_answers).values(case=case, **values)
    again = {name: value for name, value in values.items() if name != "question"}
    newer = survey_answers.c.at <= answer.at
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["case", "question"], set_=again, where=newer)
    )


async def answers_of(connection: AsyncConnection, case: str) -> tuple[Answer, ...]:
    """What was answered, in the order of its instants."""
    columns = [column for column in survey_answers.c if column.name != "case"]
    statement = select(*columns).where(survey_answers.c.case == case).order_by(survey_answers.c.at)
    return tuple(Answer.model_validate(dict(row)) for row in (await connection.execute(statement)).mappings())


async def opt_out(connection: AsyncConnection, person: str, at: datetime, case: str | None) -> None:
    """Never ask this person again."""
    statement = insert_new(connection, survey_opt_outs).values(person=person, at=at, case=case)
    await connection.execute(statement.on_conflict_do_nothing())


async def reasons_between(connection: AsyncConnection, start: datetime, end: datetime) -> dict[str, int]:
    """How often each reason kept somebody from being asked, in a span of time."""
    columns = survey_reasons.c
    statement = (
        select(columns.reason, func.count()).where(columns.at >= start, columns.at < end).group_by(columns.reason)
    )
    return {reason: count for reason, count in await connection.execute(statement)}


async def cases_due(connection: AsyncConnection, before: datetime, limit: int) -> list[Case]:
    """Open cases whose attempt has been due since ``before``, the longest waiting first."""
    due = (survey_cases.c.next_at <= before, survey_cases.c.disposition.is_(None))
    statement = select(survey_cases).where(*due).order_by(survey_cases.c.next_at).limit(limit)
    return [Case.model_validate(dict(row)) for row in (await connection.execute(statement)).mappings()]
