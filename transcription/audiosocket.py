"""Asterisk's AudioSocket: frames of a type byte, a big-endian length and a payload, on TCP.

It knows no leg and recognises nothing.

The peer is untrusted: it must name an announced leg within HELLO_SECONDS, and anything it should not send closes the
connection.
"""

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

HANGUP, IDENTITY, DIGIT, AUDIO, ERROR = 0x00, 0x01, 0x03, 0x10, 0xFF
"""Frame types. AUDIO is 8000 Hz 16-bit little-endian mono; other rates have other types and are not taken."""

HEADER = 3
LARGEST_FRAME = HEADER + 0xFFFF
HELLO_SECONDS = 5.0
FULL_SECONDS = 0.1
"""How often a full sink is looked at again. The sender waits meanwhile; TCP loses nothing."""


class Sink(Protocol):
    """Where the audio of one leg goes. Called on the event loop; must not block."""

    def audio(self, pcm: bytes) -> None:
        """The next audio of the leg."""
        ...

    def closed(self) -> None:
        """No more audio comes."""
        ...

    @property
    def full(self) -> bool:
        """True while the sink wants the sender to wait."""
        ...


class AudioSocket(asyncio.BufferedProtocol):
    """One connection. ``claim`` gives the sink of a leg that was announced, once, or None for any other."""

    def __init__(self, claim: Callable[[UUID], Sink | None]) -> None:
        self._claim = claim
        self._buffer = bytearray(LARGEST_FRAME)
        self._filled = 0
        self._sink: Sink | None = None
        self._transport: asyncio.Transport | None = None
        self._hello: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Wait for the leg's name, but not for long."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a TCP server makes no other
        self._transport = transport
        # A peer that vanished without a word must be noticed one day.
        if raw := transport.get_extra_info("socket"):
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._hello = asyncio.get_running_loop().call_later(HELLO_SECONDS, self._close)

    def get_buffer(self, sizehint: int) -> memoryview:  # noqa: ARG002 - the frame's size decides
        """Where the next bytes go: behind what is not yet a whole frame."""
        return memoryview(self._buffer)[self._filled :]

    def buffer_updated(self, nbytes: int) -> None:
        """Take every whole frame, keep the rest for later."""
        self._filled += nbytes
        start = 0
        while self._filled - start >= HEADER and self._transport is not None:
            length = HEADER + (self._buffer[start + 1] << 8 | self._buffer[start + 2])
            if self._filled - start < length:
                break
            self._frame(self._buffer[start], bytes(self._buffer[start + HEADER : start + length]))
            start += length
        if start:
            self._buffer[: self._filled - start] = self._buffer[start : self._filled]
            self._filled -= start
        self._wait_while_full()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - lost is lost
        """The leg is over."""
        self._close()

    def _wait_while_full(self) -> None:
        if self._transport is None or self._sink is None:
            return
        if self._sink.full:
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(FULL_SECONDS, self._wait_while_full)
        elif not self._transport.is_reading():
            self._transport.resume_reading()

    def _frame(self, kind: int, payload: bytes) -> None:
        if self._sink is None:
            self._begin(kind, payload)
        elif kind == AUDIO:
            self._sink.audio(payload[: len(payload) // 2 * 2])
        elif kind != DIGIT:
            self._close()

    def _begin(self, kind: int, payload: bytes) -> None:
        if kind == IDENTITY and len(payload) == 16:
            self._sink = self._claim(UUID(bytes=payload))
        if self._sink is None:
            self._close()
        elif self._hello:
            self._hello.cancel()

    def _close(self) -> None:
        if self._hello:
            self._hello.cancel()
        transport, self._transport = self._transport, None
        sink, self._sink = self._sink, None
        if transport is not None:
            transport.close()
        if sink is not None:
            sink.closed()
