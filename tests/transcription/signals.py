"""Sounds for tests, made from numbers: tones, noise, telephone keys, and WAV files around them."""

import io
import wave

import numpy as np
import numpy.typing as npt

from transcription.model import SAMPLE_RATE

Samples = npt.NDArray[np.float64]

KEYS = {"1": (697, 1209), "5": (770, 1336), "9": (852, 1477), "0": (941, 1336), "#": (941, 1477)}


def seconds(count: float) -> Samples:
    """The instants of so many seconds."""
    return np.arange(round(count * SAMPLE_RATE)) / SAMPLE_RATE


def tone(hertz: float, length: float, level: float = 0.3) -> Samples:
    """A sine."""
    return level * np.sin(2 * np.pi * hertz * seconds(length))


def silence(length: float) -> Samples:
    """Nothing."""
    return np.zeros(round(length * SAMPLE_RATE))


def noise(length: float, level: float = 0.1, seed: int = 1) -> Samples:
    """White noise."""
    return level * np.random.default_rng(seed).standard_normal(round(length * SAMPLE_RATE))


def hum(length: float) -> Samples:
    """A mains hum with its harmonics."""
    return np.asarray(sum(tone(50 * n, length, 0.2 / n) for n in (1, 2, 3, 5)))


def keys(pressed: str) -> Samples:
    """Telephone keys, 100 ms each."""
    return np.concatenate([np.concatenate([sum(tone(h, 0.1) for h in KEYS[key]), silence(0.1)]) for key in pressed])


def ringback(length: float) -> Samples:
    """425 Hz, one second on, four off."""
    on = (seconds(length) % 5) < 1
    return tone(425, length) * on


def pcm(samples: Samples) -> bytes:
    """16-bit bytes."""
    return bytes(np.clip(np.rint(samples * 32767), -32768, 32767).astype("<i2").tobytes())


def wav(*channels: bytes, rate: int = SAMPLE_RATE, width: int = 2) -> bytes:
    """A WAV file of 16-bit channels of equal length (or of raw bytes of another width, one channel)."""
    content = channels[0]
    if len(channels) > 1:
        content = np.stack([np.frombuffer(channel, dtype="<i2") for channel in channels], axis=1).tobytes()
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(len(channels))
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(content)
    return target.getvalue()
