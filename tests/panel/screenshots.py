"""``python -m tests.panel.screenshots``: pictures of the panel's pages, from a hotline that really runs, a real call among them.

They are for looking at and for the guides; a page is proved by the tests beside this module.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from hotline1022.base.access import Role
from tests.asterisk import write_tone
from tests.hotline import RunningHotline, running_hotline
from tests.panel.browser import MICROPHONE_HZ, Person, add_person, browsing
from tests.panel.office_pictures import office
from tests.panel.shifts import on_shift, ringing
from tests.panel.test_pages import AGENCY, known_ticket

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
BOARD = {"width": 1920, "height": 1080}

SAID = "đường trước trường ở xã Mỹ Thọ ngập nước mấy ngày nay trụ điện bên đường nghiêng nhờ cơ quan xem giúp"

PAGES: tuple[tuple[str, Role, str, dict[str, Any]], ...] = (
    ("nguoi-dung", Role.ADMINISTRATOR, "/panel/quan-tri/nguoi-dung", {}),
    ("don-vi", Role.ADMINISTRATOR, "/panel/quan-tri/don-vi", {}),
    ("phan-cong", Role.ADMINISTRATOR, "/panel/quan-tri/phan-cong", {}),
    ("cau-khao-sat", Role.ADMINISTRATOR, "/panel/quan-tri/khao-sat", {}),
    ("nhat-ky-quan-tri", Role.ADMINISTRATOR, "/panel/quan-tri/nhat-ky", {}),
    ("giam-sat", Role.LEADER, "/panel/giam-sat", {}),
    ("bang-lon", Role.LEADER, "/panel/bang-lon", {"viewport": BOARD, "color_scheme": "dark"}),
    ("goi-lai", Role.OPERATOR, "/panel/goi-lai", {}),
    ("nhat-ky-goi", Role.LEADER, "/panel/nhat-ky-goi", {}),
    ("cuoc-goi", Role.LEADER, "/panel/nhat-ky-goi/{call}", {}),
    ("cau-tra-loi", Role.LEADER, "/panel/cau-tra-loi", {}),
    ("cac-phieu", Role.OPERATOR, "/panel/phieu", {}),
    ("phieu", Role.OPERATOR, "/panel/phieu/{code}", {}),
    ("hop-viec", Role.OFFICER, "/panel/hop-viec", {}),
    ("hop-viec-dien-thoai", Role.OFFICER, "/panel/phieu/{code}", {"viewport": PHONE}),
    ("duyet", Role.APPROVER, "/panel/duyet", {}),
    ("toi", Role.OFFICER, "/panel/toi", {}),
    ("ban-lam-viec-toi", Role.OPERATOR, "/panel/ban-lam-viec", {"color_scheme": "dark"}),
)
"""Pages that need nothing but somebody who may see them: the picture's name, who looks, where, how."""


async def take(hotline: RunningHotline, folder: Path) -> None:
    """Every page that has something to show, as PNG files in ``folder``."""
    code = await known_ticket(hotline)
    with tempfile.TemporaryDirectory() as sounds:
        microphone = write_tone(Path(sounds) / "microphone.wav", MICROPHONE_HZ, 5.0, rate=48000)
        async with browsing(microphone) as browser:
            call = await _a_call(browser, hotline, folder)
            for name, role, address, options in PAGES:
                person = f"anh-{name}"
                add_person(hotline, person, role, AGENCY if role in {Role.OFFICER, Role.APPROVER} else None)
                seen = await Person.signed_in(browser, hotline, person, **options)
                await seen.go(address.format(code=code, call=call))
                await seen.page.wait_for_load_state("networkidle")
                await seen.page.screenshot(path=folder / f"{name}.png")
                await seen.context.close()
            await office(browser, hotline, folder)
            page = await browser.new_page(viewport={"width": 1366, "height": 625})
            await page.goto(f"http://127.0.0.1:{hotline.settings.http_port}/panel/")
            await page.wait_for_selector("form")
            await page.screenshot(path=folder / "dang-nhap.png")


async def _a_call(browser: Browser, hotline: RunningHotline, folder: Path) -> str:
    """The three moments of a call; the call's id. The recogniser of these pictures hears what it is told to."""
    hotline.node.said[:] = SAID.split()
    lan = await on_shift(browser, hotline, "Lan")
    _, call = ringing(hotline)
    await lan.state("ringing", 30)
    await asyncio.sleep(0.5)
    await lan.page.screenshot(path=folder / "do-chuong.png")
    await lan.press("Nghe máy")
    await lan.state("talking")
    await lan.page.get_by_label("Nội dung").fill("Đường ngập trước trường, xã Mỹ Thọ, trụ điện nghiêng.")
    await lan.page.get_by_role("button", name="Nhận Chiếu sáng").click()
    await asyncio.sleep(3)
    await lan.page.screenshot(path=folder / "dang-noi.png")
    await lan.press("Lập phiếu")
    await lan.press("Kết thúc")
    await lan.state("wrap-up")
    await lan.page.screenshot(path=folder / "sau-cuoc-goi.png")
    await lan.page.get_by_label("Đã lập phiếu").check()
    await lan.press("Lưu và sẵn sàng")
    return str(hotline.ended_call(f"+84{(await call).number[1:]}").id)


def main() -> None:
    """Take them into the folder that is named, or into docs/pictures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with running_hotline(SECOND_FACTOR_ROLES="[]") as hotline:
        hotline.start_service()
        asyncio.run(take(hotline, folder))


if __name__ == "__main__":
    main()
