"""Answer templates over HTTP. Routes only; whose each is, the shelf knows."""

from typing import Annotated, Any

from pydantic import Field, StringConstraints

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, Role
from hotline1022.base.http.routes import Call, Reply, Route, Told
from tickets.templates.model import Kind, Template, TemplateText, TemplateVersion
from tickets.templates.shelf import TemplateShelf

READERS = HOTLINE_ROLES | AGENCY_ROLES
WRITERS = AGENCY_ROLES | {Role.LEADER, Role.ADMINISTRATOR}
NUMBER = {"template": "[1-9][0-9]{0,8}"}
TAG = "Mẫu câu trả lời"


class TemplateQuery(Told):
    """Which templates; what is not given does not matter."""

    kind: Kind | None = None
    topic: Annotated[str, StringConstraints(max_length=64)] | None = None


class TemplateChange(TemplateText):
    """What a template is to say, and the version that was looked at."""

    version: int | None = Field(default=None, ge=1)


class Templates(Told):
    """Templates by title."""

    templates: tuple[Template, ...]


class TemplateVersions(Told):
    """All that a template has said, the last first."""

    versions: tuple[TemplateVersion, ...]


def routes(shelf: TemplateShelf) -> list[Route]:
    """The routes for whoever answers."""

    def number(call: Call[Any, Any]) -> int:
        return int(call.path["template"])

    async def listed(call: Call[TemplateQuery, None]) -> Templates:
        return Templates(templates=await shelf.listed(call.by, call.query.kind, call.query.topic))

    async def shown(call: Call[Told, None]) -> Template:
        return await shelf.one(number(call), call.by)

    async def told(call: Call[Told, None]) -> TemplateVersions:
        return TemplateVersions(versions=await shelf.versions(number(call), call.by))

    async def added(call: Call[Told, TemplateText]) -> Reply:
        return Reply(await shelf.add(call.body, call.by), status=201)

    async def changed(call: Call[Told, TemplateChange]) -> Template:
        said = TemplateText.model_validate(call.body.model_dump(exclude={"version"}))
        return await shelf.change(number(call), said, call.by, call.body.version)

    async def withdrawn(call: Call[Told, None]) -> Reply:
        await shelf.withdraw(number(call), call.by)
        return Reply(status=204)

    one, all_of = "/api/answer-templates/{template}", "/api/answer-templates"
    return [
        Route("GET", all_of, listed, "Mẫu câu trả lời", TAG, READERS, {200: Templates}, query=TemplateQuery),
        Route("POST", all_of, added, "Thêm mẫu câu", TAG, WRITERS, {201: Template}, body=TemplateText),
        Route("GET", one, shown, "Xem một mẫu câu", TAG, READERS, {200: Template}, parameters=NUMBER),
        Route("PUT", one, changed, "Sửa mẫu câu", TAG, WRITERS, {200: Template}, parameters=NUMBER, body=TemplateChange),
        Route("DELETE", one, withdrawn, "Bỏ mẫu câu", TAG, WRITERS, {204: None}, parameters=NUMBER),
        Route(
            "GET", one + "/versions", told, "Các bản của mẫu câu", TAG, READERS, {200: TemplateVersions},
            parameters=NUMBER,
        ),
    ]  # fmt: skip
