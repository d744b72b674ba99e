"""The tables of one-time links and of numbers opted out or in by hand, and the statements on them. No rule is here."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from surveys.store import survey_opt_outs

survey_links = Table(
    "survey_links",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("case", String(36), ForeignKey("survey_cases.id"), nullable=False, index=True),
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(100), nullable=False),
    Column("until", Instant, nullable=False),
    Column("used_at", Instant),
)
"""The token itself is nowhere: whoever reads this table can open no page."""

survey_opt_out_changes = Table(
    "survey_opt_out_changes",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("person", String(32), nullable=False),
    Column("at", Instant, nullable=False),
    Column("opted_out", Boolean, nullable=False),
    Column("by", String(100), nullable=False),
    Column("role", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Index("ix_survey_opt_out_changes_person", "person", "id"),
)
"""Who opted a number out or in by hand, and why. Rows are never changed nor removed."""


async def add_link(
    connection: AsyncConnection, token_hash: str, case: str, *, at: datetime, by: str, until: datetime
) -> None:
    """Write a link."""
    row = {"token_hash": token_hash, "case": case, "made_at": at, "made_by": by, "until": until}
    await connection.execute(insert(survey_links).values(**row))


async def case_of_link(connection: AsyncConnection, token_hash: str, now: datetime) -> str | None:
    """The case of a link that can be used now."""
    columns = survey_links.c
    usable = (columns.token_hash == token_hash, columns.used_at.is_(None), columns.until > now)
    found: str | None = await connection.scalar(select(columns.case).where(*usable))
    return found


async def use_link(connection: AsyncConnection, token_hash: str, now: datetime) -> bool:
    """Use a link up; False when somebody else just has."""
    columns = survey_links.c
    used = update(survey_links).where(columns.token_hash == token_hash, columns.used_at.is_(None))
    return (await connection.execute(used.values(used_at=now))).rowcount > 0


async def linked_until(connection: AsyncConnection, case: str, now: datetime) -> datetime | None:
    """Until when the last link of a case can be used; None when there is none that still can."""
    columns = survey_links.c
    usable = (columns.case == case, columns.used_at.is_(None), columns.until > now)
    until: datetime | None = await connection.scalar(select(func.max(columns.until)).where(*usable))
    return until


async def opted_out_at(connection: AsyncConnection, person: str) -> datetime | None:
    """Since when a person does not want to be asked; None when they may be."""
    columns = survey_opt_outs.c
    since: datetime | None = await connection.scalar(select(columns.at).where(columns.person == person))
    return since


async def opt_in(connection: AsyncConnection, person: str) -> None:
    """The person may be asked again."""
    await connection.execute(delete(survey_opt_outs).where(survey_opt_outs.c.person == person))


async def add_change(connection: AsyncConnection, **values: Any) -> None:
    """Write down that a person was opted out or in by hand."""
    await connection.execute(insert(survey_opt_out_changes).values(**values))


async def changes_of(connection: AsyncConnection, person: str) -> list[dict[str, Any]]:
    """What was done by hand about a person, the first thing first."""
    columns = survey_opt_out_changes.c
    shown = select(columns.at, columns.opted_out, columns.by, columns.role, columns.reason)
    rows = await connection.execute(shown.where(columns.person == person).order_by(columns.id))
    return [dict(row) for row in rows.mappings()]
