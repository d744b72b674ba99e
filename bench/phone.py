"""A telephone that measures: it rings, sends and receives RTP, presses keys by RFC 4733, and knows to the packet when it heard what.

Arrival times are the kernel's (SO_TIMESTAMPNS), so that a busy bench does not make the hotline look slow. It is no
telephone for anything else: one codec, no authentication, loopback only.
"""

import asyncio
import random
import re
import socket
import struct
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import uuid4

from bench.tones import CALLER, FRAME, alaw_tone, loudest

_TIMESTAMPNS = 35
"""SO_TIMESTAMPNS of Linux, which the socket module does not name."""

_TRY_AGAIN_SECONDS = 0.5
_TRIES = 8
_FRAME_SECONDS = 0.02
_KEY_FRAMES = 6
"""A key is held for 120 ms: Asterisk would stretch a shorter one to 80 ms."""
_EVENTS = {key: number for number, key in enumerate("0123456789*#")}
_VOICE = alaw_tone(CALLER, 1.0)


class PhoneError(Exception):
    """The call did not go as it should; the message says what was missing."""


@dataclass(frozen=True)
class Heard:
    """A frame that arrived: when (seconds since the epoch, stamped by the kernel) and its loudest frequency."""

    at: float
    frequency: int


@dataclass
class ProbePhone:
    """One call of one telephone; made by ``ringing``."""

    address: str
    server: tuple[str, int]
    number: str
    sip: socket.socket
    rtp: socket.socket
    answered_at: float = 0.0
    first_heard_at: float | None = None
    call_id: str = field(default_factory=lambda: uuid4().hex)
    tag: str = field(default_factory=lambda: uuid4().hex[:8])
    _answers: asyncio.Queue[tuple[float, str]] = field(default_factory=asyncio.Queue)
    _frames: list[Heard] = field(default_factory=list)
    _fresh: asyncio.Event = field(default_factory=asyncio.Event)
    _media: tuple[str, int] | None = None
    _to: str = ""
    _target: str = ""
    _over: bool = False
    _key: str | None = None
    _key_sent: asyncio.Future[float] | None = None

    async def ring(self) -> None:
        """Ring and be answered. Raises PhoneError."""
        port = self.rtp.getsockname()[1]
        sdp = (
            f"v=0\r\no=- 1 1 IN IP4 {self.address}\r\ns=-\r\nc=IN IP4 {self.address}\r\nt=0 0\r\nm=audio {port} RTP/AVP 8 101\r\n"
            "a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\n"
        )
        self._to, self._target = f"<sip:1022@{self.server[0]}>", f"sip:1022@{self.server[0]}:{self.server[1]}"
        at, answer = await self._ask("INVITE", 1, sdp)
        if not answer.startswith("SIP/2.0 200"):
            raise PhoneError(f"refused: {answer.splitlines()[0]}")
        self.answered_at = at
        self._to, self._target = _header(answer, "To"), _header(answer, "Contact").strip("<>")
        self._send(self._request("ACK", 1))
        where, port_there = re.search(r"^c=IN IP4 (\S+)", answer, re.M), re.search(r"^m=audio (\d+)", answer, re.M)
        if where is None or port_there is None:
            raise PhoneError("an answer without media")
        self._media = (where[1], int(port_there[1]))

    async def hears(self, frequency: int, since: float, patience: float = 12.0) -> float:
        """When a tone was first heard after ``since``. Raises PhoneError after ``patience`` seconds or when the call ends."""
        looked = 0
        try:
            async with asyncio.timeout(patience):
                while True:
                    self._fresh.clear()
                    for frame in self._frames[looked:]:
                        if frame.at >= since and frame.frequency == frequency:
                            return frame.at
                    looked = len(self._frames)
                    if self._over:
                        raise PhoneError("hung up by the other side")
                    await self._fresh.wait()
        except TimeoutError as error:
            raise PhoneError(f"{frequency} Hz not heard in {patience:.0f} s") from error

    async def press(self, key: str) -> float:
        """Press and release a key; gives when the packet that ends it was sent."""
        self._key, self._key_sent = key, asyncio.get_running_loop().create_future()
        return await self._key_sent

    async def hang_up(self) -> None:
        """End the call. Raises PhoneError when nobody answers to that."""
        if not self._over:
            await self._ask("BYE", 2)

    # SIP -------------------------------------------------------------------------------------------------------------

    async def _ask(self, method: str, number: int, sdp: str = "") -> tuple[float, str]:
        request, wanted = self._request(method, number, sdp), re.compile(rf"^CSeq: *{number} {method}", re.M | re.I)
        heard = False
        for _ in range(_TRIES):
            if not heard:
                self._send(request)
            try:
                async with asyncio.timeout(_TRY_AGAIN_SECONDS if not heard else _TRY_AGAIN_SECONDS * _TRIES * 2):
                    while True:
                        at, answer = await self._answers.get()
                        heard = heard or bool(wanted.search(answer))
                        if wanted.search(answer) and not answer.startswith("SIP/2.0 1"):
                            return at, answer
            except TimeoutError:
                continue
        raise PhoneError(f"no answer to {method}")

    def _request(self, method: str, number: int, sdp: str = "") -> str:
        here = f"{self.address}:{self.sip.getsockname()[1]}"
        return (
            f"{method} {self._target} SIP/2.0\r\nVia: SIP/2.0/UDP {here};branch=z9hG4bK{uuid4().hex};rport\r\nMax-Forwards: 70\r\n"
            f"From: <sip:{self.number}@{self.address}>;tag={self.tag}\r\nTo: {self._to}\r\nCall-ID: {self.call_id}\r\n"
            f"CSeq: {number} {method}\r\nContact: <sip:{self.number}@{here}>\r\n"
            + ("Content-Type: application/sdp\r\n" if sdp else "")
            + f"Content-Length: {len(sdp)}\r\n\r\n{sdp}"
        )

    def _send(self, message: str) -> None:
        self.sip.sendto(message.encode(), self.server)

    def sip_arrives(self) -> None:
        """Take what the SIP socket holds."""
        for at, packet in _packets(self.sip):
            text = packet.decode("utf-8", "replace")
            if text.startswith("SIP/2.0"):
                self._answers.put_nowait((at, text))
            elif text.startswith("BYE"):
                self._over = True
                self._fresh.set()
                kept = "".join(
                    f"{line}\r\n" for line in text.split("\r\n\r\n")[0].splitlines()[1:]
                    if line.split(":")[0].lower() in ("via", "from", "to", "call-id", "cseq")
                )  # fmt: skip
                self._send(f"SIP/2.0 200 OK\r\n{kept}Content-Length: 0\r\n\r\n")

    # RTP -------------------------------------------------------------------------------------------------------------

    def rtp_arrives(self) -> None:
        """Take what the RTP socket holds."""
        for at, packet in _packets(self.rtp):
            if len(packet) > 12 and packet[1] & 0x7F == 8:
                self.first_heard_at = self.first_heard_at or at
                self._frames.append(Heard(at, loudest(packet[12:])))
        self._fresh.set()

    async def speak(self) -> None:
        """Send the caller's voice, or the key that is being pressed, every 20 ms until cancelled."""
        source, sequence, stamp = random.getrandbits(32), random.getrandbits(15), random.getrandbits(31)
        due, key_frame, key_stamp = time.monotonic(), 0, 0
        while True:
            if self._media:
                if self._key is None:
                    offset = stamp % len(_VOICE) // FRAME * FRAME
                    self._send_rtp(8, sequence, stamp, source, _VOICE[offset : offset + FRAME])
                else:
                    key_frame += 1
                    key_stamp = key_stamp or stamp
                    last = key_frame == _KEY_FRAMES
                    event = struct.pack("!BBH", _EVENTS[self._key], 0x8A if last else 0x0A, key_frame * FRAME)
                    for copy in range(3 if last else 1):
                        self._send_rtp(101 | (0x80 if key_frame == 1 else 0), sequence + copy, key_stamp, source, event)
                        if last and copy == 0 and self._key_sent:
                            self._key_sent.set_result(time.time())
                    if last:
                        sequence += 2
                        self._key, key_frame, key_stamp = None, 0, 0
                sequence, stamp = (sequence + 1) & 0xFFFF, (stamp + FRAME) & 0xFFFFFFFF
            due = max(due + _FRAME_SECONDS, time.monotonic() - 0.1)
            await asyncio.sleep(due - time.monotonic())

    def _send_rtp(self, kind: int, sequence: int, stamp: int, source: int, payload: bytes) -> None:
        if self._media:
            header = struct.pack("!BBHII", 0x80, kind, sequence & 0xFFFF, stamp & 0xFFFFFFFF, source)
            self.rtp.sendto(header + payload, self._media)


@asynccontextmanager
async def ringing(server: tuple[str, int], *, address: str, number: str) -> AsyncIterator[ProbePhone]:
    """A call that has been answered; it is hung up at the end of the block. Raises PhoneError."""
    loop = asyncio.get_running_loop()
    with _socket(address) as sip, _socket(address) as rtp:
        phone = ProbePhone(address, server, number, sip, rtp)
        loop.add_reader(sip, phone.sip_arrives)
        loop.add_reader(rtp, phone.rtp_arrives)
        speaking = asyncio.create_task(phone.speak())
        try:
            await phone.ring()
            try:
                yield phone
            finally:
                await phone.hang_up()
        finally:
            speaking.cancel()
            await asyncio.wait({speaking})
            loop.remove_reader(sip)
            loop.remove_reader(rtp)


def _socket(address: str) -> socket.socket:
    door = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    door.setsockopt(socket.SOL_SOCKET, _TIMESTAMPNS, 1)
    door.setblocking(False)
    door.bind((address, 0))
    return door


def _packets(door: socket.socket) -> list[tuple[float, bytes]]:
    """Everything that waits in a socket, with the kernel's time of arrival."""
    found: list[tuple[float, bytes]] = []
    while True:
        try:
            packet, extras, _flags, _peer = door.recvmsg(4096, 64)
        except (BlockingIOError, ConnectionRefusedError):
            return found
        stamps = [struct.unpack("qq", data[:16]) for _level, kind, data in extras if kind == _TIMESTAMPNS]
        seconds, nanoseconds = stamps[0] if stamps else (time.time(), 0)
        found.append((seconds + nanoseconds / 1e9, packet))


def _header(message: str, name: str) -> str:
    found = re.search(rf"^{name}: *(.*?)\r?$", message, re.M | re.I)
    if found is None:
        raise PhoneError(f"an answer without {name}")
    return found[1]
