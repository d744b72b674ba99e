"""Prompts that a test can tell apart by ear: each is a tone of its own, and what a telephone recorded is read back as their names."""

import wave
from collections.abc import Mapping
from itertools import groupby
from pathlib import Path

import numpy as np

RATE = 8000
PAUSE_SECONDS = 0.08
"""Silence behind each tone, so that a digit said twice is heard twice."""

DIGITS = {f"digit-{digit}": 550 + 100 * digit for digit in range(10)}
NAMED = {
    name: 1600 + 100 * number
    for number, name in enumerate(
        (
            "fallback-greeting",
            "fallback-thanks",
            "fallback-no-recording",
            "your-ticket",
            "received",
            "callback-taken",
            "taken-without-code",
            "nothing-said",
            "not-recorded",
            "wrong-key",
            "report-ask",
            "code-not-found",
            "menu",
            "recording-notice",
            "greeting",
            "after-hours",
            "no-operator",
            "appointment-ask",
        )
    )
}
TONES: Mapping[str, int] = {**DIGITS, **NAMED}
FREE = range(1650, 3400, 100)
"""Tones that a test may give to prompts of its own choice."""

SURVEY = dict(
    zip(
        (
            "survey-broken",
            "survey-consent",
            "survey-resolved",
            "survey-satisfaction",
            "survey-item-time",
            "survey-comment",
            "survey-reopen",
            "survey-reopened",
            "survey-later",
            "survey-never",
            "survey-goodbye",
            "survey-item-attitude",
            "survey-item-clarity",
            "survey-item-reception",
        ),
        FREE,
        strict=False,
    )
)
"""Tones of the prompts of a survey, for ``heard(recording, SURVEY)``."""

OTHER = 350
"""The tone of every prompt that has none of its own."""

LONG, LONG_SECONDS = "appointment-ask", 4.0
"""A prompt that is long enough for something to happen in the middle of it."""

_WINDOW, _HOP = 320, 160
_LOUD = 1000.0
_NEAR = 26.0


def write_prompt(path: Path, frequency: float, seconds: float) -> None:
    """A mono WAV of one tone and the pause behind it."""
    tone = 12_000 * np.sin(2 * np.pi * frequency * np.arange(int(seconds * RATE)) / RATE)
    samples = np.concatenate([tone, np.zeros(int(PAUSE_SECONDS * RATE))])
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples.astype("<i2").tobytes())


def write_prompts(folder: Path, names: Mapping[str, object] | frozenset[str]) -> None:
    """A tone for every name: short ones for the digits of a code, a quarter of a second for the others but one."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        seconds = LONG_SECONDS if name == LONG else 0.12 if name in DIGITS else 0.24
        write_prompt(folder / f"{name}.wav", {**SURVEY, **TONES}.get(name, OTHER), seconds)


def samples_of(recording: Path, channel: int = 0) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """One channel of a WAV; nothing for a file that is not there or was never finished."""
    try:
        with wave.open(str(recording)) as file:
            raw = np.frombuffer(file.readframes(file.getnframes()), "<i2")
            return raw[channel :: file.getnchannels()].astype(float)
    except (OSError, EOFError, wave.Error):
        return np.zeros(0)


def heard(recording: Path, more: Mapping[str, int] | None = None) -> list[str]:
    """The names of the prompts in a recording, in order; ``other`` for one without a tone of its own, ``?`` for anything else.

    ``more`` are tones that a test has given to prompts besides ``TONES``.
    """
    return [name for name, _ in _segments(samples_of(recording), {**TONES, **(more or {})})]


def heard_in(sound: bytes) -> list[str]:
    """The names of a survey's prompts in G.711 A-law, in order."""
    return [name for name, _ in _segments(_A_LAW[np.frombuffer(sound, np.uint8)], {**TONES, **SURVEY})]


def said_digits(recording: Path) -> str:
    """The digits that were said, one after the other; a space stands for any other prompt between them."""
    names = heard(recording)
    return "".join(name[-1] if name in DIGITS else " " for name in names)


def seconds_of(recording: Path, frequency: float, channel: int = 0) -> float:
    """For how many seconds a tone is the loudest thing in a channel."""
    loudest = _loudest(samples_of(recording, channel))
    return sum(abs(each - frequency) <= _NEAR for each in loudest if each) * _HOP / RATE


def _segments(
    samples: "np.ndarray[tuple[int], np.dtype[np.float64]]", tones: Mapping[str, int]
) -> list[tuple[str, int]]:
    names = [_name(frequency, tones) for frequency in _loudest(samples)]
    runs = [(name, len(list(run))) for name, run in groupby(names)]
    # Edges of a tone are heard as anything: only what lasts counts.
    return [(name, length) for name, length in runs if name and length * _HOP / RATE >= 0.06]


def _loudest(samples: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[float]:
    starts = range(0, max(len(samples) - _WINDOW, 0), _HOP)
    found = []
    for start in starts:
        spectrum = np.abs(np.fft.rfft(samples[start : start + _WINDOW] * np.hanning(_WINDOW))) * 4 / _WINDOW
        peak = int(np.argmax(spectrum))
        found.append(peak * RATE / _WINDOW if spectrum[peak] > _LOUD else 0.0)
    return found


def _linear(code: int) -> int:
    """A sample of G.711 A-law in 16 bits."""
    code ^= 0x55
    exponent, size = code >> 4 & 7, (code & 15) * 16 + 8
    size = (size + 256) << (exponent - 1) if exponent else size
    return size if code & 128 else -size


_A_LAW = np.array([_linear(code) for code in range(256)], dtype=float)


def _name(frequency: float, tones: Mapping[str, int]) -> str:
    if not frequency:
        return ""
    for name, tone in tones.items():
        if abs(tone - frequency) <= _NEAR:
            return name
    return "other" if abs(OTHER - frequency) <= _NEAR else "?"
