"""How simulated people work: a move is made by somebody, at an instant of their working time. Which moves is not decided here."""

from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime

from hotline1022.base.access import Actor, Role
from hotline1022.base.errors import Forbidden, Invalid, NotFound, Refused
from hotline1022.simulation.traffic import FIRST_ACCOUNT, OPERATORS
from hotline1022.simulation.world import World
from tickets.moves import AnyMove

MINUTE = 60_000_000
"""Microseconds, the unit of a calendar's working time."""
LEADER = Actor(name="Trưởng ca Lê Thị Thu Hà", role=Role.LEADER)


class Hands:
    """Moves of tickets, one next one for each ticket: what was planned before the ticket went on is not done any more."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._turns: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        """Moves that the table or an act refused, by name: somebody came too late, as in life."""

    async def make(self, code: str, move: AnyMove, actor: Actor) -> bool:
        """Make a move; whether it was allowed."""
        try:
            await self._world.handling.make(code, move, actor)
        except (Refused, Forbidden, NotFound, Invalid):
            self.refused[move.move] += 1
            return False
        return True

    def later(self, code: str, instant: datetime, move: AnyMove, actor: Actor) -> None:
        """Have a move made then."""

        async def act() -> None:
            await self.make(code, move, actor)

        self._world.timeline.plan(instant, act)

    def turn(self, code: str, instant: datetime, act: Callable[[], Awaitable[None]]) -> None:
        """What happens next to a ticket; it takes the place of what had been planned as such and has not happened."""
        self._turns[code] += 1
        mine = self._turns[code]

        async def once() -> None:
            if self._turns[code] == mine:
                await act()

        self._world.timeline.plan(instant, once)

    def next(self, code: str, instant: datetime, move: AnyMove, actor: Actor) -> None:
        """The move that is made next; see ``turn``."""

        async def act() -> None:
            await self.make(code, move, actor)

        self.turn(code, instant, act)

    def after(self, calendar: str, minutes: float, since: datetime | None = None) -> datetime:
        """The instant that lies so many working minutes of a calendar behind ``since``, else behind now."""
        found = self._world.rules.current.calendar(calendar)
        begun = since or self._world.clock.now()
        return found.instant_of(found.worked_until(begun) + max(round(minutes * MINUTE), 1))

    def minutes_until(self, calendar: str, instant: datetime) -> float:
        """Working minutes from now until then; negative when it has passed."""
        found = self._world.rules.current.calendar(calendar)
        return (found.worked_until(instant) - found.worked_until(self._world.clock.now())) / MINUTE


def operator(number: int) -> Actor:
    """An operator, by their place among OPERATORS."""
    number %= len(OPERATORS)
    return Actor(name=OPERATORS[number], role=Role.OPERATOR, account=FIRST_ACCOUNT + number)


def officer(agency: str) -> Actor:
    """Who works on an agency's tickets."""
    return Actor(name=f"Cán bộ {agency}", role=Role.OFFICER, agency=agency)


def head(agency: str) -> Actor:
    """Who signs for an agency."""
    return Actor(name=f"Lãnh đạo {agency}", role=Role.APPROVER, agency=agency)
