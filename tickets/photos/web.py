"""The interface to photos for those who work on tickets. Routes only; services decide."""

import asyncio
from typing import Literal

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES
from hotline1022.base.errors import Invalid
from hotline1022.base.http.routes import Call, FileField, Reply, Route, Told
from tickets.dossier import Dossier, TicketFile
from tickets.handling import Handling
from tickets.move_request import Words
from tickets.moves import Note, Progress
from tickets.photos.model import MEDIA_TYPE, MOST_AT_ONCE, MOST_BYTES, MOST_REQUEST_BYTES
from tickets.photos.studio import Studio

WORKERS = HOTLINE_ROLES | AGENCY_ROLES
CODE = {"code": "[1-9][0-9]{7}"}
ID = {"id": "[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"}
PHOTOS = FileField("photos", MOST_AT_ONCE, MOST_BYTES)
MOST = MOST_REQUEST_BYTES
TAG = "Ảnh"


class PhotoCall(Told):
    """What the photos show, as a remark among officials or as the progress that the citizen may read."""

    move: Literal["note", "progress"] = "note"
    text: Words = "Ảnh đính kèm."


def routes(*, studio: Studio, handling: Handling, dossier: Dossier) -> list[Route]:
    """Adding and seeing photos of tickets."""

    async def added(call: Call[Told, PhotoCall]) -> Reply:
        if not call.files:
            raise Invalid("Thiếu ảnh", remedy="chọn ít nhất một ảnh JPEG, PNG hoặc WebP", field=PHOTOS.name)
        code, text = call.path["code"], call.body.text
        move = Note(move="note", text=text) if call.body.move == "note" else Progress(move="progress", text=text)
        # Who may not see the ticket is told so before any picture is decoded.
        await dossier.file(code, call.by)
        async with studio.taken(call.files) as photos:
            await handling.make(code, move, call.by, photos=photos)
        return Reply(await dossier.file(code, call.by), status=201)

    async def shown(call: Call[Told, None]) -> Reply:
        photo = await dossier.photo(call.path["code"], call.path["id"], call.by)
        return Reply(await asyncio.to_thread(studio.shelf.read, photo), media_type=MEDIA_TYPE)

    return [
        Route(
            "POST", "/api/tickets/{code}/photos", added, "Thêm ảnh vào phiếu", TAG, WORKERS, {201: TicketFile},
            parameters=CODE, body=PhotoCall, takes="multipart", files=PHOTOS, most_bytes=MOST,
        ),
        Route(
            "GET", "/api/tickets/{code}/photos/{id}", shown, "Xem một ảnh của phiếu", TAG, WORKERS, {200: MEDIA_TYPE},
            parameters=CODE | ID,
        ),
    ]  # fmt: skip
