"""What the tests about simulated traffic share: a small plan, and a database that it has filled once."""

import asyncio
import shutil
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from sqlalchemy import Table, select
from structlog.testing import capture_logs

from hotline1022.base.db import Database
from hotline1022.simulation.plan import BusyDay, Plan
from hotline1022.simulation.simulating import Figures, simulate
from hotline1022.survey_desk import SurveyRules
from surveys.scores.store import score_counts
from surveys.store import survey_answers, survey_cases
from telephony.callbacks.store import callbacks
from telephony.floor.store import call_results
from telephony.store import calls
from tests.postgresql import PostgreSQL
from tickets.journal.store import ticket_journal
from tickets.rules import StandingRules
from tickets.store import ticket_deadlines, tickets
from transcription.store import transcripts

KEY = b"a key of the tests"
SMALL = Plan(
    first_day=date(2026, 3, 2),
    days=14,
    seed=3,
    scale=0.04,
    at_once=0.2,
    busy=BusyDay(day=date(2026, 3, 3), calls=24, slips=16),
)
"""From Monday 2 March 2026 on, with a fuller Tuesday: time enough for late answers, letters, surveys."""

MEANINGLESS = {"id", "seal", "source_key", "answer", "details", "reason", "created_at"}
"""Columns with ids that mean nothing, and what quotes them."""


@cache
def shipped() -> StandingRules:
    """The shipped rules, read once."""
    return StandingRules()


@dataclass(frozen=True)
class Filled:
    """A database that a plan has filled."""

    url: str
    figures: Figures
    rows: dict[str, list[tuple[object, ...]]]
    """What stands in it, without ids that mean nothing."""


async def fill(url: str, plan: Plan = SMALL) -> Filled:
    """Fill an empty database."""
    database = Database(url)
    with capture_logs():
        figures = await simulate(database, plan, rules=shipped(), surveys=SurveyRules.load(None, KEY))
    rows = await stands(database)
    await database.close()
    return Filled(url, figures, rows)


async def stands(database: Database) -> dict[str, list[tuple[object, ...]]]:
    """What a simulation has written, in an order of its own."""
    found: dict[str, list[tuple[object, ...]]] = {}
    written = (
        calls, call_results, callbacks, tickets, ticket_deadlines, ticket_journal, transcripts, survey_cases, survey_answers,
        score_counts,
    )  # fmt: skip
    async with database.reading() as connection:
        for table in written:
            assert isinstance(table, Table)
            own = [column for column in table.columns if column.name not in MEANINGLESS or table is calls]
            rows = [tuple(row) for row in await connection.execute(select(*own))]
            found[table.name] = sorted(rows, key=repr)
    return found


@pytest.fixture
def empty_server(postgresql: PostgreSQL, _postgresql_template: str) -> str:
    """The URL of an empty database on PostgreSQL."""
    return postgresql.url(postgresql.new_database(_postgresql_template), "asyncpg")


@pytest.fixture(scope="session")
def filled(_sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """A SQLite database with the small plan's traffic; nobody changes it."""
    path = tmp_path_factory.mktemp("simulated") / "hotline.sqlite"
    shutil.copy(_sqlite_template, path)
    return asyncio.run(fill(f"sqlite+aiosqlite:///{path}"))
