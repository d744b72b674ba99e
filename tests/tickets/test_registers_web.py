"""The register of letters and the book of home appointments over HTTP: who reads what, in pages; and their moves with bad input."""

from typing import Any

import pytest

from tests.interface import COMMUNE, Interface
from tests.tickets.conftest import StillClock
from tests.tickets.test_timers import civil
from tests.tickets.test_web import opened
from tickets.timers import Timers

CENTRE = "ttpvhcc"
BOOKING: dict[str, Any] = {
    "procedure": "Đăng ký khai sinh",
    "address": "Số 5, ấp Trung",
    "starts": "2026-11-26T08:00:00+07:00",
    "ends": "2026-11-26T10:00:00+07:00",
}


async def told(answer: Any) -> Any:
    """The answer as JSON. Asserts that it is one of success."""
    said = await answer.json()
    assert answer.status == 200, said
    return said


async def late(served: Interface, timers: Timers, clock: StillClock, count: int = 1) -> list[str]:
    """Tickets whose answers have just become late."""
    codes = [(await opened(served, f"letter-{number:03}"))["code"] for number in range(count)]
    for code in codes:
        await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
        await served.move(code, "operator", "route")
        await served.move(code, "officer", "accept")
    clock.instant = civil("11-27T17:01")
    await timers.tick()
    return codes


async def test_a_letter_lives_its_whole_life_over_http(
    served: Interface, timers: Timers, still_clock: StillClock
) -> None:
    (code,) = await late(served, timers, still_clock)
    listed = (await told(await served.get("/api/letters?state=owed", "officer")))["items"]
    letter = listed[0]["letter"]
    assert (letter["code"], listed[0]["state_name"], listed[0]["agency_name"]) == (
        code,
        "phải gửi",
        "UBND phường Cao Lãnh",
    )
    file = await told(await served.get(f"/api/tickets/{code}", "officer"))
    assert [each["id"] for each in file["letters"]] == [letter["id"]]
    assert "draft-letter" in {move["name"] for move in file["moves"]}
    assert not {"approve-letter", "send-letter"} & {move["name"] for move in file["moves"]}
    await served.move(code, "officer", "draft-letter")
    await served.move(code, "approver", "approve-letter")
    shown = await told(await served.get(f"/api/letters/{letter['id']}", "officer"))
    assert shown["letter"]["number"] == 1
    assert shown["body"].startswith("Kính gửi: Ông/Bà")
    text = await (await served.get(f"/api/letters/{letter['id']}", "officer")).text()
    assert "Ánh" not in text
    assert "912345678" not in text
    await served.move(code, "operator", "send-letter", how="post", letter=letter["id"])
    assert [each["letter"]["state"] for each in (await told(await served.get("/api/letters", "leader")))["items"]] == [
        "sent"
    ]


async def test_agencies_read_their_own_letters_only(served: Interface, timers: Timers, still_clock: StillClock) -> None:
    (code,) = await late(served, timers, still_clock)
    (row,) = (await told(await served.get("/api/letters", "operator")))["items"]
    number = row["letter"]["id"]
    assert (await told(await served.get("/api/letters", "officer", agency="so-y-te")))["items"] == []
    assert (await served.get(f"/api/letters/{number}", "officer", agency="so-y-te")).status == 404
    listed = await told(await served.get(f"/api/letters?agency={COMMUNE}", "officer", agency="so-y-te"))
    assert listed["items"] == []
    await served.move(code, "operator", "divert", kind="complaint")
    assert (await told(await served.get("/api/letters", "officer")))["items"] == []
    assert (await served.get(f"/api/letters/{number}", "officer")).status == 404
    assert len((await told(await served.get("/api/letters", "operator")))["items"]) == 1
    assert (await served.get("/api/letters", "app")).status == 403
    assert (await served.get("/api/letters/999999999999999999", "leader")).status == 404


async def test_the_register_is_paged_and_filtered(served: Interface, timers: Timers, still_clock: StillClock) -> None:
    codes = await late(served, timers, still_clock, 5)
    await served.move(codes[0], "leader", "waive-letter", reason="Người báo rút phản ánh.")
    seen: list[str] = []
    cursor = ""
    while True:
        page = await told(await served.get(f"/api/letters?limit=2{cursor}", "leader"))
        seen += [each["letter"]["code"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert sorted(seen) == sorted(codes)
    in_time = await told(await served.get("/api/letters?overdue=false", "leader"))
    assert len(in_time["items"]) == 4
    assert (await told(await served.get("/api/letters?overdue=true", "leader")))["items"] == []
    still_clock.instant = civil("12-03T08:00")
    overdue = await told(
        await served.get(f"/api/letters?overdue=true&agency={COMMUNE}&state=owed&state=drafted", "leader")
    )
    assert {each["letter"]["code"] for each in overdue["items"]} == set(codes[1:])


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("/api/letters?state=lost", "không phải một trong các giá trị"),
        ("/api/letters?cursor=abc", "Con trỏ trang"),
        ("/api/letters?cursor=WyIyMDI2LTExLTIzVDAwOjAwOjAwKzAwOjAwIiwgIngiXQ", "Con trỏ trang"),
        ("/api/letters?cursor=WyIwMDAxLTAxLTAxVDAwOjAwOjAwKzE0OjAwIiwgIjEiXQ", "Con trỏ trang"),
        ("/api/letters?overdue=perhaps", "phải là true hoặc false"),
        ("/api/appointments?day=2026-13-01", "phải là ngày như 2026-11-23"),
        ("/api/appointments?day=9999-12-31", "quá lớn"),
        ("/api/appointments?state=lost", "không phải một trong các giá trị"),
        ("/api/appointments?cursor=WyIyMDI2LTExLTIzVDAwOjAwOjAwKzAwOjAwIiwgIngiXQ", "Con trỏ trang"),
    ],
)
async def test_a_wrong_query_is_told_with_its_place(served: Interface, path: str, what: str) -> None:
    answer = await served.get(path, "leader")
    assert answer.status == 422
    assert what in (await answer.json())["detail"]


async def visit(served: Interface, key: str, **window: str) -> str:
    """A visit that the centre has confirmed."""
    code: str = (await opened(served, key, topic="hen-tai-nha", place=None))["code"]
    await served.move(code, "operator", "book", **BOOKING | window)
    await served.move(code, "operator", "classify", topic="hen-tai-nha")
    await served.move(code, "operator", "route")
    await served.move(code, "officer", "accept", agency=CENTRE)
    await served.move(code, "officer", "confirm-visit", agency=CENTRE)
    return code


async def test_a_visit_lives_its_whole_life_over_http(
    served: Interface, timers: Timers, still_clock: StillClock
) -> None:
    code = await visit(served, "visit-0001")
    file = await told(await served.get(f"/api/tickets/{code}", "officer", agency=CENTRE))
    (booked,) = file["visits"]
    assert (booked["state"], booked["address"]) == ("confirmed", BOOKING["address"])
    assert {"visited", "move-visit", "missed-visit", "cancel-visit"} <= {move["name"] for move in file["moves"]}
    assert not {"book", "confirm-visit"} & {move["name"] for move in file["moves"]}
    still_clock.instant = civil("11-26T09:00")
    await timers.tick()
    made = await served.move(code, "officer", "visited", agency=CENTRE)
    assert made["stage"] == "answered"
    journal = await told(await served.get(f"/api/tickets/{code}/journal", "leader"))
    assert [entry["what"] for entry in journal["items"]][-2:] == ["visited", "told"]


async def test_the_book_tells_who_is_to_be_where_on_a_day(served: Interface) -> None:
    first = await visit(served, "visit-0001")
    second = await visit(served, "visit-0002", starts="2026-11-26T07:00:00+07:00", ends="2026-11-26T08:00:00+07:00")
    other_day = await visit(served, "visit-0003", starts="2026-11-27T16:00:00+07:00", ends="2026-11-27T17:00:00+07:00")

    async def codes(query: str, role: str = "operator", agency: str | None = None) -> list[str]:
        listed = await told(await served.get(f"/api/appointments?{query}", role, agency=agency))
        return [each["appointment"]["code"] for each in listed["items"]]

    assert await codes("day=2026-11-26") == [second, first]
    assert await codes("") == [second, first, other_day]
    assert await codes("agency=so-y-te") == []
    assert await codes("state=confirmed&day=2026-11-27", "officer", CENTRE) == [other_day]
    assert await codes("", "officer", "so-y-te") == []
    page = await told(await served.get("/api/appointments?limit=2", "leader"))
    assert [each["appointment"]["code"] for each in page["items"]] == [second, first]
    assert await codes(f"cursor={page['next']}") == [other_day]


async def test_a_visit_that_the_agency_has_not_been_given_yet_is_not_its_business(served: Interface) -> None:
    code = (await opened(served, "visit-0001", topic="hen-tai-nha", place=None))["code"]
    await served.move(code, "operator", "book", **BOOKING)
    assert (await told(await served.get("/api/appointments", "officer", agency=CENTRE)))["items"] == []
    (booked,) = (await told(await served.get("/api/appointments", "operator")))["items"]
    assert booked["state_name"] == "chờ cơ quan xác nhận"


async def test_a_ticket_that_waits_for_its_window_is_not_listed_as_overdue(
    served: Interface, still_clock: StillClock
) -> None:
    code = await visit(served, "visit-0001", starts="2026-12-15T08:00:00+07:00", ends="2026-12-15T10:00:00+07:00")
    forgotten = (await opened(served, "form-0002"))["code"]
    still_clock.instant = civil("12-14T08:00")

    async def codes(overdue: str) -> list[str]:
        listed = await told(await served.get(f"/api/tickets?overdue={overdue}", "operator"))
        return [ticket["code"] for ticket in listed["items"]]

    assert (await codes("true"), await codes("false")) == ([forgotten], [code])


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"starts": "2026-11-26T08:00:00"}, "body.move.book.starts"),
        ({"ends": "2026-11-26T08:00:00+07:00"}, "body.ends"),
        ({"starts": "9999-12-31T23:00:00Z", "ends": "9999-12-31T23:30:00Z"}, "body.ends"),
        ({"starts": "0001-01-01T00:00:00+14:00"}, "body.starts"),
        ({"procedure": " "}, "body.move.book.procedure"),
        ({"address": "x" * 501}, "body.move.book.address"),
        ({"agency": "so-y-te"}, "body.move.book.agency"),
    ],
)
async def test_a_booking_that_cannot_be_used_is_told_with_its_field(
    served: Interface, wrong: dict[str, str], field: str
) -> None:
    code = (await opened(served, "visit-0001", topic="hen-tai-nha", place=None))["code"]
    body = {"move": {"move": "book"} | BOOKING | wrong}
    answer = await served.post(f"/api/tickets/{code}/moves", "operator", json=body)
    said = await answer.json()
    assert answer.status == 422, said
    assert [mistake["field"] for mistake in said["mistakes"]] == [field]
    file = await told(await served.get(f"/api/tickets/{code}", "operator"))
    assert (file["visits"], file["ticket"]["version"]) == ([], 1)


async def test_who_moves_a_letter_on_an_older_version_is_told(
    served: Interface, timers: Timers, still_clock: StillClock
) -> None:
    (code,) = await late(served, timers, still_clock)
    version = (await told(await served.get(f"/api/tickets/{code}", "officer")))["ticket"]["version"]
    await served.move(code, "officer", "draft-letter")
    body = {"version": version, "move": {"move": "draft-letter", "text": "Của tôi."}}
    answer = await served.post(f"/api/tickets/{code}/moves", "officer", json=body)
    assert answer.status == 409
    assert "vừa được người khác" in (await answer.json())["detail"]


async def test_the_table_of_moves_tells_which_are_about_a_letter_or_a_visit(served: Interface) -> None:
    table = await told(await served.get("/api/stages", "operator"))
    rows = {move["name"]: move for move in table["moves"]}
    assert (rows["approve-letter"]["letter"], rows["approve-letter"]["party"]) == (["drafted"], "owing")
    assert rows["visited"]["visit"] == ["booked", "confirmed"]
    assert rows["visited"]["target"] == "answered"
    assert (rows["accept"]["letter"], rows["accept"]["visit"]) == ([], [])


async def test_the_window_of_a_day_is_that_of_vietnam(served: Interface) -> None:
    code = await visit(served, "visit-0001", starts="2026-11-27T00:30:00Z", ends="2026-11-27T01:30:00Z")
    listed = await told(await served.get("/api/appointments?day=2026-11-27", "operator"))
    (row,) = listed["items"]
    assert row["appointment"]["code"] == code
    assert row["appointment"]["starts"].endswith(("+07:00", "Z"))
