"""A flow as values: nodes by name, each one verb of a closed vocabulary, with named exits.

Files, checks and the running are elsewhere.

The vocabulary is the whole of it: there are no expressions. A condition is the name of a fact that the host gives or
an exit settles.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ivr.model import Say

CONSENT_FACT = "recording-allowed"
"""No flow can record while this fact does not hold: the machine then leaves a ``record`` node by ``failed`` at once."""


SURVEY = "survey"
"""The flow that the hotline's own calls follow; every other one is a menu for callers."""


@dataclass(frozen=True, slots=True)
class Exit:
    """A way out of a node: where to, and the values and facts that taking it settles. ``line`` is where the file says
    so.
    """

    go: str
    line: int = 0
    values: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """Something to be said: a prompt by its name, or a value by its name, spoken as ``kind``."""

    kind: Literal["prompt", "digits", "number", "date", "agency", "stage"]
    name: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Again:
    """An unanswered or wrongly answered question is asked again, after these words."""

    say: tuple[Part, ...] = ()


Keep = Literal["keep"]
"""A key that is no answer here is kept for the next question, and the prompt goes on: for notices that must be heard.
"""


@dataclass(frozen=True, slots=True)
class PlayNode:
    """Says something. ``skippable``: a key ends it; the key is kept for the next question."""

    line: int
    say: tuple[Part, ...]
    skippable: bool
    then: Exit


@dataclass(frozen=True, slots=True)
class Digits:
    """A number of exactly ``count`` digits, ended by ``finish`` or a pause of ``pause`` seconds, kept as the value
    ``save``.
    """

    count: int
    finish: str
    pause: float
    save: str
    then: Exit


@dataclass(frozen=True, slots=True)
class GatherNode:
    """Asks, and waits ``seconds`` for one of ``keys`` or for ``digits``.

    The ``tries``-th failure leaves by ``give_up``.
    """

    line: int
    say: tuple[Part, ...]
    seconds: float
    tries: int
    keys: Mapping[str, Exit]
    digits: Digits | None
    no_input: Exit | Again
    no_match: Exit | Again | Keep
    give_up: Exit | None


@dataclass(frozen=True, slots=True)
class RecordNode:
    """Records the caller.

    ``on_hangup`` names the emit node that keeps the words of a caller who hangs up while speaking.
    """

    line: int
    name: str
    max_seconds: float
    silence_seconds: float
    finish: str
    spoken: Exit
    silent: Exit
    failed: Exit
    on_hangup: str


@dataclass(frozen=True, slots=True)
class QueueNode:
    """Gives the call to the operators."""

    line: int
    name: str
    answered: Exit
    unanswered: Exit
    failed: Exit


@dataclass(frozen=True, slots=True)
class LookUpNode:
    """Asks the product for the ticket whose code is the value ``code``; ``gives`` names the values that come back."""

    line: int
    code: str
    gives: tuple[str, ...]
    found: Exit
    not_found: Exit
    failed: Exit


@dataclass(frozen=True, slots=True)
class EmitNode:
    """Tells the product that ``name`` has happened.

    A value written ``{name}`` is that value; ``gives`` names what comes back.
    """

    line: int
    name: str
    values: tuple[tuple[str, str], ...]
    gives: tuple[str, ...]
    ok: Exit
    failed: Exit


@dataclass(frozen=True, slots=True)
class Case:
    """If all these facts hold, this exit."""

    facts: tuple[str, ...]
    exit: Exit


@dataclass(frozen=True, slots=True)
class GoNode:
    """Chooses a way by facts: the first case that holds, else ``otherwise``."""

    line: int
    cases: tuple[Case, ...]
    otherwise: Exit


@dataclass(frozen=True, slots=True)
class HangupNode:
    """Says a last word and ends the call."""

    line: int
    say: tuple[Part, ...]


Node = PlayNode | GatherNode | RecordNode | QueueNode | LookUpNode | EmitNode | GoNode | HangupNode


@dataclass(frozen=True, slots=True)
class Flow:
    """A flow that a call can follow.

    ``version`` names it, its content and its prompts' words (``default-1-3fa9c1d2``); facts and values are the defaults.
    """

    name: str
    version: str
    start: str
    facts: Mapping[str, bool]
    values: Mapping[str, str]
    nodes: Mapping[str, Node]


def exits(node: Node) -> Iterator[tuple[str, Exit]]:
    """Every way out of a node, with the name of the way; a ``record`` node's way on a hang-up is not one
    (``on_hangup``).
    """
    match node:
        case PlayNode():
            yield "then", node.then
        case GatherNode():
            yield from node.keys.items()
            if node.digits:
                yield "digits", node.digits.then
            for name, way in (("no_input", node.no_input), ("no_match", node.no_match), ("give_up", node.give_up)):
                if isinstance(way, Exit):
                    yield name, way
        case RecordNode():
            yield from (("spoken", node.spoken), ("silent", node.silent), ("failed", node.failed))
        case QueueNode():
            yield from (("answered", node.answered), ("unanswered", node.unanswered), ("failed", node.failed))
        case LookUpNode():
            yield from (("found", node.found), ("not_found", node.not_found), ("failed", node.failed))
        case EmitNode():
            yield from (("ok", node.ok), ("failed", node.failed))
        case GoNode():
            yield from ((" + ".join(case.facts), case.exit) for case in node.cases)
            yield "else", node.otherwise
        case HangupNode():
            pass


def spoken_in(node: Node) -> Iterator[Part]:
    """Everything that a node can say."""
    match node:
        case PlayNode() | HangupNode():
            yield from node.say
        case GatherNode():
            yield from node.say
            for way in (node.no_input, node.no_match):
                if isinstance(way, Again):
                    yield from way.say
        case _:
            pass


def resolve(parts: tuple[Part, ...], values: Mapping[str, str]) -> tuple[Say, ...]:
    """What is said, with this call's values. A value that nobody gave is left out."""
    return tuple(
        Say(part.kind, part.name if part.kind == "prompt" else values[part.name])
        for part in parts
        if part.kind == "prompt" or part.name in values
    )
