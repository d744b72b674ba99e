"""Claims about the pages of scores and of operators' surveys, in a real browser on the real service."""

import pytest
from playwright.async_api import Browser, expect
from sqlalchemy import select

from hotline1022.base.access import Role
from surveys.store import survey_answers, survey_attempts, survey_cases
from tests.hotline import RunningHotline
from tests.panel.browser import Person, add_person
from tests.panel.looks import looked_at
from tests.panel.stored import add_answers, add_due_case, open_ticket
from tests.panel.test_pages import AGENCY

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

OTHER = "so-xay-dung"


@pytest.fixture(scope="module")
def answered(hotline: RunningHotline) -> list[str]:
    """What citizens have said of two agencies this month, of a third too little; the tickets of the first."""
    codes = add_answers(hotline, AGENCY, {1: 2, 2: 3, 3: 5, 4: 30, 5: 60}, late=6)
    add_answers(hotline, OTHER, {1: 12, 2: 8, 3: 20, 4: 30, 5: 10}, late=30)
    add_answers(hotline, "so-y-te", {1: 1, 5: 3})
    add_answers(hotline, OTHER, {1: 40, 5: 10}, month="2026-09")
    for name, role, agency in (
        ("boss", Role.LEADER, None),
        ("desk", Role.OPERATOR, None),
        ("can-bo", Role.OFFICER, AGENCY),
        ("duyet", Role.APPROVER, OTHER),
    ):
        add_person(hotline, name, role, agency)
    return codes


async def test_a_leader_sees_who_does_how_well_and_how_sure_that_is(
    hotline: RunningHotline, browser: Browser, answered: list[str]
) -> None:
    boss = await Person.signed_in(browser, hotline, "boss")
    await boss.page.get_by_role("link", name="Điểm cơ quan").click()
    row = boss.page.get_by_role("row").filter(has_text="UBND phường Cao Lãnh")
    await expect(row).to_contain_text("90,0%")
    await expect(row).to_contain_text("khoảng tin cậy 82,6–94,5%")
    await expect(row).to_contain_text("94 / 100")
    low, high = [float(await row.locator("line.interval").nth(1).get_attribute(end) or 0) for end in ("x1", "x2")]
    dot = float(await row.locator("circle").nth(1).get_attribute("cx") or 0)
    assert low < dot < high
    few = boss.page.get_by_role("row").filter(has_text="Sở Y tế")
    await expect(few).to_contain_text("3 / 4 hài lòng")
    await expect(few).to_contain_text("chưa đủ mẫu")
    assert await few.locator("line.interval").count() == 0
    await row.get_by_text("Vì sao").click()
    await expect(row).to_contain_text("90 trong 100 người trả lời hài lòng")
    names = boss.page.get_by_role("rowheader").get_by_role("link")
    assert await names.all_inner_texts() == ["UBND phường Cao Lãnh", "Sở Xây dựng", "Sở Y tế"]
    await boss.page.get_by_role("button", name="Đúng hạn", exact=True).click()
    await boss.page.get_by_role("button", name="Đúng hạn", exact=True).click()
    await expect(boss.page.get_by_role("columnheader", name="Đúng hạn", exact=True)).to_have_attribute(
        "aria-sort", "ascending"
    )
    assert await names.first.inner_text() == "Sở Xây dựng"
    await row.get_by_role("link").click()
    await boss.press("phiếu trả lời đúng hạn")
    behind = boss.page.get_by_role("region", name="Phiếu làm nên số “phiếu trả lời đúng hạn”")
    await expect(behind.get_by_role("link")).to_have_count(50)
    await behind.get_by_role("button", name="Xem thêm").click()
    await expect(behind.get_by_role("link")).to_have_count(94)
    assert await behind.get_by_role("link").first.get_attribute("href") == f"/panel/phieu/{answered[6]}"


async def test_an_officer_sees_the_page_of_their_own_agency_and_never_who_answered(
    hotline: RunningHotline, browser: Browser, answered: list[str]
) -> None:
    officer = await Person.signed_in(browser, hotline, "can-bo")
    await officer.go(f"/panel/diem/{OTHER}")
    await expect(officer.page.get_by_role("heading", name="UBND phường Cao Lãnh")).to_be_visible()
    counts = officer.page.get_by_role("listitem").filter(has_text="rất hài lòng")
    await expect(counts).to_contain_text("60")
    assert await counts.get_by_role("button").count() == 0
    await officer.go("/panel/diem")
    await expect(officer.page.get_by_role("heading", name="Hộp việc")).to_be_visible()


async def test_a_period_is_signed_off_and_what_is_said_against_it_is_decided_beside_it(
    hotline: RunningHotline, browser: Browser, answered: list[str]
) -> None:
    boss = await Person.signed_in(browser, hotline, "boss")
    await boss.go("/panel/diem?ky=2026-09")
    await boss.press("Chốt điểm kỳ này…")
    await boss.page.locator("form").get_by_role("button", name="Chốt điểm").click()
    await expect(boss.page.get_by_text("Đã chốt: boss")).to_be_visible()
    approver = await Person.signed_in(browser, hotline, "duyet")
    await approver.go("/panel/diem-cua-toi?ky=2026-09")
    await approver.press("Đề nghị đính chính…")
    await approver.page.get_by_label("Số nào sai, vì sao").fill("Bốn mươi phiếu là của cơ quan khác")
    await approver.page.get_by_label("Bằng chứng").fill("Công văn 12/SXD")
    await approver.press("Gửi đề nghị")
    await expect(approver.page.get_by_text("Chưa có quyết định.")).to_be_visible()
    await boss.page.reload()
    await boss.press("Quyết định…")
    await boss.page.get_by_label("Chấp nhận", exact=True).check()
    await boss.page.get_by_label("Trả lời cơ quan").fill("Đã đối chiếu, đúng như đề nghị")
    await boss.press("Lưu quyết định")
    await expect(boss.page.get_by_text("Đã chốt: 50 trả lời, hài lòng 20,0%")).to_be_visible()
    await approver.page.reload()
    await expect(approver.page.get_by_text("Đã đối chiếu, đúng như đề nghị")).to_be_visible()


async def test_an_operator_asks_whose_turn_it_is_and_a_reload_loses_no_answer(
    hotline: RunningHotline, browser: Browser, answered: list[str]
) -> None:
    code = await open_ticket(hotline)
    case = add_due_case(hotline, code, AGENCY)
    desk = await Person.signed_in(browser, hotline, "desk")
    await desk.page.get_by_role("link", name="Khảo sát").click()
    await desk.press("Nhận phiếu đến lượt")
    await expect(desk.page.get_by_text("0912 345 678")).to_be_visible()
    await expect(desk.page.get_by_text("số điện thoại gọi được")).to_be_visible()
    await desk.press("Có người nghe máy")
    await expect(desk.page.get_by_role("heading", name=f"phiếu {code}")).to_be_visible()
    await desk.page.keyboard.press("1")
    await expect(desk.page.get_by_role("heading", name="đã được giải quyết chưa")).to_be_visible()
    await desk.page.keyboard.press("2")
    await desk.page.keyboard.press("2")
    await expect(desk.page.get_by_role("heading", name="thời gian trả lời")).to_be_visible()
    assert "0912345678" not in await desk.page.evaluate("JSON.stringify([localStorage, sessionStorage])")
    await desk.page.reload()
    await expect(desk.page.get_by_role("heading", name="thời gian trả lời")).to_be_visible()
    await desk.page.keyboard.press("3")
    await desk.page.get_by_label("Lời người dân nói").fill("Chờ lâu quá")
    await desk.press("Câu sau")
    await desk.press("Không trả lời câu này")
    await desk.press("Lưu kết quả")
    await expect(desk.page.get_by_text("Khảo sát đã xong: đã trả lời đủ.")).to_be_visible()
    rows = hotline.rows(select(survey_answers).where(survey_answers.c.case == case))
    assert {row.question: row.mark for row in rows} == {
        "consent": 1, "resolved": 2, "satisfaction": 2, "time": 3, "comment": None,
    }  # fmt: skip
    assert [row.words for row in rows if row.question == "comment"] == ["Chờ lâu quá"]
    assert {row.mode for row in rows} == {"operator"}
    await desk.press("Nhận phiếu tiếp theo")
    await expect(desk.page.get_by_role("alert")).to_contain_text("Chưa có phiếu nào đến lượt")


async def test_who_is_not_reached_or_given_back_is_due_again_later(
    hotline: RunningHotline, browser: Browser, answered: list[str]
) -> None:
    case = add_due_case(hotline, await open_ticket(hotline, number="0912345699"), AGENCY)
    desk = await Person.signed_in(browser, hotline, "desk")
    await desk.go("/panel/khao-sat")
    await desk.press("Nhận phiếu đến lượt")
    await desk.press("Trả phiếu…")
    await desk.page.locator("form").get_by_role("button", name="Trả phiếu").click()
    await expect(desk.page.get_by_role("status").filter(has_text="gọi lại từ")).to_be_visible()
    (attempt,) = hotline.rows(select(survey_attempts).where(survey_attempts.c.case == case))
    assert (attempt.by, attempt.disposition) == ("desk", "failed")
    (row,) = hotline.rows(select(survey_cases).where(survey_cases.c.id == case))
    assert row.disposition is None
    assert row.next_at is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_these_pages(
    hotline: RunningHotline, browser: Browser, answered: list[str], scheme: str
) -> None:
    leader = ("/panel/diem", "/panel/diem?gop=1&keo=1", f"/panel/diem/{AGENCY}?dem=on_time", "/panel/diem?ky=2026-09")
    await looked_at(browser, hotline, "boss", scheme, (*leader, "/panel/khao-sat"))
    await looked_at(browser, hotline, "can-bo", scheme, ("/panel/diem-cua-toi",))
