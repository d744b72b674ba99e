"""Engines and voices for the tests that need real ones: found on this machine, or the test says why it is skipped."""

import os
import subprocess
from pathlib import Path

import pytest

from transcription.audio import read_legs
from transcription.engines import DETECTOR, DETECTOR_FILE
from transcription.model import Recogniser
from transcription.registry import load_registry, state_of
from transcription.vad import VoiceDetector


def models_folder() -> Path:
    """``HOTLINE_MODELS``, else ``models`` in the data folder."""
    return Path(os.environ.get("HOTLINE_MODELS") or Path(os.environ.get("HOTLINE_DATA", "var")) / "models")


def model(name: str) -> Path:
    """The folder of an intact model, or a skip that says how to get it."""
    state = state_of(load_registry()[name], models_folder())
    if not state.intact:
        pytest.skip(state.sentence)
    return models_folder() / name


@pytest.fixture(scope="session")
def detector() -> VoiceDetector:
    """Silero's network."""
    return VoiceDetector(model(DETECTOR) / DETECTOR_FILE)


@pytest.fixture(scope="session")
def whisper() -> Recogniser:
    """Whisper base."""
    folder = model("whisper-base")
    from transcription.whisper_engine import WhisperRecogniser

    return WhisperRecogniser(folder, "whisper-base", workers=2)


@pytest.fixture(scope="session")
def vosk() -> Recogniser:
    """Vosk with its Korean model: the engine is real, the language only serves to test it."""
    folder = model("vosk-ko")
    from transcription.vosk_engine import VoskRecogniser

    return VoskRecogniser(folder, "vosk-ko")


@pytest.fixture(scope="session")
def vietnamese() -> bytes:
    """A person who says: Chúng ta có thể áp dụng logic tương tự với người khác."""
    return read_legs((model("voices-vi") / "Ly (nữ miền Bắc).wav").read_bytes())[0]


@pytest.fixture(scope="session")
def korean() -> bytes:
    """A machine that says in Korean: hello, the weather is good today."""
    try:
        spoken = subprocess.run(
            ["espeak-ng", "-v", "ko", "--stdout", "안녕하세요 오늘 날씨가 좋습니다"], capture_output=True, check=True
        )
    except FileNotFoundError:
        pytest.skip("espeak-ng is not installed: apt-get install espeak-ng")
    return read_legs(spoken.stdout)[0]
