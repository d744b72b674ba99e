"""A transcriber node for tests of whole calls: the real ports, protocol and scheduling; only the recogniser hears nothing but loudness."""

import asyncio
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hotline1022.config import Settings
from tests.transcription.fakes import LoudRecogniser
from transcription.engines import Engine
from transcription.node import NodeSettings, running_node
from transcription.registry import EngineChoice


@dataclass
class LoudNode:
    """A transcriber node in a thread: the real ports and protocol, a recogniser that takes each loud 200 ms for a word."""

    settings: Settings
    offers: list[str] = field(default_factory=list)
    """The calls whose legs were offered to it."""
    said: list[str] = field(default_factory=list)
    """The words that it hears from now on, in turn; numbered ones when there are none."""

    def __post_init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="transcriber", daemon=True)
        self._stop = asyncio.Event()
        self._thread.start()
        ready = threading.Event()
        self._running = asyncio.run_coroutine_threadsafe(self._run(ready), self._loop)
        while not ready.wait(0.05):
            if self._running.done():
                self._running.result()

    async def _run(self, ready: threading.Event) -> None:
        settings = NodeSettings(
            models=Path(),
            registry={},
            token=self.settings.service_token.get_secret_value(),
            control_port=self.settings.transcriber_port,
            audio_port=self.settings.audio_port,
        )
        choice = EngineChoice("vosk", "loud", "Bộ nhận dạng của kiểm thử nghe độ to")
        async with running_node(settings, Engine(choice, LoudRecogniser(said=self.said), None)) as node:
            announce = node.live.announce

            def noting(offer: Any) -> Any:
                self.offers.append(offer.call)
                return announce(offer)

            node.live.announce = noting  # type: ignore[method-assign]
            ready.set()
            await self._stop.wait()

    def close(self) -> None:
        """Close the ports and end the thread."""
        self._loop.call_soon_threadsafe(self._stop.set)
        self._running.result(20)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
