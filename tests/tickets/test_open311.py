"""GeoReport v2 as the specification has it: its examples, its names, its errors, in JSON and in XML; and what the public may not read."""

import asyncio
from datetime import datetime, timedelta
from typing import Any
from xml.etree.ElementTree import XML, Element

import pytest

from hotline1022.base.access import Role
from tests.interface import Interface
from tests.tickets.conftest import StillClock
from tickets.desk import Desk
from tickets.open311 import xml
from tickets.open311.model import Created, CreatedRequests
from tickets.rules import Rules

V2 = "/open311/v2"

EXAMPLE = {
    "jurisdiction_id": "dongthap.gov.vn",
    "service_code": "giao-thong",
    "lat": "10.4583",
    "long": "105.6367",
    "address_string": "Chợ, xã Thường Phước",
    "email": "smit333@sfgov.edu",
    "device_id": "tt222111",
    "account_id": "123456",
    "first_name": "Ánh",
    "last_name": "Nguyễn Thị",
    "phone": "0912345678",
    "description": "A large sinkhole is destroying the street",
    "media_url": "http://farm3.static.flickr.com/2002/2212426634_5ed477a060.jpg",
    "attribute[consent]": "true",
}
"""The specification's own example, with the one attribute that our services define in place of its two."""

REQUEST_FIELDS = [
    "service_request_id", "status", "status_notes", "service_name", "service_code", "description", "agency_responsible",
    "service_notice", "requested_datetime", "updated_datetime", "expected_datetime", "address", "address_id", "zipcode",
    "lat", "long", "media_url",
]  # fmt: skip
"""The fields of a request, in the order of the specification's table."""


async def post(served: Interface, kind: str = "json", key: str | None = None, **fields: str) -> Any:
    """The answer to a POST as the specification describes it; ``attribute__consent`` and the like are written out by hand."""
    form = {**EXAMPLE, "api_key": key if key is not None else await served.key("app"), **fields}
    return await served.post(
        f"{V2}/requests.{kind}", data={name: value for name, value in form.items() if value != "-"}
    )


async def sent(served: Interface, **fields: str) -> str:
    """The id of a request that was taken."""
    answer = await post(served, **fields)
    told = await answer.json()
    assert answer.status == 201, told
    return str(told[0]["service_request_id"])


async def json_of(served: Interface, path: str, status: int = 200) -> Any:
    """What a GET answers."""
    answer = await served.get(f"{V2}/{path}")
    told = await answer.json()
    assert (answer.status, answer.headers["Content-Type"]) == (status, "application/json; charset=utf-8"), told
    return told


async def xml_of(served: Interface, path: str, status: int = 200) -> Element:
    """What a GET answers as XML."""
    answer = await served.get(f"{V2}/{path}")
    text = await answer.text()
    assert (answer.status, answer.headers["Content-Type"]) == (status, "text/xml; charset=utf-8"), text
    assert text.lower().startswith("<?xml version='1.0' encoding='utf-8'?>")
    return XML(text)


def as_json(element: Element) -> Any:
    """An answer's XML under the Spark convention: a list where the name says so, null for an empty element."""
    if element.tag in xml.ITEMS:
        return [as_json(child) for child in element]
    if len(element):
        return {child.tag: as_json(child) for child in element}
    return element.text


def as_text(value: Any) -> Any:
    """A JSON answer with every value as the text that XML has for it."""
    if isinstance(value, dict):
        return {name: as_text(each) for name, each in value.items()}
    if isinstance(value, list):
        return [as_text(each) for each in value]
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


async def published(served: Interface, code: str) -> None:
    """Through the agency to the citizen, and before the public."""
    await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
    await served.move(code, "operator", "answer-at-once", text="Mai có đội sửa, chị Ánh nhé.")
    await served.move(code, "leader", "publish", question="Đường bị sụt.", answer="Đã sửa xong đường.")


async def test_discovery_has_every_field_of_its_specification(served: Interface) -> None:
    told = await json_of(served, "discovery.json")
    assert set(told) == {"changeset", "contact", "key_service", "endpoints"}
    endpoint = told["endpoints"][0]
    assert set(endpoint) == {"specification", "url", "changeset", "type", "formats"}
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"] == f"http://{served.client.host}:{served.client.port}/open311/v2"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    root = await xml_of(served, "discovery.xml")
    assert root.tag == "discovery"
    assert [each.text for each in root.findall("endpoints/endpoint/formats/format")] == ["text/xml", "application/json"]


async def test_services_are_the_topics_that_the_hotline_handles(served: Interface, rules: Rules) -> None:
    told = await json_of(served, "services.json?jurisdiction_id=dongthap.gov.vn")
    codes = [service["service_code"] for service in told]
    assert codes == [topic.code for topic in rules.topics.topics if topic.referral is None]
    assert not {"khieu-nai", "to-cao"} & set(codes)
    assert set(told[0]) == {"service_code", "service_name", "description", "metadata", "type", "keywords", "group"}
    assert {service["type"] for service in told} == {"realtime"}
    assert next(service["group"] for service in told if service["service_code"] == "dien").startswith("Sự cố hạ tầng")
    root = await xml_of(served, "services.xml")
    assert root.tag == "services"
    assert {child.tag for child in root} == {"service"}


async def test_a_service_definition_asks_for_the_one_consent_and_tells_what_it_is_for(served: Interface) -> None:
    told = await json_of(served, "services/giao-thong.json")
    (attribute,) = told["attributes"]
    assert told["service_code"] == "giao-thong"
    assert list(attribute) == [
        "variable", "code", "datatype", "required", "datatype_description", "order", "description", "values",
    ]  # fmt: skip
    assert (attribute["code"], attribute["datatype"], attribute["values"]) == (
        "consent", "singlevaluelist", [{"key": "true", "name": "Tôi đồng ý"}],
    )  # fmt: skip
    root = await xml_of(served, "services/giao-thong.xml")
    assert root.findtext("attributes/attribute/values/value/key") == "true"


async def test_the_specifications_example_becomes_a_ticket(
    served: Interface, desk: Desk, still_clock: StillClock
) -> None:
    answer = await post(served)
    told = await answer.json()
    assert answer.status == 201
    assert list(told[0]) == ["service_request_id", "service_notice", "account_id"]
    assert told[0]["account_id"] is None
    assert "Hạn " in told[0]["service_notice"]
    assert "media_url không được tải về" in told[0]["service_notice"]
    ticket = await desk.find(told[0]["service_request_id"])
    assert ticket is not None
    assert (ticket.topic, ticket.number, ticket.citizen_name, ticket.citizen_email, ticket.summary) == (
        "giao-thong", "+84912345678", "Nguyễn Thị Ánh", "smit333@sfgov.edu", EXAMPLE["description"],
    )  # fmt: skip
    assert (ticket.place, ticket.address, ticket.latitude) == ("29971", EXAMPLE["address_string"], 10.4583)
    assert ticket.consent is not None
    assert (ticket.consent.processing, ticket.consent.notice, ticket.consent.at) == (
        True, "open311-1", still_clock.now(),
    )  # fmt: skip
    assert "tt222111" not in ticket.model_dump_json()


async def test_a_request_is_answered_in_xml_as_the_specification_shows(served: Interface) -> None:
    answer = await post(served, "xml")
    root = XML(await answer.text())
    assert (answer.status, answer.headers["Content-Type"]) == (201, "text/xml; charset=utf-8")
    assert (root.tag, [child.tag for child in root]) == ("service_requests", ["request"])
    assert [child.tag for child in root[0]] == ["service_request_id", "service_notice", "account_id"]


async def test_who_names_nobody_need_not_consent(served: Interface, desk: Desk) -> None:
    nobody = dict.fromkeys(("email", "first_name", "last_name", "phone", "attribute[consent]"), "")
    ticket = await desk.find(await sent(served, **nobody))
    assert ticket is not None
    assert (ticket.consent, ticket.number, ticket.citizen_name) == (None, None, None)


@pytest.mark.parametrize("kind", ["json", "xml"])
async def test_both_formats_say_the_same_in_the_specifications_order(served: Interface, kind: str) -> None:
    id, key = await sent(served), await served.key("app")
    listed = await json_of(served, f"requests.json?api_key={key}")
    assert list(listed[0]) == REQUEST_FIELDS
    single = await json_of(served, f"requests/{id}.json?api_key={key}")
    assert single == listed
    root = await xml_of(served, f"requests/{id}.xml?api_key={key}")
    assert root.tag == "service_requests"
    assert as_json(root) == as_text(single)
    request = listed[0]
    assert (request["status"], request["service_name"], request["address_id"]) == ("open", "Giao thông", "29971")
    assert (request["lat"], request["long"], request["zipcode"], request["media_url"]) == (
        10.4583,
        105.6367,
        None,
        None,
    )
    assert request["requested_datetime"] == "2026-11-23T09:00:00+07:00"
    assert datetime.fromisoformat(request["expected_datetime"]) > datetime.fromisoformat(request["requested_datetime"])
    assert request["agency_responsible"] == "UBND xã Thường Phước"


async def test_the_public_reads_only_what_was_published_and_nothing_leads_back(served: Interface) -> None:
    hidden, shown = await sent(served, description="Chuyện của tôi"), await sent(served)
    await published(served, shown)
    answer = await served.get(f"{V2}/requests.json")
    text, told = await answer.text(), await answer.json()
    (request,) = told
    assert (request["description"], request["status_notes"], request["status"]) == (
        "Đường bị sụt.", "Đã sửa xong đường.", "closed",
    )  # fmt: skip
    assert (request["address"], request["lat"], request["long"]) == ("Phường Cao Lãnh", None, None)
    for secret in (hidden, shown, "Ánh", "Nguyễn", "912345678", "smit333", "sinkhole", "Chợ", "10.4583"):
        assert secret not in text
    assert await json_of(served, f"requests/{request['service_request_id']}.json") == told
    for id in (hidden, shown):
        await json_of(served, f"requests/{id}.json", 404)
        await json_of(served, f"tokens/{id}.json", 404)
        assert await json_of(served, f"requests.json?service_request_id={id}") == []
    await served.move(shown, "leader", "unpublish", reason="Cần xem lại.")
    assert await json_of(served, "requests.json") == []


async def test_an_app_reads_its_own_tickets_and_of_others_what_was_published(served: Interface) -> None:
    own, other = await sent(served), await served.api.keys.issue("zalo", Role.APP)
    theirs = await sent(served, api_key=other)
    await published(served, theirs)
    key = await served.key("app")
    by_app = {request["service_request_id"] for request in await json_of(served, f"requests.json?api_key={key}")}
    by_other = {request["service_request_id"] for request in await json_of(served, f"requests.json?api_key={other}")}
    assert own in by_app
    assert theirs not in by_app
    assert len(by_app) == 2
    assert by_other == {theirs}
    await json_of(served, f"requests/{own}.json?api_key={other}", 404)
    assert await json_of(served, f"tokens/{own}.json?api_key={key}") == [{"service_request_id": own, "token": own}]
    root = await xml_of(served, f"tokens/{own}.xml?api_key={key}")
    assert root.findtext("request/token") == own


async def test_a_request_tells_in_vietnamese_where_it_stands(served: Interface) -> None:
    id, key = await sent(served), await served.key("app")

    async def notes() -> tuple[str, str]:
        (request,) = await json_of(served, f"requests/{id}.json?api_key={key}")
        return request["status"], request["status_notes"]

    assert await notes() == ("open", "Đã tiếp nhận.")
    await served.move(id, "operator", "classify", topic="giao-thong", place="29869")
    await served.move(id, "operator", "route")
    await served.move(id, "officer", "accept")
    await served.move(id, "officer", "ask-citizen", question="Gần trụ nào?")
    assert await notes() == ("open", "Chờ người dân bổ sung. Cần bổ sung: Gần trụ nào?")
    await served.move(id, "officer", "resume", text="Trụ 7.")
    await served.move(id, "officer", "draft", text="Đã lấp hố.")
    assert await notes() == ("open", "Đang xử lý.")
    await served.move(id, "approver", "approve")
    await served.move(id, "operator", "tell", how="app")
    assert await notes() == ("closed", "Đã trả lời. Đã lấp hố.")


async def test_requests_are_chosen_by_id_service_status_and_time(served: Interface, still_clock: StillClock) -> None:
    key = await served.key("app")
    first = await sent(served)
    still_clock.advance(days=2)
    second = await sent(served, service_code="dien")
    await served.move(second, "operator", "answer-at-once", text="Có điện lại rồi.")
    still_clock.advance(days=1)

    async def ids(query: str) -> list[str]:
        found = await json_of(served, f"requests.json?api_key={key}&{query}")
        return [request["service_request_id"] for request in found]

    assert await ids("") == [second, first]
    assert await ids("service_code=dien") == [second]
    assert await ids("service_code=dien,giao-thong") == [second, first]
    assert await ids("status=open") == [first]
    assert await ids("status=closed&service_code=") == [second]
    assert await ids("status=open,closed") == [second, first]
    assert await ids("status=open&status=closed") == [second, first]
    assert await ids("end_date=2026-11-24T00:00:00Z") == [first]
    assert await ids("start_date=2026-11-24T00:00:00%2B07:00") == [second]
    assert await ids("start_date=2026-11-24T00:00:00+07:00") == [second]
    assert await ids("start_date=2026-11-23T00:00:00Z&end_date=2026-11-24T00:00:00Z") == [first]
    assert await ids(f"service_request_id={first},{second}&status=closed&service_code=dien") == [second, first]
    still_clock.advance(days=88)
    assert await ids("") == [second]
    assert await ids(f"service_request_id={first}") == [first]


async def test_a_repeated_request_with_an_idempotency_key_is_taken_once(served: Interface) -> None:
    form, headers = EXAMPLE | {"api_key": await served.key("app")}, {"Idempotency-Key": "retry-0001"}

    async def one() -> tuple[int, str]:
        answer = await served.post(f"{V2}/requests.json", data=form, headers=headers)
        return answer.status, (await answer.json())[0]["service_request_id"]

    answers = await asyncio.gather(*(one() for _ in range(4)))
    assert sorted(status for status, _ in answers) == [200, 200, 200, 201]
    assert len({id for _, id in answers}) == 1
    other = await served.post(f"{V2}/requests.json", data=form | {"description": "Khác."}, headers=headers)
    assert other.status == 400
    assert "nội dung khác" in (await other.json())[0]["description"]
    twice = [await sent(served), await sent(served)]
    assert len(set(twice)) == 2


def test_what_xml_cannot_carry_is_left_out_and_markup_is_words() -> None:
    said = "a\x08b\x0b<script>&\ufffe\ud83d\x1f…\U0001f333"
    written = xml.written(CreatedRequests((Created.model_construct(service_request_id="1", service_notice=said),)))
    root = XML(written)
    assert root.findtext("request/service_notice") == "ab<script>&…\U0001f333"


async def test_the_limit_of_ninety_days_counts_from_the_one_end_that_is_given(
    served: Interface, still_clock: StillClock
) -> None:
    id, key = await sent(served), await served.key("app")
    old = (still_clock.now() - timedelta(days=80)).strftime("%Y-%m-%dT%H:%M:%SZ")
    older = (still_clock.now() - timedelta(days=100)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert [
        each["service_request_id"] for each in await json_of(served, f"requests.json?api_key={key}&start_date={old}")
    ] == [id]
    assert await json_of(served, f"requests.json?api_key={key}&start_date={older}") == []
