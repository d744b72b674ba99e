"""Goes through a flow without a telephone: every state that a call can reach, and random callers. Pure.

Two calls that differ only in what cannot matter (the number of the turn, which digits make up a number) count as one
state. The host's facts may change between any two events, so they belong to the step, not to the state: each step is
taken in every world that it could ask about.
"""

import itertools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ivr.flow import (
    CONSENT_FACT,
    EmitNode,
    Flow,
    GatherNode,
    GoNode,
    LookUpNode,
    Node,
    PlayNode,
    QueueNode,
    RecordNode,
    exits,
)
from ivr.machine import begin, step
from ivr.model import (
    KEYS,
    Command,
    CommandFailed,
    Emitted,
    Event,
    FactsChanged,
    HungUp,
    KeyPressed,
    LookedUp,
    PlayFinished,
    QueueLeft,
    Recorded,
    State,
    TimedOut,
)

SAMPLES = {"code": "12345678", "agency": "unknown", "stage": "received", "due": "2026-11-25"}
"""Values that a host could give; for any other name the name itself."""

SILENT, SPOKEN = 1.0, 12.0


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of some call. ``event`` is None for the call's beginning."""

    state: State | None
    event: Event | None
    after: State
    commands: tuple[Command, ...]


@dataclass(frozen=True, slots=True)
class Walked:
    """How much of a flow was walked."""

    states: int
    steps: int


def walk(flow: Flow, *, early_keys: int = 1) -> Walked:
    """Walks every state and counts."""
    seen = set[State]()
    steps = 0
    for transition in transitions(flow, early_keys=early_keys):
        seen.add(transition.after)
        steps += transition.event is not None
    return Walked(len(seen), steps)


def transitions(flow: Flow, *, early_keys: int = 1) -> Iterator[Transition]:
    """Every step from every reachable state by every event that a host could tell there, in every world.

    ``early_keys``: as many keys may wait for their question; more do not lead to other nodes.
    """
    seen, ahead = set[State](), list[State]()
    plain = _Plain(flow)
    worlds = {name: tuple(_worlds(sorted(_asked_after(flow, name)))) for name in flow.nodes}
    for facts in _worlds(list(flow.facts)):
        first, commands = begin(flow, {name: name in facts for name in flow.facts})
        ahead.append(plain(first))
        yield Transition(None, None, ahead[-1], tuple(commands))
    while ahead:
        state = ahead.pop()
        if state in seen:
            continue
        seen.add(state)
        full = len(state.ahead) >= early_keys and not answers(flow, state)
        for event in possible_events(flow, state):
            if full and isinstance(event, KeyPressed):
                continue
            for world in worlds[state.node]:
                true = state.true.union(world - state.settled)
                after, commands = step(flow, state._replace(true=true), event)
                moved = after.node != state.node or bool(commands)
                after = plain(after)
                yield Transition(state, event, after, tuple(commands))
                if after not in seen:
                    ahead.append(after)
                if not moved:
                    break  # nothing was asked: every world gives the same


def _worlds(facts: list[str]) -> Iterator[frozenset[str]]:
    for holds in itertools.product((False, True), repeat=len(facts)):
        yield frozenset(itertools.compress(facts, holds))


def _asked_after(flow: Flow, name: str) -> set[str]:
    """The facts that can be asked between leaving a node and resting again; an early key leads through a question."""
    facts, seen = set[str](), set[str]()
    ahead = [leads.go for _, leads in exits(flow.nodes[name])]
    while ahead:
        passed = ahead.pop()
        node = flow.nodes[passed]
        if passed in seen or not isinstance(node, GoNode | PlayNode | GatherNode | RecordNode):
            continue
        seen.add(passed)
        ahead += [leads.go for _, leads in exits(node)]
        if isinstance(node, GoNode):
            facts.update(fact for case in node.cases for fact in case.facts)
        if isinstance(node, RecordNode):
            facts.add(CONSENT_FACT)
    return facts


def answers(flow: Flow, state: State) -> bool:
    """Whether a key pressed now is an answer (and not an early one)."""
    node = flow.nodes[state.node]
    return isinstance(node, GatherNode) and node.no_match != "keep"


def possible_events(flow: Flow, state: State) -> list[Event]:
    """What a host could tell in this state, but for facts. Of a number's digits one stands for all."""
    if state.result is not None:
        return [HungUp(), HungUp(SPOKEN), KeyPressed("1"), PlayFinished(state.turn)]
    node = flow.nodes[state.node]
    keys = "1*#" if isinstance(node, GatherNode) and node.digits else "".join(sorted(KEYS))
    return [HungUp(), *map(KeyPressed, keys), CommandFailed(state.turn), *_answers(node, state.turn)]


def _answers(node: Node, turn: int) -> list[Event]:  # noqa: PLR0911 -- a table
    match node:
        case PlayNode():
            return [PlayFinished(turn)]
        case GatherNode():
            return [PlayFinished(turn), TimedOut(turn)]
        case RecordNode():
            silent, spoken = Recorded(turn, SILENT, SILENT, "silence"), Recorded(turn, SPOKEN, SPOKEN, "key")
            return [silent, spoken, HungUp(SILENT), HungUp(SPOKEN)]
        case QueueNode():
            return [QueueLeft(turn, "answered"), QueueLeft(turn, "unanswered")]
        case LookUpNode():
            values = sample(node.gives)
            return [LookedUp(turn, True, values), LookedUp(turn, True), LookedUp(turn, False)]
        case EmitNode():
            return [Emitted(turn, sample(node.gives)), Emitted(turn)]
    return []


def sample(names: tuple[str, ...]) -> dict[str, str]:
    """Values of these names such as a host could give."""
    return {name: SAMPLES.get(name, name) for name in names}


class _Plain:
    """Strips a state of what cannot matter."""

    def __init__(self, flow: Flow) -> None:
        nodes = flow.nodes.values()
        self._numbers = {node.digits.save for node in nodes if isinstance(node, GatherNode) and node.digits}

    def __call__(self, state: State) -> State:
        return state._replace(
            turn=0,
            typed=re.sub("[0-9]", "1", state.typed),
            values=tuple((name, "1" * len(text) if name in self._numbers else text) for name, text in state.values),
            true=state.true & state.settled,
        )


GARBAGE: tuple[Event, ...] = (
    *map(KeyPressed, ("A", "B", "C", "D", "", "12", "\r\n", "٣", "x" * 1000)),
    FactsChanged({"no-such-fact": True}),
    PlayFinished(-1),
    TimedOut(10**9),
    Recorded(-1, float("nan"), float("nan"), "key"),
    LookedUp(-1, True, {"topic": "9"}),
    Emitted(-1, {"code": "x" * 10_000}),
)
"""What no telephone sends and no host should tell."""


def random_call(flow: Flow, chance: random.Random, *, most_events: int = 400) -> list[Transition]:
    """A call by a caller and a host who do anything at all, garbage too; in the end the caller hangs up."""
    state, commands = begin(flow, {name: chance.random() < 0.5 for name in flow.facts})
    story = [Transition(None, None, state, tuple(commands))]
    while state.result is None:
        if len(story) > most_events:
            event: Event = HungUp()
        elif chance.random() < 0.1:
            event = chance.choice(GARBAGE)
        elif chance.random() < 0.1:
            event = FactsChanged({name: chance.random() < 0.5 for name in flow.facts})
        else:
            event = chance.choice(possible_events(flow, state)[chance.random() < 0.95 :])
        after, commands = step(flow, state, event)
        story.append(Transition(state, event, after, tuple(commands)))
        state = after
    return story
