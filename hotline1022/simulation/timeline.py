"""Time that is walked forward: a clock that stands where it is set, and what is still to happen in the order of its instants."""

import heapq
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

Act = Callable[[], Awaitable[None]]
"""What happens at an instant."""


class VirtualClock:
    """Implements ``hotline1022.base.clock.Clock``: only the timeline moves it, and never back."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant.astimezone(UTC)

    def now(self) -> datetime:
        """The instant that has been reached, in UTC."""
        return self._instant

    def move(self, instant: datetime) -> None:
        """Go on to ``instant``; one that has passed changes nothing."""
        self._instant = max(self._instant, instant.astimezone(UTC))


class Timeline:
    """What is still to happen. Two acts of one instant happen in the order in which they were planned."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._ahead: list[tuple[datetime, int, Act]] = []
        self._planned = 0

    def plan(self, instant: datetime, act: Act) -> None:
        """Have ``act`` happen at ``instant``; at once, behind what is planned for now, if that has passed."""
        self._planned += 1
        when = max(instant.astimezone(UTC), self._clock.now())
        heapq.heappush(self._ahead, (when, self._planned, act))

    async def walk(self, until: datetime, after_each: Act) -> int:
        """Let everything happen that is planned before ``until``, also what is planned meanwhile; returns how many acts.

        ``after_each`` is done after each act, at the same instant. The clock then stands at ``until``.
        """
        done = 0
        while self._ahead and self._ahead[0][0] < until:
            instant, _, act = heapq.heappop(self._ahead)
            self._clock.move(instant)
            await act()
            await after_each()
            done += 1
        self._clock.move(until)
        return done
