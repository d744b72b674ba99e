"""Letters of apology: owed once with the breach and by whom, written, signed, numbered and sent, also long after the answer."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from hotline1022.base.access import Actor
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, Invalid, NotFound, Refused
from tests.tickets.conftest import HOA, LAN, Hands, Recorded, StillClock, officer
from tests.tickets.test_life import COMMUNE, HEAD, OFFICER, answered, opened, routed
from tests.tickets.test_timers import civil
from tickets.dossier import Dossier
from tickets.events import DeadlineBreached, LetterOwed
from tickets.letters.model import Letter, LetterCause, LetterState
from tickets.replanning import Replanning
from tickets.rules import StandingRules
from tickets.timers import Timers

SECOND_HEAD = Actor(name="deputy", role=HEAD.role, agency=COMMUNE)
CENTRE = "ttpvhcc"


@pytest.fixture
def letters(dossier: Dossier) -> "Letters":
    """The letters of a ticket, as the hotline's leader reads them."""
    return Letters(dossier)


class Letters:
    """Reads letters back."""

    def __init__(self, dossier: Dossier) -> None:
        self._dossier = dossier

    async def of(self, code: str) -> tuple[Letter, ...]:
        """The letters of ticket ``code``, the first owed first."""
        return (await self._dossier.file(code, HOA)).letters

    async def one(self, code: str) -> Letter:
        """The one letter of a ticket."""
        (letter,) = await self.of(code)
        return letter


async def late(hands: Hands, timers: Timers, still_clock: StillClock, key: str = "c1", **values: object) -> str:
    """A ticket whose answer has just become late; its agency has accepted it."""
    code = await routed(hands, key, **values)
    due = (await hands.move(code, OFFICER, "accept")).due
    still_clock.instant = due + timedelta(minutes=1)
    await timers.tick()
    return code


async def test_a_letter_is_owed_with_the_breach_and_lives_until_it_is_sent(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters, recorded: Recorded
) -> None:
    code = await late(hands, timers, still_clock)
    owed = await letters.one(code)
    assert (owed.agency, owed.cause, owed.state) == (COMMUNE, LetterCause.LATE, LetterState.OWED)
    assert (owed.owed_at, owed.promised, owed.due) == (civil("11-27T17:00"), civil("11-27T17:00"), civil("12-02T17:00"))
    assert "UBND phường Cao Lãnh chưa trả lời người dân khi hết hạn 17:00 27/11/2026" in owed.reason
    assert [(event.agency, event.due) for event in recorded.events if isinstance(event, LetterOwed)] == [
        (COMMUNE, owed.due)
    ]
    await hands.move(code, OFFICER, "draft-letter")
    await hands.move(code, HEAD, "approve-letter")
    ticket = await hands.move(code, LAN, "send-letter", how="post")
    sent = await letters.one(code)
    assert (sent.state, sent.number, sent.year, sent.sent_how) == (LetterState.SENT, 1, 2026, "post")
    assert {each.clock: each.ended for each in ticket.deadlines if each.clock.startswith("apology")} == {
        "apology_draft": "met",
        "apology_sent": "met",
    }
    told = [(each.what, each.reason) for each in await hands.desk.history(code) if each.what.startswith("letter")]
    assert [what for what, _ in told] == ["letter-owed", "letter-drafted", "letter-approved", "letter-sent"]
    assert told[2][1].endswith("duyệt thư xin lỗi của UBND phường Cao Lãnh, số 1/2026.")
    assert told[3][1] == "Đã gửi thư xin lỗi số 1/2026 của UBND phường Cao Lãnh."


async def test_the_template_is_filled_in_without_who_the_citizen_is(
    hands: Hands, timers: Timers, still_clock: StillClock, dossier: Dossier
) -> None:
    code = await late(hands, timers, still_clock, citizen_name="Nguyễn Thị Ánh")
    await hands.move(code, OFFICER, "draft-letter")
    (text,) = [text for text in (await dossier.file(code, OFFICER)).texts if text.kind == "letter"]
    assert text.body.startswith("Kính gửi: Ông/Bà\n\nNgày 23/11/2026, Tổng đài 1022 tiếp nhận")
    assert f"về lĩnh vực giao thông tại phường Cao Lãnh (mã phiếu {code})" in text.body
    assert "chậm nhất lúc 17:00 ngày 27/11/2026" in text.body
    assert text.body.endswith("Chủ tịch UBND\nUBND phường Cao Lãnh")
    assert "Ánh" not in text.body
    assert "{" not in text.body
    journal = await hands.desk.history(code)
    assert not any("Kính gửi" in entry.reason for entry in journal)


async def test_an_enterprise_is_addressed_as_one(
    hands: Hands, timers: Timers, still_clock: StillClock, dossier: Dossier
) -> None:
    code = await late(hands, timers, still_clock, business=True)
    await hands.move(code, OFFICER, "draft-letter")
    (text,) = [text for text in (await dossier.file(code, OFFICER)).texts if text.kind == "letter"]
    assert text.body.startswith("Kính gửi: Quý cơ quan, doanh nghiệp")


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


async def test_a_letter_is_written_after_the_ticket_was_answered_and_closed(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    code = await late(hands, timers, still_clock)
    await hands.move(code, OFFICER, "work")
    await hands.move(code, OFFICER, "draft", text="Đã thay bóng đèn.")
    await hands.move(code, HEAD, "approve")
    await hands.move(code, LAN, "tell", how="phone")
    await hands.move(code, HOA, "close")
    await hands.move(code, OFFICER, "draft-letter", text="Chúng tôi xin lỗi Ông/Bà.")
    await hands.move(code, HEAD, "approve-letter")
    await hands.move(code, LAN, "send-letter", how="email")
    assert (await letters.one(code)).state is LetterState.SENT


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


async def test_who_drafted_a_letter_does_not_sign_it_and_a_letter_sent_back_keeps_its_number(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    code = await late(hands, timers, still_clock)
    await hands.move(code, HEAD, "draft-letter", text="Xin lỗi.")
    with pytest.raises(Refused, match="không tự duyệt"):
        await hands.move(code, HEAD, "approve-letter")
    with pytest.raises(Forbidden):
        await hands.move(code, OFFICER, "approve-letter")
    await hands.move(code, SECOND_HEAD, "send-back-letter", reason="Chưa nêu lý do trễ.")
    assert (await letters.one(code)).state is LetterState.OWED
    await hands.move(code, OFFICER, "draft-letter", text="Xin lỗi Ông/Bà vì thiếu vật tư.")
    await hands.move(code, HEAD, "approve-letter")
    await hands.move(code, HOA, "send-back-letter", reason="Ghi sai tên đường.")
    await hands.move(code, OFFICER, "draft-letter", text="Xin lỗi Ông/Bà vì thiếu vật tư ở đường 30/4.")
    await hands.move(code, HEAD, "approve-letter")
    assert (await letters.one(code)).number == 1
    with pytest.raises(Refused, match="số 1/2026 đang ở bước “đã duyệt, chờ gửi” nên không thể dự thảo thư xin lỗi"):
        await hands.move(code, OFFICER, "draft-letter", text="Lần nữa.")


async def test_numbers_run_for_each_agency_and_year_also_when_two_sign_at_once(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    codes = [await routed(hands, f"n{number}") for number in range(4)]
    await opened(hands, "centre")
    still_clock.instant = civil("12-30T08:00")
    await timers.tick()
    for code in codes:
        await hands.move(code, OFFICER, "draft-letter")
    await asyncio.gather(*(hands.move(code, HEAD, "approve-letter") for code in codes[:3]))
    assert sorted([(await letters.one(code)).number or 0 for code in codes[:3]]) == [1, 2, 3]
    still_clock.instant = datetime.fromisoformat("2027-01-01T00:30:00+07:00")
    await hands.move(codes[3], HEAD, "approve-letter")
    last = await letters.one(codes[3])
    assert (last.number, last.year) == (1, 2027)


async def test_an_agency_sends_only_to_a_citizen_whom_it_has_unlocked(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters, dossier: Dossier
) -> None:
    code = await late(hands, timers, still_clock)
    await hands.move(code, OFFICER, "draft-letter")
    with pytest.raises(Refused, match="“chờ duyệt” nên không thể gửi"):
        await hands.move(code, LAN, "send-letter", how="post")
    await hands.move(code, HEAD, "approve-letter")
    with pytest.raises(Refused, match="chưa mở danh tính"):
        await hands.move(code, OFFICER, "send-letter", how="person")
    await dossier.unlock(code, OFFICER, "Trao thư xin lỗi tận tay.")
    await hands.move(code, OFFICER, "send-letter", how="person")
    assert (await letters.one(code)).sent_by == OFFICER.name


async def test_a_letter_that_is_not_sent_is_warned_of_breached_and_escalated(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await late(hands, timers, still_clock)
    still_clock.instant = civil("12-10T08:00")
    await timers.tick()
    late_ones = {event.clock: event.at for event in recorded.events if isinstance(event, DeadlineBreached)}
    assert late_ones["apology_draft"] == civil("12-01T17:00")
    assert late_ones["apology_sent"] == civil("12-02T17:00")
    await hands.move(code, OFFICER, "draft-letter")
    await hands.move(code, HEAD, "approve-letter")
    await hands.move(code, LAN, "send-letter", how="post")
    assert "Đã gửi trễ hạn thư xin lỗi" in (await hands.desk.history(code))[-1].reason


async def test_only_the_hotlines_leader_waives_a_letter_and_says_why(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters, recorded: Recorded
) -> None:
    code = await late(hands, timers, still_clock)
    for nobody in (LAN, OFFICER, HEAD):
        with pytest.raises(Forbidden):
            await hands.move(code, nobody, "waive-letter", reason="Người báo không để lại địa chỉ.")
    ticket = await hands.move(code, HOA, "waive-letter", reason="Người báo không để lại địa chỉ.")
    waived = await letters.one(code)
    assert (waived.state, waived.waived_by) == (LetterState.WAIVED, HOA.name)
    assert ticket.deadline("apology_sent").ended == "dropped"
    await answered_late(hands, code)
    assert await letters.one(code) == waived


async def answered_late(hands: Hands, code: str) -> None:
    """From an accepted ticket to the citizen."""
    await hands.move(code, OFFICER, "draft", text="Xong.")
    await hands.move(code, HEAD, "approve")
    await hands.move(code, LAN, "tell", how="phone")


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


async def test_a_second_late_round_owes_a_second_letter_but_not_beside_an_open_one(
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
    assert [each.round for each in await letters.of(code)] == [0, 1]


async def test_of_two_who_decide_about_one_letter_one_wins_and_the_other_is_told(
    hands: Hands, timers: Timers, still_clock: StillClock, letters: Letters
) -> None:
    code = await late(hands, timers, still_clock)
    await hands.move(code, OFFICER, "draft-letter")
    results = await asyncio.gather(
        hands.move(code, HEAD, "approve-letter"),
        hands.move(code, SECOND_HEAD, "send-back-letter", reason="Viết lại."),
        return_exceptions=True,
    )
    (told,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(told, Refused)
    assert "nên không thể" in str(told)
    assert (await letters.one(code)).state in (LetterState.APPROVED, LetterState.OWED)


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
