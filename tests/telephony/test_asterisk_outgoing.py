"""Calls that the hotline makes, on a real Asterisk with real telephones: how each ends, what is kept of it, what is never done twice."""

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import ivr.prompt_book
from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from hotline1022.base.ids import new_id
from ivr.flow import Flow
from ivr.model import Say
from ivr.shelf import SHIPPED_SURVEY, examine
from telephony.ami import Ami
from telephony.ari import Ari, LineDown
from telephony.ari_link import AriLink
from telephony.events import OutgoingAnswerGiven, OutgoingCallEnded
from telephony.floor.hearing import FloorEar
from telephony.floor.phones import PhoneAccounts
from telephony.floor.roster import Roster
from telephony.line import MEDIA_APP, Line
from telephony.live import LiveLegs
from telephony.naming import channel_of
from telephony.outgoing import Outgoing
from telephony.phone import Phone
from telephony.progress import ProgressFolder
from telephony.recorder import Recorder, until_closed
from telephony.recovery import Recovery
from telephony.switchboard import Switchboard
from tests.asterisk import RunningAsterisk, free_port, running_asterisk, seconds_of_tone, write_tone
from tests.ear import SURVEY, heard, write_prompts

pytestmark = pytest.mark.asterisk

NUMBER = "0912345678"
CITIZEN = "127.0.0.2"
ASKED = "hear-silence 0.9"
"""The question has been asked: the hotline waits for a key."""


@dataclass
class Product:
    """What the hotline gives to the line: the shipped survey, and a memory of what it was told."""

    flow: Flow
    sounds_folder: Path
    events: list[Event] = field(default_factory=list)
    facts: Mapping[str, bool] = field(default_factory=lambda: {"ask-time": True})

    def survey_flow(self) -> Flow:
        """See OutgoingProduct."""
        return self.flow

    async def about(self, attempt: str) -> tuple[Mapping[str, bool], Mapping[str, str]]:
        """See OutgoingProduct."""
        return self.facts, {"code": "17672970", "agency": "so-xay-dung", "told": "2026-11-24"}

    def sounds(self, say: tuple[Say, ...]) -> list[Path]:
        """See OutgoingProduct. Values are not spoken here: each prompt is one tone."""
        return [self.sounds_folder / each.value for each in say if each.kind == "prompt"]

    async def record(self, event: Event) -> None:
        """See OutgoingProduct."""
        self.events.append(event)

    def end(self, attempt: str) -> OutgoingCallEnded:
        """The one end of a call."""
        (found,) = [e for e in self.events if isinstance(e, OutgoingCallEnded) and e.attempt == attempt]
        return found

    def answers(self, attempt: str) -> dict[str, str]:
        """What was answered in a call."""
        given = [e for e in self.events if isinstance(e, OutgoingAnswerGiven) and e.attempt == attempt]
        return {event.question: event.answer for event in given}

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"no caller's call is led here: {name}")


class Nobody:
    """Nobody listens live."""

    async def admit(self, leg: str, call: str, side: str) -> None:
        """See Listening."""

    async def release(self, leg: str) -> None:
        """See Listening."""


@dataclass
class Hotline:
    """The line with its outgoing calls, connected to the real Asterisk."""

    product: Product
    outgoing: Outgoing
    port: int
    hello: Path
    """What people say when they take a call; whoever says nothing is listened to for a while first."""

    async def rings(
        self, *script: str, answer: int = 200, ring_seconds: int = 5, silent: bool = False, record: Path | None = None
    ) -> tuple[OutgoingCallEnded, dict[str, str]]:
        """Ring a citizen who does the script; how the call ended and what was answered."""
        attempt = new_id()
        async with Phone.rung(CITIZEN, self.port, answer=answer, after=0.2, record=record) as phone:
            placing = await self.place(attempt, phone, ring_seconds)
            await phone.script(*([] if silent else [f"say {self.hello}"]), *script, "wait 60")
            await placing
        return self.product.end(attempt), self.product.answers(attempt)

    async def place(self, attempt: str, phone: Phone, ring_seconds: int = 5) -> asyncio.Task[None]:
        """Begin a call to a citizen's telephone once that can be rung."""
        await phone.until("ready")
        return asyncio.create_task(self.outgoing.place(attempt, NUMBER, ring_seconds=ring_seconds))


@pytest.fixture(scope="module")
def port() -> int:
    """Where the carrier takes the hotline's calls."""
    return free_port(socket.SOCK_DGRAM)


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory, port: int) -> Iterator[RunningAsterisk]:
    """An Asterisk that may make calls; its prompts are tones."""
    with running_asterisk(tmp_path_factory.mktemp("outgoing"), outgoing=f"{CITIZEN}:{port}") as running:
        write_prompts(running.settings.sounds, frozenset(ivr.prompt_book.load_book()))
        yield running


@pytest.fixture
async def hotline(asterisk: RunningAsterisk, port: int, tmp_path: Path) -> AsyncIterator[Hotline]:
    """The line, connected."""
    async with AsyncExitStack() as stack:
        hotline, running = await connected(stack, asterisk, port, tmp_path)
        try:
            yield hotline
        finally:
            await stopped(running)


async def stopped(running: asyncio.Task[None]) -> None:
    """End the line in order."""
    running.cancel()
    await asyncio.wait({running})


def tell_nobody(_kind: str, _audience: Mapping[str, Any], /, **_facts: Any) -> None:
    """There are no screens."""


async def connected(
    stack: AsyncExitStack, asterisk: RunningAsterisk, port: int, folder: Path
) -> tuple[Hotline, asyncio.Task[None]]:
    """A line that serves calls."""
    settings, clock = asterisk.settings, SystemClock()
    book = ivr.prompt_book.load_book()
    flow, findings = examine(SHIPPED_SURVEY, book, dict.fromkeys(book, ""))
    assert flow is not None, findings
    product = Product(flow, settings.sounds)
    base = f"http://127.0.0.1:{settings.ari_port}/ari"
    link = await stack.enter_async_context(AriLink(base, "service", settings.ari_password, MEDIA_APP))
    ari, takes = Ari(link), settings.folder / "spool" / "recording"
    outgoing = Outgoing(node="node-1", clock=clock, product=product, ari=ari, takes=takes, caller_number="1022")
    recorder, progress = Recorder(ari, MEDIA_APP, takes), ProgressFolder(folder / "calls")
    common: dict[str, Any] = {"node": "node-1", "clock": clock, "product": product}
    legs = LiveLegs(ari, MEDIA_APP, Nobody())
    switchboard = Switchboard(
        **common, recorder=recorder, legs=legs, progress=progress, takes=takes, outgoing=outgoing
    )  # fmt: skip
    recovery = Recovery(
        **common, switchboard=switchboard, recorder=recorder, progress=progress, reports=settings.reports, takes=takes
    )
    ami = Ami("127.0.0.1", settings.ami_port, "service", settings.ami_secret)
    database = Database(f"sqlite+aiosqlite:///{folder / 'hotline.sqlite'}")
    stack.push_async_callback(database.close)
    roster = Roster(ari, ami, tell_nobody)
    ear = FloorEar(
        clock=clock, ari=ari, phones=PhoneAccounts(ari, ""), roster=roster, callers=switchboard, database=database
    )
    line = Line(
        link=link,
        ami=ami,
        floor=ear,
        switchboard=switchboard,
        recovery=recovery,
        calls_port=settings.calls_port,
        calls_password=settings.calls_password,
    )
    running = asyncio.create_task(line.run())
    async with asyncio.timeout(10):
        await link.connected.wait()
    hello = write_tone(folder / "hello.wav", 440, 0.4, rate=16000)
    return Hotline(product, outgoing, port, hello), running


@pytest.mark.parametrize(
    ("answer", "outcome", "cause"),
    [(486, "busy", 17), (603, "rejected", 21), (404, "invalid-number", 1), (503, "failed", 34), (180, "no-answer", 19)],
)
async def test_calls_that_nobody_takes_are_told_apart(hotline: Hotline, answer: int, outcome: str, cause: int) -> None:
    end, answers = await hotline.rings(answer=answer, ring_seconds=2)
    assert (end.outcome, end.answered_at, answers) == (outcome, None, {})
    assert end.cause == cause


async def test_a_telephone_that_cannot_be_reached_has_not_failed_to_pick_up(hotline: Hotline) -> None:
    attempt = new_id()
    await hotline.outgoing.place(attempt, NUMBER, ring_seconds=2)
    assert hotline.product.end(attempt).outcome == "failed"


async def test_a_citizen_answers_three_questions_and_each_answer_is_kept_when_it_is_given(
    hotline: Hotline, tmp_path: Path
) -> None:
    ear = tmp_path / "heard.wav"
    end, answers = await hotline.rings(ASKED, "keys 1", ASKED, "keys 1", ASKED, "keys 5", ASKED, "keys 4", record=ear)
    assert answers == {"consent": "1", "resolved": "1", "satisfaction": "5", "time": "4"}
    assert (end.outcome, end.result, end.recorded) == ("answered", "completed", False)
    said = heard(ear, SURVEY)
    assert said[-1] == "survey-goodbye"
    assert {"survey-resolved", "survey-satisfaction", "survey-item-time"} <= set(said)


async def test_somebody_who_takes_the_call_and_says_nothing_is_asked_all_the_same(hotline: Hotline) -> None:
    _, answers = await hotline.rings(ASKED, "keys 3", silent=True)
    assert answers == {"consent": "3"}


async def test_somebody_who_hangs_up_leaves_the_answers_that_they_gave(hotline: Hotline) -> None:
    end, answers = await hotline.rings(ASKED, "keys 1", ASKED, "keys 2", "hear-silence 0.5", "hangup")
    assert answers == {"consent": "1", "resolved": "2"}
    assert (end.outcome, end.result) == ("answered", "caller-left")


async def test_who_is_not_satisfied_says_why_and_may_reopen(
    hotline: Hotline, asterisk: RunningAsterisk, tmp_path: Path
) -> None:
    voice, ear = write_tone(tmp_path / "why.wav", 440, 3.0, rate=16000), tmp_path / "heard.wav"
    why = ("hear-silence 0.5", f"say {voice}", "silence 0.3", "keys #")
    end, answers = await hotline.rings(
        ASKED, "keys 1", ASKED, "keys 2", ASKED, "keys 1", ASKED, "keys 2", *why, ASKED, "keys 1", record=ear
    )
    given = {"consent": "1", "resolved": "2", "satisfaction": "1", "time": "2", "comment": "", "reopen": "1"}
    assert answers == given
    assert (end.result, end.recorded) == ("completed", True)
    (take,) = asterisk.settings.folder.glob(f"spool/recording/{channel_of('node-1', end.call)}-take-*.wav")
    await until_closed([take])
    assert seconds_of_tone(take, 440) > 2.5, "what was said is kept"
    assert heard(ear, SURVEY)[-2:] == ["survey-reopened", "survey-goodbye"]


async def test_what_is_not_solved_is_reopened_without_another_question(hotline: Hotline, tmp_path: Path) -> None:
    ear = tmp_path / "heard.wav"
    quiet = ("hear-silence 0.5", "keys #")
    _, answers = await hotline.rings(
        ASKED, "keys 1", ASKED, "keys 3", ASKED, "keys 4", ASKED, "keys 2", *quiet, record=ear
    )
    assert answers == {"consent": "1", "resolved": "3", "satisfaction": "4", "time": "2"}
    assert heard(ear, SURVEY)[-2:] == ["survey-reopened", "survey-goodbye"]


@pytest.mark.parametrize(("key", "prompt"), [("2", "survey-later"), ("3", "survey-never")])
async def test_who_does_not_want_to_answer_says_so_with_one_key(
    hotline: Hotline, tmp_path: Path, key: str, prompt: str
) -> None:
    ear = tmp_path / "heard.wav"
    _, answers = await hotline.rings(ASKED, f"keys {key}", record=ear)
    assert answers == {"consent": key}
    assert heard(ear, SURVEY)[-1] == prompt


async def test_an_answering_machine_is_not_asked(hotline: Hotline, tmp_path: Path) -> None:
    greeting = write_tone(tmp_path / "machine.wav", 440, 8.0, rate=16000)
    end, answers = await hotline.rings(f"say {greeting}", silent=True)
    assert (end.outcome, answers) == ("machine", {})


async def test_a_call_whose_service_dies_ends_with_an_apology_and_is_found_again_by_the_next_run(
    asterisk: RunningAsterisk, port: int, tmp_path: Path
) -> None:
    attempt, ear = new_id(), tmp_path / "heard.wav"
    async with Phone.rung(CITIZEN, port, after=0.2, record=ear) as phone:
        async with AsyncExitStack() as stack:
            hotline, running = await connected(stack, asterisk, port, tmp_path / "first")
            placing = await hotline.place(attempt, phone)
            await phone.script(f"say {hotline.hello}", ASKED, "keys 1", "hear-silence 0.5", "wait 20")
            async with asyncio.timeout(10):
                while "consent" not in hotline.product.answers(attempt):
                    await asyncio.sleep(0.05)
            placing.cancel()
            await asyncio.wait({placing})
            await stopped(running)
        async with AsyncExitStack() as stack:
            again, running = await connected(stack, asterisk, port, tmp_path / "second")
            await again.outgoing.follow(attempt)
            await stopped(running)
        await phone.until("ended")
    assert heard(ear, SURVEY)[-1] == "survey-broken"
    assert again.product.end(attempt).attempt == attempt


async def test_a_call_whose_end_nobody_heard_is_over(hotline: Hotline, monkeypatch: pytest.MonkeyPatch) -> None:
    async def unheard(_outgoing: Outgoing, _event: dict[str, Any]) -> None:
        """The event came while nobody listened."""

    monkeypatch.setattr(Outgoing, "hear_end", unheard)
    async with asyncio.timeout(30):
        end, answers = await hotline.rings(answer=486)
    assert (end.outcome, answers) == ("unknown", {})


async def test_a_call_of_which_nothing_is_known_any_more_counts_as_made(hotline: Hotline) -> None:
    attempt = new_id()
    await hotline.outgoing.follow(attempt)
    assert hotline.product.end(attempt).outcome == "unknown"


@pytest.mark.parametrize("number", ["", "09123456789012345", "0912&Local/1@x", "+84912345678", "0912,5", "٠٩١٢٣٤٥"])
async def test_nothing_but_digits_is_ever_dialled(hotline: Hotline, number: str) -> None:
    with pytest.raises(ValueError, match="digits"):
        await hotline.outgoing.place(new_id(), number, ring_seconds=1)


async def test_an_order_whose_answer_is_lost_is_not_given_again(
    hotline: Hotline, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt, orders = new_id(), []
    originate = Ari.originate

    async def lost(ari: Ari, channel: str, **order: Any) -> None:
        orders.append(channel)
        await originate(ari, channel, **order)
        raise LineDown

    monkeypatch.setattr(Ari, "originate", lost)
    async with Phone.rung(CITIZEN, hotline.port, after=0.2) as phone:
        placing = await hotline.place(attempt, phone)
        await phone.script(ASKED, "keys 3", "wait 20")
        await placing
    assert orders == [attempt]
    assert hotline.product.answers(attempt) == {"consent": "3"}
