"""Where events wait while the database is away: one JSON file an event, on the disk before ``put`` returns.

Nothing here knows a database or decides when to replay; it only keeps, gives back in order, and never loses.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC
from pathlib import Path

import structlog

from hotline1022.base.events import Event

log = structlog.get_logger()


class Spool:
    """A folder of events. Files are named by the event's instant, so that the folder's order is the order of what happened."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is made when needed. Files that cannot be read are moved to its ``broken`` folder."""
        self._folder = folder
        self._broken = folder / "broken"

    def put(self, event: Event) -> None:
        """Keep ``event``: when this returns it survives a crash of the machine. The same event again is the same file."""
        self._folder.mkdir(parents=True, exist_ok=True)
        # The id may have come from outside: its hash is a safe name of known length.
        name = f"{event.at.astimezone(UTC):%Y%m%dT%H%M%S.%f}-{hashlib.sha256(event.id.encode()).hexdigest()[:32]}"
        unfinished = self._folder / f"{name}.unfinished"
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump({"name": event.name, "payload": event.model_dump(mode="json")}, file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._folder / f"{name}.json")
        _flush(self._folder)

    def waiting(self) -> list[Path]:
        """The files that wait, the oldest event first."""
        return sorted(self._folder.glob("*.json"))

    def broken(self) -> list[Path]:
        """The files that could not be read; a person must look at them."""
        return sorted(self._broken.glob("*"))

    async def drain(self, into: Callable[[Event], Awaitable[None]]) -> int:
        """Give every waiting event to ``into``, oldest first, deleting each after ``into`` returned; returns how many.

        Whatever ``into`` raises ends the drain and is passed on; that event and those behind it go on waiting.
        An event may be given twice (a crash before the deletion): ``into`` must know it by its id.
        """
        drained = 0
        for path in await asyncio.to_thread(self.waiting):
            event = await asyncio.to_thread(self._read, path)
            if event is None:
                continue
            await into(event)
            await asyncio.to_thread(path.unlink, missing_ok=True)
            drained += 1
        return drained

    def _read(self, path: Path) -> Event | None:
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return Event.read(stored["name"], stored["payload"])
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as error:
            self._broken.mkdir(exist_ok=True)
            path.replace(self._broken / path.name)
            _flush(self._broken)
            log.error("spooled_event_unreadable", file=path.name, error=type(error).__name__)
            return None


def _flush(folder: Path) -> None:
    """Put the folder itself on the disk; without it a rename may be forgotten."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
