"""The service is killed at every moment of a survey campaign on the real Asterisk: nobody is rung twice for one attempt, no answer is lost.

The citizens' side counts from outside: INVITEs that arrived and keys that were acknowledged.
"""

import random
import socket
import sqlite3
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from hotline1022.base.access import Role
from hotline1022.base.outbox import outbox
from surveys.store import survey_attempts, survey_cases
from tests.asterisk import free_port
from tests.citizens import Citizens, Taken, citizens
from tests.end_to_end.test_ticket_life import Desk
from tests.hotline import RunningHotline, running_hotline

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(600)]

KILLS = 50
HOTLINES = 2
TICKETS_A_LIFE = 2
AIMS: dict[str, tuple[Callable[[Taken], float | None], float]] = {
    "planning": (lambda _call: 0.0, 0.5),
    "ringing": (lambda call: call.rung_at, 0.4),
    "listening": (lambda call: call.rung_at + 0.5, 1.0),
    "asking": (lambda call: call.keys[0] if call.keys else None, 2.6),
    "ended": (lambda call: call.ended_at, 2.5),
}
"""The parts of a survey: since when a call is in one, as its citizen knows it, and for how many seconds from then on the service may be
killed in it. For planning no call is waited for."""

KEYS = "11#1"
"""Consent, solved, satisfaction, the item: the mark is which call of the number it was given in, so that no call can answer for another."""

SETTLED_SECONDS = 2.0
"""A key is an answer when the service has heard it and kept it; one pressed that long before a kill must not be lost."""

POLICY = """
version: "kills"
calendar: always
wait_hours: 0
too_old_days: 10
quiet_days: 0
share: 1
gaps_hours: [0.0005, 0.0006]
later_hours: 1
ring_seconds: 10
most_calls_a_day: 5
prefixes: ["+84"]
link_days: 7
"""


@dataclass
class Campaign:
    """What was seen from outside, and what stands in the database afterwards."""

    citizens: Citizens
    killed_at: list[float] = field(default_factory=list)
    killed_while: Counter[str] = field(default_factory=Counter)
    attempts: dict[str, list[Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was told by an attempt, by its id: question and key."""
    cases: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def campaigns() -> Iterator[list[Campaign]]:
    """Campaigns among people who all answer, side by side, through which the service of each is killed again and again."""
    with ExitStack() as stack:
        made = []
        for which in range(HOTLINES):
            port = free_port(socket.SOCK_DGRAM)
            line = {"TRUNK_OUTGOING": f"127.0.0.2:{port}", "OUTGOING_CHANNELS": "8", "OUTGOING_CALLS_A_MINUTE": "600"}
            hotline = stack.enter_context(running_hotline(**line))
            (hotline.settings.data / "rules").mkdir()
            (hotline.settings.data / "rules" / "survey-policy.yaml").write_text(POLICY, encoding="utf-8")
            seen = Campaign(stack.enter_context(citizens("127.0.0.2", port, KEYS)))
            hotline.start_service()
            made.append((hotline, Desk(hotline), seen, random.Random(1022 + which)))
        with ThreadPoolExecutor(HOTLINES) as side_by_side:
            for done in [side_by_side.submit(killed_again_and_again, *each) for each in made]:
                done.result()
        yield [seen for _, _, seen, _ in made]


def killed_again_and_again(hotline: RunningHotline, desk: Desk, seen: Campaign, chance: random.Random) -> None:
    """One hotline's campaign."""
    numbers: dict[str, str] = {}
    for life in range(KILLS // HOTLINES):
        before = set(seen.citizens.calls)
        numbers |= told_tickets(desk, len(numbers))
        aim = list(AIMS)[life % len(AIMS)]
        since, spread = AIMS[aim]
        if aim != "planning":
            hotline.until(lambda: _begun(seen, before, since), f"a call is {aim}", seconds=60)  # noqa: B023
        time.sleep(chance.uniform(0.0, spread))
        seen.killed_at.append(time.monotonic())
        seen.killed_while[aim] += 1
        hotline.kill_service()
        hotline.start_service()
    open_cases = select(survey_cases.c.id).where(survey_cases.c.disposition.is_(None))
    try:
        hotline.until(lambda: not hotline.rows(open_cases), "every case is over", seconds=200)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{_what_is_open(hotline)}") from None
    for number, code in numbers.items():
        (case,) = hotline.rows(select(survey_cases).where(survey_cases.c.code == code))
        made = select(survey_attempts).where(survey_attempts.c.case == case.id)
        seen.cases[number] = case
        seen.attempts[number] = hotline.rows(made.order_by(survey_attempts.c.number))
    for row in hotline.rows(select(outbox).where(outbox.c.name == "OutgoingAnswerGiven")):
        seen.answers.setdefault(row.payload["attempt"], {})[row.payload["question"]] = row.payload["answer"]


def _what_is_open(hotline: RunningHotline) -> str:
    """Every case that is not over with its attempts and the jobs that were to make them: no citizen's words stand in any of these."""
    told = []
    for case in hotline.rows(select(survey_cases).where(survey_cases.c.disposition.is_(None))):
        attempts = hotline.rows(select(survey_attempts).where(survey_attempts.c.case == case.id))
        told.append(f"{case}\n  attempts: {attempts}")
    with closing(sqlite3.connect(hotline.settings.data / "jobs.sqlite")) as engine:
        jobs = (
            "select workflow_uuid, name, status, executor_id, updated_at from workflow_status where status <> 'SUCCESS'"
        )
        told += map(str, engine.execute(jobs))
    return "\n".join(told)


def _begun(seen: Campaign, before: set[str], since: Callable[[Taken], float | None]) -> bool:
    """Whether a call that came after ``before`` is so far."""
    new = [call for key, call in list(seen.citizens.calls.items()) if key not in before]
    return any((at := since(call)) is not None and at <= time.monotonic() for call in new)


def told_tickets(desk: Desk, already: int) -> dict[str, str]:
    """More tickets whose citizens have been told, by the digits of their numbers."""
    found = {}
    for index in range(already, already + TICKETS_A_LIFE):
        number = f"09160{index:05}"
        ticket = desk.write_down(f"killed-survey-{index:04}", number=number, topic="giao-thong")
        desk.move(ticket["code"], Role.OPERATOR, "answer-at-once", text="Sáng mai có đội sửa.")
        found[number] = ticket["code"]
    return found


def test_the_service_died_in_every_part_of_a_survey(campaigns: list[Campaign]) -> None:
    assert sum(len(each.killed_at) for each in campaigns) == KILLS
    assert sum((each.killed_while for each in campaigns), Counter()) == dict.fromkeys(AIMS, KILLS // len(AIMS))


def attempt_of(call: Taken, attempts: Sequence[Any]) -> Any:
    """The attempt that a telephone rang for: the last one whose row was written before."""
    return [row for row in attempts if row.made_at <= call.at][-1]


def test_nobody_is_rung_twice_for_one_attempt(campaigns: list[Campaign]) -> None:
    for seen in campaigns:
        assert {call.number for call in seen.citizens.calls.values()} <= set(seen.attempts)
        for number, attempts in seen.attempts.items():
            assert [row.number for row in attempts] == list(range(1, len(attempts) + 1))
            assert len(attempts) <= 3
            rung = Counter(attempt_of(call, attempts).id for call in seen.citizens.rung(number))
            assert set(rung.values()) <= {1}, number


def test_every_case_comes_to_an_end_and_every_attempt_has_one(campaigns: list[Campaign]) -> None:
    for seen in campaigns:
        assert all(case.disposition is not None for case in seen.cases.values())
        assert all(row.ended_at is not None for attempts in seen.attempts.values() for row in attempts)


def test_no_answer_is_lost(campaigns: list[Campaign]) -> None:
    checked: Counter[str] = Counter()
    for seen in campaigns:
        for number, attempts in seen.attempts.items():
            for which, call in enumerate(seen.citizens.rung(number), 1):
                answers = seen.answers.get(attempt_of(call, attempts).id, {})
                after = min((at for at in seen.killed_at if at > call.rung_at), default=float("inf"))
                safe = [at for at in call.keys if at < after - SETTLED_SECONDS]
                pressed = {"consent": "1", "resolved": "1", "satisfaction": str(which), seen.cases[number].item: "1"}
                for question, key in list(pressed.items())[: len(safe)]:
                    assert answers.get(question) == key, (number, which, question, answers)
                    checked[question] += 1
    assert checked.total() > 20, "the claim is about something"
    assert set(checked) > {"consent", "resolved", "satisfaction"}, "the last question too"


def test_whoever_has_answered_everything_is_not_rung_again(campaigns: list[Campaign]) -> None:
    whole = 0
    for seen in campaigns:
        for number, attempts in seen.attempts.items():
            completed = [row.number for row in attempts if row.disposition == "completed"]
            assert all(each == max(row.number for row in attempts) for each in completed), number
            whole += len(completed)
    assert whole > 10
