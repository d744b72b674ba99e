"""What people and scripts get from the command line about tickets, places and deadlines."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy.ext.asyncio import create_async_engine
from typer.testing import CliRunner

from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database, metadata
from hotline1022.base.errors import HotlineError
from hotline1022.cli.tickets import place, sla_app, tickets_app
from tests.tickets.conftest import Recorded
from tests.tickets.test_desk import report
from tickets.desk import Desk
from tickets.model import Ticket
from tickets.rules import StandingRules

app = typer.Typer()
app.add_typer(tickets_app, name="tickets")
app.add_typer(sla_app, name="sla")
app.command("place")(place)


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation of its own."""
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    return tmp_path


def run(*arguments: str) -> str:
    """What the command prints."""
    result = CliRunner().invoke(app, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def run_json(*arguments: str) -> Any:
    """What the command prints as JSON."""
    return json.loads(run(*arguments, "--json"))


@pytest.fixture
def two_tickets(data_folder: Path, standing: StandingRules) -> tuple[Ticket, Ticket]:
    """Two tickets of one caller in the installation's database."""

    async def fill() -> tuple[Ticket, Ticket]:
        url = f"sqlite+aiosqlite:///{data_folder / 'hotline.sqlite'}"
        engine = create_async_engine(url)
        async with engine.begin() as connection:
            await connection.run_sync(metadata.create_all)
        await engine.dispose()
        database = Database(url)
        desk = Desk(database, SystemClock(), standing, Recorded())
        first = await desk.open(report("c1", taken_at="2026-11-20T02:00:00Z"))
        second = await desk.open(report("c2", place_words="xã phong hòa huyện lai vung"))
        await database.close()
        return first, second

    return asyncio.run(fill())


def test_sla_due_answers_scripts_in_json() -> None:
    answer = run_json("sla", "due", "--from", "2026-11-23T09:00:00+07:00", "--target", "3wd")
    assert answer["due"] == "2026-11-27T17:00:00+07:00"
    assert answer["explanation"].startswith("Hạn 17:00 thứ Sáu 27/11/2026: 3 ngày làm việc")
    assert answer["calendar"].startswith("state-")
    assert set(answer) == {"due", "explanation", "calendar"}
    far = run_json("sla", "due", "--from", "2071-03-03T09:00:00+07:00", "--target", "3wd")
    assert "dự kiến, vì lịch nghỉ năm 2071 chưa được quyết định" in far["explanation"]


def test_sla_due_takes_pauses_and_calendars() -> None:
    start, pause = "2026-11-23T02:00:00Z", "2026-11-25T07:00+07:00/2026-11-25T17:00+07:00"
    assert run_json("sla", "due", "--from", start, "--target", "1wd", "--pause", pause)["due"].startswith(
        "2026-11-26T17"
    )
    always = run_json("sla", "due", "--from", start, "--target", "24wh", "--calendar", "always")
    assert always["due"] == "2026-11-24T09:00:00+07:00"


def test_sla_worked_inverts_sla_due() -> None:
    start = "2026-11-23T09:00:00+07:00"
    end = run_json("sla", "due", "--from", start, "--target", "7wh")["due"]
    used = run_json("sla", "worked", "--from", start, "--to", end)
    assert used["working_minutes"] == 7 * 60
    assert run_json("sla", "worked", "--from", start, "--to", "2026-11-27T17:00+07:00")["working_days"] == 3


@pytest.mark.parametrize("start", ["2026-11-23T09:00:00", "2026-11-23", "2026-11-23 09:00"])
def test_a_date_without_zone_is_told(start: str) -> None:
    for arguments in (("due", "--target", "3wd"), ("worked", "--to", "2026-12-01T09:00:00+07:00")):
        with pytest.raises(HotlineError, match="thiếu múi giờ — viết như 2026-11-23T08:30:00"):
            run("sla", arguments[0], "--from", start, *arguments[1:])


@pytest.mark.parametrize(
    "arguments",
    [
        ("--from", "hôm qua", "--target", "3wd"),
        ("--from", "0001-01-01T00:00:00+07:00", "--target", "3wd"),
        ("--from", "0001-01-01T00:00:00+07:00", "--target", "3h"),
        ("--from", "9999-12-31T23:59:59-12:00", "--target", "4wh"),
        ("--from", "9999-12-31T23:59:59-12:00", "--target", "9999h"),
        (
            "--from",
            "2026-11-23T09:00:00Z",
            "--target",
            "3wd",
            "--pause",
            "2026-11-24T00:00:00Z/9999-12-31T23:59:59-12:00",
        ),
        ("--from", "2026-11-23T09:00:00Z", "--target", "mai"),
        ("--from", "2026-11-23T09:00:00Z", "--target", "3wd", "--pause", "2026-11-23T09:00:00Z"),
        ("--from", "2026-11-23T09:00:00Z", "--target", "3wd", "--calendar", "nobody"),
    ],
)
def test_what_cannot_be_computed_is_told_in_one_sentence(arguments: tuple[str, ...]) -> None:
    with pytest.raises(HotlineError):
        run("sla", "due", *arguments)


def test_place_answers_scripts_in_json() -> None:
    answer = run_json("place", "xã Gáo Giồng huyện Cao Lãnh")
    assert {candidate["name"] for candidate in answer["candidates"]} == {"Xã Phú Cường", "Xã Phong Mỹ"}
    assert set(answer["candidates"][0]) == {"code", "name", "score"}
    assert "ấp, khóm nào" in answer["question"]
    assert run_json("place", "đường trước nhà") == {"candidates": [], "question": None}


def test_place_answers_people() -> None:
    assert "Phường Đạo Thạnh" in run("place", "P.5 Mỹ Tho")
    assert "Không nghe thấy" in run("place", "đường trước nhà")


def test_a_provinces_broken_rules_are_told_with_their_line(data_folder: Path) -> None:
    (data_folder / "rules").mkdir()
    (data_folder / "rules" / "calendars.yaml").write_text("version: 1\ncalendars: [")
    with pytest.raises(HotlineError, match=r"calendars\.yaml, dòng"):
        run("sla", "due", "--from", "2026-11-23T09:00:00Z", "--target", "3wd")


def test_every_agency_can_be_spoken() -> None:
    spoken = json.loads(run("tickets", "agencies"))
    assert spoken["ttpvhcc"] == "Trung tâm Phục vụ hành chính công tỉnh"
    assert spoken["xa-29869"] == "Ủy ban nhân dân phường Cao Lãnh"
    assert sum(code.startswith("xa-") for code in spoken) == 102


def test_list_shows_the_newest_first_and_no_number(two_tickets: tuple[Ticket, Ticket]) -> None:
    first, second = two_tickets
    listed = run_json("tickets", "list")
    assert [ticket["code"] for ticket in listed] == [second.code, first.code]
    assert {ticket["number"] for ticket in listed} == {"*** *** 678"}
    table = run("tickets", "list")
    assert first.code in table
    assert "912345678" not in table


def test_show_explains_the_ticket_and_names_the_earlier_one(two_tickets: tuple[Ticket, Ticket]) -> None:
    first, second = two_tickets
    shown = " ".join(run("tickets", "show", second.code).split())
    assert first.code in shown
    assert "Xã Phong Hòa (máy nghe, chờ xác nhận)" in shown
    assert "xã phong hòa huyện lai vung" in shown
    assert "912345678" not in shown
    facts = run_json("tickets", "show", second.code)
    assert (facts["earlier"], facts["due"]) == ([first.code], "2026-11-27T17:00:00+07:00")


def test_the_whole_number_is_shown_only_when_asked_for(two_tickets: tuple[Ticket, Ticket]) -> None:
    assert run_json("tickets", "show", two_tickets[0].code, "--unmasked")["number"] == "+84912345678"


def test_show_tells_a_code_that_nobody_has(two_tickets: tuple[Ticket, Ticket]) -> None:
    code = two_tickets[0].code
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    with pytest.raises(HotlineError, match="Mã phiếu không đúng"):
        run("tickets", "show", wrong)
