"""The tickets' tables and the statements on them. No rule is here; every function works in the caller's transaction."""

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    Float,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    and_,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, insert_new, metadata
from tickets import model
from tickets.code import FIRST_STEM, LAST_STEM, code_of
from tickets.model import Deadline, Party

ticket_codes = Table(
    "ticket_codes",
    metadata,
    Column("code", String(8), primary_key=True),
    Column("reserved_at", Instant, nullable=False),
)
"""Codes that have been given out or set aside: one is never reserved twice."""

tickets = Table(
    "tickets",
    metadata,
    Column("code", String(8), ForeignKey("ticket_codes.code"), primary_key=True),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("source_key", String(200), nullable=False, unique=True),
    Column("source_digest", String(64)),
    Column("channel", String(16), nullable=False),
    Column("taken_at", Instant, nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
    Column("stage", String(24), nullable=False),
    Column("stage_at", Instant, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("topic", String(64), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("sealed", Boolean, nullable=False, server_default="0"),
    Column("place", String(16)),
    Column("place_words", Text),
    Column("place_candidates", JSON, nullable=False),
    Column("place_question", Text),
    Column("address", Text),
    Column("latitude", Float),
    Column("longitude", Float),
    Column("summary", Text),
    Column("draft", Boolean, nullable=False),
    Column("agency", String(64), nullable=False),
    Column("agency_reason", Text, nullable=False),
    Column("stops", JSON, nullable=False),
    Column("extension", JSON(none_as_null=True)),
    Column("duplicate_of", String(8), ForeignKey("tickets.code"), index=True),
    Column("returns", SmallInteger, nullable=False, server_default="0"),
    Column("round", SmallInteger, nullable=False, server_default="0"),
    Column("answer", String(36)),
    Column("outcome", String(16)),
    Column("told_at", Instant),
    Column("told_how", String(16)),
    Column("closed_at", Instant),
    Column("number", String(16)),
    Column("citizen_name", String(200)),
    Column("citizen_email", String(200)),
    Column("business", Boolean, nullable=False, server_default="0"),
    Column("anonymous", Boolean, nullable=False, server_default="0"),
    Column("call", String(64), index=True),
    Column("recording", String(200)),
    Column("consent", JSON(none_as_null=True)),
    Index("ix_tickets_number_taken_at", "number", "taken_at"),
    Index("ix_tickets_agency_taken_at", "agency", "taken_at", "code", "stage", "urgent"),
    Index("ix_tickets_stage_taken_at", "stage", "taken_at", "code"),
    Index("ix_tickets_place_taken_at", "place", "taken_at", "code", "stage", "urgent"),
)


def _only(rows: ColumnElement[bool]) -> dict[str, Any]:
    """An index of these rows alone, on either database."""
    return {"sqlite_where": rows, "postgresql_where": rows}


ticket_deadlines = Table(
    "ticket_deadlines",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("code", String(8), ForeignKey("tickets.code"), nullable=False, index=True),
    Column("clock", String(24), nullable=False),
    Column("party", String(64), nullable=False),
    Column("starts", Instant, nullable=False),
    Column("due", Instant, nullable=False),
    Column("target", String(8), nullable=False),
    Column("extended", String(8)),
    Column("explanation", Text, nullable=False),
    Column("basis", Text, nullable=False),
    Column("policy", String(64), nullable=False),
    Column("calendar", String(200), nullable=False),
    Column("expected", Boolean, nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("step", String(24)),
    Column("step_at", Instant),
    Column("breached_at", Instant),
    Column("ended_at", Instant),
    Column("ended", String(16)),
)
# Only what is still to happen is indexed: finding what is due costs the same among a million tickets as among a thousand.
Index(
    "ix_ticket_deadlines_step",
    ticket_deadlines.c.step_at,
    ticket_deadlines.c.id,
    **_only(ticket_deadlines.c.step_at.is_not(None)),
)
_running = _only(ticket_deadlines.c.ended.is_(None))
Index("ix_ticket_deadlines_running", ticket_deadlines.c.clock, ticket_deadlines.c.due, **_running)
Index("ix_ticket_deadlines_answer_due", ticket_deadlines.c.due, **_only(ticket_deadlines.c.clock == "answer"))
Index(
    "ix_ticket_deadlines_owed",
    ticket_deadlines.c.party,
    ticket_deadlines.c.clock,
    ticket_deadlines.c.due,
    ticket_deadlines.c.code,
    **_running,
)

ticket_texts = Table(
    "ticket_texts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("code", String(8), ForeignKey("tickets.code"), nullable=False, index=True),
    Column("kind", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("author", String(100), nullable=False),
    Column("agency", String(64)),
    Column("round", SmallInteger, nullable=False),
    Column("body", Text, nullable=False),
)

ticket_parties = Table(
    "ticket_parties",
    metadata,
    Column("code", String(8), ForeignKey("tickets.code"), primary_key=True),
    Column("agency", String(64), primary_key=True, index=True),
    Column("asked_at", Instant, nullable=False),
    Column("asked_by", String(100), nullable=False),
    Column("contributed_at", Instant),
)
"""The agencies that were asked to co-operate."""


async def reserve_codes(connection: AsyncConnection, count: int, at: datetime) -> list[str]:
    """Set ``count`` codes aside that nobody has had: random, so that a code tells nothing about another ticket."""
    reserved: list[str] = []
    while len(reserved) < count:
        drawn = {
            code_of(FIRST_STEM + secrets.randbelow(LAST_STEM - FIRST_STEM + 1)) for _ in range(count - len(reserved))
        }
        # In one order everywhere: two nodes that draw the same codes wait for each other instead of deadlocking.
        rows = [{"code": code, "reserved_at": at} for code in sorted(code for code in drawn if code)]
        if rows:
            statement = insert_new(connection, ticket_codes).values(rows).on_conflict_do_nothing()
            reserved += (await connection.scalars(statement.returning(ticket_codes.c.code))).all()
    secrets.SystemRandom().shuffle(reserved)
    return reserved


async def insert_ticket(connection: AsyncConnection, row: Mapping[str, Any]) -> bool:
    """Write a ticket; False when its ``source_key`` has one already, even one that another transaction is writing."""
    statement = insert_new(connection, tickets).values(**row).on_conflict_do_nothing(index_elements=["source_key"])
    return (await connection.execute(statement.returning(tickets.c.code))).first() is not None


async def change_ticket(connection: AsyncConnection, code: str, **values: Any) -> None:
    """Set columns of one ticket."""
    await connection.execute(update(tickets).where(tickets.c.code == code).values(**values))


async def give_deadlines(connection: AsyncConnection, code: str, agency: str) -> None:
    """Make ``agency`` the one that keeps every running promise of whoever has the ticket; a letter stays with who owes it."""
    columns = ticket_deadlines.c
    owed = (
        columns.code == code,
        columns.clock.in_(("answer", "respond", "progress", "visit")),
        columns.ended.is_(None),
    )
    await connection.execute(update(ticket_deadlines).where(*owed).values(party=agency))


async def ticket_rows(
    connection: AsyncConnection, *conditions: ColumnElement[bool], limit: int | None = None, lock: bool = False
) -> list[dict[str, Any]]:
    """The tickets that meet every condition, the last taken first. ``lock`` holds them until the transaction ends."""
    statement = select(tickets).where(*conditions).order_by(tickets.c.taken_at.desc(), tickets.c.code).limit(limit)
    rows = await connection.execute(statement.with_for_update() if lock else statement)
    return [dict(row) for row in rows.mappings()]


async def column_of(connection: AsyncConnection, code: str, name: str) -> Any:
    """One column of a ticket; None when there is no such ticket."""
    return await connection.scalar(select(tickets.c[name]).where(tickets.c.code == code))


async def locked_rows(
    connection: AsyncConnection, codes: Sequence[str], *, passing_over: bool = False
) -> dict[str, dict[str, Any]]:
    """The tickets of ``codes``, held until the transaction ends. Always locked in one order, so that two never deadlock.

    ``passing_over`` leaves out those that another transaction holds now.
    """
    wanted = select(tickets).where(tickets.c.code.in_(codes)).order_by(tickets.c.code)
    statement = wanted.with_for_update(skip_locked=passing_over)
    return {row["code"]: dict(row) for row in (await connection.execute(statement)).mappings()}


async def add_deadlines(connection: AsyncConnection, code: str, deadlines: Sequence[Deadline]) -> tuple[Deadline, ...]:
    """Write deadlines that have no row yet; returns them with their ids."""
    if not deadlines:
        return ()
    statement = insert(ticket_deadlines).returning(ticket_deadlines.c.id, sort_by_parameter_order=True)
    rows = [{"code": code, **each.model_dump(exclude={"id"})} for each in deadlines]
    ids = (await connection.execute(statement, rows)).scalars()
    return tuple(each.model_copy(update={"id": number}) for each, number in zip(deadlines, ids, strict=True))


async def write_deadlines(connection: AsyncConnection, code: str, deadlines: Sequence[Deadline]) -> None:
    """Write deadlines of a ticket: new ones are added, those that have a row replace it."""
    await add_deadlines(connection, code, [each for each in deadlines if each.id is None])
    for each in deadlines:
        if each.id is not None:
            values = each.model_dump(exclude={"id"})
            await connection.execute(update(ticket_deadlines).where(ticket_deadlines.c.id == each.id).values(**values))


async def codes_due(
    connection: AsyncConnection, now: datetime, limit: int, *, without: Collection[str] = ()
) -> list[str]:
    """The tickets with a step that is due by ``now``, but for some, the longest overdue first."""
    columns = ticket_deadlines.c
    due = select(columns.code).where(columns.step_at <= now).order_by(columns.step_at, columns.id).limit(limit)
    due = due.where(columns.code.not_in(without)) if without else due
    return list(dict.fromkeys((await connection.scalars(due)).all()))


async def codes_owed_by(
    connection: AsyncConnection, agencies: Sequence[str], stages: Sequence[str], after: str, limit: int
) -> list[str]:
    """The next tickets, by code, that these agencies have in one of ``stages``, or on which they still owe something."""
    owing = select(ticket_deadlines.c.code).where(
        ticket_deadlines.c.ended.is_(None), ticket_deadlines.c.party.in_(agencies)
    )
    having = select(tickets.c.code).where(tickets.c.agency.in_(agencies), tickets.c.stage.in_(stages))
    both = owing.union(having).subquery()
    statement = select(both.c.code).where(both.c.code > after).order_by(both.c.code).limit(limit)
    return list((await connection.scalars(statement)).all())


async def steps_ahead(connection: AsyncConnection, code: str) -> list[datetime]:
    """When something will happen to the deadlines of a ticket."""
    columns = ticket_deadlines.c
    statement = select(columns.step_at).where(columns.code == code, columns.step_at.is_not(None))
    return list((await connection.scalars(statement)).all())


async def codes_on_other_calendars(
    connection: AsyncConnection, calendars: Sequence[str], after: str, limit: int
) -> list[str]:
    """The next tickets, by code, with a running promise that was computed on none of these calendars."""
    columns = ticket_deadlines.c
    other = (columns.ended.is_(None), columns.calendar.not_in(calendars), columns.code > after)
    return list(
        (
            await connection.scalars(select(columns.code).where(*other).distinct().order_by(columns.code).limit(limit))
        ).all()
    )


async def deadlines_of(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, tuple[Deadline, ...]]:
    """The deadlines of several tickets, in the order in which they were made."""
    statement = select(ticket_deadlines).where(ticket_deadlines.c.code.in_(codes)).order_by(ticket_deadlines.c.id)
    found: dict[str, tuple[Deadline, ...]] = dict.fromkeys(codes, ())
    for row in (await connection.execute(statement)).mappings():
        values = dict(row)
        code = values.pop("code")
        found[code] = (*found[code], Deadline.model_validate(values))
    return found


async def add_texts(connection: AsyncConnection, texts: Sequence[model.Text]) -> None:
    """Keep what people wrote."""
    if texts:
        await connection.execute(insert(ticket_texts), [text.model_dump() for text in texts])


async def texts_of(connection: AsyncConnection, code: str) -> tuple[model.Text, ...]:
    """What people wrote about a ticket, the first first; also what the citizens of those merged into it added."""
    columns = ticket_texts.c
    merged = select(tickets.c.code).where(tickets.c.duplicate_of == code)
    belongs = or_(columns.code == code, and_(columns.code.in_(merged), columns.kind == "information"))
    statement = select(ticket_texts).where(belongs).order_by(columns.at, columns.id)
    return tuple(model.Text.model_validate(dict(row)) for row in (await connection.execute(statement)).mappings())


async def text(connection: AsyncConnection, text_id: str) -> model.Text | None:
    """The text of this id."""
    row = (await connection.execute(select(ticket_texts).where(ticket_texts.c.id == text_id))).mappings().first()
    return None if row is None else model.Text.model_validate(dict(row))


async def author_of(connection: AsyncConnection, text: str) -> str | None:
    """Who wrote the text of this id."""
    return await connection.scalar(select(ticket_texts.c.author).where(ticket_texts.c.id == text))


async def add_parties(connection: AsyncConnection, code: str, parties: Sequence[Party]) -> None:
    """Ask agencies to co-operate; one that was asked before is asked anew."""
    for party in parties:
        statement = insert_new(connection, ticket_parties).values(code=code, **party.model_dump())
        again = {"asked_at": party.asked_at, "asked_by": party.asked_by, "contributed_at": party.contributed_at}
        await connection.execute(statement.on_conflict_do_update(index_elements=["code", "agency"], set_=again))


async def parties_of(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, tuple[Party, ...]]:
    """The co-operating agencies of several tickets, in the order in which they were asked."""
    columns = ticket_parties.c
    statement = select(ticket_parties).where(columns.code.in_(codes)).order_by(columns.asked_at, columns.agency)
    found: dict[str, tuple[Party, ...]] = dict.fromkeys(codes, ())
    for row in (await connection.execute(statement)).mappings():
        values = dict(row)
        code = values.pop("code")
        found[code] = (*found[code], Party.model_validate(values))
    return found
