"""A call-back: values only. Whether it may be made now is ``rules``'s."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Reason = Literal["abandoned", "missed", "appointment", "voice-report"]
"""Why somebody is owed a call: gave up waiting; the queue had nobody for them; was promised one; left a message."""

Result = Literal["reached", "no_answer", "busy", "wrong", "given_up"]
"""What an operator says that a call back came to."""

End = Literal["reached", "wrong", "given_up", "policy", "rang-again"]
"""How a call-back was closed; ``policy``: nobody was reached in all the calls that the policy has."""

TRIED: frozenset[Result] = frozenset({"no_answer", "busy"})
"""Results after which it is tried again."""


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One call back."""

    at: datetime
    by: str
    result: Result
    note: str | None = None


@dataclass(frozen=True, kw_only=True)
class Callback:
    """Somebody who is owed a call. ``asked_at`` is when they first did; ``call`` is their last one; ``times``: how often they tried."""

    id: int
    number: str
    reason: Reason
    call: str | None
    ticket: str | None
    note: str | None
    waited_seconds: float | None
    times: int
    asked_at: datetime
    due_at: datetime | None
    """Not before then; None: as soon as there is somebody."""
    attempts: tuple[Attempt, ...]
    taken_by: int | None
    taken_name: str | None
    taken_at: datetime | None
    closed_at: datetime | None
    end: End | None
    why: str | None
    """How it was closed, in one sentence."""


@dataclass(frozen=True)
class QueueNow:
    """Who waits, and the accounts of the operators who have no call and are willing to have one."""

    waiting: int
    free: frozenset[int] = field(default_factory=frozenset)


RESULT_NAMES: Mapping[Result, str] = {
    "reached": "đã gặp",
    "no_answer": "không nghe máy",
    "busy": "máy bận",
    "wrong": "nhầm số",
    "given_up": "thôi gọi",
}
