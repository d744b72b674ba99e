"""What is counted of an agency, and rates with their intervals. Pure arithmetic on counts; what they are worth is scoring's.

Tickets are a census (every ticket of the period is counted), so their rates carry no interval. Answers to the survey are a sample of
those who were asked, so theirs do: Wilson's score interval (E. B. Wilson, "Probable inference", JASA 22, 1927), which stays inside
0 to 1 and is honest for few answers.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution: two-sided 95 %."""

SATISFIED = (4, 5)
"""The marks that count as satisfied: "hài lòng" and "rất hài lòng", as SIPAS counts them."""

MARKS = range(1, 6)


@dataclass(frozen=True, slots=True)
class Rate:
    """``part`` of ``whole``. Raises ValueError when that is impossible."""

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is no rate")

    @property
    def value(self) -> float | None:
        """Between 0 and 1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Wilson's 95 % interval; None of nothing."""
        return wilson(self.part, self.whole) if self.whole else None


def wilson(part: int, whole: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval for ``part`` of ``whole`` (at least 1)."""
    share, square = part / whole, z * z
    middle = share + square / (2 * whole)
    width = z * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    scale = 1 + square / whole
    # Rounding may leave the ends a hair outside: of all, the upper end is 1, of none the lower one is 0.
    low = 0.0 if part == 0 else max(0.0, (middle - width) / scale)
    high = 1.0 if part == whole else min(1.0, (middle + width) / scale)
    return low, high


def but(part: int, whole: int) -> Rate:
    """The rest of ``whole``, never less than nothing: one ticket may come back more often than it was received."""
    return Rate(max(0, whole - part), whole)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What is counted of one agency in one period. Every count is of tickets, unless said otherwise."""

    due: int = 0
    """Whose answer fell due in the period."""
    on_time: int = 0
    """Of those: answered by the due time. One that is overdue and still open is not."""
    answered: int = 0
    """Whose citizen was told in the period."""
    reopened: int = 0
    """Of those: reopened since."""
    received: int = 0
    """Handed to the agency in the period; a ticket that comes twice counts twice."""
    accepted_late: int = 0
    """Of those: accepted or returned after the time for it."""
    returned: int = 0
    """Of those received: sent back as not the agency's own."""
    extended: int = 0
    """Of those received: given more time."""
    objected: int = 0
    """Of those answered: whose signed answer the hotline had to send back."""
    publishable: int = 0
    """Of those answered: not refused, not a duplicate, not reopened since."""
    published: int = 0
    """Of those: published, and not withdrawn since."""
    dissatisfied_or_late: int = 0
    """Of those due: not on time, or given a mark of 1 or 2. Decision 766 asks for it."""
    dossiers: int = 0
    """Dossiers of one-stop shops, told by the province for Decision 766 alone."""
    dossiers_faulted: int = 0
    """Of those: with somebody dissatisfied, complained about, or overdue."""
    letters_owed: int = 0
    """Letters of apology that fell due in the period."""
    letters_on_time: int = 0
    visits_due: int = 0
    """Home visits whose window ended in the period."""
    visits_kept: int = 0
    eligible: int = 0
    """Answered tickets of which somebody was to be asked: those that no reason excluded."""
    reached: int = 0
    """Of those: somebody took the call, or opened the link."""
    refused: int = 0
    """Of those reached: did not want to answer, now or ever."""
    completed: int = 0
    """Of those reached: answered to the end."""
    partly: int = 0
    """Of those reached: left before the end; their answers count."""
    marks: Mapping[int, int] = field(default_factory=dict)
    """How many gave each mark of satisfaction, 1 to 5."""
    solved: int = 0
    solved_partly: int = 0
    unsolved: int = 0

    @property
    def answers(self) -> int:
        """Marks of satisfaction that were given: the ``n`` of the score."""
        return sum(self.marks.values())


def together(tallies: Iterable[Tally]) -> Tally:
    """The counts of several agencies or periods as one."""
    names = [name for name in Tally.__dataclass_fields__ if name != "marks"]
    total: dict[str, int] = dict.fromkeys(names, 0)
    marks: dict[int, int] = {}
    for tally in tallies:
        for name in names:
            total[name] += getattr(tally, name)
        for mark, count in tally.marks.items():
            marks[mark] = marks.get(mark, 0) + count
    return Tally(**total, marks=marks)


def satisfied(tally: Tally) -> Rate:
    """CSAT: marks 4 and 5 of all marks."""
    return Rate(sum(tally.marks.get(mark, 0) for mark in SATISFIED), tally.answers)
