"""From a recording to a transcript, at leisure: legs split and levelled, speech found, recognised at best quality.

Pure but for the engine's own work: no file, no network, no scheduling. Whoever drives the steps decides when each may
run.
"""

from collections.abc import Generator, Iterable, Iterator, Sequence

from transcription.audio import levelled, read_legs, seconds_of
from transcription.model import EngineName, Recogniser, Side, Span, Transcript, Utterance
from transcription.vad import VoiceDetector

SIDES: tuple[Side, Side] = ("caller", "operator")
"""The channels of a recording, left to right."""


def legs_of(wav: bytes, sides: Sequence[Side] = SIDES) -> list[tuple[Side, bytes]]:
    """Each channel of the recording with its side; channels beyond ``sides`` are left out.

    Raises UnreadableAudioError.
    """
    return list(zip(sides, read_legs(wav), strict=False))


def hear(
    recogniser: Recogniser, detector: VoiceDetector | None, legs: Iterable[tuple[Side, bytes]]
) -> Iterator[list[Utterance]]:
    """Recognise every leg; each step gives what it heard, often nothing, and is short enough to let live work pass."""
    for side, pcm in legs:
        audio = levelled(pcm)
        speech: list[Span] = []
        if recogniser.needs_gate:
            if detector is None:
                raise LookupError("this recogniser needs a voice detector")
            speech = yield from _speech(detector, audio)
        for utterance in recogniser.whole(audio, side, speech):
            yield [utterance]


def _speech(detector: VoiceDetector, pcm: bytes) -> Generator[list[Utterance], None, list[Span]]:
    found: list[Span] = []
    for spans in detector.spans(pcm):
        found += spans
        yield []
    return found


def transcript_of(
    heard: Iterable[list[Utterance]], *, engine: EngineName, model: str, legs: Sequence[tuple[Side, bytes]]
) -> Transcript:
    """The transcript made of the steps of hear()."""
    utterances = [utterance for step in heard for utterance in step]
    seconds = max((seconds_of(pcm) for _, pcm in legs), default=0.0)
    return Transcript.of(utterances, engine=engine, model=model, seconds=seconds)


def transcribe(
    recogniser: Recogniser, detector: VoiceDetector | None, legs: Sequence[tuple[Side, bytes]]
) -> Transcript:
    """The transcript of a recording, in one go. Blocks for about a fifth of its length."""
    return transcript_of(hear(recogniser, detector, legs), engine=recogniser.engine, model=recogniser.model, legs=legs)
