"""What is shown of a period: its figures, whether they are frozen, what was said against them, the tickets behind them. Values only."""

from hotline1022.base.http.routes import CivilInstant
from surveys.model import Mode
from surveys.scores.model import AgencyFigures, Since, Value


class SignedOff(Value):
    """That a period is frozen."""

    by: str
    at: CivilInstant


class Correction(Value):
    """What an agency says against its figures of a period that is signed off, and what was decided."""

    id: str
    period: str
    agency: str
    agency_name: str
    asked_by: str
    asked_at: CivilInstant
    reason: str
    evidence: str
    decided_by: str | None
    decided_at: CivilInstant | None
    accepted: bool | None
    answer: str | None
    before: AgencyFigures | None
    """The figures as they were signed off, once accepted."""
    after: AgencyFigures | None
    """The figures as they were when it was accepted."""


class Scores(Value):
    """The agencies of a period, the best first."""

    period: str
    title: str
    over: bool
    modes: tuple[Mode, ...]
    """By what means the answers were given that the scores are made of."""
    weights: str
    weights_basis: str
    fewest_answers: int
    line: bool
    """Whether agencies that have ended are read together with who stands for them now."""
    signed_off: SignedOff | None
    scores: tuple[AgencyFigures, ...]
    since: tuple[Since, ...] = ()
    corrections: tuple[Correction, ...] = ()


class Contribution(Value):
    """A ticket's part of a count."""

    code: str
    agency: str
    month: str
    name: str
    mode: Mode | None
    amount: int
