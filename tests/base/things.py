"""Events that only these tests know, and small helps for the edges. No test lives here."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta

from hotline1022.base.events import Event


class SomethingHappened(Event):
    """A fact with a citizen's words in it."""

    words: str = "đường ngập trước nhà bà Hoa"
    number: int = 0


class NobodyCares(Event):
    """A fact without handlers."""


AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def happened(number: int) -> SomethingHappened:
    """The ``number``-th fact: its id and its instant follow from the number."""
    return SomethingHappened(id=f"fact-{number}", at=AT + timedelta(seconds=number), number=number)


async def driver_threads_ended() -> None:
    """Wait for the threads of SQLite connections that failed to open: their driver does not, and they need the event loop."""
    for thread in threading.enumerate():
        if "_connection_worker_thread" in thread.name:
            await asyncio.to_thread(thread.join)


async def ended(task: asyncio.Task[None]) -> None:
    """Cancel a task that would go on for ever, and wait until it is over."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
