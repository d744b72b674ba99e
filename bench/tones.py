"""Prompts that an ear of a few lines can tell apart: each begins with a tone of its own and goes on with one that all share.

The head is what is listened for: it also marks the beginning of a prompt that is played again. All tones are multiples of
50 Hz, so that each falls into one bin of a 20 ms frame.
"""

import audioop
from collections.abc import Iterable
from pathlib import Path

import numpy as np

RATE = 8000
FRAME = 160
"""Samples (and A-law bytes) of 20 ms."""

HEAD_SECONDS = 0.3
BODY = 300
HEADS = {"greeting": 500, "recording-notice": 700, "emergency": 900, "menu": 1100, "ask-code": 1300}
"""The frequency with which each of these prompts begins; every other one begins with ``OTHER``."""
OTHER = 1500
CALLER = 450
"""What the callers of the bench say."""

SECONDS = {"greeting": 0.8, "recording-notice": 0.8, "emergency": 0.8, "menu": 12.0}
"""How long these prompts are; every other one lasts 0.4 s."""


def alaw_tone(frequency: int, seconds: float) -> bytes:
    """A-law bytes of a tone at about -12 dB."""
    samples = 8000 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)
    return audioop.lin2alaw(samples.astype("<i2").tobytes(), 2)


def write_prompts(folder: Path, names: Iterable[str]) -> None:
    """Write NAME.alaw for each name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        head = alaw_tone(HEADS.get(name, OTHER), HEAD_SECONDS)
        body = alaw_tone(BODY, SECONDS.get(name, 0.4) - HEAD_SECONDS)
        (folder / f"{name}.alaw").write_bytes(head + body)


def loudest(alaw: bytes) -> int:
    """The loudest frequency (a multiple of 50 Hz) of a frame of 20 ms; 0 for silence or another length."""
    if len(alaw) != FRAME:
        return 0
    spectrum = np.abs(np.fft.rfft(np.frombuffer(audioop.alaw2lin(alaw, 2), "<i2")))
    strongest = int(spectrum.argmax())
    return strongest * RATE // FRAME if spectrum[strongest] > 50_000 else 0
