"""How often somebody may ask, or something may be tried: a bucket of tokens for each, refilled as time passes. Pure; the time is given."""

from collections import OrderedDict

MOST_KEYS = 10_000
"""Buckets that are remembered; the longest untouched one is forgotten first."""


class RateLimit:
    """``count`` requests in ``seconds`` for each key, spent at once or spread."""

    def __init__(self, count: int, seconds: float) -> None:
        self._count, self._rate = count, count / seconds
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        """0.0 when the request may pass (and is counted), else the seconds until it may. ``now`` in seconds, never going back."""
        left, at = self._buckets.pop(key, (float(self._count), now))
        left = min(self._count, left + max(0.0, now - at) * self._rate)
        passes = left >= 1
        self._buckets[key] = (left - 1 if passes else left, now)
        while len(self._buckets) > MOST_KEYS:
            self._buckets.popitem(last=False)
        return 0.0 if passes else (1 - left) / self._rate

    def give_back(self, key: str) -> None:
        """Uncount a request that turned out not to be of the kind that is limited."""
        if key in self._buckets:
            left, at = self._buckets[key]
            self._buckets[key] = (min(self._count, left + 1), at)
