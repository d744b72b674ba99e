"""Erlang's formulas: against the plain sums they come from, a published example, and properties that hold for any load."""

from fractions import Fraction
from math import factorial, inf

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hotline1022.reporting.staffing import (
    TARGET,
    erlang_b,
    erlang_c,
    mean_wait,
    operators_for,
    service_level,
)

loads = some.fractions(Fraction(1, 20), 40, max_denominator=20)


def waits(load: Fraction, operators: int) -> Fraction:
    """Erlang C as it is written in textbooks, in exact fractions: A^N/N! N/(N-A) over that and the sum of A^i/i!."""
    last = load**operators / factorial(operators) * operators / (operators - load)
    return last / (last + sum(load**each / factorial(each) for each in range(operators)))


@given(loads, some.integers(1, 25))
def test_the_recursion_is_the_textbooks_sum(load: Fraction, more: int) -> None:
    operators = int(load) + more
    assert erlang_c(float(load), operators) == pytest.approx(float(waits(load, operators)), rel=1e-9)


@given(loads, some.integers(1, 60))
def test_lost_calls_are_the_textbooks_sum_too(load: Fraction, operators: int) -> None:
    terms = [load**each / factorial(each) for each in range(operators + 1)]
    assert erlang_b(float(load), operators) == pytest.approx(float(terms[-1] / sum(terms)), rel=1e-9)


def test_the_published_example() -> None:
    """Call Centre Helper, "Erlang C Formula - Made Simple With an Easy Worked Example": 100 calls in 30 minutes of 180 s are 10 erlangs;
    with 14 agents 17.4 % wait, 88.8 % are answered in 20 s, the mean wait is 7.8 s."""
    load = 100 * 180 / 1800
    assert load == 10
    assert round(100 * erlang_c(load, 14), 1) == 17.4
    assert round(100 * service_level(load, 14, 180), 1) == 88.8
    assert round(mean_wait(load, 14, 180), 1) == 7.8


def test_the_table_of_lost_calls() -> None:
    """The classical table of Erlang B: at a loss of 1 % ten lines carry 4.46 erlangs, twenty 12.03."""
    assert erlang_b(4.46, 10) == pytest.approx(0.01, abs=5e-5)
    assert erlang_b(12.03, 20) == pytest.approx(0.01, abs=5e-5)


@given(loads, some.floats(10, 1200))
def test_the_advice_is_the_fewest_that_reach_the_target(load: Fraction, handling: float) -> None:
    operators = operators_for(float(load), handling)
    assert service_level(float(load), operators, handling) >= TARGET
    assert operators == 1 or service_level(float(load), operators - 1, handling) < TARGET


@given(loads, some.floats(10, 1200), some.integers(1, 80))
def test_one_more_operator_never_serves_worse(load: Fraction, handling: float, operators: int) -> None:
    first, second = (service_level(float(load), each, handling) for each in (operators, operators + 1))
    assert 0 <= first <= second + 1e-12 <= 1 + 1e-9


def test_operators_who_cannot_keep_up_serve_nobody_in_time() -> None:
    assert (erlang_c(5, 5), service_level(5, 5, 180), mean_wait(5, 4, 180)) == (1.0, 0.0, inf)
    with pytest.raises(ValueError, match="more than"):
        operators_for(5000, 180)
