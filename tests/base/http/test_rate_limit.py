"""Claims about how often one address may ask."""

from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.http.rate_limit import MOST_KEYS, RateLimit

COUNTS = st.integers(1, 20)
SECONDS = st.floats(0.5, 3600)
STEPS = st.lists(st.floats(0, 100), min_size=1, max_size=100)


@given(COUNTS, SECONDS, STEPS)
def test_nobody_passes_more_often_than_the_bucket_holds_and_time_refills(
    count: int, seconds: float, steps: list[float]
) -> None:
    limit, now, passed = RateLimit(count, seconds), 0.0, 0
    for step in steps:
        now += step
        passed += limit.wait("a", now) == 0.0
        assert passed <= count + now * count / seconds + 1e-6


@given(COUNTS, SECONDS)
def test_whoever_waits_as_long_as_told_passes(count: int, seconds: float) -> None:
    limit = RateLimit(count, seconds)
    assert all(limit.wait("a", 0.0) == 0.0 for _ in range(count))
    wait = limit.wait("a", 0.0)
    assert 0 < wait <= seconds / count + 1e-9
    assert limit.wait("a", wait + 1e-6) == 0.0


def test_addresses_do_not_spend_each_others_tokens() -> None:
    limit = RateLimit(1, 60)
    assert limit.wait("a", 0.0) == 0.0
    assert limit.wait("a", 0.0) > 0
    assert limit.wait("b", 0.0) == 0.0


def test_being_refused_costs_nothing() -> None:
    limit = RateLimit(1, 10)
    limit.wait("a", 0.0)
    assert [round(limit.wait("a", second)) for second in (1.0, 2.0, 9.0)] == [9, 8, 1]
    assert limit.wait("a", 10.0) == 0.0


def test_memory_is_bounded_and_the_longest_untouched_is_forgotten_first() -> None:
    limit = RateLimit(1, 3600)
    limit.wait("old", 0.0)
    limit.wait("touched", 0.0)
    for number in range(MOST_KEYS - 1):
        limit.wait(str(number), 1.0)
        limit.wait("touched", 1.0)
    assert limit.wait("touched", 1.0) > 0
    assert limit.wait("old", 1.0) == 0.0
