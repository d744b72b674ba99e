"""The lines of the inbox and of the approvals, as their readers see them. Values only."""

from typing import Literal

from pydantic import AwareDatetime

from tickets.inbox.left import Group, Left
from tickets.model import Stage
from tickets.values import Value

GROUPS: tuple[Group, ...] = ("overdue", "today", "coming", "paused")


class InboxLine(Value):
    """A ticket on which the reader's side owes something."""

    code: str
    summary: str | None
    place_name: str | None
    topic_name: str
    urgent: bool
    stage: Stage
    stage_name: str
    promise: str
    """The name of the clock that is due first."""
    promise_title: str
    """What must be done, as people say it."""
    due: AwareDatetime | None
    """When that is due; None while its clock stands."""
    left: Left | None
    answer_due: AwareDatetime | None
    """When the citizen must have the answer, where it is this side that owes it."""
    paused_since: AwareDatetime | None
    who: str | None
    """The person of the agency who works on it."""
    account: int | None
    reporters: int
    version: int


class InboxGroup(Value):
    """Tickets that stand alike with their promises: ``count`` is of all of them, of which the first are told."""

    group: Group
    count: int
    tickets: tuple[InboxLine, ...]


class StageCount(Value):
    """How many tickets of the inbox stand at a stage."""

    stage: Stage
    name: str
    count: int


class Inbox(Value):
    """A side's open work, what is late first."""

    groups: tuple[InboxGroup, ...]
    stages: tuple[StageCount, ...]
    more: bool
    """Whether there is more than was counted."""


class Approval(Value):
    """Something that waits for the signature or the yes of an agency's head, or that they must know: a ticket that was reopened."""

    code: str
    what: Literal["answer", "extension", "letter", "reopened"]
    title: str
    """What is to be decided, as people say it."""
    summary: str | None
    place_name: str | None
    topic_name: str
    by: str
    since: AwareDatetime
    reason: str | None
    due: AwareDatetime | None
    left: Left | None
    group: Group
    own: bool
    """Whether the reader wrote it: nobody signs an answer of their own."""


class Approvals(Value):
    """What waits, the most urgent first."""

    approvals: tuple[Approval, ...]
