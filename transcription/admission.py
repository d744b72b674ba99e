"""Whether a node takes one more live leg: lateness, work and a hard ceiling.

Pure. What is refused is transcribed after the call.
"""

from collections import deque
from typing import NamedTuple

from transcription.model import EngineName

WINDOW_SECONDS = 60.0
"""How far back lateness and work are looked at."""

MOST_BUSY = 0.6
"""Share of the workers' time: beyond it lateness explodes, because one leg decodes on one thread."""


class Limit(NamedTuple):
    """What one engine can carry: legs a core, as measured, and the lateness up to which a node still takes legs."""

    legs_a_core: int
    lateness: float
    lateness_of: str


LIMITS: dict[EngineName, Limit] = {
    "vosk": Limit(2, 0.5, "âm thanh chờ"),
    "whisper": Limit(6, 2.0, "chữ hiện"),
}
"""Measured on two cores (docs/accuracy.md): so many legs a core keep 95 % of the final words under 2 s.

Whisper with the short window and a beam of 5. Vosk with everything fed; behind the voice detector a third leg a core
was not carried reliably.
"""


class Load(NamedTuple):
    """How a node is at the moment it is asked.

    ``lateness`` None: nothing was heard lately. ``oldest_wait``: 0 where nothing waits.
    """

    engine: EngineName
    cores: int
    legs: int
    lateness: float | None
    oldest_wait: float
    busy: float


def ceiling(engine: EngineName, cores: int) -> int:
    """The most legs that a node may ever carry; 0 without an engine."""
    return 0 if engine == "none" else LIMITS[engine].legs_a_core * cores


def why_deferred(load: Load) -> str | None:
    """The Vietnamese sentence that says why a leg is not taken, or None if it is."""
    if load.engine == "none":
        return "Máy này chưa có bộ nhận dạng; lời sẽ được chép sau cuộc gọi khi có mô hình."
    limit = LIMITS[load.engine]
    most = ceiling(load.engine, load.cores)
    after = "cuộc này được chép sau khi gọi xong"
    if load.legs >= most:
        return f"Đang nghe trực tiếp {load.legs} luồng, tối đa {most} với {load.cores} nhân; {after}."
    late = max(load.lateness or 0.0, load.oldest_wait)
    if late >= limit.lateness:
        return f"Máy đang trễ: {limit.lateness_of} {late:.1f} giây, phải dưới {limit.lateness:.1f} giây; {after}."
    if load.busy >= MOST_BUSY:
        return f"Máy đang bận {load.busy:.0%} thời gian, phải dưới {MOST_BUSY:.0%}; {after}."
    return None


class RecentSamples:
    """Figures of the last WINDOW_SECONDS, by the caller's monotonic clock."""

    def __init__(self) -> None:
        self._samples: deque[tuple[float, float]] = deque(maxlen=10_000)

    def add(self, now: float, value: float) -> None:
        """``value`` was seen at ``now``."""
        self._samples.append((now, value))

    def values(self, now: float) -> list[float]:
        """What was seen within the window, sorted."""
        while self._samples and self._samples[0][0] < now - WINDOW_SECONDS:
            self._samples.popleft()
        return sorted(value for _, value in self._samples)

    def p95(self, now: float) -> float | None:
        """The value that 95 % do not exceed, or None when nothing was seen."""
        values = self.values(now)
        return values[min(int(len(values) * 0.95), len(values) - 1)] if values else None

    def total(self, now: float) -> float:
        """The sum of what was seen."""
        return sum(self.values(now))
