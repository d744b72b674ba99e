"""Claims about the list of who is owed a call, on both databases and over HTTP: one a number, one taker, whatever the order of events."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, Invalid, NotFound, Refused
from hotline1022.base.events import Event
from telephony.callbacks.callbacks import Callbacks
from telephony.callbacks.model import Callback, QueueNow
from telephony.callbacks.policy import CallbackPolicy, StandingCallbackPolicy
from telephony.events import CallEnded, ReportTaken
from tests.conftest import StillClock

NUMBER, OTHER = "+84912345678", "+84987654321"
LAN = Actor(name="Lan", role=Role.OPERATOR, account=1)
HOA = Actor(name="Hoa", role=Role.OPERATOR, account=2)
MINH = Actor(name="Minh", role=Role.LEADER, account=3)
POLICY: CallbackPolicy = StandingCallbackPolicy().current


class Always:
    """Open at every hour."""

    def open_at(self, instant: datetime) -> bool:
        return True

    def next_opening(self, instant: datetime) -> datetime:
        return instant


@dataclass
class Line:
    """The list with a queue that the test sets, and what it told."""

    callbacks: Callbacks
    clock: StillClock
    queue: QueueNow = field(default_factory=lambda: QueueNow(0, frozenset({1, 2, 3})))
    told: list[int] = field(default_factory=list)

    def end(self, call: str = "c-1", **facts: Any) -> CallEnded:
        """A call that ends now after 40 seconds in the queue; ``answered`` by an operator or not."""
        now = self.clock.now()
        if facts.pop("answered", False):
            facts["answered_at"] = now - timedelta(seconds=20)
        known = {"cause": "x", "result": "caller-left", "recorded": False, "number": NUMBER, **facts}
        times = {"began_at": now - timedelta(minutes=1), "queued_at": now - timedelta(seconds=40)}
        return CallEnded(id=f"{call}:ended", at=now, call=call, **(times | known))

    def report(self, call: str = "c-1", **facts: Any) -> ReportTaken:
        """A message that was left."""
        known = {"source": f"call:{call}:report", "number": NUMBER, "menu": "2", "code": "12345674", **facts}
        return ReportTaken(
            at=self.clock.now(), call=call, urgent=False, appointment=False, spoken=True, **known
        )  # fmt: skip

    async def hear(self, *events: Event) -> None:
        """Each event, twice."""
        for event in events:
            for _ in range(2):
                if isinstance(event, CallEnded):
                    await self.callbacks.hear_end(event)
                else:
                    assert isinstance(event, ReportTaken)
                    await self.callbacks.hear_report(event)

    async def one(self) -> Callback:
        """The only open one."""
        (found,) = await self.callbacks.standing()
        return found


@pytest.fixture
def line(database: Database, clock: StillClock) -> Line:
    """An empty list, three free operators, nobody who waits."""
    made = Line(Callbacks(database, clock, lambda: POLICY, Always), clock)
    made.callbacks.queue = lambda: made.queue
    made.callbacks.changed = made.told.append
    return made


async def test_who_gives_up_waiting_is_owed_one_call_however_often_they_ring(line: Line) -> None:
    first = line.clock.now() - timedelta(minutes=1)
    await line.hear(line.end("c-1"))
    line.clock.advance(minutes=5)
    await line.hear(line.end("c-2"), line.end("c-3", number=OTHER))
    owed = {each.number: each for each in await line.callbacks.standing()}
    assert len(owed) == 2
    mine = owed[NUMBER]
    assert (mine.times, mine.call, mine.reason, mine.waited_seconds) == (2, "c-2", "abandoned", 40.0)
    assert mine.asked_at == first, "who asked first comes first"
    assert line.told == [1, 1, 2]


async def test_one_call_with_two_facts_is_the_same_in_either_order(database: Database, clock: StillClock) -> None:
    found = set()
    for number, order in enumerate(permutations((0, 1))):
        made = Line(Callbacks(database, clock, lambda: POLICY, Always), clock)
        mine = f"+8491234567{number}"
        events = [
            made.end(f"c-{number}", number=mine, unqueued_at=clock.now() - timedelta(seconds=10)),
            made.report(f"c-{number}", number=mine),
        ]
        await made.hear(*(events[index] for index in order))
        (owed,) = [each for each in await made.callbacks.standing() if each.number == mine]
        found.add((owed.reason, owed.times, owed.waited_seconds, owed.ticket))
    assert found == {("voice-report", 1, 30.0, "12345674")}


async def test_a_later_talk_closes_it_with_a_sentence_whichever_is_told_first(
    database: Database, clock: StillClock
) -> None:
    for number, late in enumerate((False, True)):
        made = Line(Callbacks(database, clock, lambda: POLICY, Always), clock)
        mine = f"+8491234567{number}"
        gave_up = made.end(f"a-{number}", number=mine)
        clock.advance(minutes=10)
        talked = made.end(f"b-{number}", number=mine, answered=True)
        await made.hear(*((talked, gave_up) if late else (gave_up, talked)))
        assert await made.callbacks.standing() == []
    (closed,) = await made.callbacks.standing(closed=True)
    assert closed.end == "rang-again"
    assert closed.why == "Người dân đã gọi lại và gặp điện thoại viên lúc 08:09 02/03"


async def test_a_promised_call_is_made_though_they_ring_before(line: Line) -> None:
    at = line.clock.now() + timedelta(hours=1)
    await line.callbacks.promise("0912 345 678", at, None, "hỏi thêm địa chỉ")
    await line.hear(line.end("c-1"), line.end("c-2", answered=True))
    owed = await line.one()
    assert (owed.reason, owed.due_at, owed.note, owed.number) == ("appointment", at, "hỏi thêm địa chỉ", NUMBER)
    with pytest.raises(Refused, match="Hẹn gọi 09:00 02/03"):
        await line.callbacks.take(owed.id, LAN)


@pytest.mark.parametrize(
    ("queue", "who", "why"),
    [
        (QueueNow(1, frozenset({1})), LAN, "Đang có 1 người chờ máy"),
        (QueueNow(0, frozenset()), LAN, "Không có điện thoại viên nào rảnh"),
        (QueueNow(0, frozenset({2})), LAN, "Vào ca"),
        (QueueNow(0, frozenset({1})), Actor(name="khoá", role=Role.OPERATOR), "đã đăng nhập"),
    ],
)
async def test_nobody_takes_one_when_the_line_does_not_allow_it(
    line: Line, queue: QueueNow, who: Actor, why: str
) -> None:
    await line.hear(line.end())
    line.queue = queue
    with pytest.raises(Refused, match=why):
        await line.callbacks.take((await line.one()).id, who)


async def test_of_two_who_take_it_at_once_one_has_it(line: Line) -> None:
    await line.hear(line.end())
    id = (await line.one()).id
    taken = await asyncio.gather(*(line.callbacks.take(id, who) for who in (LAN, HOA)), return_exceptions=True)
    assert sorted(isinstance(each, HotlineError) for each in taken) == [False, True]


async def test_there_are_never_more_calls_back_than_free_operators(line: Line) -> None:
    await line.hear(*(line.end(f"c-{n}", number=f"+8491234567{n}") for n in range(3)))
    ids = [each.id for each in await line.callbacks.standing()]
    line.queue = QueueNow(0, frozenset({1, 2}))
    await line.callbacks.take(ids[0], LAN)
    with pytest.raises(Refused, match="Bạn đang giữ"):
        await line.callbacks.take(ids[1], LAN)
    await line.callbacks.take(ids[1], HOA)
    line.queue = QueueNow(0, frozenset({1, 2, 3}))
    await line.callbacks.take(ids[2], MINH)
    assert line.callbacks.nobody_now(await line.callbacks.standing()) == "Mọi điện thoại viên rảnh đều đang gọi lại"


async def test_the_taker_writes_down_what_came_of_it_and_nobody_else(line: Line) -> None:
    await line.hear(line.end())
    id = (await line.one()).id
    await line.callbacks.take(id, LAN)
    assert await line.callbacks.number_of(id, LAN) == NUMBER
    for step in (line.callbacks.number_of(id, HOA), line.callbacks.write_down(id, HOA, "reached", None, None)):
        with pytest.raises(Refused, match="không giữ"):
            await step
    tried = await line.callbacks.write_down(id, LAN, "no_answer", None, None)
    assert (tried.closed_at, tried.due_at, tried.taken_by) == (None, line.clock.now() + timedelta(minutes=30), None)
    with pytest.raises(Refused, match="Gọi lại từ 08:30 02/03; lần trước không nghe máy"):
        await line.callbacks.take(id, HOA)
    line.clock.advance(minutes=30)
    await line.callbacks.take(id, HOA)
    done = await line.callbacks.write_down(id, HOA, "reached", "đã hướng dẫn", None)
    assert (done.end, done.why) == ("reached", "Đã gọi lại và gặp lúc 08:30 02/03")
    assert [(each.by, each.result) for each in done.attempts] == [("Lan", "no_answer"), ("Hoa", "reached")]
    with pytest.raises(Refused, match="đã xong"):
        await line.callbacks.write_down(id, HOA, "wrong", None, None)


async def test_who_rings_again_after_a_call_that_reached_nobody_is_due_at_once(line: Line) -> None:
    await line.hear(line.end("c-1"))
    id = (await line.one()).id
    await line.callbacks.take(id, LAN)
    await line.callbacks.write_down(id, LAN, "busy", None, None)
    line.clock.advance(minutes=1)
    await line.hear(line.end("c-2"))
    assert (await line.one()).due_at is None


async def test_nobody_is_called_for_ever(line: Line) -> None:
    await line.hear(line.end())
    id = (await line.one()).id
    for _ in range(POLICY.most_attempts):
        line.clock.advance(days=2)
        await line.callbacks.take(id, LAN)
        last = await line.callbacks.write_down(id, LAN, "no_answer", None, None)
    assert (last.end, last.why) == ("policy", "Đã gọi 4 lần không gặp; thôi gọi theo quy định")


async def test_a_leader_gives_one_up_with_a_reason(line: Line) -> None:
    await line.hear(line.end())
    id = (await line.one()).id
    with pytest.raises(Invalid, match="lý do"):
        await line.callbacks.write_down(id, MINH, "given_up", " ", None)
    with pytest.raises(Refused, match="không giữ"):
        await line.callbacks.write_down(id, LAN, "given_up", "gọi phá", None)
    assert (await line.callbacks.write_down(id, MINH, "given_up", "gọi phá", None)).end == "given_up"
    with pytest.raises(NotFound):
        await line.callbacks.write_down(999, MINH, "given_up", "x", None)


async def test_the_list_forgets_nobody_however_long_ago(line: Line) -> None:
    await line.hear(line.end())
    line.clock.advance(days=400)
    assert (await line.one()).number == NUMBER


@pytest.mark.parametrize("number", ["113", "1900 1234", "+1 202 555 0123", "abc"])
async def test_no_call_is_promised_to_a_number_that_may_not_be_called(line: Line, number: str) -> None:
    with pytest.raises(Invalid, match="không gọi được"):
        await line.callbacks.promise(number, None, None, None)


async def test_an_hour_that_has_passed_is_promised_to_nobody(line: Line) -> None:
    with pytest.raises(Invalid, match="phía trước"):
        await line.callbacks.promise(NUMBER, line.clock.now(), None, None)
