"""What citizens and officials of the simulation say, by topic. The sentences are data (``sentences.yaml``): invented, about nobody."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from transcription.gates import marked
from transcription.model import Transcript, Word

MODEL = "mo-phong"
"""The model's name in a transcript that nobody recognised."""


@dataclass(frozen=True)
class Sentences:
    """What is said about a matter: by the caller, in the slip, and in the agency's answer."""

    said: str
    summary: str
    answer: str


OTHERWISE = "otherwise"
"""The sentences of a topic that has none of its own."""


@cache
def _by_topic() -> Mapping[str, tuple[Sentences, ...]]:
    text = files("hotline1022.simulation").joinpath("sentences.yaml").read_text(encoding="utf-8")
    return {topic: tuple(Sentences(**each) for each in said) for topic, said in yaml.safe_load(text).items()}


GREETING = "dạ tổng đài một không hai hai xin nghe em là điện thoại viên em có thể giúp gì cho anh chị"
CLOSING = "dạ em đã ghi nhận phiếu của anh chị xin cảm ơn"
UNHAPPY = (
    "việc của tôi chưa ai xuống xem hết mà nói là xong rồi",
    "trả lời chung chung quá tôi không biết phải làm gì",
    "lâu quá chờ hoài mới có người gọi lại",
)
"""What citizens say who are asked why they are not content."""
RETURNED = "Nội dung không thuộc thẩm quyền của đơn vị."
QUESTION = "Xin người dân cho biết thêm vị trí cụ thể và thời điểm xảy ra."
ADDED = "Việc xảy ra ở gần chợ, từ đầu tuần đến nay."
PROCEDURE = "Chứng thực chữ ký"
VISITED = "Cán bộ đã đến nhà, làm xong thủ tục và giao kết quả."
MISSED = "Cán bộ đến nhưng không gặp người dân."
PROGRESS = "Đơn vị đang phối hợp kiểm tra thực địa, sẽ trả lời ngay khi có kết quả."
NEEDS_TIME = "Cần thêm thời gian kiểm tra thực địa."
UNCLEAR = "Dự thảo chưa nói rõ thời hạn khắc phục."
HELPED = "Đơn vị thống nhất phương án xử lý, sẽ cử cán bộ phối hợp."


def sentences(topic: str, place: str, chance: random.Random) -> Sentences:
    """What is said about a topic; ``place`` is a commune inside a sentence."""
    by_topic = _by_topic()
    chosen = chance.choice(by_topic.get(topic) or by_topic[OTHERWISE])
    return Sentences(*(text.format(place=place) for text in (chosen.said, chosen.summary, chosen.answer)))


def transcript(caller: str, chance: random.Random, *, seconds: float, operator_from: float | None) -> Transcript:
    """The words of a call as a recogniser would give them; the operator speaks from ``operator_from`` on, if at all."""
    words: list[Word] = []
    if operator_from is None:
        _speak(words, caller, "caller", 2.0, chance)
    else:
        at = _speak(words, GREETING, "operator", operator_from + 0.5, chance)
        at = _speak(words, caller, "caller", at + 0.8, chance)
        _speak(words, CLOSING, "operator", at + 1.0, chance)
    end = words[-1].end if words else 0.0
    return Transcript(engine="vosk", model=MODEL, words=marked(words), seconds=round(max(seconds, end), 2))


def _speak(words: list[Word], text: str, leg: Literal["caller", "operator"], at: float, chance: random.Random) -> float:
    for word in text.split():
        length = chance.uniform(0.18, 0.42)
        confidence = min(chance.betavariate(9, 1.2), 1.0)
        words.append(Word.heard(word, at, at + length, confidence, leg))
        at += length + chance.uniform(0.02, 0.15)
    return at
