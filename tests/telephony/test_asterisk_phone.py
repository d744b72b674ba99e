"""The scriptable phone's script: what it understands, and what it says to what it does not."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.errors import HotlineError
from telephony.phone import Phone, parse_step
from tests.asterisk import VOICE, RunningAsterisk, free_port, seconds_of_tone, write_tone


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("wait 2.5", ["wait", 2.5]),
        ("silence 3", ["wait", 3.0]),
        ("keys 2", ["keys", "2"]),
        ("keys 1*#d", ["keys", "1*#D"]),
        ("say a file.wav", ["say", "a file.wav"]),
        ("hear-silence", ["hear-silence", 0.8]),
        ("hear-silence 1.5", ["hear-silence", 1.5]),
        (" rfc4733 ", ["rfc4733"]),
        ("info", ["info"]),
        ("hangup", ["hangup"]),
    ],
)
def test_a_step_is_what_its_words_say(line: str, order: list[object]) -> None:
    assert parse_step(line) == order


@pytest.mark.parametrize(
    "line", ["", "dance", "keys", "keys 2a x", "wait", "wait soon", "wait -1", "wait nan", "wait 1e9", "say"]
)
def test_a_step_that_does_not_exist_is_named_in_the_refusal(line: str) -> None:
    with pytest.raises(HotlineError) as refused:
        parse_step(line)
    assert f"“{line}”" in str(refused.value)


@given(line=st.text(max_size=30))
def test_any_text_is_a_step_or_a_refusal(line: str) -> None:
    try:
        order = parse_step(line)
    except HotlineError:
        return
    assert order[0] in {"wait", "keys", "say", "hear-silence", "rfc4733", "info", "hangup"}


async def test_a_number_that_nobody_answers_is_a_report_and_no_error() -> None:
    pytest.importorskip("pjsua2", reason="the extra `phone` is not installed")
    async with Phone.ring(f"sip:1022@127.0.0.1:{free_port()}", address="127.0.0.1") as phone:
        assert await phone.until("state", state="CALLING")


async def test_an_address_that_is_not_ours_is_one_vietnamese_sentence() -> None:
    pytest.importorskip("pjsua2", reason="the extra `phone` is not installed")
    with pytest.raises(HotlineError, match="Điện thoại giả lập không gọi được"):
        async with Phone.ring("sip:1022@127.0.0.1:9", address="203.0.113.1") as phone:
            await phone.finished()


async def test_a_file_that_is_no_recording_is_refused_before_it_is_said(tmp_path: Path) -> None:
    pytest.importorskip("pjsua2", reason="the extra `phone` is not installed")
    (tmp_path / "text.wav").write_text("not a recording", "utf-8")
    async with Phone.ring(f"sip:1022@127.0.0.1:{free_port()}", address="127.0.0.1") as phone:
        for file in ("text.wav", "absent.wav"):
            with pytest.raises(HotlineError, match="Không đọc được tệp âm thanh"):
                await phone.script(f"say {tmp_path / file}")


@pytest.mark.asterisk
async def test_a_recording_of_any_rate_arrives_as_long_and_as_high_as_it_was(
    asterisk: RunningAsterisk, tmp_path: Path
) -> None:
    async def say(rate: int, channels: int) -> None:
        voice = write_tone(tmp_path / f"{rate}.wav", VOICE, 1.0, rate)
        if channels == 2:
            with wave.open(str(voice), "rb") as mono:
                samples = np.frombuffer(mono.readframes(mono.getnframes()), "<i2")
            with wave.open(str(voice), "wb") as stereo:
                stereo.setparams((2, 2, rate, 0, "NONE", ""))
                stereo.writeframes(np.column_stack((samples, samples)).tobytes())
        async with Phone.ring(f"sip:1022@{asterisk.sip}", number=str(rate)) as phone:
            await phone.script("hear-silence 0.3", f"say {voice}", "hangup")
            ended = await phone.finished()
        assert ended.sent >= 50 * 2, "RTP flows all the time, also while nothing is said"

    await asyncio.gather(say(8000, 1), say(16000, 1), say(22050, 1), say(44100, 2))
    reports = {path.stem.split("_")[2]: seconds_of_tone(path, VOICE) for path in asterisk.reports()}
    assert reports == {rate: pytest.approx(1.0, abs=0.15) for rate in ("8000", "16000", "22050", "44100")}
