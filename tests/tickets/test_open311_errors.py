"""GeoReport v2's errors: its statuses, its shape, wherever they arise, and a sentence that says what to do."""

from xml.etree.ElementTree import XML

import pytest

from tests.interface import Interface
from tests.tickets.test_open311 import V2, as_json, json_of, post, xml_of


@pytest.mark.parametrize("kind", ["json", "xml"])
@pytest.mark.parametrize(
    ("fields", "status", "description"),
    [
        ({"api_key": ""}, 403, "Thiếu api_key"),
        ({"api_key": "1022_1_wrong"}, 403, "api_key không dùng được"),
        ({"service_code": ""}, 400, "service_code: thiếu mục này"),
        ({"service_code": "bong-da"}, 404, "Không có dịch vụ (service_code) này"),
        ({"service_code": "khieu-nai"}, 404, "Khiếu nại được gửi bằng đơn"),
        ({"service_code": "to-cao"}, 404, "Tố cáo được gửi bằng đơn"),
        ({"lat": "", "long": "", "address_string": ""}, 400, "thiếu nơi xảy ra"),
        ({"long": ""}, 400, "lat và long phải đi cùng nhau"),
        ({"lat": "north"}, 400, "lat: phải là số"),
        ({"lat": "nan"}, 400, "lat: phải là số hữu hạn"),
        ({"address_id": "545483"}, 400, "Không có xã, phường nào mang mã này"),
        ({"phone": "111111111"}, 400, "phone: không phải số điện thoại"),
        ({"email": "smit333"}, 400, "email: không đúng dạng"),
        ({"description": "x" * 4001}, 400, "description: quá dài"),
        ({"attribute[consent]": ""}, 400, "phải có attribute[consent]=true"),
        ({"attribute[consent]": "yes"}, 400, "attribute[consent]: không phải một trong các giá trị được phép"),
        ({"attribute[WHISPAWN]": "123456"}, 400, "attribute[WHISPAWN]: không có mục nào tên như vậy"),
        ({"description": "a\0b"}, 400, "có ký tự không dùng được"),
    ],
)
async def test_what_is_wrong_with_a_request_is_told_in_the_specifications_shape(
    served: Interface, kind: str, fields: dict[str, str], status: int, description: str
) -> None:
    answer = await post(served, kind, **fields)
    text = await answer.text()
    told = (await answer.json()) if kind == "json" else as_json(XML(text))
    if kind == "xml":
        assert XML(text).tag == "errors"
    assert answer.status == status, told
    assert [(set(error), int(error["code"])) for error in told] == [({"code", "description"}, status)]
    assert description in told[0]["description"]
    assert (await (await served.get("/api/tickets", "operator")).json())["items"] == []


@pytest.mark.parametrize(
    ("path", "status", "description"),
    [
        ("requests/10000000", 404, "Không có yêu cầu (service_request_id) này"),
        ("requests/abc", 404, "Không có yêu cầu (service_request_id) này"),
        ("tokens/123456", 404, "Không có yêu cầu (service_request_id) này"),
        ("services/033", 404, "Không có dịch vụ (service_code) này"),
        ("services/to-cao", 404, "Tố cáo được gửi bằng đơn"),
        ("requests?api_key=xyz", 403, "api_key không dùng được"),
        ("requests?start_date=2010-05-24", 400, "start_date: "),
        ("requests?start_date=0001-01-01T00:00:00Z", 400, "start_date: quá nhỏ"),
        ("requests?start_date=2026-01-01T00:00:00Z&end_date=2026-06-24T00:00:00Z", 400, "không quá 90 ngày"),
        (
            "requests?start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z",
            400,
            "end_date đứng trước start_date",
        ),
        ("requests?status=lost", 400, "status.0: không phải một trong các giá trị được phép"),
        ("requests?colour=red", 400, "colour: không có mục nào tên như vậy"),
    ],
)
async def test_what_cannot_be_read_is_told_in_the_specifications_shape(
    served: Interface, path: str, status: int, description: str
) -> None:
    name, _, query = path.partition("?")
    (told,) = await json_of(served, f"{name}.json?{query}", status)
    assert told["code"] == status
    assert description in told["description"]
    root = await xml_of(served, f"{name}.xml?{query}", status)
    assert (root.tag, root.findtext("error/code"), root.findtext("error/description")) == (
        "errors", str(status), told["description"],
    )  # fmt: skip


async def test_several_mistakes_are_several_errors(served: Interface) -> None:
    answer = await post(served, lat="100", email="x")
    assert len(await answer.json()) == 2


async def test_too_many_requests_are_told_in_the_specifications_shape(served: Interface) -> None:
    for _ in range(400):
        answer = await served.get(f"{V2}/services/none.xml")
        if answer.status == 429:
            break
    root = XML(await answer.text())
    assert (answer.status, root.findtext("error/code")) == (429, "429")
    assert int(answer.headers["Retry-After"]) >= 1


async def test_a_key_of_a_person_is_no_api_key(served: Interface) -> None:
    answer = await post(served, key=await served.key("leader"))
    assert answer.status == 403
