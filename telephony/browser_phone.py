"""The way of a browser's telephone to Asterisk: SIP over one websocket, passed on as it is. Sound never goes this way; no call is known.

Asterisk itself listens on loopback only; whoever comes this way has shown the panel's session first, and still has to answer Asterisk's
own challenge with the secret of the shift.
"""

import asyncio
from contextlib import suppress

import aiohttp
from aiohttp import WSMessage, WSMsgType, web

PROTOCOL = "sip"
"""RFC 7118's name for SIP in a websocket."""

MOST_BYTES = 64 * 1024
"""Of one message; an offer with all its candidates has some 5 kB."""

BAD_GATEWAY = 502


class BrowserPhones:
    """Passes the websockets of browsers on to Asterisk at ``url``."""

    def __init__(self, url: str) -> None:
        self._url = url

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Pass one browser's messages on, both ways, until either side leaves. An Asterisk that is away is answered with 502."""
        async with aiohttp.ClientSession() as session:
            try:
                line = await session.ws_connect(
                    self._url,
                    protocols=(PROTOCOL,),
                    max_msg_size=MOST_BYTES,
                    timeout=aiohttp.ClientWSTimeout(ws_close=2),
                )
            except (aiohttp.ClientError, OSError, TimeoutError):
                return web.Response(status=BAD_GATEWAY)
            async with line:
                browser = web.WebSocketResponse(protocols=(PROTOCOL,), heartbeat=15, max_msg_size=MOST_BYTES)
                await browser.prepare(request)
                await self._pass(browser, line)
                await browser.close()
                return browser

    @staticmethod
    async def _pass(browser: web.WebSocketResponse, line: aiohttp.ClientWebSocketResponse) -> None:
        async def up() -> None:
            async for message in browser:
                await _send(message, line)

        async def down() -> None:
            async for message in line:
                await _send(message, browser)

        ways = {asyncio.create_task(up()), asyncio.create_task(down())}
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)


async def _send(message: WSMessage, to: web.WebSocketResponse | aiohttp.ClientWebSocketResponse) -> None:
    with suppress(ConnectionError):
        if message.type is WSMsgType.TEXT:
            await to.send_str(message.data)
        elif message.type is WSMsgType.BINARY:
            await to.send_bytes(message.data)
