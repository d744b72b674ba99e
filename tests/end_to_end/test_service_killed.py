"""The service dies in the middle of everything: nobody is dropped, nobody is left in silence, nothing that was said is lost or told twice.

One night is lived through by several citizens at once; each test is a claim about it.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from telephony.phone import Phone
from telephony.store import calls
from tests.asterisk import write_tone
from tests.ear import LONG, LONG_SECONDS, TONES, heard, seconds_of
from tests.hotline import LINE_LISTENS, MENU_WAITS, VOICE_HZ, RunningHotline
from tickets.store import tickets

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(300)]

NUMBERS = {
    "in-prompt": "0915000001",
    "in-report": "0915000002",
    "waiting": "0915000003",
    "refused": "0915000004",
    "left-meanwhile": "0915000005",
    "rang-meanwhile": "0915000006",
    "silent-meanwhile": "0915000007",
}
LEAVE_WORDS = ("hear-silence 1.2", "say {voice}", "silence 0.3", "keys #", "wait 20")


@dataclass
class Night:
    """What everybody heard, what lay in the spool before the service came back, and what stood after each of its starts."""

    heard: Mapping[str, Path]
    reports: list[str]
    takes: list[str]
    calls: Mapping[str, Any]
    tickets: Mapping[str, list[Any]]
    counts: list[tuple[int, int]]


@pytest.fixture(scope="module")
def night(hotline: RunningHotline) -> Night:
    """See ``_dying``."""
    long = write_tone(hotline.settings.data / "long.wav", VOICE_HZ, 7.0, rate=16000)
    recordings = asyncio.run(_dying(hotline, str(long)))
    spool = hotline.settings.data / "asterisk" / "spool"
    reports = [path.name for path in (spool / "reports").glob("*.wav")]
    takes = [path.name for path in (spool / "recording").glob("*.wav")]
    counts = []
    found: dict[str, Any] = {}
    for _ in range(2):
        hotline.start_service()
        for who, number in NUMBERS.items():
            found[who] = hotline.ended_call(f"+84{number[1:]}")
            hotline.settle(found[who].id)
        counts.append(_counts(hotline))
        hotline.kill_service()
    hotline.start_service()
    counts.append(_counts(hotline))
    left = {who: hotline.tickets_of(call.id) for who, call in found.items()}
    return Night(recordings, reports, takes, found, left, counts)


def _counts(hotline: RunningHotline) -> tuple[int, int]:
    ((many_tickets,),) = hotline.rows(select(func.count()).select_from(tickets))
    ((many_calls,),) = hotline.rows(select(func.count()).select_from(calls))
    return many_tickets, many_calls


async def _dying(hotline: RunningHotline, long: str) -> Mapping[str, Path]:
    """Five citizens in different places of the menu when the service is killed, two who ring when it is dead."""
    recordings = {who: hotline.settings.data / f"killed-{who}.wav" for who in NUMBERS}
    words = [line.format(voice=hotline.voice) for line in LEAVE_WORDS]
    killed, everybody_waits = asyncio.Event(), asyncio.Barrier(6)

    async def citizen(who: str, live: Callable[[Phone], Any]) -> None:
        destination = f"sip:1022@{hotline.asterisk.sip}"
        async with Phone.ring(destination, number=NUMBERS[who], record=recordings[who]) as phone:
            await live(phone)
            await phone.finished()

    async def in_prompt(phone: Phone) -> None:
        await phone.do(MENU_WAITS)
        await everybody_waits.wait()
        await phone.do("wait 2", "keys 5")
        await killed.wait()
        await phone.script(*words)

    async def in_report(phone: Phone) -> None:
        await phone.do(MENU_WAITS)
        await everybody_waits.wait()
        await phone.script("keys 2", LINE_LISTENS, f"say {long}", *words)
        await killed.wait()

    async def left_meanwhile(phone: Phone) -> None:
        await phone.do(MENU_WAITS)
        await everybody_waits.wait()
        await phone.script("keys 3", LINE_LISTENS, f"say {long}", "hangup")
        await killed.wait()

    async def waiting(phone: Phone) -> None:
        await phone.do(MENU_WAITS)
        await everybody_waits.wait()
        await phone.do("wait 1.5", "keys *")
        await killed.wait()
        await phone.script(*words)

    async def refused(phone: Phone) -> None:
        await phone.do("hear-silence 0.3", "keys 9", MENU_WAITS)
        await everybody_waits.wait()
        await phone.do("wait 1.5", "keys *")
        await killed.wait()
        await phone.script(f"say {hotline.voice}", "wait 20")

    async def rang_meanwhile(phone: Phone) -> None:
        await phone.script(*words)

    async def silent_meanwhile(phone: Phone) -> None:
        await phone.script("hear-silence 1.2", "hangup")

    async def death() -> None:
        await everybody_waits.wait()
        await asyncio.sleep(4)
        hotline.kill_service()
        killed.set()

    async def after(who: str, live: Callable[[Phone], Any]) -> None:
        await killed.wait()
        await citizen(who, live)

    await asyncio.gather(
        citizen("in-prompt", in_prompt),
        citizen("in-report", in_report),
        citizen("left-meanwhile", left_meanwhile),
        citizen("waiting", waiting),
        citizen("refused", refused),
        after("rang-meanwhile", rang_meanwhile),
        after("silent-meanwhile", silent_meanwhile),
        death(),
    )
    return recordings


@pytest.mark.parametrize("who", ["in-prompt", "in-report", "waiting", "rang-meanwhile"])
def test_nobody_is_dropped_or_left_in_silence(night: Night, who: str) -> None:
    prompts = heard(night.heard[who])
    assert "fallback-greeting" in prompts
    assert prompts[-1] == "fallback-thanks", "the caller was listened to until they had done"


def test_the_prompt_that_was_being_said_is_said_to_its_end(night: Night) -> None:
    assert seconds_of(night.heard["in-prompt"], TONES[LONG]) > LONG_SECONDS - 0.3


@pytest.mark.parametrize("who", ["in-prompt", "in-report", "waiting", "left-meanwhile", "rang-meanwhile"])
def test_what_was_said_is_one_ticket_and_a_recording(hotline: RunningHotline, night: Night, who: str) -> None:
    assert len(night.tickets[who]) == 1
    call = night.calls[who]
    assert call.recorded
    assert seconds_of(hotline.recording_of(call), VOICE_HZ) > 2.5


def test_the_topic_that_a_caller_had_chosen_is_kept(night: Night) -> None:
    assert night.tickets["in-report"][0].topic == "ha-tang"
    assert night.tickets["waiting"][0].topic != "ha-tang"


def test_a_report_that_the_death_cut_in_two_is_whole(hotline: RunningHotline, night: Night) -> None:
    assert seconds_of(hotline.recording_of(night.calls["in-report"]), VOICE_HZ) > 9.0


def test_a_caller_who_refused_is_not_recorded_by_the_fallback(night: Night) -> None:
    prompts = heard(night.heard["refused"])
    assert "fallback-no-recording" in prompts
    assert "fallback-greeting" not in prompts
    call = night.calls["refused"]
    channel = call.id.removeprefix("node-1-")
    assert night.reports
    assert night.takes
    assert not [name for name in night.reports + night.takes if channel in name]
    assert (call.recorded, call.consent_key, call.recording) == (False, "9", None)
    assert night.tickets["refused"] == []


def test_a_caller_who_said_nothing_while_the_service_was_dead_leaves_a_call_only(night: Night) -> None:
    assert night.calls["silent-meanwhile"].arrived_at is not None
    assert night.tickets["silent-meanwhile"] == []


def test_a_call_that_the_service_did_not_see_the_end_of_says_so(night: Night) -> None:
    for who in ("in-prompt", "in-report", "waiting", "refused", "left-meanwhile"):
        assert night.calls[who].cause == "service-away"
    assert night.calls["left-meanwhile"].result == "cut-off"


def test_starting_again_and_again_changes_nothing(hotline: RunningHotline, night: Night) -> None:
    assert len(set(night.counts)) == 1
    assert list((hotline.settings.data / "asterisk" / "spool" / "reports").glob("*.wav")) == []
    assert list((hotline.settings.data / "calls").glob("*.json")) == []
