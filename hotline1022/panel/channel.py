"""What happens, told to every open panel over its websocket. One slow panel harms nobody; nothing is kept, no rule is decided here.

Whoever lost messages (a panel that read too slowly, one that reconnects) is told ``resync`` and fetches everything anew.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import structlog
from aiohttp import WSMsgType, web

from hotline1022.base.access import Actor
from hotline1022.base.clock import Clock
from hotline1022.base.errors import DatabaseAway
from hotline1022.base.http.routes import civil
from hotline1022.base.tasks import Background
from hotline1022.panel.audience import Audience, of_facts

log = structlog.get_logger()

LONGEST_QUEUE = 200
"""Messages that wait for one panel. One that reads slower loses what waits and is told so once."""

MOST_BYTES = 4096
"""Of what a panel may say at once."""

OVER = 4401
"""The websocket's close code when the session has ended."""

RESYNC = json.dumps({"type": "resync"})

WhoAsks = Callable[[web.Request], Awaitable[Actor | None]]
"""Whose session a request carries; None when it carries none."""

LOOK_SECONDS = 60.0
"""Between looks whether the session behind an open panel still holds."""

Still = Callable[[], Awaitable[bool]]
"""Whether whoever has opened a panel may still have it open."""

MaySee = Callable[[Actor, str], Awaitable[bool]]
"""Whether an actor may see the ticket of a code."""


@dataclass(eq=False)
class Panel:
    """One open page: who looks at it, and what still has to be told."""

    actor: Actor
    waiting: asyncio.Queue[str] = field(default_factory=asyncio.Queue)
    viewing: str | None = None
    typing: bool = False

    def tell(self, message: str) -> None:
        """Add a message, or forget all that waits and ask the page to look anew."""
        if self.waiting.qsize() >= LONGEST_QUEUE:
            while not self.waiting.empty():
                self.waiting.get_nowait()
            self.waiting.put_nowait(RESYNC)
        self.waiting.put_nowait(message)


class Channel:
    """All open panels."""

    def __init__(self, clock: Clock, may_see: MaySee, alive: Callable[[int], None] = lambda _account: None) -> None:
        self._clock, self._may_see = clock, may_see
        self.alive = alive
        """Called with an account each time one of its pages says that it lives."""
        self._background = Background("panels")
        self._panels: set[Panel] = set()
        self._sockets: dict[Panel, web.WebSocketResponse] = {}

    def __len__(self) -> int:
        """How many panels are open."""
        return len(self._panels)

    def tell(self, kind: str, audience: Audience | Mapping[str, Any], /, **facts: Any) -> None:
        """Tell those of the audience who have a panel open. The message is made once for all of them."""
        who = audience if isinstance(audience, Audience) else of_facts(audience)
        hearing = [panel for panel in self._panels if who.hears(panel.actor, panel.viewing)]
        if hearing:
            message = json.dumps({"type": kind, **facts}, ensure_ascii=False, default=str)
            for panel in hearing:
                panel.tell(message)

    async def serve(
        self, request: web.Request, actor: Actor, still: Still, look_seconds: float = LOOK_SECONDS
    ) -> web.StreamResponse:
        """Serve one panel's websocket until it leaves, or may not be open any more."""
        socket = web.WebSocketResponse(heartbeat=20, max_msg_size=MOST_BYTES, writer_limit=64 * 1024)
        await socket.prepare(request)
        panel = Panel(actor)
        panel.tell(json.dumps({"type": "hello", "at": civil(self._clock.now())}))
        self._panels.add(panel)
        self._sockets[panel] = socket
        writing = asyncio.create_task(_write(panel, socket))
        looking = asyncio.create_task(_look(still, socket, look_seconds))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._hear(panel, message.data)
        finally:
            writing.cancel()
            looking.cancel()
            self._panels.discard(panel)
            del self._sockets[panel]
            await self._view(panel, None, typing=False)
        return socket

    async def end(self, account: int) -> None:
        """Close the panels of an account whose session has ended."""
        for panel in [panel for panel in self._panels if panel.actor.account == account]:
            with suppress(ConnectionError):
                await self._sockets[panel].close(code=OVER)

    def end_soon(self, account: int) -> None:
        """Do so, for whoever cannot wait for it."""
        self._background.begin(self.end(account))

    async def _hear(self, panel: Panel, text: str) -> None:
        try:
            said = json.loads(text)
            kind = said["type"]
        except (ValueError, TypeError, KeyError):
            return
        if kind == "alive" and panel.actor.account is not None:
            self.alive(panel.actor.account)
        elif kind == "viewing":
            code = said.get("ticket")
            code = code if isinstance(code, str) and len(code) == 8 and code.isdecimal() else None
            await self._view(panel, code, typing=said.get("typing") is True)

    async def _view(self, panel: Panel, code: str | None, *, typing: bool) -> None:
        if code is not None and code != panel.viewing and not await self._may_see(panel.actor, code):
            code = None
        left, panel.viewing, panel.typing = panel.viewing, code, typing
        for ticket in {left, code} - {None}:
            self._tell_presence(str(ticket))

    def _tell_presence(self, code: str) -> None:
        """Tell everybody who has a ticket open who else has; a person with two pages is one."""
        people: dict[str, bool] = {}
        for panel in self._panels:
            if panel.viewing == code:
                people[panel.actor.name] = people.get(panel.actor.name, False) or panel.typing
        told = [{"name": name, "typing": typing} for name, typing in sorted(people.items())]
        self.tell("Presence", Audience(viewers_of=code), ticket=code, people=told)


async def _write(panel: Panel, socket: web.WebSocketResponse) -> None:
    with suppress(ConnectionError):
        while True:
            await socket.send_str(await panel.waiting.get())


async def _look(still: Still, socket: web.WebSocketResponse, seconds: float) -> None:
    while True:
        await asyncio.sleep(seconds)
        try:
            allowed = await still()
        except DatabaseAway:
            continue
        if not allowed:
            with suppress(ConnectionError):
                await socket.close(code=OVER)
            return
