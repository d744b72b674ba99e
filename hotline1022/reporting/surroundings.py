"""Looks every few seconds at what lies outside and may answer slowly: the carrier's side, the recogniser. It only looks."""

import asyncio
from collections.abc import Awaitable, Callable

from hotline1022.base.errors import HotlineError

LOOK_SECONDS = 15.0
PATIENCE_SECONDS = 5.0


class Surroundings:
    """What was seen last. A scrape reads it from memory and waits for nobody."""

    def __init__(self, trunk: Callable[[], Awaitable[bool]] | None, recogniser: Callable[[], Awaitable[bool]]) -> None:
        """``trunk`` is None where no carrier is set up."""
        self._look_at_trunk, self._look_at_recogniser = trunk, recogniser
        self.trunk: bool | None = None
        """Whether the carrier's side can be reached; None before the first look, and where there is none."""
        self.recogniser = False

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Look once; whoever does not answer is not there."""
        self.recogniser = await _asked(self._look_at_recogniser)
        if self._look_at_trunk is not None:
            self.trunk = await _asked(self._look_at_trunk)


async def _asked(question: Callable[[], Awaitable[bool]]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await question()
    except (HotlineError, TimeoutError, OSError):
        return False
