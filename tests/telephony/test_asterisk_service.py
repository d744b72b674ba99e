"""The line with a service at its end, on a real Asterisk: what passes between them, and what if the service dies."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from telephony.asterisk.configuration import PROMPTS
from telephony.phone import Phone
from tests.asterisk import PROMPT_SECONDS, TONES, VOICE, VOICE_SECONDS, RunningAsterisk, seconds_of_tone
from tests.telephony.service_end import ServiceEnd

pytestmark = pytest.mark.asterisk


async def test_keys_arrive_by_both_methods(asterisk: RunningAsterisk, service_end: ServiceEnd) -> None:
    async with Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        await phone.script("keys 12", "info", "keys *#", "wait 9")
        call = await service_end.call()
        assert call.start["args"] == ["arrived"]
        assert call.start["channel"]["caller"]["number"] == "0912345678"
        assert call.start["channel"]["language"] == "vi"
        await call.ask("POST", "answer")
        assert [(await call.until("ChannelDtmfReceived"))["digit"] for _ in range(4)] == ["1", "2", "*", "#"]
        await call.ask("DELETE", "")
        assert (await phone.finished()).answered


async def test_a_caller_who_refused_recording_is_not_recorded_when_the_service_dies(
    asterisk: RunningAsterisk, service_end: ServiceEnd, tmp_path: Path
) -> None:
    before = set(asterisk.reports())
    heard = tmp_path / "heard.wav"
    async with Phone.ring(f"sip:1022@{asterisk.sip}", record=heard) as phone:
        await phone.script("wait 10")
        call = await service_end.call()
        await call.ask("POST", "answer")
        await call.set("HOTLINE_NO_RECORDING", "1")
        await service_end.die()
        assert (await phone.finished()).reason == "Normal call clearing"
    assert seconds_of_tone(heard, TONES["fallback-no-recording"]) >= PROMPT_SECONDS - 0.15
    assert seconds_of_tone(heard, TONES["fallback-greeting"]) < 0.2
    assert set(asterisk.reports()) == before


async def test_when_the_service_dies_in_mid_sentence_the_caller_is_taken_over_after_it(
    asterisk: RunningAsterisk, service_end: ServiceEnd, voice: Path, tmp_path: Path
) -> None:
    before = set(asterisk.reports())
    heard = tmp_path / "heard.wav"
    async with Phone.ring(f"sip:1022@{asterisk.sip}", record=heard) as phone:
        await phone.script("hear-silence 0.5", f"say {voice}", "hangup")
        call = await service_end.call()
        await call.ask("POST", "answer")
        await call.ask("POST", "play", media="sound:queue-wait")
        await call.until("PlaybackStarted")
        await service_end.die()
        await phone.finished()
    assert seconds_of_tone(heard, TONES["queue-wait"]) >= PROMPT_SECONDS - 0.15, (
        "the sentence that was being said is said to its end"
    )
    assert seconds_of_tone(heard, TONES["fallback-greeting"]) >= PROMPT_SECONDS - 0.15
    (report,) = set(asterisk.reports()) - before
    assert seconds_of_tone(report, VOICE) == pytest.approx(VOICE_SECONDS, abs=0.2)


async def test_a_call_that_the_service_has_done_is_hung_up(asterisk: RunningAsterisk, service_end: ServiceEnd) -> None:
    async with Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        await phone.script("wait 9")
        call = await service_end.call()
        await call.ask("POST", "answer")
        await call.set("HOTLINE_DONE", "1")
        await call.ask("POST", "continue")
        assert (await phone.finished()).reason == "Normal call clearing"


async def test_a_queue_that_nobody_serves_gives_the_call_back_with_its_reason(
    asterisk: RunningAsterisk, service_end: ServiceEnd
) -> None:
    async with Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        await phone.script("wait 9")
        call = await service_end.call()
        await call.ask("POST", "answer")
        await call.set("HOTLINE_QUEUE", "hotline")
        await call.ask("POST", "continue")
        back = await service_end.call()
        assert back.start["args"] == ["queue-left", "JOINEMPTY"]
        assert back.channel == call.channel
        await back.ask("DELETE", "")
        await phone.finished()


async def test_digits_pressed_while_asterisk_dials_the_service_are_not_lost(
    asterisk: RunningAsterisk, service_end: ServiceEnd
) -> None:
    async with Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        await phone.script("wait 9")
        call = await service_end.call()
        await call.ask("POST", "answer")
        await call.set("HOTLINE_QUEUE", "hotline")
        await call.ask("POST", "continue")
        await call.until("StasisEnd")
        await phone.script("keys 7")
        back = await service_end.call()
        assert back.start["args"][0] == "queue-left"
        await back.ask("DELETE", "")
        await phone.finished()


SIGN_IN_SECRET = "good-for-one-sign-in"


@asynccontextmanager
async def operator_signed_in(
    asterisk: RunningAsterisk, service_end: ServiceEnd, record: Path | None = None
) -> AsyncIterator[Phone]:
    """An operator's phone whose endpoint exists in Asterisk's memory only, ready in the queue."""
    for kind, fields in {
        "auth": {"auth_type": "userpass", "username": "op-1", "password": SIGN_IN_SECRET},
        "aor": {"max_contacts": "1", "remove_existing": "yes"},
        "endpoint": {
            "transport": "sip",
            "context": "operators",
            "disallow": "all",
            "allow": "alaw",
            "auth": "op-1",
            "aors": "op-1",
            "identify_by": "username",
            "media_address": "127.0.0.1",
            "bind_rtp_to_media_address": "yes",
        },
    }.items():
        body = {"fields": [{"attribute": name, "value": value} for name, value in fields.items()]}
        status, _ = await service_end.ari("PUT", f"asterisk/config/dynamic/res_pjsip/{kind}/op-1", body)
        assert status == 200
    async with Phone.operator(asterisk.sip, user="op-1", password=SIGN_IN_SECRET, record=record) as operator:
        assert await operator.until("registered", code=200)
        await service_end.ami(Action="QueueAdd", Queue="hotline", Interface="PJSIP/op-1")
        yield operator
    await service_end.ami(Action="QueueRemove", Queue="hotline", Interface="PJSIP/op-1")
    for kind in ("endpoint", "aor", "auth"):
        assert (await service_end.ari("DELETE", f"asterisk/config/dynamic/res_pjsip/{kind}/op-1"))[0] == 204


async def test_an_operator_whose_secret_no_file_holds_takes_a_call_from_the_queue(
    asterisk: RunningAsterisk, service_end: ServiceEnd, voice: Path, tmp_path: Path
) -> None:
    heard = tmp_path / "operator.wav"
    async with operator_signed_in(asterisk, service_end, heard) as operator:
        folder = asterisk.settings.folder
        stored = [
            path.name for path in folder.rglob("*") if path.is_file() and SIGN_IN_SECRET.encode() in path.read_bytes()
        ]
        assert stored == []
        async with Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
            call = await service_end.call()
            await call.ask("POST", "answer")
            await call.set("HOTLINE_QUEUE", "hotline")
            await call.ask("POST", "continue")
            await operator.until("media")
            await phone.do("wait 0.3", f"say {voice}", "wait 0.3")
            await operator.script("hangup")
            await operator.finished()
            assert (await phone.finished()).answered
    assert seconds_of_tone(heard, VOICE) == pytest.approx(VOICE_SECONDS, abs=0.3)


async def test_when_the_service_is_gone_a_free_operator_takes_the_call(
    asterisk: RunningAsterisk, service_end: ServiceEnd, tmp_path: Path
) -> None:
    before = set(asterisk.reports())
    heard = tmp_path / "heard.wav"
    async with operator_signed_in(asterisk, service_end) as operator:
        await service_end.die()
        async with Phone.ring(f"sip:1022@{asterisk.sip}", record=heard) as phone:
            await phone.script("wait 9")
            assert await operator.until("incoming")
            await operator.script("hangup")
            await operator.finished()
            assert (await phone.finished()).answered
    assert seconds_of_tone(heard, TONES["fallback-greeting"]) >= PROMPT_SECONDS - 0.15
    assert set(asterisk.reports()) == before


async def test_both_legs_are_recorded_whole_by_two_snoops(
    asterisk: RunningAsterisk, service_end: ServiceEnd, voice: Path
) -> None:
    async with service_end.media() as until, Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        call = await service_end.call()
        await call.ask("POST", "answer")
        for spy in ("in", "out"):
            leg = f"leg-{spy}"
            path = f"channels/{call.channel}/snoop/{leg}?spy={spy}&app=hotline-media"
            assert (await service_end.ari("POST", path))[0] == 200
            assert (await until("StasisStart"))["channel"]["id"] == leg
            assert (await service_end.ari("POST", f"channels/{leg}/record?name={leg}&format=wav"))[0] == 201
        await call.ask("POST", "play", media="sound:queue-wait")
        await phone.do(f"say {voice}", "hangup")
        await phone.finished()
        finished = {(await until("RecordingFinished"))["recording"]["name"] for _ in ("in", "out")}
    assert finished == {"leg-in", "leg-out"}
    recording = asterisk.settings.folder / "spool" / "recording"
    spoken, played = recording / "leg-in.wav", recording / "leg-out.wav"
    assert seconds_of_tone(spoken, VOICE) == pytest.approx(VOICE_SECONDS, abs=0.2)
    assert seconds_of_tone(played, TONES["queue-wait"]) == pytest.approx(PROMPT_SECONDS, abs=0.15)
    assert seconds_of_tone(played, VOICE) < 0.1
    assert abs(spoken.stat().st_size - played.stat().st_size) <= 2 * 8000 * 0.1


async def test_the_service_has_the_rights_it_needs_and_no_more(
    asterisk: RunningAsterisk, service_end: ServiceEnd
) -> None:
    async with Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        await phone.script("wait 9")
        call = await service_end.call()
        name = call.start["channel"]["name"]
        assert "Success" in await service_end.ami(Action="Setvar", Channel=name, Variable="HOTLINE_DONE", Value="1")
        for denied in (
            {"Action": "Command", "Command": "core show version"},
            {"Action": "Originate", "Channel": "Local/x@x", "Application": "System", "Data": "id"},
            {"Action": "UpdateConfig", "SrcFilename": "manager.conf", "DstFilename": "manager.conf"},
            {"Action": "ModuleLoad", "LoadType": "load", "Module": "app_system.so"},
        ):
            assert "Error" in await service_end.ami(**denied), denied
        await call.ask("DELETE", "")
        await phone.finished()
    assert "Error" in await service_end.ami(secret="a wrong one", Action="Ping")


async def test_every_prompt_of_the_configuration_can_be_played(
    asterisk: RunningAsterisk, service_end: ServiceEnd
) -> None:
    status, sounds = await service_end.ari("GET", "sounds?lang=vi")
    assert status == 200
    assert {sound["id"] for sound in sounds} >= set(PROMPTS)
