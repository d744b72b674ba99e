"""Claims about somebody who was told several answers: they are asked about one of them, and their telephone rings once at a time."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from surveys.model import Question
from tests.surveys.stage import Stage

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
