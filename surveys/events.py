"""What surveys tell the other contexts. No telephone number and no citizen's word is ever in an event."""

from pydantic import AwareDatetime

from hotline1022.base.events import Event


class SurveyDecided(Event):
    """Whether a citizen will be asked about an answer; ``reasons`` are empty when they will, from ``next_at`` on."""

    case: str
    code: str
    round: int
    agency: str
    reasons: tuple[str, ...]
    explanation: str
    next_at: AwareDatetime | None


class SurveyPlanned(Event):
    """The next attempt (its number from 1) of a case is to be made at ``next_at``."""

    case: str
    number: int
    next_at: AwareDatetime


class SurveyEnded(Event):
    """A case is over. ``answers`` are marks by question; ``reopen``: the citizen says that it is not solved, or wants it reopened."""

    case: str
    code: str
    round: int
    agency: str
    disposition: str
    mode: str
    wording: str | None
    answers: dict[str, int]
    commented: bool
    reopen: bool
    attempts: int
