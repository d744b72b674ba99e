"""Numbers in words, as they are read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hotline1022.reporting import spoken, written
from hotline1022.reporting.report import Kind


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0, "không"),
        (15, "mười lăm"),
        (21, "hai mươi mốt"),
        (100, "một trăm"),
        (105, "một trăm lẻ năm"),
        (115, "một trăm mười lăm"),
        (774, "bảy trăm bảy mươi bốn"),
        (1000, "một nghìn"),
        (1005, "một nghìn không trăm lẻ năm"),
        (1083, "một nghìn không trăm tám mươi ba"),
        (2026, "hai nghìn không trăm hai mươi sáu"),
        (37_507, "ba mươi bảy nghìn năm trăm lẻ bảy"),
        (1_000_000, "một triệu"),
        (1_000_015, "một triệu không trăm mười lăm"),
        (2_300_000_001, "hai tỷ ba trăm triệu không trăm lẻ một"),
    ],
)
def test_numbers_are_spoken_as_people_do(value: int, words: str) -> None:
    assert spoken.number(value) == words


@given(some.integers(0, 10**7), some.integers(0, 10**7))
def test_two_numbers_never_sound_alike(one: int, other: int) -> None:
    assert (spoken.number(one) == spoken.number(other)) == (one == other)
    assert not any(letter.isdigit() for letter in spoken.number(one))


def test_shares_and_months() -> None:
    assert spoken.share(975, 1000) == "chín mươi bảy phẩy năm phần trăm"
    assert spoken.share(1, 1) == "một trăm phần trăm"
    assert spoken.month(2026, 10) == "tháng mười năm hai nghìn không trăm hai mươi sáu"
    for wrong in (-1, 10**12):
        with pytest.raises(ValueError, match="not spoken"):
            spoken.number(wrong)


def test_figures_are_written_as_people_here_write_them() -> None:
    assert written.cell(37507, Kind.COUNT) == "37.507"
    assert written.cell(0.9752, Kind.SHARE) == "97,5 %"
    assert written.cell(-3, Kind.CHANGE) == "−3"
    assert written.cell(1234.56, Kind.NUMBER) == "1.234,6"
    assert written.cell(None, Kind.COUNT) == "—"
    assert written.listed(["a"]) == "a"
    assert written.listed(("a", "b", "c")) == "a, b và c"
