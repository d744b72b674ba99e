"""Claims about the sounds of prompts: what can be heard is taken and nothing else, under names of the book alone, and all can be undone."""

import io
import wave
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from aiohttp import FormData
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.administration.decoding import MOST_SECONDS, Sound, decode
from hotline1022.administration.sound_check import check
from hotline1022.base.errors import Invalid
from ivr.overrides import Overrides
from ivr.prompt_book import load_book
from ivr.recordings import Made, build_prompt_folder, read_manifest, write_manifest
from tests.administration.conftest import Ask

GREETING = "/api/prompts/greeting"
WORDS = load_book()["greeting"].text


def voice(seconds: float = 5.0, rate: int = 16_000, loud: float = 0.2) -> Any:
    """Something as long and as loud as speech."""
    at = np.arange(int(seconds * rate)) / rate
    return np.sin(2 * np.pi * 220 * at) * loud * (0.6 + 0.4 * np.sin(2 * np.pi * 3 * at))


def wav(samples: Any, rate: int = 16_000, channels: int = 1, width: int = 2) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        whole = (np.repeat(samples, channels) * (2**31 - 1)).astype("<i4")
        if width == 1:
            file.writeframes(((whole >> 24) + 128).astype(np.uint8).tobytes())
        else:
            file.writeframes(whole.view(np.uint8).reshape(-1, 4)[:, 4 - width :].tobytes())
    return written.getvalue()


def packed(container: str, codec: str, seconds: float = 3.0) -> bytes:
    """Sound as browsers record it."""
    written = io.BytesIO()
    with av.open(written, "w", format=container) as file:
        stream = file.add_stream(codec, rate=48_000)
        stream.layout = "mono"  # type: ignore[union-attr]
        frame = av.AudioFrame.from_ndarray(voice(seconds, 48_000).astype(np.float32)[None, :], "flt", "mono")
        frame.sample_rate = 48_000
        for packet in (*stream.encode(frame), *stream.encode(None)):  # type: ignore[union-attr, arg-type]
            file.mux(packet)
    return written.getvalue()


@pytest.mark.parametrize("width", [1, 2, 3, 4])
@pytest.mark.parametrize("channels", [1, 2])
def test_every_kind_of_wav_is_the_same_sound(width: int, channels: int) -> None:
    sound = decode(wav(voice(1.0), channels=channels, width=width))
    assert (sound.rate, len(sound.samples), sound.cut) == (16_000, 16_000, False)
    assert np.max(np.abs(sound.samples - voice(1.0))) < (0.01 if width == 1 else 0.001)


@pytest.mark.parametrize(("container", "codec"), [("webm", "libopus"), ("ogg", "libopus")])
def test_what_browsers_record_can_be_read(container: str, codec: str) -> None:
    sound = decode(packed(container, codec))
    assert sound.seconds == pytest.approx(3.0, abs=0.1)
    assert check(sound, "một hai ba bốn năm sáu bảy tám") == []


def test_nobody_can_send_more_than_a_few_minutes() -> None:
    sound = decode(packed("webm", "libopus", 200.0))
    assert (sound.cut, sound.seconds) == (True, MOST_SECONDS)
    assert check(sound, WORDS)[0].level == "error"


@given(
    st.sampled_from([b"", b"RIFF\0\0\0\0WAVE", b"OggS", b"\x1a\x45\xdf\xa3", b"#!/bin/sh\n"]), st.binary(max_size=300)
)
def test_what_is_no_sound_is_refused_and_harms_nothing(begins: bytes, goes_on: bytes) -> None:
    with pytest.raises(Invalid):
        decode(begins + goes_on)


@pytest.mark.parametrize("at", [0, 40, 200, 900, 2000])
def test_a_sound_that_was_torn_on_its_way_is_read_or_refused(at: int) -> None:
    data = bytearray(packed("webm", "libopus", 1.0))
    data[at : at + 20] = b"\xff" * 20
    try:
        sound = decode(bytes(data))
    except Invalid:
        return
    assert sound.seconds < 2


@pytest.mark.parametrize(
    ("samples", "level", "what"),
    [
        (voice(5.0) * 0.0005, "error", "Không nghe thấy"),
        (np.zeros(16_000), "error", "Không nghe thấy"),
        (voice(0.1), "error", "chỉ dài 0,1 giây"),
        (voice(121.0), "error", "dài hơn 120 giây"),
        (voice(5.0) * 0.05, "warning", "nhỏ quá"),
        (np.clip(voice(5.0) * 20, -1, 1), "warning", "bị vỡ"),
        (np.concatenate([np.zeros(32_000), voice(5.0)]), "warning", "Im lặng 2,0 giây ở đầu"),
        (voice(1.0), "warning", "nghe lại xem có đọc đủ"),
        (voice(60.0), "warning", "nghe lại xem có đọc đủ"),
    ],
)
def test_what_is_wrong_with_a_sound_is_said(samples: Any, level: str, what: str) -> None:
    found = check(Sound(samples, 16_000), "một hai ba bốn năm sáu bảy tám chín mười mười một mười hai")
    assert any(each.level == level and what in f"{each.what} {each.remedy}" for each in found), found


async def send(ask: Ask, data: bytes, path: str = GREETING, who: str = "lan") -> tuple[int, Any]:
    form = FormData()
    form.add_field("sound", io.BytesIO(data), filename="../../etc/passwd", content_type="audio/wav")
    return await ask("PUT", f"{path}/sound", who, data=form)


async def test_every_prompt_is_listed_with_its_words_its_sound_and_where_it_is_used(ask: Ask) -> None:
    status, told = await ask("GET", "/api/prompts", "hoa")
    assert status == 200
    prompts = {each["name"]: each for each in told["prompts"]}
    assert set(prompts) == set(load_book())
    greeting = prompts["greeting"]
    assert (greeting["text"], greeting["version"], greeting["has_sound"]) == (WORDS, 1, True)
    assert greeting["used_in"] == ["Kịch bản chính › greeting"]
    assert greeting["seconds"] > 1


async def test_a_sound_that_was_sent_is_what_callers_hear(ask: Ask, tmp_path: Path) -> None:
    status, told = await send(ask, wav(voice(5.0), rate=16_000, channels=2))
    assert (status, told["version"], told["findings"]) == (200, 2, [])
    assert [(each["number"], each["by"]) for each in told["versions"]] == [(2, "lan"), (1, None)]
    with wave.open(str(tmp_path / "prompts" / "vi" / "greeting.wav")) as laid:
        assert (laid.getframerate(), laid.getnchannels(), laid.getsampwidth()) == (8000, 1, 2)
    folder = build_prompt_folder(load_book(), tmp_path / "sounds", Overrides(tmp_path).recordings)
    assert "greeting" in folder.playable
    assert (tmp_path / "sounds" / "greeting.alaw").stat().st_size == pytest.approx(5 * 8000, rel=0.05)
    status, telephone = await ask("GET", f"{GREETING}/sound?version=2&telephone=1")
    assert (status, telephone[:4]) == (200, b"RIFF")
    with wave.open(io.BytesIO(telephone)) as file:
        assert file.getframerate() == 8000
    _, sent = await ask("GET", f"{GREETING}/sound?version=2")
    with wave.open(io.BytesIO(sent)) as file:
        assert file.getframerate() == 16_000


async def test_no_machine_voice_takes_the_place_of_a_sound_that_was_sent(ask: Ask, tmp_path: Path) -> None:
    folder = tmp_path / "prompts" / "vi"
    folder.mkdir(parents=True)
    (folder / "greeting.alaw").write_bytes(b"\xd5" * 16_000)
    write_manifest(folder, {"greeting": Made("0" * 64, "espeak"), "menu": Made("1" * 64, "espeak")})
    await send(ask, wav(voice(5.0)))
    assert set(read_manifest(folder)) == {"menu"}
    assert not (folder / "greeting.alaw").exists()


async def test_an_old_sound_comes_back_also_the_one_that_was_there_first(ask: Ask, tmp_path: Path) -> None:
    _, first = await ask("GET", f"{GREETING}/sound?telephone=1")
    await send(ask, wav(voice(5.0)))
    status, told = await ask("POST", f"{GREETING}/activate", json={"version": 1, "note": "Nhầm giọng"})
    assert (status, told["version"]) == (200, 3)
    assert [each["number"] for each in told["versions"]] == [3, 2, 1]
    _, again = await ask("GET", f"{GREETING}/sound?telephone=1")
    assert abs(len(again) - len(first)) < 8000
    assert (await ask("POST", f"{GREETING}/activate", json={"version": 3}))[0] == 409
    assert (await ask("POST", f"{GREETING}/activate", json={"version": 9}))[0] == 404
    _, journal = await ask("GET", "/api/administration/changes")
    assert [each["subject"] for each in journal["changes"]] == ["Câu thoại greeting"] * 2


async def test_what_cannot_be_used_changes_nothing(ask: Ask, tmp_path: Path) -> None:
    for data in (b"", b"no sound at all", wav(np.zeros(16_000))):
        assert (await send(ask, data))[0] == 422
    assert (await send(ask, b"\0" * (10 * 1024 * 1024 + 1)))[0] == 413
    assert not (tmp_path / "prompts").exists()
    assert (await ask("GET", GREETING))[1]["version"] == 1


@pytest.mark.parametrize("name", ["khong-co", "..%2F..%2Fx", "vi.yaml", "manifest"])
async def test_a_sound_goes_under_names_of_the_prompt_book_alone(ask: Ask, tmp_path: Path, name: str) -> None:
    assert (await send(ask, wav(voice(5.0)), f"/api/prompts/{name}"))[0] == 404
    assert (await ask("GET", f"/api/prompts/{name}/sound"))[0] == 404
    assert not list(tmp_path.rglob("*.wav"))


async def test_a_leader_listens_and_changes_nothing(ask: Ask) -> None:
    assert (await ask("GET", f"{GREETING}/sound", "hoa"))[0] == 200
    assert (await send(ask, wav(voice(5.0)), who="hoa"))[0] == 403
    assert (await ask("POST", f"{GREETING}/activate", "hoa", json={"version": 1}))[0] == 403


async def test_other_words_come_into_force_after_their_sound(ask: Ask) -> None:
    shipped = Path(load_book()["greeting"].file).read_text(encoding="utf-8")
    text = shipped.replace(WORDS, "Tổng đài một không hai hai xin nghe, chúc quý vị một ngày tốt lành.")
    _, told = await ask("PUT", "/api/rule-files/prompts/draft", json={"text": text})
    (finding,) = told["findings"]
    assert finding["level"] == "error"
    assert "lời cũ" in finding["what"]
    assert "trang Lời phát" in finding["remedy"]
    await send(ask, wav(voice(5.0)))
    _, told = await ask("PUT", "/api/rule-files/prompts/draft", json={"text": text})
    assert told["findings"] == []
    assert (await ask("POST", "/api/rule-files/prompts/activate", json={}))[0] == 200
    _, told = await ask("GET", GREETING)
    assert (told["versions"][0]["fits"], told["has_sound"]) == (False, True)
