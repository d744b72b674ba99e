"""One live leg: audio from its socket, frames for the voice detector, pieces for the workers, messages for the journal.

Its methods run on the event loop, but for the decoding itself, which runs on a worker thread. A running leg's audio is
never dropped silently: what could not be heard live is told as a gap, and the recording has it.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

import structlog

from transcription.feeding import Feeding, Piece
from transcription.model import BYTES_PER_SECOND, Heard, Side, Stream
from transcription.node_protocol import LegOffer, WordsMessage
from transcription.speech_gate import FRAME_BYTES, FRAME_SECONDS
from transcription.vad import VoiceMemory

log = structlog.get_logger()

MOST_WAITING_SECONDS = 60.0
"""Audio of one leg that may wait for the detector and the engine; what comes beyond it is a gap."""

BUSY_REASON = "Máy không theo kịp nên đoạn này chưa được nghe trực tiếp; bản ghi âm vẫn có đủ."
BROKEN_REASON = "Bộ nhận dạng gặp lỗi ở đoạn này; bản ghi âm vẫn có đủ."


class Host(Protocol):
    """What a leg needs of the node that it is on."""

    def now(self) -> float:
        """Monotonic seconds; may be asked on any thread."""
        ...

    def wake(self) -> None:
        """Frames or an end came."""
        ...

    def stream(self, side: Side) -> Stream:
        """A fresh stream of the engine; asked on a worker thread."""
        ...

    def decoded(self, late: float, seconds: float) -> None:
        """A piece was decoded in ``seconds`` and its words were there ``late``."""
        ...

    def tell(self, message: WordsMessage, rule: str | None) -> None:
        """Publish what happened on the leg; ``rule`` names the one that rejected an utterance."""
        ...

    def forget(self, leg: "LiveLeg") -> None:
        """The leg has told its end."""
        ...


class LiveLeg:
    """A Sink for the socket and a Line for the workers."""

    def __init__(self, offer: LegOffer, host: Host, feeding: Feeding) -> None:
        self.offer = offer
        self.feeding = feeding
        self.memory = VoiceMemory()
        self.frames: deque[tuple[bytes, float]] = deque()
        self.over = False
        self._host = host
        self._rest = b""
        self._received = 0.0
        self._stream: Stream | None = None
        self._pieces: deque[Piece] = deque()
        self._waiting_seconds = 0.0
        self._in_hand = False
        self._unsettled: float | None = None
        self._gap: tuple[float, float] | None = None
        self._finished = False

    def audio(self, pcm: bytes) -> None:
        """Take what the socket brought; whole frames wait for the detector. After the end nothing is taken."""
        if self.over:
            return
        now = self._host.now()
        data = self._rest + pcm
        whole = len(data) // FRAME_BYTES * FRAME_BYTES
        self._rest = data[whole:]
        for offset in range(0, whole, FRAME_BYTES):
            self.frames.append((data[offset : offset + FRAME_BYTES], now))
        self._received += whole / BYTES_PER_SECOND
        self._host.wake()

    @property
    def full(self) -> bool:
        """True while so much waits for the detector that the sender must wait."""
        return len(self.frames) * FRAME_SECONDS > MOST_WAITING_SECONDS

    def closed(self) -> None:
        """No more audio comes: what came is still heard to its end."""
        if self._rest:
            self.audio(bytes(FRAME_BYTES - len(self._rest)))
        self.over = True
        self._host.wake()

    def take(self, pieces: list[Piece]) -> None:
        """Queue work that the feeding made; beyond MOST_WAITING_SECONDS it becomes a gap."""
        for piece in pieces:
            if piece.pcm and self._waiting_seconds + piece.seconds > MOST_WAITING_SECONDS:
                self._gap = (self._gap[0] if self._gap else piece.at, piece.at + piece.seconds)
                if piece.flush:
                    self._pieces.append(piece._replace(pcm=b""))
                continue
            if self._gap and piece.pcm:
                self._tell_gap(*self._gap, BUSY_REASON)
                self._gap = None
            self._pieces.append(piece)
            self._waiting_seconds += piece.seconds

    def finish(self) -> None:
        """All frames went through the feeding and none will come: what is pending becomes work."""
        if not self._finished:
            self._finished = True
            self.take(self.feeding.finish(self._host.now()))

    def tell_end(self) -> None:
        """Tell that the leg is over when nothing of it is left to hear."""
        if self._finished and not (self.frames or self._pieces or self._in_hand):
            if self._gap:
                self._tell_gap(*self._gap, BUSY_REASON)
            self._tell("ended", start=0.0, end=self._received)
            self._host.forget(self)

    @property
    def waiting(self) -> int:
        """Pieces that wait."""
        return len(self._pieces)

    def due(self) -> float | None:
        """Since when the first piece is owed."""
        return self._pieces[0].due if self._pieces else None

    def work(self) -> Callable[[], Callable[[], None]]:
        """Take the first piece for a thread."""
        piece = self._pieces.popleft()
        self._waiting_seconds -= piece.seconds
        self._in_hand = True
        return lambda: self._hear(piece)

    def _hear(self, piece: Piece) -> Callable[[], None]:
        began = self._host.now()
        try:
            if self._stream is None:
                self._stream = self._host.stream(self.offer.side)
            heard = self._stream.feed(piece.pcm, piece.at) if piece.pcm else []
            if piece.flush:
                heard = [*heard, *self._stream.flush(piece.onset)]
        except Exception as error:  # an engine's failure costs what was not final, not the leg
            log.error("recogniser failed", error=type(error).__name__)
            self._stream = None
            return lambda: self._failed(piece)
        ended = self._host.now()
        return lambda: self._deliver(heard, piece, began, ended)

    def _deliver(self, heard: list[Heard], piece: Piece, began: float, ended: float) -> None:
        self._in_hand = False
        settled = piece.flush or any(final for _, final in heard)
        self._unsettled = None if settled else piece.at if self._unsettled is None else self._unsettled
        late = max(ended - piece.due, 0.0)
        self._host.decoded(late, ended - began)
        for said, final in heard:
            kind = "rejected" if said.rejected is not None else "final" if final else "partial"
            content = {"start": said.start, "end": said.end, "words": said.words, "reason": said.rejected}
            self._tell(kind, rule=said.rule, lateness=late, **content)
        self.tell_end()

    def _failed(self, piece: Piece) -> None:
        self._in_hand = False
        start = piece.at if self._unsettled is None else self._unsettled
        self._unsettled = None
        self._tell_gap(start, piece.at + piece.seconds, BROKEN_REASON)
        self.tell_end()

    def _tell_gap(self, start: float, end: float, reason: str) -> None:
        log.warning("audio not heard live", leg=str(self.offer.leg), seconds=round(end - start, 2))
        self._tell("gap", start=start, end=end, reason=reason)

    def _tell(self, kind: str, rule: str | None = None, **content: object) -> None:
        who = {"leg": self.offer.leg, "call": self.offer.call, "side": self.offer.side}
        self._host.tell(WordsMessage.model_validate({**who, "kind": kind, **content}), rule)
