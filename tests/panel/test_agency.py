"""Claims about the agency's desk in a real browser: an answer being written is found anywhere, and approved by another; work is grouped."""

from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Browser, expect

from hotline1022.base.access import Role
from tests.hotline import RunningHotline
from tests.panel.browser import Person, add_person
from tests.panel.test_pages import AGENCY, known_ticket, violations

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]


async def _said(person: Person, method: str, path: str, body: dict[str, Any]) -> None:
    token = (await (await person.context.request.get(f"{person.base}/api/session")).json())["csrf"]
    answer = await person.context.request.fetch(
        person.base + path, method=method, data=body, headers={"X-CSRF-Token": token}
    )
    assert answer.ok, await answer.text()


async def _signed_in(browser: Browser, hotline: RunningHotline, name: str, role: Role, **options: Any) -> Person:
    add_person(hotline, name, role, AGENCY)
    return await Person.signed_in(browser, hotline, name, **options)


async def test_an_answer_that_is_being_written_is_there_on_another_browser_and_goes_to_who_approves_it(
    hotline: RunningHotline, browser: Browser
) -> None:
    code = await known_ticket(hotline)
    tuan = await _signed_in(browser, hotline, "tuan", Role.OFFICER)
    template = {"title": "Đã vá ổ gà", "text": "Phường đã vá mặt đường.", "kind": "answer"}
    await _said(tuan, "POST", "/api/answer-templates", template)
    await _said(tuan, "POST", f"/api/tickets/{code}/moves", {"move": {"move": "accept"}})
    await tuan.go(f"/panel/phieu/{code}")
    await tuan.page.get_by_role("button", name="dự thảo trả lời").click()
    answer = tuan.page.get_by_label("Nội dung *")
    await answer.fill("Kính gửi ông/bà.\nTrân trọng.")
    await answer.evaluate("box => box.setSelectionRange(17, 17)")
    await tuan.press("Dùng mẫu")
    assert await violations(tuan.page) == []
    await tuan.press("Đã vá ổ gà")
    written = "Kính gửi ông/bà.\nPhường đã vá mặt đường.\nTrân trọng."
    await expect(answer).to_have_value(written)
    await expect(tuan.page.get_by_text("Đã lưu")).to_be_visible()

    elsewhere = await Person.signed_in(browser, hotline, "tuan", viewport={"width": 390, "height": 844})
    await elsewhere.go(f"/panel/phieu/{code}")
    there = elsewhere.page.get_by_label("Nội dung *")
    await expect(there).to_have_value(written)
    assert await violations(elsewhere.page) == []
    await elsewhere.page.locator("form").get_by_role("button", name="dự thảo trả lời").click()
    await expect(tuan.page.get_by_text("vừa được gửi hoặc bỏ ở chỗ khác")).to_be_visible()

    head = await _signed_in(browser, hotline, "hoa", Role.APPROVER)
    await head.page.get_by_role("link", name="Chờ duyệt").click()
    await expect(head.page.get_by_role("heading", name="Chờ duyệt")).to_be_visible()
    assert await violations(head.page) == []
    await head.page.get_by_role("link", name="Ổ gà trước chợ").click()
    await head.page.get_by_role("button", name="duyệt câu trả lời").click()
    await head.page.locator("form").get_by_role("button", name="duyệt câu trả lời").click()
    await expect(head.page.get_by_role("button", name="duyệt câu trả lời").first).to_be_hidden()
    await head.go("/panel/duyet")
    await expect(head.page.get_by_text("Không có gì chờ duyệt.")).to_be_visible()


async def test_a_ticket_shows_its_photos_and_who_works_on_it_and_the_inbox_says_by_when(
    hotline: RunningHotline, browser: Browser
) -> None:
    code = await known_ticket(hotline, fresh=True)
    nhan = await _signed_in(browser, hotline, "nhan", Role.OFFICER)
    picture = BytesIO()
    Image.new("RGB", (640, 480), "gray").save(picture, "JPEG")
    token = (await (await nhan.context.request.get(f"{nhan.base}/api/session")).json())["csrf"]
    sent = await nhan.context.request.post(
        f"{nhan.base}/api/tickets/{code}/photos",
        multipart={"photos": {"name": "a.jpg", "mimeType": "image/jpeg", "buffer": picture.getvalue()}},
        headers={"X-CSRF-Token": token},
    )
    assert sent.ok, await sent.text()
    await nhan.go(f"/panel/phieu/{code}")
    photo = nhan.page.get_by_role("img", name="Ảnh 1 của nhan")
    await expect(photo).to_be_visible()
    assert await photo.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    await nhan.page.get_by_label("Người xử lý").select_option(label="nhan · cán bộ xử lý")
    await expect(nhan.page.get_by_text("giao nhan xử lý")).to_be_visible()
    assert await violations(nhan.page) == []
    await nhan.go("/panel/hop-viec")
    line = nhan.page.get_by_role("listitem").filter(has=nhan.page.get_by_role("link", name=f"{code[:4]} {code[4:]}"))
    await expect(line).to_contain_text("nhan")
    await expect(line).to_contain_text("còn")
    filters = nhan.page.get_by_role("group", name="Lọc theo bước")
    await filters.get_by_role("button").nth(1).click()
    assert "buoc=" in nhan.page.url
    await expect(line).to_be_visible()
