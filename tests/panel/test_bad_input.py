"""Claims about what a page is given that nobody would wish for: a clock that is wrong, six hours of talk, a name without end."""

import asyncio
import re
import time

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select, update

from hotline1022.base.access import Role
from tests.hotline import RunningHotline
from tests.panel.browser import Person, add_person
from tests.panel.shifts import in_a_call, wrapped_up
from tickets.store import tickets
from transcription.store import transcripts

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(150)]

THREE_HOURS_AHEAD = """{
  const told = Date.now.bind(Date)
  Date.now = () => told() + 3 * 3600 * 1000
}
Date = class extends Date { constructor(...given) { given.length ? super(...given) : super(Date.now()) } }"""
"""A page's clock, whichever way it is asked what time it is."""

HOURS = 6
WORDS_AN_HOUR = 9_000


async def test_a_device_whose_clock_is_wrong_counts_by_the_hotlines_clock(
    hotline: RunningHotline, browser: Browser
) -> None:
    add_person(hotline, "gio", Role.OPERATOR)
    gio = await Person.signed_in(browser, hotline, "gio")
    await gio.context.add_init_script(THREE_HOURS_AHEAD)
    await gio.go("/panel/ban-lam-viec")
    asked_now, made_now = await gio.page.evaluate("[Date.now(), new Date().getTime()]")
    assert abs(asked_now - made_now) < 1000
    assert asked_now / 1000 - time.time() > 3 * 3600 - 60
    await gio.press("Bắt đầu ca")
    await gio.state("paused")
    counted = gio.page.locator("[data-state] .timer")
    await expect(counted).to_have_text(re.compile(r"^00:0[1-9]$"), timeout=10_000)
    await gio.press("Kết thúc ca")
    await gio.state("off")


async def test_a_name_of_ten_thousand_letters_is_cut_where_it_is_written_and_the_slip_is_kept(
    hotline: RunningHotline, browser: Browser
) -> None:
    dai, call = await in_a_call(browser, hotline, "dai")
    page = dai.page
    name = page.get_by_label("Tên người dân xưng")
    await name.focus()
    await page.keyboard.insert_text("<b>\u202e" + "x" * 10_000)
    kept = await name.input_value()
    assert kept == "<b>\u202e" + "x" * 196
    assert await dai.wider() <= 0
    await page.get_by_label("Nội dung").fill("Đèn đường trước nhà tắt")
    await dai.press("Lập phiếu")
    await expect(page.get_by_text("đã lưu")).to_be_visible()
    assert await dai.wider() <= 0
    await dai.press("Kết thúc")
    await wrapped_up(dai, "Đã lập phiếu")
    await call
    assert [row.citizen_name for row in hotline.rows(select(tickets.c.citizen_name))] == [kept]


async def test_six_hours_of_words_can_be_read_and_gone_through(hotline: RunningHotline, browser: Browser) -> None:
    lau, call = await in_a_call(browser, hotline, "lau")
    await asyncio.sleep(4)
    await lau.press("Kết thúc")
    await wrapped_up(lau)
    rung = await call
    stored = hotline.ended_call(f"+84{rung.number[1:]}")
    heard = select(transcripts.c.id).where(transcripts.c.call == stored.id, transcripts.c.phase == "after")
    hotline.until(lambda: hotline.rows(heard), "the recording's words stand")
    pace = 3600 / WORDS_AN_HOUR
    words = [
        {"w": f"từ{at}", "start": at * pace, "end": at * pace + 0.3, "conf": 0.9, "leg": "caller"}
        for at in range(HOURS * WORDS_AN_HOUR)
    ]
    with hotline.connect() as connection:
        connection.execute(update(transcripts).where(transcripts.c.call == stored.id).values(words=words))
    add_person(hotline, "truong", Role.LEADER)
    boss = await Person.signed_in(browser, hotline, "truong")
    await boss.go(f"/panel/nhat-ky-goi/{stored.id}")
    shown = boss.page.locator("[data-word]")
    for many in (20_000, 40_000):
        await expect(shown).to_have_count(many, timeout=30_000)
        await boss.page.locator("button", has_text="Đọc tiếp").click()
    await expect(shown).to_have_count(HOURS * WORDS_AN_HOUR, timeout=30_000)
    await expect(shown.last).to_have_text(f"từ{HOURS * WORDS_AN_HOUR - 1}")
    assert await boss.wider() <= 0
    await shown.first.focus()
    await boss.page.keyboard.press("ArrowRight")
    await expect(shown.nth(1)).to_be_focused(timeout=10_000)
