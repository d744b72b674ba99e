"""Claims about listening that need no telephone: who may, what is written down and when, what is left when something fails."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

import pytest
from sqlalchemy import select

from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway, Refused
from telephony.ari import Ari, AriRefused, LineDown
from telephony.leading import journal, store
from telephony.leading.listening import Listening
from telephony.leading.store import listenings
from telephony.leading.wire import Wire
from telephony.live import LiveLegs
from tests.telephony.fake_line import FakeAri
from tests.telephony.test_floor import House, house

__all__ = ["house"]

MINH = Actor(name="Minh", role=Role.LEADER, account=2)


@dataclass
class Ears:
    """A floor with listening, and an Asterisk that answers as it is told."""

    house: House
    asterisk: FakeAri
    listening: Listening
    database: Database

    async def rows(self) -> list[Any]:
        """The journal."""
        async with self.database.reading() as connection:
            return list(await connection.execute(select(listenings).order_by(listenings.c.id)))

    def listeners(self) -> list[tuple[str, str]]:
        """Those whom Lan sees."""
        return [(each.name, each.mode) for each in self.house.roster.shifts[1].listeners]

    async def joins(self, part: str, number: int = 0) -> str:
        """The channel of this request has entered the application."""
        await self.asterisk.until(part)
        resource = self.asterisk.of(part)[number][1]
        channel = resource.rpartition("/")[2]
        self.listening.hear({"type": "StasisStart", "channel": {"id": channel}})
        return channel

    async def heard(self) -> str:
        """The leader's page is taken and the call is heard; the leader's channel."""
        channel = await self.joins("channels/listening-")
        await self.asterisk.until("addChannel")
        await self.joins("/snoop/")
        while not (await self.rows())[-1].heard_at:
            await self.house.settle()
        return channel

    async def ended(self) -> Any:
        """The last row, once it has an end."""
        while not (await self.rows())[-1].ended_at:
            await self.house.settle()
        return (await self.rows())[-1]


@pytest.fixture
async def ears(house: House, database: Database) -> Ears:
    """Lan (1) talks to a citizen, the leader Minh (2) is ready."""
    asterisk = FakeAri()
    wire = Wire(Ari(asterisk), "hotline-media", "1022")
    listening = Listening(node="node-1", clock=house.clock, database=database, roster=house.roster, wire=wire)
    for account, name in ((1, "Lan"), (2, "Minh")):
        await house.floor.sign_on(account, name)
        await house.floor.be_ready(account)
    await house.rung("2001")
    house.ear.hear({"Event": "DialEnd", "DestUniqueid": "2.0", "DialStatus": "ANSWER"})
    return Ears(house, asterisk, listening, database)


async def test_it_is_written_down_and_shown_before_anybody_can_hear_anything(ears: Ears) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    assert ears.listeners() == [("Minh", "listen")]
    (row,) = await ears.rows()
    assert (row.heard_at, row.ended_at, row.reason) == (None, None, "Kèm người mới")
    assert ears.asterisk.of("/snoop/") == []
    assert ears.house.state(2) == ("paused", "listening")
    await ears.heard()
    (snoop,) = ears.asterisk.of("/snoop/")
    assert (snoop[1].split("/")[1], dict(snoop[2])) == ("2.0", {"spy": "both", "app": "hotline-media"})


@pytest.mark.parametrize(("mode", "whisper"), [("whisper", "out"), ("barge", "both")])
async def test_a_change_of_mode_takes_the_old_snoop_away_first(ears: Ears, mode: store.Mode, whisper: str) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    await ears.heard()
    first = ears.asterisk.of("/snoop/")[0][1].rpartition("/")[2]
    ears.asterisk.asked.clear()
    changing = asyncio.create_task(ears.listening.change(MINH, 1, mode))
    await ears.joins("/snoop/")
    await changing
    assert [asked[0] for asked in ears.asterisk.asked[:2]] == ["DELETE", "POST"]
    assert ears.asterisk.asked[0][1] == f"channels/{first}"
    assert ears.asterisk.of("/snoop/")[0][2]["whisper"] == whisper
    assert ears.listeners() == [("Minh", mode)]


async def test_leaders_read_who_listened_to_whom_how_and_why(ears: Ears) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    await ears.listening.change(MINH, 1, "barge")
    await ears.listening.stop(MINH, 1)
    (route,) = journal.routes(ears.database)
    told = cast(journal.FloorJournalTold, await route.handler(cast(Any, None)))
    assert route.roles == frozenset({Role.LEADER, Role.ADMINISTRATOR})
    (one,) = told.listenings
    assert (one.leader, one.operator, one.reason, one.mode, one.ending) == (
        "Minh",
        "Lan",
        "Kèm người mới",
        "listen",
        "stopped",
    )
    assert [each.mode for each in one.changes] == ["barge"]
    assert (one.heard_at, told.acts) == (None, ())


async def test_without_the_database_nobody_listens(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    async def away(*_: Any, **__: Any) -> int:
        raise DatabaseAway("Cơ sở dữ liệu chưa trở lại")

    monkeypatch.setattr(store, "begin_listening", away)
    with pytest.raises(DatabaseAway):
        await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    assert ears.asterisk.of("channels/listening-") == [] or ears.asterisk.of("channels/listening-")[0][0] == "DELETE"
    assert (ears.listeners(), ears.house.state(2)) == ([], ("ready", None))


@pytest.mark.parametrize("error", [500, "down"])
async def test_a_telephone_that_cannot_be_rung_leaves_nothing_behind(ears: Ears, error: int | str) -> None:
    if error == "down":
        ears.asterisk.down = True
    else:
        ears.asterisk.refused = {"channels/listening-": 500}
    with pytest.raises((AriRefused, LineDown)):
        await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    assert (await ears.ended()).end == "failed"
    assert (ears.listeners(), ears.house.state(2)) == ([], ("ready", None))
    assert ears.listening.pieces() == frozenset()


def _lan_rings(house: House) -> None:
    house.roster.shifts[1].presence = house.roster.shifts[2].presence


def _off_shift(house: House) -> None:
    del house.roster.shifts[2]


def _busy(house: House) -> None:
    house.roster.shifts[2].presence = house.roster.shifts[1].presence


@pytest.mark.parametrize(
    ("spoil", "why"),
    [(_lan_rings, "không có cuộc gọi"), (_off_shift, "Chưa vào ca"), (_busy, "Đang có cuộc gọi")],
)
async def test_who_cannot_listen_is_told_why(ears: Ears, spoil: Callable[[House], None], why: str) -> None:
    spoil(ears.house)
    with pytest.raises(Refused, match=why):
        await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    assert await ears.rows() == []


async def test_one_call_at_a_time_and_never_ones_own(ears: Ears) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    with pytest.raises(Refused, match="Đang nghe một cuộc gọi"):
        await ears.listening.begin(MINH, 1, "listen", "lần nữa")
    with pytest.raises(Refused, match="không có cuộc gọi nào để nghe"):
        await ears.listening.begin(Actor(name="Lan", role=Role.LEADER, account=1), 1, "listen", "chính mình")


async def test_what_a_leader_chooses_while_listening_counts_from_its_end_on(ears: Ears) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    await ears.house.floor.pause(2, "meal")
    assert ears.house.state(2) == ("paused", "listening")
    await ears.listening.stop(MINH, 1)
    assert ears.house.state(2) == ("paused", "meal")
    assert (await ears.ended()).end == "stopped"


@pytest.mark.parametrize("answered", [True, False])
async def test_a_telephone_that_is_gone_ends_it(ears: Ears, answered: bool) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    channel = await ears.heard() if answered else ears.asterisk.of("channels/listening-")[0][1].rpartition("/")[2]
    ears.listening.hear({"type": "ChannelDestroyed", "channel": {"id": channel}})
    assert (await ears.ended()).end == ("leader-gone" if answered else "not-answered")
    assert (ears.listeners(), ears.house.state(2)) == ([], ("ready", None))


async def test_it_ends_with_the_call_and_with_the_leaders_page(ears: Ears) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    ears.listening.look()
    assert ears.listeners() == [("Minh", "listen")]
    ears.house.ear.hear({"Event": "Hangup", "Uniqueid": "2.0"})
    ears.listening.look()
    assert (await ears.ended()).end == "call-over"


async def test_an_end_that_nobody_told_is_found_among_the_channels(ears: Ears) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    channel = await ears.heard()
    ears.listening.compare(frozenset({channel}))
    await ears.house.settle()
    assert ears.listeners() == [("Minh", "listen")]
    ears.listening.compare(frozenset())
    assert (await ears.ended()).end == "leader-gone"


async def test_an_end_that_cannot_be_written_now_is_written_later(ears: Ears, monkeypatch: pytest.MonkeyPatch) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    note = store.note

    async def away(*_: Any, **__: Any) -> None:
        raise DatabaseAway("Cơ sở dữ liệu chưa trở lại")

    monkeypatch.setattr(store, "note", away)
    await ears.listening.stop(MINH, 1)
    assert ears.listeners() == [], "the operator is told at once"
    monkeypatch.setattr(store, "note", note)
    at = ears.house.clock.instant
    await ears.listening._write_ends()
    (row,) = await ears.rows()
    assert (row.end, row.ended_at) == ("stopped", at)


async def test_the_sweep_for_stray_legs_spares_a_listening_until_it_is_over(ears: Ears) -> None:
    await ears.listening.begin(MINH, 1, "listen", "Kèm người mới")
    bridge = ears.asterisk.of("bridges/listening-")[0][1].rpartition("/")[2]
    there = [{"id": bridge, "bridge_class": "stasis", "channels": []}]
    legs = LiveLegs(Ari(ears.asterisk), "hotline-media", cast(Any, None))
    legs.others = ears.listening.pieces
    assert await legs.sweep([], there) == 0
    await ears.listening.stop(MINH, 1)
    assert await legs.sweep([], there) == 1
