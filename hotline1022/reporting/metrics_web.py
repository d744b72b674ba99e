"""``GET /metrics`` for Prometheus, and the count of what was asked over HTTP. No figure is computed here."""

import hmac
from collections.abc import Sequence

from aiohttp import web
from aiohttp.typedefs import Handler

from hotline1022.base.metrics import CONTENT_TYPE, Collects, Metrics
from hotline1022.reporting.database_figures import DatabaseFigures

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")


class MetricsPage:
    """The page of one service. Only who holds ``token`` may read it: behind a reverse proxy everybody comes from this machine."""

    def __init__(self, metrics: Metrics, live: Sequence[Collects], database: DatabaseFigures, token: str) -> None:
        self._metrics, self._live, self._database, self._token = metrics, live, database, token

    def mount(self, app: web.Application) -> None:
        """Serve the page, and count every request that the application answers."""
        app.router.add_get("/metrics", self._tell)
        app.middlewares.append(self._counting)

    async def _tell(self, request: web.Request) -> web.Response:
        shown = request.headers.get("Authorization", "").encode()
        if not self._token or not hmac.compare_digest(shown, f"Bearer {self._token}".encode()):
            return web.Response(status=401, headers={"WWW-Authenticate": "Bearer"})
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
