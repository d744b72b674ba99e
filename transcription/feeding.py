"""How a live leg's audio becomes pieces of work for an engine: cut at pauses for Whisper, small chunks for Vosk.

Pure; no engine runs here.
"""

from collections import deque
from typing import NamedTuple, Protocol

from transcription.model import BYTES_PER_SECOND
from transcription.speech_gate import FRAME_BYTES, FRAME_SECONDS, Cut, SpeechGate

CHUNK_FRAMES = 6
"""Frames of one chunk: 192 ms. Shorter chunks cost more and bring nothing; longer ones only delay."""


class Piece(NamedTuple):
    """Work on one leg: feed ``pcm``, which begins ``at`` seconds into it, then flush if ``flush``.

    ``due`` is the instant, in the caller's monotonic seconds, from which its words are late: when the speech or the
    chunk ended.
    """

    pcm: bytes
    at: float
    due: float
    flush: bool
    onset: float | None = None

    @property
    def seconds(self) -> float:
        """How much audio the piece holds."""
        return len(self.pcm) / BYTES_PER_SECOND


class Feeding(Protocol):
    """Turns frames of one leg into pieces.

    ``needs_voice`` says whether the probability of speech is really looked at.
    """

    needs_voice: bool

    def step(self, frame: bytes, probability: float, loudness: float, now: float) -> list[Piece]:
        """The next frame, which ended at the monotonic instant ``now``."""
        ...

    def finish(self, now: float) -> list[Piece]:
        """The leg is over; what is pending must be heard."""
        ...


class WholeUtterances:
    """For an engine that hears one utterance at a time: nothing until the speaker pauses, then the utterance."""

    needs_voice = True

    def __init__(self) -> None:
        self._gate = SpeechGate()
        self._frames: deque[bytes] = deque()
        self._first = 0
        self._count = 0

    def step(self, frame: bytes, probability: float, loudness: float, now: float) -> list[Piece]:
        """Gives the utterance that this frame completes."""
        self._frames.append(frame)
        self._count += 1
        cut = self._gate.step(probability, loudness)
        pieces = [self._piece(cut, now)] if cut else []
        while self._first < self._gate.needed_from:
            self._frames.popleft()
            self._first += 1
        return pieces

    def finish(self, now: float) -> list[Piece]:
        """Gives the utterance that was open."""
        cut = self._gate.finish()
        return [self._piece(cut, now)] if cut else []

    def _piece(self, cut: Cut, now: float) -> Piece:
        pcm = b"".join(self._frames[index - self._first] for index in range(cut.start, cut.end))
        ended = now - (self._count - cut.last - 1) * FRAME_SECONDS
        return Piece(pcm, cut.start * FRAME_SECONDS, ended, flush=True, onset=cut.speech.start)


class EveryChunk:
    """For a streaming engine: everything, chunk by chunk, silence too. The engine finds the pauses itself."""

    needs_voice = False

    def __init__(self) -> None:
        self._chunk = bytearray()
        self._fed = 0

    def step(self, frame: bytes, probability: float, loudness: float, now: float) -> list[Piece]:  # noqa: ARG002
        """Gives a chunk when it is full."""
        self._chunk += frame
        return [self._piece(now, flush=False)] if len(self._chunk) >= CHUNK_FRAMES * FRAME_BYTES else []

    def finish(self, now: float) -> list[Piece]:
        """Gives what is left, to be flushed."""
        return [self._piece(now, flush=True)]

    def _piece(self, now: float, *, flush: bool) -> Piece:
        pcm, self._chunk = bytes(self._chunk), bytearray()
        at = self._fed / BYTES_PER_SECOND
        self._fed += len(pcm)
        return Piece(pcm, at, now, flush)


class SpeechChunks:
    """For a streaming engine behind the voice detector: chunk by chunk while somebody speaks, a flush at each pause.

    Saves about a fifth of the work. Whether the words are equal to those of EveryChunk is unproven; so it is not the
    default.
    """

    needs_voice = True

    def __init__(self) -> None:
        self._gate = SpeechGate(longest=None)
        self._frames: deque[bytes] = deque()
        self._first = 0

    def step(self, frame: bytes, probability: float, loudness: float, now: float) -> list[Piece]:
        """Gives a chunk when one is full, or the flush when this frame ends a pause."""
        self._frames.append(frame)
        cut = self._gate.step(probability, loudness)
        if cut:
            return [self._take(now, flush=True)]
        if self._gate.start is None:
            while self._first < self._gate.needed_from:
                self._frames.popleft()
                self._first += 1
            return []
        return [self._take(now, flush=False)] if len(self._frames) >= CHUNK_FRAMES else []

    def finish(self, now: float) -> list[Piece]:
        """Gives what is left, to be flushed."""
        return [self._take(now, flush=True)]

    def _take(self, now: float, *, flush: bool) -> Piece:
        piece = Piece(b"".join(self._frames), self._first * FRAME_SECONDS, now, flush)
        self._first += len(self._frames)
        self._frames.clear()
        return piece
