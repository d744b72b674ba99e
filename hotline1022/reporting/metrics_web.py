"""``GET /metrics`` for Prometheus, Asterisk's own beside it, and the count of what was asked over HTTP. No figure is computed here."""

import hmac
from collections.abc import Sequence

from aiohttp import ClientError, ClientSession, ClientTimeout, encode_basic_auth, web
from aiohttp.typedefs import Handler

from hotline1022.base.metrics import CONTENT_TYPE, Collects, Metrics
from hotline1022.reporting.database_figures import DatabaseFigures

PATIENCE = ClientTimeout(total=5)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class MetricsPage:
    """The page of one service. Only who holds ``token`` may read it: behind a reverse proxy everybody comes from this machine."""

    def __init__(
        self, metrics: Metrics, live: Sequence[Collects], database: DatabaseFigures, token: str, asterisk: str
    ) -> None:
        """``asterisk`` is the URL of Asterisk's own page, which is reached from this machine alone and has the same token."""
        self._metrics, self._live, self._database, self._token = metrics, live, database, token
        self._asterisk = asterisk

    def mount(self, app: web.Application) -> None:
        """Serve both pages, and count every request that the application answers."""
        app.router.add_get("/metrics", self._tell)
        app.router.add_get("/metrics/asterisk", self._pass_on)
        app.middlewares.append(self._counting)

    def _refused(self, request: web.Request) -> web.Response | None:
        shown = request.headers.get("Authorization", "").encode()
        if self._token and hmac.compare_digest(shown, f"Bearer {self._token}".encode()):
            return None
        return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})

    async def _pass_on(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        headers = {"Authorization": encode_basic_auth("prometheus", self._token)}
        try:
            async with ClientSession(timeout=PATIENCE) as session, session.get(self._asterisk, headers=headers) as told:
                return web.Response(body=await told.read(), status=told.status, headers={"Content-Type": CONTENT_TYPE})
        except (ClientError, TimeoutError):
            return web.Response(status=502)

    async def _tell(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        await self._database.read()
        body = self._metrics.text(*self._live, self._database)
        return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE})

    @web.middleware
    async def _counting(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        status = 500
        try:
            answer = await handler(request)
            status = answer.status
        except web.HTTPException as answer:
            status = answer.status
            raise
        finally:
            method = request.method if request.method in METHODS else "other"
            self._metrics.http_requests.labels(method, f"{status // 100}xx").inc()
        return answer
