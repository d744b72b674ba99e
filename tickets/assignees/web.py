"""Who works on a ticket, over HTTP. Routes only: giving a ticket to somebody is a move like any other."""

from pydantic import Field

from hotline1022.base.access import AGENCY_ROLES
from hotline1022.base.db import Database
from hotline1022.base.http.routes import Call, Route, Told
from tickets.assignees import store
from tickets.assignees.model import Colleague
from tickets.handling import Handling, MoveMade
from tickets.moves import Assign

TAG = "Phiếu"


class AssigneeCall(Told):
    """Whose the ticket is to be, and the version of the ticket that was looked at."""

    account: int | None = Field(ge=1, le=2**31 - 1)
    version: int | None = Field(default=None, ge=1)


class Colleagues(Told):
    """The people of the asker's agency, by name."""

    people: tuple[Colleague, ...]


def routes(handling: Handling, database: Database) -> list[Route]:
    """The routes for the agencies' people."""

    async def assigned(call: Call[Told, AssigneeCall]) -> MoveMade:
        move = Assign(move="assign", account=call.body.account)
        return await handling.make(call.path["code"], move, call.by, version=call.body.version)

    async def listed(call: Call[Told, None]) -> Colleagues:
        async with database.reading() as connection:
            return Colleagues(people=tuple(await store.colleagues_of(connection, call.by.agency or "")))

    return [
        Route(
            "POST", "/api/tickets/{code}/assignee", assigned, "Giao người xử lý trong cơ quan", TAG, AGENCY_ROLES,
            {200: MoveMade}, parameters={"code": "[1-9][0-9]{7}"}, body=AssigneeCall,
        ),
        Route("GET", "/api/colleagues", listed, "Người trong cơ quan tôi", TAG, AGENCY_ROLES, {200: Colleagues}),
    ]  # fmt: skip
