"""What the machine and its host say to each other: the call's state, commands to the host, events from it.

Pure values; no rule lives here.

The contract
* ``begin`` and ``step`` (``ivr.machine``) give a new state and a list of commands. **An empty list means "carry on";
  a list that is not empty supersedes everything before it**: the host stops the playback, timer or recording that
  still runs, forgets what it had not yet started, and executes the list in order.
* Every list has a number, ``state.turn``. An event that answers a command carries the turn of its list, so an answer
  that crossed a newer list on its way (a playback that ended while a key was already in the queue) is known as stale
  and ignored.
* Keys are sent one by one, as pressed, at any moment; the machine keeps the early ones for the next question.
* Timers are the host's, time is an event. Nothing here is ever awaited, logged or stored: ``State`` goes to JSON and
  back unchanged.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

KEYS = frozenset("0123456789*#")
"""The keys of a citizen's telephone.

A to D exist on no telephone that rings here: heard, they are speech mistaken for a key, and ignored.
"""

SPOKEN_ENOUGH_SECONDS = 2.0
"""More speech than this in a recording is a report; it is kept even if the caller hangs up while speaking."""


# What is said ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Say:
    """One thing to be said: a prompt by its name, or a value that ``ivr.speech`` turns into recorded parts.

    ``prompt``: value is a prompt's name. ``digits``: spoken one by one. ``number``: 0 to 99. ``date``: a civil date,
    ISO ``YYYY-MM-DD``. ``agency``, ``stage``: codes; one that has no recording is spoken as a general word.
    """

    kind: Literal["prompt", "digits", "number", "date", "agency", "stage"]
    value: str


# Commands: what the host is to do -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Play:
    """Play these without a gap between them; then tell ``PlayFinished`` and go on with the next command of the list."""

    say: tuple[Say, ...]


@dataclass(frozen=True, slots=True)
class AwaitKey:
    """Wait this long for a key; none came: tell ``TimedOut``. A key is told by ``KeyPressed`` as always."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Record:
    """Record the caller under this name; tell ``Recorded``.

    It ends with ``finish_key``, after ``silence_seconds`` of silence, or after ``max_seconds``.
    """

    name: str
    max_seconds: float
    silence_seconds: float
    finish_key: str
    beep: bool = True


@dataclass(frozen=True, slots=True)
class Queue:
    """Give the call to the operators' queue of this name; when the caller comes back from it, tell ``QueueLeft``."""

    name: str


@dataclass(frozen=True, slots=True)
class LookUp:
    """Find the ticket of this code (digits as typed, unchecked input); tell ``LookedUp``."""

    code: str


@dataclass(frozen=True, slots=True)
class Emit:
    """Tell the product that this has happened (``consent``, ``report``, ``callback``).

    Tell ``Emitted`` with what the product gave, such as a ticket's code.
    After a hang-up it is the last command of the call and nobody waits for the answer.
    """

    name: str
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hangup:
    """End the call. The state says with what result."""


Command = Play | AwaitKey | Record | Queue | LookUp | Emit | Hangup


# Events: what the host tells ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key. Anything that is not one of ``KEYS`` is ignored."""

    key: str


@dataclass(frozen=True, slots=True)
class FactsChanged:
    """The world changed (``operators-ready``).

    Accepted in every state, never answered by commands; facts that the flow set itself stay.
    """

    facts: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller is gone. ``spoken_seconds``: speech in the recording that was running, 0 if none ran."""

    spoken_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class PlayFinished:
    """A ``Play`` of this turn has been heard to its end."""

    turn: int


@dataclass(frozen=True, slots=True)
class TimedOut:
    """No key came within an ``AwaitKey`` of this turn."""

    turn: int


@dataclass(frozen=True, slots=True)
class Recorded:
    """A ``Record`` of this turn ended while the caller stayed on the line."""

    turn: int
    seconds: float
    spoken_seconds: float
    ended_by: Literal["key", "silence", "length"]


@dataclass(frozen=True, slots=True)
class QueueLeft:
    """The caller came back from the queue: after an operator had spoken and left (``answered``), or without one."""

    turn: int
    reason: Literal["answered", "unanswered"]


@dataclass(frozen=True, slots=True)
class LookedUp:
    """A ``LookUp`` of this turn came to an end. Of ``values`` the machine keeps what the flow asked for."""

    turn: int
    found: bool
    values: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Emitted:
    """The product took what an ``Emit`` of this turn told it.

    Of ``values`` the machine keeps what the flow asked for.
    """

    turn: int
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CommandFailed:
    """A command of this turn could not be done while the caller is still there.

    The flow goes on by its way for failures.
    """

    turn: int


Answer = PlayFinished | TimedOut | Recorded | QueueLeft | LookedUp | Emitted | CommandFailed
"""What a host tells about a command; ignored if its turn has passed."""

Event = KeyPressed | FactsChanged | HungUp | Answer


# State ----------------------------------------------------------------------------------------------------------------

Result = Literal["completed", "caller-left", "report-kept"]
"""How a call ended for the flow: it came to its end; the caller left before; the caller left while speaking and the
words are kept.
"""


class State(NamedTuple):
    """Where a call stands. Hashable, and the same after JSON.

    ``node``: where it rests; ``turn``: the number of the last command list; ``attempt``: unanswered or wrongly
    answered askings of this question so far; ``typed``: digits of the answer so far; ``ahead``: keys pressed before
    their question; ``true``: the facts that hold; ``settled``: facts that the flow itself decided (the host cannot
    change them back); ``values``: named values, sorted by name; ``unsent``: the emit node that a running or finished
    recording still has to reach; ``result``: set when the call is over.
    """

    flow: str
    node: str
    turn: int = 0
    attempt: int = 0
    typed: str = ""
    ahead: str = ""
    true: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()
    values: tuple[tuple[str, str], ...] = ()
    unsent: str | None = None
    result: Result | None = None

    def value(self, name: str) -> str | None:
        """The value of this name, None if nobody gave it."""
        return next((value for known, value in self.values if known == name), None)

    def to_json(self) -> dict[str, Any]:
        """The state as JSON's own types."""
        return self._asdict() | {
            "true": sorted(self.true),
            "settled": sorted(self.settled),
            "values": dict(self.values),
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "State":
        """The state that ``to_json`` gave. Raises KeyError or TypeError for anything else."""
        return cls(
            **{
                **stored,
                "true": frozenset(stored["true"]),
                "settled": frozenset(stored["settled"]),
                "values": tuple(sorted(stored["values"].items())),
            }
        )
