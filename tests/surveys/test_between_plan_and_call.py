"""What happens between the planning of a survey call and the call: clocks that jump, windows that close, tickets that are reopened."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.rule_files import rule_path
from surveys import store
from surveys.events import SurveyPlanned
from surveys.model import Question, Reason
from tests.surveys.hotline import Hotline, hotline_of
from tests.surveys.stage import POLICY, Hours, Stage
from tickets.rules import StandingRules


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
    assert stage.rules.hours.open_at(case.next_at)
    stage.rules.hours = Hours(closed_on=(24, 25, 26, 27))
    await stage.campaign.attempt({"case": case.id, "number": 1})
    assert stage.line.rung == []
    assert stage.plans()[-1].next_at == datetime(2026, 11, 28, 1, 0, tzinfo=UTC)
    await stage.happens()
    assert len(stage.line.rung) == 3


async def test_a_calendar_that_the_province_changes_is_obeyed_by_calls_that_were_planned_before(
    hotline: Hotline, tmp_path: Path
) -> None:
    own = tmp_path / "rules"
    own.mkdir()
    rules = StandingRules(own)
    hotline = hotline_of(hotline.served, hotline.clock, hotline.database, rules, hotline.recorded)
    case = await hotline.due()
    shipped = rule_path("tickets", "calendars.yaml", None).read_text(encoding="utf-8")
    later = shipped.replace('&calling ["08:00-11:30", "13:30-20:00"]', '&calling ["19:00-19:30"]')
    assert later != shipped
    (own / "calendars.yaml").write_text(later, encoding="utf-8")
    rules.reload()
    await hotline.campaign.attempt({"case": case.id, "number": 1})
    assert hotline.line.rung == []
    planned = [event for event in hotline.recorded.events if isinstance(event, SurveyPlanned)][-1]
    assert f"{planned.next_at.astimezone(CIVIL_ZONE):%H:%M}" == "19:00"


async def test_numbers_that_are_not_allowed_any_more_are_not_rung(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    assert case.reasons == ()
    stage.rules.policy = POLICY.model_copy(update={"prefixes": ("+843",)})
    await stage.happens()
    assert stage.line.rung == []
    assert [end.disposition for end in stage.ends()] == ["excluded"]
    async with stage.database.reading() as connection:
        closed = await store.case_of(connection, case.id)
    assert closed is not None
    assert closed.reasons == (Reason.NUMBER_NOT_ALLOWED,)
    assert closed.explanation == "Không khảo sát vì số điện thoại ngoài các đầu số được phép gọi."


async def test_who_says_never_again_about_one_answer_is_not_rung_about_another_that_was_planned(stage: Stage) -> None:
    await stage.consideration.consider(stage.told("17672970"))
    second = await stage.consideration.consider(stage.told("17672989"))
    stage.line.script = lambda _: ("answered", {Question.CONSENT: 3})
    await stage.happens()
    assert len(stage.line.rung) == 1
    assert second is not None
    async with stage.database.reading() as connection:
        closed = await store.case_of(connection, second.id)
    assert closed is not None
    assert (closed.disposition, closed.reasons) == ("excluded", (Reason.OPTED_OUT,))


async def test_who_has_opted_out_by_other_means_since_the_planning_is_not_rung(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    assert case.person is not None
    async with stage.database.transaction() as connection:
        await store.opt_out(connection, case.person, stage.clock.now(), None)
    await stage.happens()
    assert stage.line.rung == []
    assert [end.disposition for end in stage.ends()] == ["excluded"]


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
