"""What was heard: words with times and confidence, utterances, transcripts, and the port that every recogniser fills.

No engine, no file, no clock. Times are seconds: from the start of the leg while a call is live, from the start of the
recording in a transcript made after it.
Audio is always 8000 Hz, 16-bit little-endian, mono: what the telephone carries.
"""

from collections.abc import Iterator, Sequence
from typing import Literal, NamedTuple, Protocol, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, computed_field

SAMPLE_RATE = 8000
"""Samples a second of every piece of audio in this context."""

BYTES_PER_SECOND = SAMPLE_RATE * 2

Side: TypeAlias = Literal["caller", "operator"]
"""Who speaks on a leg."""

Phase: TypeAlias = Literal["live", "after"]
"""When a transcript was made: while people spoke, or from the recording after the call."""

EngineName: TypeAlias = Literal["vosk", "whisper", "none"]


class Word(BaseModel):
    """One word as the engine wrote it, with its place in time.

    ``conf`` is the engine's own confidence, 0 to 1, not a measured probability of being right.
    ``doubtful`` is None, or one Vietnamese sentence that says why a reader should not trust the word.
    """

    model_config = ConfigDict(frozen=True)

    w: str
    start: float = Field(ge=0)
    end: float = Field(ge=0)
    conf: float = Field(ge=0, le=1)
    leg: Side
    doubtful: str | None = None

    @classmethod
    def heard(cls, w: str, start: float, end: float, conf: float, leg: Side) -> "Word":
        """A word from an engine's figures, which may be a hair out of bounds or order: milliseconds, and 0 to 1."""
        start = round(max(start, 0.0), 3)
        return cls(w=w, start=start, end=max(round(end, 3), start), conf=round(min(max(conf, 0.0), 1.0), 3), leg=leg)


class Utterance(BaseModel):
    """What one person said between two pauses.

    ``rejected`` is None, or the Vietnamese sentence that says why the words must not be shown; ``rule`` is that
    rule's name.
    """

    model_config = ConfigDict(frozen=True)

    leg: Side
    start: float = Field(ge=0)
    end: float = Field(ge=0)
    words: tuple[Word, ...] = ()
    rejected: str | None = None
    rule: str | None = None

    @property
    def text(self) -> str:
        """The words in one line."""
        return text_of(self.words)


class Rejection(BaseModel):
    """A stretch in which speech was heard but no believable words; its text is not kept."""

    model_config = ConfigDict(frozen=True)

    leg: Side
    start: float
    end: float
    reason: str


class Transcript(BaseModel):
    """Everything that was heard in a call, by both sides, in order of time. A draft aid: an operator confirms it."""

    model_config = ConfigDict(frozen=True)

    engine: EngineName
    model: str
    words: tuple[Word, ...]
    rejected: tuple[Rejection, ...] = ()
    seconds: float = Field(ge=0, description="length of the recording")

    @computed_field  # type: ignore[prop-decorator]
    @property
    def text(self) -> str:
        """The words of both sides in one line."""
        return text_of(self.words)

    @classmethod
    def of(cls, utterances: Sequence[Utterance], *, engine: EngineName, model: str, seconds: float) -> "Transcript":
        """The transcript made of ``utterances``, of both sides and in any order."""
        ordered = sorted(utterances, key=lambda utterance: (utterance.start, utterance.leg))
        return cls(
            engine=engine,
            model=model,
            words=tuple(word for said in ordered if said.rejected is None for word in said.words),
            rejected=tuple(
                Rejection(leg=said.leg, start=said.start, end=said.end, reason=said.rejected)
                for said in ordered
                if said.rejected is not None
            ),
            seconds=seconds,
        )


def text_of(words: Sequence[Word]) -> str:
    """The words in one line, as they are read."""
    return " ".join(word.w for word in words)


class Span(NamedTuple):
    """A stretch of speech, in seconds."""

    start: float
    end: float


class Heard(NamedTuple):
    """What a stream tells: words that may still change (``final`` false), or an utterance that will not."""

    utterance: Utterance
    final: bool


class Stream(Protocol):
    """One leg being recognised. Every method blocks and burns a core: call it on a worker thread, one at a time."""

    def feed(self, pcm: bytes, at: float) -> list[Heard]:
        """Hear ``pcm``, whose first sample lies ``at`` seconds into the leg. A jump in ``at``: audio was left out."""
        ...

    def flush(self, onset: float | None = None) -> list[Heard]:
        """The speaker has paused: what is pending becomes final.

        ``onset``: when this speech began, if a detector knows.
        """
        ...


class Recogniser(Protocol):
    """The port: an engine with its model loaded, shared by all legs and all worker threads."""

    @property
    def engine(self) -> EngineName:
        """The engine's name."""
        ...

    @property
    def model(self) -> str:
        """The model's name in the registry."""
        ...

    @property
    def needs_gate(self) -> bool:
        """True where the engine must be fed by a voice detector, one utterance between two flushes, 14 s at most."""
        ...

    def stream(self, leg: Side, phrases: Sequence[str] = ()) -> Stream:
        """A fresh stream for a leg; ``phrases`` restricts what can be heard, where the engine is able to."""
        ...

    def whole(self, pcm: bytes, leg: Side, speech: Sequence[Span]) -> Iterator[Utterance]:
        """Recognise a whole recorded leg at best quality; ``speech`` is where a voice was detected.

        Gives utterances as they are ready, so that each step is short enough to let live work pass before the next.
        """
        ...
