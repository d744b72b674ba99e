"""The ledger: where a part that must never wait long for the database records what happened. It decides nothing about events."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor

import structlog

from hotline1022.base import outbox
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.base.events import Event
from hotline1022.base.spool import Spool

log = structlog.get_logger()

PATIENCE = 2.0
"""Seconds that ``record`` waits for the database before the event goes to the spool."""

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between attempts to drain the spool; each failed attempt doubles the pause."""


class Ledger:
    """Records events: in the outbox, or on the disk when the database is away, and then in the outbox when it is back.

    While the database is known to be away events go straight to the spool, so nobody waits for it again and again.
    """

    def __init__(
        self,
        database: Database,
        spool: Spool,
        *,
        recorded: Callable[[], None] = lambda: None,
        patience: float = PATIENCE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """``recorded`` is called after events have been committed (the relay's ``poke``)."""
        self._database = database
        self._spool = spool
        self._recorded = recorded
        self._patience = patience
        self._sleep = sleep
        self._away = False
        self._spooled = asyncio.Event()
        self._late: set[asyncio.Task[None]] = set()
        # A thread of its own: those that everybody shares may all be waiting for the database.
        self._disk = ThreadPoolExecutor(max_workers=1, thread_name_prefix="spool")

    @property
    def spooled(self) -> int:
        """How many events lie on the disk and not in the database: those that wait, and those that nobody can read."""
        return len(self._spool.waiting()) + len(self._spool.broken())

    async def record(self, event: Event) -> None:
        """Keep ``event`` for good, once, whatever the database does. Returns within about ``patience`` seconds.

        It is kept even when the caller is cancelled meanwhile. Raises OSError only if the disk refuses it too.
        """
        if not self._away and await self._stored_in_time(event):
            self._recorded()
            return
        await asyncio.shield(asyncio.wrap_future(self._disk.submit(self._spool.put, event)))
        self._spooled.set()

    async def _stored_in_time(self, event: Event) -> bool:
        # A task of its own: an answer that never comes must not hold the caller even while its cancellation is under way.
        storing = asyncio.create_task(self._store(event))
        self._late.add(storing)
        storing.add_done_callback(self._late.discard)
        try:
            await asyncio.wait({storing}, timeout=self._patience)
        except asyncio.CancelledError:
            storing.cancel()
            self._spool.put(event)
            self._spooled.set()
            raise
        if not storing.done():
            storing.cancel()
            storing.add_done_callback(_hear)
            reason = "timeout"
        elif (error := storing.exception()) is None:
            return True
        else:
            reason = type(error).__name__
        self._away = True
        log.warning("event_spooled", event_id=event.id, event_name=event.name, reason=reason)
        return False

    async def _store(self, event: Event) -> None:
        async with self._database.transaction() as connection:
            await outbox.add(connection, event)

    async def drain(self) -> int:
        """Store everything that waits in the spool; returns how many events. Raises DatabaseAway, and what the database refuses."""
        drained = await self._spool.drain(self._store)
        self._away = False
        if drained:
            log.info("spool_drained", events=drained)
            self._recorded()
        return drained

    async def run(self) -> None:
        """Drain the spool whenever something waits in it, until cancelled."""
        pause = FIRST_PAUSE
        while True:
            self._spooled.clear()
            try:
                await self.drain()
            except DatabaseAway:
                log.warning("spool_waits_for_database", files=len(self._spool.waiting()))
            except Exception as error:
                log.error("spool_not_drained", error=type(error).__name__)
            else:
                pause = FIRST_PAUSE
                await self._spooled.wait()
                continue
            await self._sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _hear(task: asyncio.Task[None]) -> None:
    if not task.cancelled():
        task.exception()
