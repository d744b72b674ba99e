"""The register of letters of apology as a table, and the statements on it. No rule is here."""

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from tickets.letters.model import Letter

ticket_letters = Table(
    "ticket_letters",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("code", String(8), ForeignKey("tickets.code"), nullable=False, index=True),
    Column("agency", String(64), nullable=False),
    Column("cause", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("owed_at", Instant, nullable=False),
    Column("owed_by", String(100), nullable=False),
    Column("round", SmallInteger, nullable=False),
    Column("promised", Instant),
    Column("due", Instant),
    Column("state", String(16), nullable=False),
    Column("text", String(36)),
    Column("drafted_at", Instant),
    Column("drafted_by", String(100)),
    Column("approved_at", Instant),
    Column("approved_by", String(100)),
    Column("year", SmallInteger),
    Column("number", Integer),
    Column("sent_at", Instant),
    Column("sent_by", String(100)),
    Column("sent_how", String(16)),
    Column("waived_at", Instant),
    Column("waived_by", String(100)),
    Column("waived_reason", Text),
    Index("ix_ticket_letters_owed_at", "owed_at", "id"),
    Index("ix_ticket_letters_agency_owed_at", "agency", "owed_at", "id"),
    Index("uq_ticket_letters_number", "agency", "year", "number", unique=True),
)
"""Rows are never removed. Letters sent on time of those owed: ``sent_at <= due`` of the rows that were not waived."""

# An agency has one open letter for a ticket at most, whoever is the first to find that it owes one.
Index(
    "uq_ticket_letters_open",
    ticket_letters.c.code,
    ticket_letters.c.agency,
    unique=True,
    sqlite_where=text("sent_at IS NULL AND waived_at IS NULL"),
    postgresql_where=text("sent_at IS NULL AND waived_at IS NULL"),
)

_NUMBERING = text("SELECT pg_advisory_xact_lock(10222)")


async def letters_of(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, tuple[Letter, ...]]:
    """The letters of several tickets, in the order in which they became owed."""
    statement = select(ticket_letters).where(ticket_letters.c.code.in_(codes)).order_by(ticket_letters.c.id)
    found: dict[str, tuple[Letter, ...]] = dict.fromkeys(codes, ())
    for row in (await connection.execute(statement)).mappings():
        found[row["code"]] = (*found[row["code"]], Letter.model_validate(dict(row)))
    return found


async def write_letters(connection: AsyncConnection, letters: Sequence[Letter]) -> None:
    """Write letters: new ones are added, those that have a row replace it."""
    for letter in letters:
        values = letter.model_dump(exclude={"id"})
        if letter.id is None:
            await connection.execute(insert(ticket_letters).values(**values))
        else:
            await connection.execute(update(ticket_letters).where(ticket_letters.c.id == letter.id).values(**values))


async def next_number(connection: AsyncConnection, agency: str, year: int) -> int:
    """The next number in the register of ``agency`` for ``year``; it stays free for this transaction until it ends."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_NUMBERING)
    columns = ticket_letters.c
    last = select(func.max(columns.number)).where(columns.agency == agency, columns.year == year)
    return ((await connection.scalar(last)) or 0) + 1
