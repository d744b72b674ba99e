"""The inbox and the approvals: everything that is owed, once, by when, with whom, and nothing that is somebody else's."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert
from sqlalchemy.dialects import sqlite

from hotline1022.base.access import Actor, Role
from hotline1022.base.accounts import accounts
from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, Invalid
from tests.interface import Interface
from tests.tickets.conftest import HOA, LAN, Hands, StillClock, approver, officer
from tests.tickets.test_life import COMMUNE, HEAD, OFFICER, TAKEN, opened, routed
from tickets.dossier import Dossier
from tickets.inbox import store
from tickets.inbox.desk import InboxDesk
from tickets.inbox.left import left_until
from tickets.inbox.model import Inbox, InboxLine
from tickets.model import HOTLINE
from tickets.rules import Rules, StandingRules

CITIZEN = Actor(name="citizen", role=Role.CITIZEN)
HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x")


@pytest.fixture
def inbox(database: Database, still_clock: StillClock, standing: StandingRules) -> InboxDesk:
    """The lists of the same tickets."""
    return InboxDesk(database, still_clock, standing)


def lines(told: Inbox, group: str) -> list[InboxLine]:
    """The lines of one group."""
    (found,) = [each for each in told.groups if each.group == group]
    assert found.count == len(found.tickets)
    return list(found.tickets)


async def working(hands: Hands, key: str, **values: Any) -> str:
    """A ticket that the agency works on."""
    code = await routed(hands, key, **values)
    await hands.move(code, OFFICER, "accept")
    return code


async def test_what_is_owed_stands_in_the_group_of_what_is_due_first(
    inbox: InboxDesk, hands: Hands, still_clock: StillClock
) -> None:
    late = await working(hands, "late", taken_at=TAKEN - timedelta(days=7))
    coming = await working(hands, "coming")
    asked = await working(hands, "asked")
    await hands.move(asked, OFFICER, "ask-citizen", question="Ở khóm nào?")
    fresh = await routed(hands, "fresh")
    told = await inbox.inbox(OFFICER)
    assert [line.code for line in lines(told, "overdue")] == [late]
    assert [line.code for line in lines(told, "coming")] == [coming]
    assert [(line.code, line.due, line.left) for line in lines(told, "paused")] == [(asked, None, None)]
    assert lines(told, "paused")[0].paused_since == still_clock.now()
    (today,) = lines(told, "today")
    # Nobody has taken it yet: that is due first, though the citizen is answered days later.
    assert (today.code, today.promise_title, today.left.words if today.left else "") == (
        fresh, "nhận hoặc chuyển trả phiếu", "còn 4 giờ làm việc"
    )  # fmt: skip
    assert today.answer_due is not None
    assert {each.stage: each.count for each in told.stages} == {"routed": 1, "accepted": 2, "waiting": 1}


async def test_what_is_left_is_told_in_working_time(inbox: InboxDesk, hands: Hands, still_clock: StillClock) -> None:
    await working(hands, "coming")
    # Tuesday 24 November 2026 is a holiday: Wednesday, Thursday and Friday are left.
    (line,) = lines(await inbox.inbox(OFFICER), "coming")
    assert line.left is not None
    assert line.left.words == "còn 3 ngày làm việc"
    assert line.due is not None
    still_clock.instant = line.due - timedelta(hours=2)
    (line,) = lines(await inbox.inbox(OFFICER), "today")
    assert line.left is not None
    assert (line.left.words, line.left.working_minutes) == ("còn 2 giờ làm việc", 120)
    still_clock.advance(days=5)
    (line,) = lines(await inbox.inbox(OFFICER), "overdue")
    assert line.left is not None
    assert (line.left.words, line.left.working_minutes < 0) == ("Quá hạn 3 ngày làm việc", True)


async def test_nobody_has_work_of_another_agency_and_who_helps_has_what_they_were_asked(
    inbox: InboxDesk, hands: Hands
) -> None:
    code = await working(hands, "one")
    await opened(hands, "not-given")
    await hands.move(code, OFFICER, "ask-cooperation", agencies=["so-xay-dung"], reason="Cùng kiểm tra.")
    (line,) = lines(await inbox.inbox(officer("so-xay-dung")), "coming")
    assert (line.code, line.promise_title, line.answer_due) == (code, "góp ý phối hợp", None)
    assert all(each.count == 0 for each in (await inbox.inbox(officer("so-y-te"))).groups)
    (line,) = lines(await inbox.inbox(OFFICER), "coming")
    assert (line.code, line.promise) == (code, "answer")


async def test_the_hotline_has_what_it_must_do_itself(inbox: InboxDesk, hands: Hands) -> None:
    new = (await opened(hands, "new")).code
    told = await inbox.inbox(LAN)
    assert [(line.code, line.promise_title) for line in lines(told, "today")] == [(new, "phân loại và chuyển phiếu")]


async def test_people_who_report_the_same_are_counted_and_their_tickets_are_no_work_of_their_own(
    inbox: InboxDesk, hands: Hands
) -> None:
    main = await working(hands, "main")
    same = await opened(hands, "same")
    await hands.move(same.code, LAN, "merge", into=main)
    (line,) = lines(await inbox.inbox(OFFICER), "coming")
    assert (line.code, line.reporters) == (main, 2)


@pytest.mark.parametrize("side", [COMMUNE, HOTLINE])
async def test_an_inbox_reads_what_its_own_side_has_open_and_never_all_tickets(
    _sqlite_template: Path,  # noqa: PT019 (the file itself is read)
    side: str,
) -> None:
    """By the index that holds only what is still to be kept, then each of those tickets by its code."""
    statement = store.owed_by({side}).compile(dialect=sqlite.dialect(), compile_kwargs={"literal_binds": True})
    with closing(sqlite3.connect(_sqlite_template)) as connection:
        steps = [row[-1] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}")]
    assert any("ix_ticket_deadlines_owed" in step for step in steps), steps
    assert not any(step.startswith("SCAN") for step in steps), steps


async def test_a_long_list_is_counted_whole_and_told_in_part(
    inbox: InboxDesk, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        await working(hands, f"c{number}")
    monkeypatch.setattr("tickets.inbox.desk.SHOWN", 2)
    (coming,) = [each for each in (await inbox.inbox(OFFICER)).groups if each.group == "coming"]
    assert (coming.count, len(coming.tickets)) == (4, 2)
    monkeypatch.setattr(store, "MOST", 3)
    assert (await inbox.inbox(OFFICER)).more


async def test_an_approver_finds_answers_and_extensions_that_wait_the_latest_first(
    inbox: InboxDesk, hands: Hands
) -> None:
    late = await working(hands, "late", taken_at=TAKEN - timedelta(days=7))
    longer = await working(hands, "longer")
    await hands.move(late, OFFICER, "draft", text="Đã thay bóng đèn.")
    await hands.move(longer, OFFICER, "ask-extension", amount="2wd", reason="Chờ vật tư.")
    answer, extension = (await inbox.approvals(HEAD)).approvals
    assert (answer.code, answer.what, answer.by, answer.group, answer.own) == (
        late, "answer", OFFICER.name, "overdue", False
    )  # fmt: skip
    assert (extension.title, extension.reason) == ("Duyệt gia hạn 2 ngày làm việc", "Chờ vật tư.")
    await hands.move(late, HEAD, "approve")
    await hands.move(longer, HEAD, "grant-extension")
    assert (await inbox.approvals(HEAD)).approvals == ()


async def test_a_ticket_that_a_citizen_has_reopened_waits_for_the_head_of_its_agency_until_it_is_taken(
    inbox: InboxDesk, hands: Hands
) -> None:
    code = await working(hands, "again")
    await hands.move(code, OFFICER, "draft", text="Đã thay bóng đèn.")
    await hands.move(code, HEAD, "approve")
    await hands.move(code, LAN, "tell", how="phone")
    assert (await inbox.approvals(HEAD)).approvals == ()
    await hands.move(code, CITIZEN, "reopen", reason="Đèn lại tắt.")
    (waiting,) = (await inbox.approvals(HEAD)).approvals
    assert (waiting.code, waiting.what, waiting.title) == (
        code, "reopened", "Chỉ đạo xử lý lại: người dân nói việc chưa xong"
    )  # fmt: skip
    assert (await inbox.approvals(approver("so-y-te"))).approvals == (), "another agency's head is not concerned"
    await hands.move(code, OFFICER, "accept")
    assert (await inbox.approvals(HEAD)).approvals == ()


# Who works on it


async def person(database: Database, name: str, agency: str | None = COMMUNE, **values: Any) -> int:
    """An account of an agency."""
    row: dict[str, Any] = {
        "name": name,
        "role": "officer",
        "agency": agency,
        "password_hash": HASH,
        "must_change": False,
    }
    row |= {"created_at": datetime(2026, 1, 1, tzinfo=UTC), "display_name": name.capitalize()} | values
    async with database.transaction() as connection:
        return int((await connection.execute(insert(accounts).values(row).returning(accounts.c.id))).scalar_one())


async def test_an_agency_gives_a_ticket_to_one_of_its_people_and_the_journal_says_so(
    inbox: InboxDesk, hands: Hands, database: Database, dossier: Dossier
) -> None:
    tuan = await person(database, "tuấn")
    code = await working(hands, "one")
    await hands.move(code, OFFICER, "assign", account=tuan)
    (line,) = lines(await inbox.inbox(OFFICER), "coming")
    assert (line.who, line.account) == ("Tuấn", tuan)
    last = (await hands.desk.history(code))[-1]
    assert (last.what, last.reason) == ("assigned", "UBND phường Cao Lãnh giao Tuấn xử lý.")
    assert [each.name for each in (await dossier.file(code, HOA)).assignees] == ["Tuấn"]
    await hands.move(code, OFFICER, "assign", account=None)
    (line,) = lines(await inbox.inbox(OFFICER), "coming")
    assert line.who is None


async def test_a_ticket_is_given_only_to_those_who_can_work_on_it(hands: Hands, database: Database) -> None:
    code = await working(hands, "one")
    stranger = await person(database, "lạ", "so-y-te")
    locked = await person(database, "khóa", locked=True)
    clerk = await person(database, "tổng đài", None, role="operator")
    for account in (stranger, locked, clerk, 999):
        with pytest.raises(Invalid, match="Không giao được cho người này"):
            await hands.move(code, OFFICER, "assign", account=account)
    with pytest.raises(Forbidden):
        await hands.move(code, LAN, "assign", account=None)


async def test_each_agency_that_helps_has_a_person_of_its_own(
    inbox: InboxDesk, hands: Hands, database: Database
) -> None:
    ours, theirs = await person(database, "tuấn"), await person(database, "hà", "so-xay-dung")
    code = await working(hands, "one")
    await hands.move(code, OFFICER, "ask-cooperation", agencies=["so-xay-dung"], reason="Cùng kiểm tra.")
    await hands.move(code, OFFICER, "assign", account=ours)
    await hands.move(code, officer("so-xay-dung"), "assign", account=theirs)
    assert lines(await inbox.inbox(OFFICER), "coming")[0].who == "Tuấn"
    assert lines(await inbox.inbox(officer("so-xay-dung")), "coming")[0].who == "Hà"


async def test_inbox_colleagues_and_assignee_over_http(served: Interface, hands: Hands, database: Database) -> None:
    tuan = await person(database, "tuấn")
    await person(database, "lạ", "so-y-te")
    code = await working(hands, "one")
    people = (await (await served.get("/api/colleagues", "officer")).json())["people"]
    assert people == [{"account": tuan, "name": "Tuấn", "role": "officer", "role_name": "cán bộ xử lý"}]
    given = await served.post(f"/api/tickets/{code}/assignee", "officer", json={"account": tuan})
    assert given.status == 200
    stale = await served.post(f"/api/tickets/{code}/assignee", "approver", json={"account": None, "version": 1})
    assert stale.status == 409
    told = await (await served.get("/api/inbox", "officer")).json()
    assert [group["group"] for group in told["groups"]] == ["overdue", "today", "coming", "paused"]
    assert told["groups"][2]["tickets"][0]["who"] == "Tuấn"
    assert (await served.get("/api/approvals", "approver")).status == 200
    assert (await served.get("/api/approvals", "operator")).status == 403


# What is left, in words

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=CIVIL_ZONE)
RULES = Rules.load()


@given(st.integers(-60 * 24 * 40, 60 * 24 * 40))
def test_what_is_left_never_grows_while_time_passes_and_is_always_told(minutes: int) -> None:
    calendar, due = RULES.calendar("state"), NOON + timedelta(minutes=minutes)
    now, later = left_until(due, calendar, NOON), left_until(due, calendar, NOON + timedelta(minutes=1))
    assert now is not None
    assert later is not None
    assert later.working_minutes <= now.working_minutes
    assert now.words.startswith("còn " if due >= NOON else ("Quá hạn", "Vừa quá hạn"))


@pytest.mark.parametrize(
    ("due", "now", "calendar", "words"),
    [
        ("2026-11-27T17:00", "2026-11-23T09:00", "state", "còn 3 ngày làm việc"),
        ("2026-11-23T11:00", "2026-11-23T09:15", "state", "còn 1 giờ 45 phút làm việc"),
        ("2026-11-23T11:00", "2026-11-23T10:59:30", "state", "còn chưa đến 1 phút"),
        ("2026-11-23T17:00", "2026-11-23T17:00:30", "state", "Vừa quá hạn"),
        ("2026-11-20T17:00", "2026-11-23T08:00", "state", "Quá hạn 1 ngày làm việc"),
        ("2026-11-23T09:00", "2026-11-23T10:10", "state", "Quá hạn 1 giờ 10 phút làm việc"),
        ("2026-11-23T11:00", "2026-11-23T09:00", "always", "còn 2 giờ"),
        ("2026-11-29T11:00", "2026-11-23T09:00", "always", "còn 6 ngày"),
    ],
)
def test_what_is_left_is_told_as_people_say_it(due: str, now: str, calendar: str, words: str) -> None:
    at, clock = (datetime.fromisoformat(f"{text}+07:00") for text in (due, now))
    told = left_until(at, RULES.calendar(calendar), clock)
    assert told is not None
    assert told.words == words
