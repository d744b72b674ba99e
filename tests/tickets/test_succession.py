"""An agency that is merged away while it has tickets: who owes the answer, who sees the ticket, what the clocks do."""

from datetime import datetime
from pathlib import Path

import pytest

from hotline1022.base.db import Database
from hotline1022.base.errors import NotFound
from hotline1022.base.rule_files import rule_path
from tests.tickets.conftest import HOA, LAN, Hands, Letters, Recorded, StillClock, approver, officer
from tests.tickets.test_life import opened
from tests.tickets.test_timers import civil
from tickets.desk import Desk
from tickets.dossier import Dossier
from tickets.handling import Handling
from tickets.letters.model import LetterState
from tickets.model import Stage
from tickets.rules import StandingRules
from tickets.search.finding import TicketQuery, TicketSearch
from tickets.timers import Timers

ENDING, HEIR = "so-xay-dung", "so-khcn"
LAST_DAY = "2026-11-25"


@pytest.fixture
def merging(tmp_path: Path) -> StandingRules:
    """Rules in which Sở Xây dựng ends on 25 November 2026 and Sở Khoa học và Công nghệ takes over."""
    text = rule_path("tickets", "agencies.yaml", None).read_text(encoding="utf-8")
    row = 'spoken: "Sở Xây dựng", kind: department'
    assert row in text
    text = text.replace(row, f"{row}, valid_to: {LAST_DAY}, successors: [{HEIR}]")
    (tmp_path / "agencies.yaml").write_text(text, encoding="utf-8")
    return StandingRules(tmp_path)


@pytest.fixture
def hands(database: Database, still_clock: StillClock, merging: StandingRules, recorded: Recorded) -> Hands:
    """Moves under these rules."""
    return Hands(Handling(database, still_clock, merging, recorded), Desk(database, still_clock, merging, recorded))


@pytest.fixture
def timers(database: Database, still_clock: StillClock, merging: StandingRules, recorded: Recorded) -> Timers:
    """The timers of the same tickets."""
    return Timers(database, still_clock, merging, recorded)


async def given(hands: Hands, key: str, agency: str = ENDING) -> str:
    """A ticket that the agency which will end has been given."""
    code = (await opened(hands, key)).code
    await hands.move(code, LAN, "classify", topic="giao-thong", place="29869")
    await hands.move(code, LAN, "route", agency=agency, reason="đây là đường tỉnh")
    return code


async def seen(database: Database, clock: StillClock, rules: StandingRules, agency: str) -> set[str]:
    """The tickets that an officer finds in the list."""
    page = await TicketSearch(database, clock, rules).page(TicketQuery(), officer(agency))
    return {ticket.code for ticket in page.items}


async def test_an_open_ticket_goes_to_the_successor_with_its_clocks_and_says_why(
    hands: Hands, timers: Timers, still_clock: StillClock
) -> None:
    code = await given(hands, "open")
    due = (await hands.move(code, officer(ENDING), "accept")).due
    still_clock.instant = civil("11-25T23:00")
    await timers.tick()
    ticket = await hands.desk.find(code)
    assert ticket is not None
    assert ticket.agency == ENDING
    still_clock.instant = civil("11-26T00:01")
    await timers.tick()
    ticket = await hands.desk.find(code)
    assert ticket is not None
    answer = ticket.deadline("answer")
    assert (ticket.agency, answer.party, answer.due, ticket.stage) == (HEIR, HEIR, due, Stage.ACCEPTED)
    assert "Sở Khoa học và Công nghệ kế thừa Sở Xây dựng từ sau ngày 25/11/2026." in ticket.agency_reason
    with pytest.raises(NotFound):
        await hands.move(code, officer(ENDING), "work")
    await hands.move(code, officer(HEIR), "work")
    await hands.move(code, officer(HEIR), "draft", text="Đã vá mặt đường.")
    assert (await hands.move(code, approver(HEIR), "approve")).stage == Stage.APPROVED
    await timers.tick()
    assert [entry.what for entry in await hands.desk.history(code)].count("inherited") == 1


async def test_the_successor_reads_what_was_answered_before_and_answers_what_is_reopened(
    hands: Hands, timers: Timers, database: Database, still_clock: StillClock, merging: StandingRules
) -> None:
    code = await given(hands, "answered")
    await hands.move(code, officer(ENDING), "accept")
    await hands.move(code, officer(ENDING), "draft", text="Đã vá mặt đường.")
    await hands.move(code, approver(ENDING), "approve")
    await hands.move(code, LAN, "tell", how="phone")
    assert await seen(database, still_clock, merging, HEIR) == set()
    still_clock.instant = civil("11-27T08:00")
    await timers.tick()
    ticket = await hands.desk.find(code)
    assert ticket is not None
    assert ticket.agency == ENDING  # who answered stays written down
    assert await seen(database, still_clock, merging, HEIR) == {code}
    file = await Dossier(database, still_clock, merging).file(code, officer(HEIR))
    assert file.ticket.code == code
    with pytest.raises(NotFound):
        await Dossier(database, still_clock, merging).file(code, officer("so-y-te"))
    ticket = await hands.move(code, LAN, "reopen", reason="Ổ gà vẫn còn.")
    assert (ticket.agency, ticket.deadline("answer").party) == (HEIR, HEIR)
    assert "kế thừa Sở Xây dựng" in ticket.agency_reason


async def test_help_that_was_asked_of_an_ended_agency_is_asked_of_its_successor(
    hands: Hands, timers: Timers, still_clock: StillClock
) -> None:
    code = await given(hands, "helped", "so-y-te")
    await hands.move(code, officer("so-y-te"), "accept")
    await hands.move(code, officer("so-y-te"), "ask-cooperation", agencies=[ENDING], reason="Cần mặt bằng.")
    still_clock.instant = civil("11-26T09:00")
    await timers.tick()
    ticket = await hands.desk.find(code)
    assert ticket is not None
    assert ticket.agency == "so-y-te"
    assert ticket.deadline("contribute").party == HEIR
    ticket = await hands.move(code, officer(HEIR), "contribute", text="Bàn giao trong tuần.")
    assert not ticket.deadline("contribute").running


async def test_a_ticket_that_waits_for_the_citizen_still_waits_at_the_successor(
    hands: Hands, timers: Timers, still_clock: StillClock
) -> None:
    code = await given(hands, "waiting")
    await hands.move(code, officer(ENDING), "accept")
    await hands.move(code, officer(ENDING), "ask-citizen", question="Đoạn nào?")
    still_clock.instant = civil("11-26T09:00")
    await timers.tick()
    ticket = await hands.desk.find(code)
    assert ticket is not None
    answer = ticket.deadline("answer")
    assert (answer.party, answer.step_at, ticket.stage) == (HEIR, None, Stage.WAITING)
    before: datetime = answer.due
    assert (await hands.move(code, officer(HEIR), "resume", text="Đoạn chợ.")).due > before


async def test_the_successor_sends_the_letter_that_is_still_owed(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    code = await given(hands, "letter")
    await hands.move(code, officer(ENDING), "accept")
    await hands.move(code, HOA, "ask-letter", reason="Cán bộ trả lời thiếu lịch sự.")
    assert (await letters.one(code)).agency == ENDING
    still_clock.instant = civil("11-26T08:00")
    await timers.tick()
    owed = await letters.one(code)
    assert owed.agency == HEIR
    await hands.move(code, officer(HEIR), "draft-letter")
    await hands.move(code, approver(HEIR), "approve-letter")
    ticket = await hands.move(code, LAN, "send-letter", how="post")
    sent = await letters.one(code)
    assert (sent.id, sent.state, sent.agency) == (owed.id, LetterState.SENT, HEIR)
    assert {each.ended for each in ticket.deadlines if each.clock.startswith("apology")} == {"met"}
