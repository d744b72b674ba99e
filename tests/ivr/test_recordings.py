"""Claims about recordings: the shipped ones fit their words, a province's take precedence, what is broken is named."""

import hashlib
import io
import wave
from pathlib import Path

import numpy as np
import pytest

from ivr.audio import LOUDNESS, RATE, Samples, decoded, telephone_audio
from ivr.finding import BrokenFileError
from ivr.prompt_book import PromptBook, load_book
from ivr.recordings import RECORDINGS, build_prompt_folder, read_manifest, recorded, recordings


def tone(seconds: float, rate: int, level: float = 0.05) -> Samples:
    """A hum with silence around it."""
    hum = level * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)
    quiet = np.zeros(rate)
    return np.concatenate([quiet, hum, quiet])


def wav(samples: Samples, rate: int, channels: int = 1) -> bytes:
    """A WAV file of 16 bits."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(channels)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes((samples * 32767).astype("<i2").tobytes())
    return file.getvalue()


def loudness(alaw: bytes) -> float:
    """The level over what is not silence."""
    samples = decoded(alaw)
    frames = samples[: len(samples) // 80 * 80].reshape(-1, 80)
    levels = np.sqrt(np.mean(frames**2, axis=1))
    return float(np.sqrt(np.mean(levels[levels > levels.max() / 100] ** 2)))


def test_every_shipped_prompt_has_a_recording_of_its_present_words(usable: dict[str, str]) -> None:
    assert {name: problem for name, problem in usable.items() if problem} == {}


def test_no_recording_is_shipped_that_no_prompt_needs(book: PromptBook) -> None:
    shipped = {path.stem for path in RECORDINGS.glob("*.alaw")}
    assert shipped == set(book) == set(read_manifest(RECORDINGS))


def test_shipped_recordings_are_evenly_loud_and_trimmed() -> None:
    for path in RECORDINGS.glob("*.alaw"):
        audio = path.read_bytes()
        assert 0.1 * RATE < len(audio) < 40 * RATE, path
        assert LOUDNESS / 2 < loudness(audio) < LOUDNESS * 1.3, path
        assert np.abs(decoded(audio)[: RATE // 100]).max() < 0.01, path
    assert sum(path.stat().st_size for path in RECORDINGS.glob("*.alaw")) < 7_000_000


@pytest.mark.parametrize("rate", [8000, 16000, 22050, 44100, 48000])
def test_any_sample_rate_and_level_becomes_telephone_audio_of_the_same_length_and_loudness(rate: int) -> None:
    audio = telephone_audio(tone(1.0, rate), rate, pause_seconds=0)
    assert len(audio) == pytest.approx(1.02 * RATE, abs=0.03 * RATE)
    assert loudness(audio) == pytest.approx(LOUDNESS, rel=0.1)


def test_silence_is_no_recording() -> None:
    with pytest.raises(ValueError, match="no sound"):
        telephone_audio(np.zeros(16000), 16000)
    with pytest.raises(ValueError, match="no sound"):
        telephone_audio(np.zeros(0), 8000)


def test_asterisk_folder_is_laid_once_and_not_written_again(tmp_path: Path, book: PromptBook) -> None:
    first = build_prompt_folder(book, tmp_path / "out")
    assert first.problems == ()
    assert set(first.written) == first.playable == set(book)
    stamps = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert len(stamps) == len(book)
    second = build_prompt_folder(book, tmp_path / "out")
    assert second.written == ()
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()} == stamps


def test_half_written_and_old_files_are_put_right(tmp_path: Path, book: PromptBook) -> None:
    build_prompt_folder(book, tmp_path)
    (tmp_path / "greeting.alaw").write_bytes(b"half")
    (tmp_path / "no-longer-said.alaw").write_bytes(b"x" * 999)
    (tmp_path / "menu.alaw").unlink()
    again = build_prompt_folder(book, tmp_path)
    assert set(again.written) == {"greeting", "menu"}
    assert not (tmp_path / "no-longer-said.alaw").exists()


def test_province_recording_takes_precedence_as_wav_or_alaw(tmp_path: Path, book: PromptBook) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "greeting.wav").write_bytes(wav(tone(1.0, 44100), 44100))
    (own / "menu.alaw").write_bytes(b"\x55" * 8000)
    laid = build_prompt_folder(book, tmp_path / "out", own)
    assert laid.problems == ()
    assert (tmp_path / "out" / "menu.alaw").read_bytes() == b"\x55" * 8000
    assert len((tmp_path / "out" / "greeting.alaw").read_bytes()) == pytest.approx(1.07 * RATE, abs=0.03 * RATE)
    assert (tmp_path / "out" / "goodbye.alaw").read_bytes() == (RECORDINGS / "goodbye.alaw").read_bytes()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("greeting.wav", b"not a wav"),
        ("greeting.wav", b""),
        ("greeting.wav", wav(tone(1.0, 8000), 8000)[:60]),
        ("greeting.wav", wav(tone(1.0, 8000), 8000, channels=2)),
        ("greeting.wav", wav(np.zeros(8000), 8000)),
        ("greeting.alaw", wav(tone(1.0, 8000), 8000)),
        ("greeting.alaw", b"\x55" * 10),
        ("greeting.alaw", b"\x55" * 8000 * 200),
    ],
    ids=["noise", "empty", "cut", "stereo", "silent", "wav named alaw", "too short", "too long"],
)
def test_broken_province_recording_is_named_and_the_shipped_one_is_played(
    tmp_path: Path, book: PromptBook, name: str, content: bytes
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / name).write_bytes(content)
    laid = build_prompt_folder(book, tmp_path / "out", own)
    assert len(laid.problems) == 1
    assert str(own / name) in laid.problems[0]
    assert (tmp_path / "out" / "greeting.alaw").read_bytes() == (RECORDINGS / "greeting.alaw").read_bytes()


def test_changed_words_make_the_shipped_recording_invalid_until_it_is_recorded_again(tmp_path: Path) -> None:
    (tmp_path / "vi.yaml").write_text("flow:\n  greeting: Tổng đài một không hai hai xin nghe.\n", encoding="utf-8")
    book = load_book(tmp_path)
    problems = {name: problem for name, problem in recorded(book).items() if problem}
    assert problems == {"greeting": f"bản ghi âm {RECORDINGS / 'greeting.alaw'} được làm từ lời cũ"}
    assert "greeting" not in build_prompt_folder(book, tmp_path / "out").playable
    own = tmp_path / "vi"
    own.mkdir()
    (own / "greeting.wav").write_bytes(wav(tone(1.0, 16000), 16000))
    assert recordings(book, own)["greeting"].problem == ""
    assert "greeting" in build_prompt_folder(book, tmp_path / "out", own).playable


def test_agency_names_come_from_a_file_of_codes(tmp_path: Path) -> None:
    (tmp_path / "agencies.yaml").write_text("so-moi: Sở Mới.\n", encoding="utf-8")
    book = load_book(tmp_path)
    assert book["agency-so-moi"].text == "Sở Mới."
    assert recorded(book)["agency-so-moi"] == "không có bản ghi âm"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a/b", "..", "a b", ""])
def test_name_that_could_leave_the_folder_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / "agencies.yaml").write_text(f'"{name}": Sở\n', encoding="utf-8")
    with pytest.raises(BrokenFileError) as refused:
        load_book(tmp_path)
    assert refused.value.findings[0].line == 1


def test_text_version_follows_its_words(book: PromptBook) -> None:
    notice = book["recording-notice"]
    words = " ".join(notice.text.split())
    assert notice.version == f"recording-notice@{hashlib.sha256(words.encode()).hexdigest()[:8]}"
