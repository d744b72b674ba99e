"""The third formula of Decision 766: figures of one-stop shops that the province writes down, and what it is told when they are wrong."""

from pathlib import Path

import pytest

from hotline1022.base.db import Database
from hotline1022.base.rule_files import RuleFileError
from hotline1022.score_sources import AgencyNames
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.scoreboard import Scoreboard, ScoreQuery
from surveys.scores.weights import StandingWeights
from tests.conftest import StillClock
from tests.tickets.conftest import HOA
from tickets.rules import StandingRules

COMMUNE = "xa-29869"
GOOD = f"""
months:
  - {{month: "2026-10", agency: {COMMUNE}, dossiers: 300, faulted: 3}}
  - {{month: "2026-11", agency: {COMMUNE}, dossiers: 100, faulted: 9}}
"""


def dossiers(folder: Path, text: str) -> StandingDossiers:
    """What a province has written down."""
    (folder / "one-stop.yaml").write_text(text, encoding="utf-8")
    return StandingDossiers(folder)


async def test_dossiers_are_shown_beside_the_score_and_never_part_of_it(
    database: Database, clock: StillClock, tmp_path: Path
) -> None:
    told = dossiers(tmp_path, GOOD)
    board = Scoreboard(database, clock, StandingWeights(), AgencyNames(StandingRules()), told)
    (quarter,) = (await board.scores(ScoreQuery(period="2026-Q4"), HOA)).scores
    assert quarter.decision_766.procedures == 97.0
    assert (quarter.decision_766.on_time, quarter.composite, quarter.n) == (None, None, 0)
    (month,) = (await board.scores(ScoreQuery(period="2026-11"), HOA)).scores
    assert month.decision_766.procedures == 91.0
    assert (await board.scores(ScoreQuery(period="2026-Q3"), HOA)).scores == ()


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("faulted: 9", "faulted: 101", "101 hồ sơ bị phản ánh mà chỉ có 100 hồ sơ"),
        ("2026-11", "2026-10", "đã có số của tháng 2026-10"),
        ("2026-11", "11/2026", "month"),
        ("dossiers: 100", "dossiers: -1", "quá nhỏ"),
    ],
)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, before: str, after: str, told: str) -> None:
    with pytest.raises(RuleFileError, match=told) as error:
        dossiers(tmp_path, GOOD.replace(before, after))
    assert error.value.line == 4
