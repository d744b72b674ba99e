"""Claims about the reporting views: both databases have the same ones, and none tells who a citizen is."""

import pytest
from sqlalchemy import text

from hotline1022.base.db import Database
from hotline1022.migrations.view_texts import OPEN_STAGES, SHORT_ABANDON_SECONDS, VIEWS, WILSON
from surveys.tally import Z95
from tickets.stages import OPEN

PRIVATE = {
    "number",
    "citizen_name",
    "citizen_email",
    "person",
    "words_said",
    "address",
    "summary",
    "note",
    "place_words",
}
"""Columns of tables that hold who somebody is or what they said."""


@pytest.mark.parametrize("view", VIEWS)
async def test_every_view_answers_on_both_databases_and_has_no_private_column(database: Database, view: str) -> None:
    async with database.reading() as connection:
        found = await connection.execute(text(f"SELECT * FROM {view}"))
        assert not PRIVATE & set(found.keys())
        assert found.all() == []


def test_open_stages_are_those_of_the_table_of_stages() -> None:
    assert {stage.strip("'") for stage in OPEN_STAGES.split(", ")} == {stage.value for stage in OPEN}


def test_intervals_are_at_the_same_level_as_the_scores() -> None:
    assert float(WILSON) == pytest.approx(Z95**2, abs=1e-12)
    assert SHORT_ABANDON_SECONDS > 0
