"""The description of routes: OpenAPI 3.1, made from the routes themselves and the schemas of their models. Nothing is written by hand."""

import re
from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import JsonSchemaMode

from hotline1022.base.http.bodies import KINDS
from hotline1022.base.http.problems import TITLES, Problem
from hotline1022.base.http.routes import ErrorShape, Nothing, Route

REFERENCE = "#/components/schemas/{model}"


def describe(routes: Sequence[Route], *, title: str, version: str) -> dict[str, Any]:
    """The OpenAPI 3.1 document of ``routes``."""
    models = _Models(routes)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = _operation(route, models)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in dict.fromkeys(route.tag for route in routes)],
        "paths": paths,
        "components": {
            "schemas": models.definitions,
            "securitySchemes": {
                "key": {"type": "http", "scheme": "bearer", "description": "Khoá truy cập: 1022_..."},
                "session": {
                    "type": "apiKey",
                    "in": "cookie",
                    "name": "hotline_session",
                    "description": "Phiên đăng nhập của trang điều hành; yêu cầu làm thay đổi phải kèm X-CSRF-Token.",
                },
            },
        },
    }


class _Models:
    """The schemas of every model that the routes name, under one set of names."""

    def __init__(self, routes: Sequence[Route]) -> None:
        wanted: list[tuple[Any, JsonSchemaMode]] = [(Problem, "serialization")]
        for route in routes:
            wanted.append((route.query, "validation"))
            if route.body is not None:
                wanted.append((route.body, "validation"))
            answers = [*route.answers.values(), *([route.errors.model] if isinstance(route.errors, ErrorShape) else [])]
            wanted += [(model, "serialization") for model in answers if not isinstance(model, str | None)]
        inputs = [(index, mode, TypeAdapter(model)) for index, (model, mode) in enumerate(wanted)]
        found, schemas = TypeAdapter.json_schemas(inputs, ref_template=REFERENCE)
        self.definitions: dict[str, Any] = schemas.get("$defs", {})
        self._of = {(id(model), mode): found[(index, mode)] for index, (model, mode) in enumerate(wanted)}

    def of(self, model: Any, mode: JsonSchemaMode) -> dict[str, Any]:
        """The schema of a model: a reference, mostly."""
        return self._of[(id(model), mode)]

    def opened(self, model: Any) -> dict[str, Any]:
        """The schema itself, where parameters must be told one by one."""
        schema = self.of(model, "validation")
        name = schema.get("$ref", "").removeprefix(REFERENCE.format(model=""))
        return self.definitions[name] if name else schema


def _operation(route: Route, models: _Models) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "-", f"{route.method.lower()}{route.path}").strip("-"),
        "summary": route.summary,
        "tags": [route.tag],
        "responses": _responses(route, models),
    }
    if route.description:
        told["description"] = route.description
    if route.roles is not None:
        told["security"] = [{"key": []}, {"session": []}]
        told["x-roles"] = sorted(route.roles)
    if parameters := _parameters(route, models):
        told["parameters"] = parameters
    if route.body is not None:
        content = {kind: {"schema": _body(route, kind, models)} for kind in KINDS[route.takes]}
        told["requestBody"] = {"required": True, "content": content}
    return told


def _body(route: Route, kind: str, models: _Models) -> dict[str, Any]:
    """The schema of a body; files stand beside the fields of a multipart one."""
    if route.files is None or kind != "multipart/form-data":
        return models.of(route.body, "validation")
    schema = models.opened(route.body)
    file = {"type": "string", "format": "binary"}
    told = f"Tối đa {route.files.most} tệp, mỗi tệp tối đa {route.files.most_bytes // 1024**2} MiB"
    files = {"type": "array", "items": file, "maxItems": route.files.most, "description": told}
    return schema | {"properties": {**schema["properties"], route.files.name: files}}


def _parameters(route: Route, models: _Models) -> list[dict[str, Any]]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string", "pattern": _anchored(pattern)}}
        for name in re.findall(r"{(\w+)}", route.path)
        for pattern in [route.parameters.get(name, "[^/]{1,100}")]
    ]
    parameters += [
        {"name": name, "in": "header", "required": True, "schema": {"type": "string", "pattern": _anchored(pattern)}}
        for name, pattern in route.headers.items()
    ]
    if route.query is not Nothing:
        schema = models.opened(route.query)
        for name, field in schema.get("properties", {}).items():
            required = name in schema.get("required", [])
            parameters.append({"name": name, "in": "query", "required": required, "schema": field})
    return parameters


def _responses(route: Route, models: _Models) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for status, model in route.answers.items():
        told[str(status)] = {"description": route.summary}
        if model is not None:
            told[str(status)]["content"] = _content(model, models)
    statuses = [404, 405, 409, 422, 500, 503, *route.also]
    statuses += [401, 403] if route.roles is not None else []
    statuses += [400, 413, 415] if route.body is not None else []
    statuses += [429] if route.limit else []
    problem: dict[str, Any] = {"application/problem+json": {"schema": models.of(Problem, "serialization")}}
    contents: dict[int, dict[str, Any]] = {}
    if isinstance(route.errors, ErrorShape):
        shaped, become = _content(route.errors.model, models), route.errors.statuses
        statuses = list({become.get(status, status) for status in statuses} | set(become.values()))
        # A path that no route has, and a method that it does not have, are told before any route is chosen.
        contents = dict.fromkeys(statuses, shaped) | {404: shaped | problem, 405: problem}
    elif route.errors is not None:
        kinds = {model for model in route.answers.values() if isinstance(model, str)}
        contents = {status: {kind: {"schema": {}} for kind in kinds or {"*/*"}} for status in statuses}
    told |= {
        str(status): {"description": TITLES[status], "content": contents.get(status, problem)}
        for status in sorted(statuses)
    }
    return told


def _content(model: Any, models: _Models) -> dict[str, Any]:
    if isinstance(model, str):
        return {model: {"schema": {}}}
    return {"application/json": {"schema": models.of(model, "serialization")}}


def _anchored(pattern: str) -> str:
    return f"^{pattern}$"
