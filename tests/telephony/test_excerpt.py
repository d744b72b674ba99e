"""Claims about parts of recordings: any bytes of any part and side are those that a WAV cut by hand would have."""

import io
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from telephony.calls.excerpt import Excerpt
from telephony.calls.playing import span_of

RATE, SECONDS = 8000, 2
SAMPLES = np.arange(RATE * SECONDS * 2, dtype="<i2").reshape(-1, 2)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of which every sample is another one."""
    path = tmp_path_factory.mktemp("recordings") / "c.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, RATE, 0, "NONE", ""))
        file.writeframes(SAMPLES.tobytes())
    return path


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    start=st.floats(0, 3),
    length=st.none() | st.floats(0, 3),
    side=st.sampled_from([None, "caller", "operator"]),
    asked=st.tuples(st.integers(0, 70_000), st.integers(0, 70_000)),
)
def test_any_bytes_of_any_part_are_those_of_the_whole_part(
    recording: Path, start: float, length: float | None, side: str | None, asked: tuple[int, int]
) -> None:
    end = None if length is None else start + length
    excerpt = Excerpt.of(recording, start, end, side)  # type: ignore[arg-type]
    whole = excerpt.read(0, excerpt.size)
    assert len(whole) == excerpt.size
    at, size = asked
    assert excerpt.read(at, size) == whole[at : at + size]
    first, last = round(start * RATE), RATE * SECONDS if end is None else round(end * RATE)
    expected = SAMPLES[first:last]
    if side:
        expected = expected[:, 0 if side == "caller" else 1]
    with wave.open(io.BytesIO(whole)) as file:
        assert (file.getnchannels(), file.getframerate()) == (1 if side else 2, RATE)
        assert file.readframes(file.getnframes()) == expected.tobytes()


def test_the_whole_of_a_recording_is_the_recording(recording: Path) -> None:
    excerpt = Excerpt.of(recording)
    assert excerpt.read(0, excerpt.size) == recording.read_bytes()


@pytest.mark.parametrize(
    ("header", "span"),
    [
        (None, None),
        ("bytes=0-", (0, 100)),
        ("bytes=10-19", (10, 20)),
        ("bytes=90-500", (90, 100)),
        ("bytes=-5", (95, 100)),
        ("bytes=-500", (0, 100)),
        ("bytes=0-1,5-6", None),
        ("pages=1-2", None),
        ("bytes=-", None),
    ],
)
def test_what_a_player_asks_for(header: str | None, span: tuple[int, int] | None) -> None:
    assert span_of(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=5-2", "bytes=-0"])
def test_what_is_not_there_is_refused(header: str) -> None:
    with pytest.raises(ValueError, match="no such bytes"):
        span_of(header, 100)
