"""What is proposed for a slip, each with the words that speak for it. Values only."""

from pydantic import AwareDatetime

from tickets.values import Value


class ReasonWord(Value):
    """A word of the caller and its second in the call; no second for a word that was written."""

    w: str
    start: float | None


class Suggestion(Value):
    """A value that somebody may take, and why: in the caller's words or by the name of a rule."""

    value: str
    name: str
    reason: str
    words: tuple[ReasonWord, ...]


class DangerHeard(Value):
    """Words of danger, with what is to be said at once and whom to call."""

    words: str
    seconds: float | None
    advice: str
    line: str | None
    """``113``, ``114`` or ``115``."""


class SimilarTicket(Value):
    """An open ticket that may be about the same matter."""

    code: str
    summary: str | None
    place_name: str | None
    topic_name: str
    agency_name: str
    stage_name: str
    opened_at: AwareDatetime
    reporters: int
    """How many people have reported it: this ticket's, and those of the tickets merged into it."""
    reason: str


class Suggestions(Value):
    """Everything that is proposed. Of each field the best comes first, with up to three others."""

    topic: tuple[Suggestion, ...] = ()
    place: tuple[Suggestion, ...] = ()
    agency: tuple[Suggestion, ...] = ()
    danger: tuple[DangerHeard, ...] = ()
    similar: tuple[SimilarTicket, ...] = ()
    question: str | None = None
    """What to ask the citizen when the place is not certain, ready to be read out."""
