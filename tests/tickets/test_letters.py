"""Letters of apology: owed once with the breach and by whom, written, signed, numbered and sent, also long after the answer."""

import asyncio
from datetime import datetime, timedelta

import pytest

from hotline1022.base.access import Actor
from hotline1022.base.errors import Forbidden, Refused
from tests.tickets.conftest import HOA, LAN, Hands, Letters, Recorded, StillClock
from tests.tickets.test_life import COMMUNE, HEAD, OFFICER, opened, routed
from tests.tickets.test_timers import civil
from tickets.dossier import Dossier
from tickets.events import DeadlineBreached, LetterOwed
from tickets.letters.model import LetterCause, LetterState
from tickets.timers import Timers

SECOND_HEAD = Actor(name="deputy", role=HEAD.role, agency=COMMUNE)
CENTRE = "ttpvhcc"


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
