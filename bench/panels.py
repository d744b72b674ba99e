"""Many panels at one service: from the event to the page, memory per panel, and what one panel that stops reading costs the others.

The service's side is the product's own channel and doors in a process of its own; the pages are websockets of another one. A floor stands
beside it: one panel alone, in the same run. A browser's own drawing is not in the figures.
"""

import asyncio
import json
import multiprocessing
import os
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import aiohttp
from aiohttp import web

from bench.figures import milliseconds, table
from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import SystemClock
from hotline1022.panel.channel import Channel
from hotline1022.panel.doors import Doors

PANELS = 500
EVENTS = 400
GAP_SECONDS = 0.05
"""Between two events: twenty a second, more than a shift of a hundred people makes."""

EVENT = {"queue": {"open": True, "waiting": 3, "ready": 5}, "words": "đường ngập trước trường tiểu học " * 8}
"""Some 350 bytes, as an operator's state or a line of words has."""


@dataclass
class Seen:
    """What a run showed."""

    late: list[float] = field(default_factory=list)
    idle_bytes: int = 0
    open_bytes: int = 0
    end_bytes: int = 0


def measure(*, quick: bool) -> None:
    """Print the table."""
    many, events = (50, 60) if quick else (PANELS, EVENTS)
    rows = []
    for name, panels, stuck in (("one panel", 1, 0), (f"{many} panels", many, 0), (f"{many}, and one stuck", many, 1)):
        seen = asyncio.run(_run(panels, events, stuck))
        a_panel = (seen.open_bytes - seen.idle_bytes) / (panels + stuck) / 1024
        growth = (seen.end_bytes - seen.open_bytes) / 1024
        rows.append((name, milliseconds(seen.late), f"{a_panel:.0f}", f"{growth:.0f}"))
    print(table(("panels", "event to page, ms p50 / p99", "kB a panel", "kB more after all events"), rows))


async def _run(panels: int, events: int, stuck: int) -> Seen:
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(theirs, events), daemon=True)
    server.start()
    seen = Seen()
    try:
        url = f"ws://127.0.0.1:{await asyncio.to_thread(ours.recv)}/panel/events"
        seen.idle_bytes = _resident(server.pid)
        async with AsyncExitStack() as stack:
            session = await stack.enter_async_context(
                aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), cookies={"who": "operator"})
            )
            sockets = [await stack.enter_async_context(session.ws_connect(url)) for _ in range(panels)]
            for _ in range(stuck):
                await stack.enter_async_context(_Stuck(url))
            await asyncio.sleep(0.5)
            seen.open_bytes = _resident(server.pid)
            reading = [asyncio.create_task(_read(socket, events, seen.late)) for socket in sockets]
            ours.send("begin")
            await asyncio.gather(*reading)
            seen.end_bytes = _resident(server.pid)
    finally:
        server.kill()
        server.join()
    return seen


class _Stuck:
    """A panel that has opened and never reads again."""

    def __init__(self, url: str) -> None:
        self._host, self._port = "127.0.0.1", int(url.split(":")[2].split("/", maxsplit=1)[0])

    async def __aenter__(self) -> None:
        reader, self._writer = await asyncio.open_connection(self._host, self._port, limit=64)
        self._writer.write(
            b"GET /panel/events HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            b"Cookie: who=operator\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        )
        await reader.readline()
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]

    async def __aexit__(self, *_: object) -> None:
        self._writer.transport.abort()


async def _read(socket: aiohttp.ClientWebSocketResponse, events: int, late: list[float]) -> None:
    heard = 0
    while heard < events:
        message = json.loads((await socket.receive()).data)
        if message["type"] == "Queue":
            late.append(time.monotonic() - message["at"])
            heard += 1


def _resident(process: int | None) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _serve(pipe: Connection, events: int) -> None:
    asyncio.run(_serving(pipe, events))


async def _serving(pipe: Connection, events: int) -> None:
    async def who(_request: web.Request) -> Actor:
        return Actor(name="operator", role=Role.OPERATOR, account=1)

    async def still(_request: web.Request) -> bool:
        return True

    async def may_see(_actor: Actor, _code: str) -> bool:
        return True

    async def no_phone(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=404)

    channel, app = Channel(SystemClock(), may_see), web.Application()
    Doors(who, channel, no_phone, still).mount(app)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    pipe.send(runner.addresses[0][1])
    await asyncio.to_thread(pipe.recv)
    for _ in range(events):
        channel.tell("Queue", {"roles": ["operator"]}, at=time.monotonic(), **EVENT)
        await asyncio.sleep(GAP_SECONDS)
    await asyncio.sleep(60)
