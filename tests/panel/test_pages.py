"""Claims about every page, in a real browser: nothing serious by axe in light and dark, nothing wider than the screen, nothing foreign."""

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from playwright.async_api import Browser, Page, expect

from hotline1022.base.access import AGENCY_ROLES, Role
from tests.hotline import RunningHotline
from tests.panel.browser import PASSWORD, Person, add_person

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(120)]

AXE = Path(__file__).parents[2] / "panel" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AGENCY = "xa-29869"
PAGES = {
    Role.OPERATOR: ("/panel/ban-lam-viec", "/panel/phieu", "/panel/toi"),
    Role.LEADER: ("/panel/giam-sat", "/panel/bang-lon", "/panel/ban-lam-viec"),
    Role.ADMINISTRATOR: ("/panel/quan-tri/nguoi-dung",),
    Role.OFFICER: ("/panel/hop-viec", "/panel/phieu/{code}"),
    Role.APPROVER: ("/panel/duyet", "/panel/hop-viec"),
}


async def _ticket(hotline: RunningHotline, number: int) -> str:
    add_person(hotline, f"writer-{number}", Role.OPERATOR)
    base = f"http://127.0.0.1:{hotline.settings.http_port}"
    async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as client:
        signed = await client.post("/api/session", json={"name": f"writer-{number}", "password": PASSWORD})
        headers = {"X-CSRF-Token": (await signed.json())["csrf"]}
        report = {"channel": "phone", "summary": "Ổ gà trước chợ\n<script>alert(1)</script>", "number": "0912345678"}
        once = headers | {"Idempotency-Key": f"pages-of-tests-{number}"}
        made = await client.post("/api/tickets", json=report | {"topic": "giao-thong", "place": "29869"}, headers=once)
        found = (await made.json())["ticket"]["code"]
        for move in (
            {"move": "classify", "topic": "giao-thong", "place": "29869"},
            {"move": "route", "agency": AGENCY},
        ):
            said = {"move": move | ({"reason": "đường do phường quản lý"} if move["move"] == "route" else {})}
            moved = await client.post(f"/api/tickets/{found}/moves", json=said, headers=headers)
            assert moved.status == 200, await moved.text()
        return str(found)


async def violations(page: Page) -> list[tuple[str, str]]:
    """What axe finds: rule and element."""
    await page.evaluate(AXE.read_text("utf-8"))
    found: dict[str, Any] = await page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", RULES
    )
    return [(each["id"], node["html"][:160]) for each in found["violations"] for node in each["nodes"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("role", list(PAGES))
async def test_axe_finds_nothing_and_nothing_is_wider_than_the_screen(
    hotline: RunningHotline, browser: Browser, role: Role, scheme: str
) -> None:
    name = f"{role}-{scheme}"
    add_person(hotline, name, role, AGENCY if role in AGENCY_ROLES else None)
    code = await known_ticket(hotline)
    person = await Person.signed_in(browser, hotline, name, color_scheme=scheme)
    foreign: list[str] = []
    person.page.on("request", lambda request: foreign.append(request.url) if person.base not in request.url else None)
    errors: list[str] = []
    person.page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    for address in PAGES[role]:
        await person.go(address.format(code=code))
        await person.page.wait_for_load_state("networkidle")
        assert await violations(person.page) == [], address
        for width, height in ((1366, 625), (390, 844)):
            await person.page.set_viewport_size({"width": width, "height": height})
            wider = await person.wider()
            assert wider <= 0, (address, width, wider)
    assert foreign == []
    assert errors == []


_TICKETS: dict[int, list[str]] = {}


async def known_ticket(hotline: RunningHotline, *, fresh: bool = False) -> str:
    """A ticket that the agency has been given: the same one for every test of a module, or a new one."""
    made = _TICKETS.setdefault(hotline.settings.http_port, [])
    if fresh or not made:
        made.append(await _ticket(hotline, len(made)))
    return made[-1] if fresh else made[0]


async def test_signing_in_is_readable_and_says_what_is_wrong(hotline: RunningHotline, browser: Browser) -> None:
    add_person(hotline, "thanh", Role.OPERATOR)
    page = await browser.new_page(locale="vi-VN")
    await page.goto(f"http://127.0.0.1:{hotline.settings.http_port}/panel/")
    await page.get_by_label("Tên đăng nhập").fill("thanh")
    await page.get_by_label("Mật khẩu").fill("sai mất rồi")
    await page.get_by_role("button", name="Đăng nhập").click()
    await expect(page.get_by_role("alert")).to_contain_text("chưa đúng")
    assert await violations(page) == []
    await page.get_by_label("Mật khẩu").fill(PASSWORD)
    await page.get_by_role("button", name="Đăng nhập").click()
    await expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()


async def test_an_officer_accepts_and_drafts_and_sees_no_number_without_a_reason(
    hotline: RunningHotline, browser: Browser
) -> None:
    code = await known_ticket(hotline)
    add_person(hotline, "tuan", Role.OFFICER, AGENCY)
    tuan = await Person.signed_in(browser, hotline, "tuan", viewport={"width": 390, "height": 844})
    await tuan.page.get_by_role("link", name="Ổ gà trước chợ").click()
    await expect(tuan.page.get_by_text("<script>alert(1)</script>")).to_be_visible()
    assert await tuan.page.get_by_text("0912 345 678").count() == 0
    await tuan.page.get_by_role("button", name="Xin xem số liên hệ").click()
    await tuan.page.get_by_label("Nêu lý do").fill("hỏi lại vị trí ổ gà")
    await tuan.page.get_by_role("button", name="Xin xem số liên hệ").click()
    await expect(tuan.page.get_by_text("0912 345 678")).to_be_visible()
    file = await tuan.context.request.get(f"{tuan.base}/api/tickets/{code}")
    titles = {move["name"]: move["title"] for move in (await file.json())["moves"]}
    await tuan.press(titles["accept"])
    await tuan.page.locator("form").get_by_role("button", name=titles["accept"]).click()
    await expect(tuan.page.get_by_text("cơ quan đã nhận").first).to_be_visible()
    await tuan.go("/panel/quan-tri/nguoi-dung")
    await expect(tuan.page.get_by_role("heading", name="Hộp việc")).to_be_visible()


async def test_an_administrator_lets_somebody_in_and_the_password_is_seen_once(
    hotline: RunningHotline, browser: Browser
) -> None:
    add_person(hotline, "chief", Role.ADMINISTRATOR)
    chief = await Person.signed_in(browser, hotline, "chief")
    await chief.press("Thêm người")
    form = chief.page.get_by_role("region", name="Một người dùng")
    await form.get_by_label("Tên đăng nhập").fill("moi")
    await form.get_by_label("Họ tên").fill("Người Mới")
    await form.get_by_role("button", name="Thêm người").click()
    password = await chief.page.locator("code").inner_text()
    page = await (await browser.new_context(locale="vi-VN")).new_page()
    await page.goto(chief.base + "/panel/")
    await page.get_by_label("Tên đăng nhập").fill("moi")
    await page.get_by_label("Mật khẩu").fill(password)
    await page.get_by_role("button", name="Đăng nhập").click()
    await expect(page.get_by_role("heading", name="Đổi mật khẩu lần đầu")).to_be_visible()
    await page.get_by_label("Mật khẩu đang dùng").fill(password)
    await page.get_by_label("Mật khẩu mới").fill("một đàn cò trắng bay")
    await page.get_by_role("button", name="Đổi mật khẩu").click()
    await expect(page.get_by_role("heading", name="Bàn làm việc")).to_be_visible()
