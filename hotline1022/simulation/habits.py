"""How agencies work and how content their citizens are: drawn once for each agency. Pure. All of it is assumed, nothing is measured."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from hotline1022.simulation.plan import Plan
from surveys.model import Question
from telephony.events import OutgoingOutcome

SLOW = 0.15
"""Assumed: the share of agencies that are slow. The province's own figure of 2021, 99.7 % content, would leave nothing to compare."""


@dataclass(frozen=True)
class Habit:
    """``pace``: the usual share of the promised time that an agency takes for an answer; above 1 it is usually late.

    ``quality``: how good its answers are, 0 to 1. ``returns``: how often it says that a matter is not its own.
    """

    pace: float
    quality: float
    returns: float


class Habits:
    """The habits of every agency of a plan."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self.of = lru_cache(maxsize=None)(self._of)
        """The habit of an agency of this code."""

    def _of(self, agency: str) -> Habit:
        chance = self._plan.chance("habit", agency)
        slow = chance.random() < SLOW
        pace = chance.uniform(0.9, 1.3) if slow else chance.uniform(0.25, 0.75)
        quality = chance.betavariate(4, 3) if slow else chance.betavariate(7, 2)
        return Habit(pace=pace, quality=quality, returns=chance.uniform(0.01, 0.12))


RUNG: Mapping[OutgoingOutcome, float] = {"answered": 60, "no-answer": 24, "busy": 6, "machine": 6, "rejected": 4}
"""Assumed: how calls to citizens end."""


@dataclass(frozen=True)
class Said:
    """What a citizen keys in a survey call, in the order of the questions; ``commented`` by voice."""

    outcome: OutgoingOutcome
    answers: Mapping[Question, int]
    commented: bool = False


def said_in_survey(chance: random.Random, item: Question, habit: Habit, *, late: bool) -> Said:
    """How a survey call goes. Shares are assumed: of those who are reached eight in ten answer all of it."""
    outcome = chance.choices(list(RUNG), list(RUNG.values()))[0]
    if outcome != "answered":
        return Said(outcome, {})
    consent = chance.choices((0, 1, 2, 3), (8, 84, 6, 2))[0]
    if consent != 1:
        return Said(outcome, {Question.CONSENT: consent} if consent else {})
    content = min(max(habit.quality - (0.3 if late else 0) + chance.gauss(0, 0.18), 0), 1)
    answers = {Question.CONSENT: 1, Question.RESOLVED: _resolved(chance, content)}
    if chance.random() < 0.05:
        return Said(outcome, answers)  # hung up in the middle
    answers[Question.SATISFACTION] = _mark(content)
    unhappy = answers[Question.RESOLVED] == 3 or answers[Question.SATISFACTION] <= 2
    if chance.random() < 0.97:
        answers[item] = _mark(min(max(content + chance.gauss(0, 0.1), 0), 1))
    if unhappy and answers[Question.RESOLVED] != 3 and chance.random() < 0.25:
        answers[Question.REOPEN] = 1  # asked of those only whose matter is not reopened anyway
    return Said(outcome, answers, commented=unhappy and chance.random() < 0.4)


def _resolved(chance: random.Random, content: float) -> int:
    if content > 0.5:
        return 1 if chance.random() < 0.92 else 2
    return chance.choices((1, 2, 3), (20, 35, 45))[0] if content < 0.3 else chance.choices((1, 2, 3), (60, 30, 10))[0]


def _mark(content: float) -> int:
    return next(mark for mark, below in ((1, 0.12), (2, 0.28), (3, 0.45), (4, 0.78), (5, 2.0)) if content < below)
