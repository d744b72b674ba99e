"""Whose call is whose: which calls the hotline's people may read and hear, by what tickets and operators say. No call is read here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor, Role
from telephony.calls.store import LoggedCall
from tickets.store import tickets

LEADERS = frozenset({Role.LEADER, Role.ADMINISTRATOR})


@dataclass(frozen=True)
class TicketOfCall:
    """The ticket that came of a call. ``sealed``: nobody learns who rang."""

    code: str
    sealed: bool


async def tickets_of(connection: AsyncConnection, calls: Iterable[str]) -> Mapping[str, TicketOfCall]:
    """The tickets of these calls; the sealed one, where a call has several."""
    query = select(tickets.c.call, tickets.c.code, tickets.c.sealed).where(tickets.c.call.in_(list(calls)))
    rows = sorted((await connection.execute(query)).all(), key=lambda row: (row.sealed, row.code))
    return {row.call: TicketOfCall(row.code, row.sealed) for row in rows}


def may_read(actor: Actor, call: LoggedCall, ticket: TicketOfCall | None) -> bool:
    """Whether somebody of the hotline may read and hear a call: leaders any, operators their own and those that became tickets."""
    own = actor.account is not None and call.account == actor.account
    return actor.role in LEADERS or own or (ticket is not None and not ticket.sealed)
