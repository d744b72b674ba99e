"""What the public reads of answers, and what a leader begins with when publishing one. Nothing is changed here."""

import re
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from hotline1022.base.db import Database
from hotline1022.base.errors import NotFound, Refused
from hotline1022.base.http.paging import Page, PageQuery, cursor_of, read_cursor
from hotline1022.base.http.routes import CivilInstant
from tickets import store as ticket_store
from tickets.code import read_code
from tickets.publication import store
from tickets.publication.model import PublishedAnswer
from tickets.publication.redaction import Citizen, redacted
from tickets.reading import read
from tickets.rules import Rules, StandingRules
from tickets.search.words import searchable
from tickets.stages import TOLD

MOST_WORDS = 8
PUBLIC_ID = re.compile("[0-9a-f-]{36}")


def _given(value: Any) -> Any:
    """A field of a form that was left empty asks for nothing."""
    return None if value == "" else value


Chosen = Annotated[Annotated[str, StringConstraints(max_length=64)] | None, BeforeValidator(_given)]


class AnswerQuery(PageQuery):
    """Which answers; conditions that are not given do not matter."""

    limit: int = Field(default=20, ge=1, le=100)
    topic: Chosen = Field(default=None, description="mã lĩnh vực")
    place: Chosen = Field(default=None, description="mã xã, phường")
    agency: Chosen = Field(default=None, description="mã cơ quan")
    words: Annotated[Annotated[str, StringConstraints(max_length=200)] | None, BeforeValidator(_given)] = Field(
        default=None, description="các từ trong câu hỏi và câu trả lời, có dấu hay không dấu"
    )


class PublicAnswer(BaseModel):
    """A question and its answer, as everybody may read them. Nothing here leads to a ticket or a citizen."""

    id: str
    published_at: CivilInstant
    topic: str
    topic_name: str
    place: str | None
    place_name: str | None
    agency: str
    agency_name: str
    question: str
    answer: str


class PublicationDraft(BaseModel):
    """Texts to begin with: personal data that could be found is left out; a person reads and edits before publishing."""

    question: str
    answer: str


class PublicAnswers:
    """Reads published answers. Methods raise DatabaseAway."""

    def __init__(self, database: Database, rules: StandingRules) -> None:
        self._database, self._rules = database, rules

    async def page(self, query: AnswerQuery) -> Page[PublicAnswer]:
        """A part of the list, newest first. Raises Invalid for a cursor that no page gave."""
        words = searchable(query.words)[:MOST_WORDS] if query.words else []
        if query.words and not words:
            return Page(items=(), next=None)
        async with self._database.reading() as connection:
            # One more than is shown tells whether anything follows: a link to an empty page is a broken promise.
            found = await store.newest(
                connection,
                limit=query.limit + 1,
                behind=read_cursor(query.cursor) if query.cursor else None,
                words=words,
                topic=query.topic,
                place=query.place,
                agency=query.agency,
            )
        shown = found[: query.limit]
        more = cursor_of(shown[-1].published_at, shown[-1].public_id) if len(found) > len(shown) else None
        rules = self._rules.current
        return Page(items=tuple(_shown(answer, rules) for answer in shown), next=more)

    async def one(self, public_id: str) -> PublicAnswer:
        """One answer. Raises NotFound, also for one that was withdrawn."""
        answer: PublishedAnswer | None = None
        if PUBLIC_ID.fullmatch(public_id):
            async with self._database.reading() as connection:
                answer = await store.of_public_id(connection, public_id)
        if answer is None:
            raise NotFound("Không có câu trả lời này, hoặc đã được gỡ")
        return _shown(answer, self._rules.current)

    async def draft(self, code: str) -> PublicationDraft:
        """What may be published of a ticket, for a leader to edit. Raises NotFound, and Refused while nothing may be."""
        async with self._database.reading() as connection:
            found = await read(connection, self._rules.current, ticket_store.tickets.c.code == read_code(code), limit=1)
            if not found:
                raise NotFound(f"Không có phiếu {read_code(code)}")
            (ticket,) = found
            if ticket.sealed:
                raise Refused("Khiếu nại, tố cáo không được đăng công khai")
            answer = await ticket_store.text(connection, ticket.answer) if ticket.answer else None
        if ticket.stage not in TOLD or answer is None:
            raise Refused("Phiếu chưa trả lời xong nên chưa có gì để đăng", remedy="đăng sau khi đã báo người dân")
        citizen = Citizen(ticket.code, ticket.number, ticket.citizen_name, ticket.address)
        return PublicationDraft(question=redacted(ticket.summary or "", citizen), answer=redacted(answer.body, citizen))


def _shown(answer: PublishedAnswer, rules: Rules) -> PublicAnswer:
    return PublicAnswer(
        id=answer.public_id,
        topic_name=rules.topics.name_of(answer.topic),
        place_name=rules.place_name(answer.place),
        agency_name=rules.agencies.name_of(answer.agency),
        **answer.model_dump(include={"published_at", "topic", "place", "agency", "question", "answer"}),
    )
