"""Asterisk dies in the middle of a call: the books are closed with the cause, and the next call is served as soon as it is back."""

import asyncio
import os
import signal
import time
from dataclasses import dataclass
from typing import Any

import pytest

from telephony.phone import Phone
from tests.ear import seconds_of
from tests.hotline import LINE_LISTENS, MENU_WAITS, VOICE_HZ, Rung, RunningHotline

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]


@dataclass
class Crash:
    """The call that was cut off, how long the service took to find the fresh Asterisk, and the next caller."""

    cut: Any
    reconnected_after: float
    next: Rung


@pytest.fixture(scope="module")
def crash(hotline: RunningHotline) -> Crash:
    """Asterisk is killed while a caller speaks, and its keeper starts another."""
    killed = asyncio.run(_cut_off(hotline))
    hotline.until(lambda: not hotline.is_ready(), "the service notices")
    hotline.until(lambda: hotline.asterisk.process.pid not in (killed, None), "another Asterisk")
    began = time.monotonic()
    hotline.until(hotline.is_ready, "the service is connected again")
    took = time.monotonic() - began
    cut = hotline.ended_call("+84916000001")
    says = (LINE_LISTENS, f"say {hotline.voice}", "silence 0.3", "keys #")
    return Crash(cut, took, asyncio.run(hotline.ring(MENU_WAITS, "keys 2", *says, number="0916000002")))


async def _cut_off(hotline: RunningHotline) -> int:
    destination = f"sip:1022@{hotline.asterisk.sip}"
    async with Phone.ring(destination, number="0916000001") as phone:
        await phone.do(MENU_WAITS, "keys 2", LINE_LISTENS, *[f"say {hotline.voice}"] * 2)
        pid = hotline.asterisk.process.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
    return pid


def test_the_call_is_closed_with_its_cause(crash: Crash) -> None:
    assert crash.cut.cause == "line-lost"
    assert crash.cut.ended_at is not None


def test_what_the_caller_had_said_is_a_ticket_and_a_recording(hotline: RunningHotline, crash: Crash) -> None:
    assert hotline.ticket_of(crash.cut.id).topic == "ha-tang"
    assert seconds_of(hotline.recording_of(crash.cut), VOICE_HZ) > 3.5, (
        "all but the two seconds that died with Asterisk"
    )


def test_the_service_is_connected_again_within_seconds(crash: Crash, record_property: pytest.FixtureRequest) -> None:
    """The promise is five seconds; a machine that does ten other things at once is given twice that."""
    record_property("reconnected_after_seconds", round(crash.reconnected_after, 2))  # type: ignore[operator]
    assert crash.reconnected_after < 10


def test_the_next_caller_is_served(hotline: RunningHotline, crash: Crash) -> None:
    call = hotline.ended_call("+84916000002")
    assert hotline.ticket_of(call.id).code in crash.next.digits.split()
