"""The service's end of the line, for tests of Asterisk alone: it takes calls and does what the test says, no more."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import aiohttp
from aiohttp import web

from telephony.asterisk.configuration import LineSettings

_PATIENCE = 15


class DeliveredCall:
    """One call on one websocket: what Asterisk tells of it, and requests that travel back on the same socket."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._events: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._answers: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.start: dict[str, Any] = {}

    @property
    def channel(self) -> str:
        return str(self.start["channel"]["id"])

    async def listen(self) -> AsyncIterator[None]:
        """Read the socket to its end; yields once, when the call has been announced."""
        async for message in self._socket:
            event = json.loads(message.data)
            if event["type"] == "RESTResponse":
                self._answers.pop(event["request_id"]).set_result(event)
            elif event["type"] == "StasisStart" and not self.start:
                self.start = event
                yield
            else:
                self._events.put_nowait(event)

    async def until(self, kind: str) -> dict[str, Any]:
        """The next event of this type; the others before it are dropped."""
        async with asyncio.timeout(_PATIENCE):
            while (event := await self._events.get())["type"] != kind:
                pass
        return event

    async def ask(self, method: str, path: str, **query: str) -> dict[str, Any]:
        """An ARI request below ``channels/{this call}``."""
        request = str(uuid4())
        answer = self._answers[request] = asyncio.get_running_loop().create_future()
        await self._socket.send_json(
            {
                "type": "RESTRequest",
                "request_id": request,
                "method": method,
                "uri": f"channels/{self.channel}/{path}".rstrip("/"),
                "query_strings": [{"name": name, "value": value} for name, value in query.items()],
            }
        )
        async with asyncio.timeout(_PATIENCE):
            found: dict[str, Any] = await answer
        assert found["status_code"] < 300, found
        return found

    async def set(self, variable: str, value: str) -> None:
        await self.ask("POST", "variable", variable=variable, value=value)


class ServiceEnd:
    """Listens where Asterisk delivers calls."""

    def __init__(self, settings: LineSettings) -> None:
        self._settings = settings
        self._calls: asyncio.Queue[DeliveredCall] = asyncio.Queue()
        self._transports: list[asyncio.Transport] = []

    async def __aenter__(self) -> "ServiceEnd":
        application = web.Application()
        application.router.add_get("/calls", self._take)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        self._site = web.TCPSite(self._runner, "127.0.0.1", self._settings.calls_port)
        await self._site.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def call(self) -> DeliveredCall:
        """The next call that Asterisk delivers."""
        async with asyncio.timeout(_PATIENCE):
            return await self._calls.get()

    async def ari(self, method: str, path: str, body: object = None) -> tuple[int, Any]:
        """An ordinary ARI request over HTTP: status and answer."""
        async with (
            aiohttp.ClientSession(headers=self._basic) as session,
            session.request(method, f"{self._ari}/{path}", json=body) as answer,
        ):
            return answer.status, await answer.json(content_type=None)

    @asynccontextmanager
    async def media(self) -> AsyncIterator[Callable[[str], Awaitable[dict[str, Any]]]]:
        """The service's own websocket, without which no app ``hotline-media`` exists; gives what waits for an event."""
        async with (
            aiohttp.ClientSession(headers=self._basic) as session,
            session.ws_connect(f"{self._ari}/events?app=hotline-media") as socket,
        ):

            async def until(kind: str) -> dict[str, Any]:
                async with asyncio.timeout(_PATIENCE):
                    while (event := await socket.receive_json())["type"] != kind:
                        pass
                return dict(event)

            yield until

    @property
    def _ari(self) -> str:
        return f"http://127.0.0.1:{self._settings.ari_port}/ari"

    @property
    def _basic(self) -> dict[str, str]:
        user = base64.b64encode(f"service:{self._settings.ari_password}".encode()).decode()
        return {"Authorization": f"Basic {user}"}

    async def ami(self, *, secret: str | None = None, **action: str) -> str:
        """One AMI action by the service's user: the answer to it, or to the login that was refused."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._settings.ami_port)
        try:
            await reader.readline()
            login = {"Action": "Login", "Username": "service", "Secret": secret or self._settings.ami_secret}
            for fields in (login, action):
                writer.write("".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\n")
                async with asyncio.timeout(_PATIENCE):
                    while not (answer := await reader.readuntil(b"\r\n\r\n")).startswith(b"Response"):
                        pass
                if answer.startswith(b"Response: Error"):
                    break
            return answer.decode()
        finally:
            writer.close()

    async def die(self) -> None:
        """Be gone as a killed process is: nothing listens, and every call's socket is broken."""
        await self._site.stop()
        for transport in self._transports:
            transport.abort()

    async def _take(self, request: web.Request) -> web.WebSocketResponse:
        expected = base64.b64encode(f"asterisk:{self._settings.calls_password}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {expected}":
            raise web.HTTPUnauthorized
        socket = web.WebSocketResponse(protocols=("ari",))
        await socket.prepare(request)
        if request.transport is not None:
            self._transports.append(request.transport)
        call = DeliveredCall(socket)
        async for _ in call.listen():
            self._calls.put_nowait(call)
        return socket
