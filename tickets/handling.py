"""Makes moves: finds the ticket, asks the table whether, lets the act decide what, and writes all of it in one transaction."""

from collections.abc import Sequence

import structlog
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import NotFound, Refused
from tickets import stages, store
from tickets.assignees import store as assignees
from tickets.change import Change
from tickets.changes import RecordEvent, locked, write
from tickets.code import read_code
from tickets.deciding import apply
from tickets.journal import store as journal
from tickets.letters import store as letters
from tickets.letters.moves import ApproveLetter, SendLetter
from tickets.model import Stage
from tickets.moves import AnyMove, Assign, Merge
from tickets.photos.model import Shot
from tickets.rules import StandingRules
from tickets.sight import line_of, may_see
from tickets.timers import catch_up

log = structlog.get_logger()


class MoveMade(BaseModel):
    """Where a ticket stands after a move."""

    code: str
    version: int
    stage: Stage


class Handling:
    """The moves of tickets. Methods raise DatabaseAway when the database cannot be reached."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules, record_event: RecordEvent) -> None:
        self._database, self._clock, self._rules, self._record_event = database, clock, rules, record_event

    async def make(
        self, code: str, request: AnyMove, actor: Actor, *, version: int | None = None, photos: Sequence[Shot] = ()
    ) -> MoveMade:
        """Make a move of the ticket ``code``, with the photos that belong to it; returns where the ticket stands then.

        ``version`` is the one that the actor looked at: when somebody was faster the move is refused and nothing changes.
        What was due before is done first, under its own instant: no move hides that a promise had been broken already.
        Raises NotFound, Forbidden, Refused or Invalid, each with one Vietnamese sentence; the ticket is then as it was.
        """
        async with self._database.transaction() as connection:
            change = await self._load(connection, code, actor, request)
            if version is not None and version != change["version"]:
                raise Refused(
                    f"Phiếu {change.code} vừa được người khác chuyển sang bước “{stages.STAGE_NAMES[change.stage]}”",
                    remedy="xem lại phiếu rồi làm lại nếu còn cần",
                )
            for each in (change, *change.duplicates):
                catch_up(each)
            apply(change, request)
            change.attach(photos)
            await write(connection, [change, *change.duplicates], self._record_event)
        log.info("ticket_moved", ticket=change.code, move=request.move, stage=change.stage)
        return MoveMade(code=change.code, version=change["version"], stage=change.stage)

    async def _load(self, connection: AsyncConnection, code: str, actor: Actor, request: AnyMove) -> Change:
        """The ticket with all that the move touches. Raises NotFound, also for one that the actor may not see."""
        code = read_code(code)
        into = request.into if isinstance(request, Merge) else None
        merged = store.tickets.c.duplicate_of == code
        duplicates = {row["code"] for row in await store.ticket_rows(connection, merged)}
        wanted = {code, *duplicates, *([into] if into else [])}
        found = await locked(connection, wanted, rules=self._rules.current, now=self._clock.now())
        change = found.get(code)
        line = line_of(actor, self._rules.current.agencies, self._clock.now().astimezone(CIVIL_ZONE).date())
        if change is None or not may_see(actor, change.row, change.parties, change.letters, line=line):
            raise NotFound(f"Không có phiếu {code}")
        if {row["code"] for row in await store.ticket_rows(connection, merged)} - wanted:
            raise Refused(f"Vừa có phiếu khác được ghép vào phiếu {code}", remedy="làm lại")
        change.actor = actor
        change.duplicates = [found[other] for other in sorted(duplicates) if found[other].stage is Stage.MERGED]
        change.main = found.get(into) if into else None
        if change["answer"] is not None:
            change.row["answer_author"] = await store.author_of(connection, change["answer"])
        if actor.agency is not None and isinstance(request, Assign):
            change.colleagues = await assignees.colleagues_of(connection, actor.agency)
        if actor.agency is not None and isinstance(request, ApproveLetter):
            year = change.now.astimezone(CIVIL_ZONE).year
            change.next_letter_number = await letters.next_number(connection, actor.agency, year)
        if actor.agency is not None and isinstance(request, SendLetter):
            change.knows_citizen = await journal.has_unlocked(connection, change.code, actor.agency)
        return change
