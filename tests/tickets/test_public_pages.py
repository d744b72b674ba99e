"""Claims about the pages for citizens: forms that work without a script, errors tied to fields, nothing loaded, nothing that runs."""

from html.parser import HTMLParser
from typing import Any

import pytest
from aiohttp import ClientResponse

from hotline1022.base.http.pages import in_words
from tests.interface import Interface
from tests.tickets.conftest import StillClock
from tests.tickets.test_look_up import at_work, opened, tell


class Page(HTMLParser):
    """The elements of a page with their attributes, its words, and the values of its forms' fields."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.source, self.words = text, ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of this name."""
        return [attributes for name, attributes in self.elements if name == tag]

    def field(self, name: str) -> dict[str, str | None]:
        """The field of this name."""
        (found,) = [each for tag in ("input", "textarea") for each in self.all(tag) if each.get("name") == name]
        return found

    def hidden(self) -> dict[str, str]:
        """What a form carries along."""
        return {str(each["name"]): str(each["value"]) for each in self.all("input") if each.get("type") == "hidden"}


async def page_of(answer: ClientResponse) -> Page:
    """The page of an answer; asserts what holds for every page."""
    assert answer.content_type == "text/html"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "style-src 'self'; form-action 'self'" in policy
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    page = Page(await answer.text())
    assert page.all("html") == [{"lang": "vi"}]
    assert [tag for tag, _ in page.elements if tag in ("script", "img", "iframe", "style", "object")] == []
    assert [name for _, each in page.elements for name in each if name.startswith("on") or name == "style"] == []
    assert [each["href"] for each in page.all("link")] == ["/tra-cuu/style.css"]
    assert all(str(each["href"]).startswith(("/", "#", "tel:")) for each in page.all("a"))
    assert [tag for tag, _ in page.elements].count("h1") == 1
    labelled = {each["for"] for each in page.all("label")}
    fields = [each for tag in ("input", "textarea", "select") for each in page.all(tag) if each.get("type") != "hidden"]
    assert {each["id"] for each in fields} == labelled
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))
    tied = [name for _, each in page.elements for name in str(each.get("aria-describedby") or "").split()]
    assert set(tied) <= set(ids)
    return page


async def post(served: Interface, path: str, **form: str) -> tuple[int, Page]:
    """Send a form as a browser does."""
    answer = await served.post(path, data=form)
    return answer.status, await page_of(answer)


async def test_a_citizen_answers_the_agency_and_reopens_with_forms_alone(
    served: Interface, still_clock: StillClock
) -> None:
    code = await at_work(served)
    await served.move(code, "officer", "ask-citizen", question="Trụ đèn số mấy?")
    form = await page_of(await served.get("/tra-cuu"))
    assert form.all("form") == [{"method": "post", "action": "/tra-cuu"}]
    status, page = await post(served, "/tra-cuu", code=f"{code[:4]} {code[4:]}", digits="5678")
    assert (status, "Trụ đèn số mấy?" in page.words, page.hidden()) == (200, True, {"code": code, "digits": "5678"})
    assert page.all("form")[0]["action"] == "/tra-cuu/bo-sung"
    status, page = await post(served, "/tra-cuu/bo-sung", **page.hidden(), text="Trụ số 7\r\ntrước chợ.")
    assert (status, "Đã nhận thông tin của quý vị" in page.words) == (200, True)
    assert "thứ Sáu 27/11/2026, 17:00" in page.words
    assert {"datetime": "2026-11-27T17:00+07:00"} in page.all("time")
    texts = (await (await served.get(f"/api/tickets/{code}", "officer")).json())["texts"]
    assert [text["body"] for text in texts if text["kind"] == "information"] == ["Trụ số 7\ntrước chợ."]
    await tell(served, code)
    _, page = await post(served, "/tra-cuu", code=code, digits="5678")
    assert page.all("form")[0]["action"] == "/tra-cuu/mo-lai"
    status, page = await post(served, "/tra-cuu/mo-lai", **page.hidden(), text="Đèn lại tắt.")
    assert (status, "Phiếu đã được mở lại" in page.words) == (200, True)


async def test_a_wrong_look_up_is_told_on_the_form_with_the_code_but_not_the_digits(served: Interface) -> None:
    code = await opened(served)
    status, page = await post(served, "/tra-cuu", code=code, digits="0000")
    assert status == 404
    assert "Không tìm thấy phiếu khớp với mã và số điện thoại. Xem lại từng chữ số" in page.words
    assert "Lỗi: Tra cứu phiếu" in page.words
    assert page.field("code")["value"] == code
    assert "value" not in page.field("digits")
    for name in ("code", "digits"):
        assert page.field(name)["aria-invalid"] == "true"
        assert "error" in str(page.field(name)["aria-describedby"])


async def test_existing_and_other_codes_get_the_same_page_but_for_the_code_that_was_typed(served: Interface) -> None:
    pages = []
    for code in (await opened(served), await opened(served, "form-0002", number=None), "12345671"):
        pages.append((await post(served, "/tra-cuu", code=code, digits="0000"))[1].source.replace(code, ""))
    assert pages == pages[:1] * 3


@pytest.mark.parametrize(
    ("form", "field", "what"),
    [
        ({"code": "123", "digits": "5678"}, "code", "Mã phiếu phải gồm tám chữ số"),
        ({"code": "20261233", "digits": "x"}, "digits", "Cần đúng bốn chữ số cuối"),
        ({}, "code", "Mã phiếu phải gồm tám chữ số"),
    ],
)
async def test_what_is_wrong_is_tied_to_its_field(
    served: Interface, form: dict[str, str], field: str, what: str
) -> None:
    status, page = await post(served, "/tra-cuu", **form)
    assert (status, what in page.words) == (422, True)
    other = "digits" if field == "code" else "code"
    assert page.field(field)["aria-invalid"] == "true"
    assert "aria-invalid" not in page.field(other)


async def test_too_many_tries_are_told_on_the_form_with_the_time_to_wait(served: Interface) -> None:
    for _ in range(5):
        await post(served, "/tra-cuu", code="12345671", digits="0000")
    answer = await served.post("/tra-cuu", data={"code": "12345671", "digits": "0000"})
    page = await page_of(answer)
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Đã nhập sai nhiều lần. Xin thử lại sau 12 phút, hoặc gọi 1022." in page.words


async def test_words_that_cannot_be_kept_stay_in_their_field(served: Interface) -> None:
    code = await at_work(served)
    status, page = await post(served, "/tra-cuu/bo-sung", code=code, digits="5678", text="a" * 5001)
    assert (status, page.field("text")["aria-describedby"]) == (422, "error")
    assert "a" * 5001 in page.words
    assert page.hidden() == {"code": code, "digits": "5678"}
    status, page = await post(served, "/tra-cuu/mo-lai", code=code, digits="5678", text="Chưa xong đâu.")
    assert (status, "Phiếu này không mở lại được" in page.words) == (409, True)
    assert "Chưa xong đâu." in page.words


async def test_without_the_digits_nothing_can_be_added(served: Interface) -> None:
    code = await at_work(served)
    status, page = await post(served, "/tra-cuu/bo-sung", code=code, digits="0000", text="Trụ số 7.")
    assert (status, page.hidden()) == (404, {})
    assert len((await (await served.get(f"/api/tickets/{code}", "officer")).json())["texts"]) == 0


async def test_what_people_wrote_is_words_and_never_elements(served: Interface) -> None:
    hostile = "<script>alert(1)</script><b onmouseover='x'>{{ 7*7 }}</b>\"&"
    code = await at_work(served)
    await served.move(code, "officer", "progress", text=hostile)
    _, page = await post(served, "/tra-cuu", code=code, digits="5678")
    assert hostile in page.words
    status, page = await post(served, "/tra-cuu", code=hostile, digits=hostile)
    assert (status, page.field("code")["value"]) == (422, hostile)
    await tell(served, code, hostile)
    await served.move(code, "leader", "publish", question=hostile, answer=hostile)
    (answer,) = (await (await served.get("/api/public/answers")).json())["items"]
    page = await page_of(await served.get(f"/hoi-dap/{answer['id']}"))
    assert page.words.count(hostile) == 3, "title, question, answer"
    listed = await page_of(await served.get("/hoi-dap", params={"words": hostile}))
    assert hostile in (listed.field("words")["value"] or "")


async def test_published_answers_are_listed_filtered_and_paged_by_links(served: Interface) -> None:
    for number in range(3):
        code = await at_work(served, f"form-{number:04}")
        await tell(served, code)
        await served.move(code, "leader", "publish", question=f"Đèn thứ {number} tắt.", answer="Đã thay bóng.")
    page = await page_of(await served.get("/hoi-dap?limit=2&words=den&topic=giao-thong&place="))
    (chosen,) = [each["value"] for each in page.all("option") if "selected" in each]
    assert (page.field("words")["value"], chosen) == ("den", "giao-thong")
    seen = [each["href"] for each in page.all("a") if str(each["href"]).startswith("/hoi-dap/")]
    (following,) = [str(each["href"]) for each in page.all("a") if each.get("rel") == "next"]
    page = await page_of(await served.get(following))
    seen += [each["href"] for each in page.all("a") if str(each["href"]).startswith("/hoi-dap/")]
    assert len(set(seen)) == len(seen) == 3
    assert [each for each in page.all("a") if each.get("rel") == "next"] == []
    assert code not in page.source


@pytest.mark.parametrize(
    ("path", "status", "what"),
    [
        ("/hoi-dap?limit=0", 422, "query.limit: quá nhỏ"),
        ("/hoi-dap?cursor=abc", 422, "Con trỏ trang không dùng được"),
        ("/hoi-dap/%C2%84%00", 404, "Không có câu trả lời này"),
        ("/hoi-dap/00000000-0000-0000-0000-000000000000", 404, "Không có câu trả lời này"),
    ],
)
async def test_even_errors_are_pages(served: Interface, path: str, status: int, what: str) -> None:
    answer = await served.get(path)
    assert (answer.status, what in (await page_of(answer)).words) == (status, True)


async def test_a_form_with_broken_parts_is_told_as_unreadable(served: Interface) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="code"\r\nX: \x00\r\n\r\n1\r\n--b--\r\n'
    answer = await served.post("/tra-cuu", data=body, headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert (answer.status, "Biểu mẫu không đọc được" in (await page_of(answer)).words) == (400, True)


async def test_a_fault_of_the_hotline_is_a_page_too_and_quotes_nothing(
    served: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("0912345678")

    monkeypatch.setattr("tickets.public.look_up.is_code", broken)
    answer = await served.post("/tra-cuu", data={"code": "12345671", "digits": "5678"})
    page = await page_of(answer)
    assert answer.status == 500
    assert "Tổng đài gặp lỗi khi trả lời" in page.words
    assert "0912345678" not in page.source


async def test_programs_are_told_errors_as_problems_all_the_same(served: Interface) -> None:
    answer = await served.post("/api/public/look-up", json={"code": "1"})
    assert (answer.status, answer.content_type) == (422, "application/problem+json")


async def test_the_style_is_one_file_that_may_be_kept(served: Interface) -> None:
    answer = await served.get("/tra-cuu/style.css")
    assert (answer.status, answer.content_type) == (200, "text/css")
    assert "max-age" in answer.headers["Cache-Control"]
    text = await answer.text()
    assert "url(" not in text
    assert "@import" not in text
    assert ":focus-visible" in text


async def test_the_description_tells_pages_as_pages(served: Interface) -> None:
    paths = (await (await served.get("/api/openapi.json")).json())["paths"]
    told = paths["/tra-cuu"]["post"]["responses"]
    assert {kind for each in told.values() for kind in each["content"]} == {"text/html"}
    assert "application/problem+json" in paths["/api/public/look-up"]["post"]["responses"]["422"]["content"]


def test_instants_are_written_as_people_say_them_in_their_own_zone(still_clock: StillClock) -> None:
    assert in_words(still_clock.now()) == "thứ Hai 23/11/2026, 09:00"
    still_clock.advance(days=6, hours=14)
    assert in_words(still_clock.now()) == "Chủ nhật 29/11/2026, 23:00"
