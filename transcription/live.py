"""A node's live legs: announced, fed by sockets, cut by the voice detector, heard by the workers, told to the journal.

Runs on one event loop; the engine and the detector run on threads. No HTTP here. A running leg's audio is never
dropped silently: what could not be heard live is told as a gap, and the recording has it.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import numpy as np
import structlog

from transcription.admission import WINDOW_SECONDS, Load, RecentSamples, ceiling, why_deferred
from transcription.feeding import EveryChunk, Feeding, Piece, SpeechChunks, WholeUtterances
from transcription.journal import Journal
from transcription.model import BYTES_PER_SECOND, Heard, Recogniser, Stream
from transcription.node_protocol import ADMISSION_SECONDS, LegOffer, NodeHealth, WordsMessage
from transcription.registry import EngineChoice
from transcription.speech_gate import FRAME_BYTES, FRAME_SECONDS
from transcription.vad import Frames, VoiceDetector, VoiceMemory, as_frames, loudness
from transcription.workers import Workers

log = structlog.get_logger()

MOST_WAITING_SECONDS = 60.0
"""Audio of one leg that may wait for the detector and the engine; what comes beyond it is a gap."""

BUSY_REASON = "Máy không theo kịp nên đoạn này chưa được nghe trực tiếp; bản ghi âm vẫn có đủ."
BROKEN_REASON = "Bộ nhận dạng gặp lỗi ở đoạn này; bản ghi âm vẫn có đủ."


class LiveLeg:
    """One leg while its audio comes. A Sink for the socket and a Line for the workers."""

    def __init__(self, offer: LegOffer, node: "LiveNode", feeding: Feeding) -> None:
        self.offer = offer
        self.feeding = feeding
        self.memory = VoiceMemory()
        self.frames: deque[tuple[bytes, float]] = deque()
        self.over = False
        self._node = node
        self._rest = b""
        self._stream: Stream | None = None
        self._pieces: deque[Piece] = deque()
        self._waiting_seconds = 0.0
        self._in_hand = False
        self._received = 0.0
        self._gap: tuple[float, float] | None = None
        self._finished = False
        self._told_end = False

    def audio(self, pcm: bytes) -> None:
        """Take what the socket brought; whole frames wait for the detector."""
        now = self._node.now()
        data = self._rest + pcm
        whole = len(data) // FRAME_BYTES * FRAME_BYTES
        self._rest = data[whole:]
        for offset in range(0, whole, FRAME_BYTES):
            self.frames.append((data[offset : offset + FRAME_BYTES], now))
        self._received += whole / BYTES_PER_SECOND
        self._node.wake()

    @property
    def full(self) -> bool:
        """True while so much waits for the detector that the sender must wait."""
        return len(self.frames) * FRAME_SECONDS > MOST_WAITING_SECONDS

    def closed(self) -> None:
        """The socket is gone: what came is still heard to its end."""
        if self._rest:
            self.audio(b"\0" * (FRAME_BYTES - len(self._rest)))
        self.over = True
        self._node.wake()

    def take(self, pieces: list[Piece]) -> None:
        """Queue work that the feeding made; beyond MOST_WAITING_SECONDS it becomes a gap."""
        for piece in pieces:
            if self._waiting_seconds + piece.seconds > MOST_WAITING_SECONDS and piece.pcm:
                start = self._gap[0] if self._gap else piece.at
                self._gap = (start, piece.at + piece.seconds)
                if not piece.flush:
                    continue
                piece = piece._replace(pcm=b"")  # noqa: PLW2901 - the flush must still happen
            elif self._gap:
                self._tell_gap(*self._gap, BUSY_REASON)
                self._gap = None
            self._pieces.append(piece)
            self._waiting_seconds += piece.seconds

    def due(self) -> float | None:
        """Since when the first piece is owed."""
        return self._pieces[0].due if self._pieces else None

    @property
    def waiting(self) -> int:
        """Pieces that wait."""
        return len(self._pieces)

    def work(self) -> Callable[[], Callable[[], None]]:
        """Take the first piece for a thread."""
        piece = self._pieces.popleft()
        self._waiting_seconds -= piece.seconds
        self._in_hand = True
        return lambda: self._hear(piece)

    def _hear(self, piece: Piece) -> Callable[[], None]:
        began = self._node.now()
        try:
            if self._stream is None:
                self._stream = self._node.recogniser.stream(self.offer.side)
            heard = self._stream.feed(piece.pcm, piece.at) if piece.pcm else []
            if piece.flush:
                heard = [*heard, *self._stream.flush(piece.onset)]
        except Exception as error:  # an engine's failure costs one piece, not the leg
            log.error("recogniser failed", engine=self._node.choice.engine, error=type(error).__name__)
            self._stream = None
            return lambda: self._failed(piece)
        ended = self._node.now()
        return lambda: self._deliver(heard, piece, began, ended)

    def _deliver(self, heard: list[Heard], piece: Piece, began: float, ended: float) -> None:
        self._in_hand = False
        late = max(ended - piece.due, 0.0)
        self._node.heard(late, ended - began)
        for said, final in heard:
            if said.rejected is not None:
                self._node.rejections[said.rule or "other"] += 1
                self._tell("rejected", start=said.start, end=said.end, reason=said.rejected, lateness=late)
            else:
                kind = "final" if final else "partial"
                self._tell(kind, start=said.start, end=said.end, words=said.words, lateness=late)
        self.tell_end()

    def _failed(self, piece: Piece) -> None:
        self._in_hand = False
        if piece.pcm:
            self._tell_gap(piece.at, piece.at + piece.seconds, BROKEN_REASON)
        self.tell_end()

    def tell_end(self) -> None:
        """Tell that the leg is over, once, when nothing of it is left to hear."""
        if self.over and not (self.frames or self._pieces or self._in_hand or self._told_end) and self._finished:
            if self._gap:
                self._tell_gap(*self._gap, BUSY_REASON)
            self._told_end = True
            self._tell("ended", start=0.0, end=self._received)
            self._node.forget(self)

    def finish(self) -> None:
        """All frames went through the feeding and none will come: what is pending becomes work."""
        if not self._finished:
            self._finished = True
            self.take(self.feeding.finish(self._node.now()))

    def _tell_gap(self, start: float, end: float, reason: str) -> None:
        self._node.gaps += 1
        log.warning("audio not heard live", leg=str(self.offer.leg), seconds=round(end - start, 2))
        self._tell("gap", start=start, end=end, reason=reason)

    def _tell(self, kind: str, **content: object) -> None:
        offer = self.offer
        message = WordsMessage.model_validate(
            {"leg": offer.leg, "call": offer.call, "side": offer.side, "kind": kind, **content}
        )
        self._node.journal.tell(message, self._node.now())


class LiveNode:
    """All legs of one engine instance. Use as an async context manager inside a running loop."""

    def __init__(
        self,
        choice: EngineChoice,
        recogniser: Recogniser | None,
        detector: VoiceDetector | None,
        workers: Workers,
        *,
        gated: bool = False,
    ) -> None:
        self.choice = choice
        self.workers = workers
        self.journal = Journal()
        self.rejections: Counter[str] = Counter()
        self.gaps = 0
        self._recogniser = recogniser
        self._detector = detector
        self._gated = gated
        self._announced: dict[UUID, tuple[LegOffer, float]] = {}
        self._legs: dict[UUID, LiveLeg] = {}
        self._lateness = RecentSamples()
        self._work = RecentSamples()
        self._admitted = 0
        self._deferred = 0
        self._frames_came = asyncio.Event()
        self._detecting = ThreadPoolExecutor(1, thread_name_prefix="detect")
        self._loop = asyncio.get_running_loop()
        self._task: asyncio.Task[None] | None = None
        self._started = self.now()

    async def __aenter__(self) -> "LiveNode":
        self._task = asyncio.create_task(self._listen())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await asyncio.to_thread(self._detecting.shutdown, wait=True)

    @property
    def recogniser(self) -> Recogniser:
        """The engine. Raises LookupError when the node has none."""
        if self._recogniser is None:
            raise LookupError("this node has no recogniser")
        return self._recogniser

    @property
    def detector(self) -> VoiceDetector | None:
        """The voice detector, if the engine needs one."""
        return self._detector

    def now(self) -> float:
        """The loop's monotonic seconds; may be asked on any thread."""
        return self._loop.time()

    def wake(self) -> None:
        """Frames or an end came."""
        self._frames_came.set()

    def announce(self, offer: LegOffer) -> str | None:
        """Take the leg, or give the Vietnamese sentence that says why not. Announcing a leg again is answered again."""
        now = self.now()
        self._forget_unclaimed(now)
        if offer.leg in self._announced or offer.leg in self._legs:
            return None
        reason = why_deferred(self.load())
        if reason is None:
            self._admitted += 1
            self._announced[offer.leg] = (offer, now)
        else:
            self._deferred += 1
        return reason

    def claim(self, leg: UUID) -> LiveLeg | None:
        """The sink of an announced leg whose audio begins; None if it was not announced lately, or was claimed
        before."""
        self._forget_unclaimed(self.now())
        offer, _ = self._announced.pop(leg, (None, 0.0))
        if offer is None:
            log.warning("audio of an unannounced leg refused")
            return None
        self._legs[leg] = LiveLeg(offer, self, self._feeding())
        return self._legs[leg]

    def release(self, leg: UUID) -> None:
        """The leg is over, or will not come. What was received is still heard."""
        self._announced.pop(leg, None)
        if leg in self._legs:
            self._legs[leg].closed()

    def is_over(self, leg: UUID) -> bool:
        """True when no more audio of the leg comes; some of it may still wait to be heard."""
        return leg not in self._announced and (leg not in self._legs or self._legs[leg].over)

    def forget(self, leg: LiveLeg) -> None:
        """The leg told its end."""
        self._legs.pop(leg.offer.leg, None)

    def heard(self, late: float, seconds: float) -> None:
        """A piece was decoded in ``seconds`` and its words were there ``late``."""
        now = self.now()
        self._lateness.add(now, late)
        self._work.add(now, seconds)

    def load(self) -> Load:
        """How the node is now."""
        now = self.now()
        window = min(max(now - self._started, 1.0), WINDOW_SECONDS)
        return Load(
            engine=self.choice.engine,
            gated=self._gated,
            cores=self.workers.threads,
            legs=len(self._legs) + len(self._announced),
            lateness=self._lateness.p95(now),
            oldest_wait=self.workers.oldest_wait(now),
            busy=self._work.total(now) / (window * self.workers.threads),
        )

    def health(self) -> NodeHealth:
        """How the node is, for people and metrics."""
        load = self.load()
        return NodeHealth(
            engine=self.choice.engine,
            model=self.choice.model,
            why=self.choice.why,
            legs=load.legs,
            ceiling=ceiling(load.engine, load.cores, gated=load.gated),
            lateness_p95=load.lateness,
            busy=load.busy,
            waiting=sum(leg.waiting for leg in self._legs.values()),
            recordings_waiting=self.workers.recordings_waiting,
            admitted=self._admitted,
            deferred=self._deferred,
            rejected=dict(self.rejections),
            gaps=self.gaps,
        )

    def _feeding(self) -> Feeding:
        if self.recogniser.needs_gate:
            return WholeUtterances()
        return SpeechChunks() if self._gated and self._detector else EveryChunk()

    def _forget_unclaimed(self, now: float) -> None:
        for leg, (_, since) in list(self._announced.items()):
            if now - since > ADMISSION_SECONDS:
                del self._announced[leg]

    async def _listen(self) -> None:
        while True:
            await self._frames_came.wait()
            self._frames_came.clear()
            while legs := [leg for leg in self._legs.values() if leg.frames]:
                await self._detect(legs)
            for leg in list(self._legs.values()):
                if leg.over:
                    leg.finish()
                    self.workers.offer(leg)
                    leg.tell_end()
            # One batch serves every leg: wait until each has its next frame rather than step for the first that came.
            await asyncio.sleep(FRAME_SECONDS)

    async def _detect(self, legs: list[LiveLeg]) -> None:
        taken = [leg.frames.popleft() for leg in legs]
        if self._detector and legs[0].feeding.needs_voice:
            frames = np.concatenate([as_frames(frame) for frame, _ in taken])
            loud = loudness(frames)
            spoken = await self._speech(frames, [leg.memory for leg in legs])
        else:
            spoken = loud = np.zeros(len(legs), dtype=np.float32)
        for index, leg in enumerate(legs):
            frame, came = taken[index]
            leg.take(leg.feeding.step(frame, float(spoken[index]), float(loud[index]), came))
            self.workers.offer(leg)

    async def _speech(self, frames: Frames, memories: list[VoiceMemory]) -> Frames:
        detector = self._detector
        assert detector is not None  # noqa: S101 - asked by the caller
        try:
            return await self._loop.run_in_executor(self._detecting, detector.probabilities, frames, memories)
        except Exception as error:  # onnxruntime raises classes of its own; a leg must not end because of them
            log.error("voice detector failed", error=type(error).__name__)
            return np.ones(len(memories), dtype=np.float32)
