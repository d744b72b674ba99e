"""The table of imported surveys and the statements on it. No rule is here."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Date, Index, Integer, SmallInteger, String, Table, Text, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata

survey_imports = Table(
    "survey_imports",
    metadata,
    Column("row", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("id", String(64), nullable=False, unique=True),
    Column("agency", String(64), nullable=False),
    Column("told_on", Date, nullable=False),
    Column("asked_on", Date, nullable=False),
    Column("resolved", SmallInteger),
    Column("satisfaction", SmallInteger),
    Column("time", SmallInteger),
    Column("attitude", SmallInteger),
    Column("clarity", SmallInteger),
    Column("reception", SmallInteger),
    Column("comment", Text),
    Column("mode", String(16), nullable=False),
    Column("source", String(16), nullable=False),
    Column("file_hash", String(64), nullable=False),
    Column("line", Integer, nullable=False),
    Column("imported_at", Instant, nullable=False),
    Index("ix_survey_imports_agency_asked_on", "agency", "asked_on"),
)
"""One row for each survey of a file; ``file_hash`` and ``line`` lead back to where it stood. ``source`` is always ``import``."""

AT_ONCE = 500


_ALONE = text("SELECT pg_advisory_xact_lock(10223)")


async def known_ids(connection: AsyncConnection, ids: Sequence[str]) -> set[str]:
    """Which of ``ids`` have been imported before; nobody else imports until this transaction ends."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_ALONE)
    found: set[str] = set()
    for start in range(0, len(ids), AT_ONCE):
        some = select(survey_imports.c.id).where(survey_imports.c.id.in_(ids[start : start + AT_ONCE]))
        found |= set(await connection.scalars(some))
    return found


async def add_imports(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Write rows."""
    for start in range(0, len(rows), AT_ONCE):
        await connection.execute(insert(survey_imports), rows[start : start + AT_ONCE])
