"""Work beside what is asked for now: work that must go on, started again when it crashes, and work that is done once, later."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import structlog

from hotline1022.base.errors import HotlineError
from hotline1022.base.log import where

log = structlog.get_logger()

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 60.0
"""Seconds before a crashed work is started again; each crash in a row doubles the pause."""

STEADY = 60.0
"""Seconds after which a work counts as steady: its next crash is a first one again."""


async def keep_running(
    name: str,
    work: Callable[[], Awaitable[None]],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    elapsed: Callable[[], float] | None = None,
) -> None:
    """Run ``work`` until it returns or this is cancelled; a crash is told in the log and followed by another start.

    Meant for an ``asyncio.TaskGroup``: one work's crash does not end the others. ``elapsed`` gives monotonic seconds.
    """
    elapsed = elapsed or asyncio.get_running_loop().time
    pause = FIRST_PAUSE
    while True:
        began = elapsed()
        try:
            await work()
        except Exception as error:
            # A work that answers its cancellation with another error has still been cancelled.
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise asyncio.CancelledError from error
            if elapsed() - began >= STEADY:
                pause = FIRST_PAUSE
            place = where(error.__traceback__)
            log.error("work_crashed", work=name, error=type(error).__name__, where=place, again_in_seconds=pause)
            await sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)
        else:
            return


class Background:
    """Work that is begun now and waited for by nobody. A fault is told in the log under ``name``; an error for people is only a warning."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, work: Coroutine[Any, Any, None]) -> None:
        """Do this soon."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        told = log.warning if isinstance(error, HotlineError) else log.error
        told("background_work_failed", work=self._name, error=type(error).__name__, where=where(error.__traceback__))

    async def settle(self) -> None:
        """Wait until all that was begun is done, also what it began itself."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Cancel what is not done yet, and wait until it is over."""
        for task in list(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
