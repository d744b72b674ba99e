"""The service's own small interface: its health, and what happens right now. No ticket and no page is served here."""

import asyncio
import hmac
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from hotline1022.base.errors import HotlineError
from hotline1022.live import Stage


def application(stage: Stage, token: str, health: Callable[[], Awaitable[dict[str, Any]]]) -> web.Application:
    """``GET /health`` for everybody who reaches the port; ``GET /live``, a websocket of messages, for those who hold ``token``."""

    async def tell_health(_request: web.Request) -> web.Response:
        return web.json_response(await health())

    async def tell_live(request: web.Request) -> web.StreamResponse:
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
            return web.Response(status=401)
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        await _tell_all(stage, socket)
        return socket

    app = web.Application()
    app.router.add_get("/health", tell_health)
    app.router.add_get("/live", tell_live)
    return app


async def _tell_all(stage: Stage, socket: web.WebSocketResponse) -> None:
    with stage.listening() as messages:
        leaving = asyncio.create_task(socket.receive())
        while not leaving.done():
            waiting = asyncio.create_task(messages.get())
            await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if waiting.done():
                await socket.send_str(waiting.result())
            else:
                waiting.cancel()


async def open_at(app: web.Application, host: str, port: int) -> web.AppRunner:
    """Serve the application until the runner is cleaned up. Raises HotlineError when the port is taken."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise HotlineError(
            f"Cổng {port} đã có chương trình khác dùng",
            remedy="đặt HOTLINE_HTTP_PORT thành một cổng trống rồi chạy lại",
        ) from error
    return runner
