"""Claims about what the desk proposes, in a real browser: out of the caller's own words, taken by one key, never filled in by itself."""

import pytest
from playwright.async_api import Browser, expect

from tests.hotline import RunningHotline
from tests.panel.shifts import answered, heard_by, in_a_call, on_shift, ringing, wrapped_up
from tests.panel.test_pages import violations

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]


async def test_the_callers_words_propose_a_topic_that_one_key_takes_and_the_due_time_appears(
    hotline: RunningHotline, browser: Browser
) -> None:
    hotline.node.said[:] = ["đường", "ngập", "trụ", "điện", "nghiêng"]
    voice = str(hotline.voice)
    thu = await on_shift(browser, hotline, "thu")
    _, call = ringing(hotline, *[line for _ in range(8) for line in (f"say {voice}", "wait 3")])
    await thu.state("ringing", 30)
    await thu.page.keyboard.press("F2")
    await thu.state("talking")
    page = thu.page
    topic = page.get_by_label("Lĩnh vực")
    proposal = page.get_by_role("button", name="Nhận Chiếu sáng")
    await expect(proposal).to_be_visible(timeout=30000)
    await expect(page.get_by_text("vì nghe “đường ngập").first).to_be_visible()
    await expect(topic).to_have_value("")
    await expect(page.get_by_text("Chọn lĩnh vực để biết")).to_be_visible()
    await expect(page.get_by_role("region", name="Có dấu hiệu nguy hiểm")).to_contain_text("trụ điện nghiêng")
    assert await violations(page) == []
    before = await page.get_by_role("combobox", name="Nơi xảy ra").bounding_box()
    await page.keyboard.press("F2")
    await expect(topic).to_have_value("cong-cong")
    await expect(page.get_by_text("Đã nhận gợi ý")).to_be_visible()
    assert await page.get_by_role("combobox", name="Nơi xảy ra").bounding_box() == before, (
        "taking a proposal moves nothing"
    )
    due = page.get_by_text("Hạn trả lời")
    await expect(due).to_be_visible()
    usual = await due.inner_text()
    await page.get_by_role("region", name="Có dấu hiệu nguy hiểm").get_by_role("button", name="Khẩn").click()
    await expect(page.get_by_label("Khẩn")).to_be_checked()
    await expect(due).not_to_have_text(usual)
    await page.get_by_role("button", name="Hoàn tác").click()
    await expect(topic).to_have_value("")
    await expect(proposal).to_be_visible()
    tall = await page.evaluate("document.documentElement.scrollHeight - document.documentElement.clientHeight")
    assert tall <= 0
    hotline.node.said.clear()
    await thu.press("Kết thúc")
    await wrapped_up(thu)
    await call


async def test_two_operators_on_one_slip_are_told_of_their_clash_and_nothing_is_lost(
    hotline: RunningHotline, browser: Browser
) -> None:
    mai, call = await in_a_call(browser, hotline, "mai")
    text = mai.page.get_by_label("Nội dung")
    await text.fill("Đường ngập")
    await expect(mai.page.get_by_text("Đã lưu")).to_be_visible()
    phong = await on_shift(browser, hotline, "phong")
    await mai.press("Chuyển máy")
    await mai.press("phong")
    await answered(phong, 15)
    await heard_by(phong)
    other = phong.page.get_by_label("Nội dung")
    await expect(other).to_have_value("Đường ngập")

    await phong.page.get_by_label("Tên người dân xưng").fill("Trần Văn Bảy")
    await expect(mai.page.get_by_label("Tên người dân xưng")).to_have_value("Trần Văn Bảy")
    await expect(mai.page.get_by_text("phong vừa sửa Tên người dân xưng")).to_be_visible()

    await mai.page.route("**/api/drafts/**", lambda route: route.abort())
    await text.fill("Đường ngập tới gối")
    await expect(mai.page.get_by_text("Giữ trên máy này")).to_be_visible()
    await other.fill("Đường ngập từ sáng")
    await expect(phong.page.get_by_text("Đã lưu")).to_be_visible()
    await mai.page.unroute("**/api/drafts/**")
    await text.press_sequentially(".")

    await expect(mai.page.get_by_text("phong đã lưu ô này")).to_be_visible()
    await expect(mai.page.get_by_text("Đường ngập từ sáng")).to_be_visible()
    await expect(text).to_have_value("Đường ngập tới gối.")
    assert await violations(mai.page) == []
    await mai.press("Lập phiếu")
    await expect(mai.page.get_by_text("chọn một bản rồi lưu")).to_be_visible()
    await mai.press("Ghép cả hai")
    both = "Đường ngập từ sáng\nĐường ngập tới gối."
    await expect(text).to_have_value(both)
    await expect(other).to_have_value(both)

    await mai.press("Lập phiếu")
    await expect(mai.page.get_by_text("đã lưu")).to_be_visible()
    await expect(phong.page.get_by_text("vừa được gửi hoặc bỏ ở chỗ khác")).to_be_visible()
    await expect(other).to_have_value(both)
    drafts = await (await phong.context.request.get(f"{phong.base}/api/drafts")).json()
    assert drafts["drafts"] == []
    await phong.press("Kết thúc")
    await wrapped_up(phong)
    await wrapped_up(mai, "Đã lập phiếu")
    await call


async def test_a_citizen_who_says_the_same_is_added_to_the_ticket_that_stands(
    hotline: RunningHotline, browser: Browser
) -> None:
    hai, call = await in_a_call(browser, hotline, "hai")
    page = hai.page
    text = page.get_by_label("Nội dung")
    await text.fill("Đường ngập trước trường, xã Mỹ Thọ")
    for proposal in ("Nhận Chiếu sáng", "Nhận Xã Mỹ Thọ", "Nhận UBND"):
        await page.get_by_role("button", name=proposal).click()
    await hai.press("Lập phiếu")
    standing = (await page.get_by_role("link", name="Mã phiếu").inner_text()).removeprefix("Mã phiếu ").replace(" ", "")
    own = page.get_by_role("region", name="Phiếu chưa xong của số này")
    await expect(own).to_contain_text("Đường ngập trước trường")
    await hai.press("Kết thúc")
    await wrapped_up(hai, "Đã lập phiếu")
    await call

    quy, call = await in_a_call(browser, hotline, "quy")
    await quy.page.get_by_label("Nội dung").fill("Đường ngập, xã Mỹ Thọ")
    similar = quy.page.get_by_role("region", name="Có thể trùng")
    line = similar.get_by_role("listitem").filter(has_text="Đường ngập trước trường")
    await expect(line).to_contain_text("1 người báo")
    await line.get_by_role("button", name="Gộp vào phiếu này").click()
    await expect(quy.page.get_by_text("Đã gộp vào phiếu đang có.")).to_be_visible()
    file = await (await quy.context.request.get(f"{quy.base}/api/tickets/{standing}")).json()
    assert len(file["duplicates"]) == 1
    await quy.press("Kết thúc")
    await wrapped_up(quy, "Đã lập phiếu")
    await call
