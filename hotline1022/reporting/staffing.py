"""How many operators an hour needs: Erlang's formulas for a queue with patient callers. Pure.

A. K. Erlang, "Solution of some problems in the theory of probabilities of significance in automatic telephone exchanges" (1917).
Callers who give up make the true wait shorter than these formulas say, so the advice is on the safe side.
"""

from math import exp, inf

TARGET, WITHIN_SECONDS = 0.80, 20.0
"""80 % of callers answered within 20 seconds."""
MOST_OPERATORS = 1000


def erlang_b(load: float, operators: int) -> float:
    """The share of callers lost where nobody may wait; ``load`` in erlangs. By the recursion that stays within 0 and 1."""
    lost = 1.0
    for each in range(1, operators + 1):
        lost = load * lost / (each + load * lost)
    return lost


def erlang_c(load: float, operators: int) -> float:
    """The probability that a caller must wait; 1 where the operators cannot keep up."""
    if operators <= load:
        return 1.0
    lost = erlang_b(load, operators)
    return lost / (1 - load / operators * (1 - lost))


def service_level(load: float, operators: int, handling_seconds: float, within: float = WITHIN_SECONDS) -> float:
    """The share of callers answered ``within`` so many seconds."""
    if load == 0:
        return 1.0
    if operators <= load:
        return 0.0
    return 1 - erlang_c(load, operators) * exp(-(operators - load) * within / handling_seconds)


def mean_wait(load: float, operators: int, handling_seconds: float) -> float:
    """Seconds that callers wait on average; infinite where the operators cannot keep up."""
    if operators <= load:
        return inf
    return erlang_c(load, operators) * handling_seconds / (operators - load)


def operators_for(load: float, handling_seconds: float, target: float = TARGET, within: float = WITHIN_SECONDS) -> int:
    """The fewest operators (at least 1) with whom the service level is reached. Raises ValueError beyond ``MOST_OPERATORS``."""
    for operators in range(max(1, int(load)), MOST_OPERATORS + 1):
        if service_level(load, operators, handling_seconds, within) >= target:
            return operators
    raise ValueError(f"{load} erlangs need more than {MOST_OPERATORS} operators")
