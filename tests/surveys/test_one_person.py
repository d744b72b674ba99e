"""Claims about somebody who was told several answers: they are asked about one of them, and their telephone rings once at a time."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from surveys import store
from surveys.course import attempt_id
from surveys.model import Answer, Disposition, Mode, Question, Reason
from tests.surveys.stage import POLICY, Stage

PATIENCE_SECONDS = 10.0
CODES = ("17672970", "17672989", "17673005", "17673013", "17673021")


async def decided(stage: Stage, *codes: str) -> list[str]:
    """The cases of answers that one person was told within the hour; nothing kept from asking about any."""
    cases = [await stage.consideration.consider(stage.told(code)) for code in codes]
    assert all(case is not None and case.reasons == () for case in cases)
    stage.clock.instant = max(case.next_at for case in cases if case and case.next_at)
    return [case.id for case in cases if case]


async def test_who_was_told_three_answers_on_one_day_is_asked_about_one(stage: Stage) -> None:
    stage.line.script = lambda _: ("answered", {Question.CONSENT: 1, Question.RESOLVED: 1, Question.SATISFACTION: 4})
    cases = await decided(stage, *CODES[:3])
    for case in cases:
        await stage.campaign.attempt({"case": case, "number": 1})
    assert len(stage.line.rung) == 1
    ends = {end.case: end.disposition for end in stage.ends()}
    assert [ends[case] for case in cases] == ["partial", "excluded", "excluded"]
    async with stage.database.reading() as connection:
        kept = [await store.case_of(connection, case) for case in cases[1:]]
        counted = await store.reasons_between(connection, stage.clock.now(), stage.clock.now() + timedelta(seconds=1))
    for each in kept:
        assert each is not None
        assert each.reasons == (Reason.ASKED_LATELY,)
        assert each.explanation == "Không khảo sát vì số này vừa được khảo sát."
    assert counted == {"asked-lately": 2}


async def test_who_answered_about_one_answer_by_a_link_is_not_rung_about_another(stage: Stage) -> None:
    first, second = await decided(stage, *CODES[:2])
    async with stage.database.transaction() as connection:
        case = await store.case_of(connection, first)
        assert case is not None
        await stage.campaign._course.close(connection, case, Disposition.COMPLETED, mode=Mode.LINK)
    await stage.campaign.attempt({"case": second, "number": 1})
    assert stage.line.rung == []
    assert [end.disposition for end in stage.ends()] == ["completed", "excluded"]


async def test_without_quiet_days_somebody_is_asked_about_each_answer(stage: Stage) -> None:
    stage.rules.policy = POLICY.model_copy(update={"quiet_days": 0})
    stage.line.script = lambda _: ("answered", {Question.CONSENT: 1, Question.RESOLVED: 1, Question.SATISFACTION: 4})
    for case in await decided(stage, *CODES[:2]):
        await stage.campaign.attempt({"case": case, "number": 1})
        stage.clock.instant += timedelta(minutes=1)
    assert [end.disposition for end in stage.ends()] == ["partial", "partial"]


async def test_who_may_have_been_reached_by_a_call_that_never_ended_is_not_rung_about_another_answer(
    stage: Stage,
) -> None:
    first, second = await decided(stage, *CODES[:2])

    async def lost(attempt: str, number: str, *, ring_seconds: int) -> None:
        """A call after which nobody says how it ended."""

    stage.line.place = lost  # type: ignore[method-assign]
    await stage.campaign.attempt({"case": first, "number": 1})
    await stage.campaign.attempt({"case": second, "number": 1})
    assert stage.ends() == [], "put off: how the call ends decides"
    stage.clock.instant += timedelta(hours=1)
    await stage.campaign.attempt({"case": second, "number": 1})
    assert [(end.case, end.disposition) for end in stage.ends()] == [(second, "excluded")]


async def test_who_answered_in_a_call_whose_end_nobody_saw_is_not_rung_about_another_answer(stage: Stage) -> None:
    first, second = await decided(stage, *CODES[:2])
    stage.line.script = lambda _: ("unknown", {})
    await stage.campaign.attempt({"case": first, "number": 1})
    late = Answer(
        question=Question.SATISFACTION, mark=4, at=stage.clock.now(), mode=Mode.IVR, wording="survey-1"
    )  # fmt: skip
    await stage.campaign.answered(attempt_id(first, 1), late)
    await stage.campaign.attempt({"case": second, "number": 1})
    assert len(stage.line.rung) == 1
    assert [(end.case, end.disposition) for end in stage.ends()] == [(first, "partial"), (second, "excluded")]


async def test_a_telephone_that_nobody_takes_keeps_nobody_from_being_asked_about_another_answer(stage: Stage) -> None:
    first, second = await decided(stage, *CODES[:2])
    stage.line.script = lambda _: ("busy", {})
    await stage.campaign.attempt({"case": first, "number": 1})
    stage.line.script = lambda _: ("answered", {Question.CONSENT: 1, Question.RESOLVED: 1, Question.SATISFACTION: 4})
    stage.clock.instant += timedelta(minutes=30)
    await stage.campaign.attempt({"case": second, "number": 1})
    assert len(stage.line.rung) == 2
    assert [(end.case, end.disposition) for end in stage.ends()] == [(second, "partial")]


async def test_who_was_reached_about_one_answer_goes_on_being_asked_about_that_one(stage: Stage) -> None:
    (case,) = await decided(stage, CODES[0])
    stage.line.script = lambda _: ("answered", {Question.CONSENT: 2})
    await stage.campaign.attempt({"case": case, "number": 1})
    stage.line.script = lambda _: ("answered", {Question.CONSENT: 1, Question.RESOLVED: 1, Question.SATISFACTION: 4})
    await stage.happens()
    assert len(stage.line.rung) == 2
    assert [end.disposition for end in stage.ends()] == ["partial"]


async def test_cases_of_one_person_whose_hour_comes_at_once_ring_one_after_the_other_and_no_more_than_allowed(
    stage: Stage,
) -> None:
    cases = await decided(stage, *CODES)
    ringing, most, tried, place = 0, 0, 0, stage.line.place

    async def for_long(attempt: str, number: str, *, ring_seconds: int) -> None:
        """The telephone rings until all the others have been tried."""
        nonlocal ringing, most
        ringing += 1
        most = max(most, ringing)
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS):
                while tried < len(cases) - 1:
                    await asyncio.sleep(0.01)
        ringing -= 1
        await place(attempt, number, ring_seconds=ring_seconds)

    async def attempt(case: str) -> None:
        nonlocal tried
        await stage.campaign.attempt({"case": case, "number": 1})
        tried += 1

    stage.line.place = for_long  # type: ignore[method-assign]
    for rung in (1, 2, 2):
        tried = 0
        await asyncio.gather(*map(attempt, cases))
        assert (len(stage.line.rung), most) == (rung, 1), "one at a time, and two a day"
        stage.clock.instant += timedelta(minutes=5)
    put_off = [plan for plan in stage.plans()[len(cases) :] if plan.number == 1]
    assert len({plan.case for plan in put_off}) == len(cases) - 1, "nobody is forgotten"
