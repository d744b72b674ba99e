"""Agencies beside each other: the ranking, the formulas of Decision 766, rates that few answers do not throw about. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf

from surveys.scoring import Score
from surveys.tally import Rate, Tally, but


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the ranking; None for an agency with too few answers, which stands behind the others without a number."""

    rank: int | None
    score: Score


def ranking(scores: Iterable[Score]) -> tuple[Place, ...]:
    """The agencies by the lower end of their composite, so that few lucky answers never win. Equal ones share a rank."""
    ordered = sorted(scores, key=lambda each: (each.low is None, -(each.low or 0.0), each.agency))
    places: list[Place] = []
    for number, each in enumerate(ordered, 1):
        same = places and places[-1].score.low == each.low
        places.append(Place(None if each.low is None else places[-1].rank if same else number, each))
    return tuple(places)


@dataclass(frozen=True, slots=True)
class Decision766:
    """The formulas of Decision 766/QĐ-TTg (23 June 2022), in per cent, shown beside the score and never instead of it.

    In the second one whoever says nothing counts as satisfied: it is no measure of satisfaction.
    """

    on_time: float | None
    """Reports handled by or before the due time, of those within competence."""
    content: float | None
    """Reports whose citizen was not dissatisfied and whose answer was not late, of all."""
    procedures: float | None
    """Dossiers of one-stop shops that nobody was dissatisfied with and that were not late, of all; told by the province."""


def decision_766(tally: Tally, dissatisfied_or_late: int) -> Decision766:
    """The three formulas; None where nothing was counted.

    ``dissatisfied_or_late`` counts tickets of ``due`` once, whichever of the two they are.
    """
    on_time, content = Rate(tally.on_time, tally.due), but(dissatisfied_or_late, tally.due)
    procedures = but(tally.dossiers_faulted, tally.dossiers)
    return Decision766(*(None if rate.value is None else 100 * rate.value for rate in (on_time, content, procedures)))


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A rate drawn towards that of all agencies, the more so the fewer answers it rests on (empirical Bayes, beta-binomial)."""

    value: float
    overall: float
    weight: float
    """Of the agency's own answers, between 0 and 1."""


def shrunk(rates: Mapping[str, Rate]) -> dict[str, Shrunk]:
    """Every agency's rate, shrunk. The prior is fitted by moments over the agencies that have answers.

    Where agencies differ no more than chance makes them, each gets the overall rate.
    """
    counted = {agency: rate for agency, rate in rates.items() if rate.whole}
    if not counted:
        return {}
    answers = sum(rate.whole for rate in counted.values())
    overall = sum(rate.part for rate in counted.values()) / answers
    prior = _prior_answers(list(counted.values()), overall, answers)
    found = {}
    for agency, rate in counted.items():
        weight = rate.whole / (rate.whole + prior)
        own = rate.part / rate.whole
        found[agency] = Shrunk(overall + weight * (own - overall), overall, weight)
    return found


def _prior_answers(rates: Sequence[Rate], overall: float, answers: int) -> float:
    """How many answers the prior is worth: infinite when all agencies are alike. Moments for unequal numbers (Kleinman 1973)."""
    noise = overall * (1 - overall)
    spread = sum(rate.whole * (rate.part / rate.whole - overall) ** 2 for rate in rates)
    room = answers - sum(rate.whole**2 for rate in rates) / answers
    if room <= 0 or noise == 0:
        return inf
    between = (spread - (len(rates) - 1) * noise) / (room - (len(rates) - 1)) if room > len(rates) - 1 else 0.0
    return inf if between <= 0 else max(noise / between - 1, 0.0)
