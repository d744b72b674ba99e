"""The panel's page and its files, as built from `panel/`. Nobody's data is in them: whoever may not sign in sees a form."""

from pathlib import Path

from aiohttp import web

BUILT = Path(__file__).parent / "built"

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "font-src 'self'",
        "img-src 'self' blob:",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Permissions-Policy": "microphone=(self), camera=(self), geolocation=(), autoplay=(self)",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}

FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
"""A built file's name changes with its content."""

NOT_BUILT = (
    '<!doctype html><html lang="vi"><meta charset="utf-8"><title>1022</title>'
    "<p>Trang điều hành chưa được dựng. Chạy <code>make panel</code> rồi tải lại trang.</p></html>"
)


def mount(app: web.Application, built: Path = BUILT) -> None:
    """Serve the page under ``/panel/`` (every address of it is the same page) and its files under ``/panel/assets/``."""
    files = {path.name: path for path in built.glob("*") if path.is_file() and path.suffix not in (".gz", ".html")}

    async def page(_request: web.Request) -> web.StreamResponse:
        index = built / "index.html"
        text = index.read_text("utf-8") if index.is_file() else NOT_BUILT
        return web.Response(
            text=text, content_type="text/html", charset="utf-8", headers=HEADERS | {"Cache-Control": "no-cache"}
        )

    async def file(request: web.Request) -> web.StreamResponse:
        found = files.get(request.match_info["name"])
        if found is None:
            raise web.HTTPNotFound
        return web.FileResponse(found, headers=HEADERS | FOR_EVER)

    async def to_page(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/panel/"})

    app.router.add_get("/", to_page)
    app.router.add_get("/panel", to_page)
    app.router.add_get("/panel/assets/{name:[A-Za-z0-9._-]{1,120}}", file)
    # Addresses of the page are made of words, digits, hyphens: everything else is somebody's mistake.
    app.router.add_get("/panel/{address:[a-z0-9/-]{0,120}}", page)
    # The id of a call has the dots of its channel in it.
    app.router.add_get("/panel/nhat-ky-goi/{call:[A-Za-z0-9._-]{1,80}}", page)
