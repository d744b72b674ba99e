"""The journal's table and the statements on it. Rows are only ever added: the database itself refuses to change or remove one."""

from collections.abc import AsyncIterator, Sequence
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Integer, String, Table, Text, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from tickets.journal.chain import START, Sealed, seal
from tickets.model import JournalEntry

ticket_journal = Table(
    "ticket_journal",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("code", String(8), ForeignKey("tickets.code"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("what", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("details", JSON, nullable=False),
    Column("seal", String(64), nullable=False),
)
"""``id`` counts from 1 without gaps, in the order of the chain."""

_LOCK = text("SELECT pg_advisory_xact_lock(10221)")
_COLUMNS = [column for column in ticket_journal.c if column.name not in ("id", "seal")]
_BATCH = 5000


async def add(connection: AsyncConnection, entries: Sequence[JournalEntry]) -> None:
    """Seal and add what happened, in this order. Others who write wait until the transaction ends: do it last in one."""
    if not entries:
        return
    if connection.dialect.name == "postgresql":
        await connection.execute(_LOCK)
    last = select(ticket_journal.c.id, ticket_journal.c.seal).order_by(ticket_journal.c.id.desc()).limit(1)
    found = (await connection.execute(last)).first()
    number, before = (found.id, found.seal) if found else (0, START)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        number += 1
        before = seal(number, entry, before)
        rows.append({"id": number, **entry.model_dump(), "seal": before})
    await connection.execute(insert(ticket_journal), rows)


async def of_ticket(
    connection: AsyncConnection, code: str, *, after: int = 0, limit: int | None = None
) -> list[tuple[int, JournalEntry]]:
    """What happened to a ticket after the entry ``after``, in the order in which it was written, each with its number."""
    columns = ticket_journal.c
    statement = select(columns.id, *_COLUMNS).where(columns.code == code, columns.id > after)
    rows = (await connection.execute(statement.order_by(columns.id).limit(limit))).mappings()
    return [(row["id"], JournalEntry.model_validate({c.name: row[c.name] for c in _COLUMNS})) for row in rows]


async def has_unlocked(connection: AsyncConnection, code: str, agency: str) -> bool:
    """Whether somebody of ``agency`` has unlocked who reported a ticket."""
    columns = ticket_journal.c
    statement = select(columns.details).where(columns.code == code, columns.what == "identity-unlocked")
    return any(details.get("agency") == agency for details in (await connection.scalars(statement)).all())


async def all_sealed(connection: AsyncConnection) -> AsyncIterator[Sealed]:
    """The whole journal in order, read in portions, unchecked. Raises ValueError where a value is no instant or no JSON."""
    after = 0
    while True:
        statement = (
            select(ticket_journal).where(ticket_journal.c.id > after).order_by(ticket_journal.c.id).limit(_BATCH)
        )
        rows = (await connection.execute(statement)).mappings().all()
        for row in rows:
            values = dict(row)
            after, found = values.pop("id"), values.pop("seal")
            yield Sealed(after, JournalEntry.model_construct(**values), found)
        if len(rows) < _BATCH:
            return
