"""Claims about the operator's desk in a call, in a real browser: the slip on its way, read back, and what was said heard again."""

import pytest
from playwright.async_api import Browser, expect

from tests.hotline import RunningHotline
from tests.panel.shifts import in_a_call, wrapped_up
from tests.panel.test_pages import violations

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]


async def test_a_slip_is_read_back_and_goes_to_its_agency_while_the_citizen_talks(
    hotline: RunningHotline, browser: Browser
) -> None:
    lien, call = await in_a_call(browser, hotline, "lien")
    page = lien.page
    await page.get_by_label("Nội dung").fill("Đường ngập trước trường")
    await lien.press("Đọc lại")
    reading = page.get_by_role("region", name="Đọc lại")
    await expect(reading).to_contain_text("Ông phản ánh đường ngập trước trường")
    await reading.get_by_role("button", name="chưa có xã, phường").click()
    await expect(page.get_by_role("combobox", name="Nơi xảy ra")).to_be_focused()
    await page.keyboard.type("Mỹ Thọ")
    await page.get_by_role("listbox", name="Nơi xảy ra").get_by_role("option").first.click()
    await expect(reading).to_contain_text("Mỹ Thọ")
    assert await violations(page) == []
    tall = await page.evaluate("document.documentElement.scrollHeight - document.documentElement.clientHeight")
    assert tall <= 0
    await lien.press("Xong, trở lại")
    await page.get_by_label("Lĩnh vực").select_option("giao-thong")
    await lien.press("Chuyển xử lý")
    await expect(page.get_by_text("Đã chuyển")).to_be_visible()
    await lien.press("Kết thúc")
    await wrapped_up(lien, "Đã lập phiếu")
    await call


async def test_what_the_citizen_said_is_heard_again_but_never_over_what_they_say(
    hotline: RunningHotline, browser: Browser
) -> None:
    nam, call = await in_a_call(browser, hotline, "nam")
    page = nam.page
    again = page.get_by_role("button", name="Nghe lại 10 giây")
    await expect(page.get_by_role("log")).to_contain_text("Người dân", timeout=15000)
    await again.click()
    await expect(page.get_by_text("Người dân đang nói")).to_be_visible()
    await nam.press("Kết thúc")
    await nam.state("wrap-up")
    await again.click()
    await expect(page.get_by_text("Người dân đang nói")).to_be_hidden()
    await expect(page.get_by_text("không còn giữ tiếng")).to_be_hidden()
    await wrapped_up(nam)
    await call


async def test_a_microphone_that_is_off_while_somebody_speaks_is_told(
    hotline: RunningHotline, browser: Browser
) -> None:
    son, call = await in_a_call(browser, hotline, "son")
    await son.page.keyboard.press("F4")
    await son.state("muted")
    await expect(son.page.get_by_text("Đang tắt micrô mà có tiếng nói")).to_be_visible(timeout=10000)
    await son.page.keyboard.press("F4")
    await son.state("talking")
    await expect(son.page.get_by_text("Đang tắt micrô mà có tiếng nói")).to_be_hidden()
    await son.press("Kết thúc")
    await wrapped_up(son)
    await call
