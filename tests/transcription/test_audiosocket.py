"""Asterisk's frames arrive whole however TCP cuts them, and a stranger gets nowhere."""

import asyncio
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription import audiosocket
from transcription.audiosocket import AUDIO, DIGIT, ERROR, HANGUP, IDENTITY, AudioSocket

LEG = UUID("12345678-1234-4234-8234-123456789abc")


def frame(kind: int, payload: bytes = b"") -> bytes:
    return bytes([kind]) + len(payload).to_bytes(2, "big") + payload


HELLO = frame(IDENTITY, LEG.bytes)


class Ear:
    """A sink that remembers."""

    def __init__(self) -> None:
        self.heard = b""
        self.ended = 0
        self.full = False

    def audio(self, pcm: bytes) -> None:
        self.heard += pcm

    def closed(self) -> None:
        self.ended += 1


class Wire(asyncio.Transport):
    """A transport that remembers what was done to it."""

    def __init__(self) -> None:
        super().__init__()
        self.is_closed = False
        self.paused = False

    def close(self) -> None:
        self.is_closed = True

    def pause_reading(self) -> None:
        self.paused = True

    def resume_reading(self) -> None:
        self.paused = False

    def is_reading(self) -> bool:
        return not self.paused


def connected(ear: Ear, leg: UUID = LEG) -> tuple[AudioSocket, Wire]:
    protocol, wire = AudioSocket(lambda claimed: ear if claimed == leg else None), Wire()
    protocol.connection_made(wire)
    return protocol, wire


def receive(protocol: AudioSocket, data: bytes, cut: int) -> None:
    for offset in range(0, len(data), cut):
        piece = data[offset : offset + cut]
        buffer = protocol.get_buffer(-1)
        buffer[: len(piece)] = piece
        protocol.buffer_updated(len(piece))


@given(st.lists(st.binary(max_size=400).map(lambda b: b[: len(b) // 2 * 2]), max_size=12), st.integers(1, 700))
def test_audio_is_the_same_however_tcp_cuts_it(payloads: list[bytes], cut: int) -> None:
    async def run() -> None:
        ear = Ear()
        protocol, _ = connected(ear)
        receive(protocol, HELLO + b"".join(frame(AUDIO, payload) for payload in payloads) + frame(HANGUP), cut)
        assert ear.heard == b"".join(payloads)
        assert ear.ended == 1

    asyncio.run(run())


async def test_an_unannounced_leg_is_closed_unheard() -> None:
    ear = Ear()
    protocol, wire = connected(ear, leg=uuid4())
    receive(protocol, HELLO + frame(AUDIO, b"\1\1" * 160), 50)
    assert wire.is_closed
    assert ear.heard == b""


@pytest.mark.parametrize(
    "opening",
    [
        frame(AUDIO, b"\0\0"),
        frame(IDENTITY, b"short"),
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" + b"x" * 0x3000,
        frame(ERROR, b"\1"),
    ],
)
async def test_whoever_does_not_begin_with_a_name_is_closed(opening: bytes) -> None:
    protocol, wire = connected(Ear())
    receive(protocol, opening, 1000)
    protocol.connection_lost(None)
    assert wire.is_closed


@pytest.mark.parametrize("kind", [HANGUP, ERROR, 0x12, 0x7F, IDENTITY])
async def test_what_should_not_come_ends_the_leg(kind: int) -> None:
    ear = Ear()
    protocol, wire = connected(ear)
    receive(protocol, HELLO + frame(kind, b"12") + frame(AUDIO, b"\1\1"), 9)
    assert wire.is_closed
    assert (ear.heard, ear.ended) == (b"", 1)


async def test_keys_during_speech_are_passed_over() -> None:
    ear = Ear()
    protocol, wire = connected(ear)
    receive(protocol, HELLO + frame(DIGIT, b"5") + frame(AUDIO, b"\1\2"), 4)
    assert ear.heard == b"\1\2"
    assert not wire.is_closed


async def test_half_a_sample_is_not_heard() -> None:
    ear = Ear()
    protocol, _ = connected(ear)
    receive(protocol, HELLO + frame(AUDIO, b"\1\2\3"), 100)
    assert ear.heard == b"\1\2"


@given(st.binary(max_size=3000), st.integers(1, 500), st.booleans())
def test_garbage_is_survived(data: bytes, cut: int, named: bool) -> None:
    async def run() -> None:
        ear = Ear()
        protocol, _ = connected(ear)
        receive(protocol, (HELLO if named else b"") + data, cut)
        protocol.connection_lost(None)
        assert ear.ended == (1 if named else ear.ended)

    asyncio.run(run())


async def test_a_silent_stranger_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiosocket, "HELLO_SECONDS", 0.0)
    _, wire = connected(Ear())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert wire.is_closed


async def test_a_full_sink_makes_the_sender_wait_and_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audiosocket, "FULL_SECONDS", 0.0)
    ear = Ear()
    protocol, wire = connected(ear)
    ear.full = True
    receive(protocol, HELLO + frame(AUDIO, b"\1\2"), 100)
    waited = wire.paused
    ear.full = False
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert (waited, wire.paused, ear.heard) == (True, False, b"\1\2")
