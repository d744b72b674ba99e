"""The hotline's desk: opens a ticket for a report, listens to its words, shows it, lets a person classify it.

Every change, its journal entry and its event are one transaction. Rules decide; this module only asks them and writes.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import MACHINE, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, Refused
from hotline1022.base.events import Event
from tickets import store
from tickets.appointments import store as appointments
from tickets.changes import RecordEvent
from tickets.code import CodeBlock, read_code
from tickets.events import TicketOpened, TicketPlaceSuggested, TicketPlaceUnclear
from tickets.journal import store as journal
from tickets.model import Channel, Consent, JournalEntry, Report, Stage, Ticket
from tickets.photos.model import Photo, Shot
from tickets.photos.store import add_photos
from tickets.places import Finding
from tickets.reading import read, ticket_of
from tickets.rules import Rules, StandingRules
from tickets.search.store import add_words
from tickets.search.words import searchable
from tickets.telling import Told, told

log = structlog.get_logger()

AGENCY_LEVEL = 2
EARLIER_SHOWN = 5
UNCONFIRMED = "Địa bàn do máy nghe được, chờ người xác nhận."


@dataclass(frozen=True)
class Opening:
    """A ticket, and whether it is a new one or the one that its source key had already."""

    ticket: Ticket
    new: bool


class Desk:
    """All that can be done with tickets. Methods raise DatabaseAway when the database cannot be reached."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules, record_event: RecordEvent) -> None:
        self._database, self._clock, self._rules, self._record_event = database, clock, rules, record_event
        self._codes = CodeBlock()

    def take_code(self) -> str:
        """A code to tell a caller now, whether or not the database answers. Raises HotlineError when none is left."""
        return self._codes.take()

    async def keep_codes_ahead(self, count: int = 200) -> None:
        """Reserve codes until ``count`` can be taken."""
        if (missing := count - len(self._codes)) > 0:
            async with self._database.transaction() as connection:
                reserved = await store.reserve_codes(connection, missing, self._clock.now())
            self._codes.add(reserved)

    async def open(self, report: Report, code: str | None = None) -> Ticket:
        """The ticket of ``report``, as ``take`` gives it."""
        return (await self.take(report, code)).ticket

    async def take(self, report: Report, code: str | None = None, photos: Sequence[Shot] = ()) -> Opening:
        """The ticket of ``report``: a new one under ``code`` (a reserved one), or the one its source key has already.

        A topic or place that the rules do not know is left out: a citizen's report is not lost for a mistake in a file.
        ``photos`` become part of a new ticket. Raises HotlineError for a code that is not reserved or belongs to another
        ticket, and Refused when the ticket of the same source key was opened for something else.
        """
        rules, now = self._rules.current, self._clock.now()
        row = _first_row(rules, report, now)
        spoken = report.channel is Channel.PHONE
        deadlines = rules.first_clocks(
            row["topic"], row["agency"], report.taken_at, urgent=report.urgent, spoken=spoken
        )
        try:
            async with self._database.transaction() as connection:
                known = await self._of_source(connection, report)
                if known is None:
                    row["code"] = read_code(code) if code else (await store.reserve_codes(connection, 1, now))[0]
                    if not await store.insert_ticket(connection, row):
                        # Another request was faster; its transaction has ended, so its ticket can be read.
                        known = await self._of_source(connection, report)
                if known is not None:
                    return Opening(known, new=False)
                deadlines = await store.add_deadlines(connection, row["code"], deadlines)
                ticket = ticket_of(rules, row, deadlines)
                words = searchable(" ".join(filter(None, (report.summary, report.address, report.place_words))))
                await add_words(connection, ticket.code, ticket.taken_at, words)
                pictures = [shot.of_ticket(code=ticket.code, author=Role.CITIZEN) for shot in photos]
                await add_photos(connection, pictures)
                await self._tell_opening(connection, ticket, now, pictures)
        except IntegrityError as error:
            raise HotlineError(f"Mã phiếu {code} chưa được dành sẵn hoặc đã thuộc phiếu khác") from error
        log.info("ticket_opened", ticket=ticket.code, topic=ticket.topic, agency=ticket.agency)
        return Opening(ticket, new=True)

    async def find(self, code: str) -> Ticket | None:
        """The ticket of ``code``, written any way a person writes it. Raises HotlineError when it cannot be a code."""
        async with self._database.reading() as connection:
            found = await self._read(connection, store.tickets.c.code == read_code(code), limit=1)
        return found[0] if found else None

    async def number_of(self, code: str) -> str | None:
        """The number (E.164) of the citizen of a ticket; None when it was hidden or erased, or there is no such ticket."""
        async with self._database.reading() as connection:
            found: str | None = await store.column_of(connection, read_code(code), "number")
        return found

    async def round_of(self, code: str) -> int | None:
        """How often the ticket has been reopened; None when there is no such ticket."""
        async with self._database.reading() as connection:
            found: int | None = await store.column_of(connection, read_code(code), "round")
        return found

    async def told(self, code: str) -> Told | None:
        """What the citizen of the ticket may be told. Raises HotlineError when ``code`` cannot be one."""
        ticket = await self.find(code)
        if ticket is None:
            return None
        main = await self.find(ticket.duplicate_of) if ticket.duplicate_of else None
        async with self._database.reading() as connection:
            visits = (await appointments.appointments_of(connection, [ticket.code]))[ticket.code]
        visit = next((each for each in visits if each.open), None)
        return told(ticket, main, visit, now=self._clock.now())

    async def recent(self, limit: int = 50) -> tuple[Ticket, ...]:
        """The last tickets taken, newest first."""
        async with self._database.reading() as connection:
            return await self._read(connection, limit=limit)

    async def earlier_of(
        self, number: str | None, *, before: datetime | None = None, limit: int = 20
    ) -> tuple[Ticket, ...]:
        """What a number (E.164) has reported, before an instant if given, newest first; nothing for a hidden number."""
        if number is None:
            return ()
        async with self._database.reading() as connection:
            return await self._earlier(connection, number, before, limit)

    async def history(self, code: str) -> tuple[JournalEntry, ...]:
        """The journal of a ticket, the first entry first."""
        async with self._database.reading() as connection:
            return tuple(entry for _, entry in await journal.of_ticket(connection, read_code(code)))

    async def hear(self, call: str, text: str) -> tuple[Ticket, ...]:
        """Look for a place in what the citizen said in ``call``; the call's tickets as they stand then.

        While nobody has touched a ticket, one certain commune becomes its draft place and its agency follows; otherwise
        it is only suggested. Hearing the same again changes nothing. Words of a call without recording are not used.
        """
        finding = await asyncio.to_thread(self._rules.current.places.find, text)
        words = await asyncio.to_thread(searchable, text)
        async with self._database.transaction() as connection:
            condition = store.tickets.c.call == call
            for row in await store.ticket_rows(connection, condition, lock=True):
                if not row["consent"] or row["consent"]["recording"]:
                    await self._heard(connection, row, finding)
                    await add_words(connection, row["code"], row["taken_at"], words)
            return await self._read(connection, condition)

    async def _heard(self, connection: AsyncConnection, row: Mapping[str, Any], finding: Finding) -> None:
        candidates = [candidate.model_dump() for candidate in finding.candidates]
        if not candidates or (candidates == row["place_candidates"] and finding.question == row["place_question"]):
            return
        now, code, certain = self._clock.now(), row["code"], finding.certain
        values: dict[str, Any] = {"place_candidates": candidates, "place_question": finding.question}
        event: Event
        if certain is None:
            event = TicketPlaceUnclear(
                at=now, code=code, call=row["call"], candidates=finding.candidates, question=finding.question or ""
            )
            what, reason = "place_unclear", f"Lời nói có thể chỉ nhiều nơi. Cần hỏi: {finding.question}"
        else:
            route = self._rules.current.route(row["topic"], certain.code, row["taken_at"])
            applied = row["stage"] == Stage.RECEIVED and (row["place"] is None or row["draft"])
            if applied:
                reason = f"{route.reason} {UNCONFIRMED}"
                values |= {"place": certain.code, "draft": True, "agency": route.agency.code, "agency_reason": reason}
            else:
                reason = f"Lời nói chỉ {certain.name}; phiếu giữ nguyên vì đã có người xác nhận."
            event = TicketPlaceSuggested(
                at=now,
                code=code,
                call=row["call"],
                place=certain.code,
                place_name=certain.name,
                score=certain.score,
                applied=applied,
                agency=route.agency.code,
                agency_name=route.agency.name,
                agency_reason=reason,
            )
            what = "place_drafted" if applied else "place_suggested"
        await store.change_ticket(connection, code, **values)
        if "agency" in values:
            await store.give_deadlines(connection, code, values["agency"])
            await appointments.give_visit(connection, code, values["agency"])
        details = {"candidates": candidates}
        entry = JournalEntry(code=code, at=now, actor=MACHINE.name, what=what, reason=reason, details=details)
        await self._tell(connection, entry, event)

    async def _tell_opening(
        self, connection: AsyncConnection, ticket: Ticket, now: datetime, pictures: Sequence[Photo]
    ) -> None:
        earlier: tuple[Ticket, ...] = ()
        if ticket.number:
            earlier = await self._earlier(connection, ticket.number, ticket.taken_at, EARLIER_SHOWN)
        entry = JournalEntry(
            code=ticket.code,
            at=now,
            actor=MACHINE.name,
            what="opened",
            reason=f"{ticket.agency_reason} {ticket.explanation}",
            details={
                "topic": ticket.topic,
                "place": ticket.place,
                "agency": ticket.agency,
                "sealed": ticket.sealed,
                "taken_at": ticket.taken_at.isoformat(),
                "deadlines": [
                    deadline.model_dump(mode="json", include={"clock", "party", "due", "target", "policy", "calendar"})
                    for deadline in ticket.deadlines
                ],
            },
        )
        event = TicketOpened.of(ticket, earlier=tuple(before.code for before in earlier), at=now)
        await self._tell(connection, entry, event, *_photographed(ticket, now, pictures))

    async def _tell(self, connection: AsyncConnection, entry: JournalEntry, event: Event, *more: JournalEntry) -> None:
        await journal.add(connection, [entry, *more])
        await self._record_event(connection, event)

    async def _of_source(self, connection: AsyncConnection, report: Report) -> Ticket | None:
        """The ticket that a report's source key has already. Raises Refused when it was opened for something else."""
        found = await self._read(connection, store.tickets.c.source_key == report.source_key)
        if found and found[0].source_digest != report.source_digest:
            raise Refused(
                "Khoá này đã được dùng để gửi một phản ánh có nội dung khác",
                remedy="dùng khoá mới cho mỗi phản ánh; chỉ gửi lại cùng khoá với đúng nội dung cũ",
            )
        return found[0] if found else None

    async def _earlier(
        self, connection: AsyncConnection, number: str, before: datetime | None, limit: int
    ) -> tuple[Ticket, ...]:
        columns = store.tickets.c
        conditions = [columns.number == number]
        if before is not None:
            conditions.append(columns.taken_at < before)
        return await self._read(connection, *conditions, limit=limit)

    async def _read(
        self, connection: AsyncConnection, *conditions: Any, limit: int | None = None
    ) -> tuple[Ticket, ...]:
        return await read(connection, self._rules.current, *conditions, limit=limit)


def _photographed(ticket: Ticket, now: datetime, pictures: Sequence[Photo]) -> list[JournalEntry]:
    """What the journal says of the photos that came with a report."""
    if not pictures:
        return []
    entry = JournalEntry(
        code=ticket.code,
        at=now,
        actor=MACHINE.name,
        what="photographed",
        reason=f"Người dân gửi kèm {len(pictures)} ảnh.",
        details={"photos": [picture.in_journal for picture in pictures]},
    )
    return [entry]


def _first_row(rules: Rules, report: Report, now: datetime) -> dict[str, Any]:
    """What a report is as a ticket nobody has touched yet, without its code."""
    topic = report.topic if report.topic and report.topic in rules.topics.codes else rules.topics.unknown
    given = report.place if report.place in rules.localities.communes else None
    finding = rules.places.find(report.place_words) if report.place_words and not given else Finding((), None)
    heard = finding.certain.code if finding.certain else None
    place = given or heard
    route = rules.route(topic, place, report.taken_at)
    return {
        "version": 1,
        "source_key": report.source_key,
        "source_digest": report.source_digest,
        "channel": Channel(report.channel),
        "taken_at": report.taken_at,
        "opened_at": now,
        "stage": Stage.RECEIVED,
        "stage_at": now,
        "level": AGENCY_LEVEL,
        "topic": topic,
        "urgent": report.urgent,
        "sealed": rules.topics.is_referred(topic),
        "place": place,
        "place_words": report.place_words,
        "place_candidates": [candidate.model_dump() for candidate in finding.candidates],
        "place_question": finding.question,
        "address": report.address,
        "latitude": report.latitude,
        "longitude": report.longitude,
        "summary": report.summary,
        "stops": [],
        "extension": None,
        "duplicate_of": None,
        "returns": 0,
        "round": 0,
        "answer": None,
        "outcome": None,
        "told_at": None,
        "told_how": None,
        "closed_at": None,
        "citizen_name": report.citizen_name,
        "citizen_email": report.citizen_email,
        "business": report.business,
        "anonymous": report.anonymous,
        "draft": heard is not None,
        "agency": route.agency.code,
        "agency_reason": f"{route.reason} {UNCONFIRMED}" if heard else route.reason,
        "number": report.number,
        "call": report.call,
        "recording": report.recording,
        "consent": _plain(report.consent),
    }


def _plain(consent: Consent | None) -> dict[str, Any] | None:
    return None if consent is None else consent.model_dump(mode="json")
