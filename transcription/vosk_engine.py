"""Vosk behind the recogniser port: streaming words with times and confidence, straight from 8000 Hz audio.

One AcceptWaveform can take more than half a second: never call it on an event loop. The lock is released meanwhile,
so worker threads share one model.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from vosk import KaldiRecognizer, Model, SetLogLevel

from hotline1022.base.errors import HotlineError
from transcription.feed_clock import FeedClock
from transcription.gates import Evidence, marked, why_rejected
from transcription.model import BYTES_PER_SECOND, SAMPLE_RATE, EngineName, Heard, Side, Span, Utterance, Word

CHUNK_BYTES = BYTES_PER_SECOND // 5
"""How much of a recording is decoded in one step: 200 ms, as live."""

UNKNOWN = "[unk]"
"""What Vosk writes for speech outside its grammar."""

SetLogLevel(-1)


class VoskRecogniser:
    """The loaded model, shared by all threads. Raises HotlineError when the folder's model cannot be loaded."""

    engine: EngineName = "vosk"
    needs_gate = False

    def __init__(self, folder: Path, name: str) -> None:
        self.model = name
        try:
            self._model = Model(str(folder))
        except Exception as error:  # the binding raises bare Exception
            raise HotlineError(
                f"Không nạp được mô hình {name}", remedy=f"chạy: hotline1022 models fetch {name}"
            ) from error

    def stream(self, leg: Side, phrases: Sequence[str] = ()) -> "VoskStream":
        """A fresh stream for a leg.

        With ``phrases`` only these can be heard, or the unknown word, which is left out.
        """
        return VoskStream(self._model, leg, phrases)

    def whole(self, pcm: bytes, leg: Side, speech: Sequence[Span]) -> Iterator[Utterance]:  # noqa: ARG002
        """Recognise a whole recorded leg; everything is fed, since silence is cheap and gated words may differ."""
        stream = self.stream(leg)
        for offset in range(0, len(pcm), CHUNK_BYTES):
            for heard in stream.feed(pcm[offset : offset + CHUNK_BYTES], offset / BYTES_PER_SECOND):
                if heard.final:
                    yield heard.utterance
        for heard in stream.flush():
            yield heard.utterance


class VoskStream:
    """One leg. Partial words are given only when they have changed."""

    def __init__(self, model: Model, leg: Side, phrases: Sequence[str]) -> None:
        if phrases:
            grammar = json.dumps([*phrases, UNKNOWN], ensure_ascii=False)
            self._recognizer = KaldiRecognizer(model, SAMPLE_RATE, grammar)
        else:
            self._recognizer = KaldiRecognizer(model, SAMPLE_RATE)
        self._recognizer.SetWords(True)
        self._recognizer.SetPartialWords(True)
        self._leg = leg
        self._clock = FeedClock()
        self._partial = ""
        self._pending = False

    def feed(self, pcm: bytes, at: float) -> list[Heard]:
        """Decode the audio: gives a final utterance where the engine heard a pause, else the words so far if they
        changed."""
        self._clock.feed(at, len(pcm) / BYTES_PER_SECOND)
        self._pending = True
        if self._recognizer.AcceptWaveform(pcm):
            return self._final(self._recognizer.Result())
        result = json.loads(self._recognizer.PartialResult())
        if result.get("partial", "") == self._partial:
            return []
        self._partial = result.get("partial", "")
        words = self._words(result.get("partial_result", []))
        return [Heard(_said(words, self._leg), final=False)] if words else []

    def flush(self, onset: float | None = None) -> list[Heard]:  # noqa: ARG002 - its own onsets are 50 ms right
        """Decode what is pending to its end. Nothing is given twice."""
        if not self._pending:
            return []
        self._pending = False
        return self._final(self._recognizer.FinalResult())

    def _final(self, raw: str) -> list[Heard]:
        self._partial = ""
        words = self._words(json.loads(raw).get("result", []))
        if not words:
            return []
        said = _said(words, self._leg)
        verdict = why_rejected(
            Evidence(text=said.text, confidences=tuple(word.conf for word in words), seconds=said.end - said.start)
        )
        if verdict:
            said = said.model_copy(update={"words": (), "rejected": verdict.sentence, "rule": verdict.rule})
        return [Heard(said, final=True)]

    def _words(self, result: list[dict[str, Any]]) -> list[Word]:
        start, end = self._clock.start_of, self._clock.end_of
        return [
            Word.heard(item["word"], start(item["start"]), end(item["end"]), float(item.get("conf", 1.0)), self._leg)
            for item in result
            if item["word"] != UNKNOWN
        ]


def _said(words: Sequence[Word], leg: Side) -> Utterance:
    return Utterance(leg=leg, start=words[0].start, end=words[-1].end, words=marked(words))
