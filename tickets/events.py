"""What tickets tell the other contexts.

No telephone number and no citizen's word is ever in an event: who may see them reads the ticket.
"""

from datetime import datetime
from typing import Literal

from pydantic import AwareDatetime

from hotline1022.base.events import Event
from tickets.model import PlaceCandidate, Ticket


class TicketOpened(Event):
    """A report has become a ticket. ``explanation`` says why ``due``, ``agency_reason`` why ``agency``."""

    code: str
    source_key: str
    call: str | None
    channel: str
    topic: str
    topic_name: str
    urgent: bool
    place: str | None
    place_name: str | None
    agency: str
    agency_name: str
    agency_reason: str
    due: AwareDatetime
    explanation: str
    earlier: tuple[str, ...]
    """Codes of earlier tickets of the same number, newest first."""

    @classmethod
    def of(cls, ticket: Ticket, *, earlier: tuple[str, ...], at: datetime) -> "TicketOpened":
        """That ``ticket`` was opened at ``at``."""
        return cls(
            at=at,
            code=ticket.code,
            source_key=ticket.source_key,
            call=ticket.call,
            channel=ticket.channel,
            topic=ticket.topic,
            topic_name=ticket.topic_name,
            urgent=ticket.urgent,
            place=ticket.place,
            place_name=ticket.place_name,
            agency=ticket.agency,
            agency_name=ticket.agency_name,
            agency_reason=ticket.agency_reason,
            due=ticket.due,
            explanation=ticket.explanation,
            earlier=earlier,
        )


class TicketPlaceSuggested(Event):
    """The citizen's words name one commune for certain.

    ``applied``: nobody had touched the ticket, so it is the ticket's draft place now, and ``agency`` its draft agency.
    """

    code: str
    call: str | None
    place: str
    place_name: str
    score: float
    applied: bool
    agency: str
    agency_name: str
    agency_reason: str


class TicketPlaceUnclear(Event):
    """The words fit several communes: ``question`` is what a person must ask."""

    code: str
    call: str | None
    candidates: tuple[PlaceCandidate, ...]
    question: str


class TicketMoved(Event):
    """Somebody has made a move of ``tickets.stages``; ``version`` is the ticket's after it."""

    code: str
    version: int
    move: str
    previous: str
    stage: str
    actor: str
    agency: str
    due: AwareDatetime | None
    """When the citizen must have the answer; None when that is not owed any more."""


class TicketAnswered(Event):
    """The citizen of this ticket has been told. Each ticket that was merged into another tells it for its own citizen."""

    code: str
    outcome: Literal["answered", "refused"]
    how: str
    agency: str
    topic: str
    place: str | None
    level: int
    round: int
    sealed: bool
    business: bool
    on_time: bool
    """Whether the answer came by its due time."""


class TicketReopened(Event):
    """The citizen says that it is not solved; the same agency has it again, and its head is told."""

    code: str
    agency: str
    round: int
    due: AwareDatetime


class DeadlineWarned(Event):
    """A promise will soon be due."""

    code: str
    clock: str
    party: str
    due: AwareDatetime


class DeadlineBreached(Event):
    """A promise was not kept; ``at`` is its due time, however late that was noticed."""

    code: str
    clock: str
    party: str
    due: AwareDatetime


class TicketEscalated(Event):
    """Somebody higher is told: ``to`` is a link of the policy's chain, ``to_name`` the person's office."""

    code: str
    clock: str
    party: str
    to: str
    to_name: str
    level: int
    reason: str


class LetterOwed(Event):
    """An agency owes the citizen a letter of apology; ``due`` is when it must have been sent, None when that is not timed."""

    code: str
    agency: str
    cause: str
    due: AwareDatetime | None


class VisitReminder(Event):
    """Somebody is to be at the citizen's door from ``starts`` to ``ends``: agency and citizen are to be reminded."""

    code: str
    agency: str
    starts: AwareDatetime
    ends: AwareDatetime
    confirmed: bool
    """Whether the agency has said that it will come."""


class DeadlineMoved(Event):
    """A calendar has changed, and a promise with it; ``reason`` is one Vietnamese sentence."""

    code: str
    clock: str
    party: str
    before: AwareDatetime
    after: AwareDatetime
    reason: str
