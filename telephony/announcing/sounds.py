"""Recordings of announcements, where Asterisk plays them from: read aloud by machine, or spoken by a person. Files only."""

import hashlib
import os
import tempfile
import wave
from collections.abc import Callable
from pathlib import Path

from hotline1022.base.errors import HotlineError, Invalid
from ivr.audio import RATE, telephone_audio
from ivr.recordings import read_wav
from ivr.voice import Voice, espeak

FOLDER = "announcements"
LONGEST_SECONDS = 60
"""Whoever rings waits for the menu as long as it lasts."""


class AnnouncementSounds:
    """The folder ``announcements`` beside the prompts; a recording is named by what is in it."""

    def __init__(self, prompts: Path, voice: Callable[[], Voice] = espeak) -> None:
        self._prompts, self._voice = prompts, voice

    def has(self, sound: str) -> bool:
        """Whether this node can play it."""
        return self._path(sound).is_file()

    def read_aloud(self, text: str) -> str:
        """Have a machine read the text; gives the recording's name. Raises HotlineError when none can."""
        with tempfile.TemporaryDirectory() as scratch:
            wav = Path(scratch) / "spoken.wav"
            self._voice().read(text, wav)
            return self._keep(wav)

    def take(self, data: bytes) -> str:
        """Keep what a person spoke: a WAV of one channel. Gives the recording's name. Raises Invalid."""
        with tempfile.TemporaryDirectory() as scratch:
            wav = Path(scratch) / "sent.wav"
            wav.write_bytes(data)
            return self._keep(wav)

    def _keep(self, wav: Path) -> str:
        try:
            audio = telephone_audio(*read_wav(wav), pause_seconds=0.25)
        except (OSError, ValueError, EOFError, wave.Error) as error:
            remedy = "gửi tệp WAV một kênh, PCM 16 bit, có tiếng nói"
            raise Invalid("Không dùng được tệp âm thanh này", remedy=remedy, field="sound") from error
        if len(audio) > LONGEST_SECONDS * RATE:
            raise Invalid(f"Lời báo dài quá {LONGEST_SECONDS} giây", remedy="nói ngắn lại", field="text")
        sound = hashlib.sha256(audio).hexdigest()[:32]
        path = self._path(sound)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            half = path.with_suffix(".part")
            half.write_bytes(audio)
            os.replace(half, path)
        except OSError as error:
            raise HotlineError("Không ghi được lời báo vào thư mục lời thoại", remedy="kiểm tra quyền ghi") from error
        return sound

    def _path(self, sound: str) -> Path:
        return self._prompts / FOLDER / f"{sound}.alaw"
