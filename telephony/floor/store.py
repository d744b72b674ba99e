"""What operators made of their calls, in the database. Rows only; when one is written is the floor's matter."""

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Column, Integer, String, Table, Text, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata

CallResult = Literal["slip", "answered", "status", "wrong", "prank", "silent", "petition"]
"""How an operator says that a call ended (disposition)."""

call_results = Table(
    "call_results",
    metadata,
    Column("call", String(80), primary_key=True),
    Column("account", Integer, primary_key=True, autoincrement=False, index=True),
    Column("operator", String(100), nullable=False),
    Column("direction", String(3), nullable=False),
    Column("answered_at", Instant, index=True),
    Column("waited_seconds", Integer),
    Column("result", String(20)),
    Column("note", Text),
    Column("written_at", Instant),
)
"""One row a call and operator who had it; one that an operator made and nobody answered has no ``answered_at``."""


async def keep(connection: AsyncConnection, call: str, *, account: int, **facts: Any) -> None:
    """Write these columns of a call that an operator had."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = dialect.insert(call_results).values(call=call, account=account, **facts)
    await connection.execute(
        row.on_conflict_do_update(index_elements=[call_results.c.call, call_results.c.account], set_=facts)
    )


async def answered_between(
    connection: AsyncConnection, start: datetime, end: datetime, target_seconds: int
) -> tuple[int, int]:
    """Calls of citizens that operators answered in that span, and those of them within the target; one in many hands counts once."""
    own = call_results.c
    first = (
        select(func.min(own.waited_seconds).label("waited"))
        .where(own.answered_at.between(start, end), own.direction == "in")
        .group_by(own.call)
        .subquery()
    )
    rows = select(func.count(), func.count().filter(first.c.waited <= target_seconds)).select_from(first)
    answered, in_target = (await connection.execute(rows)).one()
    return int(answered), int(in_target)
