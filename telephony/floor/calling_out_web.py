"""Calls that operators make, over HTTP. The route only: whom it may be, others decide."""

from typing import Annotated, Any, Protocol, Self

from pydantic import Field, StringConstraints, model_validator

from hotline1022.base.access import Actor
from hotline1022.base.http.routes import Call, Route, Told
from telephony.floor.calling_out import CallingOut
from telephony.floor.telling import OperatorTold
from telephony.floor.web import TAG, WHO


class Citizens(Protocol):
    """Whose numbers a call may be made to without being written."""

    async def of_ticket(self, code: str, by: Actor) -> str:
        """Whoever reported. Raises NotFound, and Refused where nobody may learn who it was."""
        ...

    async def of_callback(self, id: int, by: Actor) -> str:
        """Whoever is owed a call that ``by`` has in hand. Raises NotFound, Refused."""
        ...


class Wanted(Told):
    """Whom to call: exactly one of a number, a ticket's citizen, a call-back in hand."""

    number: Annotated[str, StringConstraints(min_length=3, max_length=30)] | None = None
    ticket: Annotated[str, StringConstraints(pattern="^[1-9][0-9]{7}$")] | None = None
    callback: int | None = Field(default=None, ge=1, lt=2**63)

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set & {"number", "ticket", "callback"}) != 1:
            raise ValueError("chọn đúng một: số điện thoại, phiếu, hoặc cuộc gọi lại")
        return self


def routes(calling_out: CallingOut, citizens: Citizens) -> list[Route]:
    """``/api/phone/calls``."""

    async def place(call: Call[Told, Wanted]) -> OperatorTold:
        wanted = call.body
        if wanted.ticket is not None:
            number = await citizens.of_ticket(wanted.ticket, call.by)
        elif wanted.callback is not None:
            number = await citizens.of_callback(wanted.callback, call.by)
        else:
            number = wanted.number or ""
        return (await calling_out.call(call.by, number)).told(own=True)

    told: dict[int, Any] = {200: OperatorTold}
    return [
        Route(
            "POST", "/api/phone/calls", place, "Gọi ra cho người dân", TAG, WHO, told, body=Wanted,
            description="Chọn đúng một: number, ticket, callback. Điện thoại của người gọi đổ chuông trước, rồi đến người dân.",
        ),
    ]  # fmt: skip
