"""The line as a whole: the port that Asterisk dials for each call, the ordinary ARI socket, AMI, and the regular look at what is there."""

import asyncio
import hmac
from base64 import b64encode
from typing import Any

import structlog
from aiohttp import web

from hotline1022.base.errors import HotlineError
from hotline1022.base.tasks import keep_running
from telephony.ami import ActionRefused, Ami
from telephony.ari import Ari, LineDown
from telephony.ari_link import AriLink
from telephony.call_socket import CallSocket
from telephony.floor.hearing import FloorEar
from telephony.naming import QUEUE
from telephony.outgoing import TRUNK
from telephony.recovery import Recovery
from telephony.switchboard import Switchboard

log = structlog.get_logger()

MEDIA_APP = "hotline-media"
"""The ARI application of everything that is not a caller: audio legs and the snoops that record."""

LOOK_SECONDS = 5.0
"""Seconds between looks for calls and pieces that nobody drives."""


class Line:
    """Connects the switchboard to a running Asterisk and stays connected."""

    def __init__(
        self,
        *,
        link: AriLink,
        ami: Ami,
        switchboard: Switchboard,
        recovery: Recovery,
        floor: FloorEar,
        calls_port: int,
        calls_password: str,
    ) -> None:
        self._link = link
        self._ari = Ari(link)
        self._ami = ami
        self._switchboard = switchboard
        self._recovery = recovery
        self._floor = floor
        self._port = calls_port
        self._expected = "Basic " + b64encode(f"asterisk:{calls_password}".encode()).decode()

    async def run(self) -> None:
        """Serve calls until cancelled. Raises HotlineError when the port is taken."""
        app = web.Application()
        app.router.add_get("/calls", self._serve_call)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await self._open(runner)
            async with asyncio.TaskGroup() as group:
                group.create_task(self._link.listen(self._hear_channels, self._connected))
                group.create_task(self._ami.run(self._hear_queue, self._signed_in))
                group.create_task(keep_running("floor", self._floor.run))
                group.create_task(self._look_regularly())
        finally:
            await self._switchboard.close()
            await runner.cleanup()

    async def _open(self, runner: web.AppRunner) -> None:
        try:
            await web.TCPSite(runner, "127.0.0.1", self._port).start()
        except OSError as error:
            raise HotlineError(
                f"Cổng {self._port} dành cho Asterisk gọi tới đã có chương trình khác dùng",
                remedy="đặt HOTLINE_CALLS_PORT thành một cổng trống rồi chạy lại",
            ) from error

    async def _serve_call(self, request: web.Request) -> web.StreamResponse:
        if not hmac.compare_digest(request.headers.get("Authorization", ""), self._expected):
            return web.Response(status=401)
        socket = web.WebSocketResponse(protocols=("ari",), heartbeat=20)
        await socket.prepare(request)
        call = CallSocket(socket)
        reading = asyncio.create_task(call.read())
        try:
            await self._switchboard.take(call)
        finally:
            reading.cancel()
            await socket.close()
        return socket

    async def _connected(self) -> None:
        await self._ari.hear_only(MEDIA_APP, ["StasisStart", "ChannelStateChange", "ChannelDestroyed"])
        await self._ari.subscribe_endpoint(MEDIA_APP, TRUNK)
        await self._look()
        await self._floor.asterisk_is_back()

    def _hear_channels(self, event: dict[str, Any]) -> None:
        self._switchboard.hear(event)
        self._floor.hear_channel(event)

    def _hear_queue(self, event: dict[str, str]) -> None:
        self._switchboard.hear_queue(event)
        self._floor.hear(event)

    async def _signed_in(self) -> None:
        listed = await self._ami.list("QueueStatus", Queue=QUEUE)
        self._switchboard.board.reset(listed)
        await self._floor.ami_is_back(listed)

    async def _look(self) -> None:
        channels = await self._ari.channels()
        await self._switchboard.reconcile(channels, await self._ari.bridges())
        await self._recovery.look({channel["id"] for channel in channels})

    async def _look_regularly(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if not self._link.connected.is_set():
                continue
            try:
                await self._look()
            except (LineDown, ActionRefused, OSError) as error:
                log.warning("look_failed", reason=type(error).__name__)
