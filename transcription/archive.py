"""Taking a model out of an untrusted zip archive: only plain files, only inside the target, only up to a size.

No network.
"""

import shutil
import zlib
from pathlib import Path, PurePosixPath
from zipfile import BadZipFile, ZipFile, ZipInfo

from hotline1022.base.errors import HotlineError

MOST_BYTES = 4 * 1024**3
"""No model here is larger when unpacked."""

_LINK = 0o120000
_TYPE = 0o170000


class BadArchiveError(HotlineError):
    """The archive is damaged, or tries what a model has no reason to do."""


def unpack(archive: Path, root: str, target: Path) -> None:
    """Write every file below ``root`` of the archive into ``target``. Raises BadArchiveError."""
    prefix = PurePosixPath(root)
    try:
        with ZipFile(archive) as packed:
            members = [member for member in packed.infolist() if not member.is_dir()]
            if sum(member.file_size for member in members) > MOST_BYTES:
                raise BadArchiveError(f"Tệp nén {archive.name} bung ra quá lớn")
            for member in members:
                path = _inside(member, archive)
                if path.is_relative_to(prefix):
                    _write(packed, member, target / path.relative_to(prefix))
    except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise _damaged(archive) from error


def join(archives: list[Path], members: tuple[str, ...], target: Path) -> None:
    """Write ``members``, each found in one of ``archives``, one after another into the file ``target``.

    Raises BadArchiveError.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as out:
        for member in members:
            for archive in archives:
                try:
                    with ZipFile(archive) as packed:
                        if member in packed.namelist():
                            with packed.open(member) as part:
                                shutil.copyfileobj(part, out)
                            break
                except (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
                    raise _damaged(archive) from error
            else:
                raise BadArchiveError(f"Không thấy {PurePosixPath(member).name} trong gói đã tải")


def _inside(member: ZipInfo, archive: Path) -> PurePosixPath:
    path = PurePosixPath(member.filename)
    linked = (member.external_attr >> 16) & _TYPE == _LINK
    if path.is_absolute() or ".." in path.parts or "\\" in member.filename or ":" in member.filename or linked:
        raise BadArchiveError(f"Tệp nén {archive.name} có đường dẫn đáng ngờ nên không được bung")
    return path


def _write(packed: ZipFile, member: ZipInfo, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with packed.open(member) as source, target.open("wb") as out:
        shutil.copyfileobj(source, out)


def _damaged(archive: Path) -> BadArchiveError:
    return BadArchiveError(f"Tệp nén {archive.name} hỏng hoặc tải chưa hết")
