"""Any WAV becomes telephone audio; anything else is refused in one sentence."""

import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transcription.signals import pcm, silence, tone, wav
from transcription.audio import (
    UnreadableAudioError,
    between,
    levelled,
    read_legs,
    seconds_of,
    through_telephone,
)

SPOKEN = pcm(tone(440, 1.0))


def samples(audio: bytes) -> np.ndarray:
    return np.frombuffer(audio, dtype="<i2").astype(float)


def test_a_stereo_recording_gives_the_caller_first() -> None:
    left, right = SPOKEN, pcm(silence(1.0))
    assert read_legs(wav(left, right)) == [left, right]


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 24000, 44100, 48000])
def test_any_rate_becomes_eight_kilohertz_and_keeps_its_length(rate: int) -> None:
    time = np.arange(rate) / rate
    (leg,) = read_legs(wav(pcm(0.3 * np.sin(2 * np.pi * 440 * time)), rate=rate))
    assert abs(seconds_of(leg) - 1.0) < 0.01
    spectrum = np.abs(np.fft.rfft(samples(leg)))
    assert abs(int(spectrum.argmax()) - 440) <= 2


def test_high_sounds_are_filtered_not_folded_into_the_voice() -> None:
    time = np.arange(24000) / 24000
    (leg,) = read_legs(wav(pcm(0.5 * np.sin(2 * np.pi * 7000 * time)), rate=24000))
    assert np.abs(samples(leg)[400:-400]).max() < 0.01 * 32768


@pytest.mark.parametrize("width", [1, 3, 4])
def test_other_sample_widths_are_read(width: int) -> None:
    (leg,) = read_legs(wav(b"\x80" * width * 8000, width=width))
    assert seconds_of(leg) == 1.0


def test_a_file_whose_writer_died_is_read_to_its_end() -> None:
    whole = bytearray(wav(SPOKEN))
    whole[40:44] = b"\0\0\0\0"
    assert read_legs(bytes(whole)) == [SPOKEN]
    whole[40:44] = b"\xff\xff\xff\xff"
    assert read_legs(bytes(whole)) == [SPOKEN]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0WAVE",
        b"ID3 not a wav at all",
        wav(SPOKEN)[:30],
        b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0" + b"\0" * 24,
    ],
)
def test_what_is_no_wav_is_refused_in_vietnamese(content: bytes) -> None:
    with pytest.raises(UnreadableAudioError, match="WAV"):
        read_legs(content)


@given(st.binary(max_size=200), st.integers(0, 60))
def test_damaged_files_are_read_or_refused_never_worse(damage: bytes, offset: int) -> None:
    content = bytearray(wav(pcm(tone(300, 0.05))))
    content[offset : offset + len(damage)] = damage
    with contextlib.suppress(UnreadableAudioError):
        read_legs(bytes(content))


def test_the_telephone_keeps_a_tone_and_its_length() -> None:
    heard = through_telephone(SPOKEN)
    assert len(heard) == len(SPOKEN)
    assert np.corrcoef(samples(heard), samples(SPOKEN))[0, 1] > 0.99


def test_a_quiet_caller_is_raised_and_silence_is_not() -> None:
    quiet = pcm(tone(440, 0.5, level=0.05))
    assert np.abs(samples(levelled(quiet))).max() > 5 * np.abs(samples(quiet)).max()
    assert levelled(pcm(silence(0.5))) == pcm(silence(0.5))


def test_a_cut_lies_on_whole_samples() -> None:
    assert seconds_of(between(SPOKEN, 0.2, 0.5)) == pytest.approx(0.3)
    assert between(SPOKEN, -1, 99) == SPOKEN
