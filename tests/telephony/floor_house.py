"""A floor without an Asterisk behind it whose operators call out and ask each other: what those tests share. No test lives here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import pytest
from sqlalchemy import select

from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from telephony.ami import Ami
from telephony.ari import Ari
from telephony.floor.calling_out import CallingOut
from telephony.floor.consultation import Consultations
from telephony.floor.floor import Floor
from telephony.floor.hearing import FloorEar
from telephony.floor.known import KnownCallers
from telephony.floor.phones import PhoneAccounts, extension_of
from telephony.floor.roster import Roster
from telephony.floor.store import call_results
from tests.conftest import StillClock
from tests.telephony.test_floor import Asked, House

CALL = "node-1-1.0"
"""The call of the citizen on channel 1.0."""


@dataclass
class Asterisk(Asked):
    """Everything that was asked of Asterisk; calls are placed too."""

    placed: list[dict[str, Any]] = field(default_factory=list)

    async def originate(self, channel: str, **order: Any) -> None:
        """See Ari."""
        self._fail()
        self.placed.append({"channel": channel, **order})


@dataclass
class Outgoing:
    """A line to call out by, for the numbers that its rules let through."""

    there: bool = True
    recorded: list[Event] = field(default_factory=list)

    def ready(self) -> bool:
        """See OutgoingRules."""
        return self.there

    def allows(self, number: str) -> bool:
        """See OutgoingRules."""
        return number.startswith("+849")

    def dialled(self, number: str) -> str:
        """See OutgoingRules."""
        return f"0{number[3:]}"

    async def record(self, event: Event) -> None:
        """See OutgoingRules."""
        self.recorded.append(event)


@dataclass
class CallingHouse(House):
    """A floor whose operators also call out and ask each other."""

    asterisk: Asterisk
    outgoing: Outgoing
    calling_out: CallingOut
    consultations: Consultations
    database: Database

    def hears(self, event: str, **facts: str) -> None:
        """AMI tells something."""
        self.ear.hear({"Event": event, **facts})

    async def ready(self, account: int, name: str) -> None:
        """Somebody begins a shift and takes calls."""
        await self.floor.sign_on(account, name)
        await self.floor.be_ready(account)

    async def talking(self) -> None:
        """Lan (account 1, channel 2.0) talks to the citizen of channel 1.0."""
        await self.ready(1, "Lan")
        await self.rung(extension_of(1))
        self.hears("DialEnd", DestUniqueid="2.0", DialStatus="ANSWER")
        self.asked.channels_there = [{"id": "1.0", "name": "PJSIP/trunk-1"}, {"id": "2.0", "name": "PJSIP/2001-1"}]

    async def dials(self, number: str = "0912345678") -> str:
        """Lan rings a citizen, whose channel is 5.0; her own is given."""
        shift = await self.calling_out.call(Actor(name="Lan", role=Role.OPERATOR, account=1), number)
        assert shift.presence.call is not None
        leg = shift.presence.call.leg
        self.hears("DialEnd", DestUniqueid=leg, DialStatus="ANSWER")
        self.hears("DialBegin", Uniqueid=leg, DestUniqueid="5.0", DestChannel="PJSIP/trunk-5")
        return leg

    async def asks_hoa(self) -> None:
        """Lan asks Hoa (account 2, channel 3.0), who rings."""
        await self.consultations.ask(1, CALL, 2)
        self.hears("DialBegin", Uniqueid="2.0", DestUniqueid="3.0", DestChannel="PJSIP/2002-3")

    async def results(self) -> list[tuple[str, str, str | None]]:
        """Operator, direction and result of every row, in the order of the answers."""
        await self.settle()
        query = select(call_results).order_by(call_results.c.answered_at, call_results.c.account)
        async with self.database.reading() as connection:
            return [(row.operator, row.direction, row.result) for row in await connection.execute(query)]

    def told(self, kind: str) -> list[dict[str, Any]]:
        """What screens were told under this name."""
        return [facts for name, _, facts in self.asked.told if name == kind]

    def states(self, account: int = 1) -> list[str]:
        """The states that an operator was told to be in, one after the other."""
        told = [facts["operator"] for facts in self.told("Operator")]
        return [each["state"] for each in told if each["account"] == account]

    def redirected(self) -> list[tuple[str, str]]:
        """Where channels were sent: name and extension."""
        return [(fields["Channel"], fields["Exten"]) for name, fields in self.asked.actions if name == "Redirect"]


@pytest.fixture
async def calling_house(database: Database, clock: StillClock) -> AsyncIterator[CallingHouse]:
    """A floor of this test's own."""
    asked, outgoing = Asterisk(), Outgoing()
    ari, ami = cast(Ari, asked), cast(Ami, asked)
    roster, phones = Roster(ari, ami, asked.tell), PhoneAccounts(ari, "127.0.0.1")
    common: dict[str, Any] = {"clock": clock, "ari": ari, "phones": phones, "roster": roster, "database": database}
    floor = Floor(**common, ami=ami)
    floor.calls_out = outgoing.ready
    calling_out = CallingOut(
        node="node-1", clock=clock, ari=ari, roster=roster, database=database, outgoing=outgoing, caller_number="1022"
    )
    ear = FloorEar(**common, callers=KnownCallers(asked, calling_out))
    consultations = Consultations(
        clock=clock, ari=ari, ami=ami, roster=roster, note=ear.note_answer, calls_out=outgoing.ready
    )
    ear.first += [consultations, calling_out]
    yield CallingHouse(asked, clock, floor, ear, roster, asked, outgoing, calling_out, consultations, database)
    await roster.background.settle()
