"""Telephone numbers however they arrive: one citizen has one number, and what is no number is none."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.phone_numbers import e164, masked


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("0912345678", "+84912345678"),
        ("+84912345678", "+84912345678"),
        ("84912345678", "+84912345678"),
        ("0084912345678", "+84912345678"),
        ("+840912345678", "+84912345678"),
        ("912345678", "+84912345678"),
        ("0912.345.678", "+84912345678"),
        ("(091) 234-5678", "+84912345678"),
        ("0912/345/678", "+84912345678"),
        ("sip:0912345678@203.0.113.7", "+84912345678"),
        ("tel:+84912345678;phone-context=x", "+84912345678"),
        ("01234567890", "+84834567890"),  # eleven digits of before 2018
        ("+841694567890", "+84394567890"),
        ("02773898989", "+842773898989"),
        ("0277 3898989", "+842773898989"),
        ("3898989", "+842773898989"),  # dialled inside the province
        ("0277 3898989 ext 12", "+842773898989"),
        ("0277 3898989 máy lẻ 12", "+842773898989"),
        ("0016502530000", "+16502530000"),
        ("+1 650 253 0000", "+16502530000"),
    ],
)
def test_one_number_in_all_its_spellings(written: str, number: str) -> None:
    assert e164(written) == number


@pytest.mark.parametrize(
    "written",
    [
        None,
        "",
        " ",
        "anonymous",
        "Restricted",
        "unavailable",
        "1022",
        "113",
        "101",
        "0123",
        "0" * 18,
        "9" * 300,
        "٠٩١٢٣٤٥٦٧٨",
        "\r\nAction: x",
    ],
)
def test_hidden_internal_and_impossible_numbers_are_none(written: str | None) -> None:
    assert e164(written) is None


def test_a_neighbour_area_is_completed_where_the_province_says_so() -> None:
    assert e164("3871234", area="273") == "+842733871234"


@given(st.text(max_size=40))
def test_whatever_a_trunk_sends_is_a_number_or_none_and_stays_itself(text: str) -> None:
    number = e164(text)
    if number is not None:
        assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number)
        assert e164(number) == number


digits = st.from_regex(r"(\+84|84|0)?(9[0-9]{8}|3[2-9][0-9]{7}|1[2-9][0-9]{8}|277[0-9]{7})", fullmatch=True)


@given(digits)
def test_a_normalised_number_is_not_changed_again(written: str) -> None:
    number = e164(written)
    assert number is None or e164(number) == number


def test_a_shown_number_keeps_three_digits() -> None:
    assert masked("+84912345678") == "*** *** 678"
    assert masked(None) == "Ẩn số"
