"""Claims about announcements and notices: read aloud for callers until their hour, kept with every version, written by leaders only."""

import io
import shutil
import wave
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, Invalid, NotFound, Refused
from ivr.audio import RATE
from ivr.voice import Voice
from telephony.announcing.announcements import Announcements
from telephony.announcing.sounds import FOLDER, AnnouncementSounds
from tests.conftest import StillClock

MINH = Actor(name="Minh", role=Role.LEADER, account=3)
WORDS = "Mất điện xã Mỹ Thọ, dự kiến có lại lúc mười sáu giờ."

needs_voice = pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")


def no_voice() -> Voice:
    raise HotlineError("Không có chương trình espeak-ng", remedy="cài gói espeak-ng")


def spoken(seconds: float = 1.0, channels: int = 1) -> bytes:
    """A WAV of a tone."""
    file = io.BytesIO()
    tone = (np.sin(np.arange(int(16000 * seconds)) / 8) * 12000).astype("<i2")
    with wave.open(file, "wb") as wav:
        wav.setparams((channels, 2, 16000, 0, "NONE", ""))
        wav.writeframes(np.repeat(tone, channels).tobytes())
    return file.getvalue()


@pytest.fixture
def announcements(database: Database, clock: StillClock, tmp_path: Path) -> Announcements:
    """Nothing is announced; a machine can read."""
    return Announcements(database, clock, AnnouncementSounds(tmp_path))


@needs_voice
async def test_callers_hear_it_until_its_hour_and_no_longer(
    announcements: Announcements, clock: StillClock, tmp_path: Path
) -> None:
    assert announcements.spoken() is None
    made = await announcements.announce(WORDS, clock.now() + timedelta(hours=2), "29869", MINH)
    assert made is not None
    assert (made.text, made.by, made.silent_because) == (WORDS, "Minh", None)
    name = announcements.spoken()
    assert name is not None
    assert name.startswith(f"{FOLDER}/")
    assert (tmp_path / f"{name}.alaw").stat().st_size > RATE, "more than a second of sound"
    clock.advance(hours=2)
    assert announcements.spoken() is None
    assert await announcements.standing() is None


@needs_voice
async def test_an_hour_that_has_passed_ends_it_and_every_version_is_kept(
    announcements: Announcements, clock: StillClock
) -> None:
    changes: list[None] = []
    announcements.changed = lambda: changes.append(None)
    for text in (WORDS, "Đã có điện lại ở phía bắc."):
        await announcements.announce(text, clock.now() + timedelta(hours=1), None, MINH)
    clock.advance(minutes=5)
    assert await announcements.announce(WORDS, clock.now(), None, MINH) is None
    assert announcements.spoken() is None
    assert [each.text for each in await announcements.versions()] == [WORDS, "Đã có điện lại ở phía bắc.", WORDS]
    assert len(changes) == 3


@needs_voice
async def test_another_run_of_the_service_goes_on_announcing_and_makes_a_lost_sound_again(
    announcements: Announcements, database: Database, clock: StillClock, tmp_path: Path
) -> None:
    await announcements.announce(WORDS, clock.now() + timedelta(hours=1), None, MINH)
    name = announcements.spoken()
    shutil.rmtree(tmp_path / FOLDER)
    assert announcements.spoken() is None, "a recording that is not there is not promised to a flow"
    again = Announcements(database, clock, AnnouncementSounds(tmp_path))
    assert again.spoken() is None
    await again.look()
    assert again.spoken() == name


async def test_without_a_voice_operators_still_read_it_and_the_reason_is_told(
    database: Database, clock: StillClock, tmp_path: Path
) -> None:
    announcements = Announcements(database, clock, AnnouncementSounds(tmp_path, no_voice))
    made = await announcements.announce(WORDS, clock.now() + timedelta(hours=1), None, MINH)
    assert made is not None
    assert "espeak-ng" in (made.silent_because or "")
    assert announcements.spoken() is None


async def test_a_person_may_speak_it_instead(database: Database, clock: StillClock, tmp_path: Path) -> None:
    announcements = Announcements(database, clock, AnnouncementSounds(tmp_path, no_voice))
    with pytest.raises(Refused, match="Chưa có lời báo"):
        await announcements.speak(spoken(), MINH)
    await announcements.announce(WORDS, clock.now() + timedelta(hours=1), None, MINH)
    made = await announcements.speak(spoken(), MINH)
    assert made is not None
    assert (made.text, made.silent_because) == (WORDS, None)
    assert announcements.spoken() is not None


@pytest.mark.parametrize("data", [b"", b"RIFF", spoken(0.0), spoken(1, 2), spoken(70)])
async def test_what_is_no_speech_of_a_minute_at_most_is_refused(
    database: Database, clock: StillClock, tmp_path: Path, data: bytes
) -> None:
    announcements = Announcements(database, clock, AnnouncementSounds(tmp_path, no_voice))
    await announcements.announce(WORDS, clock.now() + timedelta(hours=1), None, MINH)
    with pytest.raises(Invalid):
        await announcements.speak(data, MINH)


async def test_nothing_is_announced_for_more_than_a_week(announcements: Announcements, clock: StillClock) -> None:
    with pytest.raises(Invalid, match="7 ngày"):
        await announcements.announce(WORDS, clock.now() + timedelta(days=8), None, MINH)


async def test_notices_count_until_their_hour_or_until_they_are_ended(
    announcements: Announcements, clock: StillClock
) -> None:
    first = await announcements.note("ĐT.846 cấm xe tải", "Dạ, tuyến này đang cấm xe tải ạ.", None, MINH)
    await announcements.note("Cúp nước Cao Lãnh", None, clock.now() + timedelta(hours=1), MINH)
    assert [each.text for each in await announcements.notices()] == ["Cúp nước Cao Lãnh", "ĐT.846 cấm xe tải"]
    clock.advance(hours=1)
    (left,) = await announcements.notices()
    assert (left.id, left.say) == (first.id, "Dạ, tuyến này đang cấm xe tải ạ.")
    await announcements.end_notice(first.id, MINH)
    assert await announcements.notices() == []
    with pytest.raises(NotFound):
        await announcements.end_notice(first.id, MINH)
    with pytest.raises(Invalid, match="phía trước"):
        await announcements.note("x", None, clock.now(), MINH)
