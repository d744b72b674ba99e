"""A caller keys a ticket's code on the real Asterisk and hears what the interface has made of the ticket: stage, agency, date.

The tickets are opened and moved over HTTP, on the database that the service reads; the prompts of the answer get tones of their own,
laid as a province lays recordings.
"""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hotline1022.base import outbox
from hotline1022.base.clock import CIVIL_ZONE, SystemClock
from hotline1022.base.db import Database
from tests.ear import FREE, OTHER, heard, write_prompt
from tests.hotline import LINE_LISTENS, MENU_WAITS, Rung, RunningHotline, together
from tests.interface import COMMUNE, Interface, interface
from tickets.rules import StandingRules

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(240)]

LONG_AGO = timedelta(days=60)
NEW = {"channel": "zalo", "summary": "Đèn đường tắt.", "topic": "giao-thong", "place": "29869", "number": "0912345678"}


@dataclass
class Tickets:
    """Codes by what became of the tickets, and when each is due."""

    codes: dict[str, str] = field(default_factory=dict)
    due: dict[str, datetime] = field(default_factory=dict)


async def moved_tickets(hotline: RunningHotline) -> Tickets:
    """Three tickets of one agency: taken now, taken long ago, answered."""
    made, clock = Tickets(), SystemClock()
    database = Database(hotline.settings.database)
    async with interface(database, clock, StandingRules(), outbox.add, hotline.settings.data) as served:
        for name in ("accepted", "overdue", "answered"):
            taken = clock.now() - (LONG_AGO if name == "overdue" else timedelta())
            file = await opened(served, name, taken_at=taken.isoformat())
            code = made.codes[name] = file["ticket"]["code"]
            await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
            await served.move(code, "operator", "route")
            await served.move(code, "officer", "accept")
            if name == "answered":
                await served.move(code, "officer", "draft", text="Đã thay đèn.")
                await served.move(code, "approver", "approve")
                await served.move(code, "operator", "tell", how="phone")
            file = await (await served.get(f"/api/tickets/{code}", "leader")).json()
            (answer,) = [each for each in file["ticket"]["deadlines"] if each["clock"] == "answer"]
            made.due[name] = datetime.fromisoformat(answer["due"]).astimezone(CIVIL_ZONE)
    await database.close()
    return made


async def opened(served: Interface, name: str, **values: str) -> Any:
    """A ticket that an operator has written down."""
    headers = {"Idempotency-Key": f"look-up-{name}"}
    answer = await served.post("/api/tickets", "operator", json=NEW | values, headers=headers)
    assert answer.status == 201, await answer.text()
    return await answer.json()


def date_prompts(due: datetime) -> list[str]:
    """The parts that a date is spoken with."""
    return [f"weekday-{due.weekday()}", f"day-{due.day}", f"month-{due.month}"]


def lay(hotline: RunningHotline, tones: Mapping[str, int]) -> None:
    """Lay recordings of the province's own, and wait until the service plays them."""
    taken = hotline.log.count("files_taken")
    for name, tone in tones.items():
        write_prompt(hotline.settings.data / "prompts" / "vi" / f"{name}.wav", tone, 0.24)
    hotline.until(lambda: hotline.log.count("files_taken") > taken, "the service takes the recordings")


@dataclass(frozen=True)
class Answers:
    """What three callers heard, by their ticket."""

    tickets: Tickets
    rung: Mapping[str, Rung]
    tones: Mapping[str, int]

    def prompts(self, name: str) -> list[str]:
        """The prompts from the answer on."""
        prompts = heard(self.rung[name].recording, self.tones)
        assert "your-ticket" in prompts, prompts
        return prompts[prompts.index("your-ticket") :]


@pytest.fixture(scope="module")
def answers(hotline: RunningHotline) -> Iterator[Answers]:
    """Three callers at the same time, each with a code of their own."""
    tickets = asyncio.run(moved_tickets(hotline))
    spoken = ["stage-accepted", "stage-answered", "agency-is", f"agency-{COMMUNE}", "due-is", "overdue-since"]
    spoken += ["overdue-sorry", "told-next"]
    spoken += [part for due in tickets.due.values() for part in date_prompts(due)]
    tones = dict(zip(dict.fromkeys(spoken), FREE, strict=False))
    assert set(spoken) == tones.keys()
    lay(hotline, tones)
    calls = {
        name: hotline.ring(MENU_WAITS, "keys 4", LINE_LISTENS, f"keys {code}#", number=f"091200010{index}")
        for index, (name, code) in enumerate(tickets.codes.items())
    }
    yield Answers(tickets, dict(zip(calls, together(*calls.values()), strict=True)), tones)
    lay(hotline, dict.fromkeys(tones, OTHER))


def test_a_caller_hears_the_stage_the_agency_and_the_due_date_of_the_ticket(answers: Answers) -> None:
    assert answers.prompts("accepted")[:9] == [
        "your-ticket", "stage-accepted", "agency-is", f"agency-{COMMUNE}",
        "due-is", *date_prompts(answers.tickets.due["accepted"]), "told-next",
    ]  # fmt: skip


def test_a_date_that_has_passed_is_never_spoken_as_still_to_come(answers: Answers) -> None:
    assert answers.prompts("overdue")[:10] == [
        "your-ticket", "stage-accepted", "agency-is", f"agency-{COMMUNE}",
        "overdue-since", *date_prompts(answers.tickets.due["overdue"]), "overdue-sorry", "told-next",
    ]  # fmt: skip


def test_of_an_answered_ticket_no_date_is_spoken(answers: Answers) -> None:
    assert answers.prompts("answered")[:5] == [
        "your-ticket", "stage-answered", "agency-is", f"agency-{COMMUNE}", "told-next",
    ]  # fmt: skip


def test_the_code_that_was_keyed_is_in_no_log(answers: Answers, hotline: RunningHotline) -> None:
    log: Path = hotline.settings.data / "asterisk" / "log"
    texts = [hotline.log, *(path.read_text(errors="replace") for path in log.iterdir() if path.is_file())]
    for code in answers.tickets.codes.values():
        assert not any(code in text for text in texts)
