"""PostgreSQL goes away in the middle of a call: callers notice nothing, and everything stands once when it is back."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from telephony.phone import Phone
from tests.ear import said_digits
from tests.hotline import LINE_LISTENS, MENU_WAITS, Rung, RunningHotline, running_hotline
from tests.postgresql import PostgreSQL

pytestmark = [pytest.mark.asterisk, pytest.mark.postgresql, pytest.mark.timeout(240)]


@dataclass
class Outage:
    """The codes that were told while the database was away, and the facts that waited on the disk."""

    cut_into: str
    begun_without: Rung
    spooled: int


@pytest.fixture(scope="module")
def hotline(postgresql: PostgreSQL) -> Iterator[RunningHotline]:
    """A hotline of its own, with PostgreSQL for its tables and its jobs."""
    tables, jobs = postgresql.new_database(), postgresql.new_database()
    with running_hotline(postgresql.url(tables, "asyncpg"), postgresql.url(jobs)) as running:
        running.start_service()
        yield running
    postgresql.drop_database(tables)
    postgresql.drop_database(jobs)


@pytest.fixture(scope="module")
def outage(hotline: RunningHotline, postgresql: PostgreSQL) -> Outage:
    """The server stops while somebody is in the menu; somebody else rings before it is back."""
    says = (LINE_LISTENS, f"say {hotline.voice}", "silence 0.3", "keys #", "wait 60")
    recording = hotline.settings.data / "away.wav"

    async def in_mid_call() -> None:
        destination = f"sip:1022@{hotline.asterisk.sip}"
        async with Phone.ring(destination, number="0917000001", record=recording) as phone:
            await phone.do(MENU_WAITS)
            await asyncio.to_thread(postgresql.stop, immediate=True)
            await phone.script("keys 2", *says)
            await phone.finished()

    async def both() -> Rung:
        await in_mid_call()
        return await hotline.ring(MENU_WAITS, "keys 3", *says, number="0917000002")

    try:
        second = asyncio.run(both())
        spooled = len(list((hotline.settings.data / "spool" / "events").glob("*.json")))
    finally:
        postgresql.start()
    return Outage(said_digits(recording), second, spooled)


def test_a_caller_is_told_their_code_while_the_database_is_away(outage: Outage) -> None:
    for digits in (outage.cut_into, outage.begun_without.digits):
        assert [code for code in digits.split() if len(code) == 8]


def test_what_callers_did_meanwhile_waits_on_the_disk(outage: Outage) -> None:
    assert outage.spooled >= 6, "report and end of the first call, everything of the second"


def test_when_the_database_is_back_each_call_has_one_ticket_under_the_code_that_was_told(
    hotline: RunningHotline, outage: Outage
) -> None:
    for number, digits in (("+84917000001", outage.cut_into), ("+84917000002", outage.begun_without.digits)):
        call = hotline.until(lambda number=number: hotline.call(number), f"the call of {number}", 60)  # type: ignore[misc]
        ticket = hotline.ticket_of(hotline.ended_call(call.number).id)
        assert ticket.code in digits.split()
    assert not list((hotline.settings.data / "spool" / "events").glob("*.json"))
