"""The floor as its people read it: models of operators, calls, queue and day. Pure; a number is masked for whoever does not talk to it."""

from collections.abc import Mapping
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from hotline1022.base.http.routes import CivilInstant
from hotline1022.base.phone_numbers import masked
from telephony.floor.presence import MACHINE_REASONS, REASONS, Direction, Presence, State


class Tell(Protocol):
    """Where screens are told; ``audience`` names ``accounts``, ``roles`` or an ``agency``."""

    def __call__(self, kind: str, audience: Mapping[str, Any], /, **facts: Any) -> None:
        """Tell those of the audience who have a screen open."""
        ...


class OtherTold(BaseModel):
    """Who is asked about the citizen, or who asks."""

    name: str
    answered: bool


class CallTold(BaseModel):
    """A call that an operator has."""

    call: str
    direction: Direction
    number: str | None
    masked: bool
    arrived_at: CivilInstant
    answered_at: CivilInstant | None
    waited_seconds: int | None
    held_since: CivilInstant | None
    recorded: bool | None
    other: OtherTold | None = None


class HelpTold(BaseModel):
    """An operator wants a leader to come onto the call; ``reason`` as people say it."""

    reason: str
    since: CivilInstant


class ListenerTold(BaseModel):
    """Somebody who hears an operator's call. ``mode``: only hears; speaks to the operator alone; speaks to both."""

    account: int
    name: str
    mode: Literal["listen", "whisper", "barge"]


class OperatorTold(BaseModel):
    """An operator. ``reason_name`` is how people call the reason of a pause, ``paused_by`` the leader who has set it."""

    account: int
    name: str
    extension: str
    state: State
    reason: str | None
    reason_name: str | None
    since: CivilInstant
    call: CallTold | None
    next_reason: str | None
    wrap_up_until: CivilInstant | None
    more_left: int
    paused_by: str | None = None
    listeners: tuple[ListenerTold, ...] = ()
    help: HelpTold | None = None
    revision: int = 0
    """Grows with every change of this shift."""


class QueueTold(BaseModel):
    """The queue now."""

    waiting: int
    longest_since: CivilInstant | None
    ready: int
    operators: int
    open: bool
    """Callers who come now may wait; whoever waits already is served in any case."""


class TodayTold(BaseModel):
    """The day so far. ``offered`` counts callers who were answered or gave up waiting."""

    offered: int
    answered: int
    in_target: int
    abandoned: int
    target_seconds: int


class FloorTold(BaseModel):
    """Everything about the floor."""

    at: CivilInstant
    queue: QueueTold
    operators: tuple[OperatorTold, ...]
    today: TodayTold
    callbacks: int
    """Citizens who are owed a call."""


def operator_told(account: int, name: str, extension: str, presence: Presence, *, own: bool) -> OperatorTold:
    """An operator, with the citizen's number only for the one who talks to them."""
    call, reason = presence.call, presence.reason
    return OperatorTold(
        account=account,
        name=name,
        extension=extension,
        state=presence.state,
        reason=reason,
        reason_name=(REASONS | MACHINE_REASONS).get(reason) if reason else None,
        since=presence.since,
        call=None
        if call is None
        else CallTold(
            call=call.call,
            direction=call.direction,
            number=call.number if own else masked(call.number),
            masked=not own,
            arrived_at=call.arrived_at,
            answered_at=call.answered_at,
            waited_seconds=_seconds(call.arrived_at, call.answered_at),
            held_since=call.held_since,
            recorded=call.recorded,
            other=None if call.other is None else OtherTold(name=call.other.name, answered=call.other.answered),
        ),
        next_reason=presence.next_reason,
        wrap_up_until=presence.wrap_up_until,
        more_left=presence.more_left,
    )


def _seconds(start: Any, end: Any) -> int | None:
    return None if end is None else round((end - start).total_seconds())
