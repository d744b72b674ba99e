"""The rule for hot spots: against an independent sum of probabilities, and properties that hold for any counts."""

from fractions import Fraction
from math import exp, factorial, isclose

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hotline1022.reporting.hot_spots import FEWEST_SLIPS, Cell, benjamini_hochberg, judge, mid_p

SHARE = Fraction(1, 13)
counts = some.integers(0, 40)
cells = some.lists(some.tuples(counts, counts), min_size=1, max_size=40).map(
    lambda found: [Cell("giao-thong", str(at), recent, before) for at, (recent, before) in enumerate(found)]
)


def poisson(mean: float, count: int) -> float:
    return exp(-mean) * mean**count / factorial(count)


@pytest.mark.parametrize(("recent", "before"), [(0, 0), (1, 0), (3, 0), (5, 12), (9, 14), (2, 40), (12, 60)])
@pytest.mark.parametrize("mean", [0.7, 3.0])
def test_it_is_the_conditional_test_of_two_poisson_counts(recent: int, before: int, mean: float) -> None:
    """Conditioned on their sum, two independent Poisson counts at one weekly rate give this, whatever the rate is."""
    both = recent + before
    ways = [poisson(mean, each) * poisson(12 * mean, both - each) for each in range(both + 1)]
    expected = (sum(ways[recent + 1 :]) + ways[recent] / 2) / sum(ways)
    assert isclose(mid_p(recent, both, SHARE), expected, rel_tol=1e-9)


def test_a_matter_that_never_came_before_needs_more_than_one_slip() -> None:
    assert mid_p(1, 1, SHARE) == pytest.approx(1 / 26)
    assert mid_p(3, 3, SHARE) == pytest.approx(1 / 2 / 13**3)


@given(counts, counts)
def test_more_slips_are_never_less_striking(recent: int, before: int) -> None:
    assert mid_p(recent + 1, recent + 1 + before, SHARE) <= mid_p(recent, recent + before, SHARE)


@given(counts, counts)
def test_more_slips_before_never_make_the_week_more_striking(recent: int, before: int) -> None:
    assert mid_p(recent, recent + before + 1, SHARE) >= mid_p(recent, recent + before, SHARE)


def test_adjusting_is_that_of_the_paper_of_1995() -> None:
    """Benjamini and Hochberg's own example (table 1, thrombolysis): at 5 % their procedure rejects the first four of fifteen."""
    p = [
        0.0001,
        0.0004,
        0.0019,
        0.0095,
        0.0201,
        0.0278,
        0.0298,
        0.0344,
        0.0459,
        0.3240,
        0.4262,
        0.5719,
        0.6528,
        0.7590,
        1.0,
    ]
    assert [each <= 0.05 for each in benjamini_hochberg(p)] == [True] * 4 + [False] * 11


@given(some.lists(some.floats(0, 1), min_size=1, max_size=50).map(sorted))
def test_adjusting_by_the_definition(p: list[float]) -> None:
    adjusted = benjamini_hochberg(p)
    for at, value in enumerate(adjusted):
        assert isclose(value, min(1.0, *(p[j] * len(p) / (j + 1) for j in range(at, len(p)))), rel_tol=1e-12)
    assert adjusted == sorted(adjusted)


@given(cells)
def test_every_cell_is_judged_once_and_the_hot_ones_come_first(found: list[Cell]) -> None:
    judged = judge(found, SHARE)
    assert sorted(each.cell.place for each in judged) == sorted(each.place for each in found)
    assert all(each.q >= each.p for each in judged)
    assert all(each.cell.recent >= FEWEST_SLIPS and each.q <= 0.05 for each in judged if each.hot)


def test_a_surge_is_found_among_a_hundred_quiet_communes() -> None:
    quiet = [Cell("giao-thong", str(at), 1, 12) for at in range(100)]
    judged = judge([*quiet, Cell("giao-thong", "x", 12, 12)], SHARE)
    assert [each.cell.place for each in judged if each.hot] == ["x"]
    assert not any(each.hot for each in judge(quiet, SHARE))
