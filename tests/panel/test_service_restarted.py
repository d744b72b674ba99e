"""Claims about a service that dies under an operator's page: the call goes on, and the shift is there again behind it."""

import asyncio

import pytest
from playwright.async_api import Browser

from tests.hotline import RunningHotline
from tests.panel.shifts import heard_by, in_a_call

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]


async def test_a_service_that_is_killed_cuts_no_call_and_the_shift_begins_again_behind_it(
    hotline: RunningHotline, browser: Browser
) -> None:
    lan, call = await in_a_call(browser, hotline, "lan", sentences=3)
    await heard_by(lan)
    hotline.kill_service()
    await asyncio.to_thread(hotline.start_service)
    await heard_by(lan)
    await lan.page.wait_for_selector(":text('Đã nối')", timeout=20000)
    await heard_by(lan)
    rung = await call
    assert rung.phone.answered
    await lan.state("paused", 30)
