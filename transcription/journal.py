"""What was heard, for whoever listens: what lasts of each leg, and a bounded outbox for each subscriber. No network.

A subscriber that does not read harms nobody: first its partial words are dropped, then everything, and it is sent
again what lasts.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from uuid import UUID

from transcription.node_protocol import WordsMessage

KEPT_SECONDS = 60.0
"""How long a leg that has ended is still told to a new subscriber."""

MOST_WAITING = 512
"""Messages in one outbox. A talkative leg gives about five a second."""

MOST_KEPT = 5000
"""Lasting messages kept of one leg: hours of speech."""


class Journal:
    """Numbers what lasts, keeps it while the leg is known, hands everything to the subscribers."""

    def __init__(self) -> None:
        self._kept: dict[UUID, deque[WordsMessage]] = {}
        self._numbers: dict[UUID, int] = {}
        self._ended: deque[tuple[float, UUID]] = deque()
        self._subscribers: set[Subscriber] = set()

    def tell(self, message: WordsMessage, now: float) -> None:
        """Publish ``message``; ``now`` is the loop's time."""
        if message.kind != "partial":
            number = self._numbers.get(message.leg, 0) + 1
            self._numbers[message.leg] = number
            message = message.model_copy(update={"number": number})
            self._kept.setdefault(message.leg, deque(maxlen=MOST_KEPT)).append(message)
        if message.kind == "ended":
            self._ended.append((now, message.leg))
        self._forget(now)
        for subscriber in self._subscribers:
            subscriber.put(message)

    def lasting(self, after: Mapping[UUID, int]) -> list[WordsMessage]:
        """What lasts of the legs still known, each leg in its order, beyond the number that ``after`` has for it."""
        return [message for leg, kept in self._kept.items() for message in kept if message.number > after.get(leg, 0)]

    def knows(self, leg: UUID) -> bool:
        """True while something of the leg is kept."""
        return leg in self._kept

    def subscribe(self) -> "Subscriber":
        """A new subscriber, who is first told what lasts."""
        subscriber = Subscriber(self)
        self._subscribers.add(subscriber)
        return subscriber

    def unsubscribe(self, subscriber: "Subscriber") -> None:
        """Nobody reads ``subscriber`` any more."""
        self._subscribers.discard(subscriber)

    def _forget(self, now: float) -> None:
        while self._ended and self._ended[0][0] < now - KEPT_SECONDS:
            _, leg = self._ended.popleft()
            self._kept.pop(leg, None)
            self._numbers.pop(leg, None)


class Subscriber:
    """One outbox. It begins, and begins again after it was full, with what lasts and was not given yet."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._outbox: deque[WordsMessage] = deque(journal.lasting({}))
        self._given: dict[UUID, int] = {}
        self._behind = False
        self._filled = asyncio.Event()

    def __len__(self) -> int:
        return len(self._outbox)

    def put(self, message: WordsMessage) -> None:
        """Add the message; never waits. While the outbox is full only the journal keeps it, if it lasts."""
        if not self._behind and len(self._outbox) >= MOST_WAITING:
            self._outbox = deque(waiting for waiting in self._outbox if waiting.kind != "partial")
            self._behind = len(self._outbox) >= MOST_WAITING
        if not self._behind:
            self._outbox.append(message)
        self._filled.set()

    async def next(self) -> WordsMessage:
        """The next message; waits for one."""
        while True:
            while self._outbox:
                message = self._outbox.popleft()
                if message.kind == "partial":
                    return message
                if message.number > self._given.get(message.leg, 0):
                    self._given[message.leg] = message.number
                    return message
            if self._behind:
                self._behind = False
                self._given = {leg: number for leg, number in self._given.items() if self._journal.knows(leg)}
                self._outbox.extend(self._journal.lasting(self._given))
            if not self._outbox:
                self._filled.clear()
                await self._filled.wait()
