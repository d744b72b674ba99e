"""A transcriber process from start to end: engine loaded, audio and control ports open, everything closed again.

No rule lives here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import structlog
from aiohttp import web

from hotline1022.base.errors import HotlineError
from transcription.audiosocket import AudioSocket
from transcription.engines import Engine, load_engine
from transcription.live import LiveNode
from transcription.node_web import control_app
from transcription.registry import ModelEntry, choose_engine, state_of
from transcription.workers import Workers

log = structlog.get_logger()

BACKLOG = 128


@dataclass(frozen=True)
class NodeSettings:
    """What a node must be told.

    Ports may be 0 in tests. ``gated``: Vosk hears only what the voice detector lets through.
    """

    models: Path
    registry: dict[str, ModelEntry]
    token: str
    setting: Literal["auto", "vosk", "whisper", "none"] = "auto"
    bind: str = "127.0.0.1"
    control_port: int = 8024
    audio_port: int = 8025
    workers: int = 1
    language: str = "vi"
    gated: bool = False


@dataclass(frozen=True)
class RunningNode:
    """A node that listens. ``app`` serves ``control``, its base URL, and ``audio`` is its AudioSocket address."""

    live: LiveNode
    app: web.Application
    control: str
    audio: str


def engine_for(settings: NodeSettings) -> Engine:
    """Check the models, choose and load.

    Blocks for seconds. Raises HotlineError for a model that is intact but does not load.
    """
    states = {name: state_of(entry, settings.models) for name, entry in settings.registry.items()}
    choice = choose_engine(settings.setting, settings.registry, states, language=settings.language)
    for state in states.values():
        if state.present and not state.intact:
            log.warning("model not usable", model=state.name)
    return load_engine(
        choice, settings.models, workers=settings.workers, language=settings.language, gated=settings.gated
    )


@asynccontextmanager
async def running_node(settings: NodeSettings, engine: Engine) -> AsyncIterator[RunningNode]:
    """A node with ``engine``, until the block is left. Raises HotlineError when a port is taken."""
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        workers = await stack.enter_async_context(Workers(settings.workers))
        live = await stack.enter_async_context(
            LiveNode(engine.choice, engine.recogniser, engine.detector, workers, gated=settings.gated)
        )
        try:
            server = await loop.create_server(
                lambda: AudioSocket(live.claim), settings.bind, settings.audio_port, backlog=BACKLOG
            )
        except OSError as error:
            raise _taken(settings.audio_port, "HOTLINE_AUDIO_PORT") from error
        stack.callback(server.close)
        audio = f"{settings.bind}:{server.sockets[0].getsockname()[1]}"
        app = control_app(live, audio, settings.token)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        try:
            await web.TCPSite(runner, settings.bind, settings.control_port).start()
        except OSError as error:
            raise _taken(settings.control_port, "HOTLINE_TRANSCRIBER_PORT") from error
        control = f"http://{settings.bind}:{runner.addresses[0][1]}"
        log.info("transcriber listens", engine=engine.choice.engine, model=engine.choice.model, control=control)
        yield RunningNode(live, app, control, audio)


async def run_node(settings: NodeSettings, stop: asyncio.Event, ready: Callable[[RunningNode], None]) -> None:
    """Run a node until ``stop`` is set; ``ready`` is called when it listens. Raises HotlineError."""
    engine = await asyncio.to_thread(engine_for, settings)
    async with running_node(settings, engine) as node:
        ready(node)
        await stop.wait()


def _taken(port: int, variable: str) -> HotlineError:
    return HotlineError(f"Cổng {port} đã có chương trình khác dùng", remedy=f"đặt {variable} thành cổng khác")
