"""The tickets' tables and the statements on them. No rule is here; every function works in the caller's transaction.

The journal is only ever added to: nothing in this module changes or removes a row of it.
"""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    delete,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from tickets.code import FIRST_STEM, LAST_STEM, code_of
from tickets.model import Deadline, JournalEntry

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
    Column("source_key", String(200), nullable=False, unique=True),
    Column("channel", String(16), nullable=False),
    Column("taken_at", Instant, nullable=False, index=True),
    Column("opened_at", Instant, nullable=False),
    Column("stage", String(24), nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("topic", String(64), nullable=False),
    Column("urgent", Boolean, nullable=False),
    Column("place", String(16)),
    Column("place_words", Text),
    Column("place_candidates", JSON, nullable=False),
    Column("place_question", Text),
    Column("draft", Boolean, nullable=False),
    Column("agency", String(64), nullable=False),
    Column("agency_reason", Text, nullable=False),
    Column("number", String(16)),
    Column("call", String(64), index=True),
    Column("recording", String(200)),
    Column("consent", JSON(none_as_null=True)),
    Index("ix_tickets_number_taken_at", "number", "taken_at"),
)

ticket_deadlines = Table(
    "ticket_deadlines",
    metadata,
    Column("code", String(8), ForeignKey("tickets.code"), primary_key=True),
    Column("clock", String(24), primary_key=True),
    Column("due", Instant, nullable=False),
    Column("target", String(8), nullable=False),
    Column("explanation", Text, nullable=False),
    Column("policy", String(64), nullable=False),
    Column("calendar", String(200), nullable=False),
    Column("expected", Boolean, nullable=False),
    Index("ix_ticket_deadlines_clock_due", "clock", "due"),
)

ticket_journal = Table(
    "ticket_journal",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("code", String(8), ForeignKey("tickets.code"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("what", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("details", JSON, nullable=False),
)
"""What happened to every ticket, in the order of ``id``."""


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
            statement = _insert_new(connection, ticket_codes).values(rows).on_conflict_do_nothing()
            reserved += (await connection.scalars(statement.returning(ticket_codes.c.code))).all()
    secrets.SystemRandom().shuffle(reserved)
    return reserved


async def insert_ticket(connection: AsyncConnection, row: Mapping[str, Any]) -> bool:
    """Write a ticket; False when its ``source_key`` has one already, even one that another transaction is writing."""
    statement = _insert_new(connection, tickets).values(**row).on_conflict_do_nothing(index_elements=["source_key"])
    return (await connection.execute(statement.returning(tickets.c.code))).first() is not None


async def change_ticket(connection: AsyncConnection, code: str, **values: Any) -> None:
    """Set columns of one ticket."""
    await connection.execute(update(tickets).where(tickets.c.code == code).values(**values))


async def replace_deadlines(connection: AsyncConnection, code: str, deadlines: Sequence[Deadline]) -> None:
    """Make ``deadlines`` the only ones of a ticket."""
    await connection.execute(delete(ticket_deadlines).where(ticket_deadlines.c.code == code))
    await insert_deadlines(connection, code, deadlines)


async def insert_deadlines(connection: AsyncConnection, code: str, deadlines: Sequence[Deadline]) -> None:
    """Write the deadlines of a ticket that has none."""
    rows = [{"code": code, **deadline.model_dump()} for deadline in deadlines]
    await connection.execute(insert(ticket_deadlines), rows)


async def ticket_rows(
    connection: AsyncConnection, *conditions: ColumnElement[bool], limit: int | None = None, lock: bool = False
) -> list[dict[str, Any]]:
    """The tickets that meet every condition, the last taken first. ``lock`` holds them until the transaction ends."""
    statement = select(tickets).where(*conditions).order_by(tickets.c.taken_at.desc(), tickets.c.code).limit(limit)
    rows = await connection.execute(statement.with_for_update() if lock else statement)
    return [dict(row) for row in rows.mappings()]


async def deadlines_of(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, tuple[Deadline, ...]]:
    """The deadlines of several tickets, the earliest first."""
    columns = ticket_deadlines.c
    statement = select(ticket_deadlines).where(columns.code.in_(codes)).order_by(columns.due, columns.clock)
    found: dict[str, tuple[Deadline, ...]] = dict.fromkeys(codes, ())
    for row in (await connection.execute(statement)).mappings():
        values = dict(row)
        code = values.pop("code")
        found[code] = (*found[code], Deadline.model_validate(values))
    return found


async def add_to_journal(connection: AsyncConnection, entry: JournalEntry) -> None:
    """Add what happened."""
    await connection.execute(insert(ticket_journal).values(**entry.model_dump()))


async def journal_of(connection: AsyncConnection, code: str) -> tuple[JournalEntry, ...]:
    """What happened to a ticket, the first thing first."""
    columns = [column for column in ticket_journal.c if column.name != "id"]
    statement = select(*columns).where(ticket_journal.c.code == code).order_by(ticket_journal.c.id)
    return tuple(JournalEntry.model_validate(dict(row)) for row in (await connection.execute(statement)).mappings())


def _insert_new(connection: AsyncConnection, table: Table) -> postgresql.Insert | sqlite.Insert:
    """An INSERT that can pass over rows that are there already; both databases know it, by the same name."""
    return sqlite.insert(table) if connection.dialect.name == "sqlite" else postgresql.insert(table)
