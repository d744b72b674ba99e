"""Calls that are over in the order in which they came, and who heard their recordings. Rows only; who may read them is not decided here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Table,
    and_,
    insert,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from telephony.floor.store import call_results
from telephony.store import calls

SURVEY = "survey"
"""The flow of the calls in which people are asked: whoever answers was promised that nobody learns what they said."""

recording_hearings = Table(
    "recording_hearings",
    metadata,
    Column("id", BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True),
    Column("call", String(80), nullable=False),
    Column("at", Instant, nullable=False),
    Column("account", Integer),
    Column("by", String(100), nullable=False),
    Column("role", String(40), nullable=False),
)
Index("ix_recording_hearings_call", recording_hearings.c.call, recording_hearings.c.at)


@dataclass(frozen=True, kw_only=True)
class LoggedCall:
    """A call and what its operator made of it. ``account`` and ``operator`` are None where nobody answered."""

    call: str
    direction: str
    number: str | None
    arrived_at: datetime | None
    queued_at: datetime | None
    unqueued_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime | None
    waited_seconds: int | None
    menu: str | None
    recorded: bool | None
    recording: str | None
    recording_seconds: float | None
    account: int | None
    operator: str | None
    result: str | None
    note: str | None

    @property
    def waited(self) -> int | None:
        """Seconds in the queue, until an operator, or until the queue or the caller gave up."""
        if self.waited_seconds is not None or self.queued_at is None:
            return self.waited_seconds
        until = self.answered_at or self.unqueued_at or self.ended_at
        return None if until is None else max(round((until - self.queued_at).total_seconds()), 0)


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """Somebody heard a recording."""

    at: datetime
    by: str
    role: str


async def page(
    connection: AsyncConnection,
    *,
    number: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    account: int | None = None,
    limit: int,
    skip: int = 0,
) -> list[LoggedCall]:
    """Calls with or of citizens, the latest first; ``account``: only those that this operator had."""
    wanted: list[ColumnElement[bool]] = [_not_survey(), calls.c.arrived_at.is_not(None)]
    if number is not None:
        wanted.append(calls.c.number == number)
    if start is not None:
        wanted.append(calls.c.arrived_at >= start)
    if end is not None:
        wanted.append(calls.c.arrived_at < end)
    if account is not None:
        wanted.append(call_results.c.account == account)
    query = (
        _query(account).where(*wanted).order_by(calls.c.arrived_at.desc(), calls.c.id.desc()).limit(limit).offset(skip)
    )
    return [_read(row) for row in (await connection.execute(query)).mappings()]


async def one(connection: AsyncConnection, call: str, account: int | None = None) -> LoggedCall | None:
    """The call of this id, as this operator had it if they did; None for one of a survey."""
    query = _query(account).where(calls.c.id == call, _not_survey())
    row = (await connection.execute(query)).mappings().one_or_none()
    return _read(row) if row else None


async def abandoned_since(connection: AsyncConnection, number: str, since: datetime) -> int:
    """How often this number has waited for an operator since then, and met none."""
    waited = calls.c.queued_at.is_not(None) & calls.c.answered_at.is_(None) & calls.c.ended_at.is_not(None)
    query = select(calls.c.id).where(calls.c.number == number, calls.c.arrived_at >= since, waited)
    return len((await connection.execute(query)).all())


async def note_hearing(
    connection: AsyncConnection, call: str, hearing: Hearing, account: int | None, *, once_in: timedelta
) -> None:
    """Keep that somebody hears a recording; a player that asks for piece after piece is one hearing."""
    own = recording_hearings.c
    same = select(own.id).where(own.call == call, own.by == hearing.by, own.at > hearing.at - once_in)
    if (await connection.execute(same.limit(1))).first() is None:
        row = {"call": call, "at": hearing.at, "account": account, "by": hearing.by, "role": hearing.role}
        await connection.execute(insert(recording_hearings).values(row))


async def hearings(connection: AsyncConnection, call: str) -> list[Hearing]:
    """Who heard it, the first one first."""
    own = recording_hearings.c
    query = select(own.at, own.by, own.role).where(own.call == call).order_by(own.at, own.id)
    return [Hearing(at=row.at, by=row.by, role=row.role) for row in await connection.execute(query)]


def _not_survey() -> ColumnElement[bool]:
    return or_(calls.c.flow.is_(None), calls.c.flow != SURVEY)


_OF_CALL: Sequence[str] = (
    "direction", "number", "arrived_at", "queued_at", "unqueued_at", "ended_at",
    "menu", "recorded", "recording", "recording_seconds",
)  # fmt: skip


def _query(account: int | None = None) -> Select[Any]:
    """Each call once: with what this operator made of it, else with what the last one did who had it."""
    made, each = call_results.c, call_results.alias("each")
    whose = (
        select(each.c.account)
        .where(each.c.call == calls.c.id)
        .order_by((each.c.account == account).desc(), each.c.answered_at.desc(), each.c.account)
        .limit(1)
        .scalar_subquery()
    )
    return select(
        calls.c.id.label("call"),
        *(calls.c[name] for name in _OF_CALL),
        calls.c.answered_at.label("told_answered_at"),
        made.answered_at.label("noted_answered_at"),
        made.waited_seconds,
        made.account,
        made.operator,
        made.result,
        made.note,
    ).join_from(calls, call_results, and_(made.call == calls.c.id, made.account == whose), isouter=True)


def _read(row: Any) -> LoggedCall:
    found = dict(row)
    told, noted = found.pop("told_answered_at"), found.pop("noted_answered_at")
    return LoggedCall(**found, answered_at=told or noted)
