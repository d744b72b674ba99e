"""The line with a service at its end, on a real Asterisk: what passes between them, and what if the service dies."""

from pathlib import Path

import pytest

from telephony.asterisk.configuration import PROMPTS
from telephony.phone import Phone
from tests.asterisk import TONES, VOICE, RunningAsterisk, seconds_of_tone
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
    assert seconds_of_tone(heard, TONES["fallback-no-recording"]) >= 0.6
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
    assert seconds_of_tone(heard, TONES["queue-wait"]) >= 0.6, "the sentence that was being said is said to its end"
    assert seconds_of_tone(heard, TONES["fallback-greeting"]) >= 0.6
    (report,) = set(asterisk.reports()) - before
    assert seconds_of_tone(report, VOICE) == pytest.approx(2.0, abs=0.2)


async def test_a_call_that_the_service_has_done_is_hung_up(asterisk: RunningAsterisk, service_end: ServiceEnd) -> None:
    async with Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        await phone.script("wait 9")
        call = await service_end.call()
        await call.ask("POST", "answer")
        await call.set("HOTLINE_DONE", "1")
        await call.ask("POST", "continue")
        assert (await phone.finished()).reason == "Normal call clearing"
    assert asterisk.channels() == []


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


async def test_an_operator_signs_in_with_a_secret_that_no_file_holds_and_takes_a_call_from_the_queue(
    asterisk: RunningAsterisk, service_end: ServiceEnd, voice: Path, tmp_path: Path
) -> None:
    secret = "one-sign-in-only"
    for kind, fields in {
        "auth": {"auth_type": "userpass", "username": "op-1", "password": secret},
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
        path = f"asterisk/config/dynamic/res_pjsip/{kind}/op-1"
        body = {"fields": [{"attribute": name, "value": value} for name, value in fields.items()]}
        status, _ = await service_end.ari("PUT", path, body)
        assert status == 200
    assert not [path for path in (tmp_path.parent).rglob("*.conf") if secret in path.read_text("utf-8")]

    heard = tmp_path / "operator.wav"
    async with Phone.operator(asterisk.sip, user="op-1", password=secret, record=heard) as operator:
        assert await operator.until("registered", code=200)
        await service_end.ami(Action="QueueAdd", Queue="hotline", Interface="PJSIP/op-1", StateInterface="PJSIP/op-1")
        async with Phone.ring(f"sip:1022@{asterisk.sip}", record=tmp_path / "caller.wav") as phone:
            call = await service_end.call()
            await call.ask("POST", "answer")
            await call.set("HOTLINE_QUEUE", "hotline")
            await call.ask("POST", "continue")
            await operator.until("incoming")
            await operator.until("media")
            await phone.do("wait 0.3", f"say {voice}", "wait 0.3")
            await operator.script("hangup")
            await operator.finished()
            assert (await phone.finished()).answered
    assert seconds_of_tone(heard, VOICE) == pytest.approx(2.0, abs=0.3)
    await service_end.ami(Action="QueueRemove", Queue="hotline", Interface="PJSIP/op-1")
    assert (await service_end.ari("DELETE", "asterisk/config/dynamic/res_pjsip/endpoint/op-1"))[0] == 204


async def test_both_legs_are_recorded_whole_by_two_snoops(
    asterisk: RunningAsterisk, service_end: ServiceEnd, voice: Path
) -> None:
    async with service_end.media() as started, Phone.ring(f"sip:1022@{asterisk.sip}") as phone:
        call = await service_end.call()
        await call.ask("POST", "answer")
        for spy in ("in", "out"):
            leg = f"leg-{spy}"
            path = f"channels/{call.channel}/snoop/{leg}?spy={spy}&app=hotline-media"
            assert (await service_end.ari("POST", path))[0] == 200
            await started(leg)
            assert (await service_end.ari("POST", f"channels/{leg}/record?name={leg}&format=wav"))[0] == 201
        await call.ask("POST", "play", media="sound:queue-wait")
        await phone.do(f"say {voice}", "hangup")
        await phone.finished()
    recording = asterisk.settings.folder / "spool" / "recording"
    spoken, played = recording / "leg-in.wav", recording / "leg-out.wav"
    assert seconds_of_tone(spoken, VOICE) == pytest.approx(2.0, abs=0.2)
    assert seconds_of_tone(played, TONES["queue-wait"]) == pytest.approx(0.8, abs=0.15)
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
            {"Action": "MixMonitor", "Channel": name, "File": "x.wav", "Command": "id"},
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
