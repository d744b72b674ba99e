"""Announcements and notices over HTTP: leaders write them, everybody of the hotline reads them. Routes only."""

from collections.abc import Callable
from typing import Annotated

from pydantic import BaseModel, StringConstraints

from hotline1022.base.access import HOTLINE_ROLES, Role
from hotline1022.base.errors import Invalid
from hotline1022.base.http.routes import Call, CivilInstant, FileField, Nothing, Reply, Route, Told, WrittenInstant
from telephony.announcing.announcements import Announcements
from telephony.announcing.store import Announcement, Notice

TAG = "Lời báo chung"
LEADERS = frozenset({Role.LEADER, Role.ADMINISTRATOR})
ID = {"id": "[1-9][0-9]{0,17}"}
SOUND = FileField("sound", 1, 10 * 1024 * 1024)

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=400)]


class Wanted(Told):
    """What callers are to be told, until when, and about which commune. An hour that has passed ends it."""

    text: Text
    until: WrittenInstant
    place: Annotated[str, StringConstraints(max_length=16)] | None = None


class WantedNotice(Told):
    """What operators should know, with a sentence for callers."""

    text: Text
    say: Annotated[str, StringConstraints(strip_whitespace=True, max_length=1000)] | None = None
    until: WrittenInstant | None = None


class AnnouncementTold(BaseModel):
    """What callers are told; everything is None while nothing is. ``spoken``: callers hear it; if not, ``silent_because`` says why."""

    text: str | None = None
    until: CivilInstant | None = None
    place: str | None = None
    place_name: str | None = None
    by: str | None = None
    at: CivilInstant | None = None
    spoken: bool = False
    silent_because: str | None = None


class VersionsTold(BaseModel):
    """What was announced, the last first."""

    versions: tuple[AnnouncementTold, ...]


class NoticeTold(BaseModel):
    """A notice that counts now."""

    id: int
    text: str
    say: str | None
    until: CivilInstant | None
    by: str
    at: CivilInstant


class NoticesTold(BaseModel):
    """The notices that count now, the last first."""

    notices: tuple[NoticeTold, ...]


def routes(announcements: Announcements, place_name: Callable[[str | None], str | None]) -> list[Route]:
    """``/api/announcement`` and ``/api/notices``. ``place_name`` names a commune of today; None for a code of none."""

    def told(each: Announcement | None) -> AnnouncementTold:
        if each is None:
            return AnnouncementTold()
        return AnnouncementTold(
            text=each.text,
            until=each.until,
            place=each.place,
            place_name=place_name(each.place),
            by=each.by,
            at=each.at,
            spoken=each.sound is not None,
            silent_because=each.silent_because,
        )

    def noticed(each: Notice) -> NoticeTold:
        return NoticeTold.model_validate(each, from_attributes=True)

    async def standing(_call: Call[Told, None]) -> AnnouncementTold:
        return told(await announcements.standing())

    async def announced(call: Call[Told, Wanted]) -> AnnouncementTold:
        said = call.body
        if said.place is not None and place_name(said.place) is None:
            raise Invalid("Không có xã, phường mang mã này", field="place")
        return told(await announcements.announce(said.text, said.until, said.place, call.by))

    async def spoken(call: Call[Told, Nothing]) -> AnnouncementTold:
        if not call.files:
            raise Invalid("Thiếu tệp âm thanh", remedy="chọn một tệp WAV", field=SOUND.name)
        return told(await announcements.speak(call.files[0].data, call.by))

    async def versions(_call: Call[Told, None]) -> VersionsTold:
        return VersionsTold(versions=tuple(told(each) for each in await announcements.versions()))

    async def listed(_call: Call[Told, None]) -> NoticesTold:
        return NoticesTold(notices=tuple(noticed(each) for each in await announcements.notices()))

    async def added(call: Call[Told, WantedNotice]) -> NoticeTold:
        said = call.body
        return noticed(await announcements.note(said.text, said.say or None, said.until, call.by))

    async def ended(call: Call[Told, None]) -> Reply:
        await announcements.end_notice(int(call.path["id"]), call.by)
        return Reply(status=204)

    path, everybody = "/api/announcement", HOTLINE_ROLES
    return [
        Route("GET", path, standing, "Lời báo chung cho người gọi", TAG, everybody, {200: AnnouncementTold}),
        Route(
            "PUT", path, announced, "Phát lời báo chung", TAG, LEADERS, {200: AnnouncementTold}, body=Wanted,
            description="Người gọi nghe trước khi bấm phím, đến giờ đã chọn; giờ đã qua là thôi phát. Máy đọc lời.",
        ),
        Route(
            "PUT", f"{path}/sound", spoken, "Thay giọng máy bằng giọng người", TAG, LEADERS, {200: AnnouncementTold},
            body=Nothing, takes="multipart", files=SOUND, most_bytes=SOUND.most_bytes + 64 * 1024,
        ),
        Route("GET", f"{path}/versions", versions, "Các lời báo đã phát", TAG, LEADERS, {200: VersionsTold}),
        Route("GET", "/api/notices", listed, "Điều cần biết trong ca", TAG, everybody, {200: NoticesTold}),
        Route(
            "POST", "/api/notices", added, "Thêm điều cần biết", TAG, LEADERS, {201: NoticeTold}, body=WantedNotice
        ),
        Route(
            "DELETE", "/api/notices/{id}", ended, "Bỏ điều cần biết", TAG, LEADERS, {204: None}, parameters=ID
        ),
    ]  # fmt: skip
