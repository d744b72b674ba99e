"""Scores are what an independent computation makes of the same counts, and never more certain than their answers allow."""

from dataclasses import replace
from math import isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.comparison import decision_766, ranking, shrunk
from surveys.scoring import COMPONENTS, Weights, score
from surveys.tally import Rate, Tally, satisfied, together, wilson

WEIGHTS = Weights(
    version="test",
    points={
        "on_time": 30, "satisfaction": 30, "solved": 10, "lasting": 5, "discipline": 10, "answers": 10, "duties": 5,
    },
    bands=((90, "Xuất sắc"), (80, "Tốt"), (65, "Khá"), (50, "Trung bình"), (0, "Yếu")),
    fewest_answers=5,
)  # fmt: skip


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(9, 10, 59.6, 98.2), (27, 30, 74.4, 96.5), (90, 100, 82.6, 94.5), (419, 419, 99.1, 100), (3, 3, 43.9, 100)],
)
def test_wilsons_interval_is_that_of_the_published_examples(part: int, whole: int, low: float, high: float) -> None:
    found = wilson(part, whole)
    assert (round(100 * found[0], 1), round(100 * found[1], 1)) == (low, high)


rates = st.integers(1, 500).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole)))


@given(rates)
def test_wilsons_interval_holds_the_shares_that_the_score_test_does_not_reject(rate: tuple[int, int]) -> None:
    """The interval is the set of shares p with |p̂ - p| <= z·sqrt(p(1-p)/n): checked by trying shares, not by its formula."""
    part, whole = rate
    low, high = wilson(part, whole)
    shares = np.linspace(0, 1, 20001)
    kept = shares[np.abs(part / whole - shares) <= 1.959963984540054 * np.sqrt(shares * (1 - shares) / whole) + 1e-12]
    assert abs(kept.min() - low) < 1e-4
    assert abs(kept.max() - high) < 1e-4
    assert 0 <= low <= part / whole <= high <= 1


def test_more_than_everything_is_no_rate() -> None:
    with pytest.raises(ValueError, match="is no rate"):
        Rate(4, 3)
    assert Rate(0, 0).value is None
    assert Rate(0, 0).interval is None


counts = st.integers(0, 400)


@st.composite
def tallies(draw: st.DrawFn) -> Tally:
    """Any counts that can be."""
    due, answered, received = draw(counts), draw(counts), draw(counts)
    eligible = draw(counts)
    reached = draw(st.integers(0, eligible))
    completed = draw(st.integers(0, reached))
    partly = draw(st.integers(0, reached - completed))
    publishable, letters, visits = draw(counts), draw(counts), draw(counts)
    return Tally(
        due=due,
        on_time=draw(st.integers(0, due)),
        answered=answered,
        reopened=draw(st.integers(0, answered)),
        received=received,
        accepted_late=draw(st.integers(0, received)),
        returned=draw(counts),
        extended=draw(st.integers(0, received)),
        objected=draw(counts),
        publishable=publishable,
        published=draw(st.integers(0, publishable)),
        letters_owed=letters,
        letters_on_time=draw(st.integers(0, letters)),
        visits_due=visits,
        visits_kept=draw(st.integers(0, visits)),
        eligible=eligible,
        reached=reached,
        refused=reached - completed - partly,
        completed=completed,
        partly=partly,
        marks={mark: draw(st.integers(0, 100)) for mark in range(1, 6)},
        solved=draw(counts),
        solved_partly=draw(counts),
        unsolved=draw(counts),
    )


def recomputed(tally: Tally) -> float | None:
    """The composite, by arrays and without the module's own pieces."""
    marks = np.array([tally.marks.get(mark, 0) for mark in range(1, 6)])
    if marks.sum() < WEIGHTS.fewest_answers:
        return None

    def mean(*pairs: tuple[float, float]) -> float:
        found = [part / whole for part, whole in pairs if whole]
        return float(np.mean(found)) if found else float("nan")

    t = tally
    values = np.array(
        [
            mean((t.on_time, t.due)),
            mean((marks[3:].sum(), marks.sum())),
            mean((t.solved, t.solved + t.solved_partly + t.unsolved)),
            mean((t.answered - t.reopened, t.answered)),
            mean(
                (t.received - t.accepted_late, t.received),
                (max(0, t.received - t.returned), t.received),
                (t.received - t.extended, t.received),
            ),
            mean((max(0, t.answered - t.objected), t.answered), (t.published, t.publishable)),
            mean((t.letters_on_time, t.letters_owed), (t.visits_kept, t.visits_due)),
        ]
    )
    points = np.array([30, 30, 10, 5, 10, 10, 5])
    there = ~np.isnan(values)
    return float(100 * (values[there] * points[there]).sum() / points[there].sum())


@given(tallies())
def test_the_composite_is_what_an_independent_computation_gives(tally: Tally) -> None:
    found, expected = score("a", tally, WEIGHTS), recomputed(tally)
    if expected is None:
        assert (found.composite, found.low, found.band) == (None, None, None)
        return
    assert found.composite is not None
    assert isclose(found.composite, expected, abs_tol=1e-9)
    assert found.low is not None
    assert 0 <= found.low <= found.composite + 1e-9 <= 100 + 2e-9


def test_every_component_has_its_points() -> None:
    assert set(WEIGHTS.points) == set(COMPONENTS)
    assert sum(WEIGHTS.points.values()) == 100


def test_a_component_of_which_nothing_was_counted_leaves_its_points_to_the_others() -> None:
    only_marks = Tally(marks={5: 10})
    found = score("a", only_marks, WEIGHTS)
    assert found.composite == 100
    assert [part.name for part in found.parts if part.value is not None] == ["satisfaction"]


def test_few_lucky_answers_do_not_win() -> None:
    lucky = score("lucky", Tally(marks={5: 5}), WEIGHTS)
    steady = score("steady", Tally(marks={5: 95, 1: 5}), WEIGHTS)
    too_few = score("too-few", Tally(marks={5: 4}), WEIGHTS)
    assert lucky.composite is not None
    assert steady.composite is not None
    assert lucky.composite > steady.composite
    assert [(place.rank, place.score.agency) for place in ranking([lucky, too_few, steady])] == [
        (1, "steady"), (2, "lucky"), (None, "too-few"),
    ]  # fmt: skip


def test_equal_agencies_share_a_rank_and_the_next_one_is_counted_on() -> None:
    tally = Tally(marks={5: 40, 2: 10})
    scores = [score(name, tally, WEIGHTS) for name in ("b", "a")] + [score("c", replace(tally, marks={3: 50}), WEIGHTS)]
    assert [(place.rank, place.score.agency) for place in ranking(scores)] == [(1, "a"), (1, "b"), (3, "c")]


@given(st.lists(tallies(), max_size=5))
def test_counts_of_several_agencies_are_one_count(several: list[Tally]) -> None:
    total = together(several)
    assert total.due == sum(each.due for each in several)
    assert satisfied(total).part == sum(satisfied(each).part for each in several)
    assert total.answers == sum(each.answers for each in several)


def test_in_decision_766_whoever_says_nothing_is_content() -> None:
    found = decision_766(Tally(due=200, on_time=190), dissatisfied_or_late=14)
    assert (found.on_time, found.content) == (95.0, 93.0)
    assert decision_766(Tally(), 0).on_time is None


def test_shrinkage_recovers_how_much_agencies_really_differ() -> None:
    random = np.random.default_rng(1022)
    truth = random.beta(16, 4, size=300)
    asked = random.integers(2, 60, size=300)
    found = shrunk(
        {
            str(number): Rate(int(random.binomial(n, p)), int(n))
            for number, (n, p) in enumerate(zip(asked, truth, strict=True))
        }
    )
    for number, n in enumerate(asked):
        assert abs(found[str(number)].weight - n / (n + 20)) < 0.15, "the prior is worth sixteen and four answers"
    plain = {str(number): Rate(9, 10) for number in range(40)}
    assert {each.weight for each in shrunk(plain).values()} == {0.0}, "all alike: chance explains everything"
    assert shrunk({}) == {}


@given(st.dictionaries(st.text(min_size=1, max_size=3), rates.map(lambda rate: Rate(*rate)), min_size=1, max_size=20))
def test_a_shrunk_rate_lies_between_its_own_and_that_of_all(found: dict[str, Rate]) -> None:
    for agency, each in shrunk(found).items():
        own = found[agency].value
        assert own is not None
        assert min(own, each.overall) - 1e-9 <= each.value <= max(own, each.overall) + 1e-9
