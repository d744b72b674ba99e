"""What happens between the planning of a survey call and the call: clocks that jump, windows that close, tickets that are reopened."""

from datetime import UTC, datetime, timedelta

from surveys.model import Question
from tests.surveys.stage import Stage


async def test_nobody_is_rung_outside_the_windows_even_if_it_was_planned_so(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    stage.clock.instant = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
    await stage.campaign.attempt({"case": case.id, "number": 1})
    assert stage.line.rung == []
    assert stage.plans()[-1].next_at == datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
    assert stage.plans()[-1].number == 1


async def test_a_clock_that_is_set_back_rings_nobody_early_and_forgets_nobody(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    assert case.next_at is not None
    stage.clock.instant = case.next_at - timedelta(hours=20)
    await stage.campaign.attempt({"case": case.id, "number": 1})
    assert stage.line.rung == []
    stage.clock.instant = case.next_at + timedelta(minutes=6)
    assert await stage.campaign.sweep(timedelta(minutes=5)) == 1
    await stage.campaign.attempt({"case": case.id, "number": 1})
    assert len(stage.line.rung) == 1


async def test_a_clock_that_jumps_ahead_rings_nobody_about_an_answer_that_is_too_old_by_then(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    stage.clock.instant += timedelta(days=40)
    await stage.campaign.attempt({"case": case.id, "number": 1})
    assert stage.line.rung == []
    assert [end.disposition for end in stage.ends()] == ["excluded"]


async def test_an_attempt_that_was_put_off_is_not_made_at_its_first_hour(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    assert case.next_at is not None
    later = case.next_at + timedelta(days=2)
    await stage.campaign._course.put_off(case, later)
    stage.clock.instant = case.next_at
    await stage.campaign.attempt({"case": case.id, "number": 1})
    assert stage.line.rung == []
    stage.clock.instant = later
    await stage.campaign.attempt({"case": case.id, "number": 1})
    assert len(stage.line.rung) == 1


async def test_a_window_that_is_closed_between_planning_and_dialling_is_kept(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    assert case.next_at is not None
    stage.clock.instant = case.next_at
    closed, reopened = stage.campaign._hours(), case.next_at + timedelta(days=3)

    class ClosedNow:
        """The calendar as somebody has changed it meanwhile."""

        def open_at(self, instant: datetime) -> bool:
            return instant >= reopened

        def next_opening(self, instant: datetime) -> datetime:
            return max(instant, reopened)

    assert closed.open_at(case.next_at)
    stage.campaign._hours = stage.campaign._course.hours = ClosedNow
    await stage.campaign.attempt({"case": case.id, "number": 1})
    assert stage.line.rung == []
    assert stage.plans()[-1].next_at == reopened
    await stage.happens()
    assert len(stage.line.rung) == 3


async def test_a_ticket_that_is_reopened_before_the_call_is_not_asked_about(stage: Stage) -> None:
    await stage.consideration.consider(stage.told())
    stage.citizens.rounds["17672970"] = 1
    await stage.happens()
    assert stage.line.rung == []
    assert stage.ends()[0].disposition == "excluded"
    assert await stage.consideration.consider(stage.told(round=1)) is not None


async def test_a_ticket_that_is_reopened_while_its_telephone_rings_keeps_what_is_answered_for_the_answer_it_was_about(
    stage: Stage,
) -> None:
    def reopened_meanwhile(_number: str) -> tuple[str, dict[Question, int]]:
        stage.citizens.rounds["17672970"] = 1
        return "answered", {Question.CONSENT: 1, Question.RESOLVED: 1, Question.SATISFACTION: 4}

    stage.line.script = reopened_meanwhile
    await stage.consideration.consider(stage.told())
    await stage.happens()
    (end,) = stage.ends()
    assert (end.round, end.disposition, end.answers["satisfaction"]) == (0, "partial", 4)
    assert await stage.consideration.consider(stage.told(round=1)) is not None
