"""Claims about the floor that need no telephone: what it asks of Asterisk, and what it tells screens. Calls are in tests/panel."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, cast

import pytest

from hotline1022.base.db import Database
from hotline1022.base.errors import Refused
from telephony.ami import Ami
from telephony.ari import Ari, AriRefused, LineDown
from telephony.caller import CallerFacts
from telephony.floor.floor import Floor
from telephony.floor.hearing import FloorEar
from telephony.floor.phones import PhoneAccounts, extension_of
from telephony.floor.presence import ALIVE_FOR
from telephony.floor.roster import Roster
from tests.conftest import StillClock

NUMBER = "+84912345678"


@dataclass
class Asked:
    """Everything that was asked of Asterisk, and told to screens."""

    actions: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    objects: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    channels_there: list[dict[str, str]] = field(default_factory=list)
    told: list[tuple[str, Mapping[str, Any], dict[str, Any]]] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    error: Exception | None = None

    def _fail(self) -> None:
        error, self.error = self.error, None
        if error is not None:
            raise error

    async def send(self, name: str, **fields: str) -> dict[str, str]:
        self._fail()
        self.actions.append((name, fields))
        return {}

    async def put_object(self, kind: str, name: str, fields: Mapping[str, str]) -> None:
        self._fail()
        self.objects.append((kind, name, fields))

    async def delete_object(self, kind: str, name: str) -> None:
        self.objects.append((f"no {kind}", name, {}))

    async def channels(self) -> list[dict[str, str]]:
        self._fail()
        return self.channels_there

    async def hang_up(self, channel: str) -> None:
        self.hung_up.append(channel)

    def tell(self, kind: str, audience: Mapping[str, Any], /, **facts: Any) -> None:
        self.told.append((kind, audience, facts))

    def facts_of(self, channel: str) -> CallerFacts | None:
        known = CallerFacts(call=f"node-1-{channel}", number=NUMBER, arrived_at=StillClock.instant, recorded=True)
        return known if channel == "1.0" else None

    def fails_once(self, error: Exception) -> None:
        """The next request is answered with this error."""
        self.error = error


@dataclass
class House:
    """A floor without an Asterisk behind it."""

    asked: Asked
    clock: StillClock
    floor: Floor
    ear: FloorEar
    roster: Roster

    def state(self, account: int = 1) -> tuple[str, str | None]:
        """How somebody stands, and why."""
        presence = self.roster.shifts[account].presence
        return presence.state, presence.reason

    async def rung(self, extension: str) -> None:
        """The telephone of an extension rings for the citizen of channel 1.0."""
        channels = {"Uniqueid": "1.0", "DestUniqueid": "2.0", "DestChannel": f"PJSIP/{extension}-00000001"}
        self.ear.hear({"Event": "QueueCallerJoin", "Uniqueid": "1.0"})
        self.ear.hear({"Event": "DialBegin", **channels})

    async def settle(self) -> None:
        """What was begun in the background is done."""
        await self.roster.background.settle()


@pytest.fixture
async def house(database: Database, clock: StillClock) -> AsyncIterator[House]:
    asked = Asked()
    ari, ami = cast(Ari, asked), cast(Ami, asked)
    roster, phones = Roster(ari, ami, asked.tell), PhoneAccounts(ari, "127.0.0.1")
    common: dict[str, Any] = {"clock": clock, "ari": ari, "phones": phones, "roster": roster, "database": database}
    yield House(asked, clock, Floor(**common, ami=ami), FloorEar(**common, callers=asked), roster)
    await roster.background.settle()


async def test_a_shift_begins_with_a_telephone_of_its_own_and_takes_no_calls_yet(house: House) -> None:
    shift = await house.floor.sign_on(1, "Lan")
    kinds = [kind for kind, _, _ in house.asked.objects]
    assert kinds == ["auth", "no aor", "aor", "endpoint"], (
        "an endpoint that exists before its secret could be used without one"
    )
    endpoint = house.asked.objects[-1][2]
    assert (endpoint["webrtc"], endpoint["context"], endpoint["allow_transfer"]) == ("yes", "operators", "no")
    name, fields = house.asked.actions[0]
    assert (name, fields["Interface"], fields["Paused"]) == ("QueueAdd", "PJSIP/2001", "true")
    assert house.state() == ("paused", "start")
    assert len(shift.phone.password) >= 32


async def test_another_page_gets_another_secret_and_the_first_is_told(house: House) -> None:
    first = (await house.floor.sign_on(1, "Lan")).phone.password
    second = (await house.floor.sign_on(1, "Lan")).phone.password
    assert first != second
    taken = house.roster.shifts[1].phone.id
    assert ("PhoneTaken", {"accounts": [1]}, {"phone": taken}) in house.asked.told
    assert len(house.roster.shifts) == 1


async def test_a_page_that_is_silent_for_fifteen_seconds_gets_no_calls_and_is_told_why(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    house.clock.instant += ALIVE_FOR
    house.ear.look(house.clock.instant)
    assert house.state() == ("ready", None)
    house.clock.instant += timedelta(seconds=1)
    house.ear.look(house.clock.instant)
    await house.settle()
    assert house.state() == ("disconnected", "disconnected")
    assert house.asked.actions[-1][1]["Paused"] == "true"
    told = [facts["operator"] for kind, _, facts in house.asked.told if kind == "You"][-1]
    assert told["reason_name"] == "Mất kết nối"
    await house.floor.sign_on(1, "Lan")
    assert house.state() == ("paused", "start")


async def test_a_page_that_says_it_lives_keeps_its_operator_ready(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    for _ in range(10):
        house.clock.instant += timedelta(seconds=10)
        house.floor.alive(1)
        house.ear.look(house.clock.instant)
    assert house.state() == ("ready", None)


async def test_only_who_talks_to_a_citizen_sees_the_whole_number(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.sign_on(2, "Hoa")
    await house.floor.be_ready(1)
    await house.rung("2001")
    for kind, audience, facts in house.asked.told:
        if NUMBER in str(facts):
            assert (kind in ("You", "Ringing"), audience) == (True, {"accounts": [1]}), kind
    lan, hoa = await house.floor.told(1), await house.floor.told(2)
    assert [each.call.number for each in lan.operators if each.call] == [NUMBER]
    assert [each.call.number for each in hoa.operators if each.call] == ["*** *** 678"]
    assert house.floor.on_call("node-1-1.0") == {1}


async def test_a_lease_of_ringing_is_renewed_each_second_and_ends_with_the_ringing(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    await house.rung("2001")
    for _ in range(3):
        house.ear.look(house.clock.instant)
    assert [kind for kind, _, _ in house.asked.told].count("Ringing") == 4
    house.ear.hear({"Event": "DialEnd", "DestUniqueid": "2.0", "DialStatus": "CANCEL"})
    house.ear.look(house.clock.instant)
    assert [kind for kind, _, _ in house.asked.told].count("Ringing") == 4
    assert [facts["why"] for kind, _, facts in house.asked.told if kind == "RingingOver"] == ["caller-gone"]
    assert house.state() == ("ready", None)


async def test_after_asterisk_was_restarted_every_telephone_and_member_is_there_again(house: House) -> None:
    shift = await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    house.asked.objects.clear()
    house.asked.actions.clear()
    await house.ear.asterisk_is_back()
    secrets = [fields["password"] for kind, _, fields in house.asked.objects if kind == "auth"]
    assert secrets == [shift.phone.password]
    await house.ear.ami_is_back([])
    assert [(name, fields["Paused"]) for name, fields in house.asked.actions] == [("QueueAdd", "false")]


async def test_a_call_that_ended_while_nobody_listened_gets_its_paperwork(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    await house.rung("2001")
    house.ear.hear({"Event": "DialEnd", "DestUniqueid": "2.0", "DialStatus": "ANSWER"})
    assert house.state() == ("talking", None)
    await house.ear.ami_is_back([{"Event": "QueueMember", "Location": "PJSIP/2001"}])
    await house.settle()
    assert house.state() == ("wrap-up", None)


async def test_a_telephone_that_asterisk_refuses_keeps_no_other_from_its_own(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.sign_on(2, "Hoa")
    house.asked.objects.clear()
    house.asked.fails_once(AriRefused(500, "PUT", "asterisk"))
    await house.ear.asterisk_is_back()
    assert ("endpoint", "2002") in [(kind, name) for kind, name, _ in house.asked.objects]
    house.asked.fails_once(AriRefused(500, "GET", "channels"))
    await house.ear.ami_is_back([])
    assert house.asked.actions[-1][0] == "QueueAdd"


async def test_a_pause_that_the_queue_missed_is_told_when_it_is_back(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    house.clock.instant += 2 * ALIVE_FOR
    house.asked.fails_once(LineDown())
    house.ear.look(house.clock.instant)
    await house.settle()
    assert house.state() == ("disconnected", "disconnected")
    assert house.asked.actions[-1][1]["Paused"] == "false", "the queue has not heard of it"
    await house.ear.ami_is_back([{"Event": "QueueMember", "Location": "PJSIP/2001"}])
    name, fields = house.asked.actions[-1]
    assert (name, fields["Paused"], fields["Reason"]) == ("QueuePause", "true", "disconnected")


async def test_a_pause_wished_for_while_it_rings_holds_for_the_queue_when_the_caller_gives_up(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    await house.rung("2001")
    await house.floor.pause(1, "meal")
    assert house.asked.actions[-1][1]["Paused"] == "false", "who is rung still serves: callers may wait"
    house.ear.hear({"Event": "DialEnd", "DestUniqueid": "2.0", "DialStatus": "CANCEL"})
    await house.settle()
    assert house.state() == ("paused", "meal")
    assert house.asked.actions[-1][1]["Paused"] == "true"


async def test_a_call_that_was_answered_while_nobody_listened_has_its_paperwork_too(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    await house.rung("2001")
    house.asked.channels_there = [{"id": "2.0", "state": "Up"}]
    await house.ear.ami_is_back([{"Event": "QueueMember", "Location": "PJSIP/2001"}])
    assert house.state() == ("talking", None)
    house.ear.hear({"Event": "Hangup", "Uniqueid": "2.0"})
    assert house.state() == ("wrap-up", None)


async def test_callers_may_wait_for_somebody_who_talks_but_not_for_paperwork(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    await house.rung("2001")
    house.ear.hear({"Event": "DialEnd", "DestUniqueid": "2.0", "DialStatus": "ANSWER"})
    await house.settle()
    assert house.asked.actions[-1][1]["Paused"] == "false"
    house.ear.hear({"Event": "Hangup", "Uniqueid": "2.0"})
    await house.settle()
    assert house.asked.actions[-1][1]["Paused"] == "true"


async def test_what_is_not_possible_is_refused_in_words(house: House) -> None:
    with pytest.raises(Refused, match="Chưa vào ca"):
        await house.floor.be_ready(1)
    await house.floor.sign_on(1, "Lan")
    for asking in (
        house.floor.decline(1, "x"),
        house.floor.hang_up(1, "x"),
        house.floor.transfer(1, "x", None),
        house.floor.rejoin(1, "x"),
        house.floor.wrap_up(1, "x", "slip", None, and_ready=True),
        house.floor.more(1),
        house.floor.pause(1, "missed"),
    ):
        with pytest.raises(Refused):
            await asking
    assert house.state() == ("paused", "start")


async def test_nobody_ends_a_shift_in_the_middle_of_a_call(house: House) -> None:
    await house.floor.sign_on(1, "Lan")
    await house.floor.be_ready(1)
    await house.rung("2001")
    with pytest.raises(Refused, match="Đang có cuộc gọi"):
        await house.floor.sign_off(1)
    house.ear.hear({"Event": "DialEnd", "DestUniqueid": "2.0", "DialStatus": "CANCEL"})
    await house.floor.sign_off(1)
    assert house.asked.actions[-1][0] == "QueueRemove"
    assert [kind for kind, _, _ in house.asked.objects][-3:] == ["no endpoint", "no aor", "no auth"]
    assert house.roster.shifts == {}


def test_an_extension_is_four_digits_and_a_persons_own() -> None:
    assert {len(extension_of(account)) for account in range(1, 8000)} == {4}
    assert len({extension_of(account) for account in range(1, 7999)}) == 7998
