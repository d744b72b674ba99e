"""A call between its socket, its flow and the product: what is done when Asterisk refuses, is silent, or loses the call."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hotline1022.base.errors import HotlineError
from hotline1022.base.events import Event
from ivr.flow import Flow
from ivr.model import Say
from ivr.prompt_book import load_book
from ivr.recordings import recorded
from ivr.shelf import Shelf
from telephony.ari import Ari, LineClosed
from telephony.live import LiveLegs
from telephony.naming import fact_id
from telephony.outgoing import Outgoing
from telephony.progress import ProgressFolder
from telephony.recorder import Recorder
from telephony.switchboard import Switchboard
from tests.conftest import StillClock
from tests.telephony.fake_line import FakeAri
from tests.telephony.test_live import Node

CHANNEL = "1712345678.1"


@pytest.fixture(scope="module")
def shipped() -> Flow:
    """The shipped menu."""
    book = load_book()
    return Shelf(book, recorded(book)).current


class Product:
    """Keeps what it is told."""

    def __init__(self, flow: Flow) -> None:
        self.events: list[Event] = []
        self.codes = ["95786448"]
        self._flow = flow

    async def record(self, event: Event) -> None:
        self.events.append(event)

    def next_code(self) -> str | None:
        return self.codes.pop() if self.codes else None

    async def look_up(self, code: str) -> tuple[bool, Mapping[str, str], Mapping[str, bool]]:
        raise HotlineError("Cơ sở dữ liệu không trả lời")

    def facts(self) -> Mapping[str, bool]:
        return {"open-now": True, "silence-means-recorded": True}

    def flow(self) -> Flow:
        return self._flow

    def survey_flow(self) -> Flow:
        return self._flow

    async def about(self, attempt: str) -> tuple[Mapping[str, bool], Mapping[str, str]]:
        return {}, {}

    def sounds(self, say: tuple[Say, ...]) -> list[Path]:
        return [Path("/sounds") / each.value for each in say]

    def named(self, name: str) -> Any:
        (found,) = [event for event in self.events if event.name == name]
        return found


class Socket(FakeAri):
    """One call's own socket: every prompt is over at once, a hang-up is told as the real Asterisk tells it."""

    def __init__(self, **changed: Any) -> None:
        super().__init__(**changed)
        self.events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        caller = {"id": CHANNEL, "caller": {"number": "0912345678", "name": "x\r\nAction: y"}}
        self.events.put_nowait({"type": "StasisStart", "channel": caller, "args": ["arrived"]})

    async def request(
        self, method: str, resource: str, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> Any:
        answer = await super().request(method, resource, query, body)
        if "/play/" in resource:
            self.events.put_nowait({"type": "PlaybackFinished", "playback": {"id": resource.rsplit("/", 1)[1]}})
        if method == "DELETE" and resource == f"channels/{CHANNEL}":
            self.events.put_nowait({"type": "ChannelHangupRequest", "cause": 16})
            self.events.put_nowait({"type": "StasisEnd"})
        return answer

    def press(self, *keys: str) -> None:
        for key in keys:
            self.events.put_nowait({"type": "ChannelDtmfReceived", "digit": key})

    async def played(self, prompt: str) -> None:
        """Wait until a prompt was played."""
        async with asyncio.timeout(5):
            while not any(f"sound:/sounds/{prompt}" in query.get("media", "") for _, _, query in self.asked):
                await asyncio.sleep(0)


class Stage:
    """A switchboard with its product and the ordinary ARI connection."""

    def __init__(self, flow: Flow, clock: StillClock, folder: Path) -> None:
        self.product, self.ari, self.node = Product(flow), FakeAri(), Node(None)
        ari = Ari(self.ari)
        self.board = Switchboard(
            node="node-1",
            clock=clock,
            product=self.product,
            recorder=Recorder(ari, "app", folder),
            legs=LiveLegs(ari, "app", self.node),
            progress=ProgressFolder(folder / "calls"),
            takes=folder,
            outgoing=Outgoing(
                node="node-1", clock=clock, product=self.product, ari=ari, takes=folder, caller_number="1022"
            ),
        )

    def take(self, socket: Socket) -> asyncio.Task[None]:
        taking: Any = self.board.take(socket)  # type: ignore[arg-type]
        return asyncio.create_task(taking)

    async def until_told(self, name: str) -> Any:
        async with asyncio.timeout(5):
            while not any(event.name == name for event in self.product.events):
                await asyncio.sleep(0)
        return self.product.named(name)


@pytest.fixture
def stage(shipped: Flow, clock: StillClock, tmp_path: Path) -> Stage:
    """A switchboard without a call."""
    return Stage(shipped, clock, tmp_path)


async def test_a_refusal_is_told_to_the_dialplan_before_anything_else_and_nothing_listens(stage: Stage) -> None:
    socket = Socket()
    taking = stage.take(socket)
    await socket.played("recording-notice")
    socket.press("9")
    consent = await stage.until_told("ConsentRecorded")
    assert (consent.recorded, consent.key) == (False, "9")
    (forbidden,) = socket.of("/variable")
    assert forbidden[2] == {"variable": "HOTLINE_NO_RECORDING", "value": "1"}
    assert not stage.ari.of("/snoop/")
    socket.press("2")
    ended = await stage.until_told("CallEnded")
    assert not ended.recorded
    taken = stage.product.named("ReportTaken")
    assert (taken.spoken, taken.code, taken.source) == (False, "95786448", f"call:node-1-{CHANNEL}:report")
    await taking


@pytest.mark.parametrize("status", [404, 500])
async def test_a_refusal_is_kept_even_if_asterisk_cannot_be_told(stage: Stage, status: int) -> None:
    socket = Socket(refused={"/variable": status})
    taking = stage.take(socket)
    await socket.played("recording-notice")
    socket.press("9")
    assert (await stage.until_told("ConsentRecorded")).recorded is False
    assert not stage.ari.of("/snoop/")
    socket.events.put_nowait(None)
    await taking
    await stage.until_told("CallEnded")


async def test_an_asterisk_that_cannot_record_serves_the_caller_all_the_same(stage: Stage, shipped: Flow) -> None:
    stage.ari.refused["/snoop/"] = 500
    stage.product.facts = lambda: {"open-now": True, "silence-means-recorded": False}  # type: ignore[method-assign]
    socket = Socket()
    taking = stage.take(socket)
    await socket.played("recording-question")
    socket.press("8")
    await socket.played("menu")
    assert stage.product.named("ConsentRecorded").recorded
    socket.events.put_nowait(None)
    await taking
    await stage.until_told("CallEnded")


async def test_a_caller_without_a_code_is_told_so_and_the_report_is_kept(stage: Stage) -> None:
    stage.product.codes.clear()
    socket = Socket()
    taking = stage.take(socket)
    await socket.played("recording-notice")
    socket.press("9", "2")
    await socket.played("not-taken")
    assert stage.product.named("ReportTaken").code is None
    await taking


async def test_a_call_whose_channel_asterisk_does_not_know_any_more_is_closed(stage: Stage) -> None:
    socket = Socket()
    taking = stage.take(socket)
    await socket.played("recording-notice")
    await stage.board.reconcile([], [])
    ended = await stage.until_told("CallEnded")
    assert ended.cause == "line-lost"
    assert stage.board.callers == {}
    socket.events.put_nowait(None)
    await taking


async def test_what_a_call_can_have_but_once_has_the_same_id_whoever_finds_it_out(stage: Stage) -> None:
    socket = Socket()
    taking = stage.take(socket)
    arrived = await stage.until_told("CallArrived")
    assert arrived.id == fact_id(f"node-1-{CHANNEL}", "arrived")
    assert arrived.number == "+84912345678"
    socket.events.put_nowait(None)
    await taking
    assert (await stage.until_told("CallEnded")).id == fact_id(f"node-1-{CHANNEL}", "ended")


async def test_operators_who_come_and_go_are_facts_for_every_caller(stage: Stage) -> None:
    socket = Socket()
    taking = stage.take(socket)
    await stage.until_told("CallArrived")
    caller = stage.board.callers[CHANNEL]
    told: list[bool] = []
    caller.facts_changed = lambda facts: told.append(facts["operators-ready"])  # type: ignore[method-assign]
    member = {"Event": "QueueMemberStatus", "Queue": "hotline", "Interface": "PJSIP/a", "Paused": "0"}
    for status in ("1", "1", "5"):
        stage.board.hear_queue({**member, "Status": status})
    assert told == [True, False]
    stage.board.hear_queue({**member, "Status": "1"})
    for is_open in (False, True):
        stage.board.board.open = is_open
        stage.board.tell_facts()
    assert told == [True, False, True, False, True], "a queue that a leader closes has nobody for those who come"
    socket.events.put_nowait(None)
    await taking
    await stage.until_told("CallEnded")


@pytest.mark.parametrize("how", ["hung-up-waiting", "answered", "given-back"])
async def test_how_long_a_caller_waited_and_who_came_is_told_at_the_end(
    stage: Stage, clock: StillClock, how: str
) -> None:
    member = {"Event": "QueueMemberStatus", "Queue": "hotline", "Interface": "PJSIP/a", "Paused": "0", "Status": "1"}
    stage.board.hear_queue(member)
    socket = Socket()
    taking = stage.take(socket)
    await socket.played("menu")
    socket.press("2")
    await socket.until("/continue")
    began = clock.now()
    caller = stage.board.callers[CHANNEL]
    clock.advance(seconds=30)
    if how == "answered":
        stage.board.hear_queue({"Event": "AgentConnect", "Uniqueid": CHANNEL})
        clock.advance(seconds=60)
    if how == "given-back":
        caller.came_back(caller.channel, "TIMEOUT")
        await socket.played("report-ask")
    await caller.hung_up("hangup-16")
    ended = await stage.until_told("CallEnded")
    later = began + timedelta(seconds=30)
    assert (ended.number, ended.menu, ended.queued_at, ended.reported) == ("+84912345678", "2", began, False)
    assert ended.answered_at == (later if how == "answered" else None)
    assert ended.unqueued_at == (later if how == "given-back" else None)
    socket.events.put_nowait(None)
    await taking


async def test_who_is_in_the_queue_before_asterisk_has_answered_is_in_the_queue(
    stage: Stage, clock: StillClock
) -> None:
    class Hasty(Socket):
        """The channel leaves, and its socket closes, before the answer is sent."""

        async def request(self, method: str, resource: str, *more: Any) -> Any:
            answer = await super().request(method, resource, *more)
            if resource.endswith("/continue"):
                self.events.put_nowait(None)
                self.down = True
                raise LineClosed
            return answer

    socket = Hasty()
    member = {"Event": "QueueMemberStatus", "Queue": "hotline", "Interface": "PJSIP/a", "Paused": "0", "Status": "1"}
    stage.board.hear_queue(member)
    taking = stage.take(socket)
    await socket.played("menu")
    socket.press("2")
    await socket.until("/continue")
    await taking
    await asyncio.sleep(0.01)
    assert [event.name for event in stage.product.events if event.name in {"CallEnded", "ReportTaken"}] == []
    caller = stage.board.callers[CHANNEL]
    clock.advance(seconds=30)
    stage.board.hear_queue({"Event": "AgentConnect", "Uniqueid": CHANNEL})
    await caller.hung_up("hangup-16")
    ended = await stage.until_told("CallEnded")
    assert (ended.answered_at, ended.reported) == (clock.now(), False)
