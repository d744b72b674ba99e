"""Calls and what callers agreed to, in the database. Only rows are written here; who writes them when is the call book's matter."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Column, Float, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata

calls = Table(
    "calls",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("direction", String(3), nullable=False, server_default="in"),
    Column("number", String(20), index=True),
    Column("flow", String(80)),
    Column("arrived_at", Instant, index=True),
    Column("recorded", Boolean),
    Column("consent_key", String(1)),
    Column("consent_text", String(80)),
    Column("consent_at", Instant),
    Column("ended_at", Instant),
    Column("cause", String(80)),
    Column("result", String(80)),
    Column("recording", String(200)),
    Column("recording_sha256", String(64)),
    Column("recording_seconds", Float),
    Column("recording_lost", String(300)),
    Column("operator_from", Float),
    Column("menu", String(4)),
    Column("queued_at", Instant),
    Column("unqueued_at", Instant),
    Column("answered_at", Instant),
)
"""One row a call. Its facts arrive as events, in any order, so every column but the id may be empty for a while."""


@dataclass(frozen=True, kw_only=True)
class CallRecord:
    """A call as the database knows it. Instants in UTC; ``recording`` is relative to the recordings folder; length in seconds."""

    id: str
    direction: str
    """``in``: somebody rang the hotline; ``out``: the hotline rang somebody, whose number is not kept here."""
    number: str | None
    flow: str | None
    arrived_at: datetime | None
    recorded: bool | None
    consent_key: str | None
    consent_text: str | None
    consent_at: datetime | None
    ended_at: datetime | None
    cause: str | None
    result: str | None
    recording: str | None
    recording_sha256: str | None
    recording_seconds: float | None
    recording_lost: str | None
    operator_from: float | None
    menu: str | None
    """The key that chose the topic."""
    queued_at: datetime | None
    unqueued_at: datetime | None
    """When the queue gave the caller back, unanswered."""
    answered_at: datetime | None
    """When an operator answered."""


async def note(connection: AsyncConnection, call: str, **facts: Any) -> None:
    """Write these columns of a call, making its row if it is the first that is heard of it."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = dialect.insert(calls).values(id=call, **facts)
    await connection.execute(row.on_conflict_do_update(index_elements=[calls.c.id], set_=facts))


async def find(connection: AsyncConnection, call: str) -> CallRecord | None:
    """The call with this id."""
    row = (await connection.execute(select(calls).where(calls.c.id == call))).mappings().one_or_none()
    return CallRecord(**row) if row else None


async def recorded_between(connection: AsyncConnection, start: datetime, end: datetime) -> list[CallRecord]:
    """Calls that arrived in that span and have a recording, oldest first."""
    span = calls.c.arrived_at.between(start, end)
    query = select(calls).where(span, calls.c.recording.is_not(None)).order_by(calls.c.arrived_at)
    return [CallRecord(**row) for row in (await connection.execute(query)).mappings()]
