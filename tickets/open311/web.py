"""The routes of GeoReport v2, each once for JSON and once for XML. Routes only; services decide."""

import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal

from pydantic import BaseModel

from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.errors import Forbidden, Invalid
from hotline1022.base.http.problems import Problem
from hotline1022.base.http.routes import Call, ErrorShape, Reply, Route
from hotline1022.base.http.serving import Authenticate
from tickets.open311 import xml
from tickets.open311.forms import KeyQuery, NewRequest, PlainQuery, RequestsQuery
from tickets.open311.model import (
    Answer,
    CreatedRequests,
    Discovery,
    Endpoint,
    Error,
    Errors,
    ServiceDefinition,
    ServiceRequests,
    Services,
    Token,
    Tokens,
)
from tickets.open311.requests import GeoReport
from tickets.open311.services import definition_of, services_of
from tickets.rules import StandingRules
from tickets.web import IDEMPOTENCY

BASE = "/open311/v2"
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
FORMATS = ("json", "xml")
TAG = "Open311 GeoReport v2"
CONTACT = "Tổng đài 1022: gọi 1022."
KEY_SERVICE = "Xin khoá truy cập (api_key) tại Tổng đài 1022: gọi 1022, nêu tên ứng dụng và người phụ trách."
OFTEN = (300, 60.0)
"""Requests and seconds for one address."""

STATUSES = {401: 403, 409: 400, 415: 400, 422: 400}
"""GeoReport knows 404, 403 for the key, and 400 for what is wrong with a request."""

Made = tuple[Answer, int]
Handle = Callable[[Call[Any, Any]], Awaitable[Made]]


def routes(*, georeport: GeoReport, rules: StandingRules, authenticate: Authenticate, clock: Clock) -> list[Route]:
    """All of GeoReport v2 under ``/open311/v2``."""
    changes = _Changes(rules, clock)

    async def app_of(key: str | None) -> Actor | None:
        if key is None:
            return None
        actor = await authenticate(key)
        if actor is None or actor.role is not Role.APP:
            raise Forbidden("api_key không dùng được", remedy="kiểm tra khoá, hoặc xin khoá tại Tổng đài 1022")
        return actor

    async def discovered(call: Call[PlainQuery, None]) -> Made:
        return changes.discovery(_url(call.headers)), 200

    async def services(_call: Call[PlainQuery, None]) -> Made:
        return services_of(rules.current.topics), 200

    async def service(call: Call[PlainQuery, None]) -> Made:
        return definition_of(rules.current.topics, call.path["service_code"]), 200

    async def sent(call: Call[PlainQuery, NewRequest]) -> Made:
        actor = await app_of(call.body.api_key)
        if actor is None:
            raise Forbidden("Thiếu api_key", remedy="xin khoá tại Tổng đài 1022")
        created, new = await georeport.send(call.body, actor, _idempotency_key(call.headers))
        return CreatedRequests((created,)), 201 if new else 200

    async def listed(call: Call[RequestsQuery, None]) -> Made:
        return ServiceRequests(await georeport.listed(call.query, await app_of(call.query.api_key))), 200

    async def shown(call: Call[KeyQuery, None]) -> Made:
        request = await georeport.one(call.path["service_request_id"], await app_of(call.query.api_key))
        return ServiceRequests((request,)), 200

    async def token(call: Call[KeyQuery, None]) -> Made:
        request = await georeport.one(call.path["token"], await app_of(call.query.api_key))
        id = request.service_request_id
        return Tokens((Token(service_request_id=id, token=id),)), 200

    table: list[tuple[Literal["GET", "POST"], str, Handle, str, type[BaseModel], type[BaseModel]]] = [
        ("GET", "discovery", discovered, "Giới thiệu giao diện", Discovery, PlainQuery),
        ("GET", "services", services, "Các dịch vụ (lĩnh vực)", Services, PlainQuery),
        ("GET", "services/{service_code}", service, "Các mục của một dịch vụ", ServiceDefinition, PlainQuery),
        ("POST", "requests", sent, "Gửi một yêu cầu", CreatedRequests, PlainQuery),
        ("GET", "requests", listed, "Các yêu cầu đã công bố, và của ứng dụng có khoá", ServiceRequests, RequestsQuery),
        ("GET", "requests/{service_request_id}", shown, "Xem một yêu cầu", ServiceRequests, KeyQuery),
        ("GET", "tokens/{token}", token, "Mã yêu cầu của một token (là chính nó)", Tokens, KeyQuery),
    ]
    return [
        Route(
            method, f"{BASE}/{path}.{kind}", _in(kind, handle), summary, TAG, None, _answers(kind, method, model),
            query=query, body=NewRequest if method == "POST" else None, takes="form", limit=OFTEN, errors=_ERRORS[kind],
        )
        for method, path, handle, summary, model, query in table
        for kind in FORMATS
    ]  # fmt: skip


class _Changes:
    """When the services last changed, as far as this process knows."""

    def __init__(self, rules: StandingRules, clock: Clock) -> None:
        self._rules, self._clock = rules, clock
        self._services, self._at = services_of(rules.current.topics), clock.now()

    def discovery(self, url: str) -> Discovery:
        """The discovery document for whoever came in at ``url``."""
        services = services_of(self._rules.current.topics)
        if services != self._services:
            self._services, self._at = services, self._clock.now()
        changeset = self._at.astimezone(CIVIL_ZONE).isoformat(timespec="seconds")
        formats = (xml.MEDIA_TYPE, "application/json")
        endpoint = Endpoint(specification=SPECIFICATION, url=url, changeset=changeset, formats=formats)
        return Discovery(changeset=changeset, contact=CONTACT, key_service=KEY_SERVICE, endpoints=(endpoint,))


def _in(kind: str, handle: Handle) -> Callable[[Call[Any, Any]], Awaitable[Reply]]:
    async def handled(call: Call[Any, Any]) -> Reply:
        answer, status = await handle(call)
        if kind == "xml":
            return Reply(xml.written(answer), status=status, media_type=xml.MEDIA_TYPE)
        return Reply(answer, status=status)

    return handled


def _answers(kind: str, method: str, model: type[BaseModel]) -> Mapping[int, Any]:
    answer = xml.MEDIA_TYPE if kind == "xml" else model
    return {200: answer} | ({201: answer} if method == "POST" else {})


def _told(problem: Problem) -> Errors:
    """Each mistake by itself, with the name of its argument."""
    told = [f"{mistake.field.partition('.')[2]}: {mistake.what}".removeprefix(": ") for mistake in problem.mistakes]
    return Errors(tuple(Error(code=problem.status, description=what) for what in told or [problem.detail]))


_ERRORS = {
    "json": ErrorShape(_told, Errors, STATUSES),
    "xml": ErrorShape(lambda problem: xml.written(_told(problem)), xml.MEDIA_TYPE, STATUSES),
}


def _idempotency_key(headers: Mapping[str, str]) -> str | None:
    """GeoReport knows no such key; who sends one may repeat a request that got no answer."""
    key = headers.get("Idempotency-Key")
    if key is not None and not re.fullmatch(IDEMPOTENCY["Idempotency-Key"], key):
        raise Invalid("Idempotency-Key không đúng dạng")
    return key


def _url(headers: Mapping[str, str]) -> str:
    """Where the asker found this interface."""
    host, scheme = headers.get("Host", ""), headers.get("X-Forwarded-Proto", "http")
    if not re.fullmatch(r"[A-Za-z0-9.:\[\]-]{1,255}", host) or scheme not in ("http", "https"):
        return BASE
    return f"{scheme}://{host}{BASE}"
