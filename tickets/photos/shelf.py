"""Where the pictures lie: ``YYYY/MM/DD/<id>.jpg`` by civil date of arrival. Files only; no name ever comes from a sender.

A picture has a second name in ``unsettled`` from before it is on the shelf until it is known whether a ticket has it. So a
picture that no ticket has is always found again, after a crash too, and one on the shelf is always whole.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import NotFound
from tickets.photos.model import Shot

_INSTANT = "%Y%m%dT%H%M%S.%f"


class PhotoShelf:
    """A folder of pictures. Methods block: call them off the event loop."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is made when needed."""
        self._folder = folder
        self._unsettled = folder / "unsettled"

    def put(self, shot: Shot, data: bytes) -> None:
        """Keep a picture: when this returns it is on the disk, and unsettled."""
        self._unsettled.mkdir(parents=True, exist_ok=True)
        waiting, place = self._waiting(shot.id, shot.at), self._place(shot.id, shot.at)
        place.parent.mkdir(parents=True, exist_ok=True)
        with waiting.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        _flush(self._unsettled)
        place.hardlink_to(waiting)
        _flush(place.parent)

    def read(self, shot: Shot) -> bytes:
        """The picture. Raises NotFound when its file is gone."""
        try:
            return self._place(shot.id, shot.at).read_bytes()
        except FileNotFoundError as error:
            raise NotFound(
                f"Tệp của ảnh {shot.id} không còn", remedy="khôi phục thư mục photos từ bản sao lưu"
            ) from error

    def unsettled(self, before: datetime) -> dict[str, datetime]:
        """The pictures of before an instant of which it is not known whether a ticket has them, with their instants."""
        found: dict[str, datetime] = {}
        for path in self._unsettled.glob("*.jpg"):
            written, _, id = path.stem.partition("-")
            # What somebody else has put here is left alone.
            with suppress(ValueError):
                at = datetime.strptime(written, _INSTANT).replace(tzinfo=UTC)
                if at < before:
                    found[id] = at
        return found

    def settle(self, id: str, at: datetime, *, kept: bool) -> None:
        """A ticket has the picture, or none ever will: then it is removed."""
        if not kept:
            self._place(id, at).unlink(missing_ok=True)
        self._waiting(id, at).unlink(missing_ok=True)

    def _place(self, id: str, at: datetime) -> Path:
        return self._folder / at.astimezone(CIVIL_ZONE).strftime("%Y/%m/%d") / f"{id}.jpg"

    def _waiting(self, id: str, at: datetime) -> Path:
        return self._unsettled / f"{at.astimezone(UTC).strftime(_INSTANT)}-{id}.jpg"


def _flush(folder: Path) -> None:
    """Put the folder itself on the disk; without it a name may be forgotten."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
