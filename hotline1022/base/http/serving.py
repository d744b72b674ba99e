"""Serves routes: who asks, whether they may, what they sent; everything that is wrong is answered here, once, for all routes."""

import math
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Any, Protocol

import structlog
from aiohttp import web
from pydantic import BaseModel

from hotline1022.base.access import Actor
from hotline1022.base.errors import HotlineError
from hotline1022.base.http.bodies import read_body, read_fields
from hotline1022.base.http.problems import Mistake, ProblemError, of_error
from hotline1022.base.http.rate_limit import RateLimit
from hotline1022.base.http.routes import Call, Reply, Route
from hotline1022.base.log import where

log = structlog.get_logger()

Authenticate = Callable[[str], Awaitable[Actor | None]]
"""Whose key this is; None when it is nobody's."""


class KnownSession(Protocol):
    """A session of a browser, as serving needs to know it."""

    @property
    def actor(self) -> Actor:
        """Who is signed in."""
        ...

    @property
    def needs(self) -> str | None:
        """What must be done before anything but ``/api/session`` is allowed."""
        ...

    def was_meant(self, csrf: str) -> bool:
        """Whether a request that changes something comes from a page of ours."""
        ...


OfSession = Callable[[web.Request], Awaitable[KnownSession | None]]
"""Whose session a request carries; None when it carries none."""

OWN = "/api/session"
"""Where whoever still has to change a password or to confirm a second factor does so."""

_NEEDS = {"password": "Cần đổi mật khẩu trước", "second-factor": "Cần bật xác nhận hai bước trước"}

_ROUTE = web.RequestKey("route", Route)

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Serving:
    """Mounts routes on an application. ``proxies`` are the addresses (or networks) whose ``X-Forwarded-For`` is believed."""

    def __init__(
        self, authenticate: Authenticate, proxies: Sequence[str] = (), of_session: OfSession | None = None
    ) -> None:
        self._authenticate, self._of_session = authenticate, of_session
        self._proxies = [ip_network(each, strict=False) for each in proxies]

    def mount(self, app: web.Application, routes: Sequence[Route]) -> None:
        """Serve ``routes``, and answer every other path and method with a problem."""
        for route in routes:
            path = re.sub(r"{(\w+)}", lambda name, route=route: _in_path(name[1], route), route.path)  # type: ignore[misc]
            limit = RateLimit(*route.limit) if route.limit else None
            app.router.add_route(route.method, path, partial(self._serve, route, limit))
        if _tell_errors not in app.middlewares:
            app.middlewares.append(_tell_errors)

    async def _serve(self, route: Route, limit: RateLimit | None, request: web.Request) -> web.StreamResponse:
        request[_ROUTE] = route
        client = self._client(request)
        try:
            actor = await self._actor(route, request)
        except ProblemError:
            _count(limit, client)
            raise
        _count(limit, _who(actor) or client)
        _check_headers(route, request)
        query = read_fields(route.query, request.query, "query")
        body, files = await read_body(route, request)
        call: Call[Any, Any] = Call(actor, dict(request.match_info), query, body, files, client, request.headers)
        return _answer(await route.handler(call), route)

    async def _actor(self, route: Route, request: web.Request) -> Actor | None:
        if route.roles is None:
            return None
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            actor = await self._authenticate(key.strip())
        else:
            actor = await self._at_browser(route, request)
        if actor is None:
            raise ProblemError(
                401,
                "Thiếu khoá hoặc khoá không dùng được — gửi Authorization: Bearer KHOÁ",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if actor.role not in route.roles:
            raise ProblemError(403, "Vai trò này không được dùng chức năng này")
        return actor

    async def _at_browser(self, route: Route, request: web.Request) -> Actor | None:
        """Who is signed in. What changes something must come from a page of ours: a browser adds the cookie for any page."""
        session = await self._of_session(request) if self._of_session else None
        if session is None:
            return None
        if route.method != "GET" and not session.was_meant(request.headers.get("X-CSRF-Token", "")):
            raise ProblemError(
                403, "Yêu cầu này không đến từ trang điều hành — tải lại trang rồi thử lại", needs="csrf"
            )
        if session.needs and not route.path.startswith(OWN):
            raise ProblemError(403, _NEEDS[session.needs], needs=session.needs)
        return session.actor

    def _client(self, request: web.Request) -> str:
        """The last address of the chain that is not a proxy of ours."""
        hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
        address = request.remote or "unknown"
        while hops and self._is_proxy(address):
            address = hops.pop()
        return address[:64]

    def _is_proxy(self, address: str) -> bool:
        try:
            return any(ip_address(address) in network for network in self._proxies)
        except ValueError:
            return False


def _who(actor: Actor | None) -> str | None:
    """By whom requests are counted, where that is known better than by address."""
    if actor is None:
        return None
    return f"key {actor.key}" if actor.key else f"account {actor.account}" if actor.account else None


def _count(limit: RateLimit | None, who: str) -> None:
    if limit is not None and (seconds := limit.wait(who, monotonic())):
        retry = {"Retry-After": str(math.ceil(seconds))}
        raise ProblemError(429, f"Gọi quá nhiều lần — thử lại sau {math.ceil(seconds)} giây", headers=retry)


def _in_path(name: str, route: Route) -> str:
    return "{" + f"{name}:{route.parameters.get(name, '[^/]{1,100}')}" + "}"


def _check_headers(route: Route, request: web.Request) -> None:
    for name, pattern in route.headers.items():
        given = request.headers.get(name)
        if given is None or not re.fullmatch(pattern, given):
            what = "thiếu tiêu đề này" if given is None else "không đúng dạng"
            raise ProblemError(422, f"header.{name}: {what}", mistakes=[Mistake(field=f"header.{name}", what=what)])


def _answer(answer: BaseModel | Reply | web.StreamResponse, route: Route) -> web.StreamResponse:
    if isinstance(answer, web.StreamResponse):
        return answer
    if isinstance(answer, BaseModel):
        answer = Reply(answer, status=min(route.answers))
    body = answer.body
    if isinstance(body, BaseModel):
        body = body.model_dump_json()
    data = body.encode() if isinstance(body, str) else body
    charset = None if isinstance(answer.body, bytes) else "utf-8"
    return web.Response(
        status=answer.status, headers=answer.headers, body=data, content_type=answer.media_type, charset=charset
    )


@web.middleware
async def _tell_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        response = await handler(request)
    except Exception as error:
        route = request.get(_ROUTE)
        tell = route.errors if route is not None and route.errors is not None else ProblemError.response
        response = tell(_problem(error, route))
    if not response.prepared:
        for name, value in SAFE_HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def _problem(error: Exception, route: Route | None) -> ProblemError:
    match error:
        case ProblemError():
            return error
        case HotlineError():
            return of_error(error)
        case web.HTTPMethodNotAllowed():
            allowed = ", ".join(sorted(error.allowed_methods))
            return ProblemError(405, f"Chỉ dùng được {allowed}", headers={"Allow": allowed})
        case web.HTTPNotFound():
            return ProblemError(404, "Không có địa chỉ này")
        case web.HTTPException():
            return ProblemError(error.status, "Yêu cầu không dùng được")
    log.error(
        "request_failed",
        route=route.path if route else "unknown",
        error=type(error).__name__,
        where=where(error.__traceback__),
    )
    return ProblemError(500, "Tổng đài gặp lỗi khi trả lời; lỗi đã được ghi lại")
