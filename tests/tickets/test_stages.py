"""Proofs about the table of stages and moves: nothing is stranded, nothing is missing, and what it does not allow is refused."""

import random
from collections import deque
from collections.abc import Iterable

import pytest

from hotline1022.base.access import AGENCY_ROLES, Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, HotlineError, Refused
from tests.tickets.any_move import actor_for, request_for
from tests.tickets.conftest import StillClock
from tests.tickets.test_desk import report
from tickets import stages
from tickets.acts import ACTS
from tickets.change import Change
from tickets.changes import locked
from tickets.deciding import apply
from tickets.desk import Desk
from tickets.model import Party, Stage
from tickets.moves import REQUESTS
from tickets.rules import StandingRules
from tickets.stages import MOVES, STAGE_NAMES

ENDS = {Stage.CLOSED, Stage.REFERRED, Stage.MERGED}


def reached(starts: Iterable[Stage], *, backwards: bool = False) -> set[Stage]:
    """Every stage that moves lead to from ``starts``, or come from."""
    steps = {(source, move.target) for move in MOVES for source in move.sources if move.target is not None}
    if backwards:
        steps = {(target, source) for source, target in steps}
    found, waiting = set(starts), deque(starts)
    while waiting:
        here = waiting.popleft()
        for source, target in steps:
            if source == here and target not in found:
                found.add(target)
                waiting.append(target)
    return found


def test_every_stage_can_be_reached_from_the_first() -> None:
    assert reached([Stage.RECEIVED]) == set(Stage)


def test_from_every_stage_a_ticket_can_come_to_an_end() -> None:
    assert reached(ENDS, backwards=True) == set(Stage)


def test_every_move_has_what_it_does_and_what_must_be_said_for_it() -> None:
    names = {move.name for move in MOVES}
    assert names == set(ACTS) == set(REQUESTS)


def test_every_stage_and_every_move_has_a_name_for_people() -> None:
    assert set(STAGE_NAMES) == set(Stage)
    assert all(move.title and move.roles and move.sources for move in MOVES)


def test_no_two_rows_of_the_table_contradict_each_other() -> None:
    seen = set()
    for move in MOVES:
        for source in move.sources:
            for role in move.roles:
                assert (move.name, source, role) not in seen
                seen.add((move.name, source, role))


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_and_move_and_role_is_allowed_or_refused_with_a_sentence(stage: Stage) -> None:
    for name in REQUESTS:
        for role in Role:
            rows = [move for move in MOVES if move.name == name and stage in move.sources]
            allowed = [move for move in rows if role in move.roles]
            if allowed:
                assert stages.find(name, stage, role) == allowed[0]
                continue
            with pytest.raises(Forbidden if rows else Refused) as told:
                stages.find(name, stage, role)
            assert f"“{STAGE_NAMES[stage]}”" in str(told.value)


@pytest.fixture
async def pattern(desk: Desk, database: Database, still_clock: StillClock, standing: StandingRules) -> Change:
    """A ticket as the database gives it, to be stood at any stage."""
    ticket = await desk.open(report(topic="giao-thong", place="29869"))
    async with database.transaction() as connection:
        return (await locked(connection, [ticket.code], rules=standing.current, now=still_clock.now()))[ticket.code]


async def test_an_act_is_only_reached_through_the_table_and_brings_the_ticket_where_the_table_says(
    pattern: Change,
) -> None:
    chance = random.Random(1022)
    made, turned_away = set(), 0
    for stage in Stage:
        for name in REQUESTS:
            for role in Role:
                actor = actor_for(role, pattern["agency"])
                change = _standing_at(pattern, stage, actor)
                row, request = dict(change.row), request_for(name, chance, now=pattern.now)
                rows = [move for move in stages.allowed(stage, role) if move.name == name]
                try:
                    apply(change, request)
                except HotlineError:
                    if not rows:
                        turned_away += 1
                        assert (change.row, change.values, change.entries, change.events) == (row, {}, [], [])
                    continue
                assert rows, (stage, name, role)
                assert change.stage == (rows[0].target or stage)
                assert change["version"] == pattern["version"] + 1
                assert change.entries
                made.add(name)
    assert turned_away > 1000
    assert len(made) > len(REQUESTS) * 0.6


def _standing_at(pattern: Change, stage: Stage, actor: Actor) -> Change:
    told = {"told_at": pattern.now, "outcome": "answered"} if stage in stages.TOLD else {}
    helps = (
        [Party(agency=actor.agency or "", asked_at=pattern.now, asked_by="lan")] if actor.role in AGENCY_ROLES else []
    )
    row = pattern.row | {"stage": stage} | told
    return Change(row, pattern.deadlines, helps, rules=pattern.rules, actor=actor, now=pattern.now)
