"""The home appointments as a table, and the statements on it. No rule is here."""

from collections.abc import Sequence

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    Table,
    Text,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from tickets.appointments.model import Appointment

ticket_appointments = Table(
    "ticket_appointments",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True),
    Column("code", String(8), ForeignKey("tickets.code"), nullable=False, index=True),
    Column("agency", String(64), nullable=False),
    Column("procedure", Text),
    Column("address", Text),
    Column("starts", Instant, nullable=False),
    Column("ends", Instant, nullable=False),
    Column("state", String(16), nullable=False),
    Column("moved", SmallInteger, nullable=False),
    Column("booked_at", Instant, nullable=False),
    Column("booked_by", String(100), nullable=False),
    Column("confirmed_at", Instant),
    Column("confirmed_by", String(100)),
    Column("reminded_at", Instant),
    Column("ended_at", Instant),
    Column("ended_by", String(100)),
    Column("fault", String(16)),
    Index("ix_ticket_appointments_starts", "starts", "id"),
    Index("ix_ticket_appointments_agency_starts", "agency", "starts", "id"),
)
"""``procedure`` and ``address`` are a citizen's: they can be erased without touching the rest."""

# Nobody is expected twice for one ticket.
Index(
    "uq_ticket_appointments_open",
    ticket_appointments.c.code,
    unique=True,
    sqlite_where=text("ended_at IS NULL"),
    postgresql_where=text("ended_at IS NULL"),
)


async def appointments_of(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, tuple[Appointment, ...]]:
    """The appointments of several tickets, in the order in which they were booked."""
    columns = ticket_appointments.c
    statement = select(ticket_appointments).where(columns.code.in_(codes)).order_by(columns.id)
    found: dict[str, tuple[Appointment, ...]] = dict.fromkeys(codes, ())
    for row in (await connection.execute(statement)).mappings():
        found[row["code"]] = (*found[row["code"]], Appointment.model_validate(dict(row)))
    return found


async def give_visit(connection: AsyncConnection, code: str, agency: str) -> None:
    """Make ``agency`` the one that comes, if somebody is expected."""
    rows = ticket_appointments
    await connection.execute(update(rows).where(rows.c.code == code, rows.c.ended_at.is_(None)).values(agency=agency))


async def write_appointments(connection: AsyncConnection, appointments: Sequence[Appointment]) -> None:
    """Write appointments: new ones are added, those that have a row replace it."""
    for each in appointments:
        values, rows = each.model_dump(exclude={"id"}), ticket_appointments
        if each.id is None:
            await connection.execute(insert(rows).values(**values))
        else:
            await connection.execute(update(rows).where(rows.c.id == each.id).values(**values))
