"""Sounds that somebody sends, as samples: WAV by the standard library; Ogg and WebM (what browsers record) by PyAV. No file, no rule.

What is sent is not trusted: only these containers and these codecs are opened, only from memory, and never more than a few minutes.
"""

import io
import wave
from dataclasses import dataclass

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.resampler import AudioResampler

from hotline1022.base.errors import Invalid
from ivr.audio import Samples

MOST_SECONDS = 125
"""A little more than the longest recording: the checks say that it is too long."""

CODECS = frozenset({"opus", "vorbis", "flac", "pcm_s16le"})
RATE = 48_000
RATES = (8_000, 192_000)
MOST_CHANNELS = 8

FORMATS = "dùng WAV (PCM 8, 16, 24 hoặc 32 bit), Ogg hoặc WebM (Opus, Vorbis)"


@dataclass(frozen=True, slots=True)
class Sound:
    """Samples of one channel (-1 to 1) and their rate; ``cut``: there was more than anybody may send."""

    samples: Samples
    rate: int
    cut: bool = False

    @property
    def seconds(self) -> float:
        """How long it is."""
        return len(self.samples) / self.rate


def decode(data: bytes) -> Sound:
    """The sound of a file. Raises Invalid, with what can be used. Takes its time: call it off the event loop."""
    if data[:4] == b"RIFF" and data[8:12] == b"WAVE":
        return _wav(data)
    if data[:4] == b"OggS":
        return _by_library(data, "ogg")
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return _by_library(data, "matroska")
    raise Invalid("Tệp này không phải âm thanh dùng được", remedy=FORMATS, field="sound")


def _wav(data: bytes) -> Sound:
    try:
        with wave.open(io.BytesIO(data)) as file:
            rate, channels, width = file.getframerate(), file.getnchannels(), file.getsampwidth()
            if not RATES[0] <= rate <= RATES[1] or not 1 <= channels <= MOST_CHANNELS or width > 4:
                raise ValueError(rate)
            most = rate * MOST_SECONDS
            raw, cut = file.readframes(most), file.getnframes() > most
    except (wave.Error, EOFError, ValueError) as error:
        raise Invalid("Không đọc được tệp WAV này", remedy=FORMATS, field="sound") from error
    raw = raw[: len(raw) // (width * channels) * width * channels]
    if width == 3:  # three bytes a sample: the upper ones of four
        bytes_of = np.frombuffer(raw, dtype=np.uint8).reshape(-1, 3)
        whole = np.zeros((len(bytes_of), 4), dtype=np.uint8)
        whole[:, 1:] = bytes_of
        values = whole.view("<i4").ravel().astype(np.float64) / 2.0**31
    elif width == 1:
        values = (np.frombuffer(raw, dtype=np.uint8).astype(np.float64) - 128) / 128
    else:
        values = np.frombuffer(raw, dtype=f"<i{width}").astype(np.float64) / 2.0 ** (8 * width - 1)
    return Sound(values.reshape(-1, channels).mean(axis=1), rate, cut)


def _by_library(data: bytes, container: str) -> Sound:
    parts: list[Samples] = []
    most, count = RATE * MOST_SECONDS, 0
    try:
        with av.open(io.BytesIO(data), mode="r", format=container, metadata_errors="ignore") as file:
            stream = next(iter(file.streams.audio), None)
            if stream is None or stream.codec_context.name not in CODECS:
                raise Invalid("Tệp này không có tiếng ở dạng dùng được", remedy=FORMATS, field="sound")
            resampler = AudioResampler(format="flt", layout="mono", rate=RATE)
            for frame in file.decode(stream):
                for part in resampler.resample(frame):
                    parts.append(_samples(part))
                    count += len(parts[-1])
                if count >= most:
                    break
            else:
                parts += [_samples(part) for part in resampler.resample(None)]
    except (av.FFmpegError, ValueError, EOFError) as error:
        raise Invalid("Không đọc được tệp âm thanh này", remedy=FORMATS, field="sound") from error
    samples = np.concatenate(parts) if parts else np.zeros(0)
    return Sound(samples[:most], RATE, cut=count >= most)


def _samples(frame: AudioFrame) -> Samples:
    return frame.to_ndarray().ravel().astype(np.float64)
