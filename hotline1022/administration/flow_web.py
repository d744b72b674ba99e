"""Flows over HTTP: their picture, and a call rehearsed by keys. Routes only."""

import asyncio
from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from hotline1022.administration import picture
from hotline1022.administration.catalogue import ProvinceFile
from hotline1022.administration.checking import FileCheck, Verdict
from hotline1022.administration.file_web import MOST_BYTES, NAME, READERS, TAG
from hotline1022.administration.rehearsal import ACTS, Heard, rehearse
from hotline1022.administration.rule_book import RuleBook
from hotline1022.base.errors import Invalid, NotFound, Refused
from hotline1022.base.http.routes import Call, Reply, Route, Told

Act = Annotated[str, StringConstraints(min_length=1, max_length=10)]

SVG = "image/svg+xml"


class PictureQuery(Told):
    """``draft``: the draft's picture instead of that of the flow in force."""

    draft: bool = False


class RehearsalBody(Told):
    """What the caller does, in order: keys, ``silence``, ``hangup``. ``text``: a draft; without it the flow in force.
    ``facts``: what holds when the call comes in."""

    text: str | None = None
    keys: tuple[Act, ...] = Field(default=(), max_length=100)
    facts: dict[Annotated[str, StringConstraints(max_length=60)], bool] = Field(
        default_factory=lambda: {"open-now": True}, max_length=20
    )


class HeardTold(BaseModel):
    """One thing that the caller hears or does, or that the hotline does."""

    said: str
    node: str
    kind: Literal["said", "done", "pressed", "over"]


class RehearsalTold(BaseModel):
    """The call as far as the keys lead."""

    lines: tuple[HeardTold, ...]


class FlowRoutes:
    """Pictures and rehearsals of the flows that ``book`` keeps."""

    def __init__(self, book: RuleBook, check: FileCheck) -> None:
        self._book, self._check = book, check

    def routes(self) -> list[Route]:
        """``/api/flows``."""
        return [
            Route(
                "GET", "/api/flows/{name}/picture", self._picture, "Sơ đồ kịch bản", TAG, READERS, {200: SVG},
                parameters=NAME, query=PictureQuery,
            ),
            Route(
                "POST", "/api/flows/{name}/rehearse", self._rehearse, "Gọi thử trên giấy", TAG, READERS,
                {200: RehearsalTold}, parameters=NAME, body=RehearsalBody, most_bytes=MOST_BYTES,
            ),
        ]  # fmt: skip

    async def _picture(self, call: Call[PictureQuery, None]) -> Reply:
        whole = await self._book.whole(self._flow(call.path["name"]).name)
        text = whole.draft.text if call.query.draft and whole.draft else whole.text
        verdict = await self._read(whole.file, text)
        if verdict.flow is None:
            raise Refused(f"Chưa vẽ được: {_first(verdict)}", remedy="sửa lỗi trong văn bản trước")
        return Reply(picture.svg(verdict.flow), media_type=SVG)

    async def _rehearse(self, call: Call[Told, RehearsalBody]) -> RehearsalTold:
        file = self._flow(call.path["name"])
        for at, act in enumerate(call.body.keys):
            if act not in ACTS:
                raise Invalid("Chỉ có các phím 0 đến 9, *, #, im lặng và gác máy", field=f"keys.{at}")
        text = call.body.text if call.body.text is not None else (await self._book.whole(file.name)).text
        verdict = await self._read(file, text)
        if verdict.flow is None or verdict.book is None:
            raise Refused(f"Chưa gọi thử được: {_first(verdict)}", remedy="sửa lỗi trong văn bản trước")
        heard = rehearse(verdict.flow, verdict.book, call.body.keys, call.body.facts)
        return RehearsalTold(lines=tuple(_told(each) for each in heard))

    async def _read(self, file: ProvinceFile, text: str) -> Verdict:
        return await asyncio.to_thread(self._check.flow, file, text)

    def _flow(self, name: str) -> ProvinceFile:
        file = self._book.file(name)
        if file.kind != "flow":
            raise NotFound("Tệp này không phải kịch bản")
        return file


def _first(verdict: Verdict) -> str:
    wrong = next((each for each in verdict.findings if each.level == "error"), None)
    if wrong is None:
        return "không đọc được"
    return (f"dòng {wrong.line}: " if wrong.line else "") + wrong.what


def _told(heard: Heard) -> HeardTold:
    return HeardTold(said=heard.said, node=heard.node, kind=heard.kind)
