"""The outbox: events written in the transaction of the change they tell of, and the relay that hands them to the durable engine.

No handler and no event of a context is named here; which handlers an event has is told by the caller. There is no "last id seen":
what is due is what is not marked as handed, because transactions do not commit in the order in which they began.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Protocol

import structlog
from sqlalchemy import JSON, Column, Index, String, Table, select, tuple_, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database, Instant, insert_new, metadata
from hotline1022.base.errors import DatabaseAway
from hotline1022.base.events import Event

log = structlog.get_logger()

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(100), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("at", Instant, nullable=False),
    Column("handed_at", Instant, nullable=True),
)
# Only what is due is indexed, so that finding it costs the same after ten million events as after ten.
Index(
    "ix_outbox_unhanded",
    outbox.c.at,
    outbox.c.id,
    sqlite_where=outbox.c.handed_at.is_(None),
    postgresql_where=outbox.c.handed_at.is_(None),
)

BATCH = 100
"""Events read at once by the relay."""


async def add(connection: AsyncConnection, event: Event) -> None:
    """Write ``event`` in the caller's own transaction. The same id again changes nothing and is no error."""
    row = {"id": event.id, "name": event.name, "payload": event.model_dump(mode="json"), "at": event.at}
    await connection.execute(
        insert_new(connection, outbox).values(row).on_conflict_do_nothing(index_elements=[outbox.c.id])
    )


async def add_handed(connection: AsyncConnection, events: Sequence[Event], at: datetime) -> None:
    """Write events that the caller itself has handed to each of their handlers, at ``at``: no relay will see them again."""
    rows = [
        {"id": each.id, "name": each.name, "payload": each.model_dump(mode="json"), "at": each.at, "handed_at": at}
        for each in events
    ]
    if rows:
        await connection.execute(insert_new(connection, outbox).on_conflict_do_nothing(), rows)


class Enqueue(Protocol):
    """Hands a job to the durable engine; the same ``job_id`` again is the same job. ``jobs.Jobs.enqueue`` is one."""

    def __call__(self, name: str, job_id: str, payload: dict[str, Any]) -> Awaitable[None]: ...


class Relay:
    """Hands every event that is due to each of its handlers, once, whatever crashes in between.

    A job's id is ``<event id>:<handler>`` and its payload is ``{"name": ..., "payload": ...}``, so that
    ``Event.read(**payload)`` gives the event back. An event is marked as handed only after the engine has taken its jobs:
    a crash before the mark hands the same jobs over again, and the engine knows them by their ids.
    """

    def __init__(
        self,
        database: Database,
        enqueue: Enqueue,
        handlers: Callable[[str], Sequence[str]],
        clock: Clock,
        *,
        interval: float = 5.0,
        handed_over: Callable[[str, dict[str, Any]], None] = lambda _name, _payload: None,
    ) -> None:
        """``handlers`` gives the handlers' names for an event's name. ``interval``: seconds between looks without a poke.

        ``handed_over`` is told each event, by name and payload, when it has been marked; after a crash perhaps never or again.
        """
        self._database = database
        self._enqueue = enqueue
        self._handlers = handlers
        self._clock = clock
        self._interval = interval
        self._handed_over = handed_over
        self._poked = asyncio.Event()

    def poke(self) -> None:
        """Say that something has been committed, so that it is handed over now and not at the next slow look."""
        self._poked.set()

    async def run(self) -> None:
        """Hand over until cancelled. A database or an engine that is away is waited for."""
        while True:
            self._poked.clear()
            try:
                await self.hand_over()
            except DatabaseAway as away:
                log.warning("relay_waits_for_database", error=type(away).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._interval):
                    await self._poked.wait()

    async def hand_over(self) -> int:
        """Hand over everything that is due now; returns the number of events. Raises DatabaseAway.

        An event whose jobs the engine refuses is told in the log and stays due; the others are not kept waiting.
        """
        handed = 0
        last: tuple[datetime, str] = (datetime.min.replace(tzinfo=UTC), "")
        while due := await self._due(last):
            done = []
            for event_id, name, payload, at in due:
                last = (at, event_id)
                try:
                    for handler in self._handlers(name):
                        await self._enqueue(handler, f"{event_id}:{handler}", {"name": name, "payload": payload})
                except DatabaseAway:
                    raise
                except Exception as error:
                    log.error("event_not_handed_over", event_id=event_id, event_name=name, error=type(error).__name__)
                else:
                    done.append((event_id, name, payload))
            await self._mark([event_id for event_id, _, _ in done])
            for _, name, payload in done:
                self._handed_over(name, payload)
            handed += len(done)
        return handed

    async def _due(self, after: tuple[datetime, str]) -> list[tuple[str, str, dict[str, Any], datetime]]:
        query = (
            select(outbox.c.id, outbox.c.name, outbox.c.payload, outbox.c.at)
            .where(outbox.c.handed_at.is_(None), tuple_(outbox.c.at, outbox.c.id) > after)
            .order_by(outbox.c.at, outbox.c.id)
            .limit(BATCH)
        )
        async with self._database.reading() as connection:
            return [(row.id, row.name, row.payload, row.at) for row in await connection.execute(query)]

    async def _mark(self, ids: list[str]) -> None:
        if not ids:
            return
        mark = (
            update(outbox).where(outbox.c.id.in_(ids), outbox.c.handed_at.is_(None)).values(handed_at=self._clock.now())
        )
        async with self._database.transaction() as connection:
            await connection.execute(mark)
