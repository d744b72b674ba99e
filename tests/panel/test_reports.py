"""Claims about the page of reports, in a real browser on the real service: a file with one press, and to each only what is theirs."""

from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.async_api import Browser, Page, expect

from hotline1022.base.access import Role
from tests.hotline import RunningHotline
from tests.panel.browser import Person, add_person
from tests.panel.looks import looked_at
from tests.panel.test_pages import AGENCY

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]


async def _pressed(page: Page, report: str, kind: str) -> tuple[str, bytes]:
    """The file that a press of the button ``kind`` under a report brings: its name and what is in it."""
    section = page.get_by_role("region", name=report)
    async with page.expect_download() as coming:
        await section.get_by_role("button", name=kind, exact=True).click()
    file = await coming.value
    await expect(section.get_by_role("status")).to_contain_text(file.suggested_filename)
    return file.suggested_filename, Path(await file.path()).read_bytes()


async def test_a_leader_has_the_months_form_with_one_press(hotline: RunningHotline, browser: Browser) -> None:
    add_person(hotline, "boss", Role.LEADER)
    boss = await Person.signed_in(browser, hotline, "boss")
    await boss.go("/panel/bao-cao")
    for scheme in ("light", "dark"):
        await looked_at(browser, hotline, "boss", scheme, ("/panel/bao-cao",))
    name, data = await _pressed(boss.page, "Báo cáo tháng của tỉnh", "XLSX")
    assert name.startswith("1022-thang-20")
    assert load_workbook(BytesIO(data)).sheetnames
    name, data = await _pressed(boss.page, "Báo cáo tháng của tỉnh", "PDF")
    assert data.startswith(b"%PDF"), name


async def test_an_officer_is_offered_the_pack_of_their_own_agency_alone(
    hotline: RunningHotline, browser: Browser
) -> None:
    add_person(hotline, "can-bo", Role.OFFICER, AGENCY)
    officer = await Person.signed_in(browser, hotline, "can-bo")
    await officer.go("/panel/bao-cao")
    await expect(officer.page.get_by_role("heading", level=2)).to_have_text(["Hồ sơ cải cách hành chính"])
    name, data = await _pressed(officer.page, "Hồ sơ cải cách hành chính", "DOCX")
    assert AGENCY in name
    assert data.startswith(b"PK")
