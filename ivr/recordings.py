"""The recordings of the prompts: which there are, whether they fit their words, the folder that Asterisk plays from.

Files only; no call is known here. Recordings of the product lie beside their texts, a province's own in its data
folder and take precedence: NAME.wav (mono, any rate) or NAME.alaw (G.711 A-law, 8 kHz, no header). A folder's
``manifest.json`` names, for each recording that was made from a text by machine, the hash of that text; a recording
outside the manifest is a person's and is taken as it is.
"""

import json
import os
import wave
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ivr.audio import RATE, Samples, telephone_audio
from ivr.prompt_book import LANGUAGE, SHIPPED, Prompt, PromptBook

RECORDINGS = SHIPPED / LANGUAGE
"""The folder of the recordings that come with the product."""

MANIFEST = "manifest.json"
LONGEST_SECONDS = 120
PCM_WIDTHS = {1: "u1", 2: "<i2", 4: "<i4"}
"""Bytes a sample of the WAV files that are read, and how they are stored."""


@dataclass(frozen=True, slots=True)
class Made:
    """From which text (its hash) and by which voice a recording was made."""

    sha256: str
    voice: str


def read_manifest(folder: Path) -> dict[str, Made]:
    """What the folder's manifest says; empty if there is none or it cannot be read."""
    try:
        stored = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        return {name: Made(**made) for name, made in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def write_manifest(folder: Path, manifest: Mapping[str, Made]) -> None:
    """Writes the manifest, sorted by name."""
    stored = {name: {"sha256": made.sha256, "voice": made.voice} for name, made in sorted(manifest.items())}
    _write(folder / MANIFEST, (json.dumps(stored, indent=1, ensure_ascii=False) + "\n").encode())


@dataclass(frozen=True, slots=True)
class Recording:
    """A prompt's recording: the file that would be played, and why it cannot be ("" if it can)."""

    prompt: Prompt
    path: Path | None
    problem: str


def recordings(book: PromptBook, override: Path | None = None, shipped: Path = RECORDINGS) -> dict[str, Recording]:
    """The recording of every prompt.

    A province's file that cannot be used is told, and the shipped one is not looked at.
    """
    folders = [(folder, read_manifest(folder)) for folder in (override, shipped) if folder]
    found = {}
    for name, prompt in book.items():
        path, made = next(
            (
                (path, manifest.get(name))
                for folder, manifest in folders
                for path in (folder / f"{name}.wav", folder / f"{name}.alaw")
                if path.is_file()
            ),
            (None, None),
        )
        if path is None:
            problem = "không có bản ghi âm"
        elif made and made.sha256 != prompt.sha256:
            problem = f"bản ghi âm {path} được làm từ lời cũ"
        else:
            problem = _problem(path)
        found[name] = Recording(prompt, path, problem)
    return found


def recorded(book: PromptBook, override: Path | None = None, shipped: Path = RECORDINGS) -> dict[str, str]:
    """For ``ivr.check``: for each prompt why its recording cannot be used, "" if it can."""
    return {name: recording.problem for name, recording in recordings(book, override, shipped).items()}


@dataclass(frozen=True, slots=True)
class PromptFolder:
    """What was laid: the names that can be played, those written anew, and what is missing or broken, in words.

    ``playable`` is what ``ivr.speech.parts`` must know: an agency without a recording is then spoken generally.
    """

    playable: frozenset[str]
    written: tuple[str, ...]
    problems: tuple[str, ...]


def build_prompt_folder(
    book: PromptBook, target: Path, override: Path | None = None, shipped: Path = RECORDINGS
) -> PromptFolder:
    """Lays NAME.alaw of every prompt into ``target`` and removes what no prompt needs. Writes only what differs.

    A province's recording that is broken is told, and the shipped one takes its place as long as the words are the
    same.
    """
    target.mkdir(parents=True, exist_ok=True)
    laid, written, problems = set[str](), list[str](), list[str]()
    shipped_ones = recordings(book, None, shipped)
    for name, recording in recordings(book, override, shipped).items():
        for candidate in dict.fromkeys((recording, shipped_ones[name])):
            audio = _audio(candidate, problems)
            if audio is not None:
                laid.add(name)
                if _write(target / f"{name}.alaw", audio):
                    written.append(name)
                break
    for path in target.glob("*.alaw"):
        if path.stem not in laid:
            path.unlink()
    return PromptFolder(frozenset(laid), tuple(written), tuple(problems))


def _audio(recording: Recording, problems: list[str]) -> bytes | None:
    problem = recording.problem
    if recording.path is not None and not problem:
        try:
            return (
                recording.path.read_bytes()
                if recording.path.suffix == ".alaw"
                else telephone_audio(*read_wav(recording.path))
            )
        except (OSError, ValueError, EOFError, wave.Error):
            problem = f"không dùng được tệp {recording.path}"
    problems.append(f"Câu “{recording.prompt.name}”: {problem}")
    return None


def read_wav(path: Path) -> tuple[Samples, int]:
    """The samples (-1 to 1) and the rate of a mono PCM WAV.

    Raises ValueError, EOFError or wave.Error for anything else.
    """
    with wave.open(str(path)) as wav:
        if wav.getnchannels() != 1 or wav.getsampwidth() not in PCM_WIDTHS:
            raise ValueError("not mono PCM of 8, 16 or 32 bits")
        raw = np.frombuffer(wav.readframes(wav.getnframes()), dtype=PCM_WIDTHS[wav.getsampwidth()]).astype(np.float64)
        full = 2.0 ** (8 * wav.getsampwidth() - 1)
        return (raw - full if wav.getsampwidth() == 1 else raw) / full, wav.getframerate()


def _problem(path: Path) -> str:
    """Why a file can be no recording, without reading all of it; "" if it can."""
    try:
        if path.suffix == ".alaw":
            with path.open("rb") as file:
                headed = file.read(4) == b"RIFF"
            if headed:
                return f"tệp {path} là WAV mang đuôi .alaw"
            seconds = path.stat().st_size / RATE
        else:
            with wave.open(str(path)) as wav:
                if wav.getnchannels() != 1 or wav.getsampwidth() not in PCM_WIDTHS:
                    return f"tệp {path} phải là WAV một kênh, PCM 16 bit"
                seconds = wav.getnframes() / wav.getframerate()
    except (OSError, EOFError, wave.Error, ZeroDivisionError):
        return f"không đọc được tệp {path}"
    return "" if 0.05 <= seconds <= LONGEST_SECONDS else f"tệp {path} dài {seconds:.1f} giây"


def _write(path: Path, content: bytes) -> bool:
    """Writes the file whole or not at all; whether it differed."""
    if path.is_file() and path.read_bytes() == content:
        return False
    half = path.with_name(f".{path.name}.part")
    half.write_bytes(content)
    os.replace(half, path)
    return True
