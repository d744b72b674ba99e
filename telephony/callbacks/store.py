"""Call-backs in the database: one open one a number, the calls that asked for it, the calls that were made. Rows only."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, insert_new, metadata
from telephony.callbacks.model import Attempt, Callback
from telephony.store import calls

_NUMBER = BigInteger().with_variant(Integer(), "sqlite")

callbacks = Table(
    "callbacks",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("number", String(20), nullable=False, index=True),
    Column("reason", String(16), nullable=False),
    Column("call", String(80)),
    Column("ticket", String(8)),
    Column("note", Text),
    Column("waited_seconds", Float),
    Column("times", Integer, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("due_at", Instant),
    Column("taken_by", Integer),
    Column("taken_name", String(100)),
    Column("taken_at", Instant),
    Column("closed_at", Instant, index=True),
    Column("end", String(16)),
    Column("why", Text),
)
Index(
    "ix_callbacks_open",
    callbacks.c.number,
    unique=True,
    sqlite_where=callbacks.c.closed_at.is_(None),
    postgresql_where=callbacks.c.closed_at.is_(None),
)
"""At most one open call-back a number, whoever asks at the same moment."""

callback_calls = Table(
    "callback_calls",
    metadata,
    Column("call", String(80), primary_key=True),
    Column("callback", _NUMBER, ForeignKey("callbacks.id"), nullable=False, index=True),
)
"""A call asks for a call-back once, however often it is told."""

callback_attempts = Table(
    "callback_attempts",
    metadata,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("callback", _NUMBER, ForeignKey("callbacks.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("account", Integer),
    Column("by", String(100), nullable=False),
    Column("result", String(12), nullable=False),
    Column("note", Text),
)

_OWN = tuple(each.name for each in fields(Callback) if each.name != "attempts")


async def listed(connection: AsyncConnection, *, closed: bool, limit: int | None = None) -> list[Callback]:
    """The open ones, who asked first first; or those that were closed, the last first."""
    query = select(callbacks).where(callbacks.c.closed_at.is_not(None) if closed else callbacks.c.closed_at.is_(None))
    order = (callbacks.c.closed_at.desc(), callbacks.c.id.desc()) if closed else (callbacks.c.asked_at, callbacks.c.id)
    return await _whole(connection, query.order_by(*order).limit(limit))


async def one(connection: AsyncConnection, id: int) -> Callback | None:
    """The call-back of this number."""
    found = await _whole(connection, select(callbacks).where(callbacks.c.id == id))
    return found[0] if found else None


async def open_of(connection: AsyncConnection, number: str) -> Callback | None:
    """The open one of a telephone number; nobody else changes it until the transaction ends."""
    own = (callbacks.c.number == number, callbacks.c.closed_at.is_(None))
    found = await _whole(connection, select(callbacks).where(*own).with_for_update())
    return found[0] if found else None


async def lock_open(connection: AsyncConnection) -> list[Callback]:
    """All open ones; nobody else takes or closes one until the transaction ends."""
    query = select(callbacks).where(callbacks.c.closed_at.is_(None)).order_by(callbacks.c.id).with_for_update()
    return await _whole(connection, query)


async def count_open(connection: AsyncConnection) -> int:
    """How many are open."""
    query = select(func.count()).select_from(callbacks).where(callbacks.c.closed_at.is_(None))
    return int((await connection.execute(query)).scalar_one())


async def has_asked(connection: AsyncConnection, call: str) -> bool:
    """Whether this call has asked for a call-back before."""
    return (
        await connection.execute(select(callback_calls.c.call).where(callback_calls.c.call == call))
    ).first() is not None


async def add(connection: AsyncConnection, **facts: Any) -> int | None:
    """A fresh one; None when one of that number has been opened at the same moment."""
    statement = insert_new(connection, callbacks).values(facts).on_conflict_do_nothing().returning(callbacks.c.id)
    made: int | None = (await connection.execute(statement)).scalar_one_or_none()
    return made


async def note_call(connection: AsyncConnection, id: int, call: str) -> None:
    """This call asked for it."""
    row = {"call": call, "callback": id}
    await connection.execute(insert_new(connection, callback_calls).values(row).on_conflict_do_nothing())


async def change(connection: AsyncConnection, id: int, **facts: Any) -> None:
    """Write these columns."""
    await connection.execute(update(callbacks).where(callbacks.c.id == id).values(facts))


async def add_attempt(connection: AsyncConnection, id: int, account: int | None, attempt: Attempt) -> None:
    """A call back was made."""
    row = {
        "callback": id,
        "at": attempt.at,
        "account": account,
        "by": attempt.by,
        "result": attempt.result,
        "note": attempt.note,
    }
    await connection.execute(insert(callback_attempts).values(row))


async def _whole(connection: AsyncConnection, query: Any) -> list[Callback]:
    rows = [dict(row) for row in (await connection.execute(query)).mappings()]
    made = await _attempts(connection, [row["id"] for row in rows])
    return [Callback(**{name: row[name] for name in _OWN}, attempts=tuple(made[row["id"]])) for row in rows]


async def _attempts(connection: AsyncConnection, ids: Sequence[int]) -> dict[int, list[Attempt]]:
    found: dict[int, list[Attempt]] = defaultdict(list)
    for start in range(0, len(ids), 500):
        own = callback_attempts.c.callback.in_(ids[start : start + 500])
        for row in await connection.execute(select(callback_attempts).where(own).order_by(callback_attempts.c.id)):
            found[row.callback].append(Attempt(at=row.at, by=row.by, result=row.result, note=row.note))
    return found


async def spoken_to_since(connection: AsyncConnection, number: str, since: datetime) -> datetime | None:
    """When an operator first spoke to this number after ``since``, as far as the call book knows."""
    query = select(func.min(calls.c.answered_at)).where(calls.c.number == number, calls.c.answered_at >= since)
    found: datetime | None = (await connection.execute(query)).scalar_one_or_none()
    return found
