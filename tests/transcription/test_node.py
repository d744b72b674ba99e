"""A node over its real sockets: audio in by AudioSocket, words out by websocket. Only the recogniser is a stand-in."""

# Longer than 350 lines: every claim is about the same node and shares its peers; apart they would tell less.

import asyncio
import contextlib
import struct
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from uuid import UUID, uuid4

import aiohttp
import pytest

from hotline1022.base.errors import HotlineError
from tests.transcription.fakes import LoudDetector, LoudRecogniser
from tests.transcription.signals import pcm, silence, tone, wav
from transcription import journal, live, live_leg, node_web
from transcription.client import AWAY, NodeAwayError, TranscriberNode
from transcription.engines import Engine
from transcription.model import Side, Transcript
from transcription.node import NodeSettings, RunningNode, run_node, running_node
from transcription.node_protocol import WordsMessage
from transcription.registry import EngineChoice, load_registry

TOKEN = "a token"
SENTENCE = pcm(tone(300, 1.2))
PAUSE = pcm(silence(0.8))
CHOICE = EngineChoice("vosk", "loud", "Dùng máy nghe độ to.")


def settings(workers: int = 2) -> NodeSettings:
    return NodeSettings(models=Path("none"), registry={}, token=TOKEN, control_port=0, audio_port=0, workers=workers)


@asynccontextmanager
async def node_with(recogniser: LoudRecogniser, workers: int = 2) -> AsyncIterator[RunningNode]:
    detector = LoudDetector() if recogniser.needs_gate else None
    async with running_node(settings(workers), Engine(CHOICE, recogniser, detector)) as node:
        yield node


def held(gate: threading.Event) -> None:
    gate.wait(10)


class Phone:
    """What Asterisk does on one leg."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self.writer = writer

    @classmethod
    async def call(cls, address: str, leg: UUID) -> "Phone":
        host, port = address.split(":")
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(b"\x01\x00\x10" + leg.bytes)
        return cls(writer)

    async def say(self, audio: bytes) -> None:
        for offset in range(0, len(audio), 320):
            piece = audio[offset : offset + 320]
            self.writer.write(b"\x10" + struct.pack(">H", len(piece)) + piece)
        await self.writer.drain()

    async def hang_up(self) -> None:
        self.writer.close()
        await self.writer.wait_closed()


async def told_until_end(words: AsyncIterator[WordsMessage], ends: int = 1) -> list[WordsMessage]:
    told = []
    async with asyncio.timeout(30):
        async for message in words:
            told.append(message)
            ends -= message.kind == "ended"
            if ends == 0:
                break
    return told


async def admitted(client: TranscriberNode, side: Side = "caller") -> tuple[UUID, str]:
    leg = uuid4()
    answer = await client.admit(leg, "call-1", side)
    assert answer.admitted, answer.reason
    assert answer.audio
    return leg, answer.audio


@pytest.mark.parametrize("needs_gate", [True, False])
async def test_a_caller_is_heard_word_by_word_to_the_hang_up(needs_gate: bool) -> None:
    async with node_with(LoudRecogniser(needs_gate=needs_gate)) as node, TranscriberNode(node.control, TOKEN) as client:
        leg, audio = await admitted(client)
        phone = await Phone.call(audio, leg)
        await phone.say(PAUSE + SENTENCE + PAUSE + SENTENCE)
        await phone.hang_up()
        told = await told_until_end(client.words())
    finals = [message for message in told if message.kind == "final"]
    heard = [word for message in finals for word in message.words]
    assert len(heard) >= 10
    assert heard[0].start == pytest.approx(0.8, abs=0.3)
    assert heard[-1].end == pytest.approx(4.0, abs=0.3)
    assert {word.leg for word in heard} == {"caller"}
    assert all(before.start <= after.start for before, after in pairwise(heard))
    assert told[-1].kind == "ended"
    assert told[-1].end == pytest.approx(4.0, abs=0.05)
    assert [message.number for message in told if message.number] == list(range(1, len(finals) + 2))


async def test_both_sides_of_a_call_are_told_apart() -> None:
    async with node_with(LoudRecogniser(needs_gate=True)) as node, TranscriberNode(node.control, TOKEN) as client:
        sides: tuple[Side, Side] = ("caller", "operator")
        legs = {side: await admitted(client, side) for side in sides}
        for side in sides:
            phone = await Phone.call(legs[side][1], legs[side][0])
            await phone.say(SENTENCE)
            await phone.hang_up()
        told = await told_until_end(client.words(), ends=2)
    for side in sides:
        assert {message.leg for message in told if message.side == side} == {legs[side][0]}


async def test_a_stranger_on_the_audio_port_is_closed() -> None:
    async with node_with(LoudRecogniser()) as node:
        host, port = node.audio.split(":")
        for opening in (b"\x01\x00\x10" + uuid4().bytes, b"GET / HTTP/1.1\r\n\r\n" + b"\0" * 30000):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(opening)
            async with asyncio.timeout(30):
                with contextlib.suppress(ConnectionResetError):
                    assert await reader.read() == b""
            writer.close()


async def test_a_leg_can_be_claimed_once_and_not_after_it_was_released() -> None:
    async with node_with(LoudRecogniser()) as node, TranscriberNode(node.control, TOKEN) as client:
        leg, _ = await admitted(client)
        assert node.live.claim(leg) is not None
        assert node.live.claim(leg) is None
        other, _ = await admitted(client)
        await client.release(other)
        assert node.live.claim(other) is None


async def test_an_announcement_without_audio_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "ADMISSION_SECONDS", -1.0)
    async with node_with(LoudRecogniser()) as node, TranscriberNode(node.control, TOKEN) as client:
        leg, _ = await admitted(client)
        assert node.live.claim(leg) is None
        assert (await client.health()).legs == 0


async def test_a_full_node_says_why_and_counts_what_it_deferred() -> None:
    async with node_with(LoudRecogniser(), workers=1) as node, TranscriberNode(node.control, TOKEN) as client:
        for _ in range(2):
            await admitted(client)
        refused = await client.admit(uuid4(), "call-2", "caller")
        health = await client.health()
    assert not refused.admitted
    assert "tối đa 2 với 1 nhân" in str(refused.reason)
    assert (health.admitted, health.deferred, health.ceiling) == (2, 1, 2)


async def test_announcing_twice_is_answered_twice_and_counted_once() -> None:
    async with node_with(LoudRecogniser()) as node, TranscriberNode(node.control, TOKEN) as client:
        leg, audio = await admitted(client)
        assert (await client.admit(leg, "call-1", "caller")).audio == audio
        assert (await client.health()).admitted == 1


@pytest.mark.parametrize("token", ["", "wrong", "ă"])
async def test_without_the_token_nothing_is_said(token: str) -> None:
    async with node_with(LoudRecogniser()) as node, aiohttp.ClientSession() as session:
        for method, path in (("GET", "/health"), ("GET", "/words"), ("POST", "/legs"), ("POST", "/transcribe")):
            headers = {"Authorization": f"Bearer {token}"}
            async with session.request(method, node.control + path, headers=headers) as response:
                assert response.status == 401


async def test_a_node_without_a_token_does_not_start() -> None:
    with pytest.raises(HotlineError, match="service_token"):
        node_web.control_app(None, "", "")  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"", b"{}", b"[1]", b'{"leg": "x", "call": "c", "side": "caller"}', b"\xff"])
async def test_a_malformed_announcement_is_refused(body: bytes) -> None:
    async with node_with(LoudRecogniser()) as node, aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with session.post(node.control + "/legs", data=body, headers=headers) as response:
            assert response.status == 400
            assert (await response.json())["error"]


async def test_an_engine_that_fails_costs_one_piece_and_says_so() -> None:
    failures = [True]

    def before(_: Side) -> None:
        if failures:
            failures.pop()
            raise RuntimeError("decoder broke")

    recogniser = LoudRecogniser(needs_gate=True, before=before)
    async with node_with(recogniser) as node, TranscriberNode(node.control, TOKEN) as client:
        leg, audio = await admitted(client)
        phone = await Phone.call(audio, leg)
        await phone.say(SENTENCE + PAUSE + SENTENCE + PAUSE)
        await phone.hang_up()
        told = await told_until_end(client.words())
    gap, said, end = (message for message in told if message.kind != "partial")
    assert (gap.kind, said.kind, end.kind) == ("gap", "final", "ended")
    assert gap.reason == live_leg.BROKEN_REASON
    assert said.words[0].start > 1.5


async def test_audio_that_cannot_be_kept_up_with_is_told_as_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_leg, "MOST_WAITING_SECONDS", 2.0)
    gate = threading.Event()
    recogniser = LoudRecogniser(before=lambda _: held(gate))
    async with node_with(recogniser) as node, TranscriberNode(node.control, TOKEN) as client:
        leg, audio = await admitted(client)
        phone = await Phone.call(audio, leg)
        await phone.say(SENTENCE * 5)
        await phone.hang_up()
        async with asyncio.timeout(30):
            while not node.live.is_over(leg):
                await asyncio.sleep(0.001)
        gate.set()
        told = await told_until_end(client.words())
        health = await client.health()
    # A long piece may find no room where a shorter one after it still does: then there is a gap on either side.
    gaps = [message for message in told if message.kind == "gap"]
    assert {gap.reason for gap in gaps} == {live_leg.BUSY_REASON}
    assert sum(gap.end - gap.start for gap in gaps) > 2.0
    heard = [word for message in told if message.kind == "final" for word in message.words]
    assert all(word.end <= gap.start + 0.3 or word.start >= gap.end - 0.3 for gap in gaps for word in heard)
    assert health.gaps == len(gaps)


async def test_words_survive_a_lost_connection_exactly_once() -> None:
    async with node_with(LoudRecogniser(needs_gate=True)) as node, TranscriberNode(node.control, TOKEN) as client:
        leg, audio = await admitted(client)
        phone = await Phone.call(audio, leg)
        words = client.words()
        await phone.say(SENTENCE + PAUSE)
        async with asyncio.timeout(30):
            first = await anext(words)
        await node_web._close_sockets(node.app)
        await phone.say(SENTENCE + PAUSE)
        await phone.hang_up()
        rest = await told_until_end(words)
    assert [message.number for message in [first, *rest] if message.number] == [1, 2, 3]


async def test_a_reader_who_does_not_read_harms_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_WAITING", 8)
    stalled: list[journal.Subscriber] = []
    read = journal.Subscriber.next

    async def stall_the_first(reader: journal.Subscriber) -> WordsMessage:
        stalled[:] = stalled or [reader]
        if reader is stalled[0]:
            await asyncio.Event().wait()
        return await read(reader)

    monkeypatch.setattr(journal.Subscriber, "next", stall_the_first)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with (
        node_with(LoudRecogniser()) as node,
        TranscriberNode(node.control, TOKEN) as client,
        aiohttp.ClientSession() as session,
        session.ws_connect(node.control + "/words", headers=headers),
    ):
        for call in range(2):
            leg, audio = await admitted(client)
            phone = await Phone.call(audio, leg)
            await phone.say((SENTENCE + PAUSE) * 4)
            await phone.hang_up()
            told = await told_until_end(client.words(), ends=call + 1)
    assert told[-1].leg == leg
    assert len(stalled[0]) <= 8


async def test_a_decoder_that_breaks_while_streaming_owns_up_to_everything_not_final() -> None:
    calls: list[int] = []

    def before(_: Side) -> None:
        calls.append(1)
        if len(calls) == 4:
            raise RuntimeError("decoder broke")

    async with node_with(LoudRecogniser(before=before)) as node, TranscriberNode(node.control, TOKEN) as client:
        leg, audio = await admitted(client)
        phone = await Phone.call(audio, leg)
        await phone.say(SENTENCE * 2)
        await phone.hang_up()
        told = await told_until_end(client.words())
    (gap,) = [message for message in told if message.kind == "gap"]
    assert gap.start == 0.0
    assert gap.end == pytest.approx(4 * 0.192)


async def test_the_finals_of_a_call_make_its_transcript() -> None:
    async with node_with(LoudRecogniser(needs_gate=True)) as node, TranscriberNode(node.control, TOKEN) as client:
        leg, audio = await admitted(client)
        phone = await Phone.call(audio, leg)
        await phone.say(SENTENCE + PAUSE + SENTENCE)
        await phone.hang_up()
        told = await told_until_end(client.words())
    said = [utterance for message in told if (utterance := message.utterance())]
    transcript = Transcript.of(said, engine="vosk", model="loud", seconds=told[-1].end)
    assert len(transcript.words) == sum(len(message.words) for message in told if message.kind == "final")


async def test_a_node_stops_when_it_is_told_to(tmp_path: Path) -> None:
    stop = asyncio.Event()
    ready: list[RunningNode] = []

    def on_ready(node: RunningNode) -> None:
        ready.append(node)
        stop.set()

    nothing = NodeSettings(models=tmp_path, registry=load_registry(), token=TOKEN, control_port=0, audio_port=0)
    async with asyncio.timeout(30):
        await run_node(nothing, stop, on_ready)
    assert ready[0].live.choice.engine == "none"
    with pytest.raises(OSError, match=r"refused|failed"):
        await asyncio.open_connection(*ready[0].audio.split(":"))


async def test_a_recording_is_transcribed_with_its_sides() -> None:
    recording = wav(SENTENCE + PAUSE, PAUSE + SENTENCE)
    async with node_with(LoudRecogniser()) as node, TranscriberNode(node.control, TOKEN) as client:
        transcript = await client.transcribe(recording)
    assert transcript.seconds == pytest.approx(2.0)
    by_side = {side: [word for word in transcript.words if word.leg == side] for side in ("caller", "operator")}
    assert by_side["caller"][0].start < 0.3
    assert by_side["operator"][0].start > 0.6


async def test_a_mono_recording_of_the_operator_is_the_operators() -> None:
    async with node_with(LoudRecogniser()) as node, TranscriberNode(node.control, TOKEN) as client:
        transcript = await client.transcribe(wav(SENTENCE), ["operator"])
    assert {word.leg for word in transcript.words} == {"operator"}


async def test_a_bad_recording_is_told_in_the_nodes_words() -> None:
    async with node_with(LoudRecogniser()) as node, TranscriberNode(node.control, TOKEN) as client:
        with pytest.raises(HotlineError, match="WAV"):
            await client.transcribe(b"not a wav")


async def test_without_an_engine_the_node_runs_and_refuses_with_the_reason() -> None:
    nothing = EngineChoice("none", "", "Chưa có mô hình nào.")
    async with (
        running_node(settings(), Engine(nothing, None, None)) as node,
        TranscriberNode(node.control, TOKEN) as client,
    ):
        answer = await client.admit(uuid4(), "call", "caller")
        with pytest.raises(NodeAwayError, match="Chưa có mô hình nào"):
            await client.transcribe(wav(SENTENCE))
        assert (await client.health()).engine == "none"
    assert not answer.admitted


async def test_a_node_that_is_away_refuses_and_keeps_no_call_waiting(unused_tcp_port: int) -> None:
    async with TranscriberNode(f"http://127.0.0.1:{unused_tcp_port}", TOKEN) as client:
        answer = await client.admit(uuid4(), "call", "caller")
        await client.release(uuid4())
        with pytest.raises(HotlineError):
            await client.health()
    assert (answer.admitted, answer.reason) == (False, AWAY)


async def test_a_taken_port_is_one_sentence() -> None:
    async with node_with(LoudRecogniser()) as node:
        port = int(node.audio.split(":")[1])
        taken = NodeSettings(models=Path("none"), registry={}, token=TOKEN, control_port=0, audio_port=port)
        with pytest.raises(HotlineError, match="HOTLINE_AUDIO_PORT"):
            async with running_node(taken, Engine(CHOICE, LoudRecogniser(), None)):
                pass
