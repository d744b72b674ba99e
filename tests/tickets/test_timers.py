"""What time does to tickets: each step once, under its own instant, also after a standstill; and what a changed calendar moves."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotline1022.base.db import Database
from hotline1022.base.errors import Refused
from tests.tickets.conftest import HOA, LAN, MOVE, Hands, Recorded, StillClock
from tests.tickets.test_life import COMMUNE, HEAD, OFFICER, answered, opened, routed
from tickets.events import DeadlineBreached, DeadlineMoved, DeadlineWarned, TicketEscalated, TicketMoved
from tickets.handling import Handling
from tickets.model import Stage
from tickets.replanning import Replanning
from tickets.rules import StandingRules
from tickets.timers import Timers


def civil(text: str) -> datetime:
    """An instant written as people in Vietnam say it."""
    return datetime.fromisoformat(f"2026-{text}:00+07:00")


async def test_a_late_answer_is_warned_breached_and_escalated_to_the_named_chain(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await routed(hands)
    ticket = await hands.move(code, OFFICER, "accept")
    due = ticket.due
    assert due == civil("11-27T17:00")
    still_clock.instant = due - timedelta(minutes=1)
    assert await timers.tick() == 1
    (warned,) = [event for event in recorded.events if isinstance(event, DeadlineWarned)]
    assert (warned.clock, warned.at) == ("answer", civil("11-27T11:00"))
    still_clock.instant = due + timedelta(days=10)
    await timers.tick()
    breaches = [event for event in recorded.events if isinstance(event, DeadlineBreached)]
    assert {event.clock: event.at for event in breaches}["answer"] == due
    raised = [event for event in recorded.events if isinstance(event, TicketEscalated) and event.clock == "answer"]
    assert [(event.to, event.at, event.level) for event in raised] == [
        ("agency_head", civil("11-30T07:30"), 2),
        ("ttpvhcc", civil("11-30T17:00"), 2),
        ("vp-ubnd", civil("12-02T17:00"), 3),
    ]
    assert raised[0].to_name.startswith("Chủ tịch")
    found = await hands.desk.find(code)
    assert found is not None
    assert found.level == 3
    assert {each.clock for each in found.deadlines if each.running} >= {"answer", "progress", "apology_sent"}


async def test_nothing_fires_twice_however_often_and_from_wherever_the_time_is_looked_at(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    for number in range(5):
        await opened(hands, f"t{number}")
    still_clock.advance(days=30)
    await asyncio.gather(*(timers.tick() for _ in range(4)))
    await timers.tick()
    breaches = [event for event in recorded.events if isinstance(event, DeadlineBreached)]
    assert len({(event.code, event.clock, event.due) for event in breaches}) == len(breaches)
    assert (
        sorted(event.clock for event in breaches if event.clock in ("classify", "answer"))
        == ["answer"] * 5 + ["classify"] * 5
    )
    before = len(recorded.events)
    assert await timers.tick() == 0
    assert len(recorded.events) == before


async def test_after_a_standstill_each_step_is_recorded_under_its_own_instant(
    hands: Hands, timers: Timers, still_clock: StillClock
) -> None:
    code = await routed(hands)
    still_clock.advance(days=20)
    await timers.tick()
    journal = [entry for entry in await hands.desk.history(code) if entry.actor == "machine" and entry.what != "opened"]
    assert [entry.at for entry in journal] == sorted(entry.at for entry in journal)
    assert all(entry.at < still_clock.now() for entry in journal)
    breached = {entry.details["clock"]: entry.at for entry in journal if entry.what == "breached"}
    assert breached["accept"] == civil("11-23T15:00")
    assert breached["answer"] == civil("11-27T17:00")


async def test_what_was_due_is_recorded_also_when_somebody_moves_the_ticket_before_the_timers_look(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await routed(hands)
    await hands.move(code, OFFICER, "accept")
    due = (await hands.move(code, OFFICER, "draft", text="Xong.")).due
    still_clock.instant = due + timedelta(hours=16)
    ticket = await hands.move(code, HEAD, "approve")
    assert (ticket.stage, ticket.deadline("answer").breached_at) == (Stage.APPROVED, due)
    (late,) = [event for event in recorded.events if isinstance(event, DeadlineBreached)]
    assert (late.clock, late.at) == ("answer", due)
    assert [entry.actor for entry in await hands.desk.history(code)][-1] == HEAD.name
    assert await timers.tick() == 0


async def test_a_limit_that_has_passed_comes_before_the_move_that_is_late(
    hands: Hands, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await routed(hands)
    await hands.move(code, OFFICER, "accept")
    ticket = await hands.move(code, OFFICER, "ask-citizen", question="Trụ số mấy?")
    still_clock.instant = (limit := ticket.deadline("information").due) + timedelta(hours=1)
    with pytest.raises(Refused, match="“đang xử lý” nên không thể xử lý tiếp"):
        await hands.move(code, OFFICER, "resume")
    drafted = await hands.move(code, OFFICER, "draft", text="Xong.")
    assert (drafted.stage, drafted.stops[0].end) == (Stage.DRAFTED, limit)
    moved = [(event.previous, event.stage) for event in recorded.events if isinstance(event, TicketMoved)]
    assert moved[-2:] == [(Stage.WAITING, Stage.HANDLING), (Stage.HANDLING, Stage.DRAFTED)]


async def test_a_promise_that_moves_and_is_broken_again_asks_for_one_letter(
    hands: Hands, timers: Timers, still_clock: StillClock
) -> None:
    code = await routed(hands)
    due = (await hands.move(code, OFFICER, "accept")).due
    still_clock.instant = due + timedelta(hours=1)
    await timers.tick()
    ticket = await hands.move(code, LAN, "ask-cooperation", agencies=["dien-luc"], reason="Cột điện.")
    assert ticket.deadline("answer").breached_at is None
    still_clock.instant = ticket.due + timedelta(hours=1)
    await timers.tick()
    late = await hands.desk.find(code)
    assert late is not None
    assert late.deadline("answer").breached_at == ticket.due
    assert [each.clock for each in late.deadlines].count("apology_sent") == 1


async def test_an_answer_in_time_leaves_nothing_to_warn_of(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await routed(hands)
    closing = (await answered(hands, code)).deadline("close").due
    still_clock.instant = closing + timedelta(days=1)
    assert await timers.tick() == 1
    ticket = await hands.desk.find(code)
    assert ticket is not None
    assert (ticket.stage, ticket.closed_at) == (Stage.CLOSED, closing)
    assert not {"DeadlineWarned", "DeadlineBreached"} & set(recorded.names())


async def test_waiting_for_the_citizen_has_a_limit(hands: Hands, timers: Timers, still_clock: StillClock) -> None:
    code = await routed(hands)
    await hands.move(code, OFFICER, "accept")
    limit = (await hands.move(code, OFFICER, "ask-citizen", question="Trụ số mấy?")).deadline("information").due
    still_clock.instant = limit - timedelta(minutes=1)
    assert await timers.tick() == 0
    still_clock.instant = limit + timedelta(days=1)
    await timers.tick()
    ticket = await hands.desk.find(code)
    assert ticket is not None
    assert ticket.stage == Stage.HANDLING
    assert ticket.stops[0].end == limit
    assert ticket.deadline("answer").due > limit


async def test_progress_is_asked_for_again_while_an_answer_is_late(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await routed(hands)
    due = (await hands.move(code, OFFICER, "accept")).due
    still_clock.instant = due + timedelta(hours=1)
    await timers.tick()
    await hands.move(code, OFFICER, "progress", text="Đang chờ vật tư.")
    still_clock.advance(days=14)
    await timers.tick()
    late = [event for event in recorded.events if isinstance(event, DeadlineBreached) and event.clock == "progress"]
    assert [event.party for event in late] == [COMMUNE]


async def test_a_merged_ticket_does_not_remind_the_agency_a_second_time(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    main, other = await routed(hands), (await opened(hands, "other")).code
    await hands.move(other, LAN, "merge", into=main)
    still_clock.advance(days=20)
    await timers.tick()
    assert {event.code for event in recorded.events if isinstance(event, DeadlineBreached)} == {main}


async def test_a_changed_calendar_moves_open_tickets_and_says_which(
    hands: Hands, database: Database, still_clock: StillClock, recorded: Recorded, tmp_path: Path
) -> None:
    open_one, closed_one = await routed(hands), await routed(hands, "closed")
    await answered(hands, closed_one)
    await hands.move(closed_one, HOA, "close")
    (tmp_path / "official-days.yaml").write_text(
        "version: 2\ndecided_through: 2026\ndays:\n"
        '  - {date: 2026-11-26, working: false, reason: "nghỉ bão", source: "Công điện 1"}\n',
        encoding="utf-8",
    )
    replanning = Replanning(database, still_clock, StandingRules(tmp_path), recorded)
    tried = await replanning.replan(try_only=True)
    assert [(moved.code, moved.clock) for moved in tried] == [(open_one, "answer")]
    before = await hands.desk.find(closed_one)
    moved = await replanning.replan()
    assert moved == tried
    assert (moved[0].before, moved[0].after) == (civil("11-27T17:00"), civil("11-30T17:00"))
    assert "26/11 nghỉ bão" in moved[0].reason
    ticket = await hands.desk.find(open_one)
    assert ticket is not None
    assert ticket.due == moved[0].after
    assert "official-2" in ticket.deadline("answer").calendar
    after = await hands.desk.find(closed_one)
    assert before is not None
    assert after is not None
    assert after.deadline("answer") == before.deadline("answer")
    assert len([event for event in recorded.events if isinstance(event, DeadlineMoved)]) == 1
    assert (await hands.desk.history(open_one))[-1].what == "replanned"
    assert await replanning.replan() == []


async def test_a_changed_calendar_wakes_no_reminder_of_a_merged_ticket(
    *, hands: Hands, timers: Timers, database: Database, still_clock: StillClock, recorded: Recorded, tmp_path: Path
) -> None:
    main, other = await routed(hands), await routed(hands, "other")
    still_clock.instant = civil("11-28T09:00")
    await timers.tick()
    await hands.move(other, LAN, "merge", into=main)
    (tmp_path / "official-days.yaml").write_text(
        "version: 2\ndecided_through: 2026\ndays:\n"
        '  - {date: 2026-11-27, working: false, reason: "nghỉ bão", source: "Công điện 1"}\n',
        encoding="utf-8",
    )
    moved = await Replanning(database, still_clock, StandingRules(tmp_path), recorded).replan()
    assert {(each.code, each.after) for each in moved if each.clock == "answer"} == {
        (main, civil("11-30T17:00")), (other, civil("11-30T17:00")),
    }  # fmt: skip
    still_clock.instant = civil("12-05T09:00")
    await timers.tick()
    late = [event.code for event in recorded.events if isinstance(event, DeadlineBreached) and event.clock == "answer"]
    assert (late.count(main), late.count(other)) == (2, 1)


async def test_of_two_officers_who_move_one_ticket_at_once_one_wins_and_the_other_is_told(
    hands: Hands, handling: Handling
) -> None:
    code = await routed(hands)
    ticket = await hands.desk.find(code)
    assert ticket is not None
    accept, give_back = (
        MOVE.validate_python({"move": "accept"}),
        MOVE.validate_python({"move": "return", "reason": "Nhầm."}),
    )
    results = await asyncio.gather(
        handling.make(code, accept, OFFICER, version=ticket.version),
        handling.make(code, give_back, HEAD, version=ticket.version),
        return_exceptions=True,
    )
    (told,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(told, Refused)
    assert "vừa được người khác" in str(told)
    assert len(await hands.desk.history(code)) == 4


async def test_what_was_due_before_a_move_happens_before_it_though_nobody_looked_at_the_time(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await routed(hands)
    due = (await hands.move(code, OFFICER, "accept")).due
    still_clock.instant = due + timedelta(days=1)
    await hands.move(code, OFFICER, "draft", text="Đã thay bóng đèn.")
    await hands.move(code, HEAD, "approve")
    breaches = [event for event in recorded.events if isinstance(event, DeadlineBreached) and event.clock == "answer"]
    assert [event.at for event in breaches] == [due]
    entries = [entry for entry in await hands.desk.history(code) if entry.what in ("warned", "breached", "drafted")]
    assert [(entry.what, entry.actor) for entry in entries] == [
        ("warned", "machine"),
        ("breached", "machine"),
        ("drafted", OFFICER.name),
    ]
    await timers.tick()
    assert len([event for event in recorded.events if isinstance(event, DeadlineBreached)]) == len(breaches)


async def test_a_move_that_comes_after_the_ticket_closed_by_itself_is_told_so(
    hands: Hands, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await routed(hands)
    closing = (await answered(hands, code)).deadline("close").due
    still_clock.instant = closing + timedelta(hours=1)
    with pytest.raises(Refused, match="“đã đóng” nên không thể đóng phiếu"):
        await hands.move(code, HOA, "close")
    ticket = await hands.desk.find(code)
    assert ticket is not None
    assert ticket.stage == Stage.ANSWERED
    ticket = await hands.move(code, LAN, "note", text="Người dân cảm ơn.")
    assert (ticket.stage, ticket.closed_at) == (Stage.CLOSED, closing)


async def test_an_urgent_report_at_night_has_its_clocks_at_once(hands: Hands, still_clock: StillClock) -> None:
    night = datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    still_clock.instant = night
    ticket = await opened(hands, urgent=True, taken_at=night)
    assert ticket.deadline("classify").due == night + timedelta(minutes=5)
    assert ticket.deadline("respond").due == night + timedelta(hours=2)
    await hands.move(ticket.code, HOA, "classify", topic="giao-thong", place="29869")
    ticket = await hands.move(ticket.code, HOA, "route")
    assert ticket.deadline("accept").due == night + timedelta(minutes=30)
