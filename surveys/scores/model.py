"""An agency's figures as people and programs read them. Values only; shares are between 0 and 1, scores between 0 and 100."""

from pydantic import BaseModel, ConfigDict

from surveys.model import Mode

TOO_FEW = "chưa đủ mẫu"
"""What an agency is called that has too few answers to be called anything."""

SCORED_MODES = (Mode.IVR, Mode.LINK)
"""What a score is made of unless somebody asks for something else: ways in which nobody who took the case hears the answer.

Surveys by operators are the hotline's old practice, in which whoever took the case asks how it went and nearly everybody is
satisfied. They are shown beside; mixed in, they would hide what the others tell.
"""


class Value(BaseModel):
    """What every figure is: nothing unknown is let in, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Share(Value):
    """``part`` of ``whole``; ``value`` is None of nothing."""

    title: str
    part: int
    whole: int
    value: float | None


class PartFigures(Value):
    """A component of the composite: ``value`` is the mean of its ``rates``, ``low`` that with the lower ends of what is sampled."""

    name: str
    title: str
    points: float
    value: float | None
    low: float | None
    rates: tuple[Share, ...]


class ModeFigures(Value):
    """What was said by one means of asking alone."""

    mode: Mode
    eligible: int
    n: int
    satisfied: int
    csat: float | None
    low: float | None
    high: float | None
    response_rate: float | None


class Decision766Figures(Value):
    """The formulas of Decision 766/QĐ-TTg, in per cent: shown beside the score, never instead of it."""

    on_time: float | None
    content: float | None
    """Whoever says nothing counts as satisfied."""
    procedures: float | None = None
    """Of dossiers of one-stop shops; None until the province tells their figures."""


class ShrunkFigures(Value):
    """CSAT drawn towards that of all agencies, the more so the fewer answers it rests on."""

    csat: float
    overall: float
    weight: float
    """Of the agency's own answers."""
    explanation: str
    """One Vietnamese sentence."""


class AgencyFigures(Value):
    """An agency's figures of a period."""

    agency: str
    agency_name: str
    stands_for: tuple[str, ...] = ()
    """The ended agencies whose counts are in these, where lines are read together."""
    rank: int | None
    """By the lower end of the composite; None with too few answers, and for the hotline, which ranks nobody beside itself."""
    n: int
    """Marks of satisfaction."""
    satisfied: int
    """Marks 4 and 5."""
    csat: float | None
    low: float | None
    """The lower end of Wilson's 95 % interval of ``csat``."""
    high: float | None
    mean: float | None
    """The mean mark, 1 to 5: shown second."""
    response_rate: float | None
    contact_rate: float | None
    refusal_rate: float | None
    composite: float | None
    composite_low: float | None
    band: str
    parts: tuple[PartFigures, ...]
    decision_766: Decision766Figures
    by_mode: tuple[ModeFigures, ...]
    shrunk: ShrunkFigures | None = None
    counts: dict[str, int]
    """Everything that was counted, by the names that lead to its tickets."""
    explanation: str
    """One Vietnamese sentence."""


class Since(Value):
    """What has changed for an agency since the period was signed off."""

    agency: str
    n: int
    csat: float | None
    composite: float | None
    explanation: str
    """One Vietnamese sentence."""
