"""Announcements and notices in the database; none is ever changed but ended, so that what was said when can be told. Rows only."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, Text, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata

_ID = BigInteger().with_variant(Integer(), "sqlite")

announcements = Table(
    "announcements",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
    Column("place", String(16)),
    Column("until", Instant, nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("sound", String(64)),
    Column("silent_because", Text),
)
"""The versions of what callers are told: the last one counts, as long as it lasts."""

notices = Table(
    "notices",
    metadata,
    Column("id", _ID, primary_key=True, autoincrement=True),
    Column("text", Text, nullable=False),
    Column("say", Text),
    Column("until", Instant),
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("ended_at", Instant),
    Column("ended_by", String(100)),
)
Index("ix_notices_at", notices.c.at)


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """What callers are told. ``sound`` names its recording; without one ``silent_because`` says why it is only shown to operators."""

    id: int
    text: str
    place: str | None
    until: datetime
    at: datetime
    by: str
    sound: str | None
    silent_because: str | None


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What operators should know; ``say`` is a sentence for callers, ready to be read out."""

    id: int
    text: str
    say: str | None
    until: datetime | None
    at: datetime
    by: str


async def announce(
    connection: AsyncConnection,
    *,
    text: str,
    place: str | None,
    until: datetime,
    at: datetime,
    by: str,
    sound: str | None,
    silent_because: str | None,
) -> None:
    """A new version."""
    row = {"text": text, "place": place, "until": until, "at": at, "by": by, "sound": sound}
    await connection.execute(insert(announcements).values({**row, "silent_because": silent_because}))


async def versions(connection: AsyncConnection, limit: int) -> list[Announcement]:
    """The last versions, the last one first."""
    rows = await connection.execute(select(announcements).order_by(announcements.c.id.desc()).limit(limit))
    return [Announcement(**row) for row in rows.mappings()]


async def standing_notices(connection: AsyncConnection, now: datetime) -> list[Notice]:
    """The notices that count now, the last one first."""
    own = notices.c
    query = select(own.id, own.text, own.say, own.until, own.at, own.by).where(
        own.ended_at.is_(None), or_(own.until.is_(None), own.until > now)
    )
    return [Notice(**row) for row in (await connection.execute(query.order_by(own.id.desc()))).mappings()]


async def add_notice(
    connection: AsyncConnection, *, text: str, say: str | None, until: datetime | None, at: datetime, by: str
) -> int:
    """A fresh notice."""
    row = {"text": text, "say": say, "until": until, "at": at, "by": by}
    made: int = (await connection.execute(insert(notices).values(row).returning(notices.c.id))).scalar_one()
    return made


async def end_notice(connection: AsyncConnection, id: int, at: datetime, by: str) -> bool:
    """End it; whether there was one that counted."""
    own = notices.c
    ended = update(notices).where(own.id == id, own.ended_at.is_(None)).values(ended_at=at, ended_by=by)
    return (await connection.execute(ended)).rowcount == 1
