"""What is told of call-backs: models only. Whether one may be made now is ``rules``'s."""

from typing import Literal

from pydantic import BaseModel

from hotline1022.base.http.routes import CivilInstant
from telephony.callbacks.model import End, Reason, Result


class AttemptTold(BaseModel):
    """One call back."""

    at: CivilInstant
    by: str
    result: Result
    note: str | None


class Taker(BaseModel):
    """Who calls back."""

    account: int
    name: str


class CallbackTold(BaseModel):
    """A call-back as the hotline's people read it. ``why``: why it cannot be made now, or how it was closed."""

    id: int
    number: str
    reason: Reason
    call: str | None
    ticket: str | None
    note: str | None
    waited_seconds: int | None
    times: int
    asked_at: CivilInstant
    due_at: CivilInstant | None
    attempts: tuple[AttemptTold, ...]
    taken_by: Taker | None
    state: Literal["open", "taken", "done"]
    ending: End | None
    offerable: bool
    why: str | None


class CallbacksTold(BaseModel):
    """The list: everybody who is owed a call, however long ago. ``why``: why nobody may be called now."""

    callbacks: tuple[CallbackTold, ...]
    offerable: bool
    why: str | None
    open: int
    attempts: int
    """Calls that are tried before the hotline gives up."""
