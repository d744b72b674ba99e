"""Claims about the telephone in the page, with real browsers, the real Asterisk and citizens' telephones."""

import asyncio
import wave
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select

from telephony.floor.store import call_results
from tests.hotline import RunningHotline
from tests.panel.browser import MICROPHONE_HZ, Person
from tests.panel.shifts import answered, heard_by, in_a_call, on_shift, ringing, wrapped_up

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]


def loudness_at(recording: Path, hertz: float) -> float:
    """How much of a recording's sound is at this frequency: 0 to 1, in the second where it is most."""
    with wave.open(str(recording)) as file:
        rate = file.getframerate()
        sound = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float64)
    best = 0.0
    for start in range(0, len(sound) - rate, rate // 4):
        second = sound[start : start + rate]
        if np.abs(second).max() < 200:
            continue
        power = np.abs(np.fft.rfft(second * np.hanning(rate))) ** 2
        around = slice(int(hertz) - 8, int(hertz) + 9)
        best = max(best, float(power[around].sum() / power.sum()))
    return best


async def test_an_operator_answers_in_the_page_and_both_hear_each_other(
    hotline: RunningHotline, browser: Browser
) -> None:
    lan = await on_shift(browser, hotline, "lan")
    number, call = ringing(hotline)
    await lan.state("ringing", 30)
    shown = f"{number[:4]} {number[4:7]} {number[7:]}"
    await expect(lan.page.get_by_role("region", name="Cuộc gọi đến").get_by_text(shown)).to_be_visible()
    await lan.page.keyboard.press("F2")
    await lan.state("talking")
    await expect(lan.page.get_by_role("log")).to_contain_text("Người dân", timeout=15000)
    await heard_by(lan)
    await lan.page.get_by_label("Nội dung").fill("Đường ngập trước trường")
    await lan.press("Lập phiếu")
    await expect(lan.page.get_by_text("đã lưu")).to_be_visible()
    await lan.press("Kết thúc")
    await wrapped_up(lan, "Đã lập phiếu")
    rung = await call
    assert loudness_at(rung.recording, MICROPHONE_HZ) > 0.3
    stored = hotline.ended_call(f"+84{number[1:]}")
    (result,) = hotline.rows(select(call_results).where(call_results.c.call == stored.id))
    assert (result.operator, result.result, result.direction) == ("lan", "slip", "in")
    assert [ticket.summary for ticket in hotline.tickets_of(stored.id)] == ["Đường ngập trước trường"]


async def test_who_does_not_answer_is_paused_and_told_why_and_the_caller_waits_on(
    hotline: RunningHotline, browser: Browser
) -> None:
    mai = await on_shift(browser, hotline, "mai")
    _, call = ringing(hotline)
    await mai.state("ringing", 30)
    await expect(mai.page.get_by_text("Tạm nghỉ · Không nghe máy")).to_be_visible(timeout=30000)
    await expect(mai.page.get_by_text("Đang chờ 1")).to_be_visible()
    await mai.press("Sẵn sàng")
    await answered(mai, 30)
    await mai.press("Kết thúc")
    await wrapped_up(mai)
    await call


async def test_a_call_that_is_declined_rings_somebody_else(hotline: RunningHotline, browser: Browser) -> None:
    hoa = await on_shift(browser, hotline, "hoa")
    _, call = ringing(hotline)
    await hoa.state("ringing", 30)
    await hoa.press("Để người khác nhận")
    await expect(hoa.page.get_by_text("Tạm nghỉ · Đã để người khác nhận")).to_be_visible()
    phuc = await on_shift(browser, hotline, "phuc")
    await answered(phuc, 30)
    await phuc.press("Kết thúc")
    await wrapped_up(phuc)
    await hoa.press("Kết thúc ca")
    await hoa.state("off")
    await call


async def test_a_held_citizen_does_not_hear_the_operator_until_they_go_on(
    hotline: RunningHotline, browser: Browser
) -> None:
    thuy, call = await in_a_call(browser, hotline, "thuy")
    await thuy.page.keyboard.press("F8")
    await thuy.state("held")
    await expect(thuy.page.get_by_text("Đang giữ máy")).to_be_visible()
    await thuy.press("Nói tiếp")
    await thuy.state("talking")
    await heard_by(thuy)
    await thuy.page.keyboard.press("F9")
    await thuy.state("talking")
    await thuy.page.keyboard.press("F9")
    await wrapped_up(thuy)
    await call


async def test_a_citizen_is_sent_on_to_a_colleague(hotline: RunningHotline, browser: Browser) -> None:
    hanh, call = await in_a_call(browser, hotline, "hanh")
    dung = await on_shift(browser, hotline, "dung")
    await hanh.press("Chuyển máy")
    await hanh.press("dung")
    await answered(dung, 15)
    await heard_by(dung)
    await hanh.state("wrap-up")
    await dung.press("Kết thúc")
    await wrapped_up(dung)
    await wrapped_up(hanh)
    await call


async def test_a_page_that_is_reloaded_in_a_call_gets_the_citizen_and_the_text_back(
    hotline: RunningHotline, browser: Browser
) -> None:
    kiet, call = await in_a_call(browser, hotline, "kiet")
    await kiet.page.get_by_label("Nội dung").fill("Trụ điện nghiêng trước chợ")
    kiet.page.on("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await kiet.page.reload()
    await kiet.state("talking", 20)
    await expect(kiet.page.get_by_label("Nội dung")).to_have_value("Trụ điện nghiêng trước chợ")
    await heard_by(kiet)
    await kiet.press("Kết thúc")
    await wrapped_up(kiet)
    await call


async def test_a_page_that_is_reloaded_while_ready_is_still_rung(hotline: RunningHotline, browser: Browser) -> None:
    thu = await on_shift(browser, hotline, "thu")
    await thu.page.reload()
    await thu.state("ready", 20)
    _, call = ringing(hotline)
    await answered(thu, 30)
    await heard_by(thu)
    await thu.press("Kết thúc")
    await wrapped_up(thu)
    await call


async def test_a_lost_network_ends_no_call_and_loses_no_text(hotline: RunningHotline, browser: Browser) -> None:
    minh, call = await in_a_call(browser, hotline, "minh")
    await minh.page.get_by_label("Nội dung").fill("Mất nước ba ngày")
    await minh.context.set_offline(True)
    await minh.page.evaluate("window.dispatchEvent(new Event('offline'))")
    await minh.page.get_by_label("Nội dung").fill("Mất nước ba ngày nay rồi")
    await heard_by(minh)
    await minh.context.set_offline(False)
    await expect(minh.page.get_by_text("Đã nối")).to_be_visible(timeout=20000)
    await minh.state("talking")
    await minh.press("Lập phiếu")
    await expect(minh.page.get_by_text("đã lưu")).to_be_visible()
    await minh.press("Kết thúc")
    await wrapped_up(minh)
    await call


async def test_a_name_that_is_markup_or_endless_harms_no_page(hotline: RunningHotline, browser: Browser) -> None:
    nga = await on_shift(browser, hotline, "nga")
    _, call = ringing(hotline, name="<img src=x onerror=alert(1)>\u202eabc" + "x" * 60)
    await nga.state("ringing", 30)
    assert await nga.page.locator("img").count() == 0
    assert await nga.wider() <= 0
    await nga.press("Nghe máy")
    await nga.state("talking")
    await nga.press("Kết thúc")
    await wrapped_up(nga)
    await call


async def test_a_second_window_takes_the_telephone_and_the_first_says_so(
    hotline: RunningHotline, browser: Browser
) -> None:
    tam = await on_shift(browser, hotline, "tam")
    again = tam
    for _ in range(3):
        before, again = again, Person(await tam.context.new_page(), tam.context, tam.base)
        await again.go("/panel/ban-lam-viec")
        await again.press("Dùng điện thoại ở cửa sổ này")
        await again.state("ready")
        await before.state("elsewhere")
        await again.signed_in_at_asterisk()
        listed = await asyncio.to_thread(hotline.asterisk.command, "pjsip show contacts")
        assert listed.count("sip:") == 1, "Asterisk would ring a window that has the telephone no more"
    _, call = ringing(hotline)
    await answered(again, 30)
    await again.press("Kết thúc")
    await wrapped_up(again)
    await call
