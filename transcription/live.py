"""A node's live legs: announced, claimed by their sockets, watched by the voice detector, heard by the workers.

Runs on one event loop; the engine and the detector run on threads. No HTTP here.
"""

import asyncio
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import numpy as np
import structlog

from transcription.admission import WINDOW_SECONDS, Load, RecentSamples, ceiling, why_deferred
from transcription.feeding import EveryChunk, Feeding, SpeechChunks, WholeUtterances
from transcription.journal import Journal
from transcription.live_leg import LiveLeg
from transcription.model import Recogniser, Side, Stream
from transcription.node_protocol import ADMISSION_SECONDS, LegOffer, NodeHealth, WordsMessage
from transcription.registry import EngineChoice
from transcription.speech_gate import FRAME_SECONDS
from transcription.vad import Frames, VoiceDetector, VoiceMemory, as_frames, loudness
from transcription.workers import Workers

log = structlog.get_logger()


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
        self._rejections: Counter[str] = Counter()
        self._gaps = 0
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

    def stream(self, side: Side) -> Stream:
        """A fresh stream of the engine."""
        return self.recogniser.stream(side)

    def decoded(self, late: float, seconds: float) -> None:
        """A piece was decoded in ``seconds`` and its words were there ``late``."""
        now = self.now()
        self._lateness.add(now, late)
        self._work.add(now, seconds)

    def tell(self, message: WordsMessage, rule: str | None) -> None:
        """Publish what happened on a leg."""
        if rule:
            self._rejections[rule] += 1
        self._gaps += message.kind == "gap"
        self.journal.tell(message, self.now())

    def load(self) -> Load:
        """How the node is now."""
        now = self.now()
        window = min(max(now - self._started, 1.0), WINDOW_SECONDS)
        return Load(
            engine=self.choice.engine,
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
            ceiling=ceiling(load.engine, load.cores),
            lateness_p95=load.lateness,
            busy=load.busy,
            waiting=sum(leg.waiting for leg in self._legs.values()),
            recordings_waiting=self.workers.recordings_waiting,
            admitted=self._admitted,
            deferred=self._deferred,
            rejected=dict(self._rejections),
            gaps=self._gaps,
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
            try:
                await self._step()
            except Exception as error:  # whatever it is, the other legs must go on
                log.error("listening failed", error=type(error).__name__)
            # One batch serves every leg: wait until each has its next frame rather than step for the first that came.
            await asyncio.sleep(FRAME_SECONDS)

    async def _step(self) -> None:
        while legs := [leg for leg in self._legs.values() if leg.frames]:
            await self._detect(legs)
        for leg in list(self._legs.values()):
            if leg.over:
                leg.finish()
                self.workers.offer(leg)
                leg.tell_end()

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
