"""Who owes a letter of apology, for what, and that each is owed once."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, Invalid, NotFound, Refused
from tests.tickets.conftest import HOA, LAN, Hands, Letters, Recorded, StillClock, officer
from tests.tickets.test_letters import CENTRE, answered_late, late
from tests.tickets.test_life import COMMUNE, HEAD, OFFICER, answered, opened, routed
from tests.tickets.test_timers import civil
from tickets.dossier import Dossier
from tickets.events import DeadlineBreached
from tickets.letters.model import LetterCause, LetterState
from tickets.replanning import Replanning
from tickets.rules import StandingRules
from tickets.timers import Timers


async def test_a_letter_is_owed_once_however_often_the_time_is_looked_at(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    codes = [await routed(hands, f"t{number}") for number in range(3)]
    still_clock.advance(days=30)
    await asyncio.gather(*(timers.tick() for _ in range(4)))
    for code in codes:
        await timers.tick()
        await answered(hands, code)
        assert len(await letters.of(code)) == 1


async def test_an_answer_that_is_told_late_before_anybody_looked_at_the_time_owes_the_letter_too(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    code = await routed(hands)
    still_clock.advance(days=7)
    await answered(hands, code)
    owed = await letters.one(code)
    assert owed.promised == civil("11-27T17:00")
    await timers.tick()
    assert await letters.one(code) == owed


async def test_an_answer_in_time_owes_nothing(hands: Hands, timers: Timers, letters: Letters) -> None:
    code = await routed(hands)
    await answered(hands, code)
    await timers.tick()
    assert await letters.of(code) == ()


async def test_what_the_hotline_left_lying_is_the_fault_of_who_runs_the_hotline(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    ticket = await opened(hands, call="call-1", place=None, place_words=None)
    still_clock.instant = ticket.due + timedelta(hours=1)
    await timers.tick()
    owed = await letters.one(ticket.code)
    assert owed.agency == CENTRE
    assert "khi còn ở tổng đài, chưa chuyển cơ quan xử lý" in owed.reason
    await hands.desk.hear("call-1", "ở phường Cao Lãnh")
    await hands.move(ticket.code, LAN, "classify", topic="giao-thong", place="29869")
    await hands.move(ticket.code, LAN, "route")
    with pytest.raises(Forbidden, match="cơ quan phải gửi thư xin lỗi"):
        await hands.move(ticket.code, OFFICER, "draft-letter")
    after = await hands.move(ticket.code, officer(CENTRE), "draft-letter")
    assert after.deadline("answer").party == COMMUNE
    assert (after.deadline("apology_sent").party, after.deadline("apology_draft").ended) == (CENTRE, "met")


async def test_a_letter_stays_with_who_owes_it_when_the_ticket_goes_to_another_agency(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters, dossier: Dossier
) -> None:
    code = await late(hands, timers, still_clock)
    await hands.move(code, HOA, "recall", reason="Đường này của Sở Xây dựng.")
    await hands.move(code, LAN, "route", agency="so-xay-dung", reason="đây là đường tỉnh")
    with pytest.raises(Forbidden):
        await hands.move(code, officer("so-xay-dung"), "draft-letter")
    assert {move.name for move in (await dossier.file(code, OFFICER)).moves} == {"draft-letter"}
    await hands.move(code, OFFICER, "draft-letter")
    with pytest.raises(NotFound):
        await hands.move(code, officer("so-y-te"), "draft-letter")
    with pytest.raises(Forbidden, match="Chỉ Sở Xây dựng"):
        await hands.move(code, OFFICER, "accept")


async def test_everybody_who_reported_the_same_late_matter_is_owed_a_letter(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    main, other = await routed(hands), (await opened(hands, "other")).code
    await hands.move(other, LAN, "merge", into=main)
    still_clock.advance(days=7)
    await timers.tick()
    assert await letters.of(other) == ()
    await answered(hands, main)
    assert [(await letters.one(code)).agency for code in (main, other)] == [COMMUNE, COMMUNE]


async def test_nobody_owes_a_letter_for_a_complaint(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters, recorded: Recorded
) -> None:
    complaint = await opened(hands, topic="khieu-nai")
    still_clock.advance(days=30)
    await timers.tick()
    assert "answer" in {event.clock for event in recorded.events if isinstance(event, DeadlineBreached)}
    assert await letters.of(complaint.code) == ()
    with pytest.raises(Refused, match="khiếu nại, tố cáo không có thư xin lỗi"):
        await hands.move(complaint.code, HOA, "ask-letter", reason="Làm hỏng hồ sơ.")
    code = await routed(hands, "c2")
    still_clock.advance(days=30)
    await timers.tick()
    ticket = await hands.move(code, LAN, "divert", kind="complaint")
    assert (await letters.one(code)).state is LetterState.WAIVED
    assert not any(each.running for each in ticket.deadlines)
    with pytest.raises(NotFound):
        await hands.move(code, OFFICER, "draft-letter")
    unrouted = (await opened(hands, "c3", taken_at=still_clock.now())).code
    still_clock.advance(days=30)
    await timers.tick()
    await hands.move(unrouted, LAN, "classify", topic="to-cao")
    assert (await letters.one(unrouted)).state is LetterState.WAIVED


async def test_the_hotlines_leader_asks_for_a_letter_where_nothing_was_late(
    hands: Hands, letters: Letters, dossier: Dossier
) -> None:
    code = await routed(hands)
    await answered(hands, code)
    with pytest.raises(Forbidden):
        await hands.move(code, LAN, "ask-letter", reason="Cán bộ làm mất giấy tờ.")
    with pytest.raises(Invalid, match="Không có cơ quan nào"):
        await hands.move(code, HOA, "ask-letter", reason="Cán bộ làm mất giấy tờ.", agency="so-khong-co")
    ticket = await hands.move(code, HOA, "ask-letter", reason="Cán bộ làm mất giấy tờ.")
    owed = await letters.one(code)
    assert (owed.cause, owed.owed_by, owed.promised) == (LetterCause.DAMAGE, HOA.name, None)
    assert ticket.deadline("apology_sent").due == owed.due
    with pytest.raises(Refused, match="đang có thư xin lỗi chưa gửi"):
        await hands.move(code, HOA, "ask-letter", reason="Lần nữa.")
    await hands.move(code, HOA, "ask-letter", cause="low-score", reason="Người dân chưa hài lòng.", agency="dien-luc")
    await hands.move(code, OFFICER, "draft-letter")
    with pytest.raises(Invalid, match="nhiều thư xin lỗi"):
        await hands.move(code, HOA, "waive-letter", reason="Không cần nữa.")
    second = (await letters.of(code))[1]
    await hands.move(code, HOA, "waive-letter", reason="Không cần nữa.", letter=second.id)
    assert [each.state for each in await letters.of(code)] == [LetterState.DRAFTED, LetterState.WAIVED]
    (text,) = [text for text in (await dossier.file(code, OFFICER)).texts if text.kind == "letter"]
    assert "Cán bộ làm mất giấy tờ." in text.body
    reasons = [entry.reason for entry in await hands.desk.history(code)]
    assert f"{HOA.name} yêu cầu UBND phường Cao Lãnh gửi thư xin lỗi: Cán bộ làm mất giấy tờ." in reasons


async def test_a_later_round_owes_a_second_letter_but_not_beside_an_open_one(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    code = await late(hands, timers, still_clock)
    await answered_late(hands, code)
    await hands.move(code, LAN, "reopen", reason="Đèn lại tắt.")
    still_clock.advance(days=14)
    await timers.tick()
    assert len(await letters.of(code)) == 1
    assert any("xin lỗi cả lần trễ này" in entry.reason for entry in await hands.desk.history(code))
    await hands.move(code, OFFICER, "draft-letter")
    await hands.move(code, HEAD, "approve-letter")
    await hands.move(code, LAN, "send-letter", how="post")
    await hands.move(code, OFFICER, "accept")
    await answered_late(hands, code)
    assert [(each.round, each.promised) for each in await letters.of(code)] == [(1, civil("11-27T17:00"))]
    await hands.move(code, LAN, "reopen", reason="Vẫn tắt.")
    still_clock.advance(days=14)
    await timers.tick()
    assert [(each.round, each.state) for each in await letters.of(code)] == [
        (1, LetterState.SENT),
        (2, LetterState.OWED),
    ]


async def test_a_letter_that_was_asked_for_apologises_for_the_lateness_that_follows(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    code = await routed(hands)
    await hands.move(code, HOA, "ask-letter", reason="Cán bộ làm mất giấy tờ.")
    still_clock.instant = civil("11-30T08:00")
    await timers.tick()
    await answered(hands, code)
    letter = await letters.one(code)
    assert (letter.cause, letter.promised) == (LetterCause.DAMAGE, civil("11-27T17:00"))
    told = [entry for entry in await hands.desk.history(code) if entry.what == "letter-owed"]
    assert len(told) == 2


@pytest.fixture
def storm(database: Database, still_clock: StillClock, recorded: Recorded, tmp_path: Path) -> "Storm":
    """A storm that closes the offices."""
    return Storm(database, still_clock, recorded, tmp_path)


@dataclass
class Storm:
    """Makes days off after the fact, and lets time pass on the calendar that has them."""

    database: Database
    clock: StillClock
    recorded: Recorded
    folder: Path

    async def closes(self, day: str) -> Timers:
        """``day`` of 2026 is off after all, open tickets are computed anew; the timers on that calendar."""
        (self.folder / "official-days.yaml").write_text(
            "version: 2\ndecided_through: 2026\ndays:\n"
            f'  - {{date: 2026-{day}, working: false, reason: "nghỉ bão", source: "Công điện 1"}}\n',
            encoding="utf-8",
        )
        rules = StandingRules(self.folder)
        await Replanning(self.database, self.clock, rules, self.recorded).replan()
        return Timers(self.database, self.clock, rules, self.recorded)


async def test_a_changed_calendar_takes_back_a_letter_for_an_answer_that_is_not_late_any_more(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters, storm: Storm
) -> None:
    code = await late(hands, timers, still_clock)
    timers = await storm.closes("11-26")
    waived = await letters.one(code)
    assert (waived.state, waived.waived_by) == (LetterState.WAIVED, "machine")
    assert "hạn trả lời là 17:00 30/11/2026 nên chưa trễ hạn" in (waived.waived_reason or "")
    still_clock.instant = civil("12-01T08:00")
    await timers.tick()
    again = (await letters.of(code))[1]
    assert (again.state, again.promised) == (LetterState.OWED, civil("11-30T17:00"))


async def test_a_changed_calendar_moves_when_an_open_letter_must_be_sent(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters, storm: Storm
) -> None:
    code = await late(hands, timers, still_clock)
    await storm.closes("12-02")
    assert (await letters.one(code)).due == civil("12-03T17:00")
