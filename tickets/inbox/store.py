"""What is still owed, read by who owes it. The cost is that of what one side has open, never that of all tickets."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tickets.inbox.work import Duty
from tickets.model import HOTLINE, Deadline, Stage
from tickets.stages import OPEN, WITH_AGENCY
from tickets.store import ticket_deadlines, tickets

AGENCY_DUTIES = ("accept", "respond", "answer", "contribute", "progress", "visit")
LETTER_DUTIES = ("apology_draft", "apology_sent")
HOTLINE_DUTIES = ("acknowledge", "classify", "clarify", "notify")

MOST = 5000
"""Promises that one list is made of."""


async def duties(connection: AsyncConnection, parties: Collection[str]) -> list[Duty]:
    """What these parties owe now, the earliest due first, up to ``MOST``. Never on a sealed ticket, but for the hotline's own."""
    rows = [dict(row) for row in (await connection.execute(owed_by(parties))).mappings()]
    return [_duty(row) for row in rows]


def owed_by(parties: Collection[str]) -> Select[Any]:
    """The statement behind it: it begins with what a party owes, and looks at no ticket on which it owes nothing."""
    columns, ticket = ticket_deadlines.c, tickets.c
    ways = [
        and_(columns.clock.in_(AGENCY_DUTIES), ticket.stage.in_(WITH_AGENCY), ticket.level != 1),
        columns.clock.in_(LETTER_DUTIES),
    ]
    seen = [or_(*ways), ticket.sealed.is_(False)]
    if HOTLINE in parties:
        seen = [columns.clock.in_(HOTLINE_DUTIES), ticket.stage.in_(OPEN)]
    return (
        select(ticket_deadlines, ticket.stage)
        .join(tickets, ticket.code == columns.code)
        .where(columns.ended.is_(None), columns.party.in_(sorted(parties)), *seen)
        .order_by(columns.due, columns.code)
        .limit(MOST)
    )


async def rows_of(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The tickets of these codes."""
    found = (await connection.execute(select(tickets).where(tickets.c.code.in_(codes)))).mappings() if codes else ()
    return {row["code"]: dict(row) for row in found}


def _duty(row: dict[str, Any]) -> Duty:
    code, stage = row.pop("code"), row.pop("stage")
    return Duty(code, Stage(stage), Deadline.model_validate(row))
