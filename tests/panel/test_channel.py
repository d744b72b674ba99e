"""Claims about what panels are told: each what is its business, a slow one nothing twice, nobody without a session."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSServerHandshakeError, web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.access import HOTLINE_ROLES, Actor, Role
from hotline1022.base.clock import SystemClock
from hotline1022.panel.audience import Audience, of_facts
from hotline1022.panel.channel import LONGEST_QUEUE, OVER, Channel, Panel
from hotline1022.panel.doors import Doors
from hotline1022.panel.translation import translated

LAN = Actor(name="Lan", role=Role.OPERATOR, account=1)
HOA = Actor(name="Hoa", role=Role.OPERATOR, account=2)
TUAN = Actor(name="Tuấn", role=Role.OFFICER, agency="so-xay-dung", account=3)
HA = Actor(name="Hà", role=Role.OFFICER, agency="so-y-te", account=4)
PEOPLE = {"lan": LAN, "hoa": HOA, "tuan": TUAN, "ha": HA}
CODE = "12045678"


class House:
    """A channel with its doors, on a real server."""

    def __init__(self) -> None:
        self.alive: list[int] = []
        self.channel = Channel(SystemClock(), self.may_see, self.alive.append)
        self.app = web.Application()
        self.over: set[str] = set()
        Doors(self.who, self.channel, self.phone, self.still, look_seconds=0.05).mount(self.app)

    async def who(self, request: web.Request) -> Actor | None:
        return PEOPLE.get(request.cookies.get("who", ""))

    async def still(self, request: web.Request) -> bool:
        return request.cookies["who"] not in self.over

    async def may_see(self, actor: Actor, code: str) -> bool:
        return actor.role in HOTLINE_ROLES or actor.agency == "so-xay-dung"

    async def phone(self, _request: web.Request) -> web.StreamResponse:
        return web.Response(text="the line")


class Open(AsyncExitStack):
    """The house with pages open."""

    async def house(self) -> tuple[House, TestClient[web.Request, web.Application]]:
        house = House()
        return house, await self.enter_async_context(TestClient(TestServer(house.app)))

    async def page(self, client: Any, who: str) -> ClientWebSocketResponse:
        socket = await self.enter_async_context(client.ws_connect("/panel/events", headers={"Cookie": f"who={who}"}))
        assert (await socket.receive_json())["type"] == "hello"
        return socket  # type: ignore[no-any-return]


async def test_nobody_without_a_session_hears_anything() -> None:
    async with Open() as opening:
        _, client = await opening.house()
        for headers in ({}, {"Cookie": "who=stranger"}):
            with pytest.raises(WSServerHandshakeError, match="401"):
                await client.ws_connect("/panel/events", headers=headers)


async def test_a_page_of_another_origin_cannot_use_a_cookie() -> None:
    async with Open() as opening:
        _, client = await opening.house()
        with pytest.raises(WSServerHandshakeError, match="403"):
            await client.ws_connect("/panel/events", headers={"Cookie": "who=lan", "Origin": "https://example.org"})


async def test_only_the_hotline_reaches_the_telephone() -> None:
    async with Open() as opening:
        _, client = await opening.house()
        statuses = [
            (await client.get("/panel/phone", headers={"Cookie": f"who={who}"})).status for who in ("lan", "tuan", "x")
        ]
        assert statuses == [200, 403, 401]


async def test_each_hears_what_is_their_business_and_nothing_else() -> None:
    async with Open() as opening:
        house, client = await opening.house()
        pages = {who: await opening.page(client, who) for who in PEOPLE}
        house.channel.tell("Ringing", {"accounts": [1]}, call="a")
        house.channel.tell("Queue", {"roles": ["operator", "leader"]}, waiting=1)
        house.channel.tell("TicketChanged", {"agency": "so-y-te"}, code=CODE)
        house.channel.tell("End", {"accounts": [1, 2, 3, 4]})
        heard: dict[str, list[str]] = {}
        for who, page in pages.items():
            heard[who] = []
            while (message := await page.receive_json())["type"] != "End":
                heard[who].append(message["type"])
        assert heard == {"lan": ["Ringing", "Queue"], "hoa": ["Queue"], "tuan": [], "ha": ["TicketChanged"]}


async def test_those_who_have_a_ticket_open_see_each_other_and_strangers_do_not() -> None:
    async with Open() as opening:
        _, client = await opening.house()
        lan, tuan, ha = [await opening.page(client, who) for who in ("lan", "tuan", "ha")]
        await lan.send_json({"type": "viewing", "ticket": CODE})
        assert (await lan.receive_json())["people"] == [{"name": "Lan", "typing": False}]
        await ha.send_json({"type": "viewing", "ticket": CODE, "typing": True})
        await tuan.send_json({"type": "viewing", "ticket": CODE, "typing": True})
        both = [{"name": "Lan", "typing": False}, {"name": "Tuấn", "typing": True}]
        assert [(await page.receive_json())["people"] for page in (lan, tuan)] == [both, both]
        await tuan.close()
        assert (await lan.receive_json())["people"] == [{"name": "Lan", "typing": False}]
        with pytest.raises(TimeoutError):
            await ha.receive_json(timeout=0.05)


async def test_a_page_says_that_it_lives_and_nonsense_changes_nothing() -> None:
    async with Open() as opening:
        house, client = await opening.house()
        lan = await opening.page(client, "lan")
        for said in ("[", "null", "[]", "{}", '{"type": 7}', '{"type": "viewing", "ticket": {"a": 1}}', '{"type":"x"}'):
            await lan.send_str(said)
        await lan.send_json({"type": "alive"})
        await lan.send_json({"type": "viewing", "ticket": CODE})
        assert (await lan.receive_json())["type"] == "Presence"
        assert house.alive == [1]


async def test_an_ended_session_closes_its_pages_and_says_why() -> None:
    async with Open() as opening:
        house, client = await opening.house()
        lan, hoa = await opening.page(client, "lan"), await opening.page(client, "hoa")
        closing = asyncio.ensure_future(house.channel.end(1))
        await lan.receive()
        await closing
        assert lan.close_code == OVER
        house.channel.tell("Queue", {"accounts": [1, 2]})
        assert (await hoa.receive_json())["type"] == "Queue"


async def test_a_page_whose_session_has_grown_old_is_closed_though_nobody_ended_it() -> None:
    async with Open() as opening:
        house, client = await opening.house()
        lan, hoa = await opening.page(client, "lan"), await opening.page(client, "hoa")
        house.over.add("lan")
        await lan.receive()
        assert lan.close_code == OVER
        house.channel.tell("Queue", {"accounts": [1, 2]})
        assert (await hoa.receive_json())["type"] == "Queue"


def test_a_page_that_does_not_read_is_asked_to_look_anew_and_costs_no_more() -> None:
    panel = Panel(LAN)
    for number in range(5 * LONGEST_QUEUE + 3):
        panel.tell(str(number))
        assert panel.waiting.qsize() <= LONGEST_QUEUE
    assert panel.waiting.get_nowait() == '{"type": "resync"}'
    rest = [panel.waiting.get_nowait() for _ in range(panel.waiting.qsize())]
    assert rest[-1] == str(5 * LONGEST_QUEUE + 2)
    assert rest == sorted(rest, key=int)


@given(
    accounts=st.frozensets(st.integers(1, 4)),
    roles=st.frozensets(st.sampled_from(Role)),
    agency=st.sampled_from([None, "so-xay-dung", "so-y-te"]),
)
def test_nobody_hears_who_is_in_no_part_of_the_audience(
    accounts: frozenset[int], roles: frozenset[Role], agency: str | None
) -> None:
    audience = of_facts({"accounts": accounts, "roles": roles, "agency": agency})
    for actor in PEOPLE.values():
        expected = actor.account in accounts or actor.role in roles or (agency is not None and actor.agency == agency)
        assert audience.hears(actor, None) == expected


def test_the_words_of_a_call_are_heard_by_those_on_it() -> None:
    facts = {
        "call": "c",
        "kind": "final",
        "words": [{"w": "đường", "start": 1, "end": 2, "conf": 0.5, "doubtful": "nhỏ"}],
    }
    told = translated("Words", facts, lambda call: {1} if call == "c" else set())
    assert told is not None
    kind, audience, words = told
    assert (kind, audience) == ("Words", Audience(accounts=frozenset({1})))
    assert words["words"] == [{"w": "đường", "start": 1, "end": 2, "doubt": "nhỏ"}]


def test_an_agency_is_told_of_tickets_that_it_was_given_and_never_of_others() -> None:
    moved = translated("TicketMoved", {"code": CODE, "agency": "so-y-te", "version": 3, "actor": "Lan"}, lambda _: ())
    opened = translated("TicketOpened", {"code": CODE, "agency": "so-y-te"}, lambda _: ())
    sealed = translated("TicketAnswered", {"code": CODE, "agency": "so-y-te", "sealed": True}, lambda _: ())
    assert moved
    assert opened
    assert sealed
    assert [told[1].hears(HA, None) for told in (moved, opened, sealed)] == [True, False, False]
    assert [told[1].hears(TUAN, None) for told in (moved, opened, sealed)] == [False, False, False]
    assert all(told[1].hears(LAN, None) for told in (moved, opened, sealed))
    assert translated("CallArrived", {"call": "c"}, lambda _: ()) is None
