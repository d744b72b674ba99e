"""Claims about a line that is dead: it costs citizens no attempt beyond the few that showed it, and comes back by one call."""

from datetime import UTC, datetime, timedelta

import pytest

from surveys.dead_line import FAILED_IN_A_ROW, GOT_THROUGH, PAUSE, DeadLine
from tests.surveys.stage import Stage

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def dead() -> DeadLine:
    """A line whose last calls all failed at ``NOW``."""
    line = DeadLine()
    assert [line.told("failed", NOW) for _ in range(FAILED_IN_A_ROW)] == [False] * (FAILED_IN_A_ROW - 1) + [True]
    return line


@pytest.mark.parametrize("outcome", sorted(GOT_THROUGH))
def test_one_telephone_that_was_reached_shows_that_the_line_lives(outcome: str) -> None:
    line = DeadLine()
    for _ in range(20):
        for _ in range(FAILED_IN_A_ROW - 1):
            line.told("failed", NOW)
        line.told(outcome, NOW)
        assert line.rests_until(NOW) is None


@pytest.mark.parametrize("outcome", ["unknown", "invalid-number"])
def test_an_end_that_says_nothing_of_the_line_neither_kills_nor_revives_it(outcome: str) -> None:
    fresh, line = DeadLine(), dead()
    for _ in range(20):
        assert not fresh.told(outcome, NOW)
        assert not line.told(outcome, NOW)
    assert fresh.rests_until(NOW) is None
    assert line.rests_until(NOW) == NOW + PAUSE


def test_after_each_pause_one_call_tries_the_line_and_the_others_wait_for_it_longer_each_time() -> None:
    line, now, pauses = dead(), NOW, [10, 20, 40, 80, 120, 120]
    for minutes in pauses:
        over = now + timedelta(minutes=minutes)
        assert line.rests_until(over - timedelta(seconds=1)) == over
        assert line.rests_until(over) is None, "the trial"
        now = over
        assert line.rests_until(now) is not None
        assert not line.told("failed", now), "that it is dead was told once"
    line.told("busy", now)
    assert line.rests_until(now) is line.rests_until(now) is None, "all of them may go"
    for _ in range(FAILED_IN_A_ROW):
        line.told("failed", now)
    assert line.rests_until(now) == now + PAUSE, "and the pause begins anew"


def test_a_clock_that_was_set_back_does_not_lengthen_the_pause() -> None:
    assert dead().rests_until(NOW - timedelta(days=3)) == NOW - timedelta(days=3) + PAUSE


async def test_two_days_without_a_line_leave_nearly_all_citizens_their_attempts(stage: Stage) -> None:
    codes = [f"17673{number:03d}" for number in range(30)]
    for number, code in enumerate(codes):
        stage.citizens.numbers[code] = f"+8491234{number:04d}"
        await stage.consideration.consider(stage.told(code))
    back = datetime(2026, 11, 27, 1, 0, tzinfo=UTC)  # calls would have been made on the 25th and the 26th
    stage.line.script = lambda _: ("failed" if stage.clock.now() < back else "no-answer", {})
    done: set[tuple[str, int, datetime]] = set()
    while waiting := sorted(
        (plan.next_at, plan.case, plan.number)
        for plan in stage.plans()
        if (plan.case, plan.number, plan.next_at) not in done
    ):
        at, case, number = waiting[0]
        done.add((case, number, at))
        stage.clock.instant = max(stage.clock.instant, at)
        await stage.campaign.attempt({"case": case, "number": number})
    ends = stage.ends()
    assert len(ends) == len(codes)
    assert len(stage.line.rung) == sum(end.attempts for end in ends)
    spent = [end for end in ends if end.disposition == "failed"]
    assert len(spent) <= 5, "only those by whom the line was tried; the others were rung when it was back"
