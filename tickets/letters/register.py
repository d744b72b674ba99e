"""The register of letters of apology: who owes how many, what was sent and when. Nothing is changed here."""

from typing import Annotated

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import AGENCY_ROLES, Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import NotFound
from hotline1022.base.http.paging import Page, PageQuery, cursor_of, read_row_cursor
from tickets.letters.model import LETTER_STATE_NAMES, OPEN, Letter, LetterState
from tickets.letters.store import ticket_letters
from tickets.rules import StandingRules
from tickets.search.finding import as_list
from tickets.sight import line_of
from tickets.store import ticket_texts, tickets


class LetterQuery(PageQuery):
    """Which letters; conditions that are not given do not matter."""

    state: Annotated[tuple[LetterState, ...], BeforeValidator(as_list), Field(max_length=5)] = ()
    agency: Annotated[str, StringConstraints(max_length=64)] | None = None
    overdue: bool | None = Field(default=None, description="true: đã quá hạn gửi mà chưa gửi; false: chưa gửi, còn hạn")


class RegisteredLetter(BaseModel):
    """A letter as the register shows it: no word of it tells who the citizen is."""

    letter: Letter
    state_name: str
    agency_name: str
    body: str | None = None
    """Its words, where one letter is asked for and they have been written."""


class LetterRegister:
    """Reads letters. Methods raise DatabaseAway. Agencies read their own, and none of a ticket that is sealed."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._database, self._clock, self._rules = database, clock, rules

    async def page(self, query: LetterQuery, actor: Actor) -> Page[RegisteredLetter]:
        """One page of what ``actor`` may read, the last owed first. Raises Invalid for a cursor that no page gave."""
        columns = ticket_letters.c
        conditions = [*self._seen_by(actor), *self._conditions(query)]
        if query.cursor is not None:
            at, key = read_row_cursor(query.cursor)
            conditions.append(or_(columns.owed_at < at, and_(columns.owed_at == at, columns.id < key)))
        async with self._database.reading() as connection:
            found = await _letters(connection, conditions, query.limit)
        more = cursor_of(found[-1].owed_at, str(found[-1].id)) if len(found) >= query.limit else None
        return Page(items=tuple(self._shown(letter) for letter in found), next=more)

    async def one(self, number: int, actor: Actor) -> RegisteredLetter:
        """The letter of row ``number`` with its words. Raises NotFound, also for one that ``actor`` may not read."""
        async with self._database.reading() as connection:
            found = await _letters(connection, [ticket_letters.c.id == number, *self._seen_by(actor)], 1)
            if not found:
                raise NotFound("Không có thư xin lỗi này")
            text = select(ticket_texts.c.body).where(ticket_texts.c.id == found[0].text)
            body = await connection.scalar(text) if found[0].text else None
        return self._shown(found[0], body)

    def _seen_by(self, actor: Actor) -> list[ColumnElement[bool]]:
        if actor.role not in AGENCY_ROLES:
            return []
        line = line_of(actor, self._rules.current.agencies, self._clock.now().astimezone(CIVIL_ZONE).date())
        unsealed = select(tickets.c.code).where(tickets.c.code == ticket_letters.c.code, tickets.c.sealed.is_(False))
        return [ticket_letters.c.agency.in_(line), unsealed.exists()]

    def _conditions(self, query: LetterQuery) -> list[ColumnElement[bool]]:
        columns = ticket_letters.c
        found: list[ColumnElement[bool]] = []
        if query.state:
            found.append(columns.state.in_(query.state))
        if query.agency is not None:
            found.append(columns.agency == query.agency)
        if query.overdue is not None:
            now = self._clock.now()
            late = columns.due < now if query.overdue else or_(columns.due >= now, columns.due.is_(None))
            found += [columns.state.in_(OPEN), late]
        return found

    def _shown(self, letter: Letter, body: str | None = None) -> RegisteredLetter:
        return RegisteredLetter(
            letter=letter,
            state_name=LETTER_STATE_NAMES[letter.state],
            agency_name=self._rules.current.agencies.name_of(letter.agency),
            body=body,
        )


async def _letters(connection: AsyncConnection, conditions: list[ColumnElement[bool]], limit: int) -> list[Letter]:
    columns = ticket_letters.c
    statement = select(ticket_letters).where(*conditions).order_by(columns.owed_at.desc(), columns.id.desc())
    return [Letter.model_validate(dict(row)) for row in (await connection.execute(statement.limit(limit))).mappings()]
