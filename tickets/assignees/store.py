"""The table of who works on which ticket, and the people of an agency. No rule is here."""

from collections.abc import Sequence

from sqlalchemy import Column, ForeignKey, Integer, String, Table, delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import AGENCY_ROLES, ROLE_NAMES, Role
from hotline1022.base.accounts import accounts
from hotline1022.base.db import Instant, metadata
from tickets.assignees.model import Assignee, Colleague

ticket_assignees = Table(
    "ticket_assignees",
    metadata,
    Column("code", String(8), ForeignKey("tickets.code"), primary_key=True),
    Column("agency", String(64), primary_key=True),
    Column("account", Integer, nullable=False),
    Column("name", String(100), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
)
"""One person for each agency that works on a ticket; the journal has those who did before."""


async def assignees_of(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, tuple[Assignee, ...]]:
    """Who works on several tickets, by agency."""
    columns = ticket_assignees.c
    statement = select(ticket_assignees).where(columns.code.in_(codes)).order_by(columns.code, columns.agency)
    found: dict[str, tuple[Assignee, ...]] = dict.fromkeys(codes, ())
    for row in (await connection.execute(statement)).mappings():
        values = dict(row)
        code = values.pop("code")
        found[code] = (*found[code], Assignee.model_validate(values))
    return found


async def write(connection: AsyncConnection, code: str, agency: str, assignee: Assignee | None) -> None:
    """Make ``assignee`` the one who works on a ticket for ``agency``; None is nobody."""
    columns = ticket_assignees.c
    await connection.execute(delete(ticket_assignees).where(columns.code == code, columns.agency == agency))
    if assignee is not None:
        await connection.execute(insert(ticket_assignees).values(code=code, **assignee.model_dump()))


async def colleagues_of(connection: AsyncConnection, agency: str) -> list[Colleague]:
    """The people of an agency who can sign in, by name."""
    columns = accounts.c
    name = func.coalesce(columns.display_name, columns.name)
    statement = select(columns.id, name.label("called"), columns.role).where(
        columns.agency == agency, columns.locked.is_(False), columns.role.in_(sorted(AGENCY_ROLES))
    )
    rows = (await connection.execute(statement.order_by(name, columns.id))).all()
    return [
        Colleague(account=row.id, name=row.called, role=Role(row.role), role_name=ROLE_NAMES[Role(row.role)])
        for row in rows
    ]
