"""Reads what a request carries into its model: query, JSON, forms, files. Limits hold while reading, not after."""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import BodyPartReader, StreamReader, web
from aiohttp.http_exceptions import HttpProcessingError
from multidict import MultiDict, MultiMapping
from pydantic import TypeAdapter, ValidationError

from hotline1022.base.http.problems import Mistake, ProblemError, of_validation
from hotline1022.base.http.routes import FileField, Route, Upload

KINDS = {
    "json": ("application/json",),
    "multipart": ("multipart/form-data",),
    "json-or-multipart": ("application/json", "multipart/form-data"),
    "form": ("application/x-www-form-urlencoded", "multipart/form-data"),
}
MOST_FIELDS = 100
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def read_fields(model: Any, fields: MultiMapping[str], part: str) -> Any:
    """A query or a form as its model. A name that comes twice is a list, which only some fields take."""
    values = {name: found[0] if len(found := fields.getall(name)) == 1 else found for name in fields}
    _refuse_unstorable(values, part)
    try:
        return TypeAdapter(model).validate_python(values)
    except ValidationError as error:
        raise of_validation(error, part) from error


async def read_body(route: Route, request: web.Request) -> tuple[Any, tuple[Upload, ...]]:
    """What the body says, as the route's model, and the files that came with it. Raises ProblemError."""
    if route.body is None:
        return None, ()
    if (request.content_length or 0) > route.most_bytes:
        raise _too_large(route)
    if request.content_type not in KINDS[route.takes]:
        raise ProblemError(415, f"Gửi nội dung dạng {' hoặc '.join(KINDS[route.takes])}")
    if request.content_type == "multipart/form-data":
        fields, files = await _multipart(route, request)
        return read_fields(route.body, fields, "body"), files
    text = await _bytes(request.content, route, route.most_bytes)
    if request.content_type == "application/json":
        return _json(route.body, text), ()
    try:
        pairs = parse_qsl(text.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS)
    except ValueError as error:
        raise ProblemError(400, "Nội dung không phải biểu mẫu") from error
    return read_fields(route.body, MultiDict(pairs), "body"), ()


def _json(model: Any, text: bytes) -> Any:
    try:
        _refuse_unstorable(json.loads(text), "body")
        return TypeAdapter(model).validate_json(text)
    except ValidationError as error:
        raise of_validation(error, "body") from error
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, "Nội dung không phải JSON, hoặc lồng quá sâu") from error


async def _multipart(route: Route, request: web.Request) -> tuple[MultiDict[str], tuple[Upload, ...]]:
    fields: MultiDict[str] = MultiDict()
    files: list[Upload] = []
    left = route.most_bytes
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader) or part.name is None or len(fields) + len(files) >= MOST_FIELDS:
                raise ProblemError(400, "Biểu mẫu có phần không dùng được")
            if part.filename is not None:
                found = await _file(part, part.name, route, left, len(files))
                files += found
                left -= sum(len(file.data) for file in found)
            else:
                data = await _bytes(part, route, left)
                left -= len(data)
                fields.add(part.name, data.decode())
    except (ValueError, AssertionError, RuntimeError, HttpProcessingError) as error:
        raise ProblemError(400, "Biểu mẫu không đọc được") from error
    return fields, tuple(files)


async def _file(part: BodyPartReader, name: str, route: Route, left: int, before: int) -> list[Upload]:
    """The file of this part; none where a browser sends the empty part of a field in which no file was chosen."""
    allowed = route.files
    if allowed is None or name != allowed.name:
        raise _wrong_file(422, name, "không nhận tệp ở mục này")
    if before >= allowed.most:
        raise _wrong_file(422, name, f"chỉ nhận tối đa {allowed.most} tệp")
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > allowed.most_bytes:
            what = f"tệp quá {_mebibytes(allowed.most_bytes)}"
            raise _wrong_file(413, f"{name}.{before}", what, {"Connection": "close"})
        if len(data) > left:
            raise _too_large(route)
    if not data and not part.filename:
        return []
    kind = part.headers.get("Content-Type", "application/octet-stream")
    return [Upload(name=name, media_type=kind[:100], data=bytes(data))]


def _wrong_file(status: int, name: str, what: str, headers: Mapping[str, str] | None = None) -> ProblemError:
    place = f"body.{name[:40]}"
    return ProblemError(status, f"{place}: {what}", mistakes=[Mistake(field=place, what=what)], headers=headers)


async def _bytes(source: StreamReader | BodyPartReader, route: Route, most: int) -> bytes:
    data = bytearray()
    while chunk := await (source.readany() if isinstance(source, StreamReader) else source.read_chunk()):
        data += chunk
        if len(data) > most:
            raise _too_large(route)
    return bytes(data)


def _too_large(route: Route) -> ProblemError:
    what = f"nội dung quá {_mebibytes(route.most_bytes)}"
    place, hint = "body", ""
    if route.files is not None:
        place, hint = f"body.{route.files.name}", _limits(route.files)
    return ProblemError(
        413,
        f"{place}: {what}{hint}",
        mistakes=[Mistake(field=place, what=what)],
        headers={"Connection": "close"},
    )


def _limits(files: FileField) -> str:
    return f" — gửi tối đa {files.most} tệp, mỗi tệp tối đa {_mebibytes(files.most_bytes)}"


def _mebibytes(count: int) -> str:
    return f"{count // 1024**2} MiB" if count >= 1024**2 else f"{count // 1024} KiB"


def _refuse_unstorable(values: Any, part: str) -> None:
    if _has_unstorable(values):
        what = "có ký tự không dùng được"
        raise ProblemError(422, f"{part}: {what}", mistakes=[Mistake(field=part, what=what)])


def _has_unstorable(values: Any) -> bool:
    """Whether a NUL or half a character is in it: no database keeps those."""
    if isinstance(values, str):
        return _UNSTORABLE.search(values) is not None
    if isinstance(values, Mapping):
        return any(_has_unstorable(each) for pair in values.items() for each in pair)
    return isinstance(values, list) and any(map(_has_unstorable, values))
