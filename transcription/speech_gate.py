"""Where speech begins, pauses and must be cut, decided frame by frame from a detector's probabilities.

Pure; holds no audio.
"""

from typing import NamedTuple

from transcription.model import SAMPLE_RATE, Span

FRAME_SAMPLES = 256
"""Samples of one decision at 8000 Hz: the detector's own step."""

FRAME_BYTES = FRAME_SAMPLES * 2
FRAME_SECONDS = FRAME_SAMPLES / SAMPLE_RATE

OPENS_AT = 0.5
CLOSES_UNDER = 0.35


def _frames(seconds: float) -> int:
    return round(seconds / FRAME_SECONDS)


PRE_ROLL = _frames(0.25)
"""Kept from before the onset: the detector opens up to 250 ms late."""

PAUSE = _frames(0.6)
"""Silence that ends an utterance."""

TAIL = _frames(0.25)
"""Kept after the last speech: the end of a fading syllable."""

LEAST_SPEECH = 4
"""Frames of speech under which an opening was a click, not a word."""

LONGEST = _frames(14.0)
"""An utterance is cut at this length, at the quietest frame of the last LOOK_BACK."""

LOOK_BACK = _frames(4.0)


class Cut(NamedTuple):
    """One utterance, in frames from the start of the leg: audio from ``start`` up to but excluding ``end``.

    ``onset`` and ``last`` are the first and the last frame of speech. ``paused`` is false where the utterance was cut
    at the limit.
    """

    start: int
    onset: int
    last: int
    end: int
    paused: bool

    @property
    def speech(self) -> Span:
        """First to last speech, in seconds."""
        return Span(self.onset * FRAME_SECONDS, (self.last + 1) * FRAME_SECONDS)


class SpeechGate:
    """Opens on speech and closes on a pause. One for each leg."""

    def __init__(self, longest: int | None = LONGEST) -> None:
        self._longest = longest
        self._frame = 0
        self._free_from = 0
        self._start: int | None = None
        self._onset = self._last = self._voiced = 0
        self._loudness: list[float] = []

    @property
    def start(self) -> int | None:
        """The first frame of the utterance that is open now, pre-roll included; None in silence."""
        return self._start

    @property
    def needed_from(self) -> int:
        """The oldest frame that may still belong to an utterance: audio before it can be forgotten."""
        return self._start if self._start is not None else max(self._frame - PRE_ROLL, self._free_from)

    def step(self, probability: float, loudness: float) -> Cut | None:
        """Decide the next frame. Gives the utterance that is complete with this frame, if one is."""
        frame = self._frame
        self._frame += 1
        if self._start is None:
            if probability < OPENS_AT:
                return None
            self._open(max(frame - PRE_ROLL, self._free_from), frame)
        self._loudness.append(loudness)
        if probability >= CLOSES_UNDER:
            self._last = frame
            self._voiced += 1
        if frame - self._last >= PAUSE:
            return self._close(min(self._last + 1 + TAIL, frame + 1))
        if self._longest is not None and self._start is not None and frame + 1 - self._start >= self._longest:
            return self._cut_at_limit(frame)
        return None

    def finish(self) -> Cut | None:
        """The leg is over: gives the utterance that was open, if one was."""
        return self._close(self._frame) if self._start is not None else None

    def _open(self, start: int, onset: int) -> None:
        self._start, self._onset, self._last, self._voiced = start, onset, onset, 0
        self._loudness = []

    def _close(self, end: int) -> Cut | None:
        start, self._start, self._free_from = self._start or 0, None, end
        return Cut(start, self._onset, self._last, end, paused=True) if self._voiced >= LEAST_SPEECH else None

    def _cut_at_limit(self, frame: int) -> Cut:
        recent = self._loudness[-LOOK_BACK:]
        quietest = frame + 1 - len(recent) + min(range(len(recent)), key=recent.__getitem__)
        quietest = max(quietest, self._onset + 1)
        cut = Cut(self._start or 0, self._onset, min(self._last, quietest - 1), quietest, paused=False)
        rest = self._loudness[quietest - frame - 1 :]
        last = self._last
        self._open(quietest, quietest)
        self._loudness, self._last, self._voiced = rest, max(last, quietest), len(rest)
        return cut
