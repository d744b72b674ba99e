"""Takes pictures in: cleaned, on the shelf before the ticket is written, off it again when no ticket was. No rule is here."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import structlog

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.base.http.routes import Upload
from hotline1022.base.ids import new_id
from tickets.photos import store
from tickets.photos.model import Shot
from tickets.photos.picture import cleaned
from tickets.photos.shelf import PhotoShelf

log = structlog.get_logger()

DECODED_AT_ONCE = 2
"""Pictures: each may need some hundred MiB of memory for a moment."""

SETTLED_AFTER = timedelta(hours=1)
"""How old an unsettled picture must be before somebody else than its own request settles it."""


class Studio:
    """Pictures on their way to tickets."""

    def __init__(self, database: Database, clock: Clock, shelf: PhotoShelf) -> None:
        self._database, self._clock, self.shelf = database, clock, shelf
        self._decoding = asyncio.Semaphore(DECODED_AT_ONCE)

    @asynccontextmanager
    async def taken(self, uploads: Sequence[Upload]) -> AsyncIterator[tuple[Shot, ...]]:
        """The pictures of ``uploads`` on the shelf, while the block makes them part of a ticket, or does not.

        Raises Invalid, which names the one that is no picture; nothing is kept then. Raises OSError when the disk is full.
        """
        if not uploads:
            yield ()
            return
        await self.sweep()
        pictures = []
        for number, upload in enumerate(uploads):
            async with self._decoding:
                pictures.append(await asyncio.to_thread(cleaned, upload.data, f"{upload.name}.{number}"))
        at = self._clock.now()
        shots = tuple(
            Shot(
                id=new_id(),
                at=at,
                width=picture.width,
                height=picture.height,
                size=len(picture.data),
                sha256=hashlib.sha256(picture.data).hexdigest(),
            )
            for picture in pictures
        )
        try:
            for shot, picture in zip(shots, pictures, strict=True):
                await asyncio.to_thread(self.shelf.put, shot, picture.data)
            yield shots
        finally:
            await self._settle({shot.id: shot.at for shot in shots})

    async def sweep(self) -> int:
        """Settle what a crash has left behind; returns how many pictures that was. A folder that is almost always empty is read."""
        before = self._clock.now() - SETTLED_AFTER
        left = await asyncio.to_thread(self.shelf.unsettled, before)
        if left:
            await self._settle(left)
            log.info("photos_settled", count=len(left))
        return len(left)

    async def _settle(self, pictures: Mapping[str, datetime]) -> None:
        try:
            async with self._database.reading() as connection:
                kept = await store.kept(connection, pictures)
        except DatabaseAway:
            # Nobody can say now whether the ticket was written: a later sweep can.
            log.warning("photos_unsettled", count=len(pictures))
            return
        for id, at in pictures.items():
            await asyncio.to_thread(self.shelf.settle, id, at, kept=id in kept)
