"""Traffic of a plan in a database: the same wherever and whenever it is made, sound in every row, and never where traffic stands."""

from collections import Counter
from pathlib import Path

import pytest
from sqlalchemy import text

from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, Refused
from hotline1022.score_sources import TicketJournal
from hotline1022.simulation.hands import LEADER
from hotline1022.simulation.plan import volumes
from hotline1022.simulation.simulating import refuse_traffic
from surveys.scores.recount import Recount
from tests.command_line import run, run_json
from tests.simulation.conftest import SMALL, Filled, fill
from tickets.journal.verification import verify


@pytest.mark.postgresql
@pytest.mark.timeout(400)
async def test_the_same_plan_gives_the_same_rows_on_either_database_whatever_the_hour(
    filled: Filled, empty_server: str
) -> None:
    again = await fill(empty_server)
    assert again.figures == filled.figures
    for table, rows in filled.rows.items():
        assert again.rows[table] == rows, table


async def test_the_journal_of_simulated_tickets_holds(filled: Filled) -> None:
    database = Database(filled.url)
    verdict = await verify(database)
    await database.close()
    assert verdict.breaks == ()
    assert verdict.count == filled.figures.journal


async def test_counting_everything_anew_finds_nothing_wrong(filled: Filled) -> None:
    database = Database(filled.url)
    wrong = await Recount(database, SystemClock(), TicketJournal()).rebuild()
    await database.close()
    assert wrong == []
    assert filled.rows["score_counts"]


def test_every_report_of_the_plan_becomes_one_ticket(filled: Filled) -> None:
    planned = list(volumes(SMALL, lambda _: False))
    assert filled.figures.tickets == sum(day.slips for day in planned)
    assert filled.figures.calls_in == sum(day.calls for day in planned)


def test_every_kind_of_thing_that_is_shown_somewhere_comes_about(filled: Filled) -> None:
    assert {name for name, count in filled.figures.named().items() if not count} <= {"refused", "signed"}


def test_hardly_a_move_comes_too_late(filled: Filled) -> None:
    assert filled.figures.refused < 0.03 * filled.figures.journal


def test_several_operators_have_calls(filled: Filled) -> None:
    told = Counter(row[2] for row in filled.rows["call_results"])
    assert len(told) > 1


async def test_words_come_some_time_after_the_call_and_some_are_doubtful(filled: Filled) -> None:
    database = Database(filled.url)
    async with database.reading() as connection:
        told = "SELECT min(lag_seconds), max(lag_seconds), sum(doubtful), sum(words) FROM report_transcripts"
        soonest, latest, doubtful, words = (await connection.execute(text(told))).one()
    await database.close()
    assert 0 < soonest < latest
    assert 0 < doubtful < words / 2


async def test_a_database_with_traffic_is_refused(filled: Filled) -> None:
    database = Database(filled.url)
    with pytest.raises(Refused, match=f"{filled.figures.calls_in + filled.figures.calls_out} cuộc gọi"):
        await refuse_traffic(database)
    await database.close()


def test_the_command_fills_an_empty_installation_once(installation: Path) -> None:
    figures = run_json("simulate", "--from", "2026-02", "--months", "2", "--scale", "0.005")
    assert figures["tickets"] > 0
    assert figures["signed"] == 1, "February is over, and March is not"
    assert run_json("score", "--period", "2026-02")["signed_off"]["by"] == LEADER.name
    assert run_json("journal", "verify")["breaks"] == []
    with pytest.raises(Refused, match="nên không mô phỏng vào đó"):
        run("simulate", "--from", "2026-03")


def test_an_installation_that_can_ring_people_is_refused(installation: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_TRUNK_OUTGOING", "127.0.0.2:5060")
    with pytest.raises(Refused, match="đường gọi ra"):
        run("simulate", "--from", "2026-03", "--scale", "0.01")


def test_a_plan_that_cannot_be_says_which_word_is_wrong(installation: Path) -> None:
    for arguments, field in (
        (("--from", "tháng ba"), "from"),
        (("--from", "2026-03", "--months", "2", "--surge", "2026-10"), "surge"),
        (("--from", "2026-03", "--scale", "0"), "scale"),
        (("--busy-day", "hôm nay"), "busy_day"),
    ):
        with pytest.raises(Invalid) as error:
            run("simulate", *arguments)
        assert error.value.field == field
