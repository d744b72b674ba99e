"""Home appointments: a window is a promise that is confirmed, reminded of once, kept, moved, missed or called off."""

import asyncio
from typing import Any

import pytest

from hotline1022.base.access import Actor, Role
from hotline1022.base.errors import Forbidden, NotFound, Refused
from tests.tickets.conftest import HOA, LAN, Hands, Recorded, StillClock, Visits, approver, officer
from tests.tickets.test_life import opened
from tests.tickets.test_timers import civil
from tickets.appointments.model import VisitState
from tickets.events import (
    DeadlineBreached,
    DeadlineWarned,
    TicketAnswered,
    TicketEscalated,
    VisitReminder,
)
from tickets.model import Stage, Ticket
from tickets.timers import Timers

CENTRE = "ttpvhcc"
OFFICER, HEAD = officer(CENTRE), approver(CENTRE)
CITIZEN = Actor(name="citizen", role=Role.CITIZEN)
WINDOW = {"starts": civil("11-26T08:00"), "ends": civil("11-26T10:00")}
SAID: dict[str, Any] = {"procedure": "Chứng thực chữ ký", "address": "Số 5, ấp Trung, xã Thường Phước"}


async def asked(hands: Hands, key: str = "v1", **values: object) -> Ticket:
    """What key 5 of the menu opens: a ticket with nothing but a recording."""
    return await opened(hands, key, **{"topic": "hen-tai-nha", "place": None, "call": key} | values)


async def booked(hands: Hands, key: str = "v1", **window: object) -> str:
    """A window for a ticket that the agency has accepted."""
    code = (await asked(hands, key)).code
    await hands.move(code, LAN, "book", **SAID, **WINDOW | window)
    await hands.move(code, LAN, "classify", topic="hen-tai-nha")
    await hands.move(code, LAN, "route")
    await hands.move(code, OFFICER, "accept")
    return code


async def test_a_visit_is_booked_confirmed_reminded_of_and_done(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded, visits: Visits
) -> None:
    code = await booked(hands)
    ticket = await hands.move(code, OFFICER, "confirm-visit")
    promise = ticket.deadline("visit")
    assert (promise.party, promise.due, promise.target) == (CENTRE, civil("11-26T10:00"), "at")
    assert promise.explanation == (
        "Trung tâm Phục vụ hành chính công tỉnh đến nhà từ 08:00 đến 10:00 ngày 26/11/2026, như đã hẹn với người dân."
    )
    still_clock.instant = civil("11-26T07:00")
    await timers.tick()
    (reminder,) = [event for event in recorded.events if isinstance(event, VisitReminder)]
    assert (reminder.at, reminder.agency, reminder.starts, reminder.confirmed) == (
        civil("11-25T08:00"),
        CENTRE,
        WINDOW["starts"],
        True,
    )
    still_clock.instant = civil("11-26T09:10")
    ticket = await hands.move(code, OFFICER, "visited", text="Đã chứng thực, trả kết quả tại chỗ.")
    assert (ticket.stage, ticket.outcome, ticket.told_how) == (Stage.ANSWERED, "answered", "person")
    assert (ticket.deadline("visit").ended, ticket.deadline("answer").ended) == ("met", "met")
    assert (await visits.one(code)).state is VisitState.DONE
    (told,) = [event for event in recorded.events if isinstance(event, TicketAnswered)]
    assert (told.outcome, told.on_time) == ("answered", True)
    whats = [entry.what for entry in await hands.desk.history(code)]
    assert [what for what in whats if what.startswith("visit")] == [
        "visit-booked",
        "visit-confirmed",
        "visit-reminded",
        "visited",
    ]


async def test_a_reminder_comes_once_however_often_the_time_is_looked_at(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    for number in range(3):
        await booked(hands, f"v{number}")
    still_clock.instant = civil("11-25T12:00")
    await asyncio.gather(*(timers.tick() for _ in range(4)))
    await timers.tick()
    assert recorded.names().count("VisitReminder") == 3
    assert not [event for event in recorded.events if isinstance(event, DeadlineWarned) and event.clock == "visit"]


async def test_a_visit_within_the_hour_needs_no_reminder(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded
) -> None:
    await booked(hands, starts=civil("11-23T10:00"), ends=civil("11-23T11:00"))
    still_clock.instant = civil("11-23T10:30")
    await timers.tick()
    assert "VisitReminder" not in recorded.names()


async def test_the_answer_waits_for_the_window_that_the_citizen_has_chosen(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded, visits: Visits
) -> None:
    code = await booked(hands, starts=civil("12-15T08:00"), ends=civil("12-15T10:00"))
    still_clock.instant = civil("12-15T09:00")
    await timers.tick()
    assert not [event for event in recorded.events if isinstance(event, DeadlineBreached) and event.clock == "answer"]
    ticket = await hands.move(code, OFFICER, "visited")
    assert ticket.deadline("answer").due > civil("12-15T10:00")
    (told,) = [event for event in recorded.events if isinstance(event, TicketAnswered)]
    assert told.on_time


async def test_a_window_in_which_nobody_came_is_a_breach_and_the_answer_is_due_again(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded, visits: Visits
) -> None:
    code = await booked(hands)
    still_clock.instant = civil("12-20T08:00")
    await timers.tick()
    breaches = {event.clock: event.at for event in recorded.events if isinstance(event, DeadlineBreached)}
    assert breaches["visit"] == civil("11-26T10:00")
    assert breaches["answer"] > civil("11-30T17:00")
    raised = [event for event in recorded.events if isinstance(event, TicketEscalated) and event.clock == "visit"]
    assert [event.to for event in raised] == ["agency_head", "ttpvhcc", "vp-ubnd"]
    ticket = await hands.move(code, OFFICER, "visited")
    assert ticket.stops[-1].end == civil("11-26T10:00")
    assert (ticket.deadline("visit").breached_at, ticket.deadline("visit").ended) == (civil("11-26T10:00"), "met")
    assert (await visits.one(code)).state is VisitState.DONE
    reasons = [entry.reason for entry in await hands.desk.history(code)]
    assert any(reason.endswith("đã đến nhà làm thủ tục sau khung giờ đã hẹn.") for reason in reasons)


async def test_a_moved_visit_counts_is_confirmed_anew_and_reminded_of_anew(
    hands: Hands, timers: Timers, still_clock: StillClock, recorded: Recorded, visits: Visits
) -> None:
    code = await booked(hands)
    await hands.move(code, OFFICER, "confirm-visit")
    still_clock.instant = civil("11-25T09:00")
    await timers.tick()
    ticket = await hands.move(
        code, LAN, "move-visit", starts=civil("11-30T14:00"), ends=civil("11-30T16:00"), reason="Người dân bận."
    )
    visit = await visits.one(code)
    assert (visit.state, visit.moved, visit.confirmed_by, visit.reminded_at) == (VisitState.BOOKED, 1, None, None)
    assert [each.ended for each in ticket.deadlines if each.clock == "visit"] == ["dropped", None]
    reason = (await hands.desk.history(code))[-1].reason
    assert reason.startswith("Dời lịch hẹn từ 08:00 đến 10:00 ngày 26/11/2026 (lần 1): Người dân bận.")
    still_clock.instant = civil("11-30T08:00")
    await timers.tick()
    reminders = [event for event in recorded.events if isinstance(event, VisitReminder)]
    assert [(event.at, event.confirmed) for event in reminders] == [
        (civil("11-25T08:00"), True),
        (civil("11-27T14:00"), False),
    ]
    assert "Cơ quan chưa xác nhận lịch hẹn này." in (await hands.desk.history(code))[-1].reason


async def test_a_missed_visit_says_because_of_whom(hands: Hands, still_clock: StillClock, visits: Visits) -> None:
    code = await booked(hands)
    with pytest.raises(Refused, match="Chưa đến giờ hẹn"):
        await hands.move(code, OFFICER, "missed-visit", fault="citizen", reason="Không có ai ở nhà.")
    still_clock.instant = civil("11-26T09:00")
    with pytest.raises(Refused, match="Khung giờ hẹn chưa hết"):
        await hands.move(code, OFFICER, "missed-visit", fault="agency", reason="Thiếu người.")
    ticket = await hands.move(code, OFFICER, "missed-visit", fault="citizen", reason="Không có ai ở nhà.")
    visit = await visits.one(code)
    assert (visit.state, visit.fault, ticket.deadline("visit").ended) == (VisitState.MISSED, "citizen", "met")
    assert ticket.stage is Stage.ACCEPTED
    assert ticket.deadline("answer").step_at is not None
    assert "do người dân vắng nhà hoặc đổi ý: Không có ai ở nhà." in (await hands.desk.history(code))[-1].reason
    await hands.move(code, OFFICER, "book", **SAID, starts=civil("11-27T08:00"), ends=civil("11-27T09:00"))
    assert [each.state for each in await visits.of(code)] == [VisitState.MISSED, VisitState.BOOKED]


async def test_a_visit_that_the_agency_missed_stays_breached(
    hands: Hands, timers: Timers, still_clock: StillClock, visits: Visits
) -> None:
    code = await booked(hands)
    still_clock.instant = civil("11-26T10:05")
    await timers.tick()
    ticket = await hands.move(code, LAN, "missed-visit", fault="agency", reason="Người dân gọi báo không ai đến.")
    promise = ticket.deadline("visit")
    assert (promise.breached_at, promise.ended) == (civil("11-26T10:00"), "dropped")
    assert (await visits.one(code)).fault == "agency"


async def test_a_citizen_books_and_cancels_before_an_agency_has_the_ticket(hands: Hands, visits: Visits) -> None:
    code = (await asked(hands)).code
    ticket = await hands.move(code, CITIZEN, "book", **SAID, **WINDOW)
    assert ticket.deadline("answer").step_at is None
    ticket = await hands.move(code, CITIZEN, "cancel-visit", reason="Tôi sẽ tự đến Trung tâm.")
    assert (await visits.one(code)).state is VisitState.CANCELLED
    assert ticket.deadline("visit").ended == "dropped"
    assert ticket.deadline("answer").step_at is not None
    assert "Người dân huỷ: Tôi sẽ tự đến Trung tâm." in (await hands.desk.history(code))[-1].reason


async def test_a_visit_takes_two_comings_where_papers_are_fetched_first(
    hands: Hands, still_clock: StillClock, visits: Visits
) -> None:
    code = await booked(hands)
    still_clock.instant = civil("11-26T09:00")
    ticket = await hands.move(code, OFFICER, "visited-partly", text="Đã nhận hồ sơ, sẽ trả kết quả.")
    assert (ticket.stage, ticket.outcome) == (Stage.HANDLING, None)
    await hands.move(code, OFFICER, "book", **SAID, starts=civil("12-01T08:00"), ends=civil("12-01T10:00"))
    still_clock.instant = civil("12-01T09:00")
    assert (await hands.move(code, OFFICER, "visited")).stage is Stage.ANSWERED
    assert [each.state for each in await visits.of(code)] == [VisitState.DONE, VisitState.DONE]


async def test_of_two_who_book_at_once_one_wins_and_the_other_is_told(hands: Hands, visits: Visits) -> None:
    code = (await asked(hands)).code
    results = await asyncio.gather(
        hands.move(code, LAN, "book", **SAID, **WINDOW),
        hands.move(code, HOA, "book", **SAID, starts=civil("11-27T08:00"), ends=civil("11-27T09:00")),
        return_exceptions=True,
    )
    (told,) = [result for result in results if isinstance(result, Exception)]
    assert isinstance(told, Refused)
    assert "đang có một lịch hẹn" in str(told)
    assert len(await visits.of(code)) == 1


async def test_only_those_whose_visit_it_is_move_it(hands: Hands) -> None:
    code = await booked(hands)
    with pytest.raises(NotFound):
        await hands.move(code, officer("so-y-te"), "confirm-visit")
    with pytest.raises(Forbidden):
        await hands.move(code, LAN, "confirm-visit")
    with pytest.raises(Forbidden):
        await hands.move(code, LAN, "visited")
    with pytest.raises(Refused, match="Chưa đến giờ hẹn"):
        await hands.move(code, OFFICER, "visited")
    await hands.move(code, OFFICER, "confirm-visit")
    with pytest.raises(Refused, match="đã xác nhận nên không thể xác nhận lịch hẹn"):
        await hands.move(code, OFFICER, "confirm-visit")
    await hands.move(code, OFFICER, "cancel-visit", reason="Người dân đã đến Trung tâm.")
    with pytest.raises(Refused, match="không có lịch hẹn nào"):
        await hands.move(code, OFFICER, "visited")
