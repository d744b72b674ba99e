"""Claims about what a shift leader does to the floor, with real browsers: the operator always sees it, and it is kept."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from sqlalchemy import select

from hotline1022.base.access import Role
from telephony.leading.store import floor_acts, listening_modes, listenings
from tests.asterisk import write_tone
from tests.hotline import RunningHotline
from tests.panel.browser import MICROPHONE_HZ, Person, add_person, browsing
from tests.panel.shifts import answered, heard_by, in_a_call, on_shift, ringing, wrapped_up

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

FLOOR = "/panel/giam-sat"


async def leading(browser: Browser, hotline: RunningHotline, name: str) -> Person:
    """A leader who is on shift and looks at the floor."""
    add_person(hotline, name, Role.LEADER)
    leader = await Person.signed_in(browser, hotline, name)
    await leader.press("Bắt đầu ca")
    await leader.state("paused")
    await leader.page.get_by_role("link", name="Giám sát").first.click()
    await expect(leader.page.get_by_role("heading", name="Giám sát")).to_be_visible()
    return leader


async def turn(leader: Person, what: str, why: str) -> None:
    """Close or open the queue."""
    await leader.press(what)
    form = leader.page.get_by_role("form", name=what)
    await form.get_by_label("Lý do").fill(why)
    await form.get_by_role("button", name=what).click()


def strip(page: Page) -> Any:
    """Where an operator sees who hears the call."""
    return page.get_by_role("status", name="Ai đang nghe cuộc gọi này")


@pytest.fixture
async def other_browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """The leader's own browser."""
    microphone = write_tone(tmp_path / "leader.wav", MICROPHONE_HZ + 400, 5.0, rate=48000)
    async with browsing(microphone) as opened:
        yield opened


async def test_a_leader_whispers_and_takes_part_the_operator_sees_it_and_it_is_in_the_journal(
    hotline: RunningHotline, browser: Browser, other_browser: Browser
) -> None:
    lan, call = await in_a_call(browser, hotline, "lan")
    minh = await leading(other_browser, hotline, "minh")
    await minh.press("Nghe lan")
    await minh.page.get_by_label("Lý do nghe").select_option("Hướng dẫn người mới")
    await minh.press("Nhắc riêng")
    await expect(strip(lan.page)).to_have_text("◗ Trưởng ca minh đang nhắc riêng · người dân không nghe thấy")
    await heard_by(minh)
    await minh.press("Vào cuộc gọi")
    await expect(strip(lan.page)).to_have_text("◉ Trưởng ca minh đã vào cuộc gọi")
    await expect(minh.page.get_by_role("log")).to_contain_text("Người dân", timeout=15000)
    await minh.press("Thôi nghe")
    await expect(strip(lan.page)).to_have_count(0)
    await lan.state("talking")
    await minh.state("paused")
    (row,) = hotline.rows(select(listenings))
    assert (row.leader, row.operator, row.mode, row.reason, row.end) == (
        "minh", "lan", "whisper", "Hướng dẫn người mới", "stopped",
    )  # fmt: skip
    assert row.heard_at is not None
    assert [each.mode for each in hotline.rows(select(listening_modes))] == ["barge"]
    await lan.press("Kết thúc")
    await wrapped_up(lan)
    await call


async def test_a_listening_that_is_refused_does_not_take_the_next_citizens_call(
    hotline: RunningHotline, browser: Browser, other_browser: Browser
) -> None:
    hoa, call = await in_a_call(browser, hotline, "hoa")
    an = await leading(other_browser, hotline, "an")
    await an.press("Nghe hoa")
    await an.page.get_by_label("Lý do nghe").select_option("Việc khẩn cấp")
    await an.page.route(
        "**/listening", lambda route: route.fulfill(status=409, json={"title": "Không được", "status": 409})
    )
    await an.press("Nhắc riêng")
    await expect(an.page.get_by_role("alert").get_by_text("Không được")).to_be_visible()
    await an.press("Sẵn sàng")
    await an.state("ready")
    _, second = ringing(hotline)
    await an.state("ringing", 30)
    await expect(an.page.get_by_role("region", name="Cuộc gọi đến")).to_be_visible()
    await an.page.wait_for_timeout(1500)
    await answered(an)
    await an.press("Kết thúc")
    await an.page.get_by_role("link", name="Bàn làm việc").click()
    await wrapped_up(an)
    await hoa.press("Kết thúc")
    await wrapped_up(hoa)
    await call
    await second


async def test_a_colleague_is_paused_and_sees_by_whom(
    hotline: RunningHotline, browser: Browser, other_browser: Browser
) -> None:
    mai = await on_shift(browser, hotline, "mai")
    binh = await leading(other_browser, hotline, "binh")
    await binh.press("Xem mai")
    await binh.press("Tạm nghỉ hộ")
    await binh.page.get_by_label("Lý do").select_option("Ăn trưa")
    await binh.page.get_by_role("button", name="Tạm nghỉ", exact=True).click()
    await mai.state("paused")
    await expect(mai.page.get_by_text("Trưởng ca binh")).to_be_visible()
    acts = [each for each in hotline.rows(select(floor_acts)) if each.act == "pause"]
    assert [(each.by, each.reason) for each in acts] == [("binh", "meal")]
    await mai.press("Kết thúc ca")
    await mai.state("off")


async def test_a_closed_queue_takes_no_new_caller_and_is_closed_after_a_restart_too(
    hotline: RunningHotline, browser: Browser
) -> None:
    thu = await leading(browser, hotline, "thu")
    await thu.press("Sẵn sàng")
    await thu.state("ready")
    await turn(thu, "Đóng hàng đợi", "Bão số 9")
    await expect(thu.page.get_by_text("Hàng đợi đang đóng")).to_be_visible()
    hotline.stop_service()
    hotline.start_service()
    await expect(thu.page.get_by_text("Hàng đợi đang đóng")).to_be_visible(timeout=30000)
    await thu.state("paused", 30)
    await thu.press("Sẵn sàng")
    await thu.state("ready")
    number, call = ringing(hotline, "wait 2", "hangup")
    await call
    assert hotline.ended_call(f"+84{number[1:]}").queued_at is None, "nobody is rung although somebody is ready"
    await turn(thu, "Mở hàng đợi", "Hết bão")
    await expect(thu.page.get_by_text("Hàng đợi đang đóng")).to_have_count(0)
    _, call = ringing(hotline)
    await answered(thu, 30)
    await thu.press("Kết thúc")
    await call
