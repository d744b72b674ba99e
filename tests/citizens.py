"""Many citizens' telephones in one socket: each takes the hotline's call, presses keys, hangs up. It speaks SIP and sends no audio.

It counts what is rung, from outside: each INVITE, each key that Asterisk has acknowledged, and when. A key goes by SIP INFO (RFC 6086).
"""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

HEARD_SECONDS = 4.5
"""After the answer the hotline first listens whether a person or a machine has taken the call; without any sound that takes longest."""

THINKS_SECONDS = 0.9
"""Between two keys: longer than a question of the tests."""


@dataclass
class Taken:
    """One call that a telephone was rung for."""

    number: str
    rung_at: float
    keys: list[float] = field(default_factory=list)
    """When each key was acknowledged."""
    over: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Dialog:
    """What must be repeated in every request of a call."""

    call: str
    ours: str
    theirs: str
    contact: str
    number: int = 1


class Citizens(asyncio.DatagramProtocol):
    """Everybody who may be rung. ``keys`` are pressed in each call, one after the other."""

    def __init__(self, keys: str, *, status: int = 200) -> None:
        self._keys, self._status = keys, status
        self.calls: dict[str, Taken] = {}
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
        """One SIP message."""
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
                call.over.set()
        elif method == "OPTIONS":
            self._say(200, fields, vias, sender)

    def _invited(self, first: str, fields: dict[str, str], vias: list[str], body: str, sender: tuple[str, int]) -> None:
        number = re.search(r"sip:\+?(\d+)@", first)
        call = self.calls[fields["call-id"]] = Taken(number[1] if number else "", time.monotonic())
        tag = uuid4().hex[:12]
        self._say(180, fields, vias, sender, tag=tag)
        port = re.search(r"m=audio (\d+)", body)
        media = (
            f"v=0\r\no=- 1 1 IN IP4 {self.address[0]}\r\ns=-\r\nc=IN IP4 {self.address[0]}\r\nt=0 0\r\n"
            f"m=audio {port[1] if port else 40000} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\na=sendrecv\r\n"
        )
        self._say(self._status, fields, vias, sender, tag=tag, body=media if self._status == 200 else "")
        if self._status != 200:
            return
        contact = re.search(r"<([^>]+)>", fields["contact"])
        dialog = Dialog(fields["call-id"], f"{fields['to']};tag={tag}", fields["from"], contact[1] if contact else "")
        task = asyncio.create_task(self._talk(call, dialog, sender))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _talk(self, call: Taken, dialog: Dialog, peer: tuple[str, int]) -> None:
        pause = HEARD_SECONDS
        for key in self._keys:
            with suppress(TimeoutError):
                await asyncio.wait_for(call.over.wait(), pause)
            if call.over.is_set():
                return
            if await self._ask("INFO", dialog, peer, f"Signal={key}\r\nDuration=160\r\n") == 200:
                call.keys.append(time.monotonic())
            pause = THINKS_SECONDS
        with suppress(TimeoutError):
            await asyncio.wait_for(call.over.wait(), pause)
        if not call.over.is_set():
            await self._ask("BYE", dialog, peer, "")
            call.over.set()

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


@asynccontextmanager
async def citizens(address: str, port: int, keys: str, *, status: int = 200) -> AsyncIterator[Citizens]:
    """Citizens' telephones at ``address:port``; those that are still in a call at the end just vanish."""
    transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
        lambda: Citizens(keys, status=status), local_addr=(address, port)
    )
    try:
        yield protocol
    finally:
        for task in list(protocol._tasks):
            task.cancel()
        transport.close()
