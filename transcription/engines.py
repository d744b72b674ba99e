"""Loading the engine that was chosen.

The only place that maps an engine's name to its code; engines are imported when needed.
"""

from dataclasses import dataclass
from pathlib import Path

from transcription.model import BYTES_PER_SECOND, Recogniser
from transcription.registry import EngineChoice
from transcription.vad import VoiceDetector

DETECTOR = "silero-vad"
DETECTOR_FILE = "silero_vad.onnx"


@dataclass(frozen=True)
class Engine:
    """A choice with what it needs in memory. ``recogniser`` is None where nothing can recognise."""

    choice: EngineChoice
    recogniser: Recogniser | None
    detector: VoiceDetector | None


def load_engine(
    choice: EngineChoice, models: Path, *, workers: int, language: str = "vi", gated: bool = False
) -> Engine:
    """Load the chosen model from ``models`` for so many threads.

    Takes seconds and hundreds of megabytes. Raises HotlineError.
    """
    engine = _load(choice, models, workers=workers, language=language, gated=gated)
    if engine.recogniser is not None:
        # The first decoding is slow, and the first caller should not wait for it.
        stream = engine.recogniser.stream("caller")
        stream.feed(bytes(BYTES_PER_SECOND), 0.0)
        stream.flush()
    return engine


def _load(choice: EngineChoice, models: Path, *, workers: int, language: str, gated: bool) -> Engine:
    if choice.engine == "none":
        return Engine(choice, None, None)
    if choice.engine == "vosk":
        from transcription.vosk_engine import VoskRecogniser  # noqa: PLC0415 - half a gigabyte only where it is used

        detector = VoiceDetector(models / DETECTOR / DETECTOR_FILE) if gated else None
        return Engine(choice, VoskRecogniser(models / choice.model, choice.model), detector)
    from transcription.whisper_engine import WhisperRecogniser  # noqa: PLC0415 - the same

    recogniser = WhisperRecogniser(models / choice.model, choice.model, workers=workers, language=language)
    return Engine(choice, recogniser, VoiceDetector(models / DETECTOR / DETECTOR_FILE))
