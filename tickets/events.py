"""What tickets tell the other contexts.

No telephone number and no citizen's word is ever in an event: who may see them reads the ticket.
"""

from datetime import datetime

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


class TicketClassified(Event):
    """A person has confirmed what the ticket is about, where, and who answers."""

    code: str
    actor: str
    topic: str
    place: str | None
    agency: str
    agency_reason: str
    due: AwareDatetime

    @classmethod
    def of(cls, ticket: Ticket, *, actor: str, at: datetime) -> "TicketClassified":
        """That ``actor`` classified ``ticket`` at ``at``."""
        return cls(
            at=at,
            code=ticket.code,
            actor=actor,
            topic=ticket.topic,
            place=ticket.place,
            agency=ticket.agency,
            agency_reason=ticket.agency_reason,
            due=ticket.due,
        )
