"""What the tests about reports share: tickets, calls and answers made by the services themselves, and documents read back."""

import csv
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from openpyxl import load_workbook

from hotline1022.base.access import MACHINE, Actor
from hotline1022.base.db import Database
from hotline1022.reporting.catalogue import Asked, Made, make
from hotline1022.reporting.sources import Sources
from surveys.scores.shown import Scores
from telephony import store as call_store
from telephony.floor import store as floor_store
from tests.scores.conftest import Counted, counted  # noqa: F401 (fixtures)
from tests.tickets.conftest import (  # noqa: F401 (fixtures)
    HOA,
    LAN,
    Hands,
    StillClock,
    approver,
    desk,
    handling,
    hands,
    officer,
    recorded,
    served,
    standing,
    still_clock,
    timers,
)
from tickets.model import Report, Ticket
from tickets.rules import StandingRules
from tickets.timers import Timers

one_database = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For claims about documents, commands and routes: that both databases give the same figures is shown where figures are."""

COMMUNE = "xa-29869"
PLACE = "29869"


@dataclass
class Life:
    """Makes things happen as they do, and reports on them."""

    hands: Hands
    timers: Timers
    counted: Counted
    clock: StillClock
    standing: StandingRules
    made: int = 0

    @property
    def database(self) -> Database:
        """Where everything is."""
        return self.counted.database

    async def call(self, *, direction: str = "in", **facts: Any) -> None:
        """A call that begins now."""
        self.made += 1
        async with self.database.transaction() as connection:
            values = {"direction": direction, "arrived_at": self.clock.now(), "ended_at": self.clock.now(), **facts}
            await call_store.note(connection, f"c{self.made}", **values)

    async def handled_call(self, *, talk: float, wrap_up: float) -> None:
        """A call that is queued now, answered at once, and written up afterwards."""
        now = self.clock.now()
        ended = now + timedelta(seconds=talk)
        await self.call(queued_at=now, answered_at=now, ended_at=ended)
        async with self.database.transaction() as connection:
            await floor_store.keep(
                connection,
                f"c{self.made}",
                account=7,
                operator="lan",
                direction="in",
                answered_at=now,
                waited_seconds=0,
                result="slip",
                written_at=ended + timedelta(seconds=wrap_up),
            )

    async def published(self, ticket: Ticket, question: str, answer: str) -> None:
        """Put a ticket's answer before the public."""
        await self.hands.move(ticket.code, HOA, "publish", question=question, answer=answer)

    async def taken(self, *, topic: str = "giao-thong", place: str | None = PLACE, **values: Any) -> Ticket:
        """A report that comes in now."""
        self.made += 1
        told = {"source_key": f"call:r{self.made}:report", "taken_at": self.clock.now(), "number": "+84912345678"}
        return await self.hands.desk.open(Report.model_validate(told | {"topic": topic, "place": place} | values))

    async def routed(self, **values: Any) -> Ticket:
        """One that an agency has been given."""
        ticket = await self.taken(**values)
        await self.hands.move(ticket.code, LAN, "classify", topic=ticket.topic, place=ticket.place)
        return await self.hands.move(ticket.code, LAN, "route")

    async def answered(self, *, text: str = "Đã sửa xong.", **values: Any) -> Ticket:
        """One that was answered at once by its agency."""
        ticket = await self.routed(**values)
        assert ticket.agency is not None
        worker, head = officer(ticket.agency), approver(ticket.agency)
        await self.hands.move(ticket.code, worker, "accept")
        await self.hands.move(ticket.code, worker, "work")
        await self.hands.move(ticket.code, worker, "draft", text=text)
        await self.hands.move(ticket.code, head, "approve")
        return await self.hands.move(ticket.code, LAN, "tell", how="phone")

    async def surveyed(self, mark: int, *, mode: str = "ivr", **values: Any) -> Ticket:
        """One whose citizen said how satisfied they are."""
        ticket = await self.answered(**values)
        answers = {"resolved": 1, "satisfaction": mark}
        said = {"disposition": "completed", "mode": mode, "answers": answers}
        return await self.hands.move(ticket.code, MACHINE, "survey", **said)

    async def at(self, instant: datetime) -> None:
        """Move the clock on, doing what has fallen due."""
        self.clock.instant = instant
        await self.timers.tick()

    async def signed(self, period: str) -> Scores:
        """Sign a period off."""
        await self.counted.follow()
        return await self.counted.signing.sign(period, HOA)

    def sources(self, actor: Actor = HOA) -> Sources:
        """Where reports take their figures."""
        return Sources(self.database, self.clock, self.standing, self.counted.board, actor)

    async def report(self, name: str, period: str, form: str = "json", **asked: Any) -> Made:
        """The report as a file."""
        await self.counted.follow()
        return await make(self.sources(), name, Asked(period, **asked), form)


@pytest.fixture
def life(
    still_clock: StillClock,  # noqa: F811
    hands: Hands,  # noqa: F811
    timers: Timers,  # noqa: F811
    counted: Counted,  # noqa: F811
    standing: StandingRules,  # noqa: F811
) -> Life:
    """An empty installation in which things can happen."""
    return Life(hands, timers, counted, still_clock, standing)


def table(made: Made, name: str) -> list[dict[str, Any]]:
    """The rows of a table of a report as JSON, by the titles of its columns."""
    document = json.loads(made.data)
    (found,) = [each for chapter in document["chapters"] for each in chapter["tables"] if each["name"] == name]
    titles = [column["title"] for column in found["columns"]]
    return [dict(zip(titles, row, strict=True)) for row in found["rows"]]


def workbook(made: Made) -> dict[str, list[list[Any]]]:
    """The cells of each sheet."""
    return sheets(made.data)


def sheets(data: bytes) -> dict[str, list[list[Any]]]:
    """The cells of each sheet of a workbook."""
    book = load_workbook(BytesIO(data))
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def words(cells: dict[str, list[list[Any]]]) -> str:
    """Everything that is written in a workbook."""
    return "\n".join(str(cell) for rows in cells.values() for row in rows for cell in row if cell is not None)


def lines(made: Made) -> list[dict[str, str]]:
    """A CSV file's rows."""
    return lines_of_csv(made.data)


def lines_of_csv(data: bytes) -> list[dict[str, str]]:
    """The rows of CSV."""
    return list(csv.DictReader(StringIO(data.decode("utf-8-sig"), newline="")))


async def busy_autumn(life: Life) -> None:
    """A quiet October, a November with something of everything, and then it is 11 January 2027."""
    life.clock.instant = datetime(2026, 10, 5, 2, tzinfo=UTC)
    await life.call()
    await life.taken(topic="dien")
    life.clock.instant = datetime(2026, 11, 24, 2, tzinfo=UTC)
    for _ in range(32):
        await life.handled_call(talk=100, wrap_up=20)
    await life.call(direction="out")
    first = await life.surveyed(5)
    await life.surveyed(2)
    await life.surveyed(5, mode="operator")
    await life.published(first, "Đường trước chợ có ổ gà.", "Đã vá xong.")
    for _ in range(4):
        await life.taken()
    await life.taken(topic="dat-dai", channel="zalo", place="30169")
    await life.taken(topic="khieu-nai")
    await life.routed(topic="ho-so-tre-hen", channel="web")
    await life.at(datetime(2027, 1, 11, 2, tzinfo=UTC))
