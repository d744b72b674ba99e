"""The ordinary ARI connection: requests over HTTP, and one event socket for what is not a caller's own flow (audio legs, hang-ups of
calls that are with operators). It reconnects by itself; what must be looked at again then is the caller's business."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
import structlog

from telephony.ari import LineDown, refusal

log = structlog.get_logger()

FIRST_GAP_SECONDS = 0.25
LONGEST_GAP_SECONDS = 2.0
"""Gaps between attempts to connect grow from the first to the longest, so that a restarted Asterisk is found within 5 seconds."""

TOLD_AFTER = 5
"""Attempts in a row that fail before it is told, once: an Asterisk that is only started again is back by then."""


class AriLink:
    """ARI by HTTP and the event socket of one application."""

    def __init__(self, base_url: str, user: str, password: str, app: str) -> None:
        self._base = base_url.rstrip("/")
        self._auth = {"Authorization": aiohttp.encode_basic_auth(user, password)}
        self._app = app
        self._session: aiohttp.ClientSession | None = None
        self.connected = asyncio.Event()

    async def __aenter__(self) -> "AriLink":
        self._session = aiohttp.ClientSession(headers=self._auth, timeout=aiohttp.ClientTimeout(total=5))
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session:
            await self._session.close()

    async def request(
        self, method: str, resource: str, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> Any:
        """See AriTransport."""
        assert self._session, "the link is used outside its context"  # noqa: S101
        try:
            async with self._session.request(method, f"{self._base}/{resource}", params=query, json=body) as response:
                content = await response.text()
                if response.status >= 400:
                    raise refusal(response.status, method, resource)
                return json.loads(content) if content else None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise LineDown from error

    async def listen(
        self, on_event: Callable[[dict[str, Any]], None], on_connect: Callable[[], Awaitable[None]]
    ) -> None:
        """Hand every event of the application to ``on_event``, in order, for ever; ``on_connect`` runs after each connection is made."""
        assert self._session, "the link is used outside its context"  # noqa: S101
        gap, failed = FIRST_GAP_SECONDS, 0
        while True:
            try:
                url = f"{self._base}/events?app={self._app}&subscribeAll=false"
                async with self._session.ws_connect(
                    url, heartbeat=10, timeout=aiohttp.ClientWSTimeout(ws_close=2)
                ) as socket:
                    gap = FIRST_GAP_SECONDS
                    reading = asyncio.create_task(_read(socket, on_event))
                    try:
                        await on_connect()
                        self.connected.set()
                        failed = 0
                        log.info("ari_connected")
                        await reading
                    finally:
                        reading.cancel()
            except (aiohttp.ClientError, OSError, TimeoutError, LineDown) as error:
                failed += 1
                if failed == TOLD_AFTER:
                    log.warning("ari_connect_failed", times=failed, reason=type(error.__cause__ or error).__name__)
            if self.connected.is_set():
                self.connected.clear()
                log.warning("ari_lost")
            await asyncio.sleep(gap)
            gap = min(gap * 2, LONGEST_GAP_SECONDS)


async def _read(socket: aiohttp.ClientWebSocketResponse, on_event: Callable[[dict[str, Any]], None]) -> None:
    async for message in socket:
        if message.type is aiohttp.WSMsgType.TEXT:
            on_event(json.loads(message.data))
