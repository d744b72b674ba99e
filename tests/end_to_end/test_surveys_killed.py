"""The service is killed at every moment of a survey campaign on the real Asterisk: nobody is rung twice for one attempt, no answer is lost.

The citizens' side counts from outside, on either database: INVITEs that arrived, keys that were acknowledged, questions that were heard.
"""

import asyncio
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import aiohttp
import pytest
from sqlalchemy import create_engine, select, text

from hotline1022.base.access import Role
from hotline1022.base.outbox import outbox
from surveys.store import survey_attempts, survey_cases
from tests.asterisk import free_port
from tests.citizens import Citizens, Taken, citizens
from tests.ear import heard_in
from tests.end_to_end.test_ticket_life import Desk
from tests.hotline import RunningHotline, running_hotline
from tests.postgresql import PostgreSQL

pytestmark = [pytest.mark.asterisk, pytest.mark.postgresql, pytest.mark.timeout(600)]

KILLS = 50
DATABASES = ("sqlite", "postgresql")
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

SETTLED_SECONDS = 1.0
"""A key that was pressed that long before a kill must not be lost, whatever was heard after it: it is kept within some hundredths of a
second while the database is there. Whoever was asked the next question has given an answer however short before the kill that was: it is
kept before the flow goes on."""

WATCH_SECONDS = 0.1
"""How often Asterisk is asked which calls it makes; each lasts longer."""

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
    channels: dict[str, str] = field(default_factory=dict)
    """Asterisk's channel of each call, by the call's Call-ID: the id of the attempt."""
    attempts: dict[str, list[Any]] = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)
    """What was told by an attempt, by its id: question and key."""
    cases: dict[str, Any] = field(default_factory=dict)


@pytest.fixture(scope="module")
def campaigns(postgresql: PostgreSQL) -> Iterator[list[Campaign]]:
    """Campaigns among people who all answer, side by side, through which the service of each is killed again and again."""
    with ExitStack() as stack:
        made = []
        for which, kind in enumerate(DATABASES):
            port = free_port(socket.SOCK_DGRAM)
            line = {"TRUNK_OUTGOING": f"127.0.0.2:{port}", "OUTGOING_CHANNELS": "8", "OUTGOING_CALLS_A_MINUTE": "600"}
            hotline = stack.enter_context(running_hotline(**database_urls(stack, postgresql, kind), **line))
            (hotline.settings.data / "rules").mkdir()
            (hotline.settings.data / "rules" / "survey-policy.yaml").write_text(POLICY, encoding="utf-8")
            seen = Campaign(stack.enter_context(citizens("127.0.0.2", port, KEYS, listens=True)))
            hotline.start_service()
            made.append((hotline, Desk(hotline), seen, random.Random(1022 + which)))
        with ThreadPoolExecutor(2 * len(DATABASES)) as side_by_side:
            over = threading.Event()
            watches = [side_by_side.submit(watched, hotline, seen, over) for hotline, _, seen, _ in made]
            try:
                for done in [side_by_side.submit(killed_again_and_again, *each) for each in made]:
                    done.result()
            finally:
                over.set()
            for watch in watches:
                watch.result()
        yield [seen for _, _, seen, _ in made]


def database_urls(stack: ExitStack, postgresql: PostgreSQL, kind: str) -> dict[str, str]:
    """Where a hotline keeps its tables and jobs: in files of its own, or on the server."""
    if kind == "sqlite":
        return {}
    tables, jobs = postgresql.new_database(), postgresql.new_database()
    for name in (tables, jobs):
        stack.callback(postgresql.drop_database, name)
    return {"database_url": postgresql.url(tables, "asyncpg"), "jobs_database_url": postgresql.url(jobs)}


def watched(hotline: RunningHotline, seen: Campaign, over: threading.Event) -> None:
    """Note of each call that Asterisk makes which channel it has, until it is ``over``; the service is not asked."""

    known: set[str] = set()  # a channel's name, unlike its id, never comes again

    async def look() -> None:
        for channel in await hotline.ari("channels"):
            if channel["name"].startswith("PJSIP/trunk-") and channel["name"] not in known:
                # A call that was not sent yet has no Call-ID, one that is gone no channel.
                told: Any = await hotline.ari(f"channels/{channel['id']}/variable?variable=CHANNEL(pjsip,call-id)")
                if call := told.get("value"):
                    seen.channels[call] = channel["id"]
                    known.add(channel["name"])

    while not over.wait(WATCH_SECONDS):
        with suppress(aiohttp.ClientError):
            asyncio.run(look())


def killed_again_and_again(hotline: RunningHotline, desk: Desk, seen: Campaign, chance: random.Random) -> None:
    """One hotline's campaign."""
    numbers: dict[str, str] = {}
    for life in range(KILLS // len(DATABASES)):
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
    url = hotline.settings.jobs_database.replace("postgresql:", "postgresql+psycopg:")
    table = "workflow_status" if url.startswith("sqlite") else "dbos.workflow_status"
    jobs = f"select workflow_uuid, name, status, executor_id, updated_at from {table} where status <> 'SUCCESS'"
    engine = create_engine(url)
    with engine.connect() as connection:
        told += map(str, connection.execute(text(jobs)))
    engine.dispose()
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


def test_nobody_is_rung_twice_for_one_attempt(campaigns: list[Campaign]) -> None:
    for seen in campaigns:
        calls = seen.citizens.calls
        assert set(calls) <= set(seen.channels), "of each call it is known which attempt's it is"
        rung = Counter(seen.channels[call] for call in calls)
        assert set(rung.values()) == {1}, [attempt for attempt, times in rung.items() if times > 1]
        made = {row.id: number for number, attempts in seen.attempts.items() for row in attempts}
        assert {seen.channels[key]: call.number for key, call in calls.items()}.items() <= made.items()


def test_a_telephone_rings_between_the_writing_of_its_attempt_and_the_end_of_that(campaigns: list[Campaign]) -> None:
    for seen in campaigns:
        for number, attempts in seen.attempts.items():
            assert [row.number for row in attempts] == list(range(1, len(attempts) + 1))
            assert len(attempts) <= 3
            own = {row.id: row for row in attempts}
            rang = [
                (own[seen.channels[key]], call) for key, call in seen.citizens.calls.items() if call.number == number
            ]
            assert all(row.made_at <= call.at <= row.ended_at for row, call in rang), number
            assert all(row.ended_at <= following.made_at for row, following in pairwise(attempts)), number


def test_every_case_comes_to_an_end_and_every_attempt_has_one(campaigns: list[Campaign]) -> None:
    for seen in campaigns:
        assert all(case.disposition is not None for case in seen.cases.values())
        assert all(row.ended_at is not None for attempts in seen.attempts.values() for row in attempts)


def answered(call: Taken, which: int, item: str, killed_at: float) -> Mapping[str, str]:
    """The answers that a citizen has given for certain in the ``which``-th call to them: to a question that was heard, with a key that was
    acknowledged, after which the next one was heard or the service lived on for a while."""
    keys = {"consent": "1", "resolved": "1", "satisfaction": str(which), item: "1"}
    asked_by = [{f"survey-{name}"} for name in ("consent", "resolved", "satisfaction", f"item-{item}")]
    asked_by.append({"survey-comment", "survey-goodbye"})
    heard = [set(heard_in(bytes(sound))) for sound in call.heard]
    given = {}
    for turn, (pressed_at, (question, key)) in enumerate(zip(call.keys, keys.items(), strict=False)):
        asked = turn == 0 or heard[turn] & asked_by[turn]
        if asked and (heard[turn + 1] & asked_by[turn + 1] or pressed_at < killed_at - SETTLED_SECONDS):
            given[question] = key
    return given


def test_no_answer_is_lost(campaigns: list[Campaign]) -> None:
    for seen in campaigns:
        checked: Counter[str] = Counter()
        short_before = 0
        for number in seen.attempts:
            calls = [(key, call) for key, call in seen.citizens.calls.items() if call.number == number]
            for which, (key, call) in enumerate(calls, 1):
                killed_at = min((at for at in seen.killed_at if at > call.rung_at), default=float("inf"))
                given = answered(call, which, seen.cases[number].item, killed_at)
                kept = seen.answers.get(seen.channels[key], {})
                assert given.items() <= kept.items(), (number, which, given, kept)
                checked.update(given.keys())
                short_before += sum(killed_at - SETTLED_SECONDS <= at < killed_at for at in call.keys[: len(given)])
        assert {"consent", "resolved", "satisfaction"} < set(checked), "the last question too"
        assert checked.total() > 50, "the claim is about something"
        assert short_before > 10, "much of it was given shortly before the service died"


def test_whoever_has_answered_everything_is_not_rung_again(campaigns: list[Campaign]) -> None:
    whole = 0
    for seen in campaigns:
        for number, attempts in seen.attempts.items():
            completed = [row.number for row in attempts if row.disposition == "completed"]
            assert all(each == max(row.number for row in attempts) for each in completed), number
            whole += len(completed)
    assert whole > 10


# The last one: a test that is tried again is tried on the same campaigns as long as another one of this file follows it, so that what
# must never happen has no second chance.
def test_the_service_died_in_every_part_of_a_survey(campaigns: list[Campaign]) -> None:
    assert sum(len(each.killed_at) for each in campaigns) == KILLS
    assert sum((each.killed_while for each in campaigns), Counter()) == dict.fromkeys(AIMS, KILLS // len(AIMS))
