"""From an engine's seconds, which count only the audio it was fed, back to the leg's seconds. Pure."""

from bisect import bisect_left, bisect_right

TOLERANCE = 0.001
"""Seconds by which two pieces of audio may disagree and still count as adjoining: far below one sample's worth of
worry."""


class FeedClock:
    """Remembers where each fed stretch of audio lay on the leg."""

    def __init__(self) -> None:
        self._fed: list[float] = []
        self._leg: list[float] = []
        self._total = 0.0

    def feed(self, at: float, seconds: float) -> None:
        """``seconds`` of audio that began ``at`` seconds into the leg were fed."""
        if not self._fed or abs(self._leg[-1] + self._total - self._fed[-1] - at) > TOLERANCE:
            self._fed.append(self._total)
            self._leg.append(at)
        self._total += seconds

    def start_of(self, fed: float) -> float:
        """Where on the leg something begins that the engine says begins at ``fed``."""
        return self._at(bisect_right(self._fed, fed + TOLERANCE), fed)

    def end_of(self, fed: float) -> float:
        """Where on the leg something ends that the engine says ends at ``fed``: never in the stretch that follows."""
        return self._at(bisect_left(self._fed, fed - TOLERANCE), fed)

    def _at(self, following: int, fed: float) -> float:
        if not self._fed:
            return fed
        index = max(following - 1, 0)
        return max(self._leg[index] + fed - self._fed[index], 0.0)
