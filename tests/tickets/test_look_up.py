"""Claims about the look-up with code and four digits, as data: what is told at each stage, what is not, and what cannot be learnt."""

from typing import Any

import pytest

from tests.interface import Interface
from tests.tickets.conftest import LAN, MOVE, Recorded, StillClock
from tickets.public.guessing import WRONG_BY_CODE
from tickets.public.look_up import ADDITIONS, CITIZEN, NO_MATCH

NEW = {
    "channel": "zalo",
    "summary": "Đèn đường trước chợ tắt đã ba ngày.",
    "number": "0912 345 678",
    "citizen_name": "Nguyễn Thị Ánh",
    "citizen_email": "anh@example.vn",
    "address": "12 Nguyễn Huệ",
    "topic": "giao-thong",
    "place": "29869",
}


async def opened(served: Interface, key: str = "form-0001", **values: Any) -> str:
    """A ticket that an operator has written down."""
    headers = {"Idempotency-Key": key}
    told = await (await served.post("/api/tickets", "operator", json=NEW | values, headers=headers)).json()
    code: str = told["ticket"]["code"]
    return code


async def at_work(served: Interface, key: str = "form-0001", **values: Any) -> str:
    """A ticket that its agency works on."""
    code = await opened(served, key, **values)
    await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
    await served.move(code, "operator", "route")
    await served.move(code, "officer", "accept")
    await served.move(code, "officer", "work")
    return code


async def tell(served: Interface, code: str, text: str = "Đã thay bóng đèn.") -> None:
    """Answer it and tell its citizen."""
    await served.move(code, "officer", "draft", text=text)
    await served.move(code, "approver", "approve")
    await served.move(code, "operator", "tell", how="phone")


async def look(served: Interface, code: str, digits: str = "5678", path: str = "", **said: str) -> tuple[int, Any]:
    """Status and answer of a look-up, or of what is done there."""
    answer = await served.post(f"/api/public/look-up{path}", json={"code": code, "digits": digits, **said})
    return answer.status, await answer.json()


async def found(served: Interface, code: str, digits: str = "5678") -> dict[str, Any]:
    """A look-up that succeeds."""
    status, told = await look(served, code, digits)
    assert status == 200, told
    assert isinstance(told, dict)
    return told


async def test_a_ticket_at_work_tells_agency_due_time_why_and_how_far_and_nobodys_identity(served: Interface) -> None:
    code = await at_work(served)
    await served.move(code, "officer", "progress", text="Đang chờ vật tư.")
    await served.move(code, "officer", "note", text="Nhà này hay gọi.")
    told = await found(served, code)
    assert told == {
        "code": code, "taken_at": "2026-11-23T09:00:00+07:00", "stage": "handling", "stage_name": "đang xử lý",
        "topic_name": "Giao thông", "agency_name": "UBND phường Cao Lãnh", "agency_has_it": True,
        "due": "2026-11-27T17:00:00+07:00", "overdue": False, "explanation": told["explanation"], "guidance": None,
        "visit_starts": None, "visit_ends": None,
        "progress": [{"at": "2026-11-23T09:00:00+07:00", "text": "Đang chờ vật tư."}],
        "question": None, "answer": None, "added_at": [], "may_add": True, "reopen_until": None,
    }  # fmt: skip
    assert told["explanation"].startswith("Hạn 17:00 thứ Sáu 27/11/2026: 3 ngày làm việc")


@pytest.mark.parametrize("written", ["{a} {b}", "{a}.{b}", " {a}-{b} ", "{a}{b}"])
async def test_code_and_number_are_read_as_people_write_them(served: Interface, written: str) -> None:
    code = await opened(served)
    typed = written.format(a=code[:4], b=code[4:])
    assert (await found(served, typed, "5 678"))["code"] == code
    assert (await found(served, typed, "0912.345.678"))["code"] == code


async def test_nothing_tells_whether_a_ticket_exists_has_other_digits_or_no_number_at_all(served: Interface) -> None:
    codes = {
        "other digits": await opened(served),
        "no number": await opened(served, "form-0002", number=None),
        "no ticket": "12345671",
        "no sound code": "12345678",
    }
    answers = {}
    for name, code in codes.items():
        tries = [await served.post("/api/public/look-up", json={"code": code, "digits": "0000"}) for _ in range(2)]
        answers[name] = [(each.status, await each.text(), dict(each.headers) | {"Date": ""}) for each in tries]
    first = answers["other digits"]
    assert first[0][0] == 404
    assert NO_MATCH in first[0][1]
    assert "gọi 1022" in first[0][1]
    assert answers == dict.fromkeys(codes, first)


async def test_a_code_is_guessed_at_five_times_and_then_even_the_right_digits_wait(served: Interface) -> None:
    code, other = await opened(served), "12345671"
    for each in (code, other):
        for number in range(WRONG_BY_CODE[0]):
            assert (await look(served, each, f"{number:04}"))[0] == 404
    refused = [
        await served.post("/api/public/look-up", json={"code": each, "digits": "5678"}) for each in (code, other)
    ]
    texts = [await each.text() for each in refused]
    assert [each.status for each in refused] == [429, 429]
    assert "xin thử lại sau 12 phút, hoặc gọi 1022" in texts[0]
    assert texts[0] == texts[1], "a code that names no ticket runs out in the same way"
    assert 600 < int(refused[0].headers["Retry-After"]) <= 720


@pytest.mark.parametrize(
    ("code", "digits", "field"),
    [("1234", "5678", "code"), ("abcdefgh", "5678", "code"), ("", "5678", "code"), ("20261233", "56", "digits")],
)
async def test_what_cannot_be_a_code_or_digits_is_told_with_its_field(
    served: Interface, code: str, digits: str, field: str
) -> None:
    status, told = await look(served, code, digits)
    assert (status, told["mistakes"][0]["field"]) == (422, f"body.{field}")


async def test_what_the_agency_asked_is_answered_there_and_the_clock_runs_again(
    served: Interface, still_clock: StillClock
) -> None:
    code = await at_work(served)
    await served.move(code, "officer", "ask-citizen", question="Trụ đèn số mấy?")
    waiting = await found(served, code)
    assert waiting["question"]["text"] == "Trụ đèn số mấy?"
    assert waiting["question"]["until"] > "2026-11-23"
    assert (waiting["due"], waiting["explanation"]) == (
        None, "Thời hạn trả lời đang tạm dừng, chờ người dân bổ sung thông tin.",
    )  # fmt: skip
    still_clock.advance(days=1)
    status, told = await look(served, code, path="/information", text="Trụ số 7.")
    assert (status, told["stage"], told["question"]) == (200, "handling", None)
    assert told["due"] > "2026-11-27T17:00"
    assert told["added_at"] == ["2026-11-24T09:00:00+07:00"]
    file = await (await served.get(f"/api/tickets/{code}", "officer")).json()
    assert (file["texts"][-1]["body"], file["texts"][-1]["author"]) == ("Trụ số 7.", CITIZEN.name)
    journal = await (await served.get(f"/api/tickets/{code}/journal", "leader")).json()
    assert (journal["items"][-1]["what"], journal["items"][-1]["actor"]) == ("resumed", "citizen")
    assert "Trụ số 7" not in str(journal)


async def test_the_same_words_sent_twice_are_kept_once_and_later_ones_again(
    served: Interface, still_clock: StillClock
) -> None:
    code = await at_work(served)
    for _ in range(3):
        assert (await look(served, code, path="/information", text="Đèn vẫn tắt."))[0] == 200
    assert len((await found(served, code))["added_at"]) == 1
    await served.move(code, "officer", "ask-citizen", question="Đèn còn tắt không?")
    for _ in range(2):
        status, told = await look(served, code, path="/information", text="Đèn vẫn tắt.")
        assert (status, told["stage"]) == (200, "handling"), "the same words answer another question"
    assert len((await found(served, code))["added_at"]) == 2
    still_clock.advance(days=1)
    await look(served, code, path="/information", text="Đèn vẫn tắt.")
    assert len((await found(served, code))["added_at"]) == 3


async def test_a_ticket_that_officials_change_at_the_same_time_loses_nothing_of_what_is_added(
    served: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = await at_work(served)
    handling, make, before = served.api.handling, served.api.handling.make, 0

    async def slower(*arguments: Any, **named: Any) -> Any:
        nonlocal before
        if before < 2:
            before += 1
            await make(code, MOVE.validate_python({"move": "note", "text": "x"}), LAN)
        return await make(*arguments, **named)

    monkeypatch.setattr(handling, "make", slower)
    assert (await look(served, code, path="/information", text="Trụ số 7."))[0] == 200
    assert before == 2
    assert len((await found(served, code))["added_at"]) == 1


async def test_an_answer_is_read_once_told_and_the_ticket_reopened_within_the_days(
    served: Interface, still_clock: StillClock, recorded: Recorded
) -> None:
    code = await at_work(served)
    await served.move(code, "officer", "draft", text="Đã thay bóng đèn.")
    await served.move(code, "approver", "approve")
    assert (await found(served, code))["answer"] is None, "signed is not told"
    await served.move(code, "operator", "tell", how="phone")
    told = await found(served, code)
    assert told["answer"] == {"at": "2026-11-23T09:00:00+07:00", "refused": False, "text": "Đã thay bóng đèn."}
    assert (told["may_add"], told["due"], told["reopen_until"]) == (False, None, "2026-12-08T23:59:59.999999+07:00")
    assert (await look(served, code, path="/information", text="Cảm ơn."))[0] == 409
    still_clock.advance(days=15)
    for _ in range(2):  # a page that is sent twice reopens once
        status, told = await look(served, code, path="/reopening", text="Đèn lại tắt.")
        assert (status, told["stage"], told["answer"]) == (200, "reopened", None)
    assert recorded.names().count("TicketReopened") == 1
    journal = await (await served.get(f"/api/tickets/{code}/journal", "leader")).json()
    assert "Mở lại (lần 1): Người dân đề nghị." in journal["items"][-1]["reason"]
    assert "Đèn lại tắt" not in str(journal), "the journal cannot be erased, a citizen's words can"
    assert "Đèn lại tắt." in str((await (await served.get(f"/api/tickets/{code}", "officer")).json())["texts"])


async def test_after_the_days_a_ticket_is_reopened_no_more(served: Interface, still_clock: StillClock) -> None:
    code = await at_work(served)
    await tell(served, code)
    still_clock.advance(days=15, hours=15)  # the fifteenth day is over
    assert (await found(served, code))["reopen_until"] is None
    status, told = await look(served, code, path="/reopening", text="Đèn lại tắt.")
    assert (status, told["detail"]) == (409, "Phiếu này không mở lại được — gửi phản ánh mới hoặc gọi 1022")


async def test_a_refusal_is_read_with_its_reason_and_the_way_to_go_instead(served: Interface) -> None:
    code = await opened(served)
    await served.move(code, "operator", "refuse", reason="Việc đang ở toà.", guidance="Xin chờ phán quyết.")
    assert (await found(served, code))["answer"] is None
    await served.move(code, "operator", "tell", how="phone")
    answer = (await found(served, code))["answer"]
    assert (answer["refused"], answer["text"]) == (True, "Việc đang ở toà.\n\nXin chờ phán quyết.")


async def test_a_merged_ticket_speaks_for_its_main_one_but_is_not_asked_its_question(served: Interface) -> None:
    main = await at_work(served, "form-0001")
    other = await opened(served, "form-0002", number="0987 654 321", citizen_name="Lê Văn Bình")
    await served.move(other, "operator", "merge", into=main)
    await served.move(main, "officer", "progress", text="Đang chờ vật tư.")
    await served.move(main, "officer", "ask-citizen", question="Bà Ánh ơi, trụ số mấy?")
    told = await found(served, other, "4321")
    assert (told["code"], told["stage"], told["agency_name"], told["question"]) == (
        other, "handling", "UBND phường Cao Lãnh", None,
    )  # fmt: skip
    assert [note["text"] for note in told["progress"]] == ["Đang chờ vật tư."]
    assert main not in str(told)
    assert "Ánh" not in str(told)
    assert (await look(served, other, "5678"))[0] == 404, "its digits are its own citizen's"
    assert (await look(served, other, "4321", "/information", text="Trụ số 9 cũng tắt."))[0] == 200
    texts = (await (await served.get(f"/api/tickets/{main}", "officer")).json())["texts"]
    assert "Trụ số 9 cũng tắt." in str(texts), "whoever works on the main ticket reads it"
    assert (await found(served, main))["added_at"] == []
    await served.move(main, "officer", "resume")
    await tell(served, main)
    assert (await found(served, other, "4321"))["answer"]["text"] == "Đã thay bóng đèn."
    status, told = await look(served, other, "4321", "/reopening", text="Trụ số 9 vẫn tắt.")
    assert (status, told["stage"]) == (200, "reopened")
    assert (await found(served, main))["stage"] == "answered", "each citizen reopens their own"


async def test_a_sealed_ticket_says_only_where_it_belongs(served: Interface) -> None:
    code = await at_work(served)
    await served.move(code, "officer", "progress", text="Đang chờ vật tư.")
    await served.move(code, "operator", "divert", kind="denunciation")
    told = await found(served, code)
    assert told["guidance"].startswith("Tố cáo được gửi bằng đơn")
    silent = ("topic_name", "agency_name", "due", "explanation", "question", "answer", "reopen_until")
    assert {name: told[name] for name in silent} == dict.fromkeys(silent)
    assert (told["progress"], told["added_at"], told["may_add"]) == ([], [], False)
    assert (await look(served, code, path="/information", text="Thêm nữa."))[0] == 409


async def test_what_is_overdue_says_so(served: Interface, still_clock: StillClock) -> None:
    code = await at_work(served)
    still_clock.advance(days=30)
    told = await found(served, code)
    assert (told["overdue"], told["due"]) == (True, "2026-11-27T17:00:00+07:00")


async def test_one_ticket_takes_so_much_in_an_hour_and_no_more(served: Interface) -> None:
    code = await at_work(served)
    statuses = [
        (await look(served, code, path="/information", text=f"Lần thứ {number}."))[0]
        for number in range(ADDITIONS[0] + 1)
    ]
    assert statuses == [200] * ADDITIONS[0] + [429]


async def test_no_log_line_holds_digits_or_words(served: Interface, capsys: pytest.CaptureFixture[str]) -> None:
    code = await at_work(served)
    await look(served, code, "0000")
    await look(served, code, path="/information", text="Trụ số 7 hỏng nặng.")
    await look(served, code, path="/information", text="x")
    out, err = capsys.readouterr()
    for said in ("0000", "5678", "hỏng nặng", "Ánh"):
        assert said not in (out + err).replace(code, "")
