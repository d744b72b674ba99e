"""The service put together: every part is made here, once, and given to those who need it. No rule and no reaction is written here."""

import asyncio
import hmac
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from aiohttp import web

from hotline1022 import installation
from hotline1022.base import outbox
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway, HotlineError
from hotline1022.base.jobs import JobQueue, Jobs
from hotline1022.base.ledger import Ledger
from hotline1022.base.outbox import Relay
from hotline1022.base.spool import Spool
from hotline1022.base.tasks import keep_running
from hotline1022.config import Settings
from hotline1022.live import Stage
from hotline1022.product import Hotline
from hotline1022.story import TRANSCRIPTION_QUEUE, Story
from telephony.aftermath import Aftermath
from telephony.ami import Ami
from telephony.ari import Ari
from telephony.ari_link import AriLink
from telephony.asterisk.configuration import LineSettings
from telephony.call_book import CallBook
from telephony.events import Side
from telephony.line import MEDIA_APP, Line
from telephony.live import LiveLegs
from telephony.progress import ProgressFolder
from telephony.recorder import Recorder
from telephony.recordings import RecordingShelf
from telephony.recovery import Recovery
from telephony.switchboard import Switchboard
from tickets.desk import Desk
from tickets.rules import StandingRules
from transcription.client import NodeAwayError, TranscriberNode
from transcription.listening import LiveWords
from transcription.shelf import TranscriptShelf

log = structlog.get_logger()

CODES_AHEAD_SECONDS = 5.0
CHANGED_FILES_SECONDS = 2.0
"""Seconds between looks for codes to reserve, and for files that a province has changed."""


class Listening:
    """Implements ``telephony.live.Listening`` by asking a transcriber node."""

    def __init__(self, node: TranscriberNode) -> None:
        self._node = node

    async def admit(self, leg: str, call: str, side: Side) -> str | None:
        """See telephony.live.Listening."""
        answer = await self._node.admit(UUID(leg), call, side)
        if not answer.admitted:
            log.info("live_leg_deferred", call=call, side=side)
        return answer.audio if answer.admitted else None

    async def release(self, leg: str) -> None:
        """See telephony.live.Listening."""
        await self._node.release(UUID(leg))


class Service:
    """The running service: made by ``assembled``, led by ``run``."""

    def __init__(
        self, settings: Settings, clock: Clock, database: Database, link: AriLink, node: TranscriberNode
    ) -> None:
        self.settings, self.clock, self.database, self.node = settings, clock, database, node
        self.stage = Stage()
        self.jobs = Jobs(
            settings.jobs_database,
            settings.node_name,
            queues=(JobQueue(name=TRANSCRIPTION_QUEUE, at_once=1, look_every=1.0),),
        )
        self._jobs_started = False
        self.relay = Relay(database, self.jobs.enqueue, self._jobs_of, clock)
        database.committed = self.relay.poke
        self.ledger = Ledger(database, Spool(settings.data / "spool" / "events"))
        self.rules = StandingRules(settings.data / "rules")
        self.desk = Desk(database, clock, self.rules, outbox.add)
        self.transcripts = TranscriptShelf(database, clock, outbox.add)
        self.live_words = LiveWords(node, self.transcripts)
        line = installation.line_settings(settings)
        prompts = installation.lay_prompts(settings)
        self.flows = installation.flow_shelf(settings)
        self.product = Hotline(
            clock=clock,
            ledger=self.ledger,
            desk=self.desk,
            rules=self.rules,
            stage=self.stage,
            flow=lambda: self.flows.current,
            sounds=line.sounds,
            playable=prompts.playable,
            always_open=settings.hours == "always",
            silence_means_recorded=settings.silence_means_recorded,
        )
        self._put_the_line_together(line, link)
        self.story = Story(
            book=CallBook(database),
            aftermath=self.aftermath,
            recordings=self.recordings,
            transcripts=self.transcripts,
            transcriber=node,
            desk=self.desk,
            rules=self.rules,
            stage=self.stage,
        )
        for name, job, queue in self.story.jobs():
            self.jobs.handle(name, job, **({"queue": queue} if queue else {}))

    def _put_the_line_together(self, line: LineSettings, link: AriLink) -> None:
        settings, takes, ari = self.settings, line.folder / "spool" / "recording", Ari(link)
        common: dict[str, Any] = {"node": settings.node_name, "clock": self.clock, "product": self.product}
        recorder = Recorder(ari, MEDIA_APP, takes)
        progress = ProgressFolder(settings.data / "calls")
        self.recordings = RecordingShelf(settings.data / "recordings")
        self.ami = Ami("127.0.0.1", settings.ami_port, "service", settings.ami_secret.get_secret_value())
        self.link = link
        self.switchboard = Switchboard(
            **common,
            recorder=recorder,
            legs=LiveLegs(ari, MEDIA_APP, Listening(self.node)),
            progress=progress,
            takes=takes,
        )
        recovery = Recovery(
            **common,
            switchboard=self.switchboard,
            recorder=recorder,
            progress=progress,
            reports=line.reports,
            takes=takes,
        )
        self.aftermath = Aftermath(**common, recorder=recorder, shelf=self.recordings, takes=takes)
        self.line = Line(
            link=link,
            ami=self.ami,
            switchboard=self.switchboard,
            recovery=recovery,
            calls_port=settings.calls_port,
            calls_password=settings.calls_password.get_secret_value(),
        )

    def _jobs_of(self, event_name: str) -> Sequence[str]:
        return self.story.jobs_of(event_name)

    async def run(self) -> None:
        """Serve until cancelled. Calls are served at once, also while the database is away. Raises HotlineError when a port is taken."""
        runner = web.AppRunner(self._web(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            await self._open(runner)
            async with asyncio.TaskGroup() as group:
                group.create_task(self.line.run())
                group.create_task(keep_running("ledger", self.ledger.run))
                group.create_task(keep_running("jobs", self._work_on_jobs))
                group.create_task(keep_running("codes", self._keep_codes))
                group.create_task(keep_running("changed files", self._take_changed_files))
                group.create_task(keep_running("live words", lambda: self.live_words.run(self.stage.tell)))
        finally:
            await runner.cleanup()
            await self.jobs.stop()

    async def _open(self, runner: web.AppRunner) -> None:
        try:
            await web.TCPSite(runner, self.settings.http_bind, self.settings.http_port).start()
        except OSError as error:
            raise HotlineError(
                f"Cổng {self.settings.http_port} đã có chương trình khác dùng",
                remedy="đặt HOTLINE_HTTP_PORT thành một cổng trống rồi chạy lại",
            ) from error

    async def _work_on_jobs(self) -> None:
        while not self._jobs_started:
            try:
                await self.jobs.start()
                self._jobs_started = True
            except DatabaseAway:
                log.warning("jobs_wait_for_database")
                await asyncio.sleep(2)
        await self.relay.run()

    async def _take_changed_files(self) -> None:
        """Flows, prompts and rules that a province changes are taken without a restart; a broken file leaves the last good ones."""
        seen = self._province_files()
        while True:
            await asyncio.sleep(CHANGED_FILES_SECONDS)
            found = await asyncio.to_thread(self._province_files)
            if found != seen:
                seen = found
                await asyncio.to_thread(self._reload)

    def _province_files(self) -> dict[Path, tuple[int, int]]:
        folders = (self.settings.data / name for name in ("flows", "prompts", "rules"))
        files = (path for folder in folders for path in folder.rglob("*") if path.is_file())
        return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files}

    def _reload(self) -> None:
        try:
            installation.refresh_flows(self.settings, self.flows)
            self.product.playable = installation.lay_prompts(self.settings).playable
            self.rules.reload()
        except HotlineError as error:
            log.error("changed_file_refused", reason=str(error))
        for finding in self.flows.findings:
            log.log(
                logging.ERROR if finding.level == "error" else logging.WARNING, "flow_finding", finding=str(finding)
            )
        log.info("files_reloaded", flow=self.flows.current.version)

    async def _keep_codes(self) -> None:
        while True:
            try:
                await self.desk.keep_codes_ahead()
            except DatabaseAway:
                log.warning("codes_wait_for_database")
            await asyncio.sleep(CODES_AHEAD_SECONDS)

    # The service's own small interface: health, and what happens right now -------------------------------------------

    def _web(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/health", self._health)
        app.router.add_get("/live", self._live)
        return app

    async def _health(self, _request: web.Request) -> web.Response:
        try:
            node: dict[str, Any] = (await self.node.health()).model_dump()
        except NodeAwayError as error:
            node = {"engine": "none", "why": str(error)}
        return web.json_response(
            {
                "asterisk": self.link.connected.is_set(),
                "queue": self.ami.connected.is_set(),
                "calls": len(self.switchboard.callers),
                "flow": self.flows.current.version,
                "transcriber": {name: node.get(name) for name in ("engine", "model", "why")},
            }
        )

    async def _live(self, request: web.Request) -> web.StreamResponse:
        expected = f"Bearer {self.settings.service_token.get_secret_value()}"
        if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected.encode()):
            return web.Response(status=401)
        socket = web.WebSocketResponse(heartbeat=20)
        await socket.prepare(request)
        with self.stage.listening() as messages:
            leaving = asyncio.create_task(socket.receive())
            while not leaving.done():
                waiting = asyncio.create_task(messages.get())
                await asyncio.wait({waiting, leaving}, return_when=asyncio.FIRST_COMPLETED)
                if waiting.done():
                    await socket.send_str(waiting.result())
                else:
                    waiting.cancel()
        return socket


@asynccontextmanager
async def assembled(settings: Settings, clock: Clock) -> AsyncIterator[Service]:
    """The service with its connections open; they are closed when the block ends. Raises HotlineError for broken rules or flows."""
    async with AsyncExitStack() as stack:
        database = Database(settings.database)
        stack.push_async_callback(database.close)
        password = settings.ari_password.get_secret_value()
        link = await stack.enter_async_context(
            AriLink(f"http://127.0.0.1:{settings.ari_port}/ari", "service", password, MEDIA_APP)
        )
        token = settings.service_token.get_secret_value()
        node = await stack.enter_async_context(TranscriberNode(f"http://127.0.0.1:{settings.transcriber_port}", token))
        yield Service(settings, clock, database, link, node)
