"""Whether a sound can be a prompt: its length, its loudness, its silence, measured and told in Vietnamese. Pure."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from hotline1022.administration.decoding import Sound
from ivr.recordings import LONGEST_SECONDS

SHORTEST_SECONDS = 0.2
FRAME_SECONDS = 0.01

SILENT_DB, QUIET_DB, LOUD_DB = -50.0, -34.0, -8.0
"""Loudness of the speech below which there is none, below which it is faint (what is made louder hisses), above which it is shouted."""

CLIPPED = 0.001
"""The part of the samples at the very limit above which the voice is torn."""

LONGEST_SILENCE = 0.7
"""Seconds before or after the voice; it is cut, so this is only said."""

SECONDS_A_WORD = (0.12, 0.9)
"""Nobody reads aloud faster or slower than so: other words were read."""


@dataclass(frozen=True, slots=True)
class SoundFinding:
    """What is wrong (``error``: it cannot be used) or doubtful."""

    level: Literal["error", "warning"]
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Measured:
    """A sound in figures: seconds, decibels below the loudest possible, seconds of silence at both ends."""

    seconds: float
    spoken_seconds: float
    loudness_db: float
    clipped: float
    silence_before: float
    silence_after: float


def measure(sound: Sound) -> Measured:
    """The figures of a sound."""
    size = max(1, int(sound.rate * FRAME_SECONDS))
    frames = sound.samples[: len(sound.samples) // size * size].reshape(-1, size)
    levels = np.sqrt(np.mean(frames**2, axis=1)) if len(frames) else np.zeros(1)
    loudest = float(levels.max())
    speech = np.flatnonzero(levels > max(loudest * 0.01, 1e-4))
    if not len(speech):
        return Measured(sound.seconds, 0.0, -120.0, 0.0, sound.seconds, 0.0)
    loudness = float(np.sqrt(np.mean(levels[speech] ** 2)))
    return Measured(
        seconds=sound.seconds,
        spoken_seconds=float(speech[-1] + 1 - speech[0]) * FRAME_SECONDS,
        loudness_db=20 * float(np.log10(max(loudness, 1e-6))),
        clipped=float(np.mean(np.abs(sound.samples) >= 0.999)),
        silence_before=float(speech[0]) * FRAME_SECONDS,
        silence_after=float(len(levels) - 1 - speech[-1]) * FRAME_SECONDS,
    )


def check(sound: Sound, words: str) -> list[SoundFinding]:
    """What is wrong with a sound that should say ``words``; errors first."""
    found, it = list[SoundFinding](), measure(sound)

    def say(level: Literal["error", "warning"], what: str, remedy: str) -> None:
        found.append(SoundFinding(level, what, remedy))

    if sound.cut or it.seconds > LONGEST_SECONDS:
        say("error", f"Bản thu dài hơn {LONGEST_SECONDS} giây", "chia lời thành hai câu, hoặc đọc gọn lại")
    elif it.loudness_db < SILENT_DB:
        say("error", "Không nghe thấy tiếng nói trong bản thu", "kiểm tra micrô rồi thu lại")
    elif it.spoken_seconds < SHORTEST_SECONDS:
        say("error", f"Tiếng nói chỉ dài {_number(it.spoken_seconds)} giây", "thu lại cả câu")
    if found:
        return found
    count = len(words.split())
    fast, slow = (count * each for each in SECONDS_A_WORD)
    if it.spoken_seconds < fast or (count > 3 and it.spoken_seconds > slow):
        length = f"Bản thu dài {_number(it.spoken_seconds)} giây, lời có {count} chữ"
        say("warning", length, "nghe lại xem có đọc đủ và đúng lời không")
    if it.clipped > CLIPPED:
        say("warning", "Tiếng bị vỡ vì thu quá to", "giảm âm lượng micrô rồi thu lại")
    elif it.loudness_db > LOUD_DB:
        say("warning", "Tiếng thu to quá", "tổng đài tự giảm; nghe lại xem có bị vỡ không")
    if it.loudness_db < QUIET_DB:
        say("warning", "Tiếng thu nhỏ quá, khi phát to lên sẽ lẫn tiếng ồn", "nói gần micrô hơn rồi thu lại")
    for seconds, place in ((it.silence_before, "đầu"), (it.silence_after, "cuối")):
        if seconds > LONGEST_SILENCE:
            say("warning", f"Im lặng {_number(seconds)} giây ở {place} bản thu", "tổng đài tự cắt; không cần làm gì")
    return found


def _number(value: float) -> str:
    return f"{value:.1f}".replace(".", ",")
