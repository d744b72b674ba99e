"""A small server on a real port: one route of each kind, to try the ground that every interface stands on."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Annotated, Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from pydantic import AwareDatetime, BaseModel, Field, StringConstraints

from hotline1022.base.access import Actor, Role
from hotline1022.base.errors import DatabaseAway, Forbidden, HotlineError, Invalid, NotFound, Refused
from hotline1022.base.http.paging import PageQuery
from hotline1022.base.http.routes import Call, FileField, Route, Told
from hotline1022.base.http.serving import Serving

Client = TestClient[web.Request, web.Application]
MOST_BYTES = 64 * 1024


class Said(Told):
    """A body."""

    text: Annotated[str, StringConstraints(max_length=100)]
    count: int = 0
    at: AwareDatetime | None = None
    tags: Annotated[tuple[str, ...], Field(max_length=3)] = ()
    anything: Any = None


class Heard(BaseModel):
    """What arrived."""

    text: str | None = None
    files: tuple[str, ...] = ()
    client: str = ""
    by: str | None = None


ERRORS: dict[str, Exception] = {
    "invalid": Invalid("Mã sai", remedy="nhập lại", field="code"),
    "not-found": NotFound("Không có phiếu 1"),
    "forbidden": Forbidden("Không được"),
    "refused": Refused("Chưa được"),
    "told": HotlineError("Hỏng"),
    "away": DatabaseAway("x"),
    "fault": ZeroDivisionError("số 0912345678"),
}


async def _heard(call: Call[Any, Any]) -> Heard:
    return Heard(
        text=getattr(call.body, "text", None),
        files=tuple(f"{each.name}:{len(each.data)}" for each in call.files),
        client=call.client,
        by=call.actor.name if call.actor else None,
    )


async def _failing(call: Call[Any, Any]) -> Heard:
    raise ERRORS[call.path["how"]]


ANSWERS = {200: Heard}
PHOTO = FileField("photo", most=3, most_bytes=MOST_BYTES)
ROUTES = [
    Route("POST", "/json", _heard, "x", "x", None, ANSWERS, body=Said, most_bytes=MOST_BYTES),
    Route(
        "POST", "/form", _heard, "x", "x", None, ANSWERS, body=Said, takes="form", files=PHOTO, most_bytes=MOST_BYTES
    ),
    Route(
        "POST",
        "/photo",
        _heard,
        "x",
        "x",
        None,
        ANSWERS,
        body=Said,
        takes="multipart",
        files=PHOTO,
        most_bytes=MOST_BYTES,
    ),
    Route("GET", "/list", _heard, "x", "x", None, ANSWERS, query=PageQuery),
    Route("GET", "/seldom", _heard, "x", "x", None, ANSWERS, limit=(2, 3600.0)),
    Route("GET", "/mine", _heard, "x", "x", frozenset({Role.LEADER}), ANSWERS),
    Route("GET", "/fails/{how}", _failing, "x", "x", None, ANSWERS, parameters={"how": "[a-z-]+"}),
]


@asynccontextmanager
async def served(proxies: Sequence[str] = ()) -> AsyncIterator[Client]:
    """A client of the small server, which believes ``proxies``."""

    async def authenticate(key: str) -> Actor | None:
        return {"lead": Actor(name="hoa", role=Role.LEADER), "operate": Actor(name="lan", role=Role.OPERATOR)}.get(key)

    app = web.Application()
    Serving(authenticate, proxies).mount(app, ROUTES)
    async with TestClient(TestServer(app)) as client:
        yield client


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    """A client of the small server."""
    serving: AbstractAsyncContextManager[Client] = served()
    async with serving as running:
        yield running
