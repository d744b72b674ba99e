"""Claims about call-backs, the log, one call, answers, announcements and the board, in a real browser on the real service."""

import asyncio
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select, update

from hotline1022.base.access import Role
from hotline1022.base.clock import SystemClock
from telephony.callbacks.store import callbacks
from tests.hotline import RunningHotline
from tests.panel.browser import Person, add_person
from tests.panel.looks import looked_at
from tests.panel.shifts import NUMBERS, TO_A_PERSON, in_a_call, off_shift, on_shift, wrapped_up
from tests.panel.stored import open_ticket
from tickets.store import ticket_deadlines

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

expect.set_options(timeout=15_000)


@pytest.fixture(scope="module", autouse=True)
def people(hotline: RunningHotline) -> None:
    """A leader, and an operator who only looks."""
    add_person(hotline, "boss", Role.LEADER)
    add_person(hotline, "desk", Role.OPERATOR)


async def test_who_hung_up_waiting_is_seen_taken_and_called_back_with_a_result(
    hotline: RunningHotline, browser: Browser
) -> None:
    number = next(NUMBERS)
    shown = f"{number[:4]} {number[4:7]} {number[7:]}"
    lan = await on_shift(browser, hotline, "lan")
    await hotline.ring(*TO_A_PERSON, "wait 16", "hangup", number=number)
    await lan.page.wait_for_selector('[data-state="ready"], [data-state="paused"]')
    if await lan.page.locator('[data-state="paused"]').count():
        await lan.press("Sẵn sàng")
        await lan.state("ready")
    await lan.page.get_by_role("link", name="Gọi lại").click()
    row = lan.page.get_by_role("listitem").filter(has_text=shown)
    await expect(row).to_contain_text("Gác máy khi chờ")
    await row.get_by_role("button", name="Nhận gọi").click()
    await row.get_by_role("button", name="Ghi kết quả…").click()
    await row.get_by_label("Không ai nghe máy").check()
    await row.get_by_label("Ghi chú").fill("đổ chuông, không nghe")
    await row.get_by_role("button", name="Lưu kết quả").click()
    await expect(row).to_contain_text("Không ai nghe máy")
    await expect(row).to_contain_text("Gọi lại từ")
    (stored,) = hotline.rows(select(callbacks).where(callbacks.c.number == f"+84{number[1:]}"))
    assert stored.closed_at is None
    assert stored.due_at > SystemClock().now()
    with hotline.connect() as connection:
        past = SystemClock().now() - timedelta(minutes=1)
        connection.execute(update(callbacks).where(callbacks.c.id == stored.id).values(due_at=past))
    await lan.page.get_by_role("link", name="Phiếu", exact=True).click()
    await lan.page.get_by_role("link", name="Gọi lại").click()
    await row.get_by_role("button", name="Nhận gọi").click()
    await row.get_by_role("button", name="Ghi kết quả…").click()
    await row.get_by_label("Đã nói chuyện được").check()
    await row.get_by_role("button", name="Lưu kết quả").click()
    await expect(row).to_have_count(0)
    await lan.press("Đã xong")
    await expect(row).to_contain_text("Đã gọi lại và gặp lúc")
    await off_shift(lan)


async def test_a_leader_reads_the_log_hears_one_call_and_that_is_written_down(
    hotline: RunningHotline, browser: Browser
) -> None:
    mai, call = await in_a_call(browser, hotline, "mai")
    await asyncio.sleep(4)
    await mai.press("Kết thúc")
    await wrapped_up(mai, "Trả lời ngay")
    rung = await call
    stored = hotline.ended_call(f"+84{rung.number[1:]}")
    boss = await Person.signed_in(browser, hotline, "boss")
    await boss.page.get_by_role("link", name="Nhật ký gọi").click()
    row = boss.page.get_by_role("row").filter(has_text=f"{rung.number[:4]} {rung.number[4:7]} {rung.number[7:]}")
    await expect(row).to_contain_text("mai")
    await row.get_by_role("link").first.click()
    await expect(boss.page).to_have_url(f"{boss.base}/panel/nhat-ky-goi/{stored.id}")
    heard = await boss.page.get_by_label("Bản ghi âm").evaluate(
        """sound => new Promise((done, failed) => {
            sound.onerror = () => failed(new Error('not heard'))
            sound.ontimeupdate = () => sound.currentTime > 0.3 && done(sound.duration)
            sound.play()
        })"""
    )
    assert heard > 3
    await expect(boss.page.get_by_role("heading", name="Một cuộc gọi")).to_have_count(0)
    await boss.page.reload()
    await expect(boss.page.get_by_role("heading", name="Đã nghe ghi âm")).to_be_visible()
    other = await Person.signed_in(browser, hotline, "desk")
    await other.go(f"/panel/nhat-ky-goi/{stored.id}")
    await expect(other.page.get_by_role("alert")).to_be_visible()


async def test_an_announcement_is_set_spoken_and_ended_and_operators_are_told_what_to_say(
    hotline: RunningHotline, browser: Browser
) -> None:
    boss = await Person.signed_in(browser, hotline, "boss")
    await boss.press("Phát lời báo chung")
    pane = boss.page.get_by_role("region", name="Phát lời báo chung")
    await pane.get_by_role("button", name="Lời báo mới…").click()
    await pane.get_by_label("Lời báo (máy đọc đúng như viết)").fill("Mất điện tại phường Cao Lãnh đến mười bảy giờ.")
    await pane.get_by_role("button", name="Phát lời báo").click()
    await expect(pane).to_contain_text("“Mất điện tại phường Cao Lãnh đến mười bảy giờ.”")
    answer = await boss.context.request.get(f"{boss.base}/api/announcement")
    told = await answer.json()
    assert told["by"] == "boss"
    await expect(pane).to_contain_text("Người gọi đang nghe lời này." if told["spoken"] else told["silent_because"])
    await pane.get_by_label("Việc cần biết").fill("Ngập cầu Sở Thượng")
    await pane.get_by_label("Nói với người dân").fill("Dạ, đường đang ngập, xin đi lối khác ạ.")
    await pane.get_by_role("button", name="Thêm nhắc").click()
    await expect(pane.get_by_role("listitem")).to_contain_text("Dạ, đường đang ngập, xin đi lối khác ạ.")
    desk = await Person.signed_in(browser, hotline, "desk")
    await desk.page.get_by_role("link", name="Câu trả lời").click()
    today = desk.page.get_by_role("region", name="Hôm nay cần biết")
    await expect(today).to_contain_text("Ngập cầu Sở Thượng")
    await expect(today).to_contain_text("Mất điện tại phường Cao Lãnh")
    await pane.get_by_role("button", name="Bỏ nhắc này Ngập cầu Sở Thượng").click()
    await expect(pane).to_contain_text("Chưa có nhắc nào.")
    await pane.get_by_role("button", name="Thôi phát").click()
    await expect(pane).to_contain_text("Chưa phát lời báo nào cho người gọi.")


async def test_an_answer_that_a_leader_keeps_is_found_by_an_operator_without_diacritics(
    hotline: RunningHotline, browser: Browser
) -> None:
    boss = await Person.signed_in(browser, hotline, "boss")
    await boss.page.get_by_role("link", name="Câu trả lời").click()
    await boss.press("Thêm câu trả lời")
    await boss.page.get_by_label("Tên gọi").fill("Cấp lại thẻ bảo hiểm")
    await boss.page.get_by_label("Câu trả lời, đọc được thành tiếng").fill("Dạ, xin đến bảo hiểm xã hội cơ sở.")
    await boss.page.get_by_label("Dùng đến ngày").fill("2020-01-01")
    await boss.press("Lưu câu trả lời")
    await expect(boss.page.get_by_text("Hết hiệu lực từ 01/01/2020")).to_be_visible()
    await boss.press("Sửa")
    await boss.page.get_by_label("Dùng đến ngày").fill("2099-01-01")
    await boss.press("Lưu câu trả lời")
    await expect(boss.page.get_by_role("article")).to_contain_text("01/01/2099")
    desk = await Person.signed_in(browser, hotline, "desk")
    await desk.page.get_by_role("link", name="Câu trả lời").click()
    await desk.page.get_by_label("Tìm").fill("bao hiem")
    await desk.page.get_by_label("Tìm").press("Enter")
    await desk.press("Cấp lại thẻ bảo hiểm")
    await expect(desk.page.get_by_text("Dạ, xin đến bảo hiểm xã hội cơ sở.")).to_be_visible()


async def test_the_board_counts_every_answer_that_is_late(hotline: RunningHotline, browser: Browser) -> None:
    code = await open_ticket(hotline)
    with hotline.connect() as connection:
        past = SystemClock().now() - timedelta(days=2)
        late = update(ticket_deadlines).where(ticket_deadlines.c.code == code, ticket_deadlines.c.clock == "answer")
        assert connection.execute(late.values(due=past)).rowcount == 1
    boss = await Person.signed_in(browser, hotline, "boss", color_scheme="dark")
    await boss.go("/panel/bang-lon")
    tile = boss.page.get_by_role("region", name="Phiếu quá hạn")
    await expect(tile).to_contain_text("1")
    await expect(tile).to_contain_text("nhiều nhất:")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_these_pages(hotline: RunningHotline, browser: Browser, scheme: str) -> None:
    answer = hotline.rows(select(callbacks.c.call).where(callbacks.c.call.is_not(None)))
    one = [f"/panel/nhat-ky-goi/{row.call}" for row in answer[:1]]
    pages = ("/panel/goi-lai", "/panel/goi-lai?chi=xong", "/panel/nhat-ky-goi", "/panel/cau-tra-loi", *one)
    await looked_at(browser, hotline, "boss", scheme, (*pages, "/panel/giam-sat?mo=loi-bao", "/panel/bang-lon"))
