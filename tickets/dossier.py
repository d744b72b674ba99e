"""One ticket with everything around it, as the asker may read it; and who it was, for a reason that is written down."""

from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import AGENCY_ROLES, Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, NotFound
from tickets import store
from tickets.appointments import store as appointments
from tickets.appointments.model import Appointment
from tickets.code import read_code
from tickets.deciding import moves_for
from tickets.journal import store as journal
from tickets.letters import store as letters
from tickets.letters.model import Letter
from tickets.model import JournalEntry, Text, Ticket
from tickets.reading import read
from tickets.rules import StandingRules
from tickets.sight import may_see, shown_to, visit_shown_to


class AllowedMove(BaseModel):
    """A move that the asker may make now."""

    name: str
    title: str
    """Vietnamese, as on a button."""


class TicketFile(BaseModel):
    """A ticket, what was written about it, and what the asker may do with it."""

    ticket: Ticket
    texts: tuple[Text, ...]
    moves: tuple[AllowedMove, ...]
    letters: tuple[Letter, ...]
    """The letters of apology that are owed or were sent for it."""
    visits: tuple[Appointment, ...]
    """Its home appointments, the last one booked last."""
    duplicates: tuple[str, ...]
    """Codes of the tickets that were merged into this one."""


class Journal(BaseModel):
    """What happened to a ticket, the first thing first."""

    items: tuple[JournalEntry, ...]


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
            merged = await store.ticket_rows(connection, store.tickets.c.duplicate_of == ticket.code)
            owed = (await letters.letters_of(connection, [ticket.code]))[ticket.code]
            visits = (await appointments.appointments_of(connection, [ticket.code]))[ticket.code]
        moves = moves_for(actor, ticket, owed, visits)
        return TicketFile(
            ticket=shown_to(actor, ticket),
            texts=texts,
            moves=tuple(AllowedMove(name=move.name, title=move.title) for move in moves),
            letters=owed,
            visits=tuple(visit_shown_to(actor, visit, sealed=ticket.sealed) for visit in visits),
            duplicates=tuple(sorted(row["code"] for row in merged)),
        )

    async def journal(self, code: str, actor: Actor) -> Journal:
        """The journal of a ticket."""
        async with self._database.reading() as connection:
            ticket = await self._seen(connection, code, actor)
            return Journal(items=await journal.of_ticket(connection, ticket.code))

    async def unlock(self, code: str, actor: Actor, reason: str) -> Identity:
        """Who reported. The reader and the reason are in the journal before the answer is given.

        Raises Forbidden for a sealed ticket unless ``actor`` leads the hotline.
        """
        async with self._database.transaction() as connection:
            ticket = await self._seen(connection, code, actor)
            if ticket.sealed and actor.role not in (Role.LEADER, Role.ADMINISTRATOR):
                raise Forbidden("Danh tính người khiếu nại, tố cáo được niêm phong", remedy="hỏi trưởng ca tổng đài")
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
        code = read_code(code)
        found = await read(connection, self._rules.current, store.tickets.c.code == code, limit=1)
        owed = (await letters.letters_of(connection, [code]))[code]
        if not found or not may_see(actor, found[0].model_dump(), found[0].parties, owed):
            raise NotFound(f"Không có phiếu {code}")
        return found[0]
