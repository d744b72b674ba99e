"""The tables of answer templates and the statements on them. No rule is here."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    ForeignKey,
    Integer,
    String,
    Table,
    Text,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata

answer_templates = Table(
    "answer_templates",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("agency", String(64), index=True),
    Column("version", Integer, nullable=False),
    Column("withdrawn", Boolean, nullable=False, server_default="0"),
)
"""``agency`` is None for the hotline's own. What each says stands in its versions."""

answer_template_versions = Table(
    "answer_template_versions",
    metadata,
    Column("template", Integer, ForeignKey("answer_templates.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("title", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("basis", Text),
    Column("valid_until", Date),
    Column("topic", String(64)),
    Column("by", String(100), nullable=False),
    Column("at", Instant, nullable=False),
)
"""Only ever added to."""

_CURRENT = answer_templates.join(
    answer_template_versions,
    (answer_template_versions.c.template == answer_templates.c.id)
    & (answer_template_versions.c.version == answer_templates.c.version),
)
_COLUMNS = (
    answer_templates.c.id,
    answer_templates.c.agency,
    *(column for column in answer_template_versions.c if column.name != "template"),
)


async def listed(connection: AsyncConnection, agency: str | None) -> list[dict[str, Any]]:
    """The hotline's templates and those of ``agency``, by title."""
    columns = answer_templates.c
    whose = columns.agency.is_(None) if agency is None else or_(columns.agency.is_(None), columns.agency == agency)
    statement = select(*_COLUMNS).select_from(_CURRENT).where(whose, columns.withdrawn.is_(False))
    rows = await connection.execute(statement.order_by(answer_template_versions.c.title, columns.id))
    return [dict(row) for row in rows.mappings()]


async def one(connection: AsyncConnection, number: int, *, lock: bool = False) -> dict[str, Any] | None:
    """A template that has not been withdrawn. ``lock`` holds it until the transaction ends."""
    if lock:
        await connection.execute(select(answer_templates.c.id).where(answer_templates.c.id == number).with_for_update())
    columns = answer_templates.c
    statement = select(*_COLUMNS).select_from(_CURRENT).where(columns.id == number, columns.withdrawn.is_(False))
    row = (await connection.execute(statement)).mappings().first()
    return dict(row) if row else None


async def add(connection: AsyncConnection, agency: str | None, said: Mapping[str, Any]) -> int:
    """A new template; its number."""
    fresh = insert(answer_templates).values(agency=agency, version=1).returning(answer_templates.c.id)
    number = int((await connection.execute(fresh)).scalar_one())
    await connection.execute(insert(answer_template_versions).values(template=number, version=1, **said))
    return number


async def change(connection: AsyncConnection, number: int, version: int, said: Mapping[str, Any]) -> None:
    """Give a template its next version."""
    await connection.execute(insert(answer_template_versions).values(template=number, version=version, **said))
    await connection.execute(update(answer_templates).where(answer_templates.c.id == number).values(version=version))


async def withdraw(connection: AsyncConnection, number: int) -> None:
    """Nobody is offered it any more; its versions stay."""
    await connection.execute(update(answer_templates).where(answer_templates.c.id == number).values(withdrawn=True))


async def versions(connection: AsyncConnection, number: int) -> list[dict[str, Any]]:
    """All that a template has said, the last first."""
    columns = answer_template_versions.c
    statement = select(*(each for each in columns if each.name != "template")).where(columns.template == number)
    return [dict(row) for row in (await connection.execute(statement.order_by(columns.version.desc()))).mappings()]
