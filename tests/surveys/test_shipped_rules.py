"""Claims about the rules of surveys as they are shipped: when the telephone may ring, and whose."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.rule_files import RuleFileError, rule_path
from surveys.policy import FILE, StandingPolicy, SurveyPolicy
from tests.surveys.stage import POLICY
from tickets.rules import StandingRules


@pytest.fixture(scope="module")
def shipped() -> SurveyPolicy:
    """The policy as it is shipped."""
    return StandingPolicy().current


@pytest.mark.parametrize(
    ("local", "may_ring"),
    [
        ("2026-11-23T07:59", False),
        ("2026-11-23T08:00", True),
        ("2026-11-23T11:29", True),
        ("2026-11-23T11:30", False),
        ("2026-11-23T13:29", False),
        ("2026-11-23T13:30", True),
        ("2026-11-23T19:59", True),
        ("2026-11-23T20:00", False),
        ("2026-11-22T09:00", True),
        ("2026-09-02T09:00", False),
    ],
    ids=str,
)
def test_the_telephone_rings_from_eight_and_from_half_past_one_until_eight_and_never_at_tet(
    standing: StandingRules, shipped: SurveyPolicy, local: str, may_ring: bool
) -> None:
    instant = datetime.fromisoformat(local).replace(tzinfo=CIVIL_ZONE)
    assert standing.current.calendar(shipped.calendar).open_at(instant) is may_ring


def test_on_the_first_day_of_tet_nobody_is_rung_at_any_minute(standing: StandingRules, shipped: SurveyPolicy) -> None:
    midnight, calendar = datetime(2026, 2, 17, tzinfo=CIVIL_ZONE), standing.current.calendar(shipped.calendar)
    assert not any(calendar.open_at(midnight + timedelta(minutes=minute)) for minute in range(24 * 60))


def test_before_tet_the_next_call_is_after_it(standing: StandingRules, shipped: SurveyPolicy) -> None:
    evening = datetime(2026, 2, 13, 20, 0, tzinfo=CIVIL_ZONE)
    calendar = standing.current.calendar(shipped.calendar)
    opens = calendar.next_opening(evening)
    while opens.date() < datetime(2026, 2, 16, tzinfo=CIVIL_ZONE).date():
        opens = calendar.next_opening(datetime(opens.year, opens.month, opens.day, 20, 0, tzinfo=CIVIL_ZONE))
    assert opens.astimezone(CIVIL_ZONE).date() > datetime(2026, 2, 19, tzinfo=CIVIL_ZONE).date()


@pytest.mark.parametrize(
    ("number", "may_ring"),
    [
        ("+84912345678", True),
        ("+84351234567", True),
        ("+842773851022", True),
        ("+841900123456", False),
        ("+841800123456", False),
        ("+84800123456", False),
        ("+84113", False),
        ("+442071234567", False),
        ("+979123456789", False),
    ],
)
def test_only_ordinary_vietnamese_numbers_are_rung(shipped: SurveyPolicy, number: str, may_ring: bool) -> None:
    assert shipped.allows(number) is may_ring


def test_three_attempts_are_made_and_each_waits_for_longer(shipped: SurveyPolicy) -> None:
    assert shipped.most_attempts == 3
    assert shipped.gaps_hours[0] < shipped.gaps_hours[1]


@pytest.mark.parametrize(
    ("gaps", "which"),
    [
        ("[2, 2]", "khoảng thứ 2 (2 giờ) không dài hơn khoảng thứ 1 (2 giờ)"),
        ("[2, 24, 6.5]", "khoảng thứ 3 (6.5 giờ) không dài hơn khoảng thứ 2 (24 giờ)"),
    ],
)
def test_gaps_that_do_not_grow_are_told_with_the_one_that_does_not_and_its_line(
    tmp_path: Path, gaps: str, which: str
) -> None:
    shipped = rule_path("surveys", FILE, None).read_text(encoding="utf-8")
    wrong = shipped.replace("gaps_hours: [2, 24]", f"gaps_hours: {gaps}")
    (tmp_path / FILE).write_text(wrong, encoding="utf-8")
    with pytest.raises(RuleFileError) as told:
        StandingPolicy(tmp_path)
    assert told.value.mistake == f"khoảng cách giữa các lần gọi phải tăng dần: {which}"
    assert wrong.splitlines()[told.value.line - 1].startswith("gaps_hours")


def test_nobody_is_rung_again_at_once() -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        SurveyPolicy.model_validate(POLICY.model_dump() | {"gaps_hours": (0, 2)})
