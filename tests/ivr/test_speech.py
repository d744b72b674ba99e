"""Claims about spoken Vietnamese: numbers, days, months, codes, and what happens to values that cannot be spoken."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model import Say
from ivr.prompt_book import PromptBook
from ivr.speech import day_words, month_words, number_words, parts


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "không"), (4, "bốn"), (5, "năm"), (10, "mười"), (11, "mười một"), (14, "mười bốn"), (15, "mười lăm"),
        (20, "hai mươi"), (21, "hai mươi mốt"), (24, "hai mươi bốn"), (25, "hai mươi lăm"), (31, "ba mươi mốt"),
        (55, "năm mươi lăm"), (91, "chín mươi mốt"), (99, "chín mươi chín"),
    ],
)  # fmt: skip
def test_number_is_spoken_as_vietnamese_say_it(number: int, words: str) -> None:
    assert number_words(number) == words


def test_every_number_has_words_of_its_own() -> None:
    assert len({number_words(number) for number in range(100)}) == 100


def test_first_ten_days_are_mung_and_the_fourth_month_is_tu() -> None:
    assert [day_words(day) for day in (1, 10, 11, 25)] == [
        "ngày mùng một",
        "ngày mùng mười",
        "ngày mười một",
        "ngày hai mươi lăm",
    ]
    assert [month_words(month) for month in (1, 4, 11, 12)] == [
        "tháng một",
        "tháng tư",
        "tháng mười một",
        "tháng mười hai",
    ]


def test_due_date_is_spoken_with_its_weekday(book: PromptBook) -> None:
    words = [book[name].text for name in parts(Say("date", "2026-11-25"), book)]
    assert words == ["thứ tư", "ngày hai mươi lăm", "tháng mười một"]


def test_every_day_of_a_leap_year_can_be_spoken(book: PromptBook) -> None:
    for number in range(366):
        day = date(2028, 1, 1) + timedelta(days=number)
        said = parts(Say("date", day.isoformat()), book)
        assert len(said) == 3
        assert all(name in book for name in said)


def test_code_is_spoken_digit_by_digit() -> None:
    assert parts(Say("digits", "20261233"), ()) == tuple(f"digit-{digit}" for digit in "20261233")


def test_agency_and_stage_without_a_recording_are_spoken_as_general_words(book: PromptBook) -> None:
    assert parts(Say("agency", "so-khong-ten"), book) == ("agency-unknown",)
    assert parts(Say("stage", "lost"), book) == ("stage-unknown",)
    assert parts(Say("stage", "received"), book) == ("stage-received",)


@given(kind=st.sampled_from(["digits", "number", "date", "agency", "stage"]), value=st.text(max_size=30))
def test_no_value_breaks_speech_and_all_parts_are_known(book: PromptBook, kind: str, value: str) -> None:
    said = parts(Say(kind, value), book)  # type: ignore[arg-type]
    assert all(name in book for name in said)
