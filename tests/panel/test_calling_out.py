"""Claims about calls that operators make from the page, with real browsers, the real Asterisk and citizens who are rung."""

import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select

from telephony.floor.store import call_results
from telephony.phone import Phone
from tests.asterisk import free_port
from tests.end_to_end.test_ticket_life import Desk
from tests.hotline import VOICE_HZ, RunningHotline, running_hotline
from tests.panel.browser import MICROPHONE_HZ, Person, chromium
from tests.panel.shifts import answered, asked_first, handed_over, heard_by, in_a_call, off_shift, on_shift, wrapped_up
from tests.panel.test_softphone import loudness_at

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(150)]

CARRIER = "127.0.0.2"
NUMBER = "0912000777"


@pytest.fixture(scope="module")
def hotline() -> Iterator[RunningHotline]:
    """A hotline that has a line to call out by."""
    chromium()
    port = free_port(socket.SOCK_DGRAM)
    with running_hotline(SECOND_FACTOR_ROLES="[]", TRUNK_OUTGOING=f"{CARRIER}:{port}") as running:
        running.start_service()
        yield running


@pytest.fixture(scope="module")
def desk(hotline: RunningHotline) -> Desk:
    """Whoever writes tickets down."""
    return Desk(hotline)


@asynccontextmanager
async def citizen(hotline: RunningHotline, *, answer: int = 200, record: Path | None = None) -> AsyncIterator[Phone]:
    """Whoever is rung by the carrier: takes the call, is busy (486), declines (603)."""
    port = int(hotline.settings.trunk_outgoing.rpartition(":")[2])
    async with Phone.rung(CARRIER, port, answer=answer, after=0.5, record=record) as phone:
        assert await phone.until("ready")
        yield phone


async def dialled(person: Person, number: str) -> None:
    """A number is written into the top bar and called."""
    await person.press("Gọi ra…")
    await person.page.get_by_label("Số cần gọi").fill(number)
    await person.page.get_by_role("button", name="Gọi", exact=True).click()


async def test_an_operator_calls_a_tickets_citizen_back_and_both_hear_each_other(
    hotline: RunningHotline, desk: Desk, browser: Browser, tmp_path: Path
) -> None:
    code = desk.write_down("called-back-0001", number=NUMBER, topic="giao-thong")["code"]
    lan = await on_shift(browser, hotline, "lan")
    await lan.go(f"/panel/phieu/{code}")
    await lan.state("ready", 20)
    async with citizen(hotline, record=tmp_path / "citizen.wav") as phone:
        await phone.script(*["say " + str(hotline.voice)] * 12, "wait 60")
        await lan.press("Gọi lại")
        await lan.state("dialling", 20)
        await lan.state("talking", 20)
        await expect(lan.page.get_by_text("0912 000 777").first).to_be_visible()
        await heard_by(lan)
        await expect(lan.page.get_by_text("Không ghi âm")).to_be_visible()
        await lan.press("Kết thúc")
        await lan.state("wrap-up")
        await phone.finished()
    assert loudness_at(tmp_path / "citizen.wav", MICROPHONE_HZ) > 0.3
    await lan.go("/panel/ban-lam-viec")
    await lan.page.get_by_label("Trả lời ngay").check()
    await lan.press("Lưu và sẵn sàng")
    await lan.state("ready")
    call = hotline.ended_call(f"+84{NUMBER[1:]}")
    assert (call.direction, call.result, call.recorded) == ("out", "answered", False)
    (made,) = hotline.rows(select(call_results).where(call_results.c.call == call.id))
    assert (made.operator, made.direction, made.result, made.waited_seconds) == ("lan", "out", "answered", None)


@pytest.mark.parametrize(
    ("answer", "said", "result"),
    [(486, "Máy bận", "busy"), (603, "Người dân từ chối cuộc gọi", "rejected")],
)
async def test_a_call_that_nobody_takes_says_why_and_needs_no_paperwork(
    hotline: RunningHotline, browser: Browser, answer: int, said: str, result: str
) -> None:
    number = f"0912000{answer}"
    mai = await on_shift(browser, hotline, f"mai{answer}")
    async with citizen(hotline, answer=answer):
        await dialled(mai, number)
        await expect(mai.page.get_by_text(said)).to_be_visible(timeout=20000)
        await mai.state("ready")
    assert hotline.ended_call(f"+84{number[1:]}").result == result
    await off_shift(mai)


async def test_an_operator_who_calls_out_may_think_better_of_it(hotline: RunningHotline, browser: Browser) -> None:
    hoa = await on_shift(browser, hotline, "hoa")
    async with citizen(hotline, answer=180):
        await dialled(hoa, "0912000180")
        await hoa.state("dialling")
        await hoa.press("Thôi gọi")
        await hoa.state("ready")
    await off_shift(hoa)


async def test_a_number_that_costs_more_is_refused_in_words(hotline: RunningHotline, browser: Browser) -> None:
    thu = await on_shift(browser, hotline, "thu")
    await dialled(thu, "19001234")
    await expect(thu.page.get_by_text("Số này không gọi được")).to_be_visible()
    await thu.state("ready")
    await off_shift(thu)


async def test_a_citizen_in_danger_is_sent_to_an_emergency_service_and_heard_there(
    hotline: RunningHotline, browser: Browser, tmp_path: Path
) -> None:
    binh, call = await in_a_call(browser, hotline, "binh")
    async with citizen(hotline, record=tmp_path / "emergency.wav") as service:
        await service.script("wait 4", "hangup")
        await binh.press("Chuyển máy")
        await binh.press("Chuyển 114")
        await wrapped_up(binh)
        await service.finished()
    await call
    assert loudness_at(tmp_path / "emergency.wav", VOICE_HZ) > 0.3


async def test_a_citizen_who_was_rung_is_sent_on_to_a_colleague_and_heard_there(
    hotline: RunningHotline, browser: Browser
) -> None:
    giang = await on_shift(browser, hotline, "giang")
    son = await on_shift(browser, hotline, "son")
    async with citizen(hotline) as phone:
        await phone.script(*["say " + str(hotline.voice)] * 12, "wait 60")
        await dialled(giang, "0912000555")
        await giang.state("talking", 20)
        await giang.press("Chuyển máy")
        await giang.press("son")
        await answered(son, 15)
        await giang.state("wrap-up")
        await heard_by(son)
        await son.press("Kết thúc")
        await wrapped_up(son)
        await wrapped_up(giang)
        await phone.finished()
    made = hotline.rows(select(call_results).where(call_results.c.call == hotline.ended_call("+84912000555").id))
    assert {(row.operator, row.direction) for row in made} == {("giang", "out"), ("son", "out")}


async def test_a_colleague_is_asked_about_a_citizen_who_was_rung_and_takes_them_over(
    hotline: RunningHotline, browser: Browser, tmp_path: Path
) -> None:
    hien = await on_shift(browser, hotline, "hien")
    phuc = await on_shift(browser, hotline, "phuc")
    async with citizen(hotline, record=tmp_path / "asked.wav") as phone:
        await phone.script(*["say " + str(hotline.voice)] * 20, "wait 60")
        await dialled(hien, "0912000666")
        await hien.state("talking", 20)
        await asked_first(hien, "phuc")
        await answered(phuc, 15)
        await heard_by(phuc)
        await handed_over(hien, phuc)
        await phone.finished()
    assert loudness_at(tmp_path / "asked.wav", MICROPHONE_HZ) > 0.3
    made = hotline.rows(select(call_results).where(call_results.c.call == hotline.ended_call("+84912000666").id))
    assert {(row.operator, row.direction) for row in made} == {("hien", "out"), ("phuc", "out")}
