"""The province's files as they lie in the data folder: read, and written whole or not at all. Nothing is checked here."""

import os
from datetime import UTC, datetime
from pathlib import Path

from hotline1022.administration.catalogue import ProvinceFile
from hotline1022.base.errors import HotlineError


def write_whole(path: Path, content: bytes) -> None:
    """Put ``content`` where ``path`` is, in one step that a power cut cannot halve. Raises HotlineError."""
    half = path.with_name(f".{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as error:
        half.unlink(missing_ok=True)
        raise HotlineError(
            f"Không ghi được tệp {path.name}: {error.strerror}", remedy="kiểm tra quyền ghi và chỗ trống của máy chủ"
        ) from error


class LiveFiles:
    """The files in the data folder ``data``; a file that the province does not have is the shipped one."""

    def __init__(self, data: Path) -> None:
        self.data = data

    def text(self, file: ProvinceFile) -> str:
        """The text in force. What is not UTF-8 is shown with replacement signs. Raises HotlineError."""
        own = self.data / file.place
        try:
            return (own if own.is_file() else file.shipped).read_bytes().decode("utf-8-sig", errors="replace")
        except OSError as error:
            raise HotlineError(f"Không đọc được tệp {file.place}: {error.strerror}") from error

    def written_at(self, file: ProvinceFile) -> datetime | None:
        """When the province's own file was written; None for the shipped one."""
        try:
            return datetime.fromtimestamp((self.data / file.place).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    def own_bytes(self, file: ProvinceFile) -> bytes | None:
        """The province's own file as it lies there."""
        try:
            return (self.data / file.place).read_bytes()
        except FileNotFoundError:
            return None

    def put(self, file: ProvinceFile, text: str) -> None:
        """Bring ``text`` into force. Raises HotlineError."""
        write_whole(self.data / file.place, text.encode())

    def put_back(self, file: ProvinceFile, content: bytes | None) -> None:
        """The file as it lay there before, when what should have followed did not happen."""
        if content is None:
            (self.data / file.place).unlink(missing_ok=True)
        else:
            write_whole(self.data / file.place, content)
