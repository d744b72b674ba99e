"""Which words may be shown: rules against invented text, and what makes a single word doubtful.

Pure; knows no engine's classes.

A recogniser writes fluent sentences for noise, babble and foreign speech. Each rule here was chosen because it stops
some of those and costs almost no true word; repetition carries a *high* likelihood, so no single rule is enough.
"""

import re
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from typing import NamedTuple

from transcription.model import Word


class Evidence(NamedTuple):
    """What is known about one recognised utterance.

    ``log_probability`` and ``no_speech`` are Whisper's; None elsewhere. ``before``: the text just before in the same
    piece of audio.
    """

    text: str
    confidences: tuple[float, ...]
    seconds: float
    log_probability: float | None = None
    no_speech: float | None = None
    before: str = ""


class Verdict(NamedTuple):
    """Why an utterance must not be shown: the rule's name, for counting, and the sentence, for reading."""

    rule: str
    sentence: str


LEAST_LOG_PROBABILITY = -1.0
MOST_COMPRESSION = 2.0
MOST_NO_SPEECH = 0.6
UNSURE_LOG_PROBABILITY = -0.8
"""A high probability of "no speech" counts only together with this: alone it stopped true sentences of real speakers.
A high probability of "no speech" counts only together with this: alone it stopped true sentences of real speakers."""

LEAST_WORDS_A_SECOND = 0.8
MOST_WORDS_A_SECOND = 7.0
LEAST_MEAN_CONFIDENCE = 0.45
"""Mean word confidence under which Vosk's words are not believed.

A judgement: no Vietnamese Vosk model was measured.
"""

DOUBTFUL_CONFIDENCE = 0.5
LONGEST_WORD_SECONDS = 1.5
SHORTEST_WORD_SECONDS = 0.03
SHORT_SECONDS = 1.5
"""Under this length the rate of words says nothing: one "dạ" in a second of breath is not an invention."""

STOCK_PHRASES = (
    "subscribe cho kênh",
    "đăng ký kênh",
    "đăng kí kênh",
    "ghiền mì gõ",
    "la la school",
    "video tiếp theo",
    "những video hấp dẫn",
    "cảm ơn các bạn đã theo dõi",
    "cảm ơn các bạn đã xem",
    "hẹn gặp lại các bạn trong",
    "phụ đề được thực hiện",
    "subtitles by",
)
"""What the training data of Whisper says over music and silence. Nobody says these to a public hotline."""


def compression_ratio(text: str) -> float:
    """How much of the text is repetition: its bytes over its compressed bytes."""
    raw = text.encode()
    return len(raw) / len(zlib.compress(raw)) if raw else 0.0


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", unicodedata.normalize("NFC", text).lower()))


def _rate(evidence: Evidence) -> float:
    return len(evidence.text.split()) / max(evidence.seconds, 0.1)


def _percent(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")


_Rule = tuple[str, Callable[[Evidence], bool], Callable[[Evidence], str]]

RULES: tuple[_Rule, ...] = (
    (
        "empty",
        lambda said: not _plain(said.text),
        lambda _: "Có tiếng nói nhưng máy không nhận ra từ nào.",
    ),
    (
        "log-probability",
        lambda said: said.log_probability is not None and said.log_probability <= LEAST_LOG_PROBABILITY,
        lambda said: (
            f"Máy quá không chắc (log xác suất {said.log_probability:.2f}, phải trên {LEAST_LOG_PROBABILITY})."
        ),
    ),
    (
        "repetition",
        lambda said: compression_ratio(said.text) >= MOST_COMPRESSION,
        lambda said: (
            f"Câu lặp đi lặp lại (tỉ số nén {compression_ratio(said.text):.1f}, phải dưới {MOST_COMPRESSION})."
        ),
    ),
    (
        "echo",
        lambda said: len(said.text.split()) > 1 and _plain(said.text) == _plain(said.before),
        lambda _: "Câu này giống hệt câu ngay trước trong cùng một lượt nói.",
    ),
    (
        "too-fast",
        lambda said: _rate(said) > MOST_WORDS_A_SECOND and len(said.text.split()) > MOST_WORDS_A_SECOND,
        lambda said: f"Không ai nói {_rate(said):.1f} từ mỗi giây (nhiều nhất {MOST_WORDS_A_SECOND:.0f}).",
    ),
    (
        "too-slow",
        lambda said: said.seconds > SHORT_SECONDS and _rate(said) < LEAST_WORDS_A_SECOND,
        lambda said: f"Quá ít từ cho {said.seconds:.1f} giây tiếng nói (ít nhất {LEAST_WORDS_A_SECOND} từ mỗi giây).",
    ),
    (
        "no-speech",
        lambda said: (
            (said.no_speech or 0.0) >= MOST_NO_SPEECH and (said.log_probability or 0.0) <= UNSURE_LOG_PROBABILITY
        ),
        lambda said: f"Máy cho rằng đây không phải tiếng nói (khả năng {_percent(said.no_speech or 0)}).",
    ),
    (
        "stock-phrase",
        lambda said: any(phrase in _plain(said.text) for phrase in STOCK_PHRASES),
        lambda _: "Đây là câu mẫu mà máy hay tự nghĩ ra khi không nghe rõ.",
    ),
    (
        "confidence",
        lambda said: (
            said.log_probability is None
            and bool(said.confidences)
            and sum(said.confidences) / len(said.confidences) < LEAST_MEAN_CONFIDENCE
        ),
        lambda said: (
            f"Máy chỉ chắc trung bình {_percent(sum(said.confidences) / len(said.confidences))} về các từ này "
            f"(ít nhất {_percent(LEAST_MEAN_CONFIDENCE)})."
        ),
    ),
)
"""Asked in this order; the first that holds against the utterance gives the reason."""


def why_rejected(evidence: Evidence) -> Verdict | None:
    """The first rule that forbids showing the utterance, or None if it may be shown."""
    return next((Verdict(name, tell(evidence)) for name, holds, tell in RULES if holds(evidence)), None)


def why_doubtful(confidence: float, seconds: float) -> str | None:
    """One sentence that says why a word of an utterance that may be shown should still not be trusted, or None."""
    if confidence < DOUBTFUL_CONFIDENCE:
        return f"Máy chỉ chắc {_percent(confidence)} về từ này."
    if seconds > LONGEST_WORD_SECONDS:
        return f"Từ này kéo dài bất thường ({seconds:.1f} giây)."
    if seconds < SHORTEST_WORD_SECONDS:
        return "Từ này ngắn bất thường, có thể máy tự thêm vào."
    return None


def marked(words: Sequence[Word]) -> tuple[Word, ...]:
    """The words with ``doubtful`` set by the rules."""
    return tuple(word.model_copy(update={"doubtful": why_doubtful(word.conf, word.end - word.start)}) for word in words)
