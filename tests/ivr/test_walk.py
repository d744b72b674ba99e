"""Claims about every call that the shipped flow allows: all states walked, 20,000 callers who do anything."""

import json
import random
from collections import defaultdict
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr import speech
from ivr.flow import Flow, GatherNode, QueueNode, RecordNode
from ivr.machine import begin, step
from ivr.model import CommandFailed, Event, FactsChanged, Hangup, HungUp, KeyPressed, Play, Recorded, State, TimedOut
from ivr.prompt_book import PromptBook
from ivr.recordings import RECORDINGS
from ivr.walk import GARBAGE, SAMPLES, Transition, possible_events, random_call, transitions


@dataclass
class Seen:
    """What one walk through all states saw, kept as small as the claims need."""

    states: set[State] = field(default_factory=set)
    nodes: set[str] = field(default_factory=set)
    said: set[str] = field(default_factory=set)
    said_after_refusal: set[str] = field(default_factory=set)
    recorded_without_consent: list[Transition] = field(default_factory=list)
    hangups: set[tuple[str, str | None]] = field(default_factory=set)
    ended_with_commands: list[Transition] = field(default_factory=list)
    back: dict[State, set[State]] = field(default_factory=lambda: defaultdict(set))
    idle: dict[State, set[State]] = field(default_factory=lambda: defaultdict(set))

    def add(self, book: PromptBook, one: Transition) -> None:
        """Takes in one step."""
        self.states.add(one.after)
        self.nodes.add(one.after.node)
        for command in one.commands:
            if isinstance(command, Play):
                names = {name for say in command.say for name in speech.parts(say, book)}
                self.said |= names
                if "recording-allowed" in one.after.settled:
                    self.said_after_refusal |= names
        if one.state is None:
            return
        if one.state.result is not None and one.commands:
            self.ended_with_commands.append(one)
        if isinstance(one.event, HungUp):
            self.hangups.add((one.state.node, one.after.result))
            return
        self.back[one.after].add(one.state)
        acted = isinstance(one.event, KeyPressed | FactsChanged) or (
            isinstance(one.event, Recorded) and one.event.spoken_seconds > 2
        )
        if not acted and one.after != one.state:
            self.idle[one.state].add(one.after)


@pytest.fixture(scope="module")
def seen(flow: Flow, book: PromptBook) -> Seen:
    """The one walk that the claims below look at."""
    seen = Seen()
    for one in transitions(flow):
        seen.add(book, one)
        records = isinstance(flow.nodes[one.after.node], RecordNode) and one.after.result is None
        if records and "recording-allowed" in one.after.settled:
            seen.recorded_without_consent.append(one)
    return seen


def test_every_node_is_reached(flow: Flow, seen: Seen) -> None:
    waits = {name for name, node in flow.nodes.items() if type(node).__name__ != "GoNode"}
    assert waits <= seen.nodes
    assert len(seen.states) > 5_000


def test_after_a_refusal_no_call_ever_rests_in_a_recording(flow: Flow, seen: Seen) -> None:
    assert seen.recorded_without_consent == []
    refused = {state for state in seen.states if "recording-allowed" in state.settled}
    assert {state.node for state in refused} >= {"menu", "operators", "send-callback", "told-next"}, (
        "the menu still works"
    )


def test_after_a_refusal_nobody_is_asked_to_speak_after_the_beep(seen: Seen, book: PromptBook) -> None:
    asking = {name for name, prompt in book.items() if prompt.use == "flow" and "bíp" in prompt.text}
    assert asking <= seen.said
    assert not asking & seen.said_after_refusal
    assert "callback-taken" in seen.said_after_refusal


def test_from_every_state_an_end_or_a_person_can_be_reached_without_hanging_up(flow: Flow, seen: Seen) -> None:
    good = {
        state for state in seen.states if state.result == "completed" or isinstance(flow.nodes[state.node], QueueNode)
    }
    ahead = list(good)
    while ahead:
        for before in seen.back[ahead.pop()] - good:
            good.add(before)
            ahead.append(before)
    assert {state for state in seen.states if state.result is None} <= good


def test_caller_who_does_nothing_always_comes_to_an_end(seen: Seen) -> None:
    done, doing = set[State](), set[State]()
    for first in seen.states:
        stack = [(first, iter(seen.idle[first]))]
        while stack:
            state, after = stack[-1]
            doing.add(state)
            following = next((one for one in after if one not in done), None)
            if following is None:
                done.add(state)
                doing.discard(state)
                stack.pop()
            else:
                assert following not in doing, f"a circle without the caller at {following.node}"
                stack.append((following, iter(seen.idle[following])))


def test_hanging_up_is_defined_at_every_node(flow: Flow, seen: Seen) -> None:
    results = defaultdict(set)
    for where, result in seen.hangups:
        results[where].add(result)
    assert results.keys() == seen.nodes
    assert all(None not in ends for ends in results.values())
    for name, node in flow.nodes.items():
        if isinstance(node, RecordNode):
            assert results[name] == {"report-kept", "caller-left"}


def test_call_that_has_ended_commands_nothing_more(seen: Seen) -> None:
    assert seen.ended_with_commands == []


def test_everything_that_can_be_said_has_a_recording(seen: Seen) -> None:
    assert len(seen.said) > 40
    assert [name for name in sorted(seen.said) if not (RECORDINGS / f"{name}.alaw").is_file()] == []


def test_20000_random_callers_with_garbage_all_end_in_a_defined_result(flow: Flow) -> None:
    chance = random.Random(1022)
    results: dict[str, int] = defaultdict(int)
    for _ in range(20_000):
        story = random_call(flow, chance)
        last = story[-1].after
        assert last.result is not None
        results[last.result] += 1
        assert len(last.ahead) <= 16
        assert len(last.typed) <= 9
        if "recording-allowed" in last.settled:
            assert last.result != "report-kept"
    assert results.keys() == {"completed", "caller-left", "report-kept"}


def test_random_calls_go_the_same_way_through_json_and_twice(flow: Flow) -> None:
    chance = random.Random(7)
    for _ in range(500):
        for one in random_call(flow, chance):
            if one.state is None or one.event is None:
                continue
            through = State.from_json(json.loads(json.dumps(one.state.to_json())))
            assert through == one.state
            assert step(flow, through, one.event) == (one.after, list(one.commands))


keys = st.text("0123456789*#ABCD", max_size=200)


@given(
    early=keys, asked=keys, facts=st.sets(st.sampled_from(["open-now", "operators-ready", "silence-means-recorded"]))
)
def test_no_string_of_keys_breaks_a_call(flow: Flow, early: str, asked: str, facts: set[str]) -> None:
    state, _ = begin(flow, dict.fromkeys(facts, True))
    for key in early:
        state, _ = step(flow, state, KeyPressed(key))
    for key in asked:
        state, commands = step(flow, state, KeyPressed(key))
        if not commands and state.result is None:
            state, commands = step(flow, state, possible_events(flow, state)[-1])
    state, _ = step(flow, state, HungUp())
    assert state.result is not None


def test_every_event_is_accepted_in_every_state(flow: Flow, seen: Seen) -> None:
    """Also those that do not fit: an answer to another command, a turn that never was, garbage."""
    chance = random.Random(3)
    everything: list[Event] = [*GARBAGE, HungUp(), HungUp(9.0)]
    for node in {type(node): name for name, node in flow.nodes.items()}.values():
        everything += possible_events(flow, State(flow.version, node))
    for state in chance.sample(sorted(seen.states, key=repr), 1_000):
        for event in everything:
            after, _ = step(flow, state, event)
            assert after.node in flow.nodes


@pytest.mark.parametrize("turns_ago", [1, 2, -1])
def test_answers_of_other_turns_change_nothing(flow: Flow, turns_ago: int) -> None:
    chance = random.Random(5)
    for _ in range(300):
        for one in random_call(flow, chance):
            for event in (TimedOut(one.after.turn - turns_ago), CommandFailed(one.after.turn - turns_ago)):
                assert step(flow, one.after, event) == (one.after, [])


def test_hanging_up_by_the_flow_is_always_its_last_command(flow: Flow) -> None:
    chance = random.Random(11)
    for _ in range(500):
        for one in random_call(flow, chance):
            assert all(not isinstance(command, Hangup) for command in one.commands[:-1])
            assert (Hangup() in one.commands) == (one.after.result == "completed" and bool(one.commands))


def test_samples_cover_what_the_flow_asks_the_product_for(flow: Flow) -> None:
    asked = {name for node in flow.nodes.values() for name in getattr(node, "gives", ())}
    assert asked == SAMPLES.keys()
    assert any(isinstance(node, GatherNode) and node.digits for node in flow.nodes.values())
