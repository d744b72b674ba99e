"""Makes moves: finds the ticket, asks the table whether, lets the act decide what, and writes all of it in one transaction."""

from collections.abc import Awaitable, Callable, Iterable

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import AGENCY_ROLES, MACHINE, Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, NotFound, Refused
from hotline1022.base.events import Event
from tickets import stages, store
from tickets.acts import ACTS
from tickets.change import Change
from tickets.code import read_code
from tickets.events import TicketMoved
from tickets.journal import store as journal
from tickets.model import Party, Stage, Ticket
from tickets.moves import AnyMove, Merge
from tickets.publication import store as publication
from tickets.rules import StandingRules
from tickets.sight import may_see
from tickets.stages import Move

log = structlog.get_logger()

RecordEvent = Callable[[AsyncConnection, Event], Awaitable[None]]
"""Keeps an event in the transaction of the change that it tells."""


class Handling:
    """The moves of tickets. Methods raise DatabaseAway when the database cannot be reached."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules, record_event: RecordEvent) -> None:
        self._database, self._clock, self._rules, self._record_event = database, clock, rules, record_event

    async def make(self, code: str, request: AnyMove, actor: Actor, *, version: int | None = None) -> int:
        """Make a move of the ticket ``code``; returns the ticket's new version.

        ``version`` is the one that the actor looked at: when somebody was faster the move is refused and nothing changes.
        Raises NotFound, Forbidden, Refused or Invalid, each with one Vietnamese sentence; the ticket is then as it was.
        """
        async with self._database.transaction() as connection:
            change = await self.load(connection, code, actor, request)
            if version is not None and version != change["version"]:
                raise Refused(
                    f"Phiếu {change.code} vừa được người khác chuyển sang bước “{stages.STAGE_NAMES[change.stage]}”",
                    remedy="xem lại phiếu rồi làm lại nếu còn cần",
                )
            self.apply(change, request)
            await self.write(connection, change)
        log.info("ticket_moved", ticket=change.code, move=request.move, stage=change.stage)
        return int(change["version"])

    async def load(
        self, connection: AsyncConnection, code: str, actor: Actor, request: AnyMove | None = None
    ) -> Change:
        """The ticket, locked with all that the move touches. Raises NotFound, also for one that the actor may not see."""
        code = read_code(code)
        wanted = {code, *([request.into] if isinstance(request, Merge) else [])}
        duplicates = store.tickets.c.duplicate_of == code
        wanted |= {row["code"] for row in await store.ticket_rows(connection, duplicates)}
        now = self._clock.now()
        rows = await store.locked_rows(connection, sorted(wanted))
        deadlines = await store.deadlines_of(connection, list(rows))
        parties = await store.parties_of(connection, list(rows))
        if code not in rows or not may_see(actor, rows[code], parties[code]):
            raise NotFound(f"Không có phiếu {code}")

        def change_of(found: str, by: Actor) -> Change:
            return Change(rows[found], deadlines[found], parties[found], rules=self._rules.current, actor=by, now=now)

        late = {row["code"] for row in await store.ticket_rows(connection, duplicates)} - wanted
        if late:
            raise Refused(f"Vừa có phiếu khác được ghép vào phiếu {code}", remedy="làm lại")
        change = change_of(code, actor)
        change.duplicates = [
            change_of(found, MACHINE)
            for found, row in rows.items()
            if row["duplicate_of"] == code and row["stage"] == Stage.MERGED
        ]
        if isinstance(request, Merge) and request.into in rows:
            change.main = change_of(request.into, MACHINE)
        if change["answer"] is not None:
            change.row["answer_author"] = await store.author_of(connection, change["answer"])
        return change

    def apply(self, change: Change, request: AnyMove) -> None:
        """Let the table and the act decide; ``change`` holds the outcome."""
        move = stages.find(request.move, change.stage, change.actor.role)
        _check_party(move, change)
        ACTS[request.move](change, request)
        if move.target is not None:
            change.stand(move.target)
        answer = change.answer()
        change.tell(
            TicketMoved(
                at=change.now,
                code=change.code,
                version=change["version"] + 1,
                move=request.move,
                previous=change.came_from,
                stage=change.stage,
                actor=change.actor.name,
                agency=change["agency"],
                due=answer.due if answer else None,
            )
        )

    async def write(self, connection: AsyncConnection, change: Change) -> None:
        """Write everything that a change holds; the journal comes last, because others wait for it."""
        entries = []
        for each in (change, *change.duplicates):
            if each.values or each.entries:
                each.set(version=each["version"] + 1)
                await store.change_ticket(connection, each.code, **each.values)
                await store.write_deadlines(connection, each.code, each.deadlines)
                await store.add_texts(connection, each.texts)
                await store.add_parties(connection, each.code, each.touched_parties)
            if each.publication == "withdraw":
                await publication.withdraw(connection, each.code)
            elif each.publication is not None:
                await publication.publish(connection, each.publication)
            for event in each.events:
                await self._record_event(connection, event)
            entries += each.entries
        await journal.add(connection, entries)


def moves_for(actor: Actor, ticket: Ticket) -> tuple[Move, ...]:
    """The moves that ``actor`` may make with a ticket that they may see, as the table has them."""
    return tuple(
        move
        for move in stages.allowed(ticket.stage, actor.role)
        if _is_party(move, actor, ticket.agency, ticket.parties)
    )


def _is_party(move: Move, actor: Actor, agency: str, parties: Iterable[Party]) -> bool:
    if actor.role not in AGENCY_ROLES:
        return True
    leads, helps = agency == actor.agency, any(party.agency == actor.agency for party in parties)
    return {"lead": leads, "cooperating": helps, "any": leads or helps}[move.party]


def _check_party(move: Move, change: Change) -> None:
    if not _is_party(move, change.actor, change["agency"], change.parties):
        whose = "cơ quan được mời phối hợp" if move.party == "cooperating" else change.name_of(change["agency"])
        raise Forbidden(f"Chỉ {whose} mới được {move.title}")
