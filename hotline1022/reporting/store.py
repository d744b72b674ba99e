"""How the reporting views are asked, and the table of names that reports show beside codes. What a name is, the rules say."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, CursorResult, String, Table, bindparam, delete, insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata

report_names = Table(
    "report_names",
    metadata,
    Column("kind", String(12), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("name", String(300), nullable=False),
)
"""``kind`` is ``agency``, ``topic`` or ``place``. A code that the rules no longer have keeps its last name: old figures refer to it."""

Names = Mapping[tuple[str, str], str]
"""A name by kind and code."""


async def answer(connection: AsyncConnection, query: str, values: Mapping[str, object]) -> CursorResult[Any]:
    """What a SELECT on the reporting views answers; instants in ``values`` are written as the database keeps them. Raises DatabaseAway."""
    instants = [bindparam(name, type_=Instant) for name, value in values.items() if isinstance(value, datetime)]
    return await connection.execute(text(query).bindparams(*instants), values)


async def stored(connection: AsyncConnection) -> Names:
    """Every name."""
    return {(row.kind, row.code): row.name for row in await connection.execute(select(report_names))}


async def write(connection: AsyncConnection, names: Names) -> None:
    """Write these names, over what stood for their codes."""
    columns = report_names.c
    for kind, code in names:
        await connection.execute(delete(report_names).where(columns.kind == kind, columns.code == code))
    await connection.execute(insert(report_names), [{"kind": k, "code": c, "name": n} for (k, c), n in names.items()])
