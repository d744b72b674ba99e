"""Claims about the panel's own page and files: one page for every address of it, files that may be kept, nothing else from the disk."""

from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from hotline1022.panel import pages


def built(folder: Path) -> Path:
    """What a build leaves, in small."""
    (folder / "index.html").write_text("<!doctype html><title>1022</title>", encoding="utf-8")
    (folder / "index-abc.js").write_text("1" * 2000, encoding="utf-8")
    (folder / "index-abc.js.gz").write_bytes(b"\x1f\x8b packed")
    return folder


async def test_every_address_of_the_panel_is_the_same_page_and_lets_nothing_foreign_in(tmp_path: Path) -> None:
    app = web.Application()
    pages.mount(app, built(tmp_path))
    async with TestClient(TestServer(app)) as client:
        call = "/panel/nhat-ky-goi/node1-1764150000.12"
        for address in ("/panel/", "/panel/phieu/12045678", "/panel/quan-tri/nguoi-dung", call, "/"):
            answer = await client.get(address)
            assert (answer.status, "1022" in await answer.text()) == (200, True), address
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "unsafe" not in policy
            assert answer.headers["Cache-Control"] == "no-cache"


async def test_files_are_kept_for_ever_packed_for_those_who_can_unpack_and_nothing_else_is_given(
    tmp_path: Path,
) -> None:
    (tmp_path / "secrets.env").write_text("x", encoding="utf-8")
    folder = tmp_path / "built"
    folder.mkdir()
    app = web.Application()
    pages.mount(app, built(folder))
    async with TestClient(TestServer(app), auto_decompress=False) as client:
        packed = await client.get("/panel/assets/index-abc.js", headers={"Accept-Encoding": "gzip"})
        assert (packed.headers["Content-Encoding"], "immutable" in packed.headers["Cache-Control"]) == ("gzip", True)
        plain = await client.get("/panel/assets/index-abc.js", headers={"Accept-Encoding": "identity"})
        assert await plain.read() == b"1" * 2000
        for name in ("..%2Fsecrets.env", "%2e%2e/secrets.env", "index.html", "index-abc.js.gz", "other.js"):
            assert (await client.get(f"/panel/assets/{name}")).status == 404, name


async def test_a_panel_that_was_not_built_says_how_to_build_it(tmp_path: Path) -> None:
    app = web.Application()
    pages.mount(app, tmp_path)
    async with TestClient(TestServer(app)) as client:
        assert "make panel" in await (await client.get("/panel/")).text()
