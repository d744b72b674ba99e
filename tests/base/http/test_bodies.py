"""Claims about what is read from a request: limits hold while reading, and whatever comes is answered with one shape of error."""

import asyncio
import gzip
import json
import tracemalloc
from typing import Any

import pytest
from aiohttp import FormData
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.base.http.conftest import MOST_BYTES, Client, served

JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MULTIPART = {"Content-Type": "multipart/form-data; boundary=b"}
LOADED = 100 * 1024 * 1024


async def refused(client: Client, path: str, data: Any, headers: dict[str, str], status: int) -> Any:
    """The problem that a request is answered with."""
    answer = await client.post(path, data=data, headers=headers)
    told = await answer.json(content_type="application/problem+json")
    assert (answer.status, told["status"]) == (status, status), told
    assert told["title"]
    assert told["detail"]
    return told


async def test_what_fits_its_model_arrives(client: Client) -> None:
    answer = await client.post("/json", json={"text": "Ngập.", "count": 3, "tags": ["a"]})
    assert (answer.status, (await answer.json())["text"]) == (200, "Ngập.")
    form = FormData({"text": "Ngập."})
    form.add_field("photo", b"x" * 1000, filename="a.jpg", content_type="image/jpeg")
    for path in ("/form", "/photo"):
        assert (await (await client.post(path, data=form)).json())["files"] == ["photo:1000"]
        form = FormData({"text": "Ngập."})
        form.add_field("photo", b"x" * 1000, filename="a.jpg", content_type="image/jpeg")
    assert (await (await client.post("/form", data={"text": "Ngập."})).json())["text"] == "Ngập."


@pytest.mark.parametrize(
    ("path", "head", "opening"),
    [
        ("/json", "application/json", b'{"text": "'),
        ("/form", "application/x-www-form-urlencoded", b"text="),
        (
            "/photo",
            "multipart/form-data; boundary=b",
            b'--b\r\nContent-Disposition: form-data; name="photo"; filename="p"\r\n\r\n',
        ),
    ],
)
async def test_a_hundred_megabytes_are_refused_while_they_come(
    client: Client, path: str, head: str, opening: bytes
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    lines = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {head}\r\nTransfer-Encoding: chunked\r\n\r\n"
    writer.write(lines.encode() + b"%x\r\n%b\r\n" % (len(opening), opening))
    answer = asyncio.create_task(reader.read(12))
    sent, chunk = 0, b"x" * 16384
    try:
        while not answer.done() and sent < LOADED:
            writer.write(b"%x\r\n%b\r\n" % (len(chunk), chunk))
            await writer.drain()
            await asyncio.sleep(0)
            sent += len(chunk)
    except ConnectionError:
        pass
    async with asyncio.timeout(20):
        assert (await answer) == b"HTTP/1.1 413"
    assert sent < LOADED / 4
    writer.close()


async def test_a_length_that_is_too_large_is_refused_before_anything_is_read(client: Client) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(
        f"POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {LOADED}\r\n\r\n".encode()
    )
    async with asyncio.timeout(20):
        assert (await reader.read(12)) == b"HTTP/1.1 413"
    writer.close()


async def test_what_grows_when_it_is_unpacked_is_refused(client: Client) -> None:
    bomb = gzip.compress(b'{"text": "' + b"x" * (50 * 1024 * 1024) + b'"}')
    assert len(bomb) < MOST_BYTES
    tracemalloc.start()
    try:
        await refused(client, "/json", bomb, JSON | {"Content-Encoding": "gzip"}, 413)
        assert tracemalloc.get_traced_memory()[1] < 20 * 1024 * 1024
    finally:
        tracemalloc.stop()


async def test_the_largest_that_is_allowed_passes_and_one_byte_more_does_not(client: Client) -> None:
    body = json.dumps({"text": "x", "anything": ""})
    whole = body.replace('""', '"' + "x" * (MOST_BYTES - len(body)) + '"')
    assert len(whole) == MOST_BYTES
    assert (await client.post("/json", data=whole, headers=JSON)).status == 200
    await refused(client, "/json", whole + " ", JSON, 413)


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/json", "text/plain"), ("/json", "multipart/form-data; boundary=b"), ("/form", "application/json"),
     ("/photo", "application/x-www-form-urlencoded"), ("/photo", "image/jpeg"), ("/json", "")],
)  # fmt: skip
async def test_another_media_type_is_refused_with_those_that_are_taken(client: Client, path: str, kind: str) -> None:
    told = await refused(client, path, b"{}", {"Content-Type": kind}, 415)
    assert told["detail"].startswith("Gửi nội dung dạng ")


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        (b"", 400, "không phải JSON"),
        (b"{", 400, "không phải JSON"),
        (b"\xff\xfe\xfd", 400, "không phải JSON"),
        (b'{"text": "a\\u0000b"}', 422, "có ký tự không dùng được"),
        (b'{"text": "\\ud800"}', 422, "có ký tự không dùng được"),
        (b'{"text": "x", "anything": {"a\\u0000": 1}}', 422, "có ký tự không dùng được"),
        (b'{"text": "x", "anything": [[["\\u0000"]]]}', 422, "có ký tự không dùng được"),
        (b"[]", 422, "body: phải là các mục có tên"),
        (b"null", 422, "body: phải là các mục có tên"),
        (b"{}", 422, "body.text: thiếu mục này"),
        (b'{"text": 7}', 422, "body.text: phải là chữ"),
        (b'{"text": "x", "colour": 1}', 422, "body.colour: không có mục nào tên như vậy"),
        (b'{"text": "x", "count": 1.5}', 422, "body.count: phải là số nguyên"),
        (b'{"text": "x", "count": "many"}', 422, "body.count: phải là số nguyên"),
        (b'{"text": "x", "tags": ["a", "b", "c", "d"]}', 422, "body.tags: quá nhiều"),
        (b'{"text": "x", "at": "2026-11-23T08:00:00"}', 422, "body.at: thiếu múi giờ"),
        (b'{"text": "x", "at": "mai"}', 422, "body.at: phải là thời điểm"),
        (b'{"text": "x", "at": true}', 422, "body.at: phải là thời điểm"),
        (b'{"text": "x", "count": ' + b"9" * 5000 + b"}", 400, "không phải JSON"),
        (b'{"text": 7, "count": "x"}', 422, "(và 1 chỗ khác)"),
    ],
)  # fmt: skip
async def test_a_wrong_body_is_told_with_its_place(client: Client, body: bytes, status: int, told: str) -> None:
    assert told in (await refused(client, "/json", body, JSON, status))["detail"]


@pytest.mark.parametrize("depth", [50, 150, 250, 400, 600, 800, 950, 1500, 20_000])
@pytest.mark.parametrize("brackets", [(b"[", b"]"), (b'{"a":', b"}")])
async def test_deep_nesting_breaks_nothing(client: Client, depth: int, brackets: tuple[bytes, bytes]) -> None:
    opening, closing = brackets
    nested = opening * depth + b"1" + closing * depth
    answer = await client.post("/json", data=b'{"text": "x", "anything": ' + nested + b"}", headers=JSON)
    assert answer.status in (200, 400, 413, 422)


async def test_a_form_with_very_many_fields_is_refused(client: Client) -> None:
    await refused(client, "/form", "&".join(f"a{number}=1" for number in range(5000)), FORM, 400)
    parts = "".join(f'--b\r\nContent-Disposition: form-data; name="a{number}"\r\n\r\n1\r\n' for number in range(500))
    await refused(client, "/photo", parts + "--b--\r\n", MULTIPART, 400)


@pytest.mark.parametrize(
    "body",
    [
        b"", b"x", b"--b", b"--b\r\n", b"--b\r\n\r\n", b"--b--", b"--b--\r\n", b"--b\r\nX\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx',
        b'--b\r\nContent-Type: multipart/mixed; boundary=c\r\n\r\n--c\r\n\r\nx\r\n--c--\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="text"\r\nX: ' + b"y" * 20_000 + b"\r\n\r\nx\r\n--b--\r\n",
        b"--b\r\n" + b"X: y\r\n" * 5000 + b"\r\nx\r\n--b--\r\n",
        b'--b\r\nContent-Disposition: form-data; name="text"\r\nContent-Length: x\r\n\r\nx\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="text"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--b--\r\n',
        b'--b\r\nContent-Disposition: form-data; name="text"\r\nContent-Encoding: gzip\r\n\r\nx\r\n--b--\r\n',
    ],
)  # fmt: skip
async def test_a_broken_multipart_form_is_never_a_fault_of_the_hotline(client: Client, body: bytes) -> None:
    answer = await client.post("/photo", data=body, headers=MULTIPART)
    assert answer.status in (200, 400, 422)


async def test_a_multipart_form_without_its_boundary_is_told(client: Client) -> None:
    await refused(client, "/photo", b"x", {"Content-Type": "multipart/form-data"}, 400)


@pytest.mark.parametrize(
    "field", ["text=a%00b", "text=%ff", "text=%ed%a0%80", "a%00=1&text=x", "text=a&text=b", "=", "&&&"]
)
async def test_a_wrong_form_is_told(client: Client, field: str) -> None:
    answer = await client.post("/form", data=field, headers=FORM)
    assert answer.status in (400, 422)


async def test_what_breaks_off_leaves_the_server_serving(client: Client) -> None:
    for ending in (b"zz\r\n", b"5\r\nab", b"ffffffffffffffffffff\r\n"):
        _, writer = await asyncio.open_connection("127.0.0.1", client.port)
        writer.write(
            b"POST /json HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + ending
        )
        await writer.drain()
        writer.close()
    assert (await client.post("/json", json={"text": "x"})).status == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), path=st.sampled_from(["/json", "/form", "/photo"]))
def test_no_bytes_at_all_are_a_fault_of_the_hotline(body: bytes, path: str) -> None:
    heads = {"/json": JSON, "/form": FORM, "/photo": MULTIPART}

    async def send() -> int:
        async with served() as client:
            return (await client.post(path, data=body, headers=heads[path])).status

    assert asyncio.run(send()) in (200, 400, 413, 422)
