"""What tickets tell the other contexts.

No telephone number and no citizen's word is ever in an event: who may see them reads the ticket.
"""

from pydantic import AwareDatetime

from hotline1022.base.events import Event
from tickets.model import PlaceCandidate


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
