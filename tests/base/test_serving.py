"""What serving does for every route, shown on routes of their own: files within limits, counting, errors in another shape."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData, web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import BaseModel, RootModel

from hotline1022.base.access import Actor, Role
from hotline1022.base.errors import NotFound
from hotline1022.base.http.openapi import describe
from hotline1022.base.http.problems import Problem
from hotline1022.base.http.routes import Call, CivilInstant, ErrorShape, FileField, Reply, Route, Told
from hotline1022.base.http.serving import Serving

Client = TestClient[web.Request, web.Application]


async def known(key: str) -> Actor | None:
    return Actor(name=f"app {key}", role=Role.APP, key=int(key)) if key.isdigit() else None


@asynccontextmanager
async def serving(routes: Sequence[Route]) -> AsyncIterator[Client]:
    app = web.Application()
    Serving(known, ["127.0.0.1"]).mount(app, routes)
    async with TestClient(TestServer(app)) as client:
        yield client


class Letter(Told):
    """A form with files beside it."""

    text: str


class Sizes(RootModel[dict[str, Any]]):
    """What came."""


async def measured(call: Call[Told, Letter]) -> Sizes:
    return Sizes({"text": call.body.text, "files": [len(file.data) for file in call.files]})


LETTERS = Route(
    "POST", "/letters", measured, "Gửi", "Thư", None, {200: Sizes}, body=Letter, takes="json-or-multipart",
    files=FileField("photos", most=2, most_bytes=2 * 1024**2), most_bytes=3 * 1024**2,
)  # fmt: skip


def form(*files: bytes, name: str = "photos", text: str = "Chào.") -> FormData:
    data = FormData(default_to_multipart=True)
    data.add_field("text", text)
    for file in files:
        data.add_field(name, BytesIO(file), filename="a.jpg", content_type="image/jpeg")
    return data


async def test_files_come_beside_the_fields_and_json_comes_without() -> None:
    async with serving([LETTERS]) as client:
        answer = await client.post("/letters", data=form(b"x" * 1024**2, b"y"))
        assert await answer.json() == {"text": "Chào.", "files": [1024**2, 1]}
        answer = await client.post("/letters", json={"text": "Chào."})
        assert await answer.json() == {"text": "Chào.", "files": []}


async def test_a_file_field_in_which_nothing_was_chosen_is_no_file() -> None:
    data = FormData(default_to_multipart=True)
    data.add_field("text", "Chào.")
    data.add_field("photos", b"", filename="", content_type="application/octet-stream")
    async with serving([LETTERS]) as client:
        assert (await (await client.post("/letters", data=data)).json())["files"] == []


@pytest.mark.parametrize(
    ("data", "status", "field", "what"),
    [
        (lambda: form(b"1", b"2", b"3"), 422, "body.photos", "chỉ nhận tối đa 2 tệp"),
        (lambda: form(b"1", name="paper"), 422, "body.paper", "không nhận tệp ở mục này"),
        (lambda: form(b"1", b"x" * (2 * 1024**2 + 1)), 413, "body.photos.1", "tệp quá 2 MiB"),
        (lambda: form(b"x" * 1_900_000, b"x" * 1_900_000), 413, "body.photos", "nội dung quá 3 MiB"),
    ],
)
async def test_a_file_that_may_not_come_is_told_with_its_place(
    data: Callable[[], FormData], status: int, field: str, what: str
) -> None:
    async with serving([LETTERS]) as client:
        answer = await client.post("/letters", data=data())
        told = await answer.json()
    assert (answer.status, told["mistakes"]) == (status, [{"field": field, "what": what}])


async def test_a_hundred_mebibytes_are_refused_while_they_come_though_nobody_said_how_many() -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        yield b'--b\r\nContent-Disposition: form-data; name="photos"; filename="a.jpg"\r\n\r\n'
        while sent < 100:
            sent += 1
            yield b"x" * 1024**2

    async with serving([LETTERS]) as client:
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        answer = await client.post("/letters", data=endless(), headers=headers)
        assert answer.status == 413
        assert (await answer.json())["detail"] == "body.photos.0: tệp quá 2 MiB"
    assert sent < 100


async def empty(_call: Call[Told, None]) -> Reply:
    return Reply(Told())


async def test_keys_are_counted_each_for_itself_and_who_has_none_by_address() -> None:
    route = Route("GET", "/a", empty, "Xem", "A", frozenset({Role.APP}), {200: Told}, limit=(2, 3600))

    async def status(client: Client, key: str, address: str = "192.0.2.1") -> int:
        headers = {"Authorization": f"Bearer {key}", "X-Forwarded-For": address}
        return (await client.get("/a", headers=headers)).status

    async with serving([route]) as client:
        assert [await status(client, "1") for _ in range(3)] == [200, 200, 429]
        assert await status(client, "2") == 200
        assert [await status(client, "nobody's") for _ in range(3)] == [401, 401, 429]
        assert await status(client, "nobody's", "192.0.2.2") == 401
        answer = await client.get("/a", headers={"Authorization": "Bearer 1"})
        assert int(answer.headers["Retry-After"]) > 1000


class Moment(BaseModel):
    """When."""

    at: CivilInstant


class Trouble(BaseModel):
    """An error as some standard wants it."""

    code: int
    description: str


def trouble(problem: Problem) -> BaseModel:
    return Trouble(code=problem.status, description=problem.detail)


SHAPE = ErrorShape(trouble, Trouble, {422: 400, 401: 403})


async def lost(_call: Call[Told, None]) -> Reply:
    raise NotFound("Không có thư này")


async def broken(_call: Call[Told, None]) -> Reply:
    raise ZeroDivisionError


async def test_errors_of_a_route_are_told_in_its_own_shape_wherever_they_arise() -> None:
    routes = [
        Route("GET", "/letters/{id}", lost, "Xem", "A", None, {200: Told}, errors=SHAPE, limit=(3, 3600)),
        Route("GET", "/broken", broken, "Xem", "A", None, {200: Told}, errors=SHAPE),
        Route("GET", "/closed", lost, "Xem", "A", frozenset({Role.APP}), {200: Told}, errors=SHAPE),
        Route("GET", "/plain", lost, "Xem", "A", None, {200: Told}),
    ]
    async with serving(routes) as client:
        for method, path, status, description in [
            ("GET", "/letters/7", 404, "Không có thư này"),
            ("GET", "/letters/7?colour=red", 400, "query.colour: không có mục nào tên như vậy"),
            ("GET", "/letters/7", 404, "Không có thư này"),
            ("GET", "/letters/7", 429, "Gọi quá nhiều lần — thử lại sau 1200 giây"),
            ("GET", "/broken", 500, "Tổng đài gặp lỗi khi trả lời; lỗi đã được ghi lại"),
            ("GET", "/closed", 403, "Thiếu khoá hoặc khoá không dùng được — gửi Authorization: Bearer KHOÁ"),
        ]:
            answer = await client.request(method, path)
            assert await answer.json() == {"code": status, "description": description}
            assert answer.status == status
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert (await client.get("/plain")).content_type == "application/problem+json"


async def test_the_description_tells_files_and_shapes_as_they_are_served() -> None:
    route = Route("GET", "/shaped", lost, "Xem", "A", None, {200: "text/xml"}, errors=SHAPE)
    told = describe([LETTERS, route], title="Thử", version="1")
    content = told["paths"]["/letters"]["post"]["requestBody"]["content"]
    assert content["multipart/form-data"]["schema"]["properties"]["photos"]["maxItems"] == 2
    assert "photos" not in told["components"]["schemas"]["Letter"]["properties"]
    assert content["application/json"]["schema"] == {"$ref": "#/components/schemas/Letter"}
    answers = told["paths"]["/shaped"]["get"]["responses"]
    assert "422" not in answers
    assert answers["400"]["content"] == {"application/json": {"schema": {"$ref": "#/components/schemas/Trouble"}}}
    assert answers["200"]["content"] == {"text/xml": {"schema": {}}}
    assert set(answers["404"]["content"]) == {"application/json", "application/problem+json"}
    assert set(answers["405"]["content"]) == {"application/problem+json"}


async def test_an_instant_is_described_as_one() -> None:
    route = Route("GET", "/now", lost, "Xem", "A", None, {200: Moment})
    told = describe([route], title="Thử", version="1")
    assert told["components"]["schemas"]["Moment"]["properties"]["at"] == {
        "type": "string", "format": "date-time", "title": "At",
    }  # fmt: skip
    assert (
        Moment(at=datetime(2026, 11, 24, 1, 30, tzinfo=UTC)).model_dump_json() == '{"at":"2026-11-24T08:30:00+07:00"}'
    )
