"""What transcription tells the other contexts. No words of a citizen travel in an event: the store has them by call."""

from hotline1022.base.events import Event
from transcription.model import EngineName, Phase


class TranscriptReady(Event):
    """A transcript of ``call`` stands in the store.

    ``words`` counts its believable words; 0: nothing was understood.
    """

    call: str
    phase: Phase
    engine: EngineName
    model: str
    words: int
    seconds: float


class TranscriptFailed(Event):
    """The recording of ``call`` could not be transcribed; ``reason`` is a Vietnamese sentence."""

    call: str
    reason: str
