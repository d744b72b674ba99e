"""Machine voices that read the prompts' texts: espeak-ng, or a Piper voice.

They make recordings; nothing here plays one.

What they make is a placeholder for a speaker's recording: intelligible, not beautiful.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hotline1022.base.errors import HotlineError
from ivr.audio import telephone_audio
from ivr.prompt_book import Prompt, PromptBook
from ivr.recordings import RECORDINGS, Made, read_manifest, read_wav, write_manifest

ESPEAK_VOICE = "vi-vn-x-south"
ESPEAK_WORDS_A_MINUTE = 150
"""Slower than espeak-ng's 175: many who ring are old, and the line is narrow."""

LONGEST_READING_SECONDS = 120

PAUSES = {"digit-": 0.25, "weekday-": 0.15}
"""Seconds of silence after a part, by what its name begins with: digits are written down while they are heard."""
SENTENCE_PAUSE, PART_PAUSE = 0.25, 0.05


@dataclass(frozen=True, slots=True)
class Voice:
    """A program that reads a text from its standard input into a WAV file. ``name`` stands in the manifest."""

    name: str
    command: tuple[str, ...]
    """The program and its arguments; the WAV file's path is added at the end."""

    def read(self, text: str, wav: Path) -> None:
        """Writes the text, read aloud. Raises HotlineError if the program does not."""
        try:
            done = subprocess.run(  # noqa: S603 -- found program, fixed arguments, the text goes by standard input
                [*self.command, str(wav)],
                input=text.encode(),
                capture_output=True,
                timeout=LONGEST_READING_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise HotlineError(f"Giọng đọc {self.name} không chạy được", remedy="kiểm tra chương trình đọc") from error
        if done.returncode or not wav.is_file():
            why = done.stderr.decode(errors="replace").strip().splitlines()
            raise HotlineError(
                f"Giọng đọc {self.name} báo lỗi: {why[-1] if why else done.returncode}", remedy="kiểm tra giọng đọc"
            )


def espeak() -> Voice:
    """The Southern Vietnamese voice of espeak-ng. Raises HotlineError if it is not installed."""
    program = shutil.which("espeak-ng")
    if program is None:
        raise HotlineError(
            "Không có chương trình espeak-ng", remedy="cài gói espeak-ng, hoặc dùng --piper với một giọng Piper"
        )
    name = f"espeak-ng {ESPEAK_VOICE} {ESPEAK_WORDS_A_MINUTE}"
    return Voice(name, (program, "-v", ESPEAK_VOICE, "-s", str(ESPEAK_WORDS_A_MINUTE), "--stdin", "-w"))


def piper(model: Path) -> Voice:
    """A Piper voice from its model file. Raises HotlineError if the program or the model is not there."""
    program = shutil.which("piper")
    if program is None:
        raise HotlineError("Không có chương trình piper", remedy="cài piper-tts, hoặc bỏ --piper để dùng espeak-ng")
    if not model.is_file():
        raise HotlineError(f"Không có tệp giọng {model}", remedy="ghi đúng đường dẫn của tệp .onnx")
    return Voice(f"piper {model.stem}", (program, "--model", str(model), "--output_file"))


def make(
    book: PromptBook,
    voice: Voice,
    folder: Path = RECORDINGS,
    *,
    shipped: Path | None = None,
    told: Callable[[str], None] = lambda _: None,
) -> tuple[str, ...]:
    """Makes the recordings that are missing or older than their text or of another voice, and returns their names.

    A recording that no manifest knows is a person's and is never replaced. ``shipped``: a folder whose recordings need
    not be made again. ``told`` hears each name as it is made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    manifest, there = read_manifest(folder), read_manifest(shipped) if shipped else {}
    made = []
    with tempfile.TemporaryDirectory() as scratch:
        wav = Path(scratch) / "spoken.wav"
        for name, prompt in book.items():
            target, wanted = folder / f"{name}.alaw", Made(prompt.sha256, voice.name)
            known = manifest.get(name)
            persons = known is None and (target.is_file() or (folder / f"{name}.wav").is_file())
            current = known == wanted and target.is_file()
            if persons or current or (name in there and there[name].sha256 == prompt.sha256) or not prompt.text.strip():
                continue
            voice.read(prompt.text, wav)
            target.write_bytes(telephone_audio(*read_wav(wav), pause_seconds=_pause(prompt)))
            manifest[name] = wanted
            write_manifest(folder, manifest)
            made.append(name)
            told(name)
    return tuple(made)


def _pause(prompt: Prompt) -> float:
    after = next((pause for start, pause in PAUSES.items() if prompt.name.startswith(start)), None)
    return after or (PART_PAUSE if prompt.use == "part" else SENTENCE_PAUSE)
