"""The scores' tables and the statements on them. No rule is here; every function works in the caller's transaction.

Counts are kept beside what they are made of, so that a period costs what it has agencies, and one more answer what its ticket has.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    text,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, insert_new, metadata
from surveys.points import Point

score_tickets = Table(
    "score_tickets",
    metadata,
    Column("code", String(8), primary_key=True),
    Column("recounted_at", Instant, nullable=False),
)
"""Every ticket that was counted: whoever counts one anew holds its row."""

score_contributions = Table(
    "score_contributions",
    metadata,
    Column("code", String(8), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("mode", String(16), primary_key=True),
    Column("amount", Integer, nullable=False),
    Index("ix_score_contributions_month_agency_name", "month", "agency", "name", "code", "mode"),
)
"""What each ticket contributes: every count leads to its tickets."""

score_counts = Table(
    "score_counts",
    metadata,
    Column("month", String(7), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("mode", String(16), primary_key=True),
    Column("amount", Integer, nullable=False),
)
"""The sums of the contributions; 0 where there was something once."""

score_sign_offs = Table(
    "score_sign_offs",
    metadata,
    Column("period", String(7), primary_key=True),
    Column("signed_by", String(100), nullable=False),
    Column("signed_at", Instant, nullable=False),
    Column("weights", JSON, nullable=False),
    Column("counts", JSON, nullable=False),
    Column("figures", JSON, nullable=False),
)
"""What a period was signed off with. Rows are never changed."""

score_corrections = Table(
    "score_corrections",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("period", String(7), nullable=False),
    Column("agency", String(64), nullable=False),
    Column("asked_by", String(100), nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("evidence", Text, nullable=False),
    Column("decided_by", String(100)),
    Column("decided_at", Instant),
    Column("accepted", Boolean),
    Column("answer", Text),
    Column("before", JSON),
    Column("after", JSON),
    Index("ix_score_corrections_period_asked_at", "period", "asked_at"),
)

_NOBODY_COUNTS = text("LOCK TABLE score_counts IN EXCLUSIVE MODE")
_ROWS = 200
"""Rows in one statement: SQLite takes so many parameters and no more."""


async def hold(connection: AsyncConnection, code: str, at: datetime) -> None:
    """Let nobody else count this ticket until the transaction ends."""
    statement = insert_new(connection, score_tickets).values(code=code, recounted_at=at)
    await connection.execute(
        statement.on_conflict_do_update(index_elements=["code"], set_={"recounted_at": statement.excluded.recounted_at})
    )


async def contributions_of(connection: AsyncConnection, code: str) -> dict[Point, int]:
    """What a ticket was last found to contribute."""
    columns = score_contributions.c
    rows = await connection.execute(
        select(columns.agency, columns.month, columns.name, columns.mode, columns.amount).where(columns.code == code)
    )
    return {Point(agency, month, name, mode): amount for agency, month, name, mode, amount in rows}


async def put_contributions(
    connection: AsyncConnection, code: str, before: Mapping[Point, int], after: Mapping[Point, int]
) -> None:
    """Replace what a ticket contributes; the counts are the caller's to change."""
    columns = score_contributions.c
    changed = sorted(point for point in before.keys() | after.keys() if before.get(point) != after.get(point))
    if gone := [point for point in changed if point in before]:
        same = tuple_(columns.agency, columns.month, columns.name, columns.mode).in_(gone)
        await connection.execute(delete(score_contributions).where(columns.code == code, same))
    if new := [_row(point, after[point]) | {"code": code} for point in changed if point in after]:
        await connection.execute(insert(score_contributions), new)


async def add_to_counts(connection: AsyncConnection, differences: Mapping[Point, int]) -> None:
    """Change counts; always in the same order, so that two who change the same ones never wait for each other."""
    ordered = sorted(differences, key=lambda point: (point.month, point.agency, point.name, point.mode))
    for start in range(0, len(ordered), _ROWS):
        rows = [_row(point, differences[point]) for point in ordered[start : start + _ROWS]]
        statement = insert_new(connection, score_counts).values(rows)
        added = {"amount": score_counts.c.amount + statement.excluded.amount}
        await connection.execute(
            statement.on_conflict_do_update(index_elements=["month", "agency", "name", "mode"], set_=added)
        )


async def counts_of(connection: AsyncConnection, months: Collection[str]) -> dict[Point, int]:
    """The counts of some months."""
    columns = score_counts.c
    rows = await connection.execute(
        select(columns.agency, columns.month, columns.name, columns.mode, columns.amount).where(
            columns.month.in_(months), columns.amount != 0
        )
    )
    return {Point(agency, month, name, mode): amount for agency, month, name, mode, amount in rows}


async def totals_of(connection: AsyncConnection, period: str, months: Collection[str]) -> dict[Point, int]:
    """The counts of some months as those of one ``period``."""
    columns = score_counts.c
    summed = select(columns.agency, columns.name, columns.mode, func.sum(columns.amount)).where(
        columns.month.in_(months), columns.amount != 0
    )
    rows = await connection.execute(summed.group_by(columns.agency, columns.name, columns.mode))
    return {Point(agency, period, name, mode): int(amount) for agency, name, mode, amount in rows}


async def hold_counts(connection: AsyncConnection) -> None:
    """Let nobody change a count until the transaction ends. On SQLite whoever writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        await connection.execute(_NOBODY_COUNTS)


async def months_counted(connection: AsyncConnection) -> list[str]:
    """The months in which anything was ever counted."""
    return list((await connection.scalars(select(score_counts.c.month).distinct())).all())


async def wrong_counts(connection: AsyncConnection, month: str) -> dict[Point, int]:
    """By how much each count of a month differs from the sum of what it is made of; empty when all are right."""
    parts = score_contributions.c
    summed = select(parts.agency, parts.month, parts.name, parts.mode, func.sum(parts.amount)).where(
        parts.month == month
    )
    rows = await connection.execute(summed.group_by(parts.agency, parts.month, parts.name, parts.mode))
    right = {Point(agency, of, name, mode): int(amount) for agency, of, name, mode, amount in rows}
    stood = await counts_of(connection, [month])
    return {
        point: right.get(point, 0) - stood.get(point, 0)
        for point in right.keys() | stood.keys()
        if right.get(point, 0) != stood.get(point, 0)
    }


async def tickets_counted(connection: AsyncConnection, after: str, until: str) -> set[str]:
    """The tickets from behind ``after`` to ``until`` that contribute anything."""
    columns = score_contributions.c
    found = select(columns.code).where(columns.code > after, columns.code <= until).distinct()
    return set((await connection.scalars(found)).all())


async def tickets_of(
    connection: AsyncConnection,
    *,
    agencies: Collection[str],
    months: Collection[str],
    name: str,
    modes: Collection[str],
    after: tuple[str, str, str, str] | None,
    limit: int,
) -> Sequence[Mapping[str, Any]]:
    """What a count is made of, by month, ticket, agency and mode, behind ``after``."""
    columns = score_contributions.c
    order = (columns.month, columns.code, columns.agency, columns.mode)
    statement = select(score_contributions).where(
        columns.agency.in_(agencies), columns.name == name, columns.month.in_(months), columns.mode.in_(modes)
    )
    if after is not None:
        statement = statement.where(tuple_(*order) > tuple_(*after))
    return [dict(row) for row in (await connection.execute(statement.order_by(*order).limit(limit))).mappings()]


async def sign_off_of(connection: AsyncConnection, period: str) -> Mapping[str, Any] | None:
    """What a period was signed off with, if it was."""
    statement = select(score_sign_offs).where(score_sign_offs.c.period == period)
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else dict(row)


async def add_sign_off(connection: AsyncConnection, values: Mapping[str, Any]) -> bool:
    """Sign a period off; False when somebody was faster."""
    statement = insert_new(connection, score_sign_offs).values(**values).on_conflict_do_nothing()
    return (await connection.execute(statement.returning(score_sign_offs.c.period))).first() is not None


async def add_correction(connection: AsyncConnection, values: Mapping[str, Any]) -> None:
    """Keep what an agency asks for."""
    await connection.execute(insert(score_corrections).values(**values))


async def correction_of(connection: AsyncConnection, period: str, id: str) -> Mapping[str, Any] | None:
    """One correction, held until the transaction ends."""
    columns = score_corrections.c
    statement = select(score_corrections).where(columns.id == id, columns.period == period).with_for_update()
    row = (await connection.execute(statement)).mappings().one_or_none()
    return None if row is None else dict(row)


async def decide_correction(connection: AsyncConnection, id: str, values: Mapping[str, Any]) -> None:
    """Keep what was decided."""
    await connection.execute(update(score_corrections).where(score_corrections.c.id == id).values(**values))


async def corrections_of(connection: AsyncConnection, period: str) -> Sequence[Mapping[str, Any]]:
    """What agencies have asked for, the first first."""
    columns = score_corrections.c
    statement = select(score_corrections).where(columns.period == period).order_by(columns.asked_at, columns.id)
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


def _row(point: Point, amount: int) -> dict[str, Any]:
    return point._asdict() | {"amount": amount}
