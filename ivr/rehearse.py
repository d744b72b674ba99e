"""Rehearses a call on paper: a script says what the caller and the world do, the answer is what is said and done.

The state passes through JSON at every step, as it does between two machines. Text in, text out; no telephone, no clock.

A script has one line for each act; lines that begin with "//" are comments. What the script does not tell goes well by
itself: prompts are heard to their end, the caller is silent when asked, speaks ten seconds when recorded, no operator
answers, no ticket is found, what is told to the product is taken.

    facts open-now operators-ready    these hold when the call comes in (first line), or "facts -open-now": from now on
    keys 2        pressed when asked            early 9       pressed at once, into whatever is being said
    silence       no key when asked             listen        hears everything until asked
    speak 12      seconds of speech             queue answered | unanswered
    ticket found agency=x stage=y due=2026-11-25 +due-known | ticket unknown
    given code=12345678                         fail play | record | queue | ticket | given
    hangup [12]   at once; with seconds: while speaking them
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from ivr import speech
from ivr.finding import BrokenFileError, Finding
from ivr.flow import Flow
from ivr.machine import begin, step
from ivr.model import (
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
    Say,
    State,
    TimedOut,
)
from ivr.prompt_book import PromptBook

WAITS: dict[str, type[Command]] = {
    "keys": AwaitKey,
    "silence": AwaitKey,
    "listen": AwaitKey,
    "speak": Record,
    "queue": Queue,
    "ticket": LookUp,
    "given": Emit,
}
"""For each act what the call must have come to; the others happen at once."""

ACTS = (*WAITS, "early", "facts", "fail", "hangup")

FAILING: dict[str, type[Command]] = {"play": Play, "record": Record, "queue": Queue, "ticket": LookUp, "given": Emit}

WORLD = {"code": "12345678"}
"""What the product gives when the script does not tell."""

SPEECH_SECONDS = 10.0


class _UnfitLineError(ValueError):
    """A line of the script that cannot be done."""


def rehearse(flow: Flow, book: PromptBook, script: str, file: str = "kịch bản") -> str:
    """What is heard and done, line by line. Raises BrokenFileError for a script line that cannot be done."""
    lines = [(number, line.split()) for number, line in enumerate(script.splitlines(), 1) if line.strip()]
    acts = [(number, words) for number, words in lines if not words[0].startswith("//")]
    facts = acts.pop(0)[1][1:] if acts and acts[0][1][0] == "facts" else []
    call = _Rehearsal(flow, book)
    call.start({fact.removeprefix("-"): not fact.startswith("-") for fact in facts})
    for number, words in acts:
        try:
            call.act(*words)
        except ValueError as error:
            what = str(error) if isinstance(error, _UnfitLineError) else "dòng này không hiểu được"
            raise BrokenFileError(
                [Finding(file, number, f"“{' '.join(words)}”: {what}", f"các việc: {', '.join(ACTS)}")]
            ) from error
    call.go_on(Hangup)
    return "\n".join(call.heard) + "\n"


@dataclass(slots=True)
class _Rehearsal:
    flow: Flow
    book: PromptBook
    heard: list[str] = field(default_factory=list)
    state: State = field(init=False)
    commands: list[Command] = field(default_factory=list)

    def start(self, facts: dict[str, bool]) -> None:
        self._take(*begin(self.flow, facts))

    def act(self, act: str, *words: str) -> None:
        """One line of the script."""
        if wanted := WAITS.get(act):
            self.go_on(wanted)
        acts: dict[str, Callable[..., None]] = {
            "facts": self._facts,
            "keys": self._keys,
            "early": self._keys,
            "silence": lambda: self._tell(TimedOut(self.state.turn), "im lặng"),
            "listen": lambda: None,
            "speak": self._speak,
            "queue": self._queue,
            "ticket": self._ticket,
            "given": self._given,
            "fail": self._fail,
            "hangup": self._hang_up,
        }
        if act not in acts:
            raise _UnfitLineError("không có việc này")
        try:
            acts[act](*words)
        except TypeError as error:
            raise _UnfitLineError("thừa hoặc thiếu chữ") from error

    def go_on(self, wanted: type[Command]) -> None:
        """Everything goes well by itself until the call waits for ``wanted``."""
        while not (self.commands and isinstance(self.commands[-1], wanted)):
            turn = self.state.turn
            match self.commands[-1] if self.commands else Hangup():
                case Play():
                    self._tell(PlayFinished(turn))
                case AwaitKey():
                    self._tell(TimedOut(turn), "im lặng")
                case Record():
                    self._speak(str(SPEECH_SECONDS))
                case Queue():
                    self._queue("unanswered")
                case LookUp():
                    self._ticket("unknown")
                case Emit():
                    self._given()
                case Hangup():
                    if wanted is not Hangup:
                        raise _UnfitLineError("cuộc gọi đã kết thúc trước việc này")
                    return

    # What happens

    def _facts(self, *facts: str) -> None:
        changed = {fact.lstrip("+-"): not fact.startswith("-") for fact in facts}
        self._tell(FactsChanged(changed), None)
        self.heard.append(f"  (từ đây: {', '.join(f'{fact} = {_yes(holds)}' for fact, holds in changed.items())})")

    def _keys(self, keys: str) -> None:
        self.heard.append(f"NGƯỜI GỌI: bấm {keys}")
        for key in keys:
            self._tell(KeyPressed(key))

    def _speak(self, seconds: str) -> None:
        spoken = float(seconds)
        said = f"nói {spoken:g} giây" if spoken else "không nói gì"
        self._tell(Recorded(self.state.turn, spoken + 1, spoken, "key" if spoken else "silence"), said)

    def _queue(self, reason: str) -> None:
        if reason == "answered":
            self._tell(QueueLeft(self.state.turn, "answered"), "nói chuyện với điện thoại viên")
        elif reason == "unanswered":
            self._tell(QueueLeft(self.state.turn, "unanswered"), "chờ, không ai nhận máy")
        else:
            raise _UnfitLineError("chỉ có answered hoặc unanswered")

    def _ticket(self, found: str, *words: str) -> None:
        if found not in ("found", "unknown"):
            raise _UnfitLineError("chỉ có found hoặc unknown")
        values = dict(word.split("=", 1) for word in words if "=" in word)
        facts = {word.lstrip("+-"): word.startswith("+") for word in words if "=" not in word}
        self._tell(LookedUp(self.state.turn, found == "found", values, facts))

    def _given(self, *words: str) -> None:
        self._tell(Emitted(self.state.turn, dict(word.split("=", 1) for word in words) or WORLD))

    def _fail(self, what: str) -> None:
        if what not in FAILING:
            raise _UnfitLineError(f"chỉ có {', '.join(FAILING)}")
        self.go_on(FAILING[what])
        self.heard.append(f"  (hỏng: {what})")
        self._tell(CommandFailed(self.state.turn))

    def _hang_up(self, seconds: str = "") -> None:
        if seconds:
            self.go_on(Record)
        said = f"nói {seconds} giây rồi gác máy" if seconds else "gác máy"
        self.commands = []
        self._tell(HungUp(float(seconds or 0)), said)
        if not self.commands:
            self.heard.append(f"KẾT THÚC: {self.state.result}")

    # What is heard

    def _tell(self, event: Event, said: str | None = None) -> None:
        if said:
            self.heard.append(f"NGƯỜI GỌI: {said}")
        self._take(*step(self.flow, State.from_json(json.loads(json.dumps(self.state.to_json()))), event))

    def _take(self, state: State, commands: list[Command]) -> None:
        self.state = state
        if not commands:
            return
        self.commands = [*commands, Hangup()] if state.result else commands
        self.heard += [self._told(command) for command in commands if not isinstance(command, AwaitKey | Hangup)]
        if state.result:
            self.heard.append(f"KẾT THÚC: {state.result}")

    def _told(self, command: Command) -> str:
        match command:
            case Play():
                return f"TỔNG ĐÀI: {' '.join(map(self._words, command.say))}"
            case Record():
                return f"  [bíp; ghi âm “{command.name}”, tối đa {command.max_seconds:g} giây]"
            case Queue():
                return f"  [vào hàng đợi “{command.name}”]"
            case LookUp():
                return f"  [tra phiếu {command.code}]"
            case Emit():
                told = ", ".join(f"{name}={value}" for name, value in command.values.items())
                return f"  [báo “{command.name}”: {told}]"
            case _:
                return ""

    def _words(self, say: Say) -> str:
        words = " ".join(self.book[name].text for name in speech.parts(say, self.book))
        return f"‹{words}›" if say.kind != "prompt" else words


def _yes(holds: bool) -> str:
    return "có" if holds else "không"
