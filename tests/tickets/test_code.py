"""The code a citizen writes down: slips of the pen are caught, and no two tickets share one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.errors import HotlineError
from tickets.code import FIRST_STEM, LAST_STEM, CodeBlock, check_digit, code_of, is_code, read_code

stems = st.integers(FIRST_STEM, LAST_STEM)
codes = stems.map(code_of).filter(lambda code: code is not None).map(str)


@given(codes)
def test_a_code_is_eight_digits_without_leading_zero(code: str) -> None:
    assert re.fullmatch(r"[1-9][0-9]{7}", code)
    assert is_code(code)
    assert not re.search(r"(.)\1\1", code)


@given(codes)
def test_every_single_wrong_digit_is_caught(code: str) -> None:
    for place, right in enumerate(code):
        for wrong in "0123456789".replace(right, ""):
            assert not is_code(code[:place] + wrong + code[place + 1 :])


@given(codes)
def test_every_swap_of_neighbours_is_caught(code: str) -> None:
    for place in range(len(code) - 1):
        left, right = code[place], code[place + 1]
        if left != right:
            assert not is_code(code[:place] + right + left + code[place + 2 :])


def test_no_pair_of_digits_can_hide_a_slip_whatever_stands_before_it() -> None:
    # The state after any digits is one of ten, so these thousand cases prove both properties for codes of any length.
    states = [next(str(n) for n in range(1000) if check_digit(str(n)) == str(state)) for state in range(10)]
    for before in states:
        endings = [check_digit(before + str(digit)) for digit in range(10)]
        assert len(set(endings)) == 10
        for left in range(10):
            for right in range(10):
                swapped = check_digit(f"{before}{right}{left}") == check_digit(f"{before}{left}{right}")
                assert swapped == (left == right)


@given(codes, st.lists(st.sampled_from([" ", ".", "-", ""]), min_size=8, max_size=8))
def test_a_code_is_read_however_people_group_its_digits(code: str, gaps: list[str]) -> None:
    assert read_code("".join(digit + gap for digit, gap in zip(code, gaps, strict=True))) == code


@pytest.mark.parametrize("text", ["", "1234567", "123456789", "02345678", "1234567a", "１２３４５６７８", "9" * 200])
def test_what_cannot_be_a_code_is_told_so(text: str) -> None:
    with pytest.raises(HotlineError, match="tám chữ số"):
        read_code(text)


def test_a_slip_is_told_as_a_slip() -> None:
    code = next(code for code in map(code_of, range(2_345_678, 2_345_700)) if code)
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    with pytest.raises(HotlineError, match="nhầm hoặc đảo chỗ"):
        read_code(wrong)


def test_a_block_gives_each_code_once_and_says_when_it_is_empty() -> None:
    block = CodeBlock(["1", "2"])
    block.add(["3"])
    assert [block.take() for _ in range(3)] == ["1", "2", "3"]
    assert len(block) == 0
    with pytest.raises(HotlineError, match="hết mã phiếu"):
        block.take()
