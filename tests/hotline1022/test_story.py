"""What follows from what, on both databases with the real desk, book and shelves: whatever the order, and though each job runs twice."""

import asyncio
import wave
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import pytest
from aiohttp import web
from sqlalchemy import Table, select

import surveys.events as survey_events
import telephony.events as telephony_events
import tickets.events as ticket_events
import transcription.events as transcription_events
from hotline1022.base import outbox
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from hotline1022.base.ledger import Ledger
from hotline1022.base.spool import Spool
from hotline1022.live import Stage
from hotline1022.score_sources import TicketJournal
from hotline1022.story import Story, without_prompts
from hotline1022.survey_desk import TicketCitizens
from hotline1022.survey_story import CountedEvent, SurveyStory
from surveys.campaign import Campaign
from surveys.consideration import Consideration
from surveys.policy import StandingPolicy
from surveys.scores.recount import Recount
from telephony.aftermath import Aftermath
from telephony.ari import Ari
from telephony.call_book import CallBook
from telephony.callbacks.callbacks import Callbacks
from telephony.callbacks.policy import StandingCallbackPolicy
from telephony.events import CallArrived, CallEnded, ConsentRecorded, RecordingLost, ReportTaken
from telephony.recorder import Recorder
from telephony.recordings import RecordingShelf
from telephony.store import calls
from tests.conftest import StillClock
from tickets.agenda import Agenda
from tickets.desk import Desk
from tickets.handling import Handling
from tickets.journal.store import ticket_journal
from tickets.rules import StandingRules
from tickets.store import tickets
from tickets.timers import Timers
from transcription.client import TranscriberNode
from transcription.model import Transcript, Word
from transcription.shelf import TranscriptShelf
from transcription.store import transcripts

CALL = "node-1-17.0"
SAID = "đường trước nhà bị ngập ở phường Cao Lãnh"
NOTICE = "recording-notice@1a2b3c4d"


class WordsNode:
    """A transcriber node that has one answer, over real HTTP by the node's protocol."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []

    async def transcribe(self, request: web.Request) -> web.Response:
        self.asked.append((request.query["sides"], len(await request.read())))
        words = tuple(
            Word(w=word, start=number / 2, end=number / 2 + 0.4, conf=0.9, leg="caller")
            for number, word in enumerate(SAID.split())
        )
        answer = Transcript(engine="vosk", model="test", words=words, seconds=6.0)
        return web.Response(text=answer.model_dump_json(), content_type="application/json")


@dataclass
class Told:
    """The story with everything around it, and a way to let it happen."""

    story: Story
    database: Database
    ledger: Ledger
    desk: Desk
    node: WordsNode
    takes: Path
    messages: asyncio.Queue[str]

    async def happens(self, *, newest_first: bool = False, times: int = 2) -> None:
        """Run every job of every recorded event so many times, and those of the events that they record, until all is quiet."""
        jobs = {name: job for name, job, _ in self.story.jobs()}
        done: set[str] = set()
        while True:
            async with self.database.reading() as connection:
                rows = (await connection.execute(select(outbox.outbox).order_by(outbox.outbox.c.at))).all()
            due = [row for row in rows if row.id not in done]
            if not due:
                return
            row = due[-1] if newest_first else due[0]
            done.add(row.id)
            for name in self.story.jobs_of(row.name):
                for _ in range(times):
                    await jobs[name]({"name": row.name, "payload": row.payload})

    async def stands(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything in the database that a reaction writes."""
        found = {}
        async with self.database.reading() as connection:
            for table in (calls, tickets, ticket_journal, transcripts, outbox.outbox):
                assert isinstance(table, Table)
                found[table.name] = [tuple(row) for row in await connection.execute(select(table))]
        return found


@pytest.fixture
async def told(database: Database, clock: StillClock, tmp_path: Path) -> AsyncIterator[Told]:
    """A story on an empty database, with a node that answers."""
    node, rules, stage = WordsNode(), StandingRules(), Stage()
    application = web.Application()
    application.router.add_post("/transcribe", node.transcribe)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    ledger = Ledger(database, Spool(tmp_path / "spool"))
    desk = Desk(database, clock, rules, outbox.add)
    takes = tmp_path / "takes"
    takes.mkdir()
    shelf = RecordingShelf(tmp_path / "recordings")

    async def nobody(*_: object) -> None:
        raise AssertionError("no request to Asterisk is expected")

    async def nothing_later(_look: str, _delay: float) -> None:
        """Nothing that is due later happens in these stories."""

    transport = type("Nobody", (), {"request": staticmethod(nobody)})()
    recorder = Recorder(Ari(transport), "app", takes)
    common: dict[str, Any] = {"node": "node-1", "clock": clock, "product": ledger}
    aftermath = Aftermath(**common, recorder=recorder, shelf=shelf, takes=takes)
    async with TranscriberNode(f"http://127.0.0.1:{runner.addresses[0][1]}", "token") as transcriber:
        story = Story(
            book=CallBook(database),
            callbacks=Callbacks(
                database, clock, lambda: StandingCallbackPolicy().current, lambda: rules.current.calendar("calling")
            ),
            aftermath=aftermath,
            recordings=shelf,
            transcripts=TranscriptShelf(database, clock, outbox.add),
            transcriber=transcriber,
            desk=desk,
            agenda=Agenda(database, clock, Timers(database, clock, rules, outbox.add), nothing_later),
            surveys=no_surveys(database, clock, desk, rules),
            rules=rules,
            stage=stage,
        )
        with stage.listening() as messages:
            yield Told(story, database, ledger, desk, node, takes, messages)
    await runner.cleanup()


class NoLine:
    """A hotline that makes no calls."""

    def ready(self) -> bool:
        """See Calls."""
        return False

    async def place(self, attempt: str, number: str, *, ring_seconds: int) -> None:
        """See Calls."""
        raise AssertionError("no call is made in these stories")

    async def follow(self, attempt: str) -> None:
        """See Calls."""
        raise AssertionError("no call is made in these stories")


def no_surveys(database: Database, clock: StillClock, desk: Desk, rules: StandingRules) -> SurveyStory:
    """The survey's reactions, of which none is due here."""

    async def never(name: str, payload: dict[str, object], delay: float) -> None:
        raise AssertionError("no attempt is planned in these stories")

    common: dict[str, Any] = {
        "database": database, "clock": clock, "policy": lambda: StandingPolicy().current,
        "hours": lambda: rules.current.calendar("calling"), "citizens": TicketCitizens(desk),
        "record_event": outbox.add, "key": b"k",
    }  # fmt: skip
    return SurveyStory(
        consideration=Consideration(**common),
        campaign=Campaign(**common, calls=NoLine()),
        handling=Handling(database, clock, rules, outbox.add),
        rules=rules,
        clock=clock,
        attempt_later=never,
        scores=Recount(database, clock, TicketJournal()),
    )


def silence(path: Path) -> None:
    """A second of it, as Asterisk leaves it."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(16000))


async def a_recorded_call(told: Told, clock: StillClock, *, appointment: bool = False) -> str:
    """Somebody rings, says where the street is flooded, is told a code; gives that code."""
    await told.desk.keep_codes_ahead(3)
    code = told.desk.take_code()
    for side in ("in", "out"):
        silence(told.takes / f"17.0-{side}.wav")
    began = clock.now()
    events: list[Event] = [CallArrived(id="1", at=clock.now(), call=CALL, number="+84912345678", flow="default-1")]
    clock.advance(seconds=5)
    events.append(ConsentRecorded(id="2", at=clock.now(), call=CALL, recorded=True, key=None, text_version=NOTICE))
    clock.advance(seconds=30)
    events.append(
        ReportTaken(
            id="3",
            at=clock.now(),
            call=CALL,
            source=f"call:{CALL}:report",
            number="+84912345678",
            menu="2",
            urgent=False,
            appointment=appointment,
            spoken=True,
            code=code,
        )
    )
    clock.advance(seconds=5)
    events.append(
        CallEnded(
            id="4", at=clock.now(), call=CALL, began_at=began, cause="hangup-16", result="completed", recorded=True
        )
    )
    for event in events:
        await told.ledger.record(event)
    return code


@pytest.mark.parametrize("newest_first", [False, True])
async def test_a_call_becomes_a_ticket_with_its_words_and_place_in_whatever_order_it_is_told(
    told: Told, clock: StillClock, newest_first: bool
) -> None:
    code = await a_recorded_call(told, clock)
    await told.happens(newest_first=newest_first)
    (ticket,) = await told.desk.recent()
    assert (ticket.code, ticket.topic, ticket.call) == (code, "ha-tang", CALL)
    place = told.story._rules.current.places.find(SAID)
    assert ticket.place is not None, place
    call = await CallBook(told.database).find(CALL)
    assert call is not None
    assert (call.recorded, call.consent_text, call.result) == (True, NOTICE, "completed")
    assert call.recording == f"2026/03/02/{CALL}.wav"
    best = await told.story._transcripts.best(CALL)
    assert best is not None
    assert best.text == SAID
    assert told.node.asked[0][0] == "caller", "what the hotline itself said is not transcribed"


async def test_every_job_may_run_again_and_nothing_changes(told: Told, clock: StillClock) -> None:
    await a_recorded_call(told, clock)
    await told.happens(times=1)
    before = await told.stands()
    clock.advance(minutes=2)  # sooner than anything is due
    await told.happens(times=2)
    assert await told.stands() == before


async def test_an_appointment_has_its_own_topic_whatever_key_led_there(told: Told, clock: StillClock) -> None:
    await a_recorded_call(told, clock, appointment=True)
    await told.happens()
    (ticket,) = await told.desk.recent()
    assert ticket.topic == "hen-tai-nha"


async def test_a_recording_that_asterisk_did_not_leave_is_told_with_its_reason(told: Told, clock: StillClock) -> None:
    await told.ledger.record(
        CallEnded(id="4", at=clock.now(), call=CALL, began_at=clock.now(), cause="x", result="completed", recorded=True)
    )
    await told.happens()
    call = await CallBook(told.database).find(CALL)
    assert call is not None
    assert call.recording is None
    assert call.recording_lost
    assert told.node.asked == []


async def test_a_call_that_was_not_to_be_recorded_is_neither_sought_nor_transcribed(
    told: Told, clock: StillClock
) -> None:
    await told.ledger.record(
        CallEnded(
            id="4", at=clock.now(), call=CALL, began_at=clock.now(), cause="x", result="completed", recorded=False
        )
    )
    await told.happens()
    call = await CallBook(told.database).find(CALL)
    assert call is not None
    assert (call.recording, call.recording_lost) == (None, None)


async def test_screens_are_told_no_telephone_number(told: Told, clock: StillClock) -> None:
    await a_recorded_call(told, clock)
    await told.happens(times=1)
    messages = [told.messages.get_nowait() for _ in range(told.messages.qsize())]
    assert any('"TicketOpened"' in message for message in messages)
    assert any('"WordsConsidered"' in message for message in messages)
    assert not any("912345678" in message for message in messages)


async def test_each_event_of_the_line_has_a_reaction_and_each_job_a_lasting_name(told: Told) -> None:
    names = [name for name, _, _ in told.story.jobs()]
    assert len(set(names)) == len(names)
    for kind in (CallArrived, ConsentRecorded, ReportTaken, CallEnded, RecordingLost):
        assert set(told.story.jobs_of(kind.__name__)) <= set(names)
        assert told.story.jobs_of(kind.__name__)
    assert told.story.jobs_of("SomethingElse") == []


def test_what_the_hotline_said_before_an_operator_came_is_left_out() -> None:
    words = (
        Word(w="chào", start=0, end=1, conf=1, leg="operator"),
        Word(w="ngập", start=1, end=2, conf=1, leg="caller"),
        Word(w="dạ", start=9, end=10, conf=1, leg="operator"),
    )
    heard = Transcript(engine="vosk", model="m", words=words, seconds=10)
    assert [word.w for word in without_prompts(heard, 5.0).words] == ["ngập", "dạ"]
    assert without_prompts(heard, None) == heard


async def test_every_event_of_the_four_contexts_has_a_reaction(told: Told) -> None:
    told_of = {
        kind
        for module in (survey_events, telephony_events, ticket_events, transcription_events)
        for kind in vars(module).values()
        if isinstance(kind, type) and issubclass(kind, Event) and kind is not Event
    }
    assert told_of == set(told.story.reactions)


def test_whatever_the_scores_are_made_of_has_the_ticket_counted_anew(told: Told) -> None:
    for kind in get_args(CountedEvent):
        assert "SurveyStory.recount" in told.story.jobs_of(kind.__name__), kind
