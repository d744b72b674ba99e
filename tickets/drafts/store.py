"""The tables of drafts and the statements on them. No rule is here; every function works in the caller's transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ForeignKeyConstraint, Index, Integer, String, Table, Text, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, insert_new, metadata
from tickets.drafts.model import Aside, KeptField, SentField

Place = tuple[str, str]
"""Key and room: whose draft of that key it is."""

drafts = Table(
    "drafts",
    metadata,
    Column("key", String(96), primary_key=True),
    Column("room", String(80), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    Index("ix_drafts_at", "at"),
)
"""A draft's counter. It outlives its fields for a while, so that a window left open never takes an old version for today's."""

draft_fields = Table(
    "draft_fields",
    metadata,
    Column("key", String(96), primary_key=True),
    Column("room", String(80), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("value", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("person", String(80), nullable=False, index=True),
    Column("by", String(100), nullable=False),
    Column("at", Instant, nullable=False),
    ForeignKeyConstraint(["key", "room"], ["drafts.key", "drafts.room"], ondelete="CASCADE"),
)

draft_asides = Table(
    "draft_asides",
    metadata,
    Column("key", String(96), primary_key=True),
    Column("room", String(80), primary_key=True),
    Column("field", String(40), primary_key=True),
    Column("person", String(80), primary_key=True, index=True),
    Column("value", Text, nullable=False),
    Column("base_version", Integer, nullable=False),
    Column("at", Instant, nullable=False),
    ForeignKeyConstraint(["key", "room"], ["drafts.key", "drafts.room"], ondelete="CASCADE"),
)
"""What somebody wrote when another was faster."""


async def locked(connection: AsyncConnection, place: Place, now: datetime) -> int:
    """The version of a draft, which nobody else saves until the transaction ends; a new one begins with 0."""
    key, room = place
    fresh = insert_new(connection, drafts).values(key=key, room=room, version=0, at=now)
    await connection.execute(fresh.on_conflict_do_nothing())
    statement = select(drafts.c.version).where(*_at(drafts, place)).with_for_update()
    return int((await connection.execute(statement)).scalar_one())


async def version_of(connection: AsyncConnection, place: Place) -> tuple[int, datetime | None]:
    """A draft's version and when that was made; 0 for one that nobody has begun."""
    row = (await connection.execute(select(drafts.c.version, drafts.c.at).where(*_at(drafts, place)))).first()
    return (row.version, row.at) if row else (0, None)


async def fields_of(connection: AsyncConnection, place: Place) -> dict[str, KeptField]:
    """What the fields of a draft say."""
    columns = draft_fields.c
    statement = select(columns.field, columns.value, columns.version, columns.by, columns.at)
    rows = await connection.execute(statement.where(*_at(draft_fields, place)).order_by(columns.field))
    return {row.field: KeptField(value=row.value, version=row.version, by=row.by, at=row.at) for row in rows}


async def asides_of(connection: AsyncConnection, place: Place, person: str) -> dict[str, Aside]:
    """What a person wrote that was not taken."""
    columns = draft_asides.c
    statement = select(columns.field, columns.value, columns.base_version, columns.at)
    statement = statement.where(*_at(draft_asides, place), columns.person == person).order_by(columns.field)
    rows = await connection.execute(statement)
    return {row.field: Aside(value=row.value, base_version=row.base_version, at=row.at) for row in rows}


async def write(
    connection: AsyncConnection,
    place: Place,
    values: Mapping[str, str],
    *,
    version: int,
    person: str,
    by: str,
    at: datetime,
) -> None:
    """Give fields new values, and the draft its new version."""
    key, room = place
    for field, value in values.items():
        said = {"value": value, "version": version, "person": person, "by": by, "at": at}
        statement = insert_new(connection, draft_fields).values(key=key, room=room, field=field, **said)
        await connection.execute(statement.on_conflict_do_update(index_elements=["key", "room", "field"], set_=said))
    await connection.execute(update(drafts).where(*_at(drafts, place)).values(version=version, at=at))


async def put_aside(
    connection: AsyncConnection, place: Place, person: str, fields: Mapping[str, SentField], at: datetime
) -> None:
    """Keep what was not taken."""
    key, room = place
    for field, sent in fields.items():
        said = {"value": sent.value, "base_version": sent.base_version, "at": at}
        statement = insert_new(connection, draft_asides).values(key=key, room=room, field=field, person=person, **said)
        keys = ["key", "room", "field", "person"]
        await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=said))


async def forget_asides(connection: AsyncConnection, place: Place, person: str, fields: Sequence[str]) -> None:
    """A person has saved these fields: what they had written before is not needed any more."""
    columns = draft_asides.c
    own = (*_at(draft_asides, place), columns.person == person, columns.field.in_(fields))
    await connection.execute(delete(draft_asides).where(*own))


async def drop(connection: AsyncConnection, place: Place, *, version: int, at: datetime) -> None:
    """Take every field away; the counter stays."""
    await connection.execute(delete(draft_fields).where(*_at(draft_fields, place)))
    await connection.execute(delete(draft_asides).where(*_at(draft_asides, place)))
    await connection.execute(update(drafts).where(*_at(drafts, place)).values(version=version, at=at))


async def places_of(connection: AsyncConnection, person: str, limit: int) -> list[Place]:
    """The drafts in which a person's words stand, those saved last first."""
    written = select(draft_fields.c.key, draft_fields.c.room).where(draft_fields.c.person == person)
    aside = select(draft_asides.c.key, draft_asides.c.room).where(draft_asides.c.person == person)
    own = written.union(aside).subquery()
    same = (drafts.c.key == own.c.key) & (drafts.c.room == own.c.room)
    statement = select(drafts.c.key, drafts.c.room).join(own, same).order_by(drafts.c.at.desc(), drafts.c.key)
    return [(row.key, row.room) for row in await connection.execute(statement.limit(limit))]


async def count_of(connection: AsyncConnection, person: str) -> int:
    """In how many drafts a person's words stand."""
    own = select(draft_fields.c.key, draft_fields.c.room).where(draft_fields.c.person == person).distinct().subquery()
    return await connection.scalar(select(func.count()).select_from(own)) or 0


async def forget_before(connection: AsyncConnection, instant: datetime) -> int:
    """Erase the drafts that nobody has touched since ``instant``; returns how many."""
    return (await connection.execute(delete(drafts).where(drafts.c.at < instant))).rowcount


def _at(table: Table, place: Place) -> tuple[Any, Any]:
    return table.c.key == place[0], table.c.room == place[1]
