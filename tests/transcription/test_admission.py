"""A node takes only what it can carry, and says why it does not take more."""

from hypothesis import given
from hypothesis import strategies as st

from transcription.admission import WINDOW_SECONDS, Load, RecentSamples, ceiling, why_deferred

IDLE = Load(engine="whisper", cores=2, legs=0, lateness=None, oldest_wait=0.0, busy=0.0)


def test_an_idle_node_takes_a_leg() -> None:
    assert why_deferred(IDLE) is None


def test_no_engine_takes_nothing() -> None:
    assert "chưa có bộ nhận dạng" in str(why_deferred(IDLE._replace(engine="none")))


def test_the_ceiling_holds_however_idle_the_node_is() -> None:
    assert why_deferred(IDLE._replace(legs=11)) is None
    assert "tối đa 12 với 2 nhân" in str(why_deferred(IDLE._replace(legs=12)))
    assert 0 == ceiling("none", 2) < ceiling("vosk", 2) < ceiling("whisper", 2)


def test_lateness_defers_sooner_for_the_streaming_engine() -> None:
    assert why_deferred(IDLE._replace(lateness=1.0)) is None
    assert "1.0 giây" in str(why_deferred(IDLE._replace(engine="vosk", lateness=1.0)))


def test_work_that_waits_counts_even_before_anything_was_heard() -> None:
    assert why_deferred(IDLE._replace(lateness=None, oldest_wait=5.0)) is not None


def test_busy_workers_defer() -> None:
    assert "60" in str(why_deferred(IDLE._replace(busy=0.61)))


loads = st.builds(
    Load,
    engine=st.sampled_from(["vosk", "whisper", "none"]),
    cores=st.integers(1, 64),
    legs=st.integers(0, 1000),
    lateness=st.none() | st.floats(0, 60),
    oldest_wait=st.floats(0, 60),
    busy=st.floats(0, 1),
)


@given(loads, st.integers(0, 10), st.floats(0, 5), st.floats(0, 1))
def test_more_load_never_opens_the_door(load: Load, legs: int, late: float, busy: float) -> None:
    heavier = load._replace(legs=load.legs + legs, lateness=(load.lateness or 0) + late, busy=load.busy + busy)
    if why_deferred(load) is not None:
        assert why_deferred(heavier) is not None


def test_only_the_last_minute_counts() -> None:
    recent = RecentSamples()
    recent.add(0.0, 9.0)
    recent.add(30.0, 1.0)
    assert recent.p95(30.0) == 9.0
    assert recent.p95(WINDOW_SECONDS + 1) == 1.0
    assert recent.p95(2 * WINDOW_SECONDS) is None


@given(st.lists(st.floats(0, 10), min_size=1, max_size=200))
def test_p95_is_not_exceeded_by_more_than_one_in_twenty(values: list[float]) -> None:
    recent = RecentSamples()
    for value in values:
        recent.add(1.0, value)
    p95 = recent.p95(1.0)
    assert p95 is not None
    assert sum(value > p95 for value in values) <= len(values) * 0.05
