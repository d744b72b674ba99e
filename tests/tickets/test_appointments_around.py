"""Home appointments and the ticket around them: which windows there may be, what else happens to the ticket, who is told what."""

from datetime import timedelta
from pathlib import Path

import pytest

from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, Invalid, NotFound, Refused
from tests.tickets.conftest import HOA, LAN, Hands, Recorded, StillClock, Visits, officer
from tests.tickets.test_appointments import HEAD, OFFICER, SAID, WINDOW, asked, booked
from tests.tickets.test_timers import civil
from tickets.appointments.model import VisitState
from tickets.appointments.window import check_window
from tickets.events import (
    DeadlineMoved,
)
from tickets.replanning import Replanning
from tickets.rules import StandingRules


async def test_the_visit_goes_with_the_ticket_to_another_agency(hands: Hands, visits: Visits) -> None:
    code = await booked(hands)
    await hands.move(code, OFFICER, "confirm-visit")
    await hands.move(code, HOA, "recall", reason="Bưu điện đến nhà người dân.")
    ticket = await hands.move(code, LAN, "route", agency="buu-dien", reason="Bưu điện đến nhà người dân")
    visit = await visits.one(code)
    assert (visit.agency, visit.state, ticket.deadline("visit").party) == ("buu-dien", VisitState.BOOKED, "buu-dien")
    assert ticket.deadline("answer").step_at is None
    with pytest.raises(NotFound):
        await hands.move(code, OFFICER, "confirm-visit")
    await hands.move(code, officer("buu-dien"), "accept")
    await hands.move(code, officer("buu-dien"), "confirm-visit")


async def test_a_changed_calendar_leaves_a_visit_where_it_was_agreed(
    hands: Hands, database: Database, still_clock: StillClock, recorded: Recorded, tmp_path: Path
) -> None:
    code = await booked(hands)
    before = (await hands.move(code, OFFICER, "confirm-visit")).deadline("visit")
    (tmp_path / "official-days.yaml").write_text(
        "version: 2\ndecided_through: 2026\ndays:\n"
        '  - {date: 2026-11-26, working: false, reason: "nghỉ bão", source: "Công điện 1"}\n',
        encoding="utf-8",
    )
    replanning = Replanning(database, still_clock, StandingRules(tmp_path), recorded)
    assert "visit" not in {moved.clock for moved in await replanning.replan()}
    ticket = await hands.desk.find(code)
    assert ticket is not None
    after = ticket.deadline("visit")
    assert (after.due, after.step, after.step_at) == (before.due, before.step, before.step_at)
    assert ticket.deadline("answer").step_at is None
    assert not [event for event in recorded.events if isinstance(event, DeadlineMoved) and event.clock == "visit"]
    assert await replanning.replan() == []


async def test_asking_the_citizen_meanwhile_does_not_let_the_clock_run_before_the_visit(
    hands: Hands, still_clock: StillClock
) -> None:
    code = await booked(hands)
    await hands.move(code, OFFICER, "ask-citizen", question="Bác có bản chính không?")
    ticket = await hands.move(code, OFFICER, "resume", text="Có.")
    assert ticket.deadline("answer").step_at is None
    assert [stop.end for stop in ticket.stops] == [None]
    still_clock.instant = civil("11-26T09:00")
    ticket = await hands.move(code, OFFICER, "visited")
    assert [stop.end for stop in ticket.stops] == [civil("11-26T09:00")]


async def test_cancelling_while_the_citizen_is_asked_leaves_the_clock_standing(hands: Hands) -> None:
    code = await booked(hands)
    await hands.move(code, OFFICER, "ask-citizen", question="Bác có bản chính không?")
    ticket = await hands.move(code, LAN, "cancel-visit", reason="Người dân tự đến.")
    assert ticket.deadline("answer").step_at is None
    ticket = await hands.move(code, OFFICER, "resume")
    assert ticket.deadline("answer").step_at is not None


async def test_nobody_comes_any_more_once_the_matter_went_another_way(hands: Hands, visits: Visits) -> None:
    answered_at_once = (await asked(hands, "v1")).code
    await hands.move(answered_at_once, LAN, "book", **SAID, **WINDOW)
    ticket = await hands.move(answered_at_once, LAN, "answer-at-once", text="Làm trực tuyến được.")
    assert not ticket.deadline("visit").running
    diverted = await booked(hands, "v2")
    ticket = await hands.move(diverted, LAN, "divert", kind="complaint")
    assert not any(each.running for each in ticket.deadlines)
    approved = await booked(hands, "v3")
    await hands.move(approved, OFFICER, "draft", text="Đã làm trực tuyến.")
    await hands.move(approved, HEAD, "approve")
    refused = await booked(hands, "v4")
    await hands.move(refused, HEAD, "refuse", reason="Không thuộc thủ tục tại nhà.", guidance="Đến Trung tâm.")
    for code in (answered_at_once, diverted, approved, refused):
        assert (await visits.one(code)).state is VisitState.CANCELLED


async def test_a_ticket_with_a_visit_is_not_merged(hands: Hands) -> None:
    main, code = (await asked(hands, "main")).code, await booked(hands)
    with pytest.raises(Refused, match="đang có lịch hẹn tại nhà"):
        await hands.move(code, LAN, "merge", into=main)


async def test_the_address_is_told_to_who_comes_and_to_nobody_else(hands: Hands, visits: Visits) -> None:
    code = await booked(hands)
    await hands.move(code, OFFICER, "ask-cooperation", agencies=["buu-dien"], reason="Mang kết quả đến nhà.")
    assert [each.address for each in await visits.of(code, OFFICER)] == [SAID["address"]]
    assert [(each.address, each.procedure) for each in await visits.of(code, officer("buu-dien"))] == [(None, None)]
    journal = await hands.desk.history(code)
    assert not any("ấp Trung" in entry.reason or "ấp Trung" in str(entry.details) for entry in journal)
    await hands.move(code, LAN, "divert", kind="denunciation")
    assert [each.address for each in await visits.of(code, HOA)] == [None]


@pytest.mark.parametrize(
    ("starts", "ends", "field", "told"),
    [
        ("11-26T10:00", "11-26T08:00", "ends", "Giờ kết thúc phải sau giờ bắt đầu"),
        ("11-26T10:00", "11-26T10:00", "ends", "Giờ kết thúc phải sau giờ bắt đầu"),
        ("11-23T08:00", "11-23T10:00", "starts", "Giờ hẹn đã qua"),
        ("11-24T08:00", "11-24T10:00", "starts", "24/11/2026 không làm việc .nghỉ Ngày Văn hóa Việt Nam"),
        ("11-28T08:00", "11-28T10:00", "starts", "28/11/2026 không làm việc .nghỉ cuối tuần"),
        ("11-26T11:00", "11-26T14:00", "starts", "giờ làm việc ngày đó: 07:00–11:30, 13:30–17:00"),
        ("11-26T18:00", "11-26T19:00", "starts", "trong một buổi làm việc"),
        ("11-26T08:00", "11-27T10:00", "starts", "trong một buổi làm việc"),
        ("12-28T08:00", "12-28T10:00", "ends", "tối đa 30 ngày .* đến 23/12/2026"),
    ],
)
async def test_a_window_that_nobody_can_keep_is_refused_with_what_is_wrong(
    hands: Hands, starts: str, ends: str, field: str, told: str
) -> None:
    code = (await asked(hands)).code
    with pytest.raises(Invalid, match=told) as caught:
        await hands.move(code, LAN, "book", **SAID, starts=civil(starts), ends=civil(ends))
    assert caught.value.field == field
    ticket = await hands.desk.find(code)
    assert ticket is not None
    assert ticket.version == 1


async def test_a_visit_needs_a_door_to_knock_at(hands: Hands) -> None:
    code = (await asked(hands)).code
    with pytest.raises(Invalid, match="Chưa có địa chỉ") as caught:
        await hands.move(code, LAN, "book", procedure="Chứng thực", **WINDOW)
    assert caught.value.field == "address"
    known = (await asked(hands, "v2", address="Số 9, khóm 2")).code
    await hands.move(known, LAN, "book", procedure="Chứng thực", **WINDOW)


async def test_the_citizen_is_told_the_window_once_it_is_confirmed(hands: Hands) -> None:
    code = await booked(hands)
    told = await hands.desk.told(code)
    assert told is not None
    assert (told.visit_starts, told.due) == (None, WINDOW["ends"])
    await hands.move(code, OFFICER, "confirm-visit")
    told = await hands.desk.told(code)
    assert told is not None
    assert (told.visit_starts, told.visit_ends) == (WINDOW["starts"], WINDOW["ends"])
    assert told.explanation == "Hẹn làm thủ tục tại nhà từ 08:00 đến 10:00 ngày 26/11/2026."
    await hands.move(code, OFFICER, "cancel-visit", reason="Người dân tự đến.")
    told = await hands.desk.told(code)
    assert told is not None
    assert told.visit_starts is None
    assert told.due is not None
    assert told.due != WINDOW["ends"]


async def test_words_heard_later_take_the_visit_along_to_the_agency_of_the_place(hands: Hands, visits: Visits) -> None:
    code = (await asked(hands, topic="tu-phap")).code
    await hands.move(code, LAN, "book", **SAID, **WINDOW)
    await hands.desk.hear("v1", "ở xã Thường Phước")
    ticket = await hands.desk.find(code)
    assert ticket is not None
    assert ticket.agency.startswith("xa-")
    assert ((await visits.one(code)).agency, ticket.deadline("visit").party) == (ticket.agency, ticket.agency)


def test_a_province_sets_how_far_ahead_and_how_early_in_its_policy(tmp_path: Path) -> None:
    shipped = (Path(__file__).parents[2] / "tickets" / "data" / "policies.yaml").read_text(encoding="utf-8")
    (tmp_path / "policies.yaml").write_text(shipped.replace("days_ahead: 30", "days_ahead: 0"), encoding="utf-8")
    with pytest.raises(HotlineError, match="days_ahead"):
        StandingRules(tmp_path)
    (tmp_path / "policies.yaml").write_text(shipped.replace("days_ahead: 30", "days_ahead: 7"), encoding="utf-8")
    assert StandingRules(tmp_path).current.policies.policies[0].visits.days_ahead == 7


def test_a_window_is_checked_before_it_is_counted_on_a_calendar(
    standing: StandingRules, still_clock: StillClock
) -> None:
    far = civil("11-26T08:00").replace(year=9999)
    calendar = standing.current.calendar("state")
    with pytest.raises(Invalid, match="tối đa 30 ngày"):
        check_window(far, far + timedelta(hours=1), now=still_clock.now(), days_ahead=30, calendar=calendar)
