"""Installing models: sources in order of trial, digests checked, moved into place only when whole. It prints nothing.

A model appears in the models folder at once or not at all; what was half fetched waits beside it and is taken up again.
"""

import asyncio
import shutil
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol
from zipfile import is_zipfile

from hotline1022.base.errors import HotlineError
from transcription.archive import BadArchiveError, unpack
from transcription.registry import (
    RECORD,
    HubSource,
    InstalledRecord,
    ModelEntry,
    PackageSource,
    PageSource,
    SourceKind,
    sha256_of,
)
from transcription.sources import SourceFailedError, from_hub, from_package, from_page

STAGING = ".fetching"


class FetchReport(Protocol):
    """Where a fetch tells how it goes; the sentences are Vietnamese."""

    def trying(self, name: str, where: str) -> None:
        """A source is being tried."""
        ...

    def amount(self, done: int, total: int | None) -> None:
        """``done`` of ``total`` bytes are here."""
        ...

    def refused(self, sentence: str) -> None:
        """The source could not give the model; the next one is tried."""
        ...


async def fetch(
    entry: ModelEntry, models: Path, report: FetchReport, order: Sequence[SourceKind] | None = None
) -> InstalledRecord:
    """Fetch the model from the first source that gives it whole. ``order`` names the kinds to try, in that order.

    Raises HotlineError when no source gives it; its remedy says how to copy the model by hand.
    """
    sources = entry.sources
    if order is not None:
        sources = tuple(source for kind in order for source in entry.sources if source.kind == kind)
    reasons = []
    for number, source in enumerate(sources):
        stage = models / STAGING / f"{entry.name}-{number}-{source.kind}"
        stage.mkdir(parents=True, exist_ok=True)
        report.trying(entry.name, _where(source))
        try:
            pinned = await _from(source, stage, report)
            record = await asyncio.to_thread(_install, entry, stage / "model", models, source.kind, pinned)
        except (SourceFailedError, BadArchiveError) as error:
            reasons.append(error.what)
            report.refused(f"{entry.name}: {error.what}")
            if isinstance(error, BadArchiveError):
                shutil.rmtree(stage, ignore_errors=True)
            continue
        shutil.rmtree(stage, ignore_errors=True)
        return record
    raise HotlineError(
        f"Không tải được mô hình {entry.name} ({'; '.join(reasons) or 'không có nguồn nào được phép'})",
        remedy=f"tải ở máy khác rồi chạy: hotline1022 models add {entry.name} ĐƯỜNG_DẪN",
    )


async def _from(source: PageSource | HubSource | PackageSource, stage: Path, report: FetchReport) -> bool:
    shutil.rmtree(stage / "scratch", ignore_errors=True)
    if isinstance(source, PageSource):
        return await from_page(source, stage, report)
    if isinstance(source, HubSource):
        return await from_hub(source, stage, report)
    return await from_package(source, stage, report)


def add(entry: ModelEntry, path: Path, models: Path) -> InstalledRecord:
    """Install a model that an engineer copied by hand: a folder, a zip archive or wheel, or the single file it is.

    Files whose sha256 the registry pins are checked against it; the others are recorded as they are. Raises
    HotlineError.
    """
    stage = models / STAGING / f"{entry.name}-add"
    shutil.rmtree(stage, ignore_errors=True)
    stage.mkdir(parents=True)
    try:
        if path.is_dir():
            shutil.copytree(path, stage / "all", symlinks=True, ignore=shutil.ignore_patterns(RECORD))
        elif is_zipfile(path):
            unpack(path, "", stage / "all")
        elif path.is_file() and path.name in entry.marks:
            (stage / "all").mkdir()
            shutil.copy2(path, stage / "all" / path.name)
        else:
            raise HotlineError(
                f"{path.name} không phải thư mục hay tệp nén chứa mô hình {entry.name}",
                remedy="chép cả thư mục mô hình hoặc tệp .zip đã tải",
            )
        folder = _folder_with(entry, stage / "all")
        pins = entry.pinned()
        digests = {name: sha256_of(folder / name) for name in pins if (folder / name).is_file()}
        matching = [name for name, digest in digests.items() if digest in pins[name]]
        return _install(entry, folder, models, "add", pinned=bool(pins) and len(matching) == len(pins))
    except OSError as error:
        raise HotlineError(f"Không đọc được {path.name}", remedy="kiểm tra đường dẫn và quyền đọc") from error
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _folder_with(entry: ModelEntry, top: Path) -> Path:
    """The folder below ``top`` that is the model."""
    for mark in entry.marks:
        for found in sorted(top.rglob(Path(mark).name), key=lambda path: len(path.parts)):
            if found.is_file() and not found.is_symlink() and str(found).endswith(mark):
                return found.parents[len(Path(mark).parts) - 1]
    raise BadArchiveError(f"Không thấy tệp {entry.marks[0]} của mô hình {entry.name}")


def _install(entry: ModelEntry, folder: Path, models: Path, source: str, pinned: bool) -> InstalledRecord:
    folder = _folder_with(entry, folder)
    links = [path for path in folder.rglob("*") if path.is_symlink()]
    if links:
        raise BadArchiveError(f"Mô hình {entry.name} chứa liên kết {links[0].name} nên không được nhận")
    names = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
    record = InstalledRecord(source=source, pinned=pinned, files={name: sha256_of(folder / name) for name in names})
    (folder / RECORD).write_text(record.model_dump_json(indent=1), "utf-8")
    place, old = models / entry.name, models / STAGING / f"{entry.name}-old-{time.time_ns()}"
    if place.exists():
        place.rename(old)
    folder.rename(place)
    shutil.rmtree(old, ignore_errors=True)
    return record


def _where(source: PageSource | HubSource | PackageSource) -> str:
    if isinstance(source, PageSource):
        return f"trang {source.url.split('/')[2]}"
    if isinstance(source, HubSource):
        return f"kho mô hình {source.repository}"
    return f"gói Python {', '.join(source.packages)}"
