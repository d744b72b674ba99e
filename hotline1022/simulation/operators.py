"""What the hotline's own people do with tickets: sort them, send them on, tell citizens, publish. Shares are assumed unless said."""

from datetime import datetime, time, timedelta
from random import Random

from hotline1022.base.access import Actor
from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.events import Event
from hotline1022.simulation import province, words
from hotline1022.simulation.agencies import HELPERS, OFFICE
from hotline1022.simulation.hands import LEADER, Hands, operator
from hotline1022.simulation.matters import Matters
from hotline1022.simulation.world import World
from telephony.events import OperatorCallEnded, OperatorCallOutcome
from telephony.floor import store as floor_store
from telephony.naming import fact_id
from tickets.appointments.moves import Book
from tickets.events import TicketAnswered, TicketMoved, TicketOpened
from tickets.model import Stage
from tickets.moves import (
    AnswerAtOnce,
    AnyMove,
    Classify,
    Divert,
    Merge,
    Object,
    Publish,
    Raise,
    Refuse,
    Route,
    Tell,
)

DESK = "hotline"
"""The calendar on which the hotline works."""
HOUR = 60.0
HOME_VISIT = "hen-tai-nha"
"""The topic of a home appointment."""

NOT_HANDLED, MERGED, RAISED, OBJECTED = 0.01, 0.5, 0.06, 0.02
"""Refused with guidance; merged where an open ticket has the same topic and place; raised to the leaders; returned as unfit."""


class Operators:
    """The hotline's people. They hear what happens to tickets and plan what they do next."""

    def __init__(self, world: World, hands: Hands, matters: Matters, at_work: int) -> None:
        """``at_work``: how many operators do paperwork."""
        self._world, self._hands, self._matters, self._at_work = world, hands, matters, at_work
        self._rules = world.rules.current
        self._in_hand: set[str] = set()
        self._open_at_place: dict[tuple[str, str], str] = {}
        self.told_by_phone = 0

    def keeps(self, code: str) -> None:
        """An operator who is in a call writes this ticket and sorts it themselves."""
        self._in_hand.add(code)

    async def hear(self, event: Event) -> None:
        """What follows for the hotline."""
        if isinstance(event, TicketOpened) and event.code not in self._in_hand:
            chance = self._world.plan.chance(event.code, "opened")
            by, when = (
                operator(chance.randrange(self._at_work)),
                self._hands.after(DESK, min(chance.expovariate(1 / 2.5), 25)),
            )
            self._hands.turn(event.code, when, lambda: self.sort(event.code, by, ringing=True))
        elif isinstance(event, TicketMoved):
            await self._moved(event)
        elif isinstance(event, TicketAnswered):
            self._answered(event)

    async def sort(self, code: str, by: Actor, *, ringing: bool = False) -> None:
        """Say what a ticket is about and whose it is, or answer it at once; ``ringing``: the citizen is not on the line any more."""
        known, chance = self._matters.tickets[code], self._world.plan.chance(code, "sort")
        matter, said = known.matter, self._matters.sentences(code)
        if self._rules.topics.is_referred(matter.topic):
            complaint = matter.topic == "khieu-nai"
            divert = Divert(move="divert", kind="complaint" if complaint else "denunciation")
            await self._hands.make(code, divert, by)
            return
        if matter.topic == HOME_VISIT:
            visit = self._visit(chance)
            if await self._hands.make(code, visit, by):
                self._matters.windows[code] = visit.ends
            await self._classify(code, by, chance)
            return
        if not matter.urgent and chance.random() < self._world.plan.at_once:
            move = AnswerAtOnce(
                move="answer-at-once", text=said.answer, topic=matter.topic, place=matter.place, summary=said.summary
            )
            if await self._hands.make(code, move, by) and ringing and known.call:
                await self._rings(code, by, chance)
            return
        same = self._open_at_place.get((matter.topic, matter.place))
        if same is not None and chance.random() < MERGED and await self._merge(code, same, by):
            return
        if chance.random() < NOT_HANDLED:
            guidance = "Xin liên hệ trực tiếp cơ quan có thẩm quyền theo hướng dẫn."
            refuse = Refuse(move="refuse", reason="Nội dung không đủ thông tin để xử lý.", guidance=guidance)
            await self._hands.make(code, refuse, by)
            return
        await self._classify(code, by, chance)

    async def _classify(self, code: str, by: Actor, chance: Random) -> None:
        matter, said = self._matters.tickets[code].matter, self._matters.sentences(code)
        move = Classify(
            move="classify", topic=matter.topic, place=matter.place, urgent=matter.urgent, summary=said.summary
        )
        if not await self._hands.make(code, move, by):
            return
        self._open_at_place[(matter.topic, matter.place)] = code
        # Five working minutes are promised; now and then it takes longer.
        minutes = min(chance.expovariate(1 / 1.2), 30)
        self._hands.next(code, self._hands.after(DESK, minutes), Route(move="route"), by)

    def _visit(self, chance: Random) -> Book:
        """A window of two hours, some working days ahead."""
        office, today = self._rules.calendar(OFFICE), self._world.clock.now().astimezone(CIVIL_ZONE).date()
        day = office.working_day(chance.randint(2, 6), today)
        starts = datetime.combine(day, time(chance.choice((8, 9, 14))), CIVIL_ZONE)
        return Book(
            move="book",
            starts=starts,
            ends=starts + timedelta(hours=2),
            procedure=words.PROCEDURE,
            address=f"số {chance.randint(1, 400)}, ấp {chance.randint(1, 9)}",
        )

    async def _merge(self, code: str, into: str, by: Actor) -> bool:
        return await self._hands.make(code, Merge(move="merge", into=into), by)

    async def _moved(self, event: TicketMoved) -> None:
        chance = self._world.plan.chance(event.code, event.version, "hotline")
        by = operator(chance.randrange(self._at_work))
        if event.stage is Stage.CLASSIFIED and event.move == "return":
            to = chance.choice([each for each in HELPERS if each != event.agency])
            route = Route(move="route", agency=to, reason="Cơ quan trước chuyển trả vì không thuộc thẩm quyền.")
            self._hands.next(event.code, self._hands.after(DESK, chance.uniform(5, 70)), route, by)
        elif event.move == "route" and chance.random() < RAISED:
            raised = Raise(move="raise", reason="Việc liên quan nhiều cơ quan, trình lãnh đạo chỉ đạo.")
            self._hands.later(event.code, self._hands.after(DESK, chance.uniform(1, 9) * HOUR), raised, LEADER)
        elif event.stage in (Stage.APPROVED, Stage.REFUSED) and event.stage is not event.previous:
            await self._has_answer(event, chance, by)

    async def _has_answer(self, event: TicketMoved, chance: Random, by: Actor) -> None:
        """Most are told within the four working hours that are promised."""
        when = self._hands.after(DESK, min(chance.expovariate(1 / 70.0), 9 * HOUR))
        if event.stage is Stage.APPROVED and chance.random() < OBJECTED:
            unfit = Object(move="object", reason="Câu trả lời chưa đúng điều người dân hỏi.")
            self._hands.next(event.code, when, unfit, LEADER)
            return
        known = self._matters.tickets[event.code]
        by_phone = known.call is not None and known.number is not None and chance.random() < province.TOLD_BY_PHONE
        if not by_phone:
            self._hands.next(event.code, when, Tell(move="tell", how="sms" if known.call else "app"), by)
            return
        self._hands.turn(event.code, when, lambda: self._tells(event.code, by, chance, tries=2))

    async def _tells(self, code: str, by: Actor, chance: Random, tries: int) -> None:
        """Ring, and tell; who is not reached twice gets a message."""
        if await self._rings(code, by, chance):
            await self._hands.make(code, Tell(move="tell", how="phone"), by)
        elif tries > 1:
            again = self._hands.after(DESK, chance.uniform(0.5, 3) * HOUR)
            self._hands.turn(code, again, lambda: self._tells(code, by, chance, tries - 1))
        else:
            await self._hands.make(code, Tell(move="tell", how="sms"), by)

    async def _rings(self, code: str, by: Actor, chance: Random) -> bool:
        """A call to the citizen of a ticket; whether they took it."""
        known = self._matters.tickets[code]
        if known.number is None:
            return False
        self.told_by_phone += 1
        return await ring(self._world, f"mo-phong-goi-ra-{self.told_by_phone:06}", known.number, by, chance)

    def _answered(self, event: TicketAnswered) -> None:
        (self._matters.late.discard if event.on_time else self._matters.late.add)(event.code)
        known = self._matters.tickets[event.code]
        place = (known.matter.topic, known.matter.place)
        if self._open_at_place.get(place) == event.code:
            del self._open_at_place[place]
        chance = self._world.plan.chance(event.code, event.round, "publish")
        if (
            event.level > 1
            and event.outcome == "answered"
            and not event.sealed
            and chance.random() < province.PUBLISHED
        ):
            said = self._matters.sentences(event.code)
            public: AnyMove = Publish(move="publish", question=said.summary, answer=said.answer)
            self._hands.later(event.code, self._hands.after(DESK, chance.uniform(2, 24) * HOUR), public, LEADER)


async def ring(world: World, call: str, number: str, by: Actor, chance: Random) -> bool:
    """An operator rings a citizen: the call's end as the floor tells it, and its row among the operators' own. Whether it was taken.

    The call lies behind now, so that what is told in it can be told.
    """
    taken = chance.random() < 0.72
    outcome: OperatorCallOutcome = "answered" if taken else chance.choice(("no-answer", "no-answer", "busy"))
    now = world.clock.now()
    began = now - timedelta(seconds=chance.uniform(40, 170) if taken else chance.uniform(15, 35))
    answered = began + timedelta(seconds=chance.uniform(5, 20)) if taken else None
    ended = OperatorCallEnded(
        id=fact_id(call, "ended"),
        at=now,
        call=call,
        number=number,
        began_at=began,
        answered_at=answered,
        outcome=outcome,
        cause=16 if taken else 19,
    )
    await world.record(ended)
    async with world.database.transaction() as connection:
        await floor_store.keep(
            connection,
            call,
            account=by.account or 0,
            operator=by.name,
            direction="out",
            answered_at=answered,
            result="answered" if taken else None,
            written_at=now,
        )
    return taken
