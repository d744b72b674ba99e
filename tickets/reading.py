"""Reads tickets: rows with their deadlines and parties, and the names of the rules in force. Nothing is changed here."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor
from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import NotFound
from tickets import store
from tickets.code import read_code
from tickets.letters import store as letters
from tickets.model import Deadline, Party, Ticket
from tickets.rules import Rules
from tickets.sight import line_of, may_see


async def read(
    connection: AsyncConnection, rules: Rules, *conditions: ColumnElement[bool], limit: int | None = None
) -> tuple[Ticket, ...]:
    """The tickets that meet every condition, the last taken first."""
    return await of_rows(connection, rules, await store.ticket_rows(connection, *conditions, limit=limit))


async def of_rows(connection: AsyncConnection, rules: Rules, rows: Sequence[Mapping[str, Any]]) -> tuple[Ticket, ...]:
    """The tickets of these rows, in their order."""
    if not rows:
        return ()
    codes = [row["code"] for row in rows]
    deadlines, parties = await store.deadlines_of(connection, codes), await store.parties_of(connection, codes)
    return tuple(ticket_of(rules, row, deadlines[row["code"]], parties[row["code"]]) for row in rows)


def ticket_of(
    rules: Rules, row: Mapping[str, Any], deadlines: Sequence[Deadline], parties: Sequence[Party] = ()
) -> Ticket:
    """The ticket of one row."""
    return Ticket.model_validate(
        {
            **row,
            "topic_name": rules.topics.name_of(row["topic"]),
            "place_name": rules.place_name(row["place"]),
            "agency_name": rules.agencies.name_of(row["agency"]),
            "deadlines": tuple(deadlines),
            "parties": tuple(parties),
        }
    )


async def seen(connection: AsyncConnection, rules: Rules, code: str, actor: Actor, now: datetime) -> Ticket:
    """The ticket of ``code``, whole. Raises NotFound, also for one that ``actor`` may not see."""
    code = read_code(code)
    found = await read(connection, rules, store.tickets.c.code == code, limit=1)
    owed = (await letters.letters_of(connection, [code]))[code]
    line = line_of(actor, rules.agencies, now.astimezone(CIVIL_ZONE).date())
    if not found or not may_see(actor, found[0].model_dump(), found[0].parties, owed, line=line):
        raise NotFound(f"Không có phiếu {code}")
    return found[0]
