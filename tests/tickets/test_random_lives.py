"""Lives that nobody planned: random moves by random people while time passes, and what must be true after each of them."""

import random
import shutil
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hotline1022.base.access import MACHINE, Role
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError
from tests.tickets.any_move import AGENCIES, actor_for, request_for
from tests.tickets.conftest import Recorded, StillClock
from tests.tickets.test_desk import report
from tickets import stages
from tickets.clocks import CLOCKS, DUE
from tickets.desk import Desk
from tickets.handling import Handling, MoveMade
from tickets.journal import store as journal
from tickets.journal.chain import breaks
from tickets.model import HOTLINE, Deadline, Stage, Ticket
from tickets.policies import STAGE_CLOCKS
from tickets.rules import StandingRules
from tickets.stages import TOLD
from tickets.timers import Timers

STEPS = 70
TICKETS = 4

TRUNK = (
    ("classify", Role.OPERATOR),
    ("route", Role.OPERATOR),
    ("accept", Role.OFFICER),
    ("ask-extension", Role.OFFICER),
    ("grant-extension", Role.LEADER),
    ("ask-cooperation", Role.OPERATOR),
    ("contribute", Role.OFFICER),
    ("draft", Role.OFFICER),
    ("approve", Role.APPROVER),
    ("tell", Role.OPERATOR),
)
"""The usual way: each life begins with some of it, so that what lies far along it is tried too."""

WAITED_FOR = {
    Stage.RECEIVED: {"classify"},
    Stage.CLASSIFIED: {"classify", "clarify"},
    Stage.ROUTED: {"accept"},
    Stage.ACCEPTED: {"answer"},
    Stage.HANDLING: {"answer"},
    Stage.WAITING: {"information"},
    Stage.DRAFTED: {"answer"},
    Stage.APPROVED: {"notify"},
    Stage.REFUSED: {"notify"},
    Stage.ANSWERED: {"close"},
    Stage.SURVEYED: {"close"},
    Stage.REOPENED: {"accept"},
    Stage.MERGED: {"answer"},
}
"""The clocks of which one runs while a ticket stands at a stage."""

AFTERWARDS = {"close", "notify", "apology_draft", "apology_sent"}
"""The clocks that may run once the citizen has been told."""

AGENCYS_OWN = {"accept", "respond", "answer", "progress"}
"""What the agency that answers owes; what it owed when it was late stays its own, also after another has the ticket."""


class Lives:
    """A few tickets, the people around them, and a clock."""

    def __init__(self, database: Database, standing: StandingRules, seed: int) -> None:
        self.chance, self.clock, self.recorded = random.Random(seed), StillClock(), Recorded()
        self.database = database
        self.desk = Desk(database, self.clock, standing, self.recorded)
        self.handling = Handling(database, self.clock, standing, self.recorded)
        self.timers = Timers(database, self.clock, standing, self.recorded)
        self.codes: tuple[str, ...] = ()
        self.trail: list[str] = []
        self.tried: Counter[str] = Counter()

    async def begin(self) -> None:
        """Open the tickets."""
        for number in range(TICKETS):
            said = {"urgent": number == 0, "channel": "zalo" if number == 1 else "phone"}
            ticket = await self.desk.open(report(f"c{number}", topic="giao-thong", place="29869", **said))
            self.codes += (ticket.code,)
        for code in self.codes:
            for name, role in TRUNK[: self.chance.randrange(len(TRUNK) + 1)]:
                helps = [party.agency for party in (await self.ticket(code)).parties] if name == "contribute" else []
                await self.attempt(code, name, role, *helps[:1])

    async def ticket(self, code: str) -> Ticket:
        """A ticket as it stands."""
        found = await self.desk.find(code)
        assert found is not None
        return found

    async def step(self) -> tuple[str, ...]:
        """Let time pass, or let somebody try a move, mostly one that the table allows them; the tickets that it may have changed."""
        if self.chance.random() < 0.15:
            self.clock.advance(hours=self.chance.choice((1, 1, 6, 30, 100)))
            self.trail.append(f"{self.clock.now():%d/%m %H:%M}")
            if self.chance.random() < 0.7:  # the timers are late now and then
                await self.timers.tick()
            return self.codes
        code = self.chance.choice(self.codes)
        name, role = self.tempting((await self.ticket(code)).stage)
        agency = () if self.chance.random() < 0.8 else (self.chance.choice(AGENCIES),)
        made = await self.attempt(code, name, role, *agency)
        return self.codes if made and name in ("tell", "merge", "divert", "answer-at-once") else (code,)

    async def attempt(self, code: str, name: str, role: Role, agency: str | None = None) -> bool:
        """Let somebody of ``role``, of the ticket's agency or another, try a move; whether it was made."""
        before = await self.ticket(code)
        agency = agency or before.agency
        actor = MACHINE if role is Role.MACHINE else actor_for(role, agency)
        request = request_for(name, self.chance, now=self.clock.now(), codes=self.codes)
        self.trail.append(f"{code} {before.stage} {role} {request!r}")
        telling = any(move.target is Stage.ANSWERED for move in stages.MOVES if move.name == name)
        behind = [each for each in self.codes if telling and await self.is_behind(each, code)]
        try:
            made = await self.handling.make(code, request, actor, version=before.version)
        except HotlineError as refused:
            self.trail.append(f"  {refused}")
            assert await self.ticket(code) == before
            return False
        await self.check_move(before, made, behind)
        return True

    async def is_behind(self, code: str, main: str) -> bool:
        """Whether a ticket waits for what the citizen of ``main`` is told."""
        ticket = await self.ticket(code)
        return ticket.stage is Stage.MERGED and ticket.duplicate_of == main

    def tempting(self, stage: Stage) -> tuple[str, Role]:
        """A move and somebody to make it: mostly as the table allows, and rather what was seldom tried; now and then anything."""
        leads_on = self.chance.random() < 0.6
        rows = [move for move in stages.allowed(stage) if not leads_on or move.target is not None]
        pairs = [(move.name, role) for move in rows for role in sorted(move.roles)]
        if not pairs or self.chance.random() < 0.1:
            pairs = [(move.name, role) for move in stages.MOVES for role in Role]
        weights = [1 / (1 + self.tried[name]) ** 3 for name, _ in pairs]
        (chosen,) = self.chance.choices(pairs, weights)
        self.tried[chosen[0]] += 1
        return chosen

    async def check_move(self, before: Ticket, made: MoveMade, behind: list[str]) -> None:
        """What each move does to the ticket that it was made with."""
        after = await self.ticket(before.code)
        assert (made.version, made.stage) == (after.version, after.stage)
        # What was due before is done first: a ticket may close, or be worked on again, by itself.
        by_itself = [
            each
            for each in before.deadlines
            if each.step == DUE
            and each.step_at
            and each.step_at <= self.clock.now()
            and CLOCKS[each.clock].on_due != "breach"
        ]
        assert 1 <= after.version - before.version <= 1 + len(by_itself)
        if len(after.stops) > len(before.stops) or [stop.end for stop in after.stops] != [s.end for s in before.stops]:
            dues = {each.id: each.due for each in before.deadlines}
            assert all(each.due >= dues[each.id] for each in after.deadlines if each.id in dues)
        for code in behind:
            same = await self.ticket(code)
            assert (same.stage, same.outcome, same.agency) == (Stage.ANSWERED, after.outcome, after.agency)
            assert (same.answer, same.told_at) == (after.answer, after.told_at)

    async def check(self, codes: tuple[str, ...]) -> None:
        """What is true of a ticket at any time."""
        for code in codes:
            ticket = await self.ticket(code)
            running = [each for each in ticket.deadlines if each.running]
            self.check_clocks(ticket, running)
            for each in ticket.deadlines:
                assert each.breached_at in (None, each.due), each
                assert each.running or each.step_at is None, each
                self.check_stopped(ticket, each)
            if ticket.duplicate_of is not None and ticket.stage is Stage.MERGED:
                main = await self.ticket(ticket.duplicate_of)
                assert main.stage in stages.OPEN
                assert main.stage is not Stage.MERGED

    def check_clocks(self, ticket: Ticket, running: list[Deadline]) -> None:
        """Somebody always owes the next thing, nobody owes it twice, and nobody owes anything for nothing."""
        names = [each.clock for each in running]
        for clock in CLOCKS:
            parties = [each.party for each in running if each.clock == clock]
            assert len(parties) == len(set(parties)) or clock.startswith("apology"), (ticket.code, names)
        assert names.count("answer") <= 1
        if ticket.stage is Stage.REFERRED:
            assert names == []
        elif ticket.stage is Stage.CLOSED:
            assert set(names) <= AFTERWARDS - {"close", "notify"}
        elif ticket.stage in TOLD:
            assert set(names) <= AFTERWARDS
        if wanted := WAITED_FOR.get(ticket.stage):
            assert wanted & set(names) or not wanted & {*STAGE_CLOCKS, "answer"}, (ticket.stage, names)
        if ticket.stage in stages.WITH_AGENCY:
            assert {each.party for each in running if each.clock in AGENCYS_OWN} <= {ticket.agency}, names
        assert all(each.party == HOTLINE for each in running if CLOCKS[each.clock].owner == "hotline")

    def check_stopped(self, ticket: Ticket, deadline: Deadline) -> None:
        """While the citizen is asked nothing that stops goes on; otherwise what has a step has its instant."""
        if not deadline.running:
            return
        if ticket.stops and ticket.stops[-1].end is None and CLOCKS[deadline.clock].stops:
            assert deadline.step_at is None, deadline
        else:
            assert (deadline.step is None) == (deadline.step_at is None), deadline

    async def check_journal(self) -> int:
        """The chain holds from its first entry to its last; returns their number."""
        async with self.database.reading() as connection:
            entries = [sealed async for sealed in journal.all_sealed(connection)]
        assert list(breaks(entries)) == []
        return len(entries)


@pytest.fixture
async def small_database(_sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """SQLite alone: the rules are what is tried here, thousands of times."""
    shutil.copy(_sqlite_template, tmp_path / "hotline.sqlite")
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}")
    yield database
    await database.close()


@pytest.mark.parametrize("seed", range(8))
async def test_whatever_people_and_time_do_a_ticket_keeps_its_promises(
    small_database: Database, standing: StandingRules, seed: int
) -> None:
    lives = Lives(small_database, standing, seed)
    await lives.begin()
    for _ in range(STEPS):
        try:
            await lives.check(await lives.step())
        except AssertionError as error:
            raise AssertionError("\n".join(lives.trail[-60:])) from error
    assert await lives.check_journal() > TICKETS
