"""One ticket with everything around it, as the asker may read it; and who it was, for a reason that is written down."""

import re

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import AGENCY_ROLES, Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, Invalid, NotFound
from hotline1022.base.http.paging import Page, PageQuery, cursor_of, page_of, read_cursor
from tickets import store
from tickets.appointments import store as appointments
from tickets.appointments.model import Appointment
from tickets.assignees import store as assignees
from tickets.assignees.model import Assignee
from tickets.deciding import moves_for
from tickets.journal import store as journal
from tickets.letters import store as letters
from tickets.letters.model import Letter
from tickets.model import JournalEntry, Text, Ticket
from tickets.photos.model import Photo
from tickets.photos.store import photos_of
from tickets.reading import seen
from tickets.rules import StandingRules
from tickets.sight import entry_shown_to, shown_to, visit_shown_to


class AllowedMove(BaseModel):
    """A move that the asker may make now."""

    name: str
    title: str
    """Vietnamese, as on a button."""


class TicketFile(BaseModel):
    """A ticket, what was written about it, and what the asker may do with it.

    What citizens of merged tickets add belongs to it too: nobody works on their tickets themselves.
    """

    ticket: Ticket
    texts: tuple[Text, ...]
    photos: tuple[Photo, ...]
    """``GET /api/tickets/{code}/photos/{id}`` gives the picture of one."""
    moves: tuple[AllowedMove, ...]
    letters: tuple[Letter, ...]
    """The letters of apology that are owed or were sent for it."""
    visits: tuple[Appointment, ...]
    """Its home appointments, the last one booked last."""
    assignees: tuple[Assignee, ...]
    """Who works on it in each agency, as far as that is the asker's business."""
    duplicates: tuple[str, ...]
    """Codes of the tickets that were merged into this one."""


class Identity(BaseModel):
    """Who reported, unlocked for one reader."""

    number: str | None
    citizen_name: str | None
    citizen_email: str | None
    call: str | None
    recording: str | None


class Dossier:
    """Reads whole tickets. Methods raise DatabaseAway, and NotFound for a ticket that the asker may not see."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._database, self._clock, self._rules = database, clock, rules

    async def file(self, code: str, actor: Actor) -> TicketFile:
        """The ticket of ``code`` with its texts and the moves that ``actor`` may make."""
        async with self._database.reading() as connection:
            ticket = await self._seen(connection, code, actor)
            texts = await store.texts_of(connection, ticket.code)
            photos = await photos_of(connection, ticket.code)
            merged = await store.ticket_rows(connection, store.tickets.c.duplicate_of == ticket.code)
            owed = (await letters.letters_of(connection, [ticket.code]))[ticket.code]
            visits = (await appointments.appointments_of(connection, [ticket.code]))[ticket.code]
            working = (await assignees.assignees_of(connection, [ticket.code]))[ticket.code]
        moves = moves_for(actor, ticket, owed, visits)
        return TicketFile(
            ticket=shown_to(actor, ticket),
            texts=texts,
            photos=photos,
            moves=tuple(AllowedMove(name=move.name, title=move.title) for move in moves),
            letters=owed,
            visits=tuple(visit_shown_to(actor, visit, sealed=ticket.sealed) for visit in visits),
            assignees=tuple(each for each in working if actor.agency in (None, each.agency)),
            duplicates=tuple(sorted(row["code"] for row in merged)),
        )

    async def photo(self, code: str, id: str, actor: Actor) -> Photo:
        """One photo of a ticket. Raises NotFound for one that the ticket does not have."""
        async with self._database.reading() as connection:
            ticket = await self._seen(connection, code, actor)
            found = {photo.id: photo for photo in await photos_of(connection, ticket.code)}
        if id not in found:
            raise NotFound(f"Phiếu {ticket.code} không có ảnh này")
        return found[id]

    async def journal(self, code: str, actor: Actor, query: PageQuery) -> Page[JournalEntry]:
        """A page of the journal of a ticket, the first thing first. Raises Invalid for a cursor that no page gave."""
        after = read_cursor(query.cursor)[1] if query.cursor else "0"
        if not re.fullmatch("[0-9]{1,18}", after, re.ASCII):
            raise Invalid("Con trỏ trang không dùng được", remedy="lấy lại từ trang đầu", field="cursor")
        async with self._database.reading() as connection:
            ticket = await self._seen(connection, code, actor)
            found = await journal.of_ticket(connection, ticket.code, after=int(after), limit=query.limit)
        last = cursor_of(found[-1][1].at, str(found[-1][0])) if found else None
        return page_of([entry_shown_to(actor, entry) for _, entry in found], query.limit, last)

    async def unlock(self, code: str, actor: Actor, reason: str) -> Identity:
        """Who reported. The reader and the reason are in the journal before the answer is given.

        Raises Forbidden for a sealed ticket unless ``actor`` leads the hotline, and for an agency where the citizen has asked that none
        learn it.
        """
        async with self._database.transaction() as connection:
            ticket = await self._seen(connection, code, actor)
            if ticket.sealed and actor.role not in (Role.LEADER, Role.ADMINISTRATOR):
                raise Forbidden("Danh tính người khiếu nại, tố cáo được niêm phong", remedy="hỏi trưởng ca tổng đài")
            if ticket.anonymous and actor.role in AGENCY_ROLES:
                raise Forbidden(
                    "Người dân yêu cầu không cho cơ quan biết mình là ai",
                    remedy="nhờ tổng đài liên hệ thay, qua “đề nghị bổ sung”",
                )
            details = {"agency": actor.agency} if actor.role in AGENCY_ROLES else {}
            entry = JournalEntry(
                code=ticket.code,
                at=self._clock.now(),
                actor=actor.name,
                what="identity-unlocked",
                reason=f"{actor.name} xem danh tính người báo: {reason}",
                details=details,
            )
            await journal.add(connection, [entry])
        return Identity.model_validate(ticket.model_dump(include=set(Identity.model_fields)))

    async def _seen(self, connection: AsyncConnection, code: str, actor: Actor) -> Ticket:
        return await seen(connection, self._rules.current, code, actor, self._clock.now())
