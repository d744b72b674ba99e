"""Claims about the pages of administration, in a real browser on the real service: what is changed there is what then is in force."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from hotline1022.base.access import Role
from tests.asterisk import write_tone
from tests.hotline import RunningHotline
from tests.panel.browser import Person, add_person
from tests.panel.looks import looked_at

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

expect.set_options(timeout=15_000)
"""A file is checked as a whole before its findings are told."""

PAGES = tuple(
    f"/panel/quan-tri/{page}"
    for page in (
        "nguoi-dung",
        "tep",
        "tep/topics",
        "kich-ban",
        "kich-ban/default",
        "kich-ban/default?xem=so-do",
        "kich-ban/default?xem=van-ban&dong=20",
        "loi-phat",
        "loi-phat?loi=greeting",
        "lich?xem=luoi&ngay=2026-12-24",
        "lich?xem=danh-sach",
        "don-vi",
        "phan-cong",
        "khao-sat",
        "nhat-ky",
    )
)


@pytest.fixture(scope="module", autouse=True)
def people(hotline: RunningHotline) -> None:
    """Two who administer, and a leader."""
    for name, role in (("chief", Role.ADMINISTRATOR), ("second", Role.ADMINISTRATOR), ("boss", Role.LEADER)):
        add_person(hotline, name, role)


async def told(person: Person, path: str) -> Any:
    """What the service says under ``path``."""
    answer = await person.context.request.get(person.base + path)
    assert answer.ok, await answer.text()
    return await answer.json()


async def rewrite(page: Page, name: str, before: str, after: str) -> None:
    """Put other words into the text of a file."""
    field = page.get_by_label(f"Nội dung tệp {name}")
    text = await field.input_value()
    assert before in text
    await field.fill(text.replace(before, after, 1))


async def topic(person: Person) -> str:
    """What the first topic is called now."""
    names = await told(person, "/api/names")
    return str(next(each["name"] for each in names["topics"] if each["code"] == "hanh-chinh"))


async def becomes(person: Person, name: str) -> None:
    """The first topic is called so before long: the service looks at its files every few seconds."""
    for _ in range(60):
        if await topic(person) == name:
            return
        await asyncio.sleep(0.25)
    assert await topic(person) == name


async def test_a_mistake_in_a_rule_file_is_told_with_its_line_and_what_is_mended_comes_into_force_and_goes_back(
    hotline: RunningHotline, browser: Browser
) -> None:
    chief = await Person.signed_in(browser, hotline, "chief")
    await chief.page.get_by_role("link", name="Tệp quy tắc").click()
    await chief.page.get_by_role("link", name="Lĩnh vực").click()
    before = await topic(chief)
    await rewrite(chief.page, "topics", '"1": hanh-chinh', '"1": khong-co')
    findings = chief.page.get_by_role("region", name="Kết quả kiểm tra")
    await expect(findings).to_contain_text("Lỗi phải sửa · 1")
    await expect(findings).to_contain_text("khong-co")
    told_line = await findings.get_by_role("button").inner_text()
    field = chief.page.get_by_label("Nội dung tệp topics")
    number = next(at for at, line in enumerate((await field.input_value()).split("\n"), 1) if "khong-co" in line)
    assert told_line == f"Dòng {number}"
    await expect(chief.page.get_by_role("button", name="Đưa vào dùng…")).to_be_disabled()
    await findings.get_by_role("button").click()
    selected = await field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert "khong-co" in selected
    await rewrite(chief.page, "topics", "khong-co", "hanh-chinh")
    await rewrite(chief.page, "topics", before, "Thủ tục, giấy tờ")
    await expect(chief.page.get_by_text("Không có lỗi.")).to_be_visible()
    assert await topic(chief) == before, "a draft is not in force"
    await chief.press("Đưa vào dùng…")
    await chief.page.get_by_label("Vì sao đổi").fill("gọi cho dễ hiểu")
    await chief.page.get_by_label("Căn cứ").fill("Công văn 5/VP")
    await chief.page.locator("form").get_by_role("button", name="Đưa vào dùng").click()
    versions = chief.page.get_by_role("region", name="Các bản")
    await expect(versions.get_by_role("listitem").first).to_contain_text("bản 2 Đang dùng")
    await expect(versions).to_contain_text("Công văn 5/VP")
    await becomes(chief, "Thủ tục, giấy tờ")
    await chief.press("Dùng lại bản 1")
    await chief.page.get_by_label("Vì sao đổi").fill("tên cũ đúng hơn")
    await chief.page.locator("form").get_by_role("button", name="Dùng lại bản 1").click()
    await expect(versions.get_by_role("listitem").first).to_contain_text("bản 3 Đang dùng")
    await becomes(chief, before)
    await chief.page.get_by_role("link", name="Nhật ký thay đổi").click()
    await expect(chief.page.get_by_role("row").filter(has_text="tên cũ đúng hơn")).to_contain_text("chief")


async def test_who_writes_second_in_a_draft_is_told_and_may_open_the_others(
    hotline: RunningHotline, browser: Browser
) -> None:
    chief = await Person.signed_in(browser, hotline, "chief")
    second = await Person.signed_in(browser, hotline, "second")
    for person in (chief, second):
        await person.go("/panel/quan-tri/tep/letters")
        await expect(person.page.get_by_label("Nội dung tệp letters")).not_to_have_value("")
    text = await chief.page.get_by_label("Nội dung tệp letters").input_value()
    await chief.page.get_by_label("Nội dung tệp letters").fill(f"{text}\n# một dòng của chief\n")
    await expect(chief.page.get_by_role("status").filter(has_text="Đã lưu")).to_be_visible()
    await second.page.get_by_label("Nội dung tệp letters").fill(f"{text}\n# một dòng của second\n")
    await expect(second.page.get_by_role("alert")).to_contain_text("chief đã sửa bản nháp này")
    await second.press("Bỏ phần viết ở đây, mở bản của người kia")
    await expect(second.page.get_by_label("Nội dung tệp letters")).to_have_value(f"{text}\n# một dòng của chief\n")
    await second.press("Bỏ bản nháp…")
    await second.page.locator("form").get_by_role("button", name="Bỏ bản nháp").click()
    await expect(second.page.get_by_label("Nội dung tệp letters")).to_have_value(text)


async def test_a_leader_reads_rule_files_and_changes_none(hotline: RunningHotline, browser: Browser) -> None:
    boss = await Person.signed_in(browser, hotline, "boss")
    await boss.page.get_by_role("link", name="Tệp quy tắc").click()
    await boss.page.get_by_role("link", name="Thời hạn").click()
    await expect(boss.page.get_by_label("Nội dung tệp policies")).to_have_attribute("readonly", "")
    assert await boss.page.get_by_role("button", name="Bỏ bản nháp…").count() == 0
    await boss.go("/panel/quan-tri/nguoi-dung")
    await expect(boss.page.get_by_role("heading", name="Giám sát ca")).to_be_visible()


async def test_a_prompt_is_uploaded_checked_and_heard_as_the_telephone_lets_it_be_heard(
    hotline: RunningHotline, browser: Browser, tmp_path: Path
) -> None:
    chief = await Person.signed_in(browser, hotline, "chief")
    await chief.page.get_by_role("link", name="Lời phát").click()
    await chief.press("wrong-key")
    before = (await told(chief, "/api/prompts/wrong-key"))["version"]
    picked = chief.page.get_by_label("Hoặc tải tệp lên")
    await picked.set_input_files(write_tone(tmp_path / "silent.wav", 0, 2.0, rate=16000))
    await chief.press("Dùng tiếng này…")
    await chief.page.locator("form").get_by_role("button", name="Dùng tiếng này…").click()
    await expect(chief.page.get_by_role("alert").first).to_contain_text("Không nghe thấy tiếng nói")
    await chief.press("Thôi")
    await picked.set_input_files(write_tone(tmp_path / "voice.wav", 500, 3.0, rate=16000))
    await chief.press("Dùng tiếng này…")
    await chief.page.get_by_label("Vì sao đổi").fill("giọng mới")
    await chief.page.locator("form").get_by_role("button", name="Dùng tiếng này…").click()
    await expect(chief.page.get_by_text(f"Đã dùng tiếng mới: bản {before + 1}.")).to_be_visible()
    for label in ("Nghe", "Nghe như qua điện thoại"):
        sound = chief.page.get_by_label(label, exact=True).first
        heard = await sound.evaluate(
            """sound => new Promise((done, failed) => {
                sound.onerror = () => failed(new Error('not heard'))
                sound.ontimeupdate = () => sound.currentTime > 0.5 && done(sound.duration)
                sound.play()
            })"""
        )
        assert 2.5 < heard < 3.6
    await chief.press(f"Dùng lại bản {before}")
    await chief.page.locator("form").get_by_role("button", name=f"Dùng lại bản {before}").click()
    await expect(chief.page.get_by_text(f"Đang dùng: bản {before + 2}")).to_be_visible()


async def test_a_flow_is_drawn_and_rehearsed_by_keys(hotline: RunningHotline, browser: Browser) -> None:
    chief = await Person.signed_in(browser, hotline, "chief")
    await chief.page.get_by_role("link", name="Kịch bản").click()
    await chief.page.get_by_role("link", name="Kịch bản chính").click()
    await chief.press("Sơ đồ")
    picture = chief.page.get_by_role("img", name="Sơ đồ của kịch bản")
    await expect(picture).to_be_visible()
    assert await picture.evaluate("async image => { await image.decode(); return image.naturalWidth }") > 400
    rehearsal = chief.page.get_by_role("region", name="Chạy thử")
    await rehearsal.get_by_role("button", name="Gọi thử").click()
    await expect(rehearsal.get_by_role("listitem").first).to_contain_text("một không hai hai")
    await rehearsal.get_by_role("button", name="Gác máy").click()
    await expect(rehearsal.get_by_role("button", name="Gác máy")).to_be_disabled()


async def test_a_day_off_is_kept_as_a_draft_and_a_deadline_is_tried(hotline: RunningHotline, browser: Browser) -> None:
    chief = await Person.signed_in(browser, hotline, "chief")
    await chief.go("/panel/quan-tri/lich?xem=luoi&nam=2026&ngay=2026-12-23")
    day = chief.page.get_by_role("form", name="thứ Tư 23/12/2026")
    await day.get_by_label("Tên").fill("Nghỉ theo quyết định của tỉnh")
    await day.get_by_label("Căn cứ").fill("QĐ 99/QĐ-UBND")
    await day.get_by_role("button", name="Ghi vào bản nháp").click()
    await expect(day.get_by_role("status")).to_contain_text("của phiếu đang mở")
    draft = (await told(chief, "/api/rule-files/official-days"))["draft"]
    assert "2026-12-23" in draft["text"]
    assert draft["findings"] == []
    trial = chief.page.get_by_role("form", name="Thử tính hạn")
    await trial.get_by_label("Từ lúc").fill("2026-12-22T09:00")
    await trial.get_by_label("Cộng").fill("1")
    await trial.get_by_role("button", name="Tính hạn").click()
    await expect(trial.get_by_role("status")).to_contain_text("thứ Tư 23/12")  # a draft moves no deadline yet


@pytest.mark.timeout(600)
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_axe_finds_nothing_on_any_page_of_administration(
    hotline: RunningHotline, browser: Browser, scheme: str
) -> None:
    await looked_at(browser, hotline, "chief", scheme, PAGES)
