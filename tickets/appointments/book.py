"""The book of home appointments: who is to be where on which day. Nothing is changed here."""

from datetime import date, datetime, time, timedelta
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from sqlalchemy import and_, or_, select

from hotline1022.base.access import Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.http.paging import Page, PageQuery, cursor_of, read_row_cursor
from tickets.appointments.model import VISIT_STATE_NAMES, Appointment, VisitState
from tickets.appointments.store import ticket_appointments
from tickets.rules import StandingRules
from tickets.search.finding import as_list, seen_by
from tickets.sight import line_of, visit_shown_to
from tickets.store import tickets


class AppointmentQuery(PageQuery):
    """Which appointments; conditions that are not given do not matter."""

    day: Annotated[date, Field(ge=date(2019, 1, 1), le=date(2060, 12, 30))] | None = Field(
        default=None, description="ngày hẹn, theo giờ Việt Nam"
    )
    agency: Annotated[str, StringConstraints(max_length=64)] | None = None
    state: Annotated[tuple[VisitState, ...], BeforeValidator(as_list), Field(max_length=5)] = ()


class BookedVisit(BaseModel):
    """An appointment as the book shows it."""

    appointment: Appointment
    state_name: str
    agency_name: str


class AppointmentBook:
    """Reads appointments. Methods raise DatabaseAway. Agencies read those of tickets that they may see."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._database, self._clock, self._rules = database, clock, rules

    async def page(self, query: AppointmentQuery, actor: Actor) -> Page[BookedVisit]:
        """One page of what ``actor`` may read, the first window first. Raises Invalid for a cursor that no page gave."""
        columns = ticket_appointments.c
        line = line_of(actor, self._rules.current.agencies, self._clock.now().astimezone(CIVIL_ZONE).date())
        conditions = [columns.code == tickets.c.code, *seen_by(actor, line)]
        if query.day is not None:
            midnight = datetime.combine(query.day, time(), CIVIL_ZONE)
            conditions += [columns.starts >= midnight, columns.starts < midnight + timedelta(days=1)]
        if query.agency is not None:
            conditions.append(columns.agency == query.agency)
        if query.state:
            conditions.append(columns.state.in_(query.state))
        if query.cursor is not None:
            at, key = read_row_cursor(query.cursor)
            conditions.append(or_(columns.starts > at, and_(columns.starts == at, columns.id > key)))
        statement = select(ticket_appointments, tickets.c.sealed).where(*conditions).limit(query.limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(statement.order_by(columns.starts, columns.id))).mappings().all()
        found = []
        for row in rows:
            values = dict(row)
            sealed = values.pop("sealed")
            found.append(visit_shown_to(actor, Appointment.model_validate(values), sealed=sealed))
        more = cursor_of(found[-1].starts, str(found[-1].id)) if len(found) >= query.limit else None
        return Page(items=tuple(self._shown(each) for each in found), next=more)

    def _shown(self, visit: Appointment) -> BookedVisit:
        name = self._rules.current.agencies.name_of(visit.agency)
        return BookedVisit(appointment=visit, state_name=VISIT_STATE_NAMES[visit.state], agency_name=name)
