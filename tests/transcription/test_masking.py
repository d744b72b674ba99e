"""Who may not see personal numbers does not see them, however they were said."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from transcription.masking import mask_text, mask_words
from transcription.model import Word
from transcription.numbers import DIGITS

LONG_RUN = re.compile(r"\d(?:[\s.,()/+-]*\d){8,}")


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("số tôi là không chín một hai ba bốn năm sáu bảy tám ạ", "số tôi là [số điện thoại] ạ"),
        ("không chín một hai, ba bốn năm. sáu bảy tám", "[số điện thoại]"),
        ("không chín mười hai là ba bốn năm sáu bảy tám", "[số điện thoại]"),
        ("gọi 0912.345.678 nhé", "gọi [số điện thoại] nhé"),
        ("0912 345 678", "[số điện thoại]"),
        ("gọi0912345678nhé", "gọi[số điện thoại]nhé"),
        ("+84 912 345 678", "[số điện thoại]"),
        ("căn cước 087201001234", "căn cước [số căn cước]"),
        ("chứng minh 341234567", "chứng minh [số riêng]"),
        ("thư a.b@c.vn, nhé", "thư [thư điện tử], nhé"),
        ("mail là nguyen van a còng gmail chấm com nhé", "mail là [thư điện tử] nhé"),
        ("xe 66A-123.45 chạy ẩu", "xe [biển số] chạy ẩu"),
        ("sáu sáu a một hai ba bốn năm", "[biển số]"),
    ],
)
def test_personal_numbers_are_hidden_written_and_spoken(said: str, shown: str) -> None:
    assert mask_text(said) == shown


@pytest.mark.parametrize("said", ["mã phiếu 12345678", "gọi 1022", "có 22 ca 1022", "ngày 23 tháng 9 năm 2025"])
def test_what_is_not_personal_stays(said: str) -> None:
    assert mask_text(said) == said


def test_a_masked_word_lasts_as_long_as_what_it_hides() -> None:
    tokens = ["gọi", "không", "chín", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám"]
    words = [Word(w=token, start=i, end=i + 1, conf=0.9, leg="caller") for i, token in enumerate(tokens)]
    _, hidden = mask_words(words)
    assert (hidden.w, hidden.start, hidden.end) == ("[số điện thoại]", 1, 11)


def test_the_other_sides_words_in_between_do_not_uncover_a_number() -> None:
    said = [("0912", "caller"), ("dạ", "operator"), ("345", "caller"), ("vâng", "operator"), ("678", "caller")]
    words = [
        Word.model_validate({"w": w, "start": i, "end": i, "conf": 1, "leg": leg}) for i, (w, leg) in enumerate(said)
    ]
    shown = mask_words(words)
    assert [word.w for word in shown if word.leg == "caller"] == ["[số điện thoại]"]
    assert [word.w for word in shown if word.leg == "operator"] == ["dạ", "vâng"]


PIECES = st.sampled_from([*DIGITS, "là", "dạ", "mươi", "trăm", "nhà", "a", "0912", "345.678", "66A", "a@b.vn"])


@given(st.lists(PIECES | st.text("0123456789 .-,x", max_size=6) | st.text(max_size=4), max_size=30).map(" ".join))
@example("1 2-3.4 5(6)7 8 9")
@example("٠١٢٣٤٥٦٧٨٩")
def test_no_run_of_nine_digits_survives(text: str) -> None:
    assert not LONG_RUN.search(mask_text(text))


@given(st.lists(st.sampled_from(list(DIGITS)), min_size=9, max_size=14))
def test_nine_spoken_digits_are_never_shown(said: list[str]) -> None:
    assert mask_text(" ".join(said)).startswith("[")


@given(st.text(max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask_text(text)
    assert mask_text(once) == once
