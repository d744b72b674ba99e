"""Lists of tickets: by stage, agency, topic, place, words and time, in pages, each as the asker may read it. Nothing is changed here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints
from sqlalchemy import ColumnElement, Select, and_, func, not_, or_, select, tuple_, union_all
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import AGENCY_ROLES, Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.http.paging import Page, PageQuery, cursor_of, read_cursor
from hotline1022.base.http.routes import WrittenInstant
from hotline1022.base.phone_numbers import e164
from tickets.letters.store import ticket_letters
from tickets.model import Channel, Stage, Ticket
from tickets.reading import of_rows
from tickets.rules import StandingRules
from tickets.search.store import counted, ticket_words
from tickets.search.words import searchable
from tickets.sight import NOT_WITH_AGENCY, line_of, shown_to
from tickets.store import ticket_deadlines, ticket_parties, tickets

MOST_WORDS = 8


def as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


class TicketQuery(PageQuery):
    """Which tickets; conditions that are not given do not matter."""

    stage: Annotated[tuple[Stage, ...], BeforeValidator(as_list), Field(max_length=20)] = ()
    agency: Annotated[str, StringConstraints(max_length=64)] | None = None
    topic: Annotated[str, StringConstraints(max_length=64)] | None = None
    place: Annotated[str, StringConstraints(max_length=16)] | None = None
    channel: Channel | None = None
    urgent: bool | None = None
    level: Annotated[int, Field(ge=1, le=3)] | None = None
    overdue: bool | None = Field(default=None, description="true: câu trả lời đã quá hạn mà chưa có")
    number: Annotated[str, StringConstraints(max_length=20)] | None = Field(default=None, description="số điện thoại")
    words: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        default=None, description="các từ trong nội dung, có dấu hay không dấu"
    )
    taken_from: WrittenInstant | None = None
    taken_to: WrittenInstant | None = None
    order: Literal["taken", "due"] = Field(default="taken", description="mới nhất trước, hoặc đến hạn trước")


class Overdue(BaseModel):
    """Answers that are late. ``most_name``: who owes most of them, and ``most_count`` of these."""

    count: int
    most_count: int
    most_name: str | None


class TicketSearch:
    """Lists and searches. Methods raise DatabaseAway, and Invalid for a cursor that no page gave."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._database, self._clock, self._rules = database, clock, rules

    async def page(self, query: TicketQuery, actor: Actor) -> Page[Ticket]:
        """One page of what ``actor`` may see, each ticket as they may read it."""
        words = searchable(query.words)[:MOST_WORDS] if query.words else []
        if query.words and not words:
            return Page(items=(), next=None)
        async with self._database.reading() as connection:
            statement = await self._statement(connection, query, actor, words)
            rows = [dict(row) for row in (await connection.execute(statement)).mappings()]
            last = rows[-1].pop("sorted_by") if rows else None
            for row in rows[:-1]:
                row.pop("sorted_by")
            found = await of_rows(connection, self._rules.current, rows)
        more = cursor_of(last, rows[-1]["code"]) if last is not None and len(rows) >= query.limit else None
        return Page(items=tuple(shown_to(actor, ticket) for ticket in found), next=more)

    async def overdue(self) -> Overdue:
        """How many answers are late now, and who owes most of them: for the hotline, which sees every ticket."""
        promise = ticket_deadlines.c
        late = (promise.clock == "answer", promise.ended.is_(None), _late(self._clock.now()))
        statement = select(promise.party, func.count()).where(*late).group_by(promise.party)
        async with self._database.reading() as connection:
            owed = sorted(((many, party) for party, many in await connection.execute(statement)), reverse=True)
        most = owed[0] if owed else None
        return Overdue(
            count=sum(many for many, _ in owed),
            most_count=most[0] if most else 0,
            most_name=self._rules.current.agencies.name_of(most[1]) if most else None,
        )

    async def _statement(
        self, connection: AsyncConnection, query: TicketQuery, actor: Actor, words: list[str]
    ) -> Select[Any]:
        by_due = query.order == "due"
        line = line_of(actor, self._rules.current.agencies, self._clock.now().astimezone(CIVIL_ZONE).date())
        key: ColumnElement[Any] = tickets.c.taken_at
        code: ColumnElement[Any] = tickets.c.code
        conditions = _conditions(query)
        if by_due or query.overdue is not None:
            conditions += _owed(query, self._clock.now())
        if by_due:
            key = ticket_deadlines.c.due
        if words:
            wanted = await counted(connection, words)
            # Common words are looked for in the few tickets of an agency or place; else the list is that of the rarest word.
            if wanted.common and (query.agency or query.place or actor.role in AGENCY_ROLES):
                conditions += wanted.looked_for
            else:
                conditions += wanted.led
                key, code = (key, code) if by_due else (ticket_words.c.taken_at, ticket_words.c.code)
        if query.cursor is not None:
            last, behind = tuple_(*read_cursor(query.cursor)), tuple_(key, code)
            conditions.append(behind > last if by_due else behind < last)
        order = (key, code) if by_due else (key.desc(), code.desc())
        ways = [
            select(tickets, key.label("sorted_by")).where(*conditions, *seen).order_by(*order).limit(query.limit)
            for seen in _ways_to_see(actor, line, owed=by_due or query.overdue is not None)
        ]
        return ways[0] if len(ways) == 1 else _together(ways, by_due=by_due).limit(query.limit)


def _together(ways: Sequence[Select[Any]], *, by_due: bool) -> Select[Any]:
    """The first of several lists that have no ticket in common. Each of them finds its own by an index; one list of both cannot."""
    found = union_all(*(select(way.subquery()) for way in ways)).subquery()
    order = (found.c.sorted_by, found.c.code)
    return select(found).order_by(*(order if by_due else (column.desc() for column in order)))


def _conditions(query: TicketQuery) -> list[ColumnElement[bool]]:
    columns = tickets.c
    exact = ("agency", "topic", "place", "channel", "urgent", "level")
    wanted = {name: value for name in exact if (value := getattr(query, name)) is not None}
    found: list[ColumnElement[bool]] = [columns[name] == value for name, value in wanted.items()]
    if query.stage:
        found.append(columns.stage.in_(query.stage))
    if query.number is not None:
        found.append(columns.number == (e164(query.number) or query.number))
        found.append(columns.sealed.is_(False))
    if query.taken_from is not None:
        found.append(columns.taken_at >= query.taken_from)
    if query.taken_to is not None:
        found.append(columns.taken_at < query.taken_to)
    return found


def _owed(query: TicketQuery, now: datetime) -> list[ColumnElement[bool]]:
    """That an answer is owed, and is late or not late yet if that was asked. The party of an answer is the ticket's agency."""
    columns = ticket_deadlines.c
    found = [columns.code == tickets.c.code, columns.clock == "answer", columns.ended.is_(None)]
    if query.agency is not None:
        found.append(columns.party == query.agency)
    if query.overdue is not None:
        found.append(_late(now) if query.overdue else not_(_late(now)))
    return found


def _late(now: datetime) -> ColumnElement[bool]:
    """That a promise is not kept by now; while its clock stands for the citizen's sake it is not late."""
    promise = ticket_deadlines.c
    stands = and_(promise.step.is_not(None), promise.step_at.is_(None), promise.breached_at.is_(None))
    return and_(promise.due < now, not_(stands))


def seen_by(actor: Actor, line: frozenset[str]) -> list[ColumnElement[bool]]:
    """``tickets.sight.may_see`` as a condition."""
    ways = _ways_to_see(actor, line, owed=False)
    return [or_(*(and_(*way) for way in ways))] if len(ways) > 1 else ways[0]


def _ways_to_see(actor: Actor, line: frozenset[str], *, owed: bool) -> list[list[ColumnElement[bool]]]:
    """The ways in which an actor sees tickets, none of which one sees in two. ``owed``: the list is one of answers that are owed."""
    if actor.role not in AGENCY_ROLES:
        return [[]]
    columns = tickets.c
    given = and_(columns.agency.in_(line), columns.stage.not_in(NOT_WITH_AGENCY), columns.level != 1)
    own = [given, ticket_deadlines.c.party.in_(line)] if owed else [given]
    asked = columns.code.in_(select(ticket_parties.c.code).where(ticket_parties.c.agency.in_(line)))
    owing = columns.code.in_(select(ticket_letters.c.code).where(ticket_letters.c.agency.in_(line)))
    return [[columns.sealed.is_(False), *own], [columns.sealed.is_(False), or_(asked, owing), not_(given)]]
