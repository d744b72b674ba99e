"""Claims about routes that tell what is wrong in their own way, and about those that do not."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from hotline1022.base.access import Actor, Role
from hotline1022.base.errors import Refused
from hotline1022.base.http.openapi import describe
from hotline1022.base.http.problems import ProblemError
from hotline1022.base.http.routes import Call, Reply, Route, Told
from hotline1022.base.http.serving import Serving

Client = TestClient[web.Request, web.Application]


class Query(Told):
    """What the routes take."""

    number: int = 1


async def handler(call: Call[Query, None]) -> Reply:
    """Refuses two, breaks at three."""
    if call.query.number == 2:
        raise Refused("Số hai thì không", remedy="chọn số khác")
    return Reply(f"{1 / (call.query.number - 3)}", media_type="text/plain")


def spoken(problem: ProblemError) -> web.Response:
    """Another protocol's errors."""
    return web.Response(status=problem.status, text=f"! {problem.detail}", headers=problem.headers)


async def nobody(_key: str) -> Actor | None:
    """No key is anybody's."""
    return None


def routes() -> list[Route]:
    """The same route with and without a way of its own, the first one also for keys only."""
    common: dict[str, Any] = {"tag": "t", "answers": {200: "text/plain"}, "query": Query}
    return [
        Route("GET", "/own", handler, "s", roles=None, errors=spoken, limit=(8, 3600.0), **common),
        Route("GET", "/locked", handler, "s", roles=frozenset({Role.OPERATOR}), errors=spoken, **common),
        Route("GET", "/plain", handler, "s", roles=None, **common),
    ]


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """The routes, served."""
    app = web.Application()
    Serving(nobody).mount(app, routes())
    async with TestClient(TestServer(app)) as running:
        yield running


@pytest.mark.parametrize(
    ("path", "status", "text"),
    [
        ("/own?number=x", 422, "! query.number: phải là số nguyên"),
        ("/own?number=2", 409, "! Số hai thì không — chọn số khác"),
        ("/own?number=3", 500, "! Tổng đài gặp lỗi khi trả lời; lỗi đã được ghi lại"),
        ("/locked", 401, "! Thiếu khoá hoặc khoá không dùng được — gửi Authorization: Bearer KHOÁ"),
    ],
)
async def test_a_route_with_its_own_way_tells_every_error_in_it(
    client: Client, path: str, status: int, text: str
) -> None:
    answer = await client.get(path)
    assert (answer.status, await answer.text()) == (status, text)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_its_limit_is_told_in_its_own_way_too(client: Client) -> None:
    answers = [await client.get("/own") for _ in range(9)]
    assert [each.status for each in answers] == [200] * 8 + [429]
    assert (await answers[-1].text()).startswith("! Gọi quá nhiều lần")
    assert int(answers[-1].headers["Retry-After"]) > 0


@pytest.mark.parametrize(("number", "status"), [("x", 422), ("2", 409), ("3", 500)])
async def test_all_others_tell_problem_details(client: Client, number: str, status: int) -> None:
    answer = await client.get(f"/plain?number={number}")
    assert (answer.status, answer.content_type) == (status, "application/problem+json")


def test_the_description_names_the_kind_of_answer_that_errors_have() -> None:
    paths = describe(routes(), title="t", version="1")["paths"]
    assert set(paths["/own"]["get"]["responses"]["422"]["content"]) == {"text/plain"}
    assert set(paths["/plain"]["get"]["responses"]["422"]["content"]) == {"application/problem+json"}
