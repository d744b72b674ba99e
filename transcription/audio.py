"""Sound files in, telephone audio out: 8000 Hz, 16-bit, mono, one piece for each leg.

Untrusted bytes; no program is started.
"""

import struct
import warnings

import numpy as np
import numpy.typing as npt
import soxr

from hotline1022.base.errors import HotlineError
from transcription.model import BYTES_PER_SECOND, SAMPLE_RATE

with warnings.catch_warnings():
    # On Python 3.11 and 3.12 audioop is still there but announces its end; from 3.13 the package audioop-lts provides
    # it. pydub misses ffmpeg where there is none; only WAV is read here, which needs no program.
    warnings.simplefilter("ignore", DeprecationWarning)
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", RuntimeWarning)
    import audioop

    from pydub import AudioSegment
    from pydub.audio_segment import fix_wav_headers
    from pydub.exceptions import CouldntDecodeError

LOWEST_RATE, HIGHEST_RATE = 4000, 192_000
WIDTHS = (1, 2, 4)
"""Bytes of a sample; 24 bit is read as 32."""

LOUDEST_PEAK_DBFS = -3.0
MOST_GAIN_DB = 20.0


class UnreadableAudioError(HotlineError):
    """The bytes are not a WAV file that can be read."""


def read_legs(wav: bytes) -> list[bytes]:
    """Each channel of a WAV file (PCM, any rate and width) as telephone audio. Raises UnreadableAudioError.

    A file whose writer died before it could fill in the lengths is read to its end.
    """
    sound = _open(wav)
    return [_at_telephone_rate(channel) for channel in sound.split_to_mono()]


def _open(wav: bytes) -> AudioSegment:
    if wav[:4] != b"RIFF" or wav[8:12] != b"WAVE":
        raise UnreadableAudioError("Không phải tệp âm thanh WAV", remedy="hãy đổi sang WAV (PCM) rồi thử lại")
    raw = bytearray(wav)
    try:
        data = raw.find(b"data", 12)
        if data >= 0 and len(raw) >= data + 8:
            (declared,) = struct.unpack_from("<I", raw, data + 4)
            if declared == 0 or declared > len(raw) - data - 8:
                fix_wav_headers(raw)
        sound = AudioSegment(bytes(raw))
        whole = len(sound.raw_data) // sound.frame_width * sound.frame_width
        sound = sound._spawn(sound.raw_data[:whole])
    except (CouldntDecodeError, struct.error, ValueError, IndexError, ZeroDivisionError, audioop.error) as error:
        raise UnreadableAudioError(
            "Tệp WAV hỏng hoặc không phải loại PCM", remedy="hãy ghi lại bằng WAV PCM 16 bit"
        ) from error
    usual_rate = LOWEST_RATE <= sound.frame_rate <= HIGHEST_RATE
    if not usual_rate or sound.channels not in (1, 2) or sound.sample_width not in WIDTHS:
        raise UnreadableAudioError(
            "Tệp WAV có tần số, số kênh hoặc độ rộng mẫu lạ", remedy="hãy ghi lại bằng WAV PCM 16 bit"
        )
    return sound


def _at_telephone_rate(channel: AudioSegment) -> bytes:
    mono = channel.set_sample_width(2)
    if mono.frame_rate == SAMPLE_RATE:
        return bytes(mono.raw_data)
    # pydub's own resampling keeps no filter and folds high sounds into the speech band; soxr does not.
    samples = np.frombuffer(mono.raw_data, dtype="<i2").astype(np.float32)
    return to_pcm(soxr.resample(samples, mono.frame_rate, SAMPLE_RATE))


def to_pcm(samples: npt.NDArray[np.float32]) -> bytes:
    """Samples in the 16-bit range as bytes, clipped rather than wrapped."""
    return bytes(np.clip(np.rint(samples), -32768, 32767).astype("<i2").tobytes())


def through_telephone(pcm: bytes) -> bytes:
    """The audio as it comes out of a telephone line: 8-bit A-law and back."""
    return bytes(audioop.alaw2lin(audioop.lin2alaw(pcm, 2), 2))


def levelled(pcm: bytes) -> bytes:
    """The audio raised so that its peak is near full scale, by at most MOST_GAIN_DB; never lowered, silence left
    alone."""
    sound = AudioSegment(pcm, sample_width=2, frame_rate=SAMPLE_RATE, channels=1)
    gain = min(LOUDEST_PEAK_DBFS - sound.max_dBFS, MOST_GAIN_DB)
    return bytes((sound + gain).raw_data) if sound.max and gain > 0 else pcm


def seconds_of(pcm: bytes) -> float:
    """How long the audio lasts."""
    return len(pcm) / BYTES_PER_SECOND


def between(pcm: bytes, start: float, end: float) -> bytes:
    """The audio from ``start`` to ``end`` seconds, on whole samples."""
    return pcm[round(max(start, 0) * SAMPLE_RATE) * 2 : round(max(end, 0) * SAMPLE_RATE) * 2]
