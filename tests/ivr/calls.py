"""A call in a test: tells events with the right turn and remembers what was commanded. It knows no rule."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ivr.flow import Flow
from ivr.machine import begin, step
from ivr.model import Answer, Command, Emit, Emitted, Event, KeyPressed, Play, PlayFinished, Record, State, TimedOut


@dataclass
class Call:
    """``Call(flow, "open-now")`` begins a call in which these facts hold."""

    flow: Flow
    facts: tuple[str, ...] = ()
    commands: list[Command] = field(default_factory=list)
    story: list[Command] = field(default_factory=list)
    state: State = field(init=False)

    def __post_init__(self) -> None:
        facts = {fact.removeprefix("not "): not fact.startswith("not ") for fact in self.facts}
        self._take(*begin(self.flow, facts))

    def tell(self, event: Event) -> list[Command]:
        """One event; what it made the machine command."""
        return self._take(*step(self.flow, self.state, event))

    def answer(self, event: Callable[..., Answer], *values: object) -> list[Command]:
        """An event that answers the commands of this turn."""
        return self.tell(event(self.state.turn, *values))

    def press(self, keys: str) -> list[Command]:
        """Keys, one by one; what the last one made the machine command."""
        commands: list[Command] = []
        for key in keys:
            commands = self.tell(KeyPressed(key))
        return commands

    def listen(self, node: str) -> None:
        """Hears prompts to their end and lets what is told to the product succeed, until the call rests on ``node``."""
        for _ in range(30):
            if self.state.node == node:
                return
            match self.commands[-1]:
                case Play():
                    self.answer(PlayFinished)
                case Emit():
                    self.answer(Emitted, {"code": "12345678"})
                case _:
                    self.answer(TimedOut)
        raise AssertionError(f"the call rests on {self.state.node}, not on {node}")

    @property
    def said(self) -> list[str]:
        """The names of the prompts and the values of the last commands."""
        return [say.value for command in self.commands if isinstance(command, Play) for say in command.say]

    @property
    def told(self) -> list[Emit]:
        """Everything that the product was told so far."""
        return [command for command in self.story if isinstance(command, Emit)]

    @property
    def recorded(self) -> bool:
        """Whether the caller was asked to speak into a recording."""
        return any(isinstance(command, Record) for command in self.story)

    def _take(self, state: State, commands: list[Command]) -> list[Command]:
        self.state = state
        if commands:
            self.commands = commands
            self.story += commands
        return commands
