"""Operators who ring people back: one after the other, in the hours in which that may be. Who is owed a call is the list's matter."""

from datetime import datetime

from hotline1022.base.errors import Refused
from hotline1022.simulation.hands import Hands, operator
from hotline1022.simulation.operators import DESK, ring
from hotline1022.simulation.world import World
from telephony.callbacks.model import QueueNow, Result

FIRST, BETWEEN, LATER = 25.0, 4.0, 45.0
"""Assumed, in working minutes: until somebody has time, from one call to the next, and until it is looked again at who is due."""
GIVEN_UP = 0.02


class CallingBack:
    """Makes the calls that are owed. Nothing is planned while nobody is."""

    def __init__(self, world: World, hands: Hands, at_work: int) -> None:
        """``at_work``: how many operators ring people back."""
        self._world, self._hands, self._at_work = world, hands, at_work
        self._planned, self._made = False, 0
        accounts = frozenset(each.account for each in map(operator, range(at_work)) if each.account is not None)
        world.callbacks.queue = lambda: QueueNow(waiting=0, free=accounts)
        world.callbacks.changed = self._changed

    def _changed(self, still: int) -> None:
        if still and not self._planned:
            self._plan(FIRST)

    def _plan(self, minutes: float) -> None:
        self._planned = True
        self._world.timeline.plan(self._open_from(self._hands.after(DESK, minutes)), self._one)

    def _open_from(self, instant: datetime) -> datetime:
        """The first instant from there on at which there are operators, and people may be rung."""
        desk, calling = self._world.rules.current.calendar(DESK), self._world.callbacks.hours()
        while not (desk.open_at(instant) and calling.open_at(instant)):
            instant = calling.next_opening(desk.next_opening(instant))
        return instant

    async def _one(self) -> None:
        """Ring who has waited for longest and may be rung now."""
        self._planned = False
        now, standing = self._world.clock.now(), await self._world.callbacks.standing()
        due = [each for each in standing if each.due_at is None or each.due_at <= now]
        if not due:
            if standing:
                self._plan(LATER)
            return
        self._made += 1
        chance = self._world.plan.chance("callback", self._made)
        by = operator(chance.randrange(self._at_work))
        try:
            taken = await self._world.callbacks.take(due[0].id, by)
        except Refused:
            self._plan(LATER)
            return
        reached = await ring(self._world, f"mo-phong-goi-lai-{self._made:06}", taken.number, by, chance)
        result: Result = "reached" if reached else "no_answer"
        given_up = not reached and chance.random() < GIVEN_UP
        note = "Số máy không liên lạc được." if given_up else None
        await self._world.callbacks.write_down(taken.id, by, "given_up" if given_up else result, note, None)
        if len(standing) > 1 and not self._planned:
            self._plan(BETWEEN)
