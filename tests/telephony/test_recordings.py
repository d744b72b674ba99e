"""From what Asterisk wrote to one recording a call; files are as Asterisk leaves them: whole, still open, or left open by its death."""

import asyncio
import wave
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from telephony import recorder
from telephony.recorder import until_closed
from telephony.recordings import RecordingShelf, open_length, spoken_seconds

ARRIVED = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)
"""2 March in Vietnam."""


def wav(path: Path, seconds: float, level: int = 8000, *, closed: bool = True) -> Path:
    """A mono WAV of a loud tone, as Asterisk writes it: the lengths in the header are zero until it is closed."""
    samples = (level * np.sin(np.arange(int(seconds * 8000)))).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(samples.tobytes())
    if not closed:
        with path.open("r+b") as file:
            for place in (4, 40):
                file.seek(place)
                file.write(bytes(4))
    return path


@pytest.fixture
def sides(tmp_path: Path) -> tuple[Path, Path]:
    """Where Asterisk writes both sides of a call."""
    return tmp_path / "c-in.wav", tmp_path / "c-out.wav"


@pytest.fixture
def shelf(tmp_path: Path) -> RecordingShelf:
    """An empty shelf."""
    return RecordingShelf(tmp_path / "recordings")


def test_both_sides_become_one_stereo_file_with_the_caller_on_the_left(
    shelf: RecordingShelf, sides: tuple[Path, Path]
) -> None:
    wav(sides[0], 2.0, 9000)
    wav(sides[1], 1.0, 3000)
    made = shelf.finish("node-1-c", ARRIVED, sides, [])
    assert made is not None
    assert made.path == "2026/03/02/node-1-c.wav", "by the date in Vietnam"
    assert made.seconds == 2.0
    with wave.open(str(shelf.open(made.path))) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8000, 2)
        pairs = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)
    assert np.abs(pairs[:8000, 0]).max() == pytest.approx(9000, abs=5)
    assert np.abs(pairs[:8000, 1]).max() == pytest.approx(3000, abs=5)
    assert not pairs[8000:, 1].any(), "the shorter side is filled up with silence"
    assert not sides[0].exists()
    assert not sides[1].exists()


def test_finishing_twice_gives_the_same_recording(shelf: RecordingShelf, sides: tuple[Path, Path]) -> None:
    wav(sides[0], 1.0)
    first = shelf.finish("c", ARRIVED, sides, [])
    assert first is not None
    assert shelf.finish("c", ARRIVED, sides, []) == first


def test_a_crash_before_the_sources_were_deleted_leaves_one_recording(
    shelf: RecordingShelf, sides: tuple[Path, Path]
) -> None:
    wav(sides[0], 1.0)
    first = shelf.finish("c", ARRIVED, sides, [])
    wav(sides[0], 3.0)
    assert shelf.finish("c", ARRIVED, sides, []) == first
    assert not sides[0].exists()


def test_takes_alone_are_a_recording_in_their_order(
    shelf: RecordingShelf, sides: tuple[Path, Path], tmp_path: Path
) -> None:
    takes = [wav(tmp_path / "take-1.wav", 1.0), wav(tmp_path / "take-2.wav", 0.5)]
    made = shelf.finish("c", ARRIVED, sides, takes)
    assert made is not None
    assert made.seconds == 1.5


def test_nothing_recorded_is_no_recording(shelf: RecordingShelf, sides: tuple[Path, Path]) -> None:
    assert shelf.finish("c", ARRIVED, sides, []) is None
    wav(sides[0], 0.0)
    assert shelf.finish("c", ARRIVED, sides, []) is None
    assert not list(shelf.folder.rglob("*.wav"))


def test_a_disk_that_refuses_keeps_what_asterisk_wrote(
    shelf: RecordingShelf, sides: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    wav(sides[0], 1.0)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("telephony.recordings.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        shelf.finish("c", ARRIVED, sides, [])
    assert sides[0].exists()


@pytest.mark.parametrize("path", ["../secrets.env", "/etc/passwd", "2026/../../x.wav"])
def test_a_path_out_of_the_folder_is_refused(shelf: RecordingShelf, path: str) -> None:
    with pytest.raises(ValueError, match="outside"):
        shelf.open(path)


def test_sound_is_told_from_silence_whatever_the_header_says(tmp_path: Path) -> None:
    assert spoken_seconds(wav(tmp_path / "a.wav", 2.5, closed=False)) == pytest.approx(2.5, abs=0.05)
    assert spoken_seconds(wav(tmp_path / "b.wav", 2.5, level=50)) == 0
    assert spoken_seconds(tmp_path / "absent.wav") == 0


def test_only_the_callers_side_counts_as_the_callers_speech(
    shelf: RecordingShelf, sides: tuple[Path, Path], tmp_path: Path
) -> None:
    wav(sides[0], 1.0)
    wav(sides[1], 4.0)
    made = shelf.finish("c", ARRIVED, sides, [])
    assert made is not None
    with wave.open(str(shelf.open(made.path))) as both, wave.open(str(tmp_path / "left.wav"), "wb") as left:
        left.setnchannels(1)
        left.setsampwidth(2)
        left.setframerate(both.getframerate())
        left.writeframes(np.frombuffer(both.readframes(both.getnframes()), "<i2")[::2].tobytes())
    assert spoken_seconds(tmp_path / "left.wav") == pytest.approx(1.0, abs=0.05)


def test_a_file_is_closed_when_its_header_has_its_length(tmp_path: Path) -> None:
    assert open_length(tmp_path / "absent.wav") is None
    assert open_length(wav(tmp_path / "closed.wav", 1.0)) is None
    assert open_length(wav(tmp_path / "empty.wav", 0.0)) is None
    assert open_length(wav(tmp_path / "open.wav", 1.0, closed=False)) == 16044
    assert open_length(wav(tmp_path / "fresh.wav", 0.0, closed=False)) == 44


async def test_a_recording_is_not_taken_before_asterisk_has_closed_it(tmp_path: Path) -> None:
    take = wav(tmp_path / "open.wav", 1.0, closed=False)
    waiting = asyncio.create_task(until_closed([take, tmp_path / "absent.wav"]))
    await asyncio.sleep(0)
    assert not waiting.done()
    wav(take, 2.0)
    async with asyncio.timeout(1):
        await waiting


async def test_a_file_that_asterisk_left_open_when_it_died_is_taken_in_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "ABANDONED_SECONDS", 0.2)
    async with asyncio.timeout(2):
        await until_closed([wav(tmp_path / "open.wav", 1.0, closed=False)])
