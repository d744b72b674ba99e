"""What real tickets count for, from what people and time did to them: whose it was, in which month, and what it never is."""

import asyncio
from datetime import timedelta

import pytest

from hotline1022.base.access import MACHINE
from hotline1022.base.errors import Refused
from surveys.points import HOTLINE, Point
from tests.scores.conftest import Counted
from tests.tickets.conftest import HOA, LAN, Hands, StillClock, approver, officer
from tests.tickets.test_appointments import booked
from tests.tickets.test_life import COMMUNE, HEAD, OFFICER, answered, opened, routed
from tests.tickets.test_timers import civil
from tickets.timers import Timers

OTHER = "so-xay-dung"


async def surveyed(hands: Hands, code: str, mark: int = 5, mode: str = "ivr", **said: object) -> None:
    """The citizen answers the whole survey."""
    told = {"disposition": "completed", "mode": mode, "wording": "v1", "answers": {"resolved": 1, "satisfaction": mark}}
    await hands.move(code, MACHINE, "survey", **(told | said))


async def test_an_answer_in_time_and_a_satisfied_citizen_count_for_the_agency(hands: Hands, counted: Counted) -> None:
    code = await routed(hands)
    await answered(hands, code)
    assert await counted.of(COMMUNE) == {"received": 1, "due": 1, "on_time": 1, "answered": 1, "publishable": 1}
    await surveyed(hands, code, 5)
    found = await counted.figures(COMMUNE)
    assert (found.n, found.satisfied, found.csat, found.response_rate) == (1, 1, 1.0, 1.0)
    assert (found.composite, found.band, found.rank) == (None, "chưa đủ mẫu", None)
    assert found.explanation == (
        "UBND phường Cao Lãnh chưa đủ mẫu: có 1 trả lời khảo sát, cần ít nhất 30 mới cho điểm và xếp loại; "
        "hãy xem kỳ dài hơn."
    )


async def test_an_overdue_ticket_counts_against_the_agency_while_it_is_open_and_once_when_it_is_answered(
    hands: Hands, counted: Counted, timers: Timers, still_clock: StillClock
) -> None:
    code = await routed(hands)
    await hands.move(code, OFFICER, "accept")
    assert "due" not in await counted.of(COMMUNE), "nothing is due yet"
    still_clock.instant = civil("11-30T09:00")
    await timers.tick()
    late = {"received": 1, "due": 1, "dissatisfied_or_late": 1}
    assert await counted.of(COMMUNE) == late
    still_clock.instant = civil("12-01T09:00")
    await hands.move(code, OFFICER, "draft", text="Đã thay bóng đèn.")
    await hands.move(code, HEAD, "approve")
    await hands.move(code, LAN, "tell", how="phone")
    counts = await counted.counts()
    assert counts[Point(COMMUNE, "2026-11", "due")] == 1, "the month of its due time"
    assert Point(COMMUNE, "2026-11", "on_time") not in counts
    assert counts[Point(COMMUNE, "2026-12", "answered")] == 1, "the month in which the citizen was told"


async def test_what_fell_due_at_the_hotline_is_the_hotlines(
    hands: Hands, counted: Counted, timers: Timers, still_clock: StillClock
) -> None:
    ticket = await opened(hands)
    still_clock.instant = ticket.due + timedelta(hours=1)
    await timers.tick()
    assert await counted.of(HOTLINE) == {"due": 1, "dissatisfied_or_late": 1}
    await hands.move(ticket.code, LAN, "classify", topic="giao-thong", place="29869")
    await hands.move(ticket.code, LAN, "route")
    await answered(hands, ticket.code)
    assert await counted.of(COMMUNE) == {"received": 1, "answered": 1, "publishable": 1}
    assert await counted.of(HOTLINE) == {"due": 1, "dissatisfied_or_late": 1}


async def test_what_an_operator_answers_at_once_is_the_hotlines_too(hands: Hands, counted: Counted) -> None:
    ticket = await opened(hands)
    await hands.move(ticket.code, LAN, "answer-at-once", text="Sáng mai có đội sửa.")
    await surveyed(hands, ticket.code, 4)
    assert await counted.of(COMMUNE) == {}
    mine = await counted.of(HOTLINE)
    assert (mine["answered"], mine["on_time"], mine["mark-4"]) == (1, 1, 1)
    (line,) = (await counted.scores(agency=HOTLINE)).scores
    assert (line.agency_name, line.rank, line.n) == ("Tổng đài 1022", None, 1)


async def test_who_had_the_ticket_when_it_fell_due_was_late_whoever_answers_it(
    hands: Hands, counted: Counted, timers: Timers, still_clock: StillClock
) -> None:
    code = await routed(hands)
    due = (await hands.move(code, OFFICER, "accept")).due
    still_clock.instant = due + timedelta(hours=1)
    await timers.tick()
    await hands.move(code, HOA, "recall", reason="giao nhầm")
    await hands.move(code, LAN, "route", agency=OTHER, reason="đường tỉnh")
    for who, name, said in (
        (officer(OTHER), "accept", {}),
        (officer(OTHER), "draft", {"text": "Đã vá."}),
        (approver(OTHER), "approve", {}),
        (LAN, "tell", {"how": "phone"}),
    ):
        await hands.move(code, who, name, **said)
    await surveyed(hands, code, 2)
    first, second = await counted.of(COMMUNE), await counted.of(OTHER)
    assert (first["due"], first.get("on_time", 0), first.get("answered", 0)) == (1, 0, 0)
    assert (second.get("due", 0), second["answered"], second["mark-2"]) == (0, 1, 1)


async def test_a_late_promise_that_has_time_again_is_not_late_any_more(
    hands: Hands, counted: Counted, timers: Timers, still_clock: StillClock
) -> None:
    code = await routed(hands)
    due = (await hands.move(code, OFFICER, "accept")).due
    still_clock.instant = due + timedelta(hours=1)
    await timers.tick()
    assert (await counted.of(COMMUNE))["due"] == 1
    after = await hands.move(code, LAN, "ask-cooperation", agencies=["dien-luc"], reason="Cột điện.")
    assert after.due > still_clock.now(), "several agencies have more time"
    assert "due" not in await counted.of(COMMUNE)
    await hands.move(code, OFFICER, "draft", text="Đã thay bóng đèn.")
    await hands.move(code, HEAD, "approve")
    await hands.move(code, LAN, "tell", how="phone")
    found = await counted.of(COMMUNE)
    assert (found["due"], found["on_time"]) == (1, 1)


async def test_reopening_counts_against_the_answer_and_hands_the_ticket_over_anew(
    hands: Hands, counted: Counted, still_clock: StillClock
) -> None:
    code = await routed(hands)
    await answered(hands, code)
    await surveyed(hands, code, 1, answers={"resolved": 3, "satisfaction": 1})
    still_clock.instant = civil("12-01T09:00")
    await hands.move(code, LAN, "reopen", reason="Đèn lại tắt.")
    counts = await counted.counts()
    assert counts[Point(COMMUNE, "2026-11", "reopened")] == 1, "the month of the answer that did not last"
    assert counts[Point(COMMUNE, "2026-12", "received")] == 1
    assert counts[Point(COMMUNE, "2026-11", "unsolved", "ivr")] == 1
    assert counts[Point(COMMUNE, "2026-11", "dissatisfied_or_late", "ivr")] == 1
    assert Point(COMMUNE, "2026-11", "publishable") not in counts
    await answered(hands, code)
    await surveyed(hands, code, 5, round=1)
    found = await counted.of(COMMUNE)
    assert (found["answered"], found["eligible"], found["mark-1"], found["mark-5"], found["publishable"]) == (
        2,
        2,
        1,
        1,
        1,
    )


async def test_what_a_citizen_said_while_the_ticket_was_reopened_counts_for_the_answer_it_was_about(
    hands: Hands, counted: Counted
) -> None:
    code = await routed(hands)
    with pytest.raises(Refused, match="chưa được trả lời"):
        await surveyed(hands, code, 5)
    await answered(hands, code)
    await hands.move(code, LAN, "reopen", reason="Đèn lại tắt.")
    with pytest.raises(Refused, match="chưa được trả lời lần 2"):
        await surveyed(hands, code, 5, round=1)
    ticket = await hands.move(code, OFFICER, "accept")
    await surveyed(hands, code, 2, round=0)
    assert (await hands.desk.find(code)).stage == ticket.stage  # type: ignore[union-attr]
    found = await counted.of(COMMUNE)
    assert (found["mark-2"], found["answered"], found["reopened"]) == (1, 1, 1)


async def test_returns_extensions_and_objections_are_those_of_the_agency_they_happened_to(
    hands: Hands, counted: Counted, timers: Timers, still_clock: StillClock
) -> None:
    code = await routed(hands)
    still_clock.advance(hours=8)
    await timers.tick()
    await hands.move(code, OFFICER, "return", reason="Đường này của Sở Xây dựng.")
    await hands.move(code, LAN, "route", agency=OTHER, reason="đường tỉnh")
    await hands.move(code, officer(OTHER), "accept")
    await hands.move(code, officer(OTHER), "ask-extension", amount="1wd", reason="chờ vật tư")
    await hands.move(code, approver(OTHER), "grant-extension")
    await hands.move(code, officer(OTHER), "draft", text="Đang làm.")
    await hands.move(code, approver(OTHER), "approve")
    await hands.move(code, HOA, "object", reason="chưa trả lời đúng việc")
    await hands.move(code, officer(OTHER), "draft", text="Đã vá xong.")
    await hands.move(code, approver(OTHER), "approve")
    await hands.move(code, LAN, "tell", how="phone")
    assert await counted.of(COMMUNE) == {"received": 1, "returned": 1, "accepted_late": 1}
    found = await counted.of(OTHER)
    assert {name: found.get(name) for name in ("received", "returned", "extended", "objected", "on_time")} == {
        "received": 1, "returned": None, "extended": 1, "objected": 1, "on_time": 1,
    }  # fmt: skip


async def test_a_letter_counts_when_it_was_sent_or_should_have_been(
    hands: Hands, counted: Counted, timers: Timers, still_clock: StillClock
) -> None:
    codes = [await routed(hands, f"l{number}") for number in range(3)]
    for code in codes:
        await hands.move(code, OFFICER, "accept")
    still_clock.instant = civil("11-27T18:00")
    await timers.tick()
    assert "letters_owed" not in await counted.of(COMMUNE), "there is still time to send them"
    await hands.move(codes[0], OFFICER, "draft-letter")
    await hands.move(codes[0], HEAD, "approve-letter")
    await hands.move(codes[0], LAN, "send-letter", how="post")
    await hands.move(codes[1], HOA, "waive-letter", reason="đã xin lỗi trực tiếp")
    still_clock.instant = civil("12-03T09:00")
    await timers.tick()
    found = await counted.of(COMMUNE, "2026-12")
    assert (found["letters_owed"], found["letters_on_time"]) == (2, 1)


@pytest.mark.parametrize(("fault", "kept"), [("agency", (0, 1)), ("citizen", (1, 1)), ("other", (0, 0))])
async def test_a_missed_visit_counts_by_whose_fault_it_was(
    hands: Hands, counted: Counted, still_clock: StillClock, fault: str, kept: tuple[int, int]
) -> None:
    code = await booked(hands)
    ticket = await hands.desk.find(code)
    assert ticket is not None
    still_clock.instant = civil("11-26T18:00")
    await hands.move(code, LAN, "missed-visit", fault=fault, reason="không ai ở nhà")
    found = await counted.of(ticket.agency)
    assert (found.get("visits_kept", 0), found.get("visits_due", 0)) == kept


async def test_what_was_published_counts_until_it_is_withdrawn(hands: Hands, counted: Counted) -> None:
    code = await routed(hands)
    await answered(hands, code)
    await hands.move(code, HOA, "publish", question="Đèn tắt?", answer="Đã thay bóng đèn.")
    assert (await counted.of(COMMUNE))["published"] == 1
    await hands.move(code, HOA, "unpublish", reason="viết lại")
    assert "published" not in await counted.of(COMMUNE)


async def test_of_a_complaint_nothing_is_counted_for_any_agency(hands: Hands, counted: Counted) -> None:
    code = await routed(hands)
    assert (await counted.of(COMMUNE))["received"] == 1
    await hands.move(code, LAN, "divert", kind="complaint")
    assert await counted.of(COMMUNE) == {}
    await hands.move(code, HOA, "restore", topic="giao-thong", reason="không phải khiếu nại")
    assert (await counted.of(COMMUNE))["received"] == 1


async def test_a_merged_ticket_counts_for_who_answered_both(hands: Hands, counted: Counted) -> None:
    main = await routed(hands, "main")
    await hands.move(main, HOA, "recall", reason="giao nhầm")
    await hands.move(main, LAN, "route", agency=OTHER, reason="đường tỉnh")
    same = await routed(hands, "same")
    await hands.move(same, LAN, "merge", into=main)
    for who, name, said in (
        (officer(OTHER), "accept", {}),
        (officer(OTHER), "draft", {"text": "Đã vá."}),
        (approver(OTHER), "approve", {}),
        (LAN, "tell", {"how": "phone"}),
    ):
        await hands.move(main, who, name, **said)
    found = await counted.of(OTHER)
    assert (found["answered"], found["on_time"], found["publishable"]) == (2, 2, 1)
    assert "answered" not in await counted.of(COMMUNE)


async def test_what_operators_hear_is_shown_beside_and_never_mixed_in_unasked(hands: Hands, counted: Counted) -> None:
    for number, (mode, mark) in enumerate((("ivr", 2), ("link", 4), ("operator", 5), ("operator", 5))):
        code = await routed(hands, f"m{number}")
        await answered(hands, code)
        await surveyed(hands, code, mark, mode)
    plain = await counted.figures(COMMUNE)
    assert (plain.n, plain.satisfied) == (2, 1)
    assert {each.mode: (each.n, each.satisfied) for each in plain.by_mode} == {
        "ivr": (1, 0), "link": (1, 1), "operator": (2, 2),
    }  # fmt: skip
    whole = await counted.scores(mode=("ivr", "link", "operator"))
    assert (whole.modes, whole.scores[0].n, whole.scores[0].satisfied) == (("ivr", "link", "operator"), 4, 3)
    assert (plain.decision_766.on_time, plain.decision_766.content) == (100.0, 75.0), "three of four said nothing bad"


async def test_two_who_count_one_ticket_at_once_count_it_once(hands: Hands, counted: Counted) -> None:
    codes = [await routed(hands, f"t{number}") for number in range(4)]
    for code in codes:
        await answered(hands, code)
    await asyncio.gather(*(counted.recount.recount(code) for code in codes * 4), counted.recount.rebuild())
    assert (await counted.of(COMMUNE))["answered"] == 4
    assert await counted.recount.rebuild() == []
