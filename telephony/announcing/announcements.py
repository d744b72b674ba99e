"""What callers are told now, kept with every version; and the notices that operators read. How a flow says it is the flow's matter."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog

from hotline1022.base.access import Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway, HotlineError, Invalid, NotFound, Refused
from telephony.announcing import store
from telephony.announcing.sounds import FOLDER, AnnouncementSounds
from telephony.announcing.store import Announcement, Notice

log = structlog.get_logger()

FARTHEST = timedelta(days=7)
"""An announcement that lasts longer belongs into the greeting."""

MOST_VERSIONS = 50
LOOK_SECONDS = 15.0
"""Between looks for what another node or an earlier run has announced."""


class Announcements:
    """Announcements and notices. Methods that ask the database raise DatabaseAway. ``sounds`` is None where there is no telephone."""

    def __init__(self, database: Database, clock: Clock, sounds: AnnouncementSounds | None = None) -> None:
        self._database, self._clock = database, clock
        self.sounds = sounds
        self.changed: Callable[[], None] = lambda: None
        """Hears of every change."""
        self._last: Announcement | None = None

    def spoken(self) -> str | None:
        """The recording that callers hear now, as a name beside the prompts; None when nothing is announced or it has no sound."""
        last = self._last
        if last is None or last.sound is None or last.until <= self._clock.now() or self.sounds is None:
            return None
        return f"{FOLDER}/{last.sound}" if self.sounds.has(last.sound) else None

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except DatabaseAway:
                log.warning("announcements_wait_for_database")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Take what was announced last. A machine's reading that this node does not have is made again."""
        found = await self.versions(1)
        last = found[0] if found else None
        self._last = last
        if last and last.sound and last.until > self._clock.now() and self.sounds and not self.sounds.has(last.sound):
            try:
                made = await asyncio.to_thread(self.sounds.read_aloud, last.text)
            except HotlineError as error:
                log.warning("announcement_without_sound", reason=type(error).__name__)
            else:
                log.info("announcement_read_again", same=made == last.sound)

    async def versions(self, limit: int = MOST_VERSIONS) -> list[Announcement]:
        """What was announced, the last first."""
        async with self._database.reading() as connection:
            return await store.versions(connection, limit)

    async def standing(self) -> Announcement | None:
        """What is announced now."""
        await self.look()
        return self._last if self._last and self._last.until > self._clock.now() else None

    async def announce(self, text: str, until: datetime, place: str | None, actor: Actor) -> Announcement | None:
        """Announce this, instead of whatever was; an hour that has passed ends it. Raises Invalid for one too far ahead."""
        now = self._clock.now()
        if until > now + FARTHEST:
            raise Invalid("Lời báo chung kéo dài nhất 7 ngày", remedy="chọn giờ sớm hơn", field="until")
        sound, why = (None, None) if until <= now else await self._read_aloud(text)
        await self._write(actor, text=text, until=until, place=place, sound=sound, silent_because=why)
        return await self.standing()

    async def speak(self, data: bytes, actor: Actor) -> Announcement | None:
        """Let callers hear a person say what is announced now. Raises Refused when nothing is, and Invalid."""
        last = await self.standing()
        if last is None or self.sounds is None:
            raise Refused("Chưa có lời báo chung nào đang dùng", remedy="phát lời báo trước rồi gửi giọng đọc")
        sound = await asyncio.to_thread(self.sounds.take, data)
        await self._write(actor, text=last.text, until=last.until, place=last.place, sound=sound, silent_because=None)
        return await self.standing()

    async def _read_aloud(self, text: str) -> tuple[str | None, str | None]:
        if self.sounds is None:
            return None, "Nơi này không có tổng đài điện thoại"
        try:
            return await asyncio.to_thread(self.sounds.read_aloud, text), None
        except Invalid:
            raise
        except HotlineError as error:
            return None, str(error)

    async def _write(
        self,
        actor: Actor,
        *,
        text: str,
        until: datetime,
        place: str | None,
        sound: str | None,
        silent_because: str | None,
    ) -> None:
        async with self._database.transaction() as connection:
            await store.announce(
                connection,
                text=text,
                place=place,
                until=until,
                at=self._clock.now(),
                by=actor.name,
                sound=sound,
                silent_because=silent_because,
            )
        await self.look()
        self.changed()

    async def notices(self) -> list[Notice]:
        """The notices that count now."""
        async with self._database.reading() as connection:
            return await store.standing_notices(connection, self._clock.now())

    async def note(self, text: str, say: str | None, until: datetime | None, actor: Actor) -> Notice:
        """A notice for every operator. Raises Invalid for an hour that has passed."""
        now = self._clock.now()
        if until is not None and until <= now:
            raise Invalid("Giờ kết thúc phải ở phía trước", field="until")
        async with self._database.transaction() as connection:
            id = await store.add_notice(connection, text=text, say=say, until=until, at=now, by=actor.name)
        self.changed()
        return Notice(id=id, text=text, say=say, until=until, at=now, by=actor.name)

    async def end_notice(self, id: int, actor: Actor) -> None:
        """Nobody need know it any more. Raises NotFound."""
        async with self._database.transaction() as connection:
            if not await store.end_notice(connection, id, self._clock.now(), actor.name):
                raise NotFound("Không có thông báo này")
        self.changed()
