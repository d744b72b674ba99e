"""Drafts over HTTP. Routes only; whose a draft is and what clashes is the book's and the merging's."""

from typing import Annotated

from pydantic import Field

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES
from hotline1022.base.http.problems import MEDIA_TYPE, TITLES, Problem
from hotline1022.base.http.routes import Call, CivilInstant, Reply, Route, Told
from tickets.drafts.book import DraftBook
from tickets.drafts.model import DRAFT_KEY, MOST_FIELDS, Clash, DraftTold, FieldName, SentField

WRITERS = HOTLINE_ROLES | AGENCY_ROLES
KEY = {"key": f"(?:{DRAFT_KEY})"}
TAG = "Bản nháp"
SHOWN = 160
"""Letters of a draft that a list shows."""
FIRST_SHOWN = ("summary", "text", "answer")
"""The fields that a list rather shows."""


class SaveCall(Told):
    """The fields that have changed since they were last saved; the others stay."""

    fields: Annotated[dict[FieldName, SentField], Field(min_length=1, max_length=MOST_FIELDS)]


class ClashProblem(Problem):
    """Somebody else has written in a field meanwhile: both versions, and the draft as it stands. Fields that do not clash are saved."""

    clashes: tuple[Clash, ...]
    draft: DraftTold


class DraftLine(Told):
    """A draft in a list."""

    key: str
    version: int
    at: CivilInstant | None
    by: str
    """Who wrote in it last."""
    excerpt: str
    fields: tuple[str, ...]
    aside: int
    """In how many fields something of the reader's own was not taken."""


class Drafts(Told):
    """The drafts of the asker, the last first."""

    drafts: tuple[DraftLine, ...]


class DropQuery(Told):
    """The version that was looked at: when somebody has written since, nothing is dropped."""

    version: int | None = Field(default=None, ge=0, le=2**31 - 1)


def routes(book: DraftBook) -> list[Route]:
    """The routes for whoever writes."""

    async def saved(call: Call[Told, SaveCall]) -> DraftTold | Reply:
        told, merged = await book.save(call.path["key"], call.body.fields, call.by)
        if not merged.clashes:
            return told
        names = ", ".join(clash.field for clash in merged.clashes)
        detail = f"Có người khác vừa sửa cùng ô ({names}); cả hai bản được giữ, hãy chọn hoặc ghép."
        problem = ClashProblem(title=TITLES[409], status=409, detail=detail, clashes=merged.clashes, draft=told)
        return Reply(problem, status=409, media_type=MEDIA_TYPE)

    async def listed(call: Call[Told, None]) -> Drafts:
        return Drafts(drafts=tuple(_line(each) for each in await book.own(call.by)))

    async def shown(call: Call[Told, None]) -> DraftTold:
        return await book.read(call.path["key"], call.by)

    async def dropped(call: Call[DropQuery, None]) -> Reply:
        await book.drop(call.path["key"], call.by, call.query.version)
        return Reply(status=204)

    return [
        Route("GET", "/api/drafts", listed, "Bản nháp của tôi", TAG, WRITERS, {200: Drafts}),
        Route("GET", "/api/drafts/{key}", shown, "Xem một bản nháp", TAG, WRITERS, {200: DraftTold}, parameters=KEY),
        Route(
            "PUT", "/api/drafts/{key}", saved, "Lưu nháp", TAG, WRITERS, {200: DraftTold}, parameters=KEY, body=SaveCall,
            description="Ô khác nhau thì gộp; cùng một ô thì trả 409 kèm cả hai bản (clashes), ô không vướng vẫn được lưu.",
            most_bytes=1024 * 1024,
        ),
        Route(
            "DELETE", "/api/drafts/{key}", dropped, "Bỏ bản nháp", TAG, WRITERS, {204: None}, parameters=KEY,
            query=DropQuery,
        ),
    ]  # fmt: skip


def _line(draft: DraftTold) -> DraftLine:
    said = sorted(
        (each for each in draft.fields.items() if each[1].value.strip()),
        key=lambda each: (each[0] not in FIRST_SHOWN, -len(each[1].value)),
    )
    last = max(draft.fields.values(), key=lambda each: each.version, default=None)
    excerpt = " ".join(said[0][1].value.split())[:SHOWN] if said else ""
    return DraftLine(
        key=draft.key,
        version=draft.version,
        at=draft.at,
        by=last.by if last else "",
        excerpt=excerpt,
        fields=tuple(name for name, _ in said),
        aside=len(draft.aside),
    )
