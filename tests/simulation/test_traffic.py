"""What a plan draws: monthly figures as the province's, every commune, hours and waits as people ring. Pure."""

from collections import Counter
from datetime import date

import pytest

from hotline1022.simulation import province
from hotline1022.simulation.habits import Habits, said_in_survey
from hotline1022.simulation.plan import Plan, volumes
from hotline1022.simulation.simulating import traffic_of
from hotline1022.simulation.traffic import InCall
from hotline1022.simulation.words import sentences
from surveys.model import Question
from tests.simulation.conftest import shipped
from tickets.model import Channel
from tickets.rules import StandingRules

YEAR = Plan.months("2026-01", 12, surge=["2026-10"])


@pytest.fixture(scope="session")
def standing() -> StandingRules:
    """The shipped rules."""
    return shipped()


@pytest.fixture(scope="session")
def year(standing: StandingRules) -> list[InCall]:
    """All calls of a year with a surge."""
    traffic = traffic_of(YEAR, standing, 15_000)
    return [call for day in volumes(YEAR, lambda _: False) for call in traffic.of_day(day)[0]]


def test_ordinary_months_lie_between_the_provinces_quietest_and_fullest() -> None:
    calls, slips = Counter[int](), Counter[int]()
    for day in volumes(YEAR, lambda _: False):
        calls[day.day.month] += day.calls
        slips[day.day.month] += day.slips
    for month in set(range(1, 13)) - {10}:
        assert province.QUIET.calls - 10 <= calls[month] <= province.FULL.calls + 10, month
        assert province.QUIET.slips - 5 <= slips[month] <= province.FULL.slips + 5, month
    assert slips[10] == pytest.approx(province.SURGE.slips, abs=5)
    assert calls[10] == pytest.approx(province.SURGE.calls, rel=0.02)


def test_most_reports_come_by_telephone_as_in_the_provinces_months() -> None:
    days = [day for day in volumes(YEAR, lambda _: False) if not day.surge]
    written = Counter[Channel]()
    for day in days:
        written.update(day.written)
    whole = sum(day.slips for day in days)
    assert 1 - written.total() / whole == pytest.approx(346 / 442, abs=0.02)
    assert written[Channel.WEB] > written[Channel.EMAIL] > 0


def test_a_part_of_a_month_has_its_part_of_it() -> None:
    whole = sum(day.slips for day in volumes(Plan.months("2026-03", 1), lambda _: False))
    half = sum(day.slips for day in volumes(Plan(first_day=date(2026, 3, 16), days=16), lambda _: False))
    assert 0.4 * whole < half < 0.62 * whole


def test_hardly_anybody_rings_on_a_holiday() -> None:
    months = [list(volumes(YEAR, lambda day: day.day == 15)), list(volumes(YEAR, lambda _: False))]
    on_holiday, ordinary = (sum(day.calls for day in days if day.day.day == 15) for days in months)
    assert on_holiday < 0.4 * ordinary


def test_every_commune_occurs(year: list[InCall], standing: StandingRules) -> None:
    assert {call.matter.place for call in year} == set(standing.current.localities.communes)


def test_every_topic_of_the_traffic_is_one_of_the_rules(standing: StandingRules) -> None:
    for topic in (*province.TOPICS, *province.SURGE_TOPICS):
        assert topic in standing.current.topics.codes
        chance = YEAR.chance(topic)
        assert "{" not in "".join(vars(sentences(topic, "xã Tháp Mười", chance)).values())


def test_fewer_communes_are_those_with_the_most_reports(standing: StandingRules) -> None:
    plan = Plan.months("2026-01", 1, agencies=7)
    traffic = traffic_of(plan, standing, 500)
    places = {call.matter.place for day in volumes(plan, lambda _: False) for call in traffic.of_day(day)[0]}
    assert len(places) == 7


def test_a_call_goes_forward_in_time_and_is_answered_only_in_opening_hours(
    year: list[InCall], standing: StandingRules
) -> None:
    hours = standing.current.calendar("hotline")
    for call in year:
        steps = [call.arrived_at, call.consented_at, call.queued_at, call.unqueued_at, call.answered_at, call.ended_at]
        known = [step for step in steps if step is not None]
        assert known == sorted(known)
        assert call.queued_at is None or hours.open_at(call.queued_at)
        assert (call.answered_at is None) == (call.operator is None) == (call.result is None)
        assert call.ending not in ("message", "menu") or call.answered_at is None
        assert call.recorded or call.ending != "message"


def test_no_operator_has_two_calls_at_once(year: list[InCall]) -> None:
    until: dict[int, object] = {}
    for call in sorted((each for each in year if each.answered_at), key=lambda each: str(each.answered_at)):
        assert call.operator is not None
        assert str(until.get(call.operator, "")) <= str(call.answered_at)
        until[call.operator] = call.wrapped_at


def test_of_those_who_wait_for_an_operator_few_give_up(year: list[InCall]) -> None:
    queued = [call for call in year if call.queued_at is not None]
    gave_up = sum(call.answered_at is None for call in queued)
    assert 0 < gave_up < 0.1 * len(queued)


def test_citizens_of_slow_agencies_are_less_content() -> None:
    habits = Habits(YEAR)
    drawn = sorted((habits.of(f"agency-{number}") for number in range(60)), key=lambda habit: habit.quality)

    def mean(habit: object) -> float:
        said = [said_in_survey(YEAR.chance(number), Question.TIME, habit, late=False) for number in range(300)]  # type: ignore[arg-type]
        marks = [each.answers[Question.SATISFACTION] for each in said if Question.SATISFACTION in each.answers]
        return sum(marks) / len(marks)

    assert mean(drawn[0]) + 0.5 < mean(drawn[-1])
    assert any(habit.pace > 0.9 for habit in drawn)
