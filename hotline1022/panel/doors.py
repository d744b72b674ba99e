"""The panel's two websockets and its page put onto the service: who may come in is asked here, before anything is opened."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from hotline1022.base.access import HOTLINE_ROLES, Actor
from hotline1022.panel import pages
from hotline1022.panel.channel import LOOK_SECONDS, Channel, WhoAsks

Serve = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Doors:
    """The panel's ways in. ``phone`` passes a browser's telephone on to Asterisk."""

    def __init__(
        self,
        who_asks: WhoAsks,
        channel: Channel,
        phone: Serve,
        still: Callable[[web.Request], Awaitable[bool]],
        look_seconds: float = LOOK_SECONDS,
    ) -> None:
        """``still`` says, every ``look_seconds``, whether whoever opened a panel by that request may still have it open."""
        self._who_asks, self._channel, self._phone = who_asks, channel, phone
        self._still, self._look_seconds = still, look_seconds

    def mount(self, app: web.Application) -> None:
        """Serve the page, ``/panel/events`` and ``/panel/phone``."""
        app.router.add_get("/panel/events", self._events)
        app.router.add_get("/panel/phone", self._telephone)
        pages.mount(app)

    async def _events(self, request: web.Request) -> web.StreamResponse:
        actor = await self._admitted(request)
        return await self._channel.serve(request, actor, lambda: self._still(request), self._look_seconds)

    async def _telephone(self, request: web.Request) -> web.StreamResponse:
        actor = await self._admitted(request)
        if actor.role not in HOTLINE_ROLES:
            raise web.HTTPForbidden
        return await self._phone(request)

    async def _admitted(self, request: web.Request) -> Actor:
        """Who comes in. A page of another origin cannot open a websocket with somebody's cookie: its browser says where it is from."""
        origin = request.headers.get("Origin")
        if origin is not None and urlsplit(origin).netloc != request.host:
            raise web.HTTPForbidden
        actor = await self._who_asks(request)
        if actor is None or actor.account is None:
            raise web.HTTPUnauthorized
        return actor
