"""The machine that runs a flow: (flow, state, event) -> (state, commands). Pure and total:

no event in any state raises, none waits.

A call always rests on a node that waits for something. An event either leaves it there (perhaps with new commands) or
takes one of the node's exits; then the machine follows the exit through nodes that need no waiting until it rests
again.
"""

from collections.abc import Mapping

from ivr.flow import (
    CONSENT_FACT,
    Again,
    EmitNode,
    Exit,
    Flow,
    GatherNode,
    GoNode,
    HangupNode,
    LookUpNode,
    Node,
    PlayNode,
    QueueNode,
    RecordNode,
    resolve,
)
from ivr.model import (
    KEYS,
    SPOKEN_ENOUGH_SECONDS,
    Answer,
    AwaitKey,
    Command,
    CommandFailed,
    Emit,
    Emitted,
    Event,
    FactsChanged,
    Hangup,
    HungUp,
    KeyPressed,
    LookedUp,
    LookUp,
    Play,
    PlayFinished,
    Queue,
    QueueLeft,
    Record,
    Recorded,
    State,
    TimedOut,
)

KEPT_AHEAD = 16
"""Keys pressed ahead of their question that are kept; of more, the first ones."""

LONGEST_VALUE = 200
"""Characters of a value from the host that are kept."""

Move = Exit | list[Command]
"""What an event leads to: out of the node, or stay there and do this (an empty list: carry on)."""


def begin(
    flow: Flow, facts: Mapping[str, bool], values: Mapping[str, str] | None = None
) -> tuple[State, list[Command]]:
    """The call's first state and what to do first. ``values`` are known before the call: what it is about.

    Facts and values that the flow does not know are ignored; missing ones take the flow's default.
    """
    true = frozenset(name for name, default in flow.facts.items() if facts.get(name, default))
    known = {name: text[:LONGEST_VALUE] for name, text in (values or {}).items() if name in flow.values}
    state = State(flow.version, flow.start, true=true, values=tuple(sorted((dict(flow.values) | known).items())))
    return _follow(flow, state, Exit(flow.start))


def step(flow: Flow, state: State, event: Event) -> tuple[State, list[Command]]:
    """What the event makes of the call.

    ``flow`` must be the version that the call began with (``state.flow == flow.version``).
    """
    if state.result is not None:
        return state, []
    node = flow.nodes[state.node]
    match event:
        case HungUp():
            return _left(flow, state, node, event)
        case FactsChanged():
            return _learn(flow, state, event.facts), []
        case KeyPressed():
            state, move = _key(state, node, event.key) if event.key in KEYS else (state, [])
        case _ if event.turn != state.turn:
            return state, []
        case _:
            state, move = _react(flow, state, node, event)
    if isinstance(move, Exit):
        return _follow(flow, state, move)
    return _commanded(state, move)


def _commanded(state: State, commands: list[Command]) -> tuple[State, list[Command]]:
    return (state._replace(turn=state.turn + 1), commands) if commands else (state, [])


# What each node makes of each event -----------------------------------------------------------------------------------


def _react(flow: Flow, state: State, node: Node, event: Answer) -> tuple[State, Move]:  # noqa: PLR0911 -- a table
    """An answer to a command. One that does not fit the node changes nothing."""
    match node, event:
        case PlayNode(), PlayFinished() | CommandFailed():
            return state, node.then  # a prompt that cannot be played must not hold up the caller
        case GatherNode(), TimedOut() if state.typed:
            return _typed(state, node)
        case GatherNode(), TimedOut() | CommandFailed():
            return _unanswered(state, node, node.no_input)
        case GatherNode(), PlayFinished() if state.ahead:
            # A kept key waits for the next question: no need to sit out the silence.
            return _unanswered(state, node, node.no_input)
        case RecordNode(), Recorded() if event.spoken_seconds > SPOKEN_ENOUGH_SECONDS:
            return state, node.spoken
        case RecordNode(), Recorded():
            return state._replace(unsent=None), node.silent
        case RecordNode(), CommandFailed():
            return state._replace(unsent=None), node.failed
        case QueueNode(), QueueLeft():
            return state, node.answered if event.reason == "answered" else node.unanswered
        case LookUpNode(), LookedUp():
            state = _learn(flow, _told(state, node.gives, event.values), event.facts)
            return state, node.found if event.found else node.not_found
        case EmitNode(), Emitted():
            # A product that does not give what it promised (a ticket's code) has not done what it was told.
            whole = all(event.values.get(name) for name in node.gives)
            return _told(state, node.gives, event.values), node.ok if whole else node.failed
        case ((QueueNode() | LookUpNode() | EmitNode()), CommandFailed()):
            return state, node.failed
    return state, []


def _key(state: State, node: Node, key: str) -> tuple[State, Move]:
    match node:
        case PlayNode(skippable=True):
            return _kept(state, key), node.then
        case PlayNode() | EmitNode():
            return _kept(state, key), []
        case GatherNode():
            return _answer(state, node, key)
    return state, []  # a key that ends a recording, one for the queue, or an impatient one during a look-up


def _answer(state: State, node: GatherNode, key: str) -> tuple[State, Move]:
    """A key for a question that is being asked."""
    if key in node.keys and not state.typed:
        return state, node.keys[key]
    if node.digits:
        if key == node.digits.finish:
            return _typed(state, node)
        # One digit too many is enough to know that the number is wrong.
        state = state._replace(typed=(state.typed + key)[: node.digits.count + 1])
        if not node.digits.finish and len(state.typed) == node.digits.count:
            return _typed(state, node)
        return state, [AwaitKey(node.digits.pause)]
    if node.no_match == "keep":
        return _kept(state, key), []
    return _unanswered(state, node, node.no_match)


def _typed(state: State, node: GatherNode) -> tuple[State, Move]:
    """The caller has finished a number."""
    digits = node.digits
    if digits and len(state.typed) == digits.count and state.typed.isdecimal():
        return _settled(state._replace(typed=""), ((digits.save, state.typed),)), digits.then
    return _unanswered(state, node, Again() if node.no_match == "keep" else node.no_match)


def _unanswered(state: State, node: GatherNode, way: Exit | Again | str) -> tuple[State, Move]:
    """No answer or a wrong one: the way that the flow names, else the question again until the tries are used up."""
    state = state._replace(typed="", attempt=state.attempt + 1)
    if isinstance(way, Exit):
        return state, way
    if state.attempt >= node.tries and node.give_up:
        return state, node.give_up
    sorry = way.say if isinstance(way, Again) else ()
    return state, [Play(resolve(sorry + node.say, dict(state.values))), AwaitKey(node.seconds)]


def _left(flow: Flow, state: State, node: Node, event: HungUp) -> tuple[State, list[Command]]:
    """The caller hung up: what was said is kept, if anything was."""
    unheard = isinstance(node, RecordNode) and not event.spoken_seconds > SPOKEN_ENOUGH_SECONDS
    kept = [] if unheard else _unsent(flow, state)
    return _commanded(state._replace(result="report-kept" if kept else "caller-left", unsent=None), kept)


def _unsent(flow: Flow, state: State) -> list[Command]:
    """What tells the product of words that were spoken and not yet told."""
    keeper = flow.nodes.get(state.unsent) if state.unsent else None
    return [_emit(state, keeper)] if isinstance(keeper, EmitNode) else []


# The way to the next rest ---------------------------------------------------------------------------------------------


def _follow(flow: Flow, state: State, way: Exit) -> tuple[State, list[Command]]:
    # A checked flow has no circle without a wait, so each node is passed at most once for each early key; the bound
    # keeps an unchecked one from holding the host for ever.
    for _ in range(len(flow.nodes) * (KEPT_AHEAD + 1)):
        state = _settled(state, way.values, way.facts)
        state = state._replace(node=way.go, attempt=0, typed="")
        state, move = _arrive(flow, state, flow.nodes[way.go])
        if not isinstance(move, Exit):
            return _commanded(state, move)
        way = move
    return _commanded(state._replace(result="completed"), [Hangup()])


def _arrive(flow: Flow, state: State, node: Node) -> tuple[State, Move]:  # noqa: PLR0911 -- a table
    """What a node does first: rest with commands, or let the caller through at once."""
    match node:
        case PlayNode():
            through = node.skippable and bool(state.ahead)
            return state, node.then if through else [Play(resolve(node.say, dict(state.values)))]
        case GatherNode():
            return _ask(state, node)
        case RecordNode() if CONSENT_FACT not in state.true:
            return state, node.failed
        case RecordNode():
            recording = Record(node.name, node.max_seconds, node.silence_seconds, node.finish)
            return state._replace(unsent=node.on_hangup, ahead=""), [recording]
        case QueueNode():
            return state._replace(ahead=""), [Queue(node.name)]
        case LookUpNode():
            return state._replace(ahead=""), [LookUp(state.value(node.code) or "")]
        case EmitNode():
            unsent = None if state.unsent == state.node else state.unsent
            return state._replace(unsent=unsent), [_emit(state, node)]
        case GoNode():
            return state, next((case.exit for case in node.cases if state.true.issuperset(case.facts)), node.otherwise)
        case HangupNode():
            last_word: list[Command] = [Play(resolve(node.say, dict(state.values)))] if node.say else []
            return state._replace(result="completed", ahead="", unsent=None), [
                *_unsent(flow, state),
                *last_word,
                Hangup(),
            ]


def _ask(state: State, node: GatherNode) -> tuple[State, Move]:
    """A question is asked, unless keys pressed ahead of it answer it.

    An early key that is no answer is no wrong answer either, for the question had not been heard: it is dropped.
    """
    while state.ahead and (state.ahead[0] in node.keys or node.no_match != "keep"):
        key, state = state.ahead[0], state._replace(ahead=state.ahead[1:])
        if key in node.keys or (node.digits and (state.typed or key.isdecimal())):
            state, move = _answer(state, node, key)
            if isinstance(move, Exit):
                return state, move
            if not state.typed:  # a whole number, and a wrong one: the question is asked again
                return state._replace(ahead=""), move
    if state.typed and node.digits:
        return state, [AwaitKey(node.digits.pause)]
    return state, [Play(resolve(node.say, dict(state.values))), AwaitKey(node.seconds)]


# Small changes of the state -------------------------------------------------------------------------------------------


def _kept(state: State, key: str) -> State:
    return state._replace(ahead=(state.ahead + key)[:KEPT_AHEAD])


def _settled(state: State, values: tuple[tuple[str, str], ...], facts: tuple[tuple[str, bool], ...] = ()) -> State:
    """The flow decided these values and facts."""
    if not values and not facts:
        return state
    named = dict(facts)
    true = state.true.difference(named).union(name for name, holds in facts if holds)
    return state._replace(
        values=tuple(sorted((dict(state.values) | dict(values)).items())),
        true=true,
        settled=state.settled.union(named),
    )


def _told(state: State, gives: tuple[str, ...], values: Mapping[str, str]) -> State:
    """The host gave these values; the flow's own list says which of them it wants."""
    kept = {name: values[name][:LONGEST_VALUE] for name in gives if name in values}
    return state._replace(values=tuple(sorted((dict(state.values) | kept).items())))


def _learn(flow: Flow, state: State, facts: Mapping[str, bool]) -> State:
    """The host told these facts; those that the flow settled itself stay as they are."""
    open_facts = {name: holds for name, holds in facts.items() if name in flow.facts and name not in state.settled}
    true = state.true.difference(open_facts).union(name for name, holds in open_facts.items() if holds)
    return state._replace(true=true)


def _emit(state: State, node: EmitNode) -> Emit:
    known = dict(state.values)
    return Emit(
        node.name, {name: known.get(text[1:-1], "") if text.startswith("{") else text for name, text in node.values}
    )
