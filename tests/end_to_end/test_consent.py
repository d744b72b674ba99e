"""A caller who pressed 9: nothing that was said is kept anywhere, and they are served all the same."""

import asyncio
from dataclasses import dataclass

import pytest
from sqlalchemy import select

from ivr.prompt_book import load_book
from telephony.phone import Phone
from tests.ear import seconds_of
from tests.hotline import LINE_LISTENS, MENU_WAITS, VOICE_HZ, Rung, RunningHotline
from transcription.store import transcripts

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]


@dataclass
class Refusal:
    """A call with key 9, and every channel that Asterisk had meanwhile."""

    rung: Rung
    channels: set[str]
    files: set[str]


@pytest.fixture(scope="module")
def refusal(hotline: RunningHotline) -> Refusal:
    """Somebody refuses recording, chooses 2 and goes on talking to the end."""
    channels: set[str] = set()
    files: set[str] = set()
    spool = hotline.settings.data / "asterisk" / "spool"

    async def look(phone: Phone) -> None:
        while await _alive(phone):
            channels.update(channel["name"] for channel in await hotline.ari("channels"))
            files.update(path.name for path in spool.rglob("*.wav"))
            await asyncio.sleep(0.05)

    script = ("hear-silence 0.3", "keys 9", MENU_WAITS, "keys 2", f"say {hotline.voice}")
    return Refusal(asyncio.run(hotline.ring(*script, number="0913000001", then=look)), channels, files)


async def _alive(phone: Phone) -> bool:
    try:
        async with asyncio.timeout(0.01):
            await phone.until("ended")
    except TimeoutError:
        return True
    return False


def test_no_channel_listens_to_a_caller_who_refused(refusal: Refusal) -> None:
    assert len(refusal.channels) == 1
    assert refusal.channels.pop().startswith("PJSIP/")


def test_nothing_of_a_caller_who_refused_is_recorded_or_transcribed(hotline: RunningHotline, refusal: Refusal) -> None:
    call = hotline.ended_call("+84913000001")
    hotline.settle(call.id)
    assert refusal.files == set()
    assert (call.recorded, call.recording, call.recording_lost) == (False, None, None)
    assert call.id not in hotline.node.offers
    assert hotline.rows(select(transcripts).where(transcripts.c.call == call.id)) == []
    assert not list((hotline.settings.data / "recordings").rglob(f"{call.id}*"))


def test_the_refusal_itself_is_kept_with_its_wording_key_and_time(hotline: RunningHotline, refusal: Refusal) -> None:
    call = hotline.ended_call("+84913000001")
    assert (call.consent_key, call.consent_text) == ("9", load_book()["recording-notice"].version)
    assert call.arrived_at < call.consent_at < call.ended_at
    event = hotline.event_of(call.id, "ConsentRecorded")
    assert (event["recorded"], event["key"], event["text_version"]) == (False, "9", call.consent_text)


def test_a_caller_who_refused_is_told_so_and_is_called_back_under_a_code(
    hotline: RunningHotline, refusal: Refusal
) -> None:
    call = hotline.ended_call("+84913000001")
    ticket = hotline.ticket_of(call.id)
    assert ticket.code in refusal.rung.digits.split()
    assert {"not-recorded", "callback-taken"} <= set(refusal.rung.prompts)
    assert hotline.event_of(call.id, "ReportTaken")["spoken"] is False
    assert ticket.topic == "ha-tang"


def test_another_caller_is_recorded_and_listened_to(hotline: RunningHotline) -> None:
    """What the tests above do not find is there when the caller agrees."""
    seen: set[str] = set()

    async def look(phone: Phone) -> None:
        while await _alive(phone):
            seen.update(channel["name"].split("/")[0] for channel in await hotline.ari("channels"))
            await asyncio.sleep(0.05)

    script = (MENU_WAITS, "keys 2", LINE_LISTENS, f"say {hotline.voice}", "hangup")
    asyncio.run(hotline.ring(*script, number="0913000002", then=look))
    call = hotline.ended_call("+84913000002")
    assert {"PJSIP", "Snoop", "AudioSocket"} <= seen
    assert call.id in hotline.node.offers
    assert seconds_of(hotline.recording_of(call), VOICE_HZ) > 2.5
