"""Finished recordings: from what Asterisk wrote to one stereo WAV a call, the caller on the left. No word is recognised here."""

import hashlib
import os
import wave
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import Path

import numpy as np

from hotline1022.base.clock import CIVIL_ZONE

SAMPLE_RATE = 8000
"""Samples a second, as the telephone carries them; 16-bit."""

_CHUNK_BYTES = 1 << 20
_FRAME = SAMPLE_RATE // 50
_SOUND_LEVEL = 300.0
"""Root mean square (16-bit scale) above which a 20 ms frame counts as sound: a quiet line lies below 60, a voice above 1000."""


@dataclass(frozen=True)
class Recording:
    """A recording that is complete. ``path`` is relative to the recordings folder; length in seconds."""

    path: str
    sha256: str
    seconds: float


class RecordingShelf:
    """Keeps recordings under ``<folder>/<year>/<month>/<day>/<call>.wav``, by the civil date of the call's arrival."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def place(self, call: str, arrived: datetime) -> Path:
        """Where a call's recording belongs."""
        return self.folder / arrived.astimezone(CIVIL_ZONE).strftime("%Y/%m/%d") / f"{call}.wav"

    def finish(self, call: str, arrived: datetime, sides: tuple[Path, Path], takes: Sequence[Path]) -> Recording | None:
        """Make the call's recording of what there is: both sides of the whole call, else what was recorded of the caller alone.

        ``sides`` are mono WAVs of the caller and of what the caller heard. None when there is nothing. Doing it again gives the same
        recording. Raises OSError (disk full, no rights); nothing is deleted before the result stands on the disk.
        """
        target = self.place(call, arrived)
        sources = [path for path in (*sides, *takes) if path.is_file()]
        if not target.is_file():
            left = [sides[0]] if sides[0].is_file() else list(takes)
            if not sources or not _write(target, left, sides[1]):
                return None
        for source in sources:
            source.unlink()
        with wave.open(str(target)) as finished:
            seconds = finished.getnframes() / SAMPLE_RATE
        return Recording(str(target.relative_to(self.folder)), _sha256(target), seconds)

    def open(self, path: str) -> Path:
        """The file of a recording. Raises ValueError for a path that leads out of the folder."""
        target = (self.folder / path).resolve()
        if not target.is_relative_to(self.folder.resolve()):
            raise ValueError("a recording outside the recordings folder")
        return target


def open_length(take: Path) -> int | None:
    """The bytes so far of a WAV that Asterisk still writes; None when it has done with it or there is none.

    Asterisk writes the length into the header when it closes the file, not before.
    """
    try:
        with take.open("rb") as file:
            told = int.from_bytes(file.read(8)[4:], "little")
            length = os.fstat(file.fileno()).st_size
    except FileNotFoundError:
        return None
    return None if told == length - 8 else length


def spoken_seconds(take: Path) -> float:
    """Seconds of sound in a mono WAV whose header is not trusted; 0 when there is no such file. Of a file that is still open up to two
    seconds are missing: Asterisk writes 32 KiB at a time."""
    return _sound_seconds(np.frombuffer(_samples(take), "<i2"))


def _sound_seconds(samples: "np.ndarray[tuple[int], np.dtype[np.int16]]") -> float:
    frames = samples[: len(samples) // _FRAME * _FRAME].reshape(-1, _FRAME).astype(np.float32)
    loud = np.sqrt((frames**2).mean(axis=1)) > _SOUND_LEVEL if len(frames) else np.zeros(0)
    return float(loud.sum()) * _FRAME / SAMPLE_RATE


def _samples(take: Path) -> bytes:
    return b"".join(_chunks([take]))


def _chunks(sources: Sequence[Path]) -> Iterator[bytes]:
    """The audio of WAVs written by Asterisk: all that follows the 44-byte header, since its lengths are set only when it is closed."""
    for source in sources:
        try:
            file = source.open("rb")
        except OSError:
            continue
        with file:
            file.seek(44)
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk[: len(chunk) // 2 * 2]


def _interleaved(left: Sequence[Path], right: Path) -> Iterator[bytes]:
    """Both sides sample by sample; the shorter one is filled up with silence."""
    for mine, theirs in zip_longest(_chunks(left), _chunks([right]), fillvalue=b""):
        length = max(len(mine), len(theirs)) // 2
        pair = np.zeros((length, 2), "<i2")
        pair[: len(mine) // 2, 0] = np.frombuffer(mine, "<i2")
        pair[: len(theirs) // 2, 1] = np.frombuffer(theirs, "<i2")
        yield pair.tobytes()


def _write(target: Path, left: Sequence[Path], right: Path) -> bool:
    """Write, force to the disk, then rename; False (and no file) when there was no sample."""
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".fresh")
    with fresh.open("wb") as file, wave.open(file, "wb") as result:
        result.setnchannels(2)
        result.setsampwidth(2)
        result.setframerate(SAMPLE_RATE)
        for chunk in _interleaved(left, right):
            result.writeframesraw(chunk)
        length = result.tell()
    if not length:
        fresh.unlink()
        return False
    descriptor = os.open(fresh, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    fresh.replace(target)
    return True


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
