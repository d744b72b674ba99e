"""The description of the interface, and the interface held against it: every route that there is, asked by schemathesis."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any, get_origin

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.core.result import Ok
from schemathesis.schemas import APIOperation

from hotline1022.base.http.rate_limit import RateLimit
from hotline1022.base.http.routes import Route
from tests.interface import Interface
from tests.tickets.test_web import opened

EXAMPLES = 25
"""Requests of each kind (right and wrong) to each route."""

LEFT_OUT = {
    "positive_data_acceptance",  # a topic of the right shape may still be one that nobody knows
    "object_level_authorization",  # whose ticket is whose is tests/tickets/test_web.py's
    "use_after_free",  # nothing is deleted
    "ensure_resource_availability",
}
ENDLESS = "text/event-stream"

load_all_checks()
CHECKED: list[Any] = [check for check in CHECKS.get_all() if check.__name__ not in LEFT_OUT]

INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?")
INSTANT_NAME = re.compile(r"(?!valid_)(.*_)?(at|due|starts?|ends?|from|to|until|datetime)|before|after")


async def described(served: Interface) -> Any:
    """The description as a client reads it."""
    return await (await served.get("/api/openapi.json")).json()


def within(value: Any) -> Iterator[Any]:
    """``value`` and everything in it."""
    yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from within(part)


def instants_without_zone(value: Any) -> list[str]:
    """Every instant in an answer that does not say its zone."""
    found = (INSTANT.fullmatch(part) for part in within(value) if isinstance(part, str))
    return [match[0] for match in found if match and match["zone"] is None]


async def test_the_description_is_a_valid_openapi_3_1_document(served: Interface) -> None:
    document = await described(served)
    assert document["openapi"].startswith("3.1")
    schemathesis.openapi.from_dict(document).validate()
    for schema in document["components"]["schemas"].values():
        jsonschema_rs.meta.validate({"$schema": "https://json-schema.org/draft/2020-12/schema", **schema})


async def test_every_route_is_described_once_with_a_vietnamese_summary(served: Interface) -> None:
    paths = (await described(served))["paths"]
    operations = [operation for path in paths.values() for operation in path.values()]
    assert len(operations) == len(served.api.routes)
    assert len({operation["operationId"] for operation in operations}) == len(operations)
    for operation in operations:
        assert re.search(r"[^\x00-\x7f]", operation["summary"]), operation["summary"]
        assert operation["tags"]


async def test_every_list_is_paged(served: Interface) -> None:
    for route in served.api.routes:
        for model in route.answers.values():
            assert get_origin(model) not in (list, tuple), route.path
            fields = set(getattr(model, "model_fields", ()))
            assert "items" not in fields or "next" in fields, f"{route.method} {route.path} tells a list without pages"
            if {"items", "next"} <= fields:
                assert {"limit", "cursor"} <= set(route.query.model_fields), route.path


async def test_every_instant_is_described_as_one(served: Interface) -> None:
    for name, schema in (await described(served))["components"]["schemas"].items():
        for field, told in schema.get("properties", {}).items():
            kinds = [kind for kind in (told, *told.get("anyOf", ())) if kind.get("type") == "string"]
            if INSTANT_NAME.fullmatch(field) and kinds:
                whole_days = field.startswith("valid_") or field in {"from", "to"}
                wanted = {"date", "date-time"} if whole_days else {"date-time"}  # a range of days, or an instant
                assert any(kind.get("format") in wanted for kind in kinds), f"{name}.{field}: {told}"


@pytest.mark.timeout(400)
async def test_every_route_keeps_to_its_description_whatever_it_is_sent(
    served: Interface, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RateLimit, "wait", lambda *_: 0.0)  # the limit itself is tested elsewhere
    codes = [(await opened(served, f"form-{number:04}"))["code"] for number in range(4)]
    for code in codes[1:]:
        await served.move(code, "operator", "classify", topic="giao-thong", place="29869")
        await served.move(code, "operator", "route")
    await served.move(codes[2], "officer", "accept")
    await served.move(codes[3], "officer", "accept")
    await served.move(codes[3], "officer", "draft", text="Đã thay bóng đèn.")
    routes: dict[tuple[str, str], Route] = {(route.method, route.path): route for route in served.api.routes}
    failures: list[str] = []
    asked = 0
    for found in schemathesis.openapi.from_dict(await described(served)).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        route = routes[operation.method.upper(), operation.path]
        if ENDLESS in route.answers.values():
            continue
        keys: list[str | None] = [None]
        if route.roles:
            keys = [await served.key(role) for role in sorted(route.roles)]
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            if mode is GenerationMode.NEGATIVE and not _takes_anything(route):
                continue
            asked += 1
            failures += await asyncio.to_thread(explored, served, operation, mode, keys, codes)
    assert not failures, "\n\n".join(failures)
    assert asked >= len(routes)


def explored(
    served: Interface,
    operation: APIOperation[Any, Any, Any, Any],
    mode: GenerationMode,
    keys: list[str | None],
    codes: list[str],
) -> list[str]:
    """What schemathesis finds wrong with one route, from its own thread: the server answers in the test's loop."""
    base = str(served.client.make_url("")).rstrip("/")

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(
        case=operation.as_strategy(generation_mode=mode),
        key=st.sampled_from(keys),
        code=st.sampled_from([None, *codes]),
    )
    def ask(case: Case[Any], key: str | None, code: str | None) -> None:
        if code and mode is GenerationMode.POSITIVE and "code" in (case.path_parameters or {}):
            case.path_parameters["code"] = code  # a code at random is nobody's
        response = case.call(base_url=base, headers={"Authorization": f"Bearer {key}"} if key else {})
        case.validate_response(response, checks=CHECKED)
        if "json" in response.headers.get("Content-Type", [""])[0]:
            assert not instants_without_zone(response.json())

    try:
        ask()
    except Unsatisfiable:
        # What every text is right for cannot be sent wrong; the right ones can always be made.
        return (
            []
            if mode is GenerationMode.NEGATIVE
            else [f"{operation.label}: nothing right can be made of its description"]
        )
    except (FailureGroup, Failure, AssertionError) as failure:
        return [f"{operation.label} ({mode}): {failure}"]
    return []


def _takes_anything(route: Route) -> bool:
    return bool(route.body or route.headers or route.query.model_fields or "{" in route.path)
