"""A call on paper by keys: what the real machine says and does, step by step, each with its node. Pure; no telephone, no clock.

What no key tells goes as for a caller at night: prompts are heard out, ten seconds are spoken, no ticket is found, nobody answers.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ivr import speech
from ivr.flow import Flow
from ivr.machine import begin, step
from ivr.model import (
    KEYS,
    AwaitKey,
    Command,
    Emit,
    Emitted,
    Event,
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
from ivr.prompt_book import PromptBook

MOST_STEPS = 300
"""Of one rehearsal: a flow that goes in circles ends here."""

SPOKEN_SECONDS = 10.0
CODE = "12345678"
SILENCE, HANG_UP = "silence", "hangup"
ACTS = KEYS | {SILENCE, HANG_UP}
"""What the caller may do when asked: a key, nothing, or leave."""

_ENDS = {
    "completed": "(Cuộc gọi kết thúc)",
    "caller-left": "(Người gọi đã gác máy)",
    "report-kept": "(Người gọi gác máy; lời đã nói được giữ)",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that is said or done."""

    said: str
    node: str
    kind: Literal["said", "done", "pressed", "over"]


def rehearse(flow: Flow, book: PromptBook, acts: Sequence[str], facts: Mapping[str, bool]) -> list[Heard]:
    """What is heard until the call waits for a further act, is over, or has gone ``MOST_STEPS``."""
    call = _Call(flow, book, list(acts))
    call.take(*begin(flow, {name: holds for name, holds in facts.items() if name in flow.facts}))
    for _ in range(MOST_STEPS):
        event = call.next_event()
        if event is None:
            return call.heard
        call.take(*step(flow, call.state, event))
    call.heard.append(Heard("(Kịch bản đi vòng, dừng ở đây)", call.state.node, "over"))
    return call.heard


class _Call:
    def __init__(self, flow: Flow, book: PromptBook, acts: list[str]) -> None:
        self._flow, self._book, self._acts = flow, book, acts
        self.state = State(flow.version, flow.start)
        self.heard: list[Heard] = []
        self._waits: Command = Hangup()

    def take(self, state: State, commands: Sequence[Command]) -> None:
        """What the machine answered; an empty list means "carry on"."""
        self.state = state
        if not commands and not state.result:
            return
        for command in commands:
            self.heard += self._told(command)
        self._waits = commands[-1] if commands else Hangup()
        if state.result:
            self._waits = Hangup()
            self.heard.append(Heard(_ENDS[state.result], state.node, "over"))

    def next_event(self) -> Event | None:  # noqa: PLR0911 -- a table
        """What the world does now; None when the caller is to say, or the call is over."""
        turn = self.state.turn
        match self._waits:
            case Play():
                return PlayFinished(turn)
            case AwaitKey():
                return self._act(turn)
            case Record():
                return Recorded(turn, SPOKEN_SECONDS + 1, SPOKEN_SECONDS, "key")
            case Queue():
                # Who rehearses goes on past the queue only by a further act.
                return QueueLeft(turn, "unanswered") if self._acts else None
            case LookUp():
                return LookedUp(turn, False, {}, {})
            case Emit():
                return Emitted(turn, {"code": CODE})
        return None

    def _act(self, turn: int) -> Event | None:
        if not self._acts:
            return None
        act = self._acts.pop(0)
        told = {SILENCE: "(im lặng)", HANG_UP: "(gác máy)"}.get(act, f"(bấm {act})")
        self.heard.append(Heard(told, self.state.node, "pressed"))
        if act == HANG_UP:
            return HungUp(0)
        return TimedOut(turn) if act == SILENCE else KeyPressed(act)

    def _told(self, command: Command) -> Iterator[Heard]:
        node = self.state.node
        match command:
            case Play():
                names = [name for each in command.say for name in speech.parts(each, self._book)]
                yield Heard(" ".join(self._book[name].text for name in names), node, "said")
            case Record():
                yield Heard(f"(bíp; ghi âm tối đa {command.max_seconds:g} giây)", node, "done")
            case Queue():
                yield Heard(f"(vào hàng đợi “{command.name}”)", node, "done")
            case LookUp():
                yield Heard("(tra phiếu)", node, "done")
            case Emit():
                yield Heard(f"(báo “{command.name}”)", node, "done")
            case _:
                return
