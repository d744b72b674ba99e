"""Reads tickets: rows with their deadlines and parties, and the names of the rules in force. Nothing is changed here."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.ext.asyncio import AsyncConnection

from tickets import store
from tickets.model import Deadline, Party, Ticket
from tickets.rules import Rules


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
