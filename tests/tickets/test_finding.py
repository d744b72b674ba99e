"""Lists of tickets: everyone finds their own, in one order, page after page, whatever way the database is asked."""

from datetime import timedelta

import pytest

from hotline1022.base.access import Actor
from hotline1022.base.db import Database
from tests.tickets.conftest import HOA, LAN, Hands, StillClock, officer
from tests.tickets.test_life import COMMUNE, OFFICER, TAKEN, opened, routed
from tickets.model import Ticket
from tickets.rules import StandingRules
from tickets.search import store
from tickets.search.finding import TicketQuery, TicketSearch


@pytest.fixture
def search(database: Database, still_clock: StillClock, standing: StandingRules) -> TicketSearch:
    """The lists of the same tickets."""
    return TicketSearch(database, still_clock, standing)


async def paged(search: TicketSearch, actor: Actor, **values: object) -> list[Ticket]:
    """All that ``actor`` finds, in pages of two."""
    found: list[Ticket] = []
    cursor = None
    while True:
        page = await search.page(TicketQuery.model_validate({"limit": 2, "cursor": cursor, **values}), actor)
        found += page.items
        if page.next is None:
            return found
        cursor = page.next


async def test_tickets_taken_at_one_instant_are_all_listed_once_however_the_pages_fall(
    hands: Hands, search: TicketSearch
) -> None:
    codes = [(await opened(hands, f"same-{number}", summary="đèn đường tắt")).code for number in range(5)]
    for values in ({}, {"words": "den duong"}, {"order": "due"}, {"words": "den", "order": "due"}):
        found = [ticket.code for ticket in await paged(search, HOA, **values)]
        assert sorted(found) == sorted(codes), values
    assert [ticket.code for ticket in await paged(search, HOA)] == sorted(codes, reverse=True)


@pytest.mark.parametrize("order", ["taken", "due"])
async def test_an_officer_has_what_was_given_and_what_was_asked_in_one_list(
    hands: Hands, search: TicketSearch, still_clock: StillClock, order: str
) -> None:
    helper = "so-xay-dung"
    expected = []
    for number in range(6):
        taken = TAKEN - timedelta(weeks=number)
        if number % 2:
            code = await routed(hands, f"asked-{number}", taken_at=taken)
            await hands.move(code, LAN, "ask-cooperation", agencies=[helper], reason="Cùng kiểm tra.")
        else:
            ticket = await opened(hands, f"given-{number}", taken_at=taken)
            await hands.move(ticket.code, LAN, "classify", topic=ticket.topic, place="29869")
            code = ticket.code
            await hands.move(code, LAN, "route", agency=helper, reason="Đường tỉnh.")
        expected.append(code)
    await routed(hands, "of-others")
    found = await paged(search, officer(helper), order=order)
    if order == "taken":
        assert [ticket.code for ticket in found] == expected
    else:
        # With several agencies there is more time: the order is not that of receipt.
        assert sorted(ticket.code for ticket in found) == sorted(expected)
        assert [ticket.due for ticket in found] == sorted(ticket.due for ticket in found)
    late = await paged(search, officer(helper), order=order, overdue=True)
    assert late == [ticket for ticket in found if ticket.due < still_clock.now()]
    assert 0 < len(late) < len(found)


async def test_what_is_late_is_counted_whole_with_who_owes_most_of_it(
    hands: Hands, search: TicketSearch, still_clock: StillClock
) -> None:
    nothing = await search.overdue()
    assert (nothing.count, nothing.most_count, nothing.most_name) == (0, 0, None)
    for number in range(3):
        await routed(hands, f"late-{number}")
    other = await opened(hands, "other")
    await hands.move(other.code, LAN, "classify", topic=other.topic, place="29869")
    await hands.move(other.code, LAN, "route", agency="so-xay-dung", reason="Đường tỉnh.")
    still_clock.advance(days=30)
    told = await search.overdue()
    listed = await paged(search, HOA, order="due", overdue=True)
    assert (told.count, told.most_count, told.most_name) == (len(listed), 3, "UBND phường Cao Lãnh")
    assert told.count == 4


async def test_a_duplicate_of_a_duplicate_is_owed_by_the_agency_of_the_last_main_ticket(
    hands: Hands, search: TicketSearch
) -> None:
    first, second = (await opened(hands, "first")).code, await routed(hands, "second")
    await hands.move(first, LAN, "merge", into=second)
    main = await opened(hands, "main")
    await hands.move(main.code, LAN, "classify", topic=main.topic, place="29869")
    await hands.move(main.code, LAN, "route", agency="so-xay-dung", reason="Đường tỉnh.")
    await hands.move(second, LAN, "merge", into=main.code)
    found = await paged(search, HOA, agency="so-xay-dung", order="due")
    assert {ticket.code for ticket in found} == {first, second, main.code}
    assert {ticket.deadline("answer").party for ticket in found} == {"so-xay-dung"}
    assert await paged(search, HOA, agency=COMMUNE, order="due") == []


@pytest.mark.parametrize("common", [1, store.COMMON])
async def test_words_find_the_same_tickets_whether_they_are_common_or_rare(
    hands: Hands, search: TicketSearch, common: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store, "COMMON", common)
    ditch = await routed(hands, "ditch", summary="Cống nghẹt trước chợ")
    lamp = await routed(hands, "lamp", summary="Đèn đường tắt trước chợ", taken_at=TAKEN - timedelta(hours=1))
    await opened(hands, "elsewhere", summary="Đèn đường tắt trước chợ", place="29926")
    for actor, values in ((OFFICER, {}), (HOA, {"agency": COMMUNE}), (HOA, {"place": "29869"})):
        for words, expected in (("truoc cho", [ditch, lamp]), ("cho den", [lamp]), ("cho vang", [])):
            found = await paged(search, actor, words=words, **values)
            assert [ticket.code for ticket in found] == expected, (actor, values, words)
