"""Speech made ready for the telephone: trimmed, evenly loud, 8 kHz, G.711 A-law. Samples and bytes only; no file
lives here.
"""

import audioop

import numpy as np
import numpy.typing as npt
import soxr

RATE = 8000
"""Samples (and, in A-law, bytes) a second."""

LOUDNESS = 10 ** (-20 / 20)
"""The level that every recording is brought to: -20 dB of full scale over its speech, a usual level on the line."""

PEAK = 10 ** (-2 / 20)
"""No sample is louder than this, even if the recording then stays below ``LOUDNESS``."""

FRAME = RATE // 100
QUIET = 10 ** (-40 / 20)
"""Frames of 10 ms this far below the loudest one are silence."""

Samples = npt.NDArray[np.float64]


def telephone_audio(samples: Samples, rate: int, *, pause_seconds: float = 0.05) -> bytes:
    """A-law bytes of mono samples (-1 to 1, at ``rate``):

    silence trimmed, a short lead, ``pause_seconds`` after the end.

    Raises ValueError if there is no sound in it.
    """
    at_8k = soxr.resample(samples, rate, RATE) if rate != RATE else samples
    frames = at_8k[: len(at_8k) // FRAME * FRAME].reshape(-1, FRAME)
    levels = np.sqrt(np.mean(frames**2, axis=1)) if len(frames) else np.zeros(1)
    speech = np.flatnonzero(levels > max(levels.max() * QUIET, 1e-4))
    if not len(speech):
        raise ValueError("no sound")
    spoken = at_8k[speech[0] * FRAME : (speech[-1] + 1) * FRAME]
    loudness = float(np.sqrt(np.mean(levels[speech] ** 2)))
    gain = min(LOUDNESS / loudness, PEAK / float(np.abs(spoken).max()))
    padded = np.concatenate([np.zeros(RATE // 50), spoken * gain, np.zeros(int(pause_seconds * RATE))])
    return audioop.lin2alaw((padded * 32767).astype("<i2").tobytes(), 2)


def decoded(alaw: bytes) -> Samples:
    """The samples (-1 to 1) of A-law bytes."""
    return np.frombuffer(audioop.alaw2lin(alaw, 2), dtype="<i2").astype(np.float64) / 32768
