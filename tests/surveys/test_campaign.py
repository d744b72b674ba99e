"""Surveys as they go: who is asked and why not, how often and when, what an answer does, and that nobody is rung twice."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from typing import Any

import pytest

from surveys import store
from surveys.consideration import case_id
from surveys.course import attempt_id, disposition_of
from surveys.events import SurveyDecided
from surveys.model import Answer, Disposition, Mode, Question, Reason, Told
from surveys.selection import Known, drawn, item_of, reasons_against
from tests.surveys.stage import KEY, NUMBER, POLICY, Stage

ALL = {Question.CONSENT: 1, Question.RESOLVED: 1, Question.SATISFACTION: 5, Question.TIME: 4}


async def test_a_citizen_is_asked_a_day_after_the_answer_within_the_windows(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    assert case.reasons == ()
    assert case.next_at == datetime(2026, 11, 25, 1, 0, tzinfo=UTC), "the 24th is a holiday: Wednesday, 8 o'clock"
    assert case.explanation == (
        "Gọi khảo sát từ 08:00 25/11/2026, không quá 3 lần, theo quy định khảo sát test."
    )  # fmt: skip
    assert await stage.consideration.consider(stage.told()) is None, "decided once"
    assert len(stage.plans()) == 1


async def test_whoever_answers_every_question_completes_the_survey(stage: Stage) -> None:
    stage.line.script = lambda _: ("answered", ALL)
    await stage.consideration.consider(stage.told())
    await stage.happens()
    (end,) = stage.ends()
    assert (end.disposition, end.mode, end.reopen, end.attempts) == ("completed", "ivr", False, 1)
    assert end.answers == {"consent": 1, "resolved": 1, "satisfaction": 5, "time": 4}
    assert [number for _, number in stage.line.rung] == [NUMBER]


async def test_three_attempts_with_growing_gaps_and_then_no_more(stage: Stage) -> None:
    await stage.consideration.consider(stage.told())
    await stage.happens()
    local = [plan.next_at.astimezone(UTC) + timedelta(hours=7) for plan in stage.plans()]
    assert [f"{each:%d %H:%M}" for each in local] == ["25 08:00", "25 10:00", "26 10:00"]
    assert len(stage.line.rung) == len({attempt for attempt, _ in stage.line.rung}) == 3
    assert stage.ends()[0].disposition == "no-answer"


@pytest.mark.parametrize(
    ("outcome", "disposition", "calls"),
    [
        ("busy", "busy", 3), ("machine", "machine", 3), ("failed", "failed", 3), ("unknown", "unknown", 3),
        ("answered", "unheard", 3), ("rejected", "refused", 1), ("invalid-number", "invalid-number", 1),
    ],
)  # fmt: skip
async def test_how_a_call_ends_decides_whether_there_is_another(
    stage: Stage, outcome: str, disposition: str, calls: int
) -> None:
    stage.line.script = lambda _: (outcome, {})
    await stage.consideration.consider(stage.told())
    await stage.happens()
    assert (stage.ends()[0].disposition, len(stage.line.rung)) == (disposition, calls)


async def test_whoever_says_never_again_is_never_asked_again(stage: Stage) -> None:
    stage.line.script = lambda _: ("answered", {Question.CONSENT: 3})
    await stage.consideration.consider(stage.told())
    await stage.happens()
    assert stage.ends()[0].disposition == "opted-out"
    stage.clock.instant += timedelta(days=90)
    later = await stage.consideration.consider(stage.told("17672989"))
    assert later is not None
    assert later.reasons == (Reason.OPTED_OUT,)
    assert later.explanation == "Không khảo sát vì người dân đã đề nghị không gọi khảo sát nữa."


async def test_whoever_says_another_time_is_rung_a_day_later(stage: Stage) -> None:
    answers = iter([{Question.CONSENT: 2}, ALL])
    stage.line.script = lambda _: ("answered", next(answers))
    await stage.consideration.consider(stage.told())
    await stage.happens()
    first, second = stage.plans()
    assert second.next_at - first.next_at == timedelta(hours=24)
    assert stage.ends()[0].disposition == "completed"


async def test_that_somebody_put_it_off_is_not_said_of_the_calls_after_it(stage: Stage) -> None:
    calls = iter([("answered", {Question.CONSENT: 2}), ("no-answer", {}), ("busy", {})])
    stage.line.script = lambda _: next(calls)
    case = await stage.consideration.consider(stage.told())
    await stage.happens()
    assert case is not None
    async with stage.database.reading() as connection:
        attempts = await store.attempts_of(connection, case.id)
    assert [attempt.disposition for attempt in attempts] == ["later", "no-answer", "busy"]
    assert stage.ends()[0].disposition == "busy"


async def test_what_is_not_solved_is_to_be_reopened_and_half_a_survey_counts(stage: Stage) -> None:
    stage.line.script = lambda _: ("answered", {Question.CONSENT: 1, Question.RESOLVED: 3})
    await stage.consideration.consider(stage.told())
    await stage.happens()
    (end,) = stage.ends()
    assert (end.disposition, end.reopen, end.answers["resolved"]) == ("partial", True, 3)


async def test_the_same_person_is_not_asked_about_two_answers_within_the_quiet_time(stage: Stage) -> None:
    stage.line.script = lambda _: ("answered", ALL)
    await stage.consideration.consider(stage.told())
    await stage.happens()
    stage.clock.instant += timedelta(days=29)
    second = await stage.consideration.consider(stage.told("17672989"))
    assert second is not None
    assert second.reasons == (Reason.ASKED_LATELY,)
    stage.clock.instant += timedelta(days=2)
    third = await stage.consideration.consider(stage.told("17673005"))
    assert third is not None
    assert third.reasons == ()


async def test_every_reason_is_told_and_counted(stage: Stage) -> None:
    stage.citizens.numbers = {"17672970": None, "17672989": "+1900123456"}
    await stage.consideration.consider(stage.told(sealed=True))
    case = await stage.consideration.consider(stage.told("17672989", at=stage.clock.now() - timedelta(days=11)))
    assert case is not None
    assert case.explanation == (
        "Không khảo sát vì số điện thoại ngoài các đầu số được phép gọi; câu trả lời đã quá cũ để hỏi."
    )
    async with stage.database.reading() as connection:
        now = stage.clock.now()
        counted = await store.reasons_between(connection, now - timedelta(hours=1), now + timedelta(hours=1))
    assert counted == {"no-number": 1, "sealed": 1, "number-not-allowed": 1, "too-old": 1}
    assert [event.reasons for event in stage.events if isinstance(event, SurveyDecided)] == [
        ("no-number", "sealed"), ("number-not-allowed", "too-old"),
    ]  # fmt: skip


def test_each_reason_holds_by_itself_and_together_with_every_other() -> None:
    now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    told = Told(
        code="17672970", round=0, agency="a", topic="b", place=None, at=now, outcome="answered", sealed=False
    )  # fmt: skip
    known = Known(number=NUMBER, opted_out=False, asked_lately_at=None, already_asked=False, now=now)
    causes: dict[Reason, tuple[dict[str, Any], dict[str, Any]]] = {
        Reason.NUMBER_NOT_ALLOWED: ({}, {"number": "+19001234"}),
        Reason.OPTED_OUT: ({}, {"opted_out": True}),
        Reason.SEALED: ({"sealed": True}, {}),
        Reason.ASKED_LATELY: ({}, {"asked_lately_at": now}),
        Reason.TOO_OLD: ({"at": now - timedelta(days=10, seconds=1)}, {}),
        Reason.ALREADY_ASKED: ({}, {"already_asked": True}),
    }
    assert reasons_against(told, known, POLICY, KEY) == ()
    for size in (1, 2, 3):
        for some in combinations(causes, size):
            of_told = {name: value for reason in some for name, value in causes[reason][0].items()}
            of_known = {name: value for reason in some for name, value in causes[reason][1].items()}
            found = reasons_against(
                told.model_copy(update=of_told), Known(**{**known.__dict__, **of_known}), POLICY, KEY
            )
            assert set(found) == set(some)


def test_the_draw_takes_the_wanted_share_and_cannot_be_foreseen_without_the_key() -> None:
    codes = [str(10_000_000 + number) for number in range(4000)]
    taken = sum(drawn(code, 0, 0.3, KEY) for code in codes)
    assert abs(taken / len(codes) - 0.3) < 0.03
    assert sum(drawn(code, 0, 0.3, KEY) == drawn(code, 0, 0.3, b"another") for code in codes) < 0.65 * len(codes)
    items = [item_of(code, 0, KEY) for code in codes]
    assert all(abs(items.count(item) / len(codes) - 0.25) < 0.03 for item in set(items))
    assert len(set(items)) == 4


async def test_without_a_line_for_calls_of_its_own_the_hotline_waits_until_the_answer_is_too_old(stage: Stage) -> None:
    stage.line.there = False
    await stage.consideration.consider(stage.told())
    await stage.happens()
    assert stage.line.rung == []
    assert len(stage.plans()) < 12, "looked at once a day"
    assert [end.disposition for end in stage.ends()] == ["excluded"]


async def test_one_number_is_not_rung_more_often_a_day_than_allowed(stage: Stage) -> None:
    for code in ("17672970", "17672989", "17673005"):
        await stage.consideration.consider(stage.told(code))
    stage.clock.instant = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
    for plan in stage.plans()[:3]:
        await stage.campaign.attempt({"case": plan.case, "number": 1})
    assert len(stage.line.rung) == 2
    put_off = [plan for plan in stage.plans() if plan.next_at > datetime(2026, 11, 26, tzinfo=UTC)]
    assert [plan.number for plan in put_off] == [1]


async def test_an_attempt_that_was_begun_before_a_crash_is_followed_and_never_made_again(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    assert case.next_at is not None
    stage.clock.instant = case.next_at

    async def killed(attempt: str, number: str, *, ring_seconds: int) -> None:
        raise KeyboardInterrupt

    place, stage.line.place = stage.line.place, killed  # type: ignore[method-assign]
    with pytest.raises(KeyboardInterrupt):
        await stage.campaign.attempt({"case": case.id, "number": 1})
    stage.line.place = place  # type: ignore[method-assign]
    for _ in range(3):
        await stage.campaign.attempt({"case": case.id, "number": 1})
    assert stage.line.rung == []
    assert stage.line.followed == [attempt_id(case.id, 1)]
    assert [plan.number for plan in stage.plans()] == [1, 2], "counted as made: the second one comes after its gap"


async def test_everything_may_be_told_twice(stage: Stage) -> None:
    stage.line.script = lambda _: ("answered", {Question.CONSENT: 1, Question.SATISFACTION: 2})
    await stage.consideration.consider(stage.told())
    await stage.happens()
    before = len(stage.events)
    attempt, _ = stage.line.rung[0]
    await stage.line.tell(attempt, "answered", {Question.CONSENT: 1, Question.SATISFACTION: 2})
    await stage.campaign.attempt({"case": case_id("17672970", 0), "number": 1})
    assert len(stage.events) == before
    assert len(stage.line.rung) == 1


async def test_an_answer_that_is_told_after_the_end_of_its_call_still_ends_the_case(stage: Stage) -> None:
    stage.line.script = lambda _: ("unknown", {Question.CONSENT: 1})
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    assert case.next_at is not None
    stage.clock.instant = case.next_at
    await stage.campaign.attempt({"case": case.id, "number": 1})
    assert stage.plans()[-1].number == 2, "as far as is known nobody has answered"
    for question, mark in ((Question.RESOLVED, 1), (Question.SATISFACTION, 4)):
        late = Answer(question=question, mark=mark, at=stage.clock.now(), mode=Mode.IVR, wording="survey-1")
        await stage.campaign.answered(attempt_id(case.id, 1), late)
    await stage.happens()
    assert len(stage.line.rung) == 1, "who has answered is not rung again"
    assert [(end.disposition, end.answers.get("satisfaction")) for end in stage.ends()] == [
        ("partial", None), ("partial", 4),
    ]  # fmt: skip


async def test_a_forgotten_attempt_is_swept_up(stage: Stage) -> None:
    case = await stage.consideration.consider(stage.told())
    assert case is not None
    assert case.next_at is not None
    stage.clock.instant = case.next_at + timedelta(minutes=4)
    assert await stage.campaign.sweep(timedelta(minutes=5)) == 0
    stage.clock.instant = case.next_at + timedelta(minutes=6)
    assert await stage.campaign.sweep(timedelta(minutes=5)) == 1
    assert await stage.campaign.sweep(timedelta(minutes=5)) == 0
    await stage.happens()
    assert len(stage.line.rung) == 3


MARK: dict[Question, int | None] = {question: 1 for question in Question if question is not Question.COMMENT}


def test_a_disposition_is_what_was_answered_before_it_is_how_the_call_ended() -> None:
    def given(*questions: Question, consent: int = 1) -> tuple[Answer, ...]:
        at = datetime(2026, 11, 23, tzinfo=UTC)
        marks = {**MARK, Question.CONSENT: consent}
        return tuple(
            Answer(question=each, mark=marks.get(each), at=at, mode=Mode.IVR, wording="w") for each in questions
        )

    consent, resolved, satisfaction, item = Question.CONSENT, Question.RESOLVED, Question.SATISFACTION, Question.CLARITY
    assert disposition_of("unknown", given(consent, resolved, satisfaction, item)) == Disposition.COMPLETED
    assert disposition_of("unknown", given(consent, resolved)) == Disposition.PARTIAL
    assert disposition_of("answered", given(consent)) == Disposition.UNHEARD
    assert disposition_of("answered", given(consent, consent=2)) == Disposition.LATER
    assert disposition_of("answered", given(consent, consent=3)) == Disposition.OPTED_OUT
    assert disposition_of("rejected", ()) == Disposition.REFUSED
    for outcome in ("machine", "busy", "no-answer", "invalid-number", "failed", "unknown"):
        assert disposition_of(outcome, ()) == outcome
