"""Proposals over HTTP. Routes only; what is proposed and why is decided elsewhere."""

from typing import Annotated

from pydantic import StringConstraints

from hotline1022.base.access import HOTLINE_ROLES, Actor
from hotline1022.base.http.routes import Call, Route, Told
from tickets.suggesting.model import Suggestions
from tickets.suggesting.proposing import Chosen
from tickets.suggesting.suggester import Suggester

TAG = "Phiếu"
CallId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]
Code = Annotated[str, StringConstraints(max_length=64)]


class SuggestionQuery(Told):
    """A call that is being heard, a text that is being written, or both; and what was chosen already."""

    call: CallId | None = None
    text: Annotated[str, StringConstraints(max_length=400)] | None = None
    topic: Code | None = None
    place: Code | None = None


class SuggestionCall(SuggestionQuery):
    """The same with a text that is too long for an address."""

    text: Annotated[str, StringConstraints(max_length=20_000)] | None = None


def routes(suggester: Suggester) -> list[Route]:
    """The routes for the hotline's people."""

    async def proposed(said: SuggestionQuery, by: Actor) -> Suggestions:
        chosen = Chosen(said.topic, said.place)
        return await suggester.suggest(by, call=said.call, text=said.text, chosen=chosen)

    async def asked(call: Call[SuggestionQuery, None]) -> Suggestions:
        return await proposed(call.query, call.by)

    async def sent(call: Call[Told, SuggestionCall]) -> Suggestions:
        return await proposed(call.body, call.by)

    return [
        Route(
            "GET", "/api/suggestions", asked, "Gợi ý cho phiếu từ lời người dân", TAG, HOTLINE_ROLES, {200: Suggestions},
            query=SuggestionQuery, description="Không ghi gì cả.",
        ),
        Route(
            "POST", "/api/suggestions", sent, "Gợi ý cho phiếu từ một đoạn dài", TAG, HOTLINE_ROLES, {200: Suggestions},
            body=SuggestionCall, description="Không ghi gì cả; như GET, cho nội dung dài.",
        ),
    ]  # fmt: skip
