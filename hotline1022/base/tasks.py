"""Work that must go on for as long as the service runs: started again when it crashes. What the work is, is not known here."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

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
