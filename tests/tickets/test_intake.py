"""Reports from the province's app over HTTP: from sending to reopening, each once, and nobody reads another app's."""

import asyncio
from typing import Any

import pytest

from tests.interface import Interface
from tests.tickets.conftest import Recorded, StillClock
from tickets.desk import Desk

REPORT: dict[str, Any] = {
    "summary": "Cây ngã chắn đường ĐT846.",
    "consent": True,
    "notice": "app-2026-01",
    "topic": "giao-thong",
    "place": "29869",
    "number": "0912 345 678",
    "citizen_name": "Nguyễn Thị Ánh",
    "latitude": 10.4583,
    "longitude": 105.6367,
}


async def send(served: Interface, key: str = "report-0001", **values: Any) -> Any:
    """What the answer to a report says; asserts that a ticket was opened."""
    answer = await served.post("/api/app/reports", "app", json=REPORT | values, headers={"Idempotency-Key": key})
    told = await answer.json()
    assert answer.status == 201, told
    return told


async def other_app(served: Interface) -> dict[str, str]:
    """The headers of another app."""
    return {"Authorization": f"Bearer {await served.api.keys.issue('zalo', 'app')}"}  # type: ignore[arg-type]


async def follow(served: Interface, code: str) -> Any:
    """What the app reads of its report."""
    answer = await served.get(f"/api/app/reports/{code}", "app")
    assert answer.status == 200
    return await answer.json()


async def test_a_report_of_the_app_lives_from_sending_to_reopening(
    served: Interface, desk: Desk, still_clock: StillClock
) -> None:
    told = await send(served)
    code = told["code"]
    assert told["stage"] == "received"
    assert told["agency"] == "xa-29869"
    assert told["due"].endswith("+07:00")
    assert told["explanation"].startswith("Hạn ")
    assert (told["question"], told["answer"], told["reopen_until"], told["may_add"]) == (None, None, None, True)
    ticket = await desk.find(code)
    assert ticket is not None
    assert (ticket.channel, ticket.number, ticket.latitude) == ("app", "+84912345678", 10.4583)
    assert ticket.consent is not None
    assert (ticket.consent.processing, ticket.consent.recording, ticket.consent.notice, ticket.consent.at) == (
        True, False, "app-2026-01", still_clock.now(),
    )  # fmt: skip

    await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
    await served.move(code, "operator", "route")
    await served.move(code, "officer", "accept")
    await served.move(code, "officer", "ask-citizen", question="Gần trụ đèn số mấy?")
    asked = await follow(served, code)
    assert (asked["stage"], asked["question"]) == ("waiting", "Gần trụ đèn số mấy?")
    added = await served.post(f"/api/app/reports/{code}/information", "app", json={"text": "Trụ số 7."})
    assert (await added.json())["stage"] == "handling"
    still_clock.advance(seconds=1)
    await served.post(f"/api/app/reports/{code}/information", "app", json={"text": "Có dây điện đứt."})
    file = await (await served.get(f"/api/tickets/{code}", "officer")).json()
    assert [text["body"] for text in file["texts"] if text["kind"] == "information"] == [
        "Trụ số 7.",
        "Có dây điện đứt.",
    ]

    await served.move(code, "officer", "draft", text="Đã dọn cây.")
    await served.move(code, "approver", "approve")
    assert (await follow(served, code))["answer"] is None
    await served.move(code, "operator", "tell", how="app")
    answered = await follow(served, code)
    assert (answered["stage"], answered["answer"], answered["due"]) == ("answered", "Đã dọn cây.", None)
    assert answered["reopen_until"].startswith("2026-12-08T")
    still_clock.advance(days=14)
    again = await served.post(f"/api/app/reports/{code}/reopen", "app", json={"reason": "Cây vẫn còn đó."})
    assert (await again.json())["stage"] == "reopened"
    assert (await follow(served, code))["answer"] is None


async def test_after_fifteen_days_a_report_is_not_reopened_and_the_day_is_told(
    served: Interface, still_clock: StillClock
) -> None:
    code = (await send(served))["code"]
    await served.move(code, "operator", "answer-at-once", text="Sáng mai có đội dọn.")
    still_clock.advance(days=16)
    late = await served.post(f"/api/app/reports/{code}/reopen", "app", json={"reason": "Vẫn chưa dọn."})
    assert late.status == 409
    assert (await late.json())["detail"] == ("Đã hết thời gian đề nghị mở lại, đến 08/12/2026 — gửi phản ánh mới")
    assert (await follow(served, code))["reopen_until"] is None


async def test_the_same_key_with_the_same_content_is_the_same_ticket(served: Interface, recorded: Recorded) -> None:
    first = await send(served)
    again = await served.post("/api/app/reports", "app", json=REPORT, headers={"Idempotency-Key": "report-0001"})
    assert again.status == 200
    assert (await again.json())["code"] == first["code"]
    assert recorded.names() == ["TicketOpened"]


async def test_the_same_key_with_another_content_is_refused_and_changes_nothing(served: Interface, desk: Desk) -> None:
    code = (await send(served))["code"]
    other = REPORT | {"summary": "Một việc khác."}
    refused = await served.post("/api/app/reports", "app", json=other, headers={"Idempotency-Key": "report-0001"})
    assert refused.status == 409
    assert "Khoá này đã được dùng để gửi một phản ánh có nội dung khác" in (await refused.json())["detail"]
    assert [ticket.code for ticket in await desk.recent()] == [code]


async def test_the_same_key_of_two_apps_is_two_tickets(served: Interface) -> None:
    code = (await send(served))["code"]
    headers = {"Idempotency-Key": "report-0001"} | await other_app(served)
    other = await served.post("/api/app/reports", json=REPORT, headers=headers)
    assert other.status == 201
    assert (await other.json())["code"] != code


async def test_of_ten_simultaneous_requests_with_one_key_one_opens_the_ticket(served: Interface, desk: Desk) -> None:
    await served.key("app")

    async def one(summary: str) -> tuple[int, str | None]:
        values = REPORT | {"summary": summary}
        answer = await served.post("/api/app/reports", "app", json=values, headers={"Idempotency-Key": "race-0001"})
        return answer.status, (await answer.json()).get("code")

    same = await asyncio.gather(*(one("Đèn tắt.") for _ in range(10)))
    assert sorted(status for status, _ in same) == [200] * 9 + [201]
    assert len({code for _, code in same}) == 1
    other = await asyncio.gather(*(one(f"Việc khác {number}.") for number in range(3)))
    assert {status for status, _ in other} == {409}
    assert len(await desk.recent()) == 1


async def test_different_contents_that_race_for_one_key_open_one_ticket_and_refuse_the_rest(
    served: Interface, desk: Desk
) -> None:
    await served.key("app")
    headers = {"Idempotency-Key": "race-0002"}
    answers = await asyncio.gather(
        *(
            served.post("/api/app/reports", "app", json=REPORT | {"summary": f"Việc {number}."}, headers=headers)
            for number in range(6)
        )
    )
    assert sorted(answer.status for answer in answers) == [201] + [409] * 5
    assert len(await desk.recent()) == 1


@pytest.mark.parametrize(
    ("method", "step", "body"),
    [("GET", "", None), ("POST", "/information", {"text": "Thêm."}), ("POST", "/reopen", {"reason": "Chưa xong."})],
)
async def test_another_app_is_told_that_there_is_no_such_report(
    served: Interface, method: str, step: str, body: Any
) -> None:
    code = (await send(served))["code"]
    path = f"/api/app/reports/{code}{step}"
    answer = await served.client.request(method, path, json=body, headers=await other_app(served))
    assert answer.status == 404
    ours = await served.call(method, path, "app", json=body)
    assert ours.status == (409 if step == "/reopen" else 200)


async def test_an_app_reads_nothing_of_what_the_hotline_writes(served: Interface) -> None:
    code = (await send(served))["code"]
    await served.move(code, "operator", "note", text="Người này hay gọi.")
    assert "hay gọi" not in str(await follow(served, code))
    for path in (f"/api/tickets/{code}", f"/api/tickets/{code}/journal", "/api/tickets"):
        assert (await served.get(path, "app")).status == 403


async def test_a_complaint_is_told_where_it_belongs_and_whose_it_is_not_told(served: Interface) -> None:
    told = await send(served, topic="to-cao")
    assert (told["agency"], told["due"]) == (None, None)
    assert "Luật Tố cáo" in told["guidance"]


@pytest.mark.parametrize(
    ("values", "field", "what"),
    [
        ({"consent": None}, "body.consent", "không đồng ý thay và không mặc định"),
        ({"consent": False}, "body.consent", "phải là true"),
        ({"consent": 1}, "body.consent", "phải là true"),
        ({"notice": ""}, "body.notice", "thiếu mục này"),
        ({"summary": "  "}, "body.summary", "quá ngắn"),
        ({"topic": "bong-da"}, "body.topic", "Không có lĩnh vực nào mang mã này"),
        ({"place": "99999"}, "body.place", "Không có xã, phường nào mang mã này"),
        ({"number": "12"}, "body.number", "viết như 0912345678"),
        ({"latitude": 91}, "body.latitude", "quá lớn"),
        ({"longitude": None}, "body", "vĩ độ và kinh độ phải đi cùng nhau"),
        ({"citizen_email": "ánh"}, "body.citizen_email", "không đúng dạng"),
        ({"channel": "phone"}, "body.channel", "không phải một trong"),
        ({"colour": "red"}, "body.colour", "không có mục nào tên như vậy"),
    ],
)
async def test_what_is_wrong_with_a_report_is_told_with_its_place(
    served: Interface, desk: Desk, values: dict[str, Any], field: str, what: str
) -> None:
    answer = await served.post(
        "/api/app/reports", "app", json=REPORT | values, headers={"Idempotency-Key": "wrong-0001"}
    )
    told = await answer.json()
    assert answer.status == 422
    assert what in told["detail"]
    assert told["mistakes"][0]["field"] == field
    assert await desk.recent() == ()


async def test_a_report_without_a_key_of_its_own_is_refused(served: Interface) -> None:
    answer = await served.post("/api/app/reports", "app", json=REPORT)
    assert answer.status == 422
    assert (await answer.json())["mistakes"] == [{"field": "header.Idempotency-Key", "what": "thiếu tiêu đề này"}]


async def test_what_was_added_and_sent_again_because_no_answer_came_is_kept_once(
    served: Interface, still_clock: StillClock
) -> None:
    code = (await send(served))["code"]
    path = f"/api/app/reports/{code}/information"
    await asyncio.gather(*(served.post(path, "app", json={"text": "Trụ số 7."}) for _ in range(3)))

    async def kept() -> list[str]:
        file = await (await served.get(f"/api/tickets/{code}", "operator")).json()
        return [text["body"] for text in file["texts"]]

    assert await kept() == ["Trụ số 7."]
    still_clock.advance(hours=1)
    assert (await served.post(path, "app", json={"text": "Trụ số 7."})).status == 200
    assert await kept() == ["Trụ số 7.", "Trụ số 7."]


async def test_what_cannot_be_done_now_is_told_without_the_stages_of_officials(served: Interface) -> None:
    code = (await send(served))["code"]
    await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
    early = await served.post(f"/api/app/reports/{code}/reopen", "app", json={"reason": "Lâu quá."})
    assert (await early.json())["detail"].startswith("Phiếu chưa được trả lời nên chưa mở lại được")
    await served.move(code, "operator", "answer-at-once", text="Đã dọn.")
    late = await served.post(f"/api/app/reports/{code}/information", "app", json={"text": "Thêm."})
    assert late.status == 409
    assert (await late.json())["detail"].startswith("Phiếu đã được trả lời nên không bổ sung được")
