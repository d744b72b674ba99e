"""Whisper behind the recogniser port, through faster-whisper.

It hears one utterance at a time; a voice detector must cut them.

Live, each utterance is encoded in a short window: its own length and a margin, instead of the 30 s that the model was
trained on. That is four times cheaper and costs about a point of word error, but only for one utterance alone: a
shorter margin runs away into endless repetition, and joined utterances suffer. After the call utterances are joined
and the full window is used.
"""

import copy
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soxr
from faster_whisper import WhisperModel

from hotline1022.base.errors import HotlineError
from transcription.audio import between
from transcription.feed_clock import FeedClock
from transcription.gates import Evidence, marked, why_rejected
from transcription.model import BYTES_PER_SECOND, SAMPLE_RATE, EngineName, Heard, Side, Span, Utterance, Word

WHISPER_RATE = 16000
FRAMES_A_SECOND = 100
MARGIN_FRAMES = 3 * FRAMES_A_SECOND
"""Silence encoded after the content of a short window. One second is too little: texts repeat without end."""

TOKENS_BASE, TOKENS_A_SECOND = 14, 12
"""No text of an utterance may be longer than this many tokens: a runaway is stopped early."""

JOINED_SECONDS = 14.0
"""How much speech is put into one full window of 30 s. More is cheaper and was a little worse."""

JOIN_PADDING = 0.35
"""Kept around each utterance that is joined, in seconds."""

SHORTEST_FIRST_WORD = 0.1

BEAM = 5
"""A sixth dearer than a beam of 1, and several points of word error better."""


class _WindowedModel(WhisperModel):  # type: ignore[misc]
    """faster-whisper's model with a window that can end ``margin`` frames after the content."""

    margin: int | None = None

    def encode(self, features: npt.NDArray[np.float32]) -> Any:
        if self.margin is not None:
            content = np.flatnonzero(features.any(axis=0))
            length = (int(content[-1]) + 1 if len(content) else 0) + self.margin
            # The encoder halves the frames, so their number must be even.
            features = np.ascontiguousarray(features[:, : min(length + length % 2, features.shape[1])])
        return super().encode(features)


class WhisperRecogniser:
    """The loaded model, shared by ``workers`` threads. Raises HotlineError when the folder's model cannot be loaded."""

    engine: EngineName = "whisper"
    needs_gate = True

    def __init__(
        self, folder: Path, name: str, *, workers: int, language: str = "vi", short_window: bool = True
    ) -> None:
        self.model = name
        self._language = language
        try:
            self._full = _WindowedModel(
                str(folder), device="cpu", compute_type="int8", cpu_threads=1, num_workers=workers
            )
        except Exception as error:  # the library raises RuntimeError, ValueError and its tokenizer's own classes
            raise HotlineError(
                f"Không nạp được mô hình {name}", remedy=f"chạy: hotline1022 models fetch {name}"
            ) from error
        self._short = copy.copy(self._full)
        self._short.margin = MARGIN_FRAMES if short_window else None

    def stream(self, leg: Side, phrases: Sequence[str] = ()) -> "WhisperStream":  # noqa: ARG002
        """A fresh stream for a leg. Words come at each flush; there are no partial words, and no grammar."""
        return WhisperStream(self, leg)

    def utterance(self, pcm: bytes, at: float, leg: Side, onset: float | None) -> list[Utterance]:
        """Recognise one utterance, cut by a voice detector, whose first sample lies ``at`` seconds into the leg."""
        clock = FeedClock()
        clock.feed(at, len(pcm) / BYTES_PER_SECOND)
        heard = self._decode(self._short, pcm, clock, leg)
        # The first word is said to begin where the audio begins, pre-roll included; the detector knows better.
        return [_from(onset, said) if index == 0 and onset is not None else said for index, said in enumerate(heard)]

    def whole(self, pcm: bytes, leg: Side, speech: Sequence[Span]) -> Iterator[Utterance]:
        """Recognise a whole recorded leg: utterances joined up to JOINED_SECONDS, full window, wide beam."""
        for spans in _joined(speech):
            clock, audio = FeedClock(), bytearray()
            for span in spans:
                piece = between(pcm, span.start, span.end)
                clock.feed(span.start, len(piece) / BYTES_PER_SECOND)
                audio += piece
            yield from self._decode(self._full, bytes(audio), clock, leg)

    def _decode(self, model: _WindowedModel, pcm: bytes, clock: FeedClock, leg: Side) -> list[Utterance]:
        seconds = len(pcm) / BYTES_PER_SECOND
        segments, _ = model.transcribe(
            _for_whisper(pcm),
            language=self._language,
            beam_size=BEAM,
            temperature=0.0,
            condition_on_previous_text=False,
            word_timestamps=True,
            max_new_tokens=TOKENS_BASE + int(TOKENS_A_SECOND * min(seconds, 30)),
            # The library's own gates are off: transcription.gates decides, and says which rule it was.
            no_speech_threshold=None,
            log_prob_threshold=None,
            compression_ratio_threshold=None,
        )
        heard, before = [], ""
        for segment in segments:
            # Within one breath the same sentence twice is an invention; in joined utterances people do repeat
            # themselves.
            heard.append(_utterance(segment, before if model is self._short else "", clock, leg))
            before = segment.text
        return heard


class WhisperStream:
    """One leg: keeps what is fed until the speaker pauses."""

    def __init__(self, recogniser: WhisperRecogniser, leg: Side) -> None:
        self._recogniser = recogniser
        self._leg = leg
        self._audio = bytearray()
        self._at = 0.0

    def feed(self, pcm: bytes, at: float) -> list[Heard]:
        """Keep the audio; nothing is heard before the flush."""
        if not self._audio:
            self._at = at
        self._audio += pcm
        return []

    def flush(self, onset: float | None = None) -> list[Heard]:
        """Recognise what was fed since the last flush."""
        pcm, self._audio = bytes(self._audio), bytearray()
        if not pcm:
            return []
        return [Heard(said, final=True) for said in self._recogniser.utterance(pcm, self._at, self._leg, onset)]


def _for_whisper(pcm: bytes) -> npt.NDArray[np.float32]:
    samples = np.frombuffer(pcm, dtype="<i2").astype(np.float32) / 32768
    return np.asarray(soxr.resample(samples, SAMPLE_RATE, WHISPER_RATE), dtype=np.float32)


def _joined(speech: Sequence[Span]) -> Iterator[list[Span]]:
    """The stretches of speech, padded, in groups that each fit one window; a longer stretch is divided."""
    group: list[Span] = []
    length = 0.0
    for span in _divided(speech):
        if group and length + span.end - span.start > JOINED_SECONDS:
            yield group
            group, length = [], 0.0
        group.append(span)
        length += span.end - span.start
    if group:
        yield group


def _divided(speech: Sequence[Span]) -> Iterator[Span]:
    before = 0.0
    for span in speech:
        start, end = max(span.start - JOIN_PADDING, before), span.end + JOIN_PADDING
        while end - start > JOINED_SECONDS:
            yield Span(start, start + JOINED_SECONDS)
            start += JOINED_SECONDS
        yield Span(start, end)
        before = end


def _utterance(segment: Any, before: str, clock: FeedClock, leg: Side) -> Utterance:
    words = [
        Word.heard(said.word.strip(), clock.start_of(said.start), clock.end_of(said.end), said.probability, leg)
        for said in segment.words or ()
        if said.word.strip()
    ]
    start = words[0].start if words else clock.start_of(segment.start)
    end = words[-1].end if words else max(clock.end_of(segment.end), start)
    verdict = why_rejected(
        Evidence(
            text=" ".join(word.w for word in words),
            confidences=tuple(word.conf for word in words),
            seconds=segment.end - segment.start,
            log_probability=segment.avg_logprob,
            no_speech=segment.no_speech_prob,
            before=before,
        )
    )
    if verdict:
        return Utterance(leg=leg, start=start, end=end, rejected=verdict.sentence, rule=verdict.rule)
    return Utterance(leg=leg, start=start, end=end, words=marked(words))


def _from(onset: float, said: Utterance) -> Utterance:
    if not said.words or onset <= said.words[0].start:
        return said
    # The detector can open after a short first word is over; the word keeps some length.
    start = max(min(onset, said.words[0].end - SHORTEST_FIRST_WORD), said.words[0].start)
    first = said.words[0].model_copy(update={"start": start})
    return said.model_copy(update={"start": start, "words": (first, *said.words[1:])})
