"""A recogniser and a detector that hear loudness, for tests of scheduling only.

The same contract holds for them as for the real ones.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from transcription.feed_clock import FeedClock
from transcription.model import BYTES_PER_SECOND, EngineName, Heard, Side, Span, Utterance, Word
from transcription.vad import Frames, VoiceDetector, VoiceMemory, loudness

LOUD = 1e-4
WORD_BYTES = BYTES_PER_SECOND // 5
"""Each 200 ms of loud audio is one word."""


class LoudRecogniser:
    """Hears one word in each loud 200 ms, a numbered one. ``before`` runs on the worker thread before each decoding.

    ``said``: the words that it hears instead, in turn, and then an utterance ends with the first silence.
    """

    engine: EngineName = "vosk"
    model = "loud"

    def __init__(
        self, *, needs_gate: bool = False, before: Callable[[Side], None] = lambda _: None, said: Sequence[str] = ()
    ) -> None:
        self.needs_gate = needs_gate
        self.said = said
        self.before = before
        self.in_hand: set[int] = set()
        self.lock = threading.Lock()

    def stream(self, leg: Side, phrases: Sequence[str] = ()) -> "LoudStream":
        return LoudStream(self, leg)

    def whole(self, pcm: bytes, leg: Side, speech: Sequence[Span]) -> Iterator[Utterance]:
        stream = self.stream(leg)
        for offset in range(0, len(pcm), WORD_BYTES * 5):
            stream.feed(pcm[offset : offset + WORD_BYTES * 5], offset / BYTES_PER_SECOND)
            yield from (heard.utterance for heard in stream.flush())


class LoudStream:
    def __init__(self, owner: LoudRecogniser, leg: Side) -> None:
        self._owner = owner
        self._leg: Side = leg
        self._clock = FeedClock()
        self._fed = 0.0
        self._words: list[Word] = []

    def feed(self, pcm: bytes, at: float) -> list[Heard]:
        with self._owner.lock:
            assert id(self) not in self._owner.in_hand, "two threads on one leg"
            self._owner.in_hand.add(id(self))
        try:
            self._owner.before(self._leg)
            return self._hear(pcm, at)
        finally:
            self._owner.in_hand.discard(id(self))

    def _hear(self, pcm: bytes, at: float) -> list[Heard]:
        self._clock.feed(at, len(pcm) / BYTES_PER_SECOND)
        known = len(self._words)
        for offset in range(0, len(pcm), WORD_BYTES):
            piece = np.frombuffer(pcm[offset : offset + WORD_BYTES], dtype="<i2") / 32768
            begin, length = self._fed + offset / BYTES_PER_SECOND, len(piece) * 2 / BYTES_PER_SECOND
            if len(piece) and float(np.mean(piece**2)) > LOUD:
                start, end = self._clock.start_of(begin), self._clock.end_of(begin + length)
                self._words.append(Word.heard(self._next_word(), start, end, 0.9, self._leg))
        self._fed += len(pcm) / BYTES_PER_SECOND
        if self._owner.said and self._words and len(self._words) == known:
            return self.flush()
        return [Heard(self._utterance(), final=False)] if len(self._words) > known else []

    def _next_word(self) -> str:
        said, number = self._owner.said, len(self._words)
        return said[number % len(said)] if said else f"từ{number + 1}"

    def flush(self, onset: float | None = None) -> list[Heard]:
        if not self._words:
            return []
        said, self._words = self._utterance(), []
        return [Heard(said, final=True)]

    def _utterance(self) -> Utterance:
        return Utterance(leg=self._leg, start=self._words[0].start, end=self._words[-1].end, words=tuple(self._words))


class LoudDetector(VoiceDetector):
    """Takes whatever is loud for speech."""

    def __init__(self, model_file: Path | None = None) -> None:
        """Needs no model."""

    def probabilities(self, frames: Frames, memories: Sequence[VoiceMemory]) -> npt.NDArray[np.float32]:
        return (loudness(frames) > LOUD).astype(np.float32)
