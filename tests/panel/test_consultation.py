"""Claims about asking a colleague before a citizen is sent on, with two real browsers, the real Asterisk and a citizen's telephone."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select

from telephony.floor.store import call_results
from tests.asterisk import write_tone
from tests.hotline import RunningHotline
from tests.panel.browser import MICROPHONE_HZ, browsing
from tests.panel.shifts import answered, asked_first, handed_over, heard_by, in_a_call, off_shift, on_shift, wrapped_up
from tests.panel.test_softphone import loudness_at

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(150)]

COLLEAGUE_HZ = 1700
"""The tone of the colleague's microphone."""


@pytest.fixture
async def colleagues_browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """The browser of a colleague, with another voice."""
    microphone = write_tone(tmp_path / "colleague.wav", COLLEAGUE_HZ, 5.0, rate=48000)
    async with browsing(microphone) as opened:
        yield opened


async def test_a_citizen_hears_music_while_a_colleague_is_asked_and_then_the_colleague(
    hotline: RunningHotline, browser: Browser, colleagues_browser: Browser
) -> None:
    hanh, call = await in_a_call(browser, hotline, "hanh")
    dung = await on_shift(colleagues_browser, hotline, "dung")
    await asked_first(hanh, "dung")
    await expect(hanh.page.get_by_text("Đang hỏi dung · người dân chờ")).to_be_visible()
    await answered(dung, 15)
    await heard_by(dung)
    await handed_over(hanh, dung)
    rung = await call
    assert loudness_at(rung.recording, MICROPHONE_HZ) > 0.3
    assert loudness_at(rung.recording, COLLEAGUE_HZ) > 0.3
    made = hotline.rows(select(call_results).order_by(call_results.c.answered_at))
    assert [(row.operator, row.result) for row in made] == [("hanh", "wrong"), ("dung", "wrong")]
    assert len({row.call for row in made}) == 1


async def test_all_three_hear_each_other_and_the_operator_goes_on_with_the_citizen_alone(
    hotline: RunningHotline, browser: Browser, colleagues_browser: Browser
) -> None:
    lien, call = await in_a_call(browser, hotline, "lien")
    khoa = await on_shift(colleagues_browser, hotline, "khoa")
    await asked_first(lien, "khoa")
    await answered(khoa, 15)
    await lien.press("Gọi ba bên")
    await lien.state("three-way")
    await heard_by(lien)
    await heard_by(khoa)
    await lien.press("Quay lại người dân")
    await lien.state("talking")
    await khoa.state("ready")
    await heard_by(lien)
    await lien.press("Kết thúc")
    await wrapped_up(lien)
    await off_shift(khoa)
    rung = await call
    assert loudness_at(rung.recording, COLLEAGUE_HZ) > 0.1, "the citizen heard the colleague"
    assert loudness_at(rung.recording, MICROPHONE_HZ) > 0.3


async def test_a_colleague_who_does_not_answer_leaves_the_operator_with_the_citizen(
    hotline: RunningHotline, browser: Browser, colleagues_browser: Browser
) -> None:
    yen, call = await in_a_call(browser, hotline, "yen")
    tuan = await on_shift(colleagues_browser, hotline, "tuan")
    await asked_first(yen, "tuan")
    await tuan.state("ringing", 15)
    await expect(yen.page.get_by_text("tuan không nghe máy. Đã quay lại với người dân.")).to_be_visible(timeout=30000)
    await yen.state("talking")
    await heard_by(yen)
    await tuan.state("ready")
    await yen.press("Kết thúc")
    await wrapped_up(yen)
    await off_shift(tuan)
    await call
