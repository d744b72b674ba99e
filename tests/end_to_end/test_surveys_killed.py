"""The service is killed at every moment of a survey campaign on the real Asterisk: nobody is rung twice for one attempt, no answer is lost.

The citizens' side counts from outside: INVITEs that arrived and keys that were acknowledged.
"""

import random
import socket
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import select

from hotline1022.base.access import Role
from surveys.store import survey_answers, survey_attempts, survey_cases
from tests.asterisk import free_port
from tests.citizens import Citizens, citizens
from tests.end_to_end.test_ticket_life import Desk
from tests.hotline import RunningHotline, running_hotline

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(420)]

KILLS = 50
TICKETS = 30
KEYS = "1111"
"""Consent, solved, and the two marks: very dissatisfied with everything, so that each key is worth a question."""

SETTLED_SECONDS = 1.0
"""A key is an answer when the service has heard it and kept it; one pressed that long before a kill must not be lost."""

POLICY = """
version: "kills"
calendar: always
wait_hours: 0
too_old_days: 10
quiet_days: 0
share: 1
gaps_hours: [0.0005, 0.0005]
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
    attempts: dict[str, list[Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, int]] = field(default_factory=dict)
    cases: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def campaign() -> Iterator[Campaign]:
    """A campaign among people who all answer, through which the service is killed again and again."""
    port = free_port(socket.SOCK_DGRAM)
    with running_hotline(
        TRUNK_OUTGOING=f"127.0.0.2:{port}", OUTGOING_CHANNELS="12", OUTGOING_CALLS_A_MINUTE="600"
    ) as hotline:
        (hotline.settings.data / "rules").mkdir()
        (hotline.settings.data / "rules" / "survey-policy.yaml").write_text(POLICY, encoding="utf-8")
        with citizens("127.0.0.2", port, KEYS) as answering:
            seen = Campaign(answering)
            hotline.start_service()
            numbers = told_tickets(hotline)
            chance = random.Random(1022)
            for _ in range(KILLS):
                time.sleep(chance.uniform(0.05, 3.2))
                seen.killed_at.append(time.monotonic())
                hotline.kill_service()
                hotline.start_service()
            open_cases = select(survey_cases.c.id).where(survey_cases.c.disposition.is_(None))
            hotline.until(lambda: not hotline.rows(open_cases), "every case is over", seconds=150)
            for number, code in numbers.items():
                (case,) = hotline.rows(select(survey_cases).where(survey_cases.c.code == code))
                made = select(survey_attempts).where(survey_attempts.c.case == case.id)
                given = select(survey_answers).where(survey_answers.c.case == case.id)
                seen.cases[number] = case
                seen.attempts[number] = hotline.rows(made.order_by(survey_attempts.c.number))
                seen.answers[number] = {row.question: row.mark for row in hotline.rows(given)}
            yield seen


def told_tickets(hotline: RunningHotline) -> dict[str, str]:
    """Tickets whose citizens have been told, by the digits of their numbers."""
    desk, found = Desk(hotline), {}
    for index in range(TICKETS):
        number = f"09160{index:05}"
        ticket = desk.write_down(f"killed-survey-{index:04}", number=number, topic="giao-thong")
        desk.move(ticket["code"], Role.OPERATOR, "answer-at-once", text="Sáng mai có đội sửa.")
        found[number] = ticket["code"]
    return found


def test_the_service_died_in_every_part_of_a_call(campaign: Campaign) -> None:
    assert len(campaign.killed_at) == KILLS
    calls = list(campaign.citizens.calls.values())
    phases = Counter(
        "ringing" if at < call.rung_at + 1 else "listening" if len(call.keys) == 0 or at < call.keys[0] else "asking"
        for at in campaign.killed_at
        for call in calls
        if call.rung_at <= at <= (call.keys[-1] + 1 if call.keys else call.rung_at + 6)
    )
    assert phases["ringing"] > 5
    assert phases["listening"] > 5
    assert phases["asking"] > 5


def test_nobody_is_rung_twice_for_one_attempt(campaign: Campaign) -> None:
    for number, attempts in campaign.attempts.items():
        rung = campaign.citizens.rung(number)
        assert len(rung) <= len(attempts) <= 3, number
        assert len({row.number for row in attempts}) == len(attempts)
    assert len(campaign.citizens.calls) <= sum(map(len, campaign.attempts.values()))


def test_every_case_comes_to_an_end_and_every_attempt_has_one(campaign: Campaign) -> None:
    assert all(case.disposition is not None for case in campaign.cases.values())
    assert all(row.ended_at is not None for attempts in campaign.attempts.values() for row in attempts)


def test_no_answer_is_lost(campaign: Campaign) -> None:
    questions = ("consent", "resolved", "satisfaction")
    checked = 0
    for number, answers in campaign.answers.items():
        for call in campaign.citizens.rung(number):
            after = min((at for at in campaign.killed_at if at > call.rung_at), default=float("inf"))
            safe = [at for at in call.keys if at < after - SETTLED_SECONDS]
            for question in questions[: len(safe)]:
                assert answers.get(question) == 1, (number, question, answers)
                checked += 1
    assert checked > 20, "the claim is about something"


def test_whoever_has_answered_everything_is_not_rung_again(campaign: Campaign) -> None:
    for number, case in campaign.cases.items():
        ended = {row.number: row for row in campaign.attempts[number]}
        whole = [row for row in ended.values() if row.disposition == "completed"]
        assert all(row.number == max(ended) for row in whole), (number, case.disposition)
