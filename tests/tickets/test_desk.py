"""The desk: one report is one ticket whatever happens, words only suggest, and everything done is told and kept."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, NotFound
from hotline1022.base.events import Event
from tests.tickets.conftest import LAN, Hands, Recorded, StillClock
from tickets import store
from tickets.code import is_code
from tickets.desk import Desk
from tickets.events import TicketMoved, TicketOpened, TicketPlaceSuggested, TicketPlaceUnclear
from tickets.model import Consent, Report, Stage
from tickets.rules import StandingRules

CALLER = "+84912345678"
TAKEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PHONG_HOA_WORDS = "đường hư nặng ở xã phong hòa huyện lai vung"


def report(call: str = "c1", **values: object) -> Report:
    """A street fault reported by telephone on Monday 23 November 2026 at 09:00."""
    return Report.model_validate(
        {"source_key": f"call:{call}:report", "taken_at": TAKEN, "number": CALLER, "topic": "ha-tang", "call": call}
        | values
    )


async def test_a_report_becomes_a_ticket_that_explains_itself(desk: Desk, recorded: Recorded) -> None:
    ticket = await desk.open(report(recording="2026/11/c1.wav"))
    assert is_code(ticket.code)
    assert (ticket.stage, ticket.level, ticket.draft) == (Stage.RECEIVED, 2, False)
    assert ticket.due == datetime(2026, 11, 27, 17, 0, tzinfo=CIVIL_ZONE)
    assert "24/11 nghỉ Ngày Văn hóa Việt Nam" in ticket.explanation
    assert ticket.agency == "ttpvhcc"
    assert "chưa rõ sự cố ở xã, phường nào" in ticket.agency_reason
    assert await desk.find(ticket.code) == ticket
    (event,) = recorded.events
    assert isinstance(event, TicketOpened)
    assert (event.code, event.due, event.earlier) == (ticket.code, ticket.due, ())
    (entry,) = await desk.history(ticket.code)
    assert entry.what == "opened"
    assert ticket.explanation in entry.reason


async def test_events_can_be_read_back_from_json_and_hold_no_number(desk: Desk, recorded: Recorded) -> None:
    await desk.open(report(place_words=PHONG_HOA_WORDS))
    await desk.hear("c1", "ở xã gáo giồng huyện cao lãnh")
    for event in recorded.events:
        payload = event.model_dump(mode="json")
        assert Event.read(event.name, payload) == event
        assert "912345678" not in event.model_dump_json()


async def test_the_same_report_twice_is_one_ticket_told_once(desk: Desk, recorded: Recorded) -> None:
    first = await desk.open(report())
    assert await desk.open(report(topic="dien")) == first
    assert recorded.names() == ["TicketOpened"]
    assert len(await desk.history(first.code)) == 1


async def test_the_same_report_many_times_at_once_is_one_ticket(
    database: Database, still_clock: StillClock, standing: StandingRules, recorded: Recorded
) -> None:
    desks = [Desk(database, still_clock, standing, recorded) for _ in range(8)]
    opened = await asyncio.gather(*(desk.open(report()) for desk in desks))
    assert len({ticket.code for ticket in opened}) == 1
    assert recorded.names() == ["TicketOpened"]
    assert len(await desks[0].recent()) == 1


async def test_many_reports_at_once_have_different_codes(desk: Desk) -> None:
    opened = await asyncio.gather(*(desk.open(report(f"c{number}")) for number in range(25)))
    assert len({ticket.code for ticket in opened}) == 25


async def test_a_code_told_while_the_database_was_away_becomes_the_tickets_code(desk: Desk) -> None:
    await desk.keep_codes_ahead(3)
    told = desk.take_code()
    ticket = await desk.open(report(), told)
    assert ticket.code == told
    assert (await desk.open(report(), told)).code == told


async def test_codes_kept_ahead_are_topped_up_and_all_different(desk: Desk) -> None:
    await desk.keep_codes_ahead(50)
    taken = [desk.take_code() for _ in range(50)]
    with pytest.raises(HotlineError, match="hết mã phiếu"):
        desk.take_code()
    await desk.keep_codes_ahead(20)
    taken += [desk.take_code() for _ in range(20)]
    assert len(set(taken)) == 70
    assert all(is_code(code) for code in taken)


async def test_nodes_that_reserve_at_once_share_no_code(database: Database) -> None:
    async def reserve() -> list[str]:
        async with database.transaction() as connection:
            return await store.reserve_codes(connection, 40, TAKEN)

    blocks = await asyncio.gather(*(reserve() for _ in range(6)))
    assert len({code for block in blocks for code in block}) == 240


async def test_a_code_of_another_ticket_or_of_nobody_is_refused(desk: Desk) -> None:
    ticket = await desk.open(report())
    with pytest.raises(HotlineError, match="thuộc phiếu khác"):
        await desk.open(report("c2"), ticket.code)
    free = "10000009" if is_code("10000009") else next(str(n) for n in range(20_000_000, 20_000_100) if is_code(str(n)))
    with pytest.raises(HotlineError, match="chưa được dành sẵn"):
        await desk.open(report("c3"), free)
    assert [found.code for found in await desk.recent()] == [ticket.code]


async def test_a_report_whose_event_cannot_be_kept_is_not_half_written(
    database: Database, still_clock: StillClock, standing: StandingRules, recorded: Recorded
) -> None:
    async def fail(_connection: AsyncConnection, _event: Event) -> None:
        raise RuntimeError("the outbox is full")

    with pytest.raises(RuntimeError):
        await Desk(database, still_clock, standing, fail).open(report())
    desk = Desk(database, still_clock, standing, recorded)
    assert await desk.recent() == ()
    assert (await desk.open(report())).source_key == "call:c1:report"


async def test_a_second_call_of_the_same_number_shows_the_first(desk: Desk, recorded: Recorded) -> None:
    codes = [
        (await desk.open(report(f"c{number}", taken_at=TAKEN + timedelta(hours=number)))).code for number in range(3)
    ]
    await desk.open(report("other", number="+84987654321"))
    await desk.open(report("hidden", number=None))
    last = recorded.events[2]
    assert isinstance(last, TicketOpened)
    assert last.earlier == (codes[1], codes[0])
    assert [ticket.code for ticket in await desk.earlier_of(CALLER)] == codes[::-1]
    before = await desk.earlier_of(CALLER, before=TAKEN + timedelta(hours=1))
    assert [ticket.code for ticket in before] == codes[:1]
    assert await desk.earlier_of(None) == ()


async def test_a_report_about_what_no_file_knows_is_not_lost(desk: Desk) -> None:
    ticket = await desk.open(report(topic="không có", place="99999"))
    assert (ticket.topic, ticket.place) == ("khac", None)


async def test_an_urgent_report_has_a_first_response_by_the_clock(desk: Desk) -> None:
    night = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    ticket = await desk.open(report(urgent=True, taken_at=night))
    assert ticket.deadline("respond").due == night + timedelta(hours=2)
    assert ticket.due == datetime(2026, 11, 25, 17, 0, tzinfo=CIVIL_ZONE)
    with pytest.raises(KeyError):
        ticket.deadline("accept")


async def test_the_day_of_receipt_is_when_the_citizen_spoke_not_when_it_was_written(
    desk: Desk, still_clock: StillClock
) -> None:
    still_clock.advance(days=9)
    ticket = await desk.open(report())
    assert ticket.opened_at == still_clock.now()
    assert ticket.due == datetime(2026, 11, 27, 17, 0, tzinfo=CIVIL_ZONE)


async def test_a_place_given_with_the_report_is_a_draft_that_sends_it_to_the_commune(desk: Desk) -> None:
    ticket = await desk.open(report(place_words=PHONG_HOA_WORDS))
    assert (ticket.place_name, ticket.draft) == ("Xã Phong Hòa", True)
    assert ticket.agency_name == "UBND xã Phong Hòa"
    assert "chờ người xác nhận" in ticket.agency_reason
    assert ticket.place_words == PHONG_HOA_WORDS


async def test_a_place_chosen_by_a_person_is_no_draft(desk: Desk) -> None:
    ticket = await desk.open(report(place="29869", place_words=PHONG_HOA_WORDS))
    assert (ticket.place_name, ticket.draft, ticket.agency_name) == ("Phường Cao Lãnh", False, "UBND phường Cao Lãnh")


async def test_words_of_the_call_draft_the_place_and_the_agency(desk: Desk, recorded: Recorded) -> None:
    opened = await desk.open(report())
    (ticket,) = await desk.hear("c1", PHONG_HOA_WORDS)
    assert (ticket.place_name, ticket.agency_name, ticket.draft) == ("Xã Phong Hòa", "UBND xã Phong Hòa", True)
    assert ticket.deadline("answer").party == ticket.agency
    assert [each.due for each in ticket.deadlines] == [each.due for each in opened.deadlines]
    event = recorded.events[-1]
    assert isinstance(event, TicketPlaceSuggested)
    assert event.applied
    assert event.agency_reason == ticket.agency_reason
    assert [entry.what for entry in await desk.history(ticket.code)] == ["opened", "place_drafted"]


async def test_hearing_the_same_words_again_changes_nothing(desk: Desk, recorded: Recorded) -> None:
    await desk.open(report())
    first = await desk.hear("c1", PHONG_HOA_WORDS)
    assert await desk.hear("c1", PHONG_HOA_WORDS) == first
    assert recorded.names() == ["TicketOpened", "TicketPlaceSuggested"]


async def test_better_words_after_the_call_correct_a_draft(desk: Desk) -> None:
    await desk.open(report())
    await desk.hear("c1", PHONG_HOA_WORDS)
    (ticket,) = await desk.hear("c1", "ở xã tân dương huyện lai vung")
    assert (ticket.place_name, ticket.agency_name, ticket.draft) == ("Xã Tân Dương", "UBND xã Tân Dương", True)


async def test_words_that_fit_several_places_leave_a_question_and_no_guess(desk: Desk, recorded: Recorded) -> None:
    opened = await desk.open(report())
    (ticket,) = await desk.hear("c1", "đường ở xã gáo giồng huyện cao lãnh bị sạt lở")
    assert ticket.place is None
    assert ticket.agency == opened.agency
    assert {candidate.name for candidate in ticket.place_candidates} == {"Xã Phú Cường", "Xã Phong Mỹ"}
    assert ticket.place_question is not None
    assert "ấp, khóm nào" in ticket.place_question
    event = recorded.events[-1]
    assert isinstance(event, TicketPlaceUnclear)
    assert event.question == ticket.place_question


async def test_words_without_a_place_change_nothing(desk: Desk, recorded: Recorded) -> None:
    opened = await desk.open(report())
    assert await desk.hear("c1", "đường trước nhà tôi hư hai tháng nay") == (opened,)
    assert await desk.hear("no such call", PHONG_HOA_WORDS) == ()
    assert recorded.names() == ["TicketOpened"]


async def test_a_ticket_that_a_person_has_classified_is_never_rerouted_by_words(
    desk: Desk, hands: Hands, recorded: Recorded
) -> None:
    opened = await desk.open(report())
    classified = await hands.move(opened.code, LAN, "classify", topic="ha-tang", place="29869")
    (ticket,) = await desk.hear("c1", PHONG_HOA_WORDS)
    assert (ticket.place, ticket.agency, ticket.stage) == ("29869", classified.agency, Stage.CLASSIFIED)
    event = recorded.events[-1]
    assert isinstance(event, TicketPlaceSuggested)
    assert not event.applied
    assert ticket.place_candidates[0].name == "Xã Phong Hòa"


async def test_a_ticket_classified_without_a_place_gets_none_from_words(desk: Desk, hands: Hands) -> None:
    opened = await desk.open(report())
    await hands.move(opened.code, LAN, "classify", topic="ha-tang", reason="Không rõ nơi.")
    (ticket,) = await desk.hear("c1", PHONG_HOA_WORDS)
    assert (ticket.place, ticket.draft, ticket.agency) == (None, False, "ttpvhcc")
    assert ticket.place_candidates[0].name == "Xã Phong Hòa"


async def test_a_place_given_by_a_person_is_not_overheard_away(desk: Desk) -> None:
    await desk.open(report(place="29869"))
    (ticket,) = await desk.hear("c1", PHONG_HOA_WORDS)
    assert (ticket.place, ticket.draft) == ("29869", False)


async def test_words_of_a_call_without_recording_are_not_used(desk: Desk, recorded: Recorded) -> None:
    refused = Consent(recording=False, notice="2026-01", key="9", at=TAKEN)
    opened = await desk.open(report(consent=refused))
    assert opened.consent == refused
    assert await desk.hear("c1", PHONG_HOA_WORDS) == (opened,)
    assert recorded.names() == ["TicketOpened"]


async def test_a_person_classifies_and_the_deadline_follows_the_topic(
    desk: Desk, hands: Hands, recorded: Recorded
) -> None:
    opened = await desk.open(report(place_words=PHONG_HOA_WORDS))
    ticket = await hands.move(opened.code, LAN, "classify", topic="dat-dai", reason="Việc về đất.")
    assert (ticket.stage, ticket.draft, ticket.topic) == (Stage.CLASSIFIED, False, "dat-dai")
    assert ticket.deadline("answer").target == "10wd"
    assert ticket.due == datetime(2026, 12, 8, 17, 0, tzinfo=CIVIL_ZONE)
    event = recorded.events[-1]
    assert isinstance(event, TicketMoved)
    assert (event.actor, event.due) == ("lan", ticket.due)
    entry = (await desk.history(ticket.code))[-1]
    assert (entry.actor, entry.what) == ("lan", "classified")
    assert entry.reason.startswith("Việc về đất.")


async def test_a_code_that_nobody_has_is_not_found(desk: Desk, hands: Hands) -> None:
    await desk.keep_codes_ahead(1)
    unused = desk.take_code()
    assert await desk.find(unused) is None
    with pytest.raises(NotFound, match=f"Không có phiếu {unused}"):
        await hands.move(unused, LAN, "classify", topic="ha-tang")


async def test_recent_shows_the_newest_first(desk: Desk) -> None:
    for number in (2, 0, 1):
        await desk.open(report(f"c{number}", taken_at=TAKEN + timedelta(minutes=number)))
    assert [ticket.call for ticket in await desk.recent(limit=2)] == ["c2", "c1"]


async def test_whom_to_ring_and_which_answer_it_is_are_read_alone(desk: Desk) -> None:
    code = (await desk.open(report())).code
    assert (await desk.number_of(code), await desk.round_of(code)) == (CALLER, 0)
    hidden = (await desk.open(report("c2", number=None))).code
    assert await desk.number_of(hidden) is None
    assert (await desk.number_of("17672970"), await desk.round_of("17672970")) == (None, None)
