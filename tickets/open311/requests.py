"""Tickets as GeoReport requests: taken through the same intake as an app's, read by everybody only once an answer is published.

Without a key nobody reads a citizen's words: only the question and answer that a leader has published, under the published
name, which leads to no ticket. With an app's key also the tickets of that app, under their codes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound
from hotline1022.base.ids import new_id
from tickets.intake.reports import Reports, answer_of, fingerprint, question_of, source_key
from tickets.model import Channel, Consent, Report, Stage, Text, Ticket
from tickets.open311.forms import MOST, NewRequest, RequestsQuery
from tickets.open311.model import Created, ServiceRequest
from tickets.open311.services import NOTICE, topic_of
from tickets.publication.store import published_answers
from tickets.reading import read
from tickets.rules import Rules, StandingRules
from tickets.sight import source_of
from tickets.stages import TOLD
from tickets.store import ticket_texts, tickets
from tickets.telling import told

CLOSED = (*TOLD, Stage.REFERRED)
"""Stages that GeoReport calls closed; all others are open."""

NOT_FETCHED = "Ảnh ở media_url không được tải về; hãy gửi ảnh qua ứng dụng của tỉnh."
HOW_TO_FOLLOW = "Xem tình trạng: gửi kèm api_key khi đọc requests/{id}."


class GeoReport:
    """Requests of GeoReport clients. Methods raise DatabaseAway."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules, reports: Reports) -> None:
        self._database, self._clock, self._rules, self._reports = database, clock, rules, reports

    async def send(self, form: NewRequest, actor: Actor, idempotency_key: str | None) -> tuple[Created, bool]:
        """The request that was taken, and whether it is new. Raises NotFound for a service and Invalid for a place nobody knows."""
        topic = topic_of(self._rules.current.topics, form.service_code)
        if form.address_id is not None and form.address_id not in self._rules.current.localities.communes:
            raise Invalid(
                "Không có xã, phường nào mang mã này", remedy="chọn mã xã, phường ngày nay", field="address_id"
            )
        now = self._clock.now()
        agreed = form.consent is not None
        report = Report(
            source_key=source_key(actor, f"open311:{idempotency_key or new_id()}"),
            source_digest=fingerprint(form),
            channel=Channel.APP,
            taken_at=now,
            number=form.phone,
            citizen_name=form.name,
            citizen_email=form.email,
            topic=topic.code,
            place=form.address_id,
            place_words=form.address_string,
            address=form.address_string,
            latitude=form.lat,
            longitude=form.long,
            summary=form.description or None,
            consent=Consent(recording=False, processing=True, notice=NOTICE, at=now) if agreed else None,
        )
        opening = await self._reports.take(report)
        ticket = opening.ticket
        notice = [f"{ticket.agency_name} giải quyết. {ticket.explanation}", HOW_TO_FOLLOW.format(id=ticket.code)]
        if form.media_url:
            notice.append(NOT_FETCHED)
        return Created(service_request_id=ticket.code, service_notice=" ".join(notice)), opening.new

    async def listed(self, query: RequestsQuery, actor: Actor | None) -> tuple[ServiceRequest, ...]:
        """What may be read of what is asked for, the last taken first."""
        if query.service_request_id:
            return await self._found(actor, ids=query.service_request_id)
        start, end = query.span(self._clock.now())
        conditions = [tickets.c.taken_at >= start, tickets.c.taken_at <= end]
        if set(query.status) == {"open"}:
            conditions.append(tickets.c.stage.not_in(CLOSED))
        elif set(query.status) == {"closed"}:
            conditions.append(tickets.c.stage.in_(CLOSED))
        return await self._found(actor, codes=query.service_code, conditions=conditions)

    async def one(self, id: str, actor: Actor | None) -> ServiceRequest:
        """One request. Raises NotFound, also for a ticket that the asker may not know of."""
        found = await self._found(actor, ids=(id,))
        if not found:
            raise NotFound(
                "Không có yêu cầu (service_request_id) này, hoặc chưa được công bố",
                remedy="gửi kèm api_key của ứng dụng đã gửi yêu cầu",
            )
        return found[0]

    async def _found(
        self,
        actor: Actor | None,
        *,
        ids: Sequence[str] = (),
        codes: Sequence[str] = (),
        conditions: Sequence[ColumnElement[bool]] = (),
    ) -> tuple[ServiceRequest, ...]:
        async with self._database.reading() as connection:
            found = await self._published(connection, actor, ids, codes, conditions)
            if actor is not None:
                found += await self._own(connection, actor, ids, codes, conditions)
        return tuple(sorted(found, key=lambda each: each.requested_datetime, reverse=True)[:MOST])

    async def _published(
        self,
        connection: AsyncConnection,
        actor: Actor | None,
        ids: Sequence[str],
        codes: Sequence[str],
        conditions: Sequence[ColumnElement[bool]],
    ) -> list[ServiceRequest]:
        answers = published_answers.c
        wanted = [*conditions]
        if actor is not None:
            wanted.append(~_came_through(actor))
        if ids:
            wanted.append(answers.public_id.in_(ids))
        if codes:
            wanted.append(answers.topic.in_(codes))
        columns = (*published_answers.c, tickets.c.stage, tickets.c.stage_at, tickets.c.told_at, tickets.c.taken_at)
        joined = select(*columns).join(tickets, tickets.c.code == answers.code)
        statement = joined.where(*wanted).order_by(tickets.c.taken_at.desc()).limit(MOST)
        rules = self._rules.current
        return [_public(dict(row), rules) for row in (await connection.execute(statement)).mappings()]

    async def _own(
        self,
        connection: AsyncConnection,
        actor: Actor,
        ids: Sequence[str],
        codes: Sequence[str],
        conditions: Sequence[ColumnElement[bool]],
    ) -> list[ServiceRequest]:
        wanted = [*conditions, _came_through(actor)]
        if ids:
            wanted.append(tickets.c.code.in_(ids))
        if codes:
            wanted.append(tickets.c.topic.in_(codes))
        rules = self._rules.current
        found = await read(connection, rules, *wanted, limit=MOST)
        merged = {ticket.duplicate_of for ticket in found if ticket.duplicate_of}
        mains = (
            {each.code: each for each in await read(connection, rules, tickets.c.code.in_(merged))} if merged else {}
        )
        texts = await _texts(connection, found)
        now = self._clock.now()
        return [_own_request(ticket, mains.get(ticket.duplicate_of or ""), texts, now) for ticket in found]


def _came_through(actor: Actor) -> ColumnElement[bool]:
    return tickets.c.source_key.startswith(source_of(actor.key or 0), autoescape=True)


async def _texts(connection: AsyncConnection, found: Sequence[Ticket]) -> list[Text]:
    """The answers that have been given, and the questions that wait for the citizen."""
    answers = [ticket.answer for ticket in found if ticket.answer and ticket.stage in TOLD]
    waiting = [ticket.code for ticket in found if ticket.stage is Stage.WAITING]
    columns = ticket_texts.c
    asked = and_(columns.code.in_(waiting), columns.kind == "question")
    statement = select(ticket_texts).where(columns.id.in_(answers) | asked).order_by(columns.at, columns.id)
    return [Text.model_validate(dict(row)) for row in (await connection.execute(statement)).mappings()]


def _public(row: Mapping[str, Any], rules: Rules) -> ServiceRequest:
    return ServiceRequest(
        service_request_id=row["public_id"],
        status="closed" if row["stage"] in CLOSED else "open",
        status_notes=row["answer"],
        service_name=rules.topics.name_of(row["topic"]),
        service_code=row["topic"],
        description=row["question"],
        agency_responsible=rules.agencies.name_of(row["agency"]),
        service_notice=None,
        requested_datetime=row["taken_at"],
        updated_datetime=row["told_at"] or row["stage_at"],
        expected_datetime=None,
        address=rules.place_name(row["place"]),
        address_id=row["place"],
        lat=None,
        long=None,
    )


def _own_request(ticket: Ticket, main: Ticket | None, texts: Sequence[Text], now: datetime) -> ServiceRequest:
    may = told(ticket, main, now=now)
    question, answer = question_of(ticket, texts), answer_of(ticket, texts)
    notes = may.stage_name[:1].upper() + may.stage_name[1:] + "."
    if question is not None:
        notes += f" Cần bổ sung: {question}"
    if answer is not None:
        notes += f" {answer}"
    return ServiceRequest(
        service_request_id=ticket.code,
        status="closed" if ticket.stage in CLOSED else "open",
        status_notes=notes,
        service_name=ticket.topic_name,
        service_code=ticket.topic,
        description=ticket.summary,
        agency_responsible=may.agency_name,
        service_notice=may.explanation,
        requested_datetime=ticket.taken_at,
        updated_datetime=ticket.told_at or ticket.stage_at,
        expected_datetime=may.due,
        address=ticket.address or ticket.place_words or ticket.place_name,
        address_id=ticket.place,
        lat=ticket.latitude,
        long=ticket.longitude,
    )
