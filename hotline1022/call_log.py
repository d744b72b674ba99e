"""Calls that are over, put together: what the line knows of them, their words, their tickets. No rule of marking or reading is here."""

import asyncio
import wave
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, Field, StringConstraints

from hotline1022.base.access import HOTLINE_ROLES, Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import NotFound
from hotline1022.base.http.routes import Call, CivilInstant, Route, Told
from hotline1022.base.phone_numbers import e164
from hotline1022.call_desk import grouped
from hotline1022.call_sights import LEADERS, TicketOfCall, may_read, tickets_of
from telephony.calls import playing, store
from telephony.calls.excerpt import Channel, Excerpt
from telephony.calls.store import Hearing, LoggedCall
from telephony.recordings import RecordingShelf
from tickets.rules import StandingRules
from transcription.marks import doubtful, solid
from transcription.model import Side, Word
from transcription.shelf import best_transcript

TAG = "Nhật ký cuộc gọi"
CALL = {"call": "[A-Za-z0-9._:-]{1,80}"}
PAGE = 50
MOST_LINES = 500
"""Lines of a transcript that are told at once: more than half an hour of talk."""
ONE_HEARING = timedelta(minutes=10)
"""A player that asks again within this time belongs to the same hearing."""
NOBODY = -1

Seconds = Annotated[float, Field(ge=0, le=86_400)]


class LogQuery(Told):
    """Which calls; ``to`` is the last day."""

    number: Annotated[str, StringConstraints(max_length=20)] | None = None
    start: date | None = Field(default=None, alias="from", ge=date(1900, 1, 1), le=date(2199, 1, 1))
    end: date | None = Field(default=None, alias="to", ge=date(1900, 1, 1), le=date(2199, 1, 1))
    page: Annotated[int, Field(ge=1, le=10_000)] = 1


class WordsQuery(Told):
    """Which part of a long call's words: the lines that begin after so many seconds."""

    after: Seconds | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_LINES)] = MOST_LINES


class SoundQuery(Told):
    """Which part of a recording, and which side of it; without them all of it, in stereo."""

    start: Seconds | None = Field(default=None, alias="from")
    end: Seconds | None = Field(default=None, alias="to")
    side: Channel | None = None


class LoggedCallTold(BaseModel):
    """A call that is over, or goes on. The number of a call whose ticket is sealed is told to nobody."""

    call: str
    direction: str
    number: str | None
    masked: bool
    arrived_at: CivilInstant
    answered_at: CivilInstant | None
    ended_at: CivilInstant | None
    waited_seconds: int | None
    operator: str | None
    result: str | None
    note: str | None
    recorded: bool | None
    ticket: str | None
    menu: str | None


class LogTold(BaseModel):
    """A page of the log."""

    calls: tuple[LoggedCallTold, ...]
    more: bool


class MarkedWord(BaseModel):
    """A word with its seconds of the recording. ``doubt``: the machine is not sure; ``solid``: it has to be right."""

    w: str
    start: float
    end: float
    doubt: bool
    solid: bool


class MarkedLine(BaseModel):
    """What one side said in one go."""

    side: Side
    start: float
    end: float
    words: tuple[MarkedWord, ...]


class HeardTold(BaseModel):
    """Somebody heard the recording."""

    at: CivilInstant
    by: str


class WholeCallTold(LoggedCallTold):
    """One call with its words. ``next_after``: where to go on, None at the end; ``why_silent``: why there is nothing to read or hear."""

    seconds: float | None
    words: tuple[MarkedLine, ...]
    next_after: float | None
    why_silent: str | None
    heard: tuple[HeardTold, ...] | None
    """Who heard the recording; told to leaders."""


class CallLog:
    """The log of calls. Methods raise DatabaseAway, and NotFound for a call that the asker may not know."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules, recordings: RecordingShelf) -> None:
        self._database, self._clock, self._rules, self._recordings = database, clock, rules, recordings

    def routes(self) -> list[Route]:
        """``/api/calls``, for the hotline's people: an agency works from the ticket's own text."""
        path, who = "/api/calls", HOTLINE_ROLES
        return [
            Route("GET", path, self._listed, "Nhật ký cuộc gọi", TAG, who, {200: LogTold}, query=LogQuery),
            Route(
                "GET", f"{path}/{{call}}", self._shown, "Một cuộc gọi và lời nói", TAG, who, {200: WholeCallTold},
                parameters=CALL, query=WordsQuery,
            ),
            Route(
                "GET", f"{path}/{{call}}/recording", self._sound, "Nghe ghi âm", TAG, who, {200: "audio/wav"},
                parameters=CALL, query=SoundQuery, description="Mỗi lần nghe đều được ghi lại: ai, lúc nào.",
            ),
        ]  # fmt: skip

    async def _listed(self, call: Call[LogQuery, None]) -> LogTold:
        asked, actor = call.query, call.by
        async with self._database.reading() as connection:
            found = await store.page(
                connection,
                number=(e164(asked.number) or asked.number) if asked.number else None,
                start=_midnight(asked.start) if asked.start else None,
                end=_midnight(asked.end + timedelta(days=1)) if asked.end else None,
                account=None if actor.role in LEADERS else actor.account or NOBODY,
                limit=PAGE + 1,
                skip=(asked.page - 1) * PAGE,
            )
            codes = await tickets_of(connection, [each.call for each in found])
        shown = tuple(told(each, codes.get(each.call)) for each in found[:PAGE])
        return LogTold(calls=shown, more=len(found) > PAGE)

    async def _shown(self, call: Call[WordsQuery, None]) -> WholeCallTold:
        found, ticket = await self._found(call.path["call"], call.by)
        lines: list[MarkedLine] = []
        more: float | None = None
        if not (ticket and ticket.sealed) and (transcript := await best_transcript(self._database, found.call)):
            lines, more = await asyncio.to_thread(self._marked, transcript.words, call.query)
        async with self._database.reading() as connection:
            heard = await store.hearings(connection, found.call)
        return WholeCallTold(
            **told(found, ticket).model_dump(),
            seconds=found.recording_seconds,
            words=tuple(lines),
            next_after=more,
            why_silent=None if lines else _why_silent(found, ticket),
            heard=tuple(HeardTold(at=each.at, by=each.by) for each in heard) if call.by.role in LEADERS else None,
        )

    async def _sound(self, call: Call[SoundQuery, None]) -> web.StreamResponse:
        found, ticket = await self._found(call.path["call"], call.by)
        if ticket and ticket.sealed:
            raise NotFound("Người gọi đã được ẩn danh tính, ghi âm không nghe được")
        if found.recording is None:
            raise NotFound("Cuộc gọi này không có ghi âm")
        asked = call.query
        try:
            file = self._recordings.open(found.recording)
            excerpt = await asyncio.to_thread(Excerpt.of, file, asked.start, asked.end, asked.side)
        except (OSError, EOFError, wave.Error) as error:
            raise NotFound("Tệp ghi âm của cuộc gọi này không còn hoặc đã hỏng") from error
        hearing = Hearing(at=self._clock.now(), by=call.by.name, role=call.by.role)
        async with self._database.transaction() as connection:
            await store.note_hearing(connection, found.call, hearing, call.by.account, once_in=ONE_HEARING)
        return playing.answer(excerpt, call.headers.get("Range"))

    async def _found(self, id: str, actor: Actor) -> tuple[LoggedCall, TicketOfCall | None]:
        async with self._database.reading() as connection:
            found = await store.one(connection, id, actor.account)
            ticket = (await tickets_of(connection, [id])).get(id)
        if found is None or found.arrived_at is None or not may_read(actor, found, ticket):
            raise NotFound("Không có cuộc gọi này")
        return found, ticket

    def _marked(self, words: Sequence[Word], asked: WordsQuery) -> tuple[list[MarkedLine], float | None]:
        """The lines of one page; which words are doubted is decided over the whole call."""
        ordered = sorted(words, key=lambda each: each.start)
        doubts = {id(ordered[index]) for index in doubtful(ordered)}
        after = -1.0 if asked.after is None else asked.after
        lines = [line for line in grouped(ordered) if line[0].start > after]
        shown = lines[: asked.limit]
        while len(shown) < len(lines) and lines[len(shown)][0].start == shown[-1][0].start:
            shown.append(lines[len(shown)])  # what begins at the same moment is one step of the cursor
        places = self._rules.current.places
        marked = []
        for line in shown:
            sure = solid(line, places.named([word.w for word in line]))
            marked.append(
                MarkedLine(
                    side=line[0].leg,
                    start=line[0].start,
                    end=max(word.end for word in line),
                    words=tuple(
                        MarkedWord(w=word.w, start=word.start, end=word.end, doubt=id(word) in doubts, solid=at in sure)
                        for at, word in enumerate(line)
                    ),
                )
            )
        return marked, shown[-1][0].start if len(shown) < len(lines) else None


def told(call: LoggedCall, ticket: TicketOfCall | None) -> LoggedCallTold:
    """A call as the hotline's people read it."""
    sealed = ticket is not None and ticket.sealed
    if call.arrived_at is None:
        raise RuntimeError("a call that nobody knows the beginning of")
    return LoggedCallTold(
        call=call.call,
        direction=call.direction,
        number=None if sealed else call.number,
        masked=sealed,
        arrived_at=call.arrived_at,
        answered_at=call.answered_at,
        ended_at=call.ended_at,
        waited_seconds=call.waited,
        operator=call.operator,
        result=call.result,
        note=None if sealed else call.note,
        recorded=call.recording is not None and not sealed,
        ticket=None if ticket is None or sealed else ticket.code,
        menu=call.menu,
    )


def _why_silent(call: LoggedCall, ticket: TicketOfCall | None) -> str:
    if ticket and ticket.sealed:
        return "Người gọi đã được ẩn danh tính"
    if call.recorded is False:
        return "Cuộc gọi không ghi âm nên không chép lời."
    return "Máy chưa chép lời của cuộc gọi này, hoặc không nghe thấy lời nào."


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=CIVIL_ZONE)
