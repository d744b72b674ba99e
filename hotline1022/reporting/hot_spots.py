"""Which topic in which commune has come in more often than it used to: an exact test of each, all of them judged together. Pure.

The test is the conditional one of two Poisson rates (J. Przyborowski and H. Wilenski, "Homogeneity of results in testing samples
from Poisson series", Biometrika 31, 1940): if nothing has changed, of all slips of both spans together the recent ones are
binomial, with the share of the recent span in the time of both. Unlike a test against the old mean it knows that the old mean is itself
only an observation, and it needs none when nothing came before. The mid-p value halves the probability of what was observed itself.
Many cells are looked at each week, so the false alarms are bounded among those raised: Benjamini and Hochberg (JRSS B 57, 1995).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import comb

FALSE_ALARMS = 0.05
"""Of the hot spots that are told, the share that may be none."""
FEWEST_SLIPS = 3
"""Fewer slips are no hot spot, however rare the matter: they may be one household."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How often a topic came in from a commune, in the recent span and in the one before."""

    topic: str
    place: str
    recent: int
    before: int


@dataclass(frozen=True, slots=True)
class Judged:
    """A cell with what the test says of it."""

    cell: Cell
    p: float
    """One-sided mid-p value."""
    q: float
    """The same, adjusted for the number of cells."""

    @property
    def hot(self) -> bool:
        """Whether it is told as a hot spot."""
        return self.q <= FALSE_ALARMS and self.cell.recent >= FEWEST_SLIPS


def judge(cells: Sequence[Cell], share: Fraction) -> tuple[Judged, ...]:
    """Every cell, the most striking first. ``share`` is that of the recent span in the time of both, between 0 and 1."""
    found = [(mid_p(each.recent, each.recent + each.before, share), each) for each in cells]
    found.sort(key=lambda each: (each[0], -each[1].recent, each[1].topic, each[1].place))
    adjusted = benjamini_hochberg([p for p, _ in found])
    return tuple(Judged(cell, p, q) for (p, cell), q in zip(found, adjusted, strict=True))


def mid_p(recent: int, both: int, share: Fraction) -> float:
    """How likely ``recent`` or more of ``both`` are by chance, what was observed itself counted half. Exact until the last step."""
    part, whole = share.numerator, share.denominator
    rest = whole - part
    ways = [comb(both, each) * part**each * rest ** (both - each) for each in range(recent, both + 1)]
    return float(Fraction(2 * sum(ways) - ways[0], 2 * whole**both))


def benjamini_hochberg(sorted_p: Sequence[float]) -> list[float]:
    """Adjusted values of p values that come in ascending order."""
    count, least, adjusted = len(sorted_p), 1.0, []
    for at in range(count, 0, -1):
        least = min(least, sorted_p[at - 1] * count / at)
        adjusted.append(least)
    return adjusted[::-1]
