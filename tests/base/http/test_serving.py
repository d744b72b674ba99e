"""Claims about what is answered once for all routes: who asks, from where, how often, and every kind of error in one shape."""

from typing import Any

import pytest
from structlog.testing import capture_logs

from hotline1022.base.http.problems import TITLES
from tests.base.http.conftest import Client, served


async def problem(client: Client, path: str, **request: Any) -> Any:
    """The problem that a GET is answered with, and the response."""
    answer = await client.get(path, **request)
    assert answer.content_type == "application/problem+json"
    told = await answer.json(content_type=None)
    assert (told["type"], told["title"], told["status"]) == ("about:blank", TITLES[answer.status], answer.status)
    return told, answer


@pytest.mark.parametrize(
    ("how", "status", "detail"),
    [
        ("invalid", 422, "Mã sai — nhập lại"),
        ("not-found", 404, "Không có phiếu 1"),
        ("forbidden", 403, "Không được"),
        ("refused", 409, "Chưa được"),
        ("told", 422, "Hỏng"),
        ("away", 503, "Cơ sở dữ liệu tạm thời không phục vụ — thử lại sau ít giây"),
        ("fault", 500, "Tổng đài gặp lỗi khi trả lời; lỗi đã được ghi lại"),
    ],
)
async def test_every_kind_of_error_has_its_status_and_its_sentence(
    client: Client, how: str, status: int, detail: str
) -> None:
    with capture_logs() as logs:
        told, answer = await problem(client, f"/fails/{how}")
    assert (answer.status, told["detail"]) == (status, detail)
    assert ("Retry-After" in answer.headers) == (how == "away")
    assert told["mistakes"] == ([{"field": "body.code", "what": "Mã sai"}] if how == "invalid" else [])
    assert [entry["event"] for entry in logs] == (["request_failed"] if how == "fault" else [])
    assert "0912345678" not in str(logs) + str(told)


async def test_an_unknown_path_and_a_wrong_method_are_told(client: Client) -> None:
    assert (await problem(client, "/nowhere"))[0]["detail"] == "Không có địa chỉ này"
    told, answer = await problem(client, "/json")
    assert (told["detail"], answer.headers["Allow"]) == ("Chỉ dùng được POST", "POST")


@pytest.mark.parametrize(
    ("header", "status"),
    [
        (None, 401), ("", 401), ("Bearer", 401), ("Bearer ", 401), ("Bearer wrong", 401), ("Basic lead", 401), ("lead", 401),
        ("Bearer operate", 403), ("Bearer lead", 200), ("bearer   lead ", 200),
    ],
)  # fmt: skip
async def test_only_a_key_of_the_right_role_passes(client: Client, header: str | None, status: int) -> None:
    answer = await client.get("/mine", headers={} if header is None else {"Authorization": header})
    assert answer.status == status
    assert ("WWW-Authenticate" in answer.headers) == (status == 401)


async def test_answers_carry_what_keeps_a_browser_from_harm(client: Client) -> None:
    for path in ("/list", "/nowhere", "/fails/fault"):
        headers = (await client.get(path)).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_who_asks_too_often_is_told_how_long_to_wait(client: Client) -> None:
    assert [(await client.get("/seldom")).status for _ in range(2)] == [200, 200]
    told, answer = await problem(client, "/seldom")
    assert answer.status == 429
    assert 1700 < int(answer.headers["Retry-After"]) <= 1800
    assert answer.headers["Retry-After"] in told["detail"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "client_is"),
    [
        ((), "203.0.113.9", "127.0.0.1"),
        (("10.0.0.0/8",), "203.0.113.9", "127.0.0.1"),
        (("127.0.0.1",), None, "127.0.0.1"),
        (("127.0.0.1",), "203.0.113.9", "203.0.113.9"),
        (("127.0.0.1",), "203.0.113.9, 198.51.100.7", "198.51.100.7"),
        (("127.0.0.0/8", "198.51.100.7"), "192.0.2.1, 203.0.113.9, 198.51.100.7", "203.0.113.9"),
        (("127.0.0.1",), "127.0.0.1", "127.0.0.1"),
        (("127.0.0.1",), "not an address", "not an address"),
        (("127.0.0.1",), " , ,", "127.0.0.1"),
        (("127.0.0.1",), "x" * 500, "x" * 64),
        (("127.0.0.1", "2001:db8::/32"), "203.0.113.9, 2001:db8::1", "203.0.113.9"),
    ],
)
async def test_what_a_proxy_forwards_is_believed_of_our_proxies_only(
    proxies: tuple[str, ...], forwarded: str | None, client_is: str
) -> None:
    async with served(proxies) as client:
        headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
        assert (await (await client.get("/list", headers=headers)).json())["client"] == client_is


async def test_a_forged_address_does_not_make_a_limit_larger(client: Client) -> None:
    statuses = [(await client.get("/seldom", headers={"X-Forwarded-For": f"203.0.113.{n}"})).status for n in range(4)]
    assert statuses == [200, 200, 429, 429]


@pytest.mark.parametrize("query", ["limit=1&limit=2", "limit=%00", "cursor=%ff", "limit", "x=1", "cursor=" + "a" * 401])
async def test_a_wrong_query_is_told(client: Client, query: str) -> None:
    assert (await problem(client, f"/list?{query}"))[1].status == 422
