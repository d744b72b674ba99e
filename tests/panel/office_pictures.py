"""Pictures of the pages of scores, surveys and administration, with something to see on them: part of ``tests.panel.screenshots``."""

from pathlib import Path

from playwright.async_api import Browser, expect

from hotline1022.base.access import Role
from tests.hotline import RunningHotline
from tests.panel.browser import Person, add_person
from tests.panel.stored import add_answers, add_due_case, open_ticket

AGENCY = "xa-29869"
PHONE = {"width": 390, "height": 844}
MARKS = {
    AGENCY: {1: 2, 2: 3, 3: 5, 4: 30, 5: 60},
    "so-xay-dung": {1: 12, 2: 8, 3: 20, 4: 30, 5: 10},
    "so-nnmt": {1: 3, 2: 4, 3: 9, 4: 14, 5: 12},
    "cong-an": {1: 1, 2: 2, 3: 4, 4: 20, 5: 41},
    "so-y-te": {1: 1, 5: 3},
}


async def office(browser: Browser, hotline: RunningHotline, folder: Path) -> None:
    """All of them, as PNG files in ``folder``."""
    for at, (agency, marks) in enumerate(MARKS.items()):
        add_answers(hotline, agency, marks, late=min(3 * at + 2, len(marks)))
    for month in ("2026-06", "2026-07", "2026-08", "2026-09", "2026-10"):
        add_answers(hotline, AGENCY, {1: 4, 3: 6, 4: 20, 5: 10 + 3 * int(month[-2:])}, late=4, month=month)
    add_due_case(hotline, await open_ticket(hotline), AGENCY)
    for name, role in (("anh-ty-le", Role.LEADER), ("anh-hoi", Role.OPERATOR), ("anh-quan-tri", Role.ADMINISTRATOR)):
        add_person(hotline, name, role)
    leader = await Person.signed_in(browser, hotline, "anh-ty-le")
    await _shot(leader, "/panel/diem", folder / "diem.png")
    await _shot(leader, f"/panel/diem/{AGENCY}", folder / "diem-co-quan.png")
    await _shot(leader, "/panel/bao-cao", folder / "bao-cao.png")
    small = await Person.signed_in(browser, hotline, "anh-ty-le", viewport=PHONE, color_scheme="dark")
    await _shot(small, f"/panel/diem/{AGENCY}", folder / "diem-dien-thoai.png")
    await _survey(await Person.signed_in(browser, hotline, "anh-hoi"), folder)
    await _administration(await Person.signed_in(browser, hotline, "anh-quan-tri"), folder)


async def _survey(person: Person, folder: Path) -> None:
    await person.go("/panel/khao-sat")
    await person.press("Nhận phiếu đến lượt")
    await person.press("Có người nghe máy")
    await person.page.keyboard.press("1")
    await person.page.keyboard.press("1")
    await expect(person.page.get_by_role("heading", name="Quý vị hài lòng")).to_be_visible()
    await person.page.screenshot(path=folder / "khao-sat.png")


async def _administration(person: Person, folder: Path) -> None:
    await person.go("/panel/quan-tri/tep/topics")
    text = person.page.get_by_label("Nội dung tệp topics")
    await text.fill((await text.input_value()).replace('"1": hanh-chinh', '"1": hanh-chanh'))
    findings = person.page.get_by_role("region", name="Kết quả kiểm tra")
    await findings.wait_for()
    await findings.get_by_role("button").click()
    await person.page.screenshot(path=folder / "tep-quy-tac.png")
    await person.go("/panel/quan-tri/kich-ban/default")
    await person.press("Gọi thử")
    await person.press("Im lặng")
    await _shot(person, "", folder / "kich-ban.png")
    await _shot(person, "/panel/quan-tri/loi-phat?loi=greeting", folder / "loi-phat.png")
    await _shot(person, "/panel/quan-tri/lich?xem=danh-sach", folder / "lich.png")


async def _shot(person: Person, address: str, file: Path) -> None:
    """The page as it stands once everything has come; without an address the one that is open."""
    if address:
        await person.go(address)
    await person.page.wait_for_load_state("networkidle")
    await person.page.screenshot(path=file)
