"""Invented text is not shown, and each refusal says why."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.gates import RULES, Evidence, marked, why_doubtful, why_rejected
from transcription.model import Word

GOOD = Evidence("ở đường này có một ổ gà rất to", (0.9,) * 9, 3.0, -0.3, 0.1)


def test_an_ordinary_sentence_is_shown() -> None:
    assert why_rejected(GOOD) is None


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("empty", GOOD._replace(text=" … ")),
        ("log-probability", GOOD._replace(log_probability=-1.0)),
        ("repetition", GOOD._replace(text="không có gì " * 20, seconds=12.0)),
        ("echo", GOOD._replace(text="bây giờ", before=" Bây giờ.", seconds=1.0)),
        ("too-fast", GOOD._replace(seconds=0.5)),
        ("too-slow", GOOD._replace(text="ba", seconds=4.0)),
        ("no-speech", GOOD._replace(no_speech=0.7, log_probability=-0.9)),
        ("stock-phrase", GOOD._replace(text="Hãy subscribe cho kênh Ghiền Mì Gõ để không bỏ lỡ")),
        ("confidence", GOOD._replace(log_probability=None, no_speech=None, confidences=(0.2, 0.4))),
    ],
)
def test_each_rule_stops_its_kind_of_invention_and_names_itself(rule: str, said: Evidence) -> None:
    verdict = why_rejected(said)
    assert verdict is not None
    assert verdict.rule == rule
    assert verdict.sentence.endswith(".")


def test_every_rule_is_exercised_above() -> None:
    assert {name for name, _, _ in RULES} == {
        "empty", "log-probability", "repetition", "echo", "too-fast", "too-slow", "no-speech", "stock-phrase",
        "confidence",
    }  # fmt: skip


def test_high_likelihood_does_not_save_a_repetition() -> None:
    looped = GOOD._replace(text="cảm ơn " * 40, seconds=14.0, log_probability=-0.14)
    assert why_rejected(looped) is not None


def test_a_short_yes_is_shown() -> None:
    assert why_rejected(Evidence("dạ", (0.8,), 1.2, -0.4, 0.2)) is None


def test_no_speech_alone_does_not_stop_a_confident_sentence() -> None:
    assert why_rejected(GOOD._replace(no_speech=0.9)) is None


@given(st.text(max_size=200), st.floats(0, 30), st.floats(-3, 0), st.floats(0, 1))
def test_any_evidence_gets_a_verdict(text: str, seconds: float, log_probability: float, no_speech: float) -> None:
    verdict = why_rejected(Evidence(text, (), seconds, log_probability, no_speech))
    assert verdict is None or verdict.sentence


@given(st.floats(0, 1), st.floats(0, 5))
def test_a_word_is_doubtful_exactly_when_a_sentence_says_so(confidence: float, seconds: float) -> None:
    (word,) = marked([Word(w="ổ", start=0, end=seconds, conf=confidence, leg="caller")])
    assert word.doubtful == why_doubtful(confidence, seconds)
    assert (word.doubtful is None) == (confidence >= 0.5 and 0.03 <= seconds <= 1.5)
