"""What travels between the service and a transcriber node: control requests and the messages of its word stream.

No I/O.

Control is HTTP on loopback with ``Authorization: Bearer TOKEN``:

* ``POST /legs``: LegOffer -> LegAnswer. Announces a leg before its audio comes. A refusal is also 200.
* ``DELETE /legs/{leg}`` -> 204. The leg is over, or will not come. An unknown leg is 204 as well.
* ``GET /words``: websocket of WordsMessage, all legs. On connecting, what lasts of legs still known is sent again.
* ``POST /transcribe?sides=caller,operator``: WAV -> Transcript. ``sides`` names the channels. Waits behind live work.
* ``GET /health`` -> NodeHealth.

Audio is AudioSocket over TCP at ``LegAnswer.audio``: the leg's UUID first, then 8000 Hz 16-bit little-endian mono.
A refusal or failure that a person should read has the body ``{"error": "câu tiếng Việt"}``.
"""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field

from transcription.model import EngineName, Side, Utterance, Word, text_of

ADMISSION_SECONDS = 30.0
"""An announced leg whose audio has not come after this long is forgotten."""


class LegOffer(BaseModel):
    """A leg that is about to send its audio."""

    model_config = ConfigDict(extra="forbid")

    leg: UUID
    call: str = Field(min_length=1, max_length=64)
    side: Side


class LegAnswer(BaseModel):
    """Whether the node takes the leg live: ``audio`` is ``host:port`` if so, else ``reason`` says in Vietnamese why
    not."""

    admitted: bool
    audio: str | None = None
    reason: str | None = None


class WordsMessage(BaseModel):
    """One thing that happened on a leg.

    * ``partial``: words that may still change, the whole of the utterance so far.
    * ``final``: words that will not change.
    * ``rejected``: speech without believable words, ``reason`` says why.
    * ``gap``: audio between ``start`` and ``end`` was not heard live, ``reason`` says why.
    * ``ended``: the leg is over, nothing follows.

    Everything but a partial lasts: it carries ``number`` 1, 2, 3 ... of its leg and is sent again after a reconnection.
    Partials carry 0. ``lateness``: seconds from the end of the speech (Whisper) or of the audio (Vosk) to the words.
    """

    leg: UUID
    call: str
    side: Side
    kind: Literal["partial", "final", "rejected", "gap", "ended"]
    number: int = Field(default=0, ge=0)
    start: float = 0.0
    end: float = 0.0
    words: tuple[Word, ...] = ()
    reason: str | None = None
    lateness: float | None = None

    @computed_field  # type: ignore[prop-decorator]
    @property
    def text(self) -> str:
        """The words in one line."""
        return text_of(self.words)

    def utterance(self) -> Utterance | None:
        """What a final or rejected message says, to be made into a transcript; None for the others."""
        if self.kind not in ("final", "rejected"):
            return None
        rejected = self.reason if self.kind == "rejected" else None
        return Utterance(leg=self.side, start=self.start, end=self.end, words=self.words, rejected=rejected)


class NodeHealth(BaseModel):
    """How a node is. ``why`` is the Vietnamese sentence that explains the choice of the engine."""

    engine: EngineName
    model: str
    why: str
    legs: int
    ceiling: int
    lateness_p95: float | None
    busy: float = Field(description="share of the workers' time that live work took over the last minute")
    waiting: int = Field(description="pieces of live audio that wait for a worker")
    recordings_waiting: int = Field(description="recordings that wait to be transcribed")
    admitted: int = Field(description="legs taken since the node started")
    deferred: int = Field(description="legs refused since the node started: transcribed after the call")
    rejected: dict[str, int] = Field(description="utterances not shown, by rule")
    gaps: int = Field(description="stretches of live audio that were not heard")
