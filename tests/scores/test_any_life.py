"""Whatever people and time do to tickets, the counts that were kept by differences are those that a count from scratch finds."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import pytest

from hotline1022.base.db import Database
from hotline1022.score_sources import TicketJournal
from hotline1022.survey_story import CountedEvent
from surveys.scores.recount import Recount
from tests.tickets.test_random_lives import Lives
from tickets.rules import StandingRules

STEPS = 120


@pytest.fixture
async def small_database(_sqlite_template: Path, tmp_path: Path) -> AsyncIterator[Database]:
    """SQLite alone: the rules are what is tried here, thousands of times."""
    shutil.copy(_sqlite_template, tmp_path / "hotline.sqlite")
    opened = Database(f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}")
    yield opened
    await opened.close()


@pytest.mark.parametrize("seed", range(100, 108))
async def test_counts_that_followed_any_life_are_those_of_its_journal(
    small_database: Database, standing: StandingRules, seed: int
) -> None:
    lives = Lives(small_database, standing, seed)
    recount = Recount(small_database, lives.clock, TicketJournal())
    await lives.begin()
    heard = 0
    for _ in range(STEPS):
        await lives.step()
        for event in lives.recorded.events[heard:]:
            if isinstance(event, get_args(CountedEvent)):
                await recount.recount(event.code)
        heard = len(lives.recorded.events)
    wrong = await recount.rebuild()
    assert wrong == [], "\n".join(lives.trail[-60:])
    assert await recount.rebuild() == []
