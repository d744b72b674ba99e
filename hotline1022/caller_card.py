"""What an operator sees of a number that rings, put together: what it was called last time, its calls, its open tickets."""

from datetime import timedelta

from pydantic import BaseModel
from sqlalchemy import select

from hotline1022.base.access import HOTLINE_ROLES
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid
from hotline1022.base.http.routes import Call, CivilInstant, Route, Told
from hotline1022.base.phone_numbers import e164
from hotline1022.call_log import TAG, LoggedCallTold, told
from hotline1022.call_sights import tickets_of
from telephony.calls import store
from tickets.model import Stage, Ticket
from tickets.reading import of_rows
from tickets.rules import StandingRules
from tickets.stages import STAGE_NAMES
from tickets.store import tickets

LATELY = timedelta(days=7)
MOST_CALLS, MOST_TICKETS = 10, 20
OVER = frozenset({Stage.ANSWERED, Stage.SURVEYED, Stage.CLOSED, Stage.MERGED, Stage.REFERRED})
"""Stages in which the citizen waits for nothing."""


class TicketOfCaller(BaseModel):
    """An open ticket of the number."""

    code: str
    summary: str | None
    stage: str
    stage_name: str
    agency_name: str
    place_name: str | None
    taken_at: CivilInstant
    due: CivilInstant | None
    overdue: bool


class CallerTold(BaseModel):
    """What is known of a number. ``name_before`` is what somebody said last time: never asserted to be who rings now."""

    number: str
    name_before: str | None
    named_at: CivilInstant | None
    abandoned_lately: int
    """Calls of the last seven days in which they waited for an operator and met none."""
    calls: tuple[LoggedCallTold, ...]
    tickets: tuple[TicketOfCaller, ...]
    open: int


class CallerCard:
    """What is known of numbers that ring. Methods raise DatabaseAway."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._database, self._clock, self._rules = database, clock, rules

    def routes(self) -> list[Route]:
        """``/api/callers``."""
        return [
            Route(
                "GET", "/api/callers/{number}", self._known, "Người đang gọi", TAG, HOTLINE_ROLES, {200: CallerTold},
                parameters={"number": "[+]?[0-9]{3,18}"},
            )
        ]  # fmt: skip

    async def _known(self, call: Call[Told, None]) -> CallerTold:
        number = e164(call.path["number"])
        if number is None:
            raise Invalid("Đây không phải số điện thoại", field="number")
        now = self._clock.now()
        own = (tickets.c.number == number, tickets.c.sealed.is_(False))
        standing = select(tickets).where(*own, tickets.c.stage.not_in(OVER)).order_by(tickets.c.taken_at.desc())
        named = (
            select(tickets.c.citizen_name, tickets.c.taken_at)
            .where(*own, tickets.c.citizen_name.is_not(None), tickets.c.citizen_name != "")
            .order_by(tickets.c.taken_at.desc())
            .limit(1)
        )
        async with self._database.reading() as connection:
            rows = [dict(row) for row in (await connection.execute(standing)).mappings()]
            found = await of_rows(connection, self._rules.current, rows[:MOST_TICKETS])
            name = (await connection.execute(named)).one_or_none()
            logged = await store.page(connection, number=number, limit=MOST_CALLS)
            codes = await tickets_of(connection, [each.call for each in logged])
            abandoned = await store.abandoned_since(connection, number, now - LATELY)
        return CallerTold(
            number=number,
            name_before=name.citizen_name if name else None,
            named_at=name.taken_at if name else None,
            abandoned_lately=abandoned,
            calls=tuple(told(each, codes.get(each.call)) for each in logged),
            tickets=tuple(self._shown(each) for each in found),
            open=len(rows),
        )

    def _shown(self, ticket: Ticket) -> TicketOfCaller:
        owed = next((each for each in ticket.deadlines if each.clock == "answer" and each.running), None)
        return TicketOfCaller(
            code=ticket.code,
            summary=ticket.summary,
            stage=ticket.stage,
            stage_name=STAGE_NAMES[ticket.stage],
            agency_name=ticket.agency_name,
            place_name=ticket.place_name,
            taken_at=ticket.taken_at,
            due=owed.due if owed else None,
            overdue=owed is not None and owed.breached_at is not None,
        )
