"""Claims about what a leader does to the floor, without a telephone: what becomes of the colleague, the queue, and what is kept of it."""

from typing import Any, cast

import pytest
from sqlalchemy import select

from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.errors import Refused
from hotline1022.base.http.openapi import describe
from telephony.ari import LineDown
from telephony.leading import store, web
from telephony.leading.acts import Leading
from telephony.leading.store import floor_acts
from tests.telephony.test_floor import House, house

__all__ = ["house"]

MINH = Actor(name="Minh", role=Role.LEADER, account=9)


@pytest.fixture
def told_line() -> list[bool]:
    """What the line was told of the queue."""
    return []


@pytest.fixture
def leading(house: House, database: Database, told_line: list[bool]) -> Leading:
    return Leading(
        clock=house.clock, database=database, floor=house.floor, roster=house.roster, let_in=told_line.append
    )


async def acts(database: Database) -> list[Any]:
    """What was kept, in order."""
    async with database.reading() as connection:
        return list(await connection.execute(select(floor_acts).order_by(floor_acts.c.id)))


async def in_a_call(house: House) -> None:
    """Lan (1) talks to the citizen of channel 1.0."""
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    await house.rung("2001")
    house.ear.hear({"Event": "DialEnd", "DestUniqueid": "2.0", "DialStatus": "ANSWER"})
    house.asked.channels_there = [{"id": "1.0", "name": "PJSIP/trunk-1"}]


def test_only_leaders_and_administrators_may_do_any_of_this_and_the_description_tells_it(house: House) -> None:
    routes = web.routes(cast(Any, None), cast(Any, None), house.roster)
    assert {route.roles for route in routes} == {frozenset({Role.LEADER, Role.ADMINISTRATOR})}
    told = describe(routes, title="x", version="1")
    assert set(cast(dict[str, Any], told["paths"])) == {
        "/api/floor/queue",
        "/api/floor/{account}/pause",
        "/api/floor/calls/{call}/move",
        "/api/floor/{account}/listening",
    }


async def test_a_colleague_is_paused_sees_by_whom_and_the_queue_stops_ringing_them(
    house: House, leading: Leading, database: Database
) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    shift = await leading.pause(MINH, 1, "meal")
    assert house.state() == ("paused", "meal")
    assert house.asked.actions[-1] == (
        "QueuePause",
        {"Queue": "hotline", "Interface": "PJSIP/2001", "Reason": "meal", "Paused": "true"},
    )
    assert shift.told(own=True).paused_by == "Minh"
    (act,) = await acts(database)
    assert (act.act, act.by, act.by_account, act.account, act.reason) == ("pause", "Minh", 9, 1, "meal")
    await house.floor.be_ready(1)
    await house.floor.pause(1, "meal")
    assert shift.told(own=True).paused_by is None, "the next pause is their own"


async def test_who_is_in_a_call_is_paused_from_its_end_on(house: House, leading: Leading) -> None:
    await in_a_call(house)
    shift = await leading.pause(MINH, 1, "break")
    assert (house.state()[0], shift.presence.next_reason) == ("talking", "break")
    assert shift.told(own=True).paused_by == "Minh"
    house.ear.hear({"Event": "Hangup", "Uniqueid": "2.0"})
    await house.floor.wrap_up(1, "node-1-1.0", "wrong", None, and_ready=True)
    assert house.state() == ("paused", "break")
    assert shift.told(own=True).paused_by == "Minh"


async def test_who_is_not_there_cannot_be_paused_and_nothing_is_kept(
    house: House, leading: Leading, database: Database
) -> None:
    with pytest.raises(Refused, match="không còn trong ca"):
        await leading.pause(MINH, 1, "break")
    assert await acts(database) == []


async def test_what_asterisk_did_not_hear_was_not_done_and_is_not_kept(
    house: House, leading: Leading, database: Database
) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    house.asked.fails_once(LineDown())
    with pytest.raises(LineDown):
        await leading.pause(MINH, 1, "break")
    assert house.state() == ("ready", None)
    assert await acts(database) == []


async def test_a_call_in_talk_is_sent_to_another_who_is_ready(
    house: House, leading: Leading, database: Database
) -> None:
    await in_a_call(house)
    await house.floor.sign_on(2, "Hoa")
    with pytest.raises(Refused, match="không sẵn sàng"):
        await leading.move(MINH, "node-1-1.0", 2)
    assert await acts(database) == []
    await house.floor.be_ready(2)
    await leading.move(MINH, "node-1-1.0", 2)
    name, fields = house.asked.actions[-1]
    assert (name, fields["Channel"], fields["Context"], fields["Exten"]) == (
        "Redirect", "PJSIP/trunk-1", "transfer", "2002",
    )  # fmt: skip
    (act,) = await acts(database)
    assert (act.act, act.account, act.to_account, act.call) == ("move", 1, 2, "node-1-1.0")


async def test_a_call_that_only_rings_is_not_moved(house: House, leading: Leading) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    await house.rung("2001")
    with pytest.raises(Refused, match="chưa có ai nghe"):
        await leading.move(MINH, "node-1-1.0", 2)


async def test_a_closed_queue_is_told_to_the_line_and_to_screens_and_stays_closed_over_a_restart(
    house: House, leading: Leading, database: Database, told_line: list[bool]
) -> None:
    await leading.turn_queue(MINH, "Bão, nghỉ sớm", is_open=False)
    assert told_line == [False]
    assert house.asked.told[-1][2]["queue"]["open"] is False
    assert (await house.floor.told(1)).queue.open is False
    house.roster.open, told_line[:] = True, []
    await leading.run()
    assert (house.roster.open, told_line) == (False, [False])
    with pytest.raises(Refused, match="đang đóng"):
        await leading.turn_queue(MINH, "lần nữa", is_open=False)
    await leading.turn_queue(MINH, "hết bão", is_open=True)
    assert [act.act for act in await acts(database)] == ["queue-closed", "queue-opened"]
    async with database.reading() as connection:
        assert await store.queue_is_open(connection)
