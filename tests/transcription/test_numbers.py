"""Numbers said in Vietnamese become digits, and words that only sound like digits stay words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transcription.model import Word
from transcription.numbers import DIGITS, LAST_DIGITS, MULTIPLIERS, find_numbers, to_digits

UNITS = ["không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín"]


def words(text: str, leg: str = "caller") -> list[Word]:
    return [
        Word.model_validate({"w": token, "start": index, "end": index + 0.5, "conf": 0.9, "leg": leg})
        for index, token in enumerate(text.split())
    ]


def written(text: str) -> str:
    return " ".join(word.w for word in to_digits(words(text)))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("gọi một không hai hai không", "gọi 1022 không"),
        ("không hai bảy bảy ba tám năm một không hai hai", "02773851022"),
        ("một nghìn không trăm hai hai", "1022"),
        ("số mười hai đường ba mươi tháng tư", "số 12 đường 30 tháng 4"),
        ("hai mươi mốt", "21"),
        ("mười lăm", "15"),
        ("hăm lăm người", "25 người"),
        ("hai lăm", "25"),
        ("ngày hai mươi ba tháng chín năm hai nghìn không trăm hai mươi lăm", "ngày 23 tháng 9 năm 2025"),
        ("tháng chín năm hai không hai lăm", "tháng 9 năm 2025"),
        ("ngày một tháng một", "ngày 1 tháng 1"),
        ("phường năm", "phường 5"),
        ("tổ ba khóm hai", "tổ 3 khóm 2"),
        ("gọi một một ba", "gọi 113"),
        ("một trăm hai", "120"),
        ("một trăm linh hai", "102"),
        ("hai nghìn lẻ năm", "2005"),
        ("hai triệu ba", "2300000"),
        ("ba trăm nghìn đồng", "300000 đồng"),
        ("không chín một hai, ba bốn năm.", "0912345."),
    ],
)
def test_numbers_are_written_as_they_are_meant(said: str, expected: str) -> None:
    assert written(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "tôi không biết ba tôi",
        "ba bốn năm trước",
        "hai giờ rưỡi",
        "hai triệu rưỡi",
        "thứ hai tuần sau",
        "hai ba người",
        "ngày một tăng",
        "vài chục hộ",
        "chín rồi",
    ],
)
def test_what_is_no_number_stays_as_it_was_said(said: str) -> None:
    assert written(said) == said


def test_years_are_not_fives() -> None:
    assert written("mười năm") == "10 năm"
    assert written("năm mươi năm") == "50 năm"


def spoken(value: int) -> str:
    """The number as it is said in full."""
    for scale, name in ((10**9, "tỷ"), (10**6, "triệu"), (1000, "nghìn")):
        if value >= scale:
            rest = value % scale
            said = f"{spoken(value // scale)} {name}"
            if not rest:
                return said
            filled = "không trăm " if 10 <= rest < 100 and scale == 1000 else "linh " if rest < 10 else ""
            return f"{said} {filled}{spoken(rest)}"
    if value >= 100:
        rest = value % 100
        return f"{UNITS[value // 100]} trăm" + (
            f" linh {UNITS[rest]}" if 0 < rest < 10 else f" {spoken(rest)}" if rest else ""
        )
    if value >= 10:
        tens, unit = divmod(value, 10)
        last = {1: "mốt" if tens > 1 else "một", 5: "lăm"}.get(unit, UNITS[unit])
        return ("mười" if tens == 1 else f"{UNITS[tens]} mươi") + (f" {last}" if unit else "")
    return UNITS[value]


@given(st.integers(10, 99_999))
def test_every_number_that_is_said_in_full_comes_back(value: int) -> None:
    assert written(spoken(value)) == str(value)


@given(st.text("0123456789", min_size=6, max_size=9))
def test_digits_read_out_come_back(digits: str) -> None:
    said = " ".join(UNITS[int(digit)] for digit in digits)
    assert written(f"số là {said} nhé") == f"số là {digits} nhé"


def test_a_number_spans_the_time_of_its_words_and_trusts_its_least_word() -> None:
    said = words("khoảng hai mươi mốt hộ")
    said[2] = said[2].model_copy(update={"conf": 0.3, "doubtful": "Máy chỉ chắc 30 % về từ này."})
    _, number, _ = to_digits(said)
    assert (number.w, number.start, number.end, number.conf) == ("21", 1, 3.5, 0.3)
    assert number.doubtful


def test_two_speakers_do_not_make_one_number() -> None:
    assert [word.w for word in to_digits([*words("hai"), *words("mươi", "operator")])] == ["hai", "mươi"]


VOCABULARY = sorted(
    {*DIGITS, *LAST_DIGITS, *MULTIPLIERS, "mười", "hăm", "linh", "lẻ", "rưỡi", "tháng", "số", "nhà", "5", "12"}
)


@given(st.lists(st.sampled_from(VOCABULARY) | st.text(max_size=5), max_size=25))
def test_any_words_are_survived_and_none_is_lost_or_used_twice(said: list[str]) -> None:
    position = 0
    for found in find_numbers(said):
        assert position <= found.start < found.end <= len(said)
        assert found.digits.isdigit()
        position = found.end
