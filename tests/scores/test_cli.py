"""Scores on the command line: the same figures, the tickets behind them, and a count from scratch that says what was wrong."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from hotline1022.base import outbox
from hotline1022.base.access import MACHINE
from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, Invalid, NotFound, Refused
from tests.command_line import run, run_json
from tests.tickets.test_cli_life import move, routed
from tickets.handling import Handling
from tickets.moves import Survey
from tickets.rules import StandingRules

OFFICER, HEAD = "officer:minh@xa-29869", "approver:chủ tịch@xa-29869"
COMMUNE = "xa-29869"


def surveyed(url: str, mark: int) -> str:
    """A ticket whose citizen has said how it was."""
    code = routed()
    move(code, "accept", OFFICER)
    move(code, "draft", OFFICER, "--set", "text=Đã thay bóng đèn.")
    move(code, "approve", HEAD)
    move(code, "tell", "operator:lan", "--set", "how=phone")
    asyncio.run(told(url, code, mark))
    return code


def this_year(code: str) -> str:
    """The year in which a ticket was taken; the command line has the real clock."""
    return str(run_json("tickets", "show", code)["taken_at"])[:4]


def test_scores_are_printed_and_their_tickets_found(installation: Path, database_url: str) -> None:
    code = surveyed(database_url, 4)
    year = this_year(code)
    wrong = run_json("score", "rebuild", ends=1)
    assert {each["code"] for each in wrong} == {code}, "nothing was counted before: no service runs here"
    assert "Mọi số đếm đúng như nhật ký." in run("score", "rebuild")
    told = run_json("score", "--period", year, "--mode", "operator")
    (line,) = [each for each in told["scores"] if each["agency"] == COMMUNE]
    assert {name: line[name] for name in ("n", "satisfied", "csat", "high", "response_rate")} == {
        "n": 1, "satisfied": 1, "csat": 1.0, "high": 1.0, "response_rate": 1.0,
    }  # fmt: skip
    assert run_json("score", "--period", year, "--agency", COMMUNE)["scores"][0]["n"] == 0, (
        "operators' surveys stand beside"
    )
    page = run_json("score", "tickets", COMMUNE, "mark-4", "--period", year, "--mode", "operator")
    assert [each["code"] for each in page["items"]] == [code]
    assert "chưa đủ mẫu" in run("score", "--period", year, "--shrunk")


def test_what_cannot_be_asked_is_told(installation: Path) -> None:
    with pytest.raises(Invalid, match="--period"):
        run("score")
    with pytest.raises(Invalid, match="2026-Q3"):
        run("score", "--period", "tháng 3")
    with pytest.raises(NotFound, match="cơ quan"):
        run("score", "--period", "2026", "--agency", "khong-co")
    with pytest.raises(Forbidden, match="trưởng ca"):
        run("score", "sign-off", "--period", "2025", "--as", "operator:lan")
    assert run_json("score", "sign-off", "--period", "2025", "--as", "leader:hoa")["signed_off"]["by"] == "hoa"
    with pytest.raises(Refused, match="đã được chốt"):
        run("score", "sign-off", "--period", "2025", "--as", "leader:hoa")
    with pytest.raises(Refused, match="Chưa hết"):
        run("score", "sign-off", "--period", "2999", "--as", "leader:hoa")


def test_a_count_that_was_tampered_with_is_found_and_put_right(installation: Path, database_url: str) -> None:
    code = surveyed(database_url, 5)
    run("score", "rebuild", ends=1)
    asyncio.run(tamper(database_url, "UPDATE score_counts SET amount = 7 WHERE name = 'mark-5'"))
    (wrong,) = run_json("score", "rebuild", ends=1)
    assert (wrong["code"], wrong["name"], wrong["before"], wrong["after"]) == (None, "mark-5", 7, 1)
    asyncio.run(tamper(database_url, "UPDATE score_contributions SET amount = 2 WHERE name = 'answered'"))
    wrong = run_json("score", "rebuild", ends=1)
    assert (code, "answered", 2, 1) in [(each["code"], each["name"], each["before"], each["after"]) for each in wrong]
    assert run_json("score", "rebuild") == []


async def told(url: str, code: str, mark: int) -> None:
    """The citizen answers an operator."""
    database = Database(url)
    handling = Handling(database, SystemClock(), StandingRules(), outbox.add)
    answers = {"resolved": 1, "satisfaction": mark}
    said = Survey(move="survey", disposition="completed", mode="operator", answers=answers)
    await handling.make(code, said, MACHINE)
    await database.close()


async def tamper(url: str, statement: str) -> None:
    """Change a count past the product."""
    database = Database(url)
    async with database.transaction() as connection:
        await connection.execute(text(statement))
    await database.close()
