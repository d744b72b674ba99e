"""A ticket's life in the running service: from the telephone to the citizen who is told, with the durable engine keeping its time."""

import asyncio
import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hotline1022.base.access import Role
from hotline1022.base.clock import CIVIL_ZONE, SystemClock
from hotline1022.base.db import Database
from hotline1022.base.keys import Keys
from hotline1022.base.outbox import outbox
from tests.hotline import LINE_LISTENS, MENU_WAITS, RunningHotline
from tickets.journal.store import ticket_journal
from tickets.store import ticket_deadlines

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

COMMUNE = "xa-29869"
WARNED_AFTER = timedelta(minutes=3)
"""The hotline has five minutes to classify a report, around the clock where it is urgent, and is warned two before their end."""


class Desk:
    """People at their desks, each with a key of their own."""

    def __init__(self, hotline: RunningHotline) -> None:
        self._hotline, self._keys = hotline, asyncio.run(_keys(hotline))

    def ask(self, role: Role, method: str, path: str, body: Any = None, **headers: str) -> Any:
        """One request; its answer as JSON. Asserts that it succeeded."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self._hotline.settings.http_port}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._keys[role]}", "Content-Type": "application/json", **headers},
            method=method,
        )
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise AssertionError(error.read().decode()) from error

    def move(self, code: str, role: Role, name: str, **said: Any) -> Any:
        """Make a move."""
        return self.ask(role, "POST", f"/api/tickets/{code}/moves", {"move": {"move": name, **said}})

    def write_down(self, key: str, **report: Any) -> Any:
        """A report that somebody brought."""
        told = {"channel": "web", "summary": "Dây điện rơi xuống đường.", "topic": "dien", "place": "29869"}
        headers = {"Idempotency-Key": key}
        return self.ask(Role.OPERATOR, "POST", "/api/tickets", told | report, **headers)["ticket"]


async def _keys(hotline: RunningHotline) -> dict[Role, str]:
    database = Database(hotline.settings.database)
    keys = Keys(database, SystemClock())
    try:
        agencies = {Role.OFFICER: COMMUNE, Role.APPROVER: COMMUNE}
        roles = (Role.OPERATOR, Role.OFFICER, Role.APPROVER)
        return {role: await keys.issue(f"end to end {role}", role, agencies.get(role)) for role in roles}
    finally:
        await database.close()


@pytest.fixture(scope="module")
def desk(hotline: RunningHotline) -> Desk:
    """People who work with the running service."""
    return Desk(hotline)


def journal(hotline: RunningHotline, code: str, what: str) -> list[Any]:
    """The entries of one kind about a ticket."""
    return hotline.rows(select(ticket_journal).where(ticket_journal.c.code == code, ticket_journal.c.what == what))


def utc(instant: datetime) -> datetime:
    """An instant of the database as an aware one."""
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def test_what_was_said_on_the_telephone_is_answered_by_the_agency_and_told(hotline: RunningHotline, desk: Desk) -> None:
    script = (MENU_WAITS, "keys 2", LINE_LISTENS, f"say {hotline.voice}", "silence 0.3", "keys #")
    rung = asyncio.run(hotline.ring(*script, number="0917000001"))
    code = hotline.ticket_of(hotline.ended_call("+84917000001").id).code
    assert code in rung.digits
    desk.move(code, Role.OPERATOR, "classify", topic="giao-thong", place="29869")
    desk.move(code, Role.OPERATOR, "route")
    desk.move(code, Role.OFFICER, "accept")
    desk.move(code, Role.OFFICER, "draft", text="Đã vá mặt đường.")
    desk.move(code, Role.APPROVER, "approve")
    assert desk.move(code, Role.OPERATOR, "tell", how="phone")["stage"] == "answered"
    answered = select(outbox).where(outbox.c.name == "TicketAnswered")
    (event,) = [row for row in hotline.rows(answered) if row.payload["code"] == code]
    assert event.payload["agency"] == COMMUNE
    text = json.dumps(desk.ask(Role.OFFICER, "GET", f"/api/tickets/{code}"))
    assert "917000001" not in text


def test_a_step_that_fell_due_while_the_service_was_dead_is_made_once_under_its_instant(
    hotline: RunningHotline, desk: Desk
) -> None:
    taken = datetime.now(UTC) - WARNED_AFTER + timedelta(seconds=6)
    code = desk.write_down("killed-in-between", taken_at=taken.isoformat(), urgent=True)["code"]
    opened = select(outbox).where(outbox.c.name == "TicketOpened", outbox.c.handed_at.is_not(None))
    hotline.until(lambda: [row for row in hotline.rows(opened) if row.payload["code"] == code], "the look is planned")
    hotline.kill_service()
    assert journal(hotline, code, "warned") == []
    hotline.until(lambda: datetime.now(UTC) > taken + WARNED_AFTER, "the step has fallen due")
    hotline.start_service()
    hotline.until(lambda: journal(hotline, code, "warned"), "the hotline is warned")
    hotline.kill_service()
    hotline.start_service()
    (entry,) = journal(hotline, code, "warned")
    assert utc(entry.at) == taken + WARNED_AFTER


def test_a_changed_calendar_moves_the_open_tickets_of_the_running_service(hotline: RunningHotline, desk: Desk) -> None:
    ticket = desk.write_down("calendar", channel="email")
    code, due = ticket["code"], datetime.fromisoformat(ticket["deadlines"][-1]["due"])
    day = due.astimezone(CIVIL_ZONE).date()
    rules = hotline.settings.data / "rules"
    rules.mkdir(exist_ok=True)
    own = rules / "official-days.yaml"
    own.write_text(
        f"version: 9\ndecided_through: {day.year}\ndays:\n"
        f'  - {{date: {day}, working: false, reason: "nghỉ bão", source: "Công điện thử"}}\n',
        encoding="utf-8",
    )
    try:
        moved = hotline.until(lambda: journal(hotline, code, "replanned"), "the deadline has moved")
        assert "nghỉ bão" in moved[0].reason
        running = select(ticket_deadlines).where(ticket_deadlines.c.code == code, ticket_deadlines.c.clock == "answer")
        (deadline,) = hotline.rows(running)
        assert utc(deadline.due) > due
    finally:
        own.unlink()
        hotline.until(lambda: len(journal(hotline, code, "replanned")) >= 2, "the deadline has moved back")
