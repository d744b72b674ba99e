"""The whole life of a ticket over HTTP: what each role may do, and what it is told when it may not."""

from typing import Any

import pytest

from hotline1022.base.access import Role
from tests.interface import COMMUNE, WITH_KEYS, Interface

NEW = {
    "channel": "zalo",
    "summary": "Đèn đường trước chợ tắt đã ba ngày.",
    "number": "0912 345 678",
    "citizen_name": "Nguyễn Thị Ánh",
    "topic": "giao-thong",
    "place": "29869",
}


async def opened(served: Interface, key: str = "form-0001", **values: Any) -> Any:
    """A ticket that an operator has written down."""
    answer = await served.post("/api/tickets", "operator", json=NEW | values, headers={"Idempotency-Key": key})
    told = await answer.json()
    assert answer.status == 201, told
    return told["ticket"]


async def test_a_ticket_lives_its_whole_life_over_http(served: Interface) -> None:
    code = (await opened(served))["code"]
    await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
    await served.move(code, "operator", "route")
    await served.move(code, "officer", "accept")
    await served.move(code, "officer", "work")
    await served.move(code, "officer", "draft", text="Đã thay bóng đèn.")
    await served.move(code, "approver", "approve")
    made = await served.move(code, "operator", "tell", how="phone")
    assert made == {"code": code, "version": 8, "stage": "answered"}
    file = await (await served.get(f"/api/tickets/{code}", "leader")).json()
    assert file["ticket"]["number"] == "+84912345678"
    assert {move["name"] for move in file["moves"]} >= {"close", "reopen", "publish"}
    journal = await (await served.get(f"/api/tickets/{code}/journal", "leader")).json()
    assert [entry["what"] for entry in journal["items"]][-1] == "told"


async def test_the_same_form_sent_twice_is_one_ticket(served: Interface) -> None:
    assert (await opened(served))["code"] == (await opened(served))["code"]
    listed = await (await served.get("/api/tickets", "operator")).json()
    assert len(listed["items"]) == 1


async def test_another_form_under_the_same_key_is_refused_and_not_lost_in_silence(served: Interface) -> None:
    await opened(served)
    other = NEW | {"summary": "Cây đổ."}
    answer = await served.post("/api/tickets", "operator", json=other, headers={"Idempotency-Key": "form-0001"})
    assert answer.status == 409
    assert "dùng khoá mới cho mỗi phản ánh" in (await answer.json())["detail"]


async def test_an_agency_never_reads_who_asked_unless_it_writes_down_why(served: Interface) -> None:
    code = (await opened(served))["code"]
    await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
    await served.move(code, "operator", "route")
    text = await (await served.get(f"/api/tickets/{code}", "officer")).text()
    assert "Ánh" not in text
    assert "912345678" not in text
    refused = await served.post(f"/api/tickets/{code}/identity", "officer", json={"reason": ""})
    assert refused.status == 422
    unlocked = await served.post(
        f"/api/tickets/{code}/identity", "officer", json={"reason": "Hẹn khảo sát hiện trường."}
    )
    assert (await unlocked.json())["citizen_name"] == "Nguyễn Thị Ánh"
    journal = await (await served.get(f"/api/tickets/{code}/journal", "leader")).json()
    assert journal["items"][-1]["what"] == "identity-unlocked"
    assert "Hẹn khảo sát hiện trường." in journal["items"][-1]["reason"]


async def test_another_agency_is_told_that_there_is_no_such_ticket(served: Interface) -> None:
    code = (await opened(served))["code"]
    await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
    await served.move(code, "operator", "route")
    assert (await served.get(f"/api/tickets/{code}", "officer", agency="so-y-te")).status == 404
    assert (await (await served.get("/api/tickets", "officer", agency="so-y-te")).json())["items"] == []
    assert len((await (await served.get("/api/tickets", "officer", agency=COMMUNE)).json())["items"]) == 1


async def test_of_two_officers_the_slower_one_is_told_who_was_faster(served: Interface) -> None:
    code = (await opened(served))["code"]
    body = {"version": 1, "move": {"move": "classify", "topic": "giao-thong", "place": "29869"}}
    assert (await served.post(f"/api/tickets/{code}/moves", "operator", json=body)).status == 200
    late = await served.post(f"/api/tickets/{code}/moves", "leader", json=body)
    assert late.status == 409
    assert "vừa được người khác chuyển sang bước “đã phân loại”" in (await late.json())["detail"]


@pytest.mark.parametrize("role", [None, *WITH_KEYS])
async def test_every_route_lets_in_exactly_the_roles_that_its_description_names(
    served: Interface, role: Role | None
) -> None:
    for route in served.api.routes:
        path = route.path.replace("{code}", "10000000")
        if route.roles is None or "{" in path:
            continue
        answer = await served.call(route.method, path, role, json={})
        expected = 401 if role is None else 403
        assert (answer.status == expected) == (role is None or role not in route.roles), (route.method, path, role)


@pytest.mark.parametrize(
    ("query", "what"),
    [
        ("limit=0", "query.limit: quá nhỏ"),
        ("taken_from=2026-11-23T08:00:00", "thiếu múi giờ"),
        ("taken_from=1764035800", "phải là thời điểm như"),
        ("taken_to=0001-01-01T00:00:00%2B07:00", "từ năm 1900"),
        ("cursor=abc", "Con trỏ trang"),
        (
            "cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzA3OjAwIiwgImEiXQ",
            "Con trỏ trang",
        ),  # the first day of all years, in Vietnam
        ("stage=lost", "không phải một trong các giá trị"),
        ("colour=red", "không có mục nào tên như vậy"),
        ("taken_from=0001-01-01T00:00:00%2B14:00", "từ năm 1900"),
        ("taken_to=9999-12-31T23:00:00-14:00", "đến năm 2199"),
    ],
)
async def test_a_wrong_query_is_told_with_its_place(served: Interface, query: str, what: str) -> None:
    answer = await served.get(f"/api/tickets?{query}", "operator")
    assert answer.status == 422
    assert what in (await answer.json())["detail"]


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "1900-01-01T00:00:00Z"])
async def test_a_report_of_another_age_is_told(served: Interface, at: str) -> None:
    said = NEW | {"taken_at": at}
    answer = await served.post("/api/tickets", "operator", json=said, headers={"Idempotency-Key": "form-0001"})
    assert answer.status == 422


async def test_a_key_of_odd_bytes_is_nobodys(served: Interface) -> None:
    answer = await served.client.get("/api/tickets", headers={"Authorization": "Bearer 1022_1_\udcff"})
    assert answer.status == 401


async def test_lists_are_paged_to_the_end_without_loss_or_repetition(served: Interface) -> None:
    codes = [(await opened(served, f"form-{number:04}"))["code"] for number in range(7)]
    for order in ("taken", "due"):
        seen: list[str] = []
        cursor = ""
        while True:
            page = await (await served.get(f"/api/tickets?limit=3&order={order}{cursor}", "leader")).json()
            seen += [ticket["code"] for ticket in page["items"]]
            if page["next"] is None:
                break
            cursor = f"&cursor={page['next']}"
        assert sorted(seen) == sorted(codes)


async def test_times_are_told_with_their_zone(served: Interface) -> None:
    ticket = await opened(served)
    assert ticket["taken_at"].endswith(("+07:00", "Z"))
    assert ticket["deadlines"][0]["due"].endswith(("+07:00", "Z"))


async def test_a_long_journal_is_read_page_by_page(served: Interface) -> None:
    code = (await opened(served))["code"]
    for number in range(6):
        await served.move(code, "operator", "note", text=f"Ghi chú {number}.")
    path, seen, cursor = f"/api/tickets/{code}/journal?limit=3", [], ""
    while True:
        page = await (await served.get(path + cursor, "leader")).json()
        assert len(page["items"]) <= 3
        seen += page["items"]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert [entry["what"] for entry in seen] == ["opened", *["noted"] * 6]
    wrong = await served.get(f"/api/tickets/{code}/journal?cursor=WyIyMDI2LTExLTI1VDAwOjAwOjAwWiIsICJhIl0", "leader")
    assert wrong.status == 422
