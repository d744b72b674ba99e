"""What happens right now, for screens: each message once to everybody who listens. Nothing here is kept; who was away reads the stores."""

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

LONGEST_QUEUE = 500
"""Messages that wait for one listener. A listener that reads slower loses everything that waits and is told so once."""

RESYNC = json.dumps({"type": "resync"})


class Stage:
    """Tells every listener; a slow one harms nobody."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[str]] = set()
        self.heard: Callable[[str, Mapping[str, Any]], None] = lambda _type, _facts: None
        """Called with every message before it is told: what the panels make of it."""

    def tell(self, message_type: str, /, **facts: Any) -> None:
        """Say that something has happened. The message is made once for all listeners."""
        self.heard(message_type, facts)
        if not self._listeners:
            return
        message = json.dumps({"type": message_type, **facts}, ensure_ascii=False, default=str)
        for listener in self._listeners:
            if listener.qsize() >= LONGEST_QUEUE:
                while not listener.empty():
                    listener.get_nowait()
                listener.put_nowait(RESYNC)
            listener.put_nowait(message)

    @contextmanager
    def listening(self) -> Iterator[asyncio.Queue[str]]:
        """A queue of messages from now on."""
        queue: asyncio.Queue[str] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            yield queue
        finally:
            self._listeners.discard(queue)


def as_told(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event's facts without what no screen needs."""
    return {name: value for name, value in event.items() if name not in ("id", "number")}
