"""One call on its way through its flow: the machine decides, the channel does, the product is told. No rule of a flow lives here.

The machine's contract is in ``ivr.model``: a command list that is not empty replaces what was still running; answers carry its number.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal, Protocol

import structlog

from hotline1022.base.errors import HotlineError
from ivr import machine
from ivr.flow import Flow
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
from telephony.ari import AlreadyGone
from telephony.phone_channel import PhoneChannel
from telephony.progress import Progress, QueueTimes

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What is known of a call when it comes. ``call`` is our id, ``channel`` Asterisk's; ``number`` is E.164 or None."""

    call: str
    channel: str
    number: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CallerFacts:
    """What is known of a citizen on the line."""

    call: str
    number: str | None
    arrived_at: datetime
    recorded: bool
    direction: Literal["in", "out"] = "in"


class CallerHost(Protocol):
    """What a call's flow needs of the world around it."""

    def now(self) -> datetime:
        """The instant."""
        ...

    def sounds(self, say: tuple[Say, ...]) -> list[Path]:
        """The recordings to be played, without suffix."""
        ...

    async def look_up(self, code: str) -> tuple[bool, Mapping[str, str], Mapping[str, bool]]:
        """Whether there is a ticket of this code, and what may be said of it. Raises HotlineError."""
        ...

    async def emitted(self, caller: "Caller", name: str, values: Mapping[str, str]) -> Mapping[str, str]:
        """Something the flow tells the product; what is given back becomes values of the flow. Raises HotlineError."""
        ...

    def stepped(self, progress: Progress) -> None:
        """The call has moved."""
        ...

    async def ended(self, caller: "Caller", result: str) -> None:
        """The call is over."""
        ...


@dataclass
class Caller:
    """A call in progress. ``run`` leads it from its first prompt to its end; the channel may leave and come back meanwhile (queue)."""

    arrival: Arrival
    flow: Flow
    channel: PhoneChannel
    host: CallerHost
    facts: Mapping[str, bool]
    values: Mapping[str, str] = field(default_factory=dict)
    """What is known before the call: what it is about."""
    resumed_at: State | None = None
    """Where the call stood when an earlier run of the service died; it goes on from there when the channel is back."""
    recorded: bool = False
    recorded_at: datetime | None = None
    operator_from: float | None = None
    reported: bool = False
    times: QueueTimes = field(default_factory=QueueTimes)
    away: bool = False
    """The channel is in the dialplan on our errand: a closing socket is no hang-up then."""
    _state: State | None = None
    _events: asyncio.Queue[Event] = field(default_factory=asyncio.Queue)
    _doing: asyncio.Task[None] | None = None
    _back: asyncio.Future[str] | None = None
    _telling: set[asyncio.Task[Mapping[str, str]]] = field(default_factory=set)

    @property
    def known(self) -> CallerFacts:
        """What others may know of this caller."""
        arrival = self.arrival
        return CallerFacts(call=arrival.call, number=arrival.number, arrived_at=arrival.at, recorded=self.recorded)

    async def run(self) -> None:
        """Lead the call to its end and tell the host."""
        if self.resumed_at is None:
            state, commands = machine.begin(self.flow, self.facts, self.values)
        else:
            state, commands = self.resumed_at, []
        try:
            state = await self._follow(state, commands)
        except asyncio.CancelledError:
            # We are being stopped, the call is not over: the dialplan goes on with it and its progress stays for the next run.
            await self._stop_doing()
            raise
        except Exception:
            await self._stop_doing()
            await self.host.ended(self, "broken")
            raise
        await self.host.ended(self, state.result or "broken")

    async def _follow(self, state: State, commands: list[Command]) -> State:
        self._keep(state)
        await self._obey(state, commands)
        while state.result is None:
            event = await self._events.get()
            state, commands = machine.step(self.flow, state, event)
            self._keep(state)
            await self._obey(state, commands)
        if commands and self._doing:
            await self._doing
        await self._stop_doing()
        if self._telling:
            await asyncio.wait(self._telling)
        if not self.channel.gone.is_set():
            await self.channel.hang_up()
        return state

    def tell(self, event: Event) -> None:
        """Let the machine hear of an event."""
        self._events.put_nowait(event)

    def key(self, key: str) -> None:
        """The caller pressed a key."""
        self.tell(KeyPressed(key))

    def facts_changed(self, facts: Mapping[str, bool]) -> None:
        """The world has changed."""
        self.tell(FactsChanged(facts))

    async def hung_up(self, cause: str) -> None:
        """The caller's channel is gone."""
        if self.channel.gone.is_set():
            return
        self.channel.lost(cause)
        self.tell(HungUp(await self.channel.spoken()))

    async def _errand(self, **variables: str) -> str:
        """Give the channel to the dialplan and wait until it comes back; gives what the dialplan says then."""
        self.away = True
        self._back = asyncio.get_running_loop().create_future()
        await self.channel.leave(variables)
        return await self._back

    def came_back(self, channel: PhoneChannel, word: str) -> None:
        """The channel has returned from the dialplan on a fresh socket; ``word`` is what the dialplan says of the errand."""
        self.channel, self.away = channel, False
        if self._back and not self._back.done():
            self._back.set_result(word)

    @property
    def menu(self) -> str | None:
        """The key that chose the topic; None before one did."""
        return self._state.value("topic") if self._state else None

    def answered(self) -> None:
        """An operator speaks to this caller."""
        if self.times.answered_at is None:
            self._note_times(answered_at=self.host.now(), unqueued_at=None)

    def _note_times(self, **times: datetime | None) -> None:
        self.times = self.times._replace(**times)
        if self._state is not None:
            self._keep(self._state)

    async def _queue(self, name: str) -> bool:
        """Wait in the operators' queue; whether one answered."""
        self._note_times(queued_at=self.times.queued_at or self.host.now(), unqueued_at=None)
        answered = await self._errand(HOTLINE_QUEUE=name) == "CONTINUE"
        self._note_leaving(answered=answered)
        return answered

    def _note_leaving(self, *, answered: bool) -> None:
        if answered:
            self.answered()
        elif self.times.answered_at is None:
            self._note_times(unqueued_at=self.host.now())

    def left_queue(self, *, answered: bool) -> None:
        """The caller is back from the queue into which an earlier run of the service had given them."""
        self._state = self.resumed_at
        self._note_leaving(answered=answered)
        if self.resumed_at is not None:
            self.tell(QueueLeft(self.resumed_at.turn, "answered" if answered else "unanswered"))

    def _keep(self, state: State) -> None:
        self._state = state
        queued_at, unqueued_at, answered_at = (at.isoformat() if at else None for at in self.times)
        progress = Progress(
            call=self.arrival.call,
            number=self.arrival.number,
            arrived_at=self.arrival.at.isoformat(),
            state=state.to_json(),
            recorded=self.recorded,
            reported=self.reported,
            queued_at=queued_at,
            unqueued_at=unqueued_at,
            answered_at=answered_at,
        )
        self.host.stepped(progress)

    async def _obey(self, state: State, commands: list[Command]) -> None:
        if not commands:
            return
        await self._stop_doing()
        self._doing = asyncio.create_task(self._do(state.turn, commands))

    async def _stop_doing(self) -> None:
        if self._doing and not self._doing.done():
            self._doing.cancel()
            await asyncio.wait({self._doing})

    async def _do(self, turn: int, commands: list[Command]) -> None:
        for command in commands:
            try:
                answer = await self._do_one(turn, command)
            except AlreadyGone:
                if await self.channel.hangs_up():
                    return
                answer = CommandFailed(turn)
            except HotlineError as error:
                log.warning("call_command_failed", command=type(command).__name__, reason=type(error).__name__)
                answer = CommandFailed(turn)
            except Exception:
                log.exception("call_command_broke", command=type(command).__name__)
                answer = CommandFailed(turn)
            if answer:
                self.tell(answer)

    async def _do_one(self, turn: int, command: Command) -> Event | None:  # noqa: PLR0911 - one line a verb
        match command:
            case Play(say):
                await self.channel.play(self.host.sounds(say))
                return PlayFinished(turn)
            case AwaitKey(seconds):
                await asyncio.sleep(seconds)
                return TimedOut(turn)
            case Record():
                return await self._record(turn, command)
            case Queue(name):
                return QueueLeft(turn, "answered" if await self._queue(name) else "unanswered")
            case LookUp(code):
                found, values, facts = await self.host.look_up(code)
                return LookedUp(turn, found, values, facts)
            case Emit(name, values):
                return Emitted(turn, await self._tell_product(name, values))
            case Hangup():
                await self.channel.hang_up()
        return None

    async def _tell_product(self, name: str, values: Mapping[str, str]) -> Mapping[str, str]:
        # What the caller has said is told to its end, even if they hang up or press on meanwhile.
        telling = asyncio.create_task(self.host.emitted(self, name, values))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)
        return await asyncio.shield(telling)

    async def _record(self, turn: int, command: Record) -> Event | None:
        take = await self.channel.record(
            max_seconds=command.max_seconds, silence_seconds=command.silence_seconds, beep=command.beep
        )
        if take is None:
            return None  # hung up while speaking: HungUp carries what was said
        return Recorded(turn, take.seconds, take.spoken_seconds, take.ended_by)
