"""The table of photos and the statements on it. The pictures themselves lie on the shelf."""

from collections.abc import Collection, Sequence

from sqlalchemy import Column, ForeignKey, Integer, SmallInteger, String, Table, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from tickets.photos.model import Photo

ticket_photos = Table(
    "ticket_photos",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("code", String(8), ForeignKey("tickets.code"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("author", String(100), nullable=False),
    Column("agency", String(64)),
    Column("round", SmallInteger, nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
)


async def add_photos(connection: AsyncConnection, photos: Sequence[Photo]) -> None:
    """Make photos part of their tickets."""
    if photos:
        await connection.execute(insert(ticket_photos), [photo.model_dump() for photo in photos])


async def photos_of(connection: AsyncConnection, code: str) -> tuple[Photo, ...]:
    """The photos of a ticket, the first first."""
    statement = select(ticket_photos).where(ticket_photos.c.code == code)
    rows = await connection.execute(statement.order_by(ticket_photos.c.at, ticket_photos.c.id))
    return tuple(Photo.model_validate(dict(row)) for row in rows.mappings())


async def kept(connection: AsyncConnection, ids: Collection[str]) -> set[str]:
    """Those of ``ids`` that belong to a ticket."""
    return set((await connection.scalars(select(ticket_photos.c.id).where(ticket_photos.c.id.in_(ids)))).all())
