"""Keeps one Asterisk running: started again when it has ended, and when it stands but answers nothing more. It drives no call.

An Asterisk whose threads wait for each other still takes connections and still holds its ports; only a question that needs its channels
tells it from one that works. (Deadlocks around channel storage, ARI and AudioSocket stand open upstream: asterisk/asterisk#1962, #2078,
#2170.) Its calls are lost by then; what they have said is on disk, and the service finds it.
"""

import asyncio

import structlog

from hotline1022.base.errors import HotlineError
from telephony.asterisk.process import AsteriskProcess

_log = structlog.get_logger()

LOOK_EVERY = 5.0
"""Seconds between two questions."""

MOST_SILENT = 3
"""Questions in a row that may stay without an answer."""

FIRST_GAP, LONGEST_GAP = 0.5, 15.0
"""Seconds before it is started again; they grow while it cannot be started."""


async def keep_running(asterisk: AsteriskProcess, look_every: float = LOOK_EVERY) -> None:
    """Have a started Asterisk run for ever, until cancelled."""
    while True:
        await _until_useless(asterisk, look_every)
        gap = FIRST_GAP
        while True:
            await asyncio.sleep(gap)
            try:
                await asterisk.start()
                break
            except HotlineError as error:
                _log.error("asterisk_not_started", reason=str(error))
                gap = min(gap * 2, LONGEST_GAP)


async def _until_useless(asterisk: AsteriskProcess, look_every: float) -> None:
    """Wait until Asterisk has ended; one that is stuck is ended."""
    ended, silent = asyncio.ensure_future(asterisk.ended()), 0
    try:
        while silent < MOST_SILENT:
            done, _ = await asyncio.wait({ended}, timeout=look_every)
            if done:
                _log.warning("asterisk_ended", code=ended.result())
                return
            silent = 0 if await asterisk.serves(look_every) else silent + 1
    finally:
        ended.cancel()
    _log.error("asterisk_stuck", pid=asterisk.pid)
    await asterisk.stop()
