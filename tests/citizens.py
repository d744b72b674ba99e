"""Many citizens' telephones in one socket: each takes the hotline's call, says hello, presses keys, hangs up.

It counts what is rung, from outside: each INVITE, each key that Asterisk has acknowledged, and when. A key goes by SIP INFO (RFC 6086).
"""

import asyncio
import random
import re
import struct
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

LISTENS_SECONDS = 0.4
"""From the first sound of a question to the key; before it the hotline listens whether a person or a machine has taken the call."""

PATIENCE_SECONDS = 60.0
"""Whoever hears nothing for so long presses nothing."""

HELLO_PACKETS, SILENT_PACKETS, PACKET_SECONDS = 20, 80, 0.02
LOUD, SILENCE = (b"\x2a" * 10 + b"\xaa" * 10) * 8, b"\xd5" * 160
QUIET = frozenset(b"\xd5\x55")
RTP_HEAD = 12
"""20 ms of G.711 A-law: a square wave of 400 Hz, and nothing."""

THINKS_SECONDS = 0.6
"""Between two keys: longer than a question of the tests."""


@dataclass
class Taken:
    """One call that a telephone was rung for."""

    number: str
    rung_at: float
    at: datetime
    """The same instant as other clocks have it."""
    keys: list[float] = field(default_factory=list)
    """When each key was acknowledged."""
    heard: list[bytearray] = field(default_factory=lambda: [bytearray()])
    """What was said before the first key, and behind each that was acknowledged (A-law); nothing where nobody listens."""
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    """Something was heard."""
    over: asyncio.Event = field(default_factory=asyncio.Event)
    ended_at: float | None = None

    def end(self) -> None:
        """The call is over."""
        self.ended_at = self.ended_at or time.monotonic()
        self.over.set()


@dataclass
class Dialog:
    """What must be repeated in every request of a call."""

    call: str
    ours: str
    theirs: str
    contact: str
    number: int = 1


class Citizens(asyncio.DatagramProtocol):
    """Everybody who may be rung. ``status`` answers for a number: 200, 486.

    ``keys`` are pressed in each call, one after the other; a ``#`` among them is which call of this number it is. Who ``listens`` keeps
    what is said to them. ``calls`` are known by their Call-ID.
    """

    def __init__(self, keys: str, status: Callable[[str], int], *, listens: bool = False) -> None:
        self._keys, self._status, self._listens = keys, status, listens
        self.calls: dict[str, Taken] = {}
        self._heard_from: dict[tuple[str, int], Taken] = {}
        self._waiting: dict[str, asyncio.Future[int]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._transport: Any = None
        self.address: tuple[str, int] = ("", 0)

    def connection_made(self, transport: Any) -> None:
        """The socket is open."""
        self._transport, self.address = transport, transport.get_extra_info("sockname")

    def rung(self, number: str) -> list[Taken]:
        """The calls to a number, in order."""
        return [call for call in self.calls.values() if call.number == number]

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        """One SIP message, or a packet of what the hotline says."""
        if data[:1] == b"\x80":
            if (call := self._heard_from.get(sender)) is not None:
                self._hear(call, data[RTP_HEAD:])
            return
        head, _, body = data.decode("utf-8", "replace").partition("\r\n\r\n")
        first, *lines = head.split("\r\n")
        fields = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        vias = [line.partition(":")[2].strip() for line in lines if line.lower().startswith(("via:", "v:"))]
        if first.startswith("SIP/2.0"):
            waiting = self._waiting.pop(f"{fields['call-id']} {fields['cseq']}", None)
            if waiting and not waiting.done():
                waiting.set_result(int(first.split()[1]))
            return
        method = first.split()[0]
        if method == "INVITE" and fields["call-id"] not in self.calls:
            self._invited(first, fields, vias, body, sender)
        elif method in ("BYE", "CANCEL"):
            self._say(200, fields, vias, sender)
            if call := self.calls.get(fields["call-id"]):
                call.end()
        elif method == "OPTIONS":
            self._say(200, fields, vias, sender)

    def _hear(self, call: Taken, sound: bytes) -> None:
        if set(sound) - QUIET:
            call.asked.set()
        if self._listens:
            call.heard[-1] += sound

    def _invited(self, first: str, fields: dict[str, str], vias: list[str], body: str, sender: tuple[str, int]) -> None:
        number = re.search(r"sip:\+?(\d+)@", first)
        call = Taken(number[1] if number else "", time.monotonic(), datetime.now(UTC))
        self.calls[fields["call-id"]] = call
        tag = uuid4().hex[:12]
        self._say(180, fields, vias, sender, tag=tag)
        port = re.search(r"m=audio (\d+)", body)
        media = (
            f"v=0\r\no=- 1 1 IN IP4 {self.address[0]}\r\ns=-\r\nc=IN IP4 {self.address[0]}\r\nt=0 0\r\n"
            f"m=audio {self.address[1]} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n"
        )
        status = self._status(call.number)
        self._say(status, fields, vias, sender, tag=tag, body=media if status == 200 else "")
        if status != 200:
            call.end()
            return
        host = re.search(r"c=IN IP4 (\S+)", body)
        if host and port:
            self._heard_from[host[1], int(port[1])] = call
            self._begin(self._hello(call, (host[1], int(port[1]))))
        contact = re.search(r"<([^>]+)>", fields["contact"])
        dialog = Dialog(fields["call-id"], f"{fields['to']};tag={tag}", fields["from"], contact[1] if contact else "")
        self._begin(self._talk(call, dialog, sender))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _hello(self, call: Taken, line: tuple[str, int]) -> None:
        """Say something short, and then nothing, by RTP (RFC 3550)."""
        source = random.getrandbits(32)
        for number in range(HELLO_PACKETS + SILENT_PACKETS):
            if call.over.is_set():
                return
            head = struct.pack("!BBHII", 0x80, 8, number, number * 160, source)
            self._transport.sendto(head + (LOUD if number < HELLO_PACKETS else SILENCE), line)
            await asyncio.sleep(PACKET_SECONDS)

    async def _talk(self, call: Taken, dialog: Dialog, peer: tuple[str, int]) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(call.asked.wait(), PATIENCE_SECONDS)
        pause = LISTENS_SECONDS
        for key in self._keys.replace("#", str(self.rung(call.number).index(call) + 1)):
            with suppress(TimeoutError):
                await asyncio.wait_for(call.over.wait(), pause)
            if call.over.is_set():
                return
            if await self._ask("INFO", dialog, peer, f"Signal={key}\r\nDuration=160\r\n") == 200:
                call.keys.append(time.monotonic())
                call.heard.append(bytearray())
            pause = THINKS_SECONDS
        with suppress(TimeoutError):
            await asyncio.wait_for(call.over.wait(), pause)
        if not call.over.is_set():
            await self._ask("BYE", dialog, peer, "")
            call.end()

    async def _ask(self, method: str, dialog: Dialog, peer: tuple[str, int], body: str) -> int:
        dialog.number += 1
        host, port = self.address
        lines = [
            f"{method} {dialog.contact} SIP/2.0",
            f"Via: SIP/2.0/UDP {host}:{port};branch=z9hG4bK{uuid4().hex};rport",
            "Max-Forwards: 70",
            f"From: {dialog.ours}",
            f"To: {dialog.theirs}",
            f"Call-ID: {dialog.call}",
            f"CSeq: {dialog.number} {method}",
            *(["Content-Type: application/dtmf-relay"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        answer = self._waiting[f"{dialog.call} {dialog.number} {method}"] = asyncio.get_running_loop().create_future()
        self._transport.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), peer)
        try:
            return await asyncio.wait_for(answer, 2.0)
        except TimeoutError:
            return 0

    def _say(
        self,
        status: int,
        fields: dict[str, str],
        vias: list[str],
        peer: tuple[str, int],
        *,
        tag: str = "",
        body: str = "",
    ) -> None:
        reason = {180: "Ringing", 200: "OK", 486: "Busy Here"}.get(status, "No")
        to = fields["to"] + (f";tag={tag}" if tag and "tag=" not in fields["to"] else "")
        lines = [
            f"SIP/2.0 {status} {reason}",
            *(f"Via: {via}" for via in vias),
            f"From: {fields['from']}",
            f"To: {to}",
            f"Call-ID: {fields['call-id']}",
            f"CSeq: {fields['cseq']}",
            f"Contact: <sip:citizen@{self.address[0]}:{self.address[1]}>",
            *(["Content-Type: application/sdp"] if body else []),
            f"Content-Length: {len(body)}",
        ]
        self._transport.sendto(("\r\n".join(lines) + "\r\n\r\n" + body).encode(), peer)


def at_home(_number: str) -> int:
    """Everybody takes every call."""
    return 200


@contextmanager
def citizens(
    address: str, port: int, keys: str, status: Callable[[str], int] = at_home, *, listens: bool = False
) -> Iterator[Citizens]:
    """Citizens' telephones at ``address:port``, in a loop and thread of their own; those still in a call at the end just vanish."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="citizens", daemon=True)
    thread.start()

    async def opened() -> tuple[asyncio.DatagramTransport, Citizens]:
        return await loop.create_datagram_endpoint(
            lambda: Citizens(keys, status, listens=listens), local_addr=(address, port)
        )

    async def closed() -> None:
        transport.close()
        for task in list(telephones._tasks):
            task.cancel()
        await asyncio.gather(*telephones._tasks, return_exceptions=True)

    transport, telephones = asyncio.run_coroutine_threadsafe(opened(), loop).result(10)
    try:
        yield telephones
    finally:
        asyncio.run_coroutine_threadsafe(closed(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
