"""A recording, or a part or one side of it, as a WAV of which any bytes can be asked for. No request and no right is known here.

Nothing is copied: the bytes of the part are found in the recording when they are read, however long it is.
"""

import struct
import wave
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

Channel = Literal["caller", "operator"]

CHUNK = 256 * 1024
"""Bytes that are read at once."""

_HEADER = 44
_WIDTH = 2


@dataclass(frozen=True)
class Excerpt:
    """A part of a recording of two 16-bit channels, the caller's first. ``first`` and ``frames`` count samples of one channel."""

    path: Path
    offset: int
    """Where the recording's own samples begin."""
    rate: int
    first: int
    frames: int
    side: Channel | None

    @classmethod
    def of(
        cls, path: Path, start: float | None = None, end: float | None = None, side: Channel | None = None
    ) -> "Excerpt":
        """From ``start`` to ``end`` seconds, as far as there is sound. Raises OSError; wave.Error or EOFError for what is no such WAV."""
        with wave.open(str(path)) as file:
            if (file.getnchannels(), file.getsampwidth()) != (2, _WIDTH):
                raise wave.Error("not two channels of 16 bits")
            rate, length = file.getframerate(), file.getnframes()
        first = min(round((start or 0.0) * rate), length)
        last = length if end is None else min(max(round(end * rate), first), length)
        return cls(path, path.stat().st_size - length * 2 * _WIDTH, rate, first, last - first, side)

    @property
    def size(self) -> int:
        """Bytes of the whole WAV."""
        return _HEADER + self.frames * self._bytes_a_frame

    @property
    def _bytes_a_frame(self) -> int:
        return _WIDTH if self.side else 2 * _WIDTH

    def read(self, at: int, length: int) -> bytes:
        """Up to ``length`` bytes from byte ``at`` on. Raises OSError."""
        end = min(at + length, self.size)
        if at >= end:
            return b""
        header = self._header()[at:end] if at < _HEADER else b""
        return header + self._samples(max(at, _HEADER) - _HEADER, max(end, _HEADER) - _HEADER)

    def _samples(self, start: int, end: int) -> bytes:
        if start >= end:
            return b""
        size = self._bytes_a_frame
        first, last = start // size, -(-end // size)
        with self.path.open("rb") as file:
            file.seek(self.offset + (self.first + first) * 2 * _WIDTH)
            raw = file.read((last - first) * 2 * _WIDTH)
        if self.side:
            both = np.frombuffer(raw[: len(raw) // 4 * 4], "<i2").reshape(-1, 2)
            raw = both[:, 0 if self.side == "caller" else 1].tobytes()
        return raw[start - first * size : end - first * size]

    def _header(self) -> bytes:
        channels, data = (1 if self.side else 2), self.frames * self._bytes_a_frame
        form = (16, 1, channels, self.rate, self.rate * channels * _WIDTH, channels * _WIDTH, 8 * _WIDTH)
        return b"RIFF" + struct.pack("<I", 36 + data) + b"WAVEfmt " + struct.pack("<IHHIIHH", *form) + (
            b"data" + struct.pack("<I", data)
        )  # fmt: skip
