"""One-time links: a page without a script that asks once, tells nothing of the citizen, and nothing of why a link does not work."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from surveys.asking.links import PATH
from surveys.asking.store import survey_links
from surveys.model import Case
from tests.surveys.hotline import Hotline, said
from tests.tickets.test_public_pages import Page, page_of


async def link_of(hotline: Hotline, case: Case) -> str:
    """The path of a fresh link."""
    made = await said(await hotline.served.post(f"/api/surveys/{case.id}/link", "leader"), 201)
    path: str = made["path"]
    return path


async def send(hotline: Hotline, path: str, **form: str) -> tuple[int, Page]:
    """Send the form as a browser does."""
    answer = await hotline.served.post(path, data=form)
    return answer.status, await page_of(answer)


async def look(hotline: Hotline, path: str) -> tuple[int, Page]:
    """Open the page."""
    answer = await hotline.served.get(path)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    return answer.status, await page_of(answer)


async def test_a_citizen_answers_on_the_page_and_nobody_is_rung(hotline: Hotline) -> None:
    case = await hotline.answered()
    path = await link_of(hotline, case)
    status, page = await look(hotline, path)
    assert status == 200
    assert case.code in page.words
    assert "UBND phường Cao Lãnh" in page.words
    for secret in ("0912", "5678", "84912345678", "Nguyễn", "Đèn đường", "Đã thay", "giao-thong"):
        assert secret not in page.source
    status, page = await send(
        hotline, path, resolved="1", satisfaction="5", item="4", comment="Cảm ơn.\r\nRất nhanh.", reopen="", never=""
    )
    assert (status, "Đã nhận trả lời của quý vị" in page.words) == (200, True)
    (end,) = hotline.ends()
    assert (end.disposition, end.mode, end.commented, end.reopen) == ("completed", "link", True, False)
    assert end.answers == {"consent": 1, "resolved": 1, "satisfaction": 5, str(case.item): 4}
    assert end.wording is not None
    assert end.wording.startswith("questionnaire-2026.1@")
    comment = [each["words"] for each in (await hotline.file(case.id))["answers"] if each["question"] == "comment"]
    assert comment == ["Cảm ơn.\nRất nhanh."]
    assert case.next_at is not None
    hotline.clock.instant = case.next_at
    await hotline.campaign.attempt({"case": case.id, "number": 1})
    assert hotline.line.rung == []


async def test_answers_may_be_left_out_and_what_is_not_solved_is_to_be_reopened(hotline: Hotline) -> None:
    path = await link_of(hotline, await hotline.answered())
    status, _ = await send(hotline, path, resolved="3")
    (end,) = hotline.ends()
    assert (status, end.disposition, end.reopen, end.answers) == (200, "partial", True, {"consent": 1, "resolved": 3})


async def test_a_page_with_nothing_answered_or_too_long_words_is_shown_again_with_what_was_written(
    hotline: Hotline,
) -> None:
    path = await link_of(hotline, await hotline.answered())
    status, page = await send(hotline, path, comment="Chưa <b>tốt</b>")
    assert (status, "Lỗi: Khảo sát" in page.words, "Xin chọn ít nhất một câu trả lời." in page.words) == (
        422,
        True,
        True,
    )
    assert "Chưa <b>tốt</b>" in page.words
    assert "b" not in {tag for tag, _ in page.elements}
    assert page.all("fieldset")[0]["aria-describedby"] == "error"
    status, page = await send(hotline, path, resolved="2", comment="a" * 2001)
    assert (status, page.field("comment")["aria-invalid"]) == (422, "true")
    checked = [each["id"] for each in page.all("input") if "checked" in each]
    assert checked == ["resolved-2"]
    status, page = await send(hotline, path, resolved="1", satisfaction="5", reopen="1")
    assert (status, "Chỉ chọn mở lại phiếu khi chưa hài lòng" in page.words) == (422, True)
    assert (await send(hotline, path, resolved="2"))[0] == 200, "the link was not used up by mistakes"


async def test_a_citizen_who_wants_no_more_surveys_says_so_on_the_page(hotline: Hotline) -> None:
    path = await link_of(hotline, await hotline.answered())
    status, page = await send(hotline, path, never="1")
    assert (status, "chúng tôi sẽ không khảo sát số của quý vị nữa" in page.words) == (200, True)
    assert [(end.disposition, end.mode) for end in hotline.ends()] == [("opted-out", "link")]
    assert [str(each) for each in (await hotline.considered("form-0002")).reasons] == ["opted-out", "asked-lately"]


async def test_a_link_that_was_used_has_expired_or_never_was_gets_one_and_the_same_page(hotline: Hotline) -> None:
    used = await link_of(hotline, await hotline.answered("form-0001", number="0912345671"))
    await send(hotline, used, resolved="1")
    over = await hotline.answered("form-0002", number="0912345672")
    asked_otherwise = await link_of(hotline, over)
    assert over.next_at is not None
    other = await link_of(hotline, over)
    await send(hotline, other, resolved="2")
    reopened_case = await hotline.answered("form-0003", number="0912345673")
    reopened = await link_of(hotline, reopened_case)
    await hotline.served.move(reopened_case.code, "operator", "reopen", reason="Đèn lại tắt.")
    expired = await link_of(hotline, await hotline.answered("form-0004", number="0912345674"))
    hotline.clock.instant += timedelta(days=7)
    ends = len(hotline.ends())
    pages = []
    for path in (used, asked_otherwise, other, reopened, expired, PATH.format(token="a" * 22), PATH.format(token="x")):
        for status, page in (await look(hotline, path), await send(hotline, path, resolved="3", never="1")):
            assert status == 404
            pages.append(page.source)
    assert pages == pages[:1] * 14
    assert len(hotline.ends()) == ends


async def test_a_link_works_until_its_last_moment_and_nobody_is_rung_before(hotline: Hotline) -> None:
    case = await hotline.answered()
    path = await link_of(hotline, case)
    shown = (await hotline.file(case.id))["case"]
    assert shown["next_at"] == "2026-11-30T09:00:00+07:00"
    hotline.clock.instant += timedelta(days=7, seconds=-1)
    assert (await look(hotline, path))[0] == 200


async def test_whoever_has_answered_on_the_page_is_not_asked_about_another_answer_within_the_quiet_time(
    hotline: Hotline,
) -> None:
    await send(hotline, await link_of(hotline, await hotline.answered()), resolved="1")
    hotline.clock.instant += timedelta(days=29)
    assert [str(each) for each in (await hotline.considered("form-0002")).reasons] == ["asked-lately"]
    hotline.clock.instant += timedelta(days=2)
    assert (await hotline.considered("form-0003")).reasons == ()


async def test_only_a_hash_of_the_token_is_kept_and_a_link_is_a_new_one_each_time(hotline: Hotline) -> None:
    case = await hotline.answered()
    paths = {await link_of(hotline, case), await link_of(hotline, case)}
    assert len(paths) == 2
    async with hotline.database.reading() as connection:
        rows = (await connection.execute(select(survey_links))).all()
    assert len(rows) == 2
    assert not [path for path in paths for row in rows for value in row if path.rpartition("/")[2] in str(value)]


async def test_an_operator_sends_a_link_only_to_the_citizen_they_are_talking_to(hotline: Hotline) -> None:
    case = await hotline.due()
    path = f"/api/surveys/{case.id}/link"
    refused = await said(await hotline.served.post(path, "operator"), 409)
    assert "chỉ gửi được liên kết cho phiếu đang được giao" in refused["detail"]
    await hotline.take()
    made = await said(await hotline.served.post(path, "operator"), 201)
    kept = await said(await hotline.write(case.id, answers={"consent": 2}))
    assert kept["next_at"] == made["until"] == "2026-12-02T08:00:00+07:00"
    await send(hotline, made["path"], resolved="1", satisfaction="4", item="4")
    assert [(end.disposition, end.mode) for end in hotline.ends()] == [("completed", "link")]
    closed = await said(await hotline.served.post(path, "leader"), 409)
    assert "đã khảo sát xong bằng trang web" in closed["detail"]


async def test_what_is_answered_on_the_page_while_an_operator_talks_is_not_mixed_with_what_they_write(
    hotline: Hotline,
) -> None:
    case = await hotline.due()
    await hotline.take()
    made = await said(await hotline.served.post(f"/api/surveys/{case.id}/link", "operator"), 201)
    await send(hotline, made["path"], resolved="1", satisfaction="5")
    refused = await said(await hotline.write(case.id, answers={"consent": 1, "satisfaction": 1}), 409)
    assert "đã khảo sát xong bằng trang web" in refused["detail"]
    file = await hotline.file(case.id)
    assert {each["mode"] for each in file["answers"]} == {"link"}
    assert [each["disposition"] for each in file["attempts"]] == ["unknown"]
    assert (await hotline.served.post("/api/surveys/next", "operator")).status == 404


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"resolved": "4"}, 422), ({"satisfaction": "0"}, 422), ({"item": "6"}, 422), ({"other": "1"}, 422),
        ({"resolved": ["1", "2"]}, 422),
    ],
)  # fmt: skip
async def test_a_form_that_no_page_of_ours_makes_is_told_and_uses_nothing_up(
    hotline: Hotline, form: dict[str, Any], status: int
) -> None:
    path = await link_of(hotline, await hotline.answered())
    answer = await hotline.served.post(path, data=form)
    assert answer.status == status
    await page_of(answer)
    assert (await look(hotline, path))[0] == 200


async def test_the_page_is_asked_for_no_more_than_so_often(hotline: Hotline) -> None:
    statuses = [(await hotline.served.get(PATH.format(token="b" * 22))).status for _ in range(62)]
    assert statuses[:60] == [404] * 60
    assert statuses[-1] == 429
