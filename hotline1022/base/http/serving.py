"""Serves routes: who asks, whether they may, what they sent; everything that is wrong is answered here, once, for all routes."""

import math
import re
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from ipaddress import ip_address, ip_network
from time import monotonic
from typing import Any

import structlog
from aiohttp import web
from pydantic import BaseModel

from hotline1022.base.access import Actor
from hotline1022.base.errors import HotlineError
from hotline1022.base.http.bodies import read_body, read_fields
from hotline1022.base.http.problems import Mistake, ProblemError, of_error
from hotline1022.base.http.rate_limit import RateLimit
from hotline1022.base.http.routes import Call, ErrorShape, Reply, Route
from hotline1022.base.log import where

log = structlog.get_logger()

Authenticate = Callable[[str], Awaitable[Actor | None]]
"""Whose key this is; None when it is nobody's."""

ANYTHING = "[^/]{1,100}"
"""What a name in a path may be where its route says nothing else."""

SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}


class Serving:
    """Mounts routes on an application. ``proxies`` are the addresses (or networks) whose ``X-Forwarded-For`` is believed."""

    def __init__(self, authenticate: Authenticate, proxies: Sequence[str] = ()) -> None:
        self._authenticate = authenticate
        self._proxies = [ip_network(each, strict=False) for each in proxies]
        self._shapes: list[tuple[re.Pattern[str], ErrorShape]] = []

    def mount(self, app: web.Application, routes: Sequence[Route]) -> None:
        """Serve ``routes``, and answer every other path and method with a problem."""
        for route in routes:
            if route.errors is not None:
                self._shapes.append((_pattern(route), route.errors))
            path = re.sub(r"{(\w+)}", lambda name, route=route: _in_path(name[1], route), route.path)  # type: ignore[misc]
            limit = RateLimit(*route.limit) if route.limit else None
            app.router.add_route(route.method, path, partial(self._serve, route, limit))
        if self._tell_errors not in app.middlewares:
            app.middlewares.append(self._tell_errors)

    async def _serve(self, route: Route, limit: RateLimit | None, request: web.Request) -> web.StreamResponse:
        client = self._client(request)
        try:
            actor = await self._actor(route, request)
        except ProblemError:
            _count(limit, client)
            raise
        _count(limit, f"key {actor.key}" if actor and actor.key else client)
        _check_headers(route, request)
        query = read_fields(route.query, request.query, "query")
        body, files = await read_body(route, request)
        call: Call[Any, Any] = Call(actor, dict(request.match_info), query, body, files, client, request.headers)
        return _answer(await route.handler(call), route)

    async def _actor(self, route: Route, request: web.Request) -> Actor | None:
        if route.roles is None:
            return None
        scheme, _, key = request.headers.get("Authorization", "").partition(" ")
        actor = await self._authenticate(key.strip()) if scheme.lower() == "bearer" else None
        if actor is None:
            raise ProblemError(
                401,
                "Thiếu khoá hoặc khoá không dùng được — gửi Authorization: Bearer KHOÁ",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if actor.role not in route.roles:
            raise ProblemError(403, "Vai trò của khoá này không được dùng chức năng này")
        return actor

    @web.middleware
    async def _tell_errors(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        try:
            response = await handler(request)
        except Exception as error:
            problem = _problem_of(error, request)
            shapes = (shape for pattern, shape in self._shapes if pattern.fullmatch(request.path))
            response = _shaped(problem, next(shapes, None))
        if not response.prepared:
            for name, value in SAFE_HEADERS.items():
                response.headers.setdefault(name, value)
        return response

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


def _count(limit: RateLimit | None, who: str) -> None:
    if limit is not None and (seconds := limit.wait(who, monotonic())):
        retry = {"Retry-After": str(math.ceil(seconds))}
        raise ProblemError(429, f"Gọi quá nhiều lần — thử lại sau {math.ceil(seconds)} giây", headers=retry)


def _in_path(name: str, route: Route) -> str:
    return "{" + f"{name}:{route.parameters.get(name, ANYTHING)}" + "}"


def _pattern(route: Route) -> re.Pattern[str]:
    """What the paths of a route look like, whatever the method."""
    steps = re.split(r"{(\w+)}", route.path)
    steps[::2] = map(re.escape, steps[::2])
    steps[1::2] = (f"(?:{route.parameters.get(name, ANYTHING)})" for name in steps[1::2])
    return re.compile("".join(steps))


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
    return _response(answer)


def _response(answer: Reply) -> web.Response:
    body = answer.body
    if isinstance(body, BaseModel):
        body = body.model_dump_json()
    data = body.encode() if isinstance(body, str) else body
    charset = None if isinstance(answer.body, bytes) else "utf-8"
    return web.Response(
        status=answer.status, headers=answer.headers, body=data, content_type=answer.media_type, charset=charset
    )


def _problem_of(error: Exception, request: web.Request) -> ProblemError:
    """What the client is told of it; what nobody foresaw is logged too."""
    if isinstance(error, ProblemError):
        return error
    if isinstance(error, HotlineError):
        return of_error(error)
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return ProblemError(405, f"Chỉ dùng được {allowed}", headers={"Allow": allowed})
    if isinstance(error, web.HTTPNotFound):
        return ProblemError(404, "Không có địa chỉ này")
    if isinstance(error, web.HTTPException):
        return ProblemError(error.status, "Yêu cầu không dùng được")
    log.error(
        "request_failed", route=_route_name(request), error=type(error).__name__, where=where(error.__traceback__)
    )
    return ProblemError(500, "Tổng đài gặp lỗi khi trả lời; lỗi đã được ghi lại")


def _shaped(error: ProblemError, shape: ErrorShape | None) -> web.StreamResponse:
    if shape is None:
        return error.response()
    status = shape.statuses.get(error.status, error.status)
    body = shape.body(error.problem.model_copy(update={"status": status}))
    media_type = shape.model if isinstance(shape.model, str) else "application/json"
    return _response(Reply(body, status=status, headers=error.headers, media_type=media_type))


def _route_name(request: web.Request) -> str:
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "unknown"
