"""What people and scripts get from the command line about tickets, places and deadlines."""

import asyncio
import json
from pathlib import Path

import pytest

from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError
from tests.command_line import run, run_json
from tests.tickets.conftest import LAN, MOVE, Recorded
from tests.tickets.test_desk import report
from tickets.desk import Desk
from tickets.drawing import markdown, mermaid
from tickets.handling import Handling
from tickets.model import Ticket
from tickets.rules import StandingRules
from tickets.stages import MOVES


@pytest.fixture(autouse=True)
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of its own."""
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def two_tickets(installation: Path, database_url: str, standing: StandingRules) -> tuple[Ticket, Ticket]:
    """Two tickets of one caller in the installation's database."""

    async def fill() -> tuple[Ticket, Ticket]:
        database = Database(database_url)
        desk = Desk(database, SystemClock(), standing, Recorded())
        said = {"citizen_name": "Nguyễn Thị Ánh", "summary": "Đèn đường trước chợ tắt."}
        first = await desk.open(report("c1", taken_at="2026-11-20T02:00:00Z", **said))
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


def test_who_reported_is_shown_only_for_a_reason_that_is_written_down(two_tickets: tuple[Ticket, Ticket]) -> None:
    code = two_tickets[0].code
    assert run_json("tickets", "show", code)["citizen_name"] == "***"
    with pytest.raises(HotlineError, match="ai xem và vì sao"):
        run("tickets", "show", code, "--unmasked")
    shown = run_json("tickets", "show", code, "--unmasked", "--as", "leader:hoa", "--reason", "Gọi lại cho người báo.")
    assert (shown["number"], shown["citizen_name"]) == ("+84912345678", "Nguyễn Thị Ánh")
    entry = run_json("journal", "show", code)[-1]
    assert (entry["actor"], entry["what"]) == ("hoa", "identity-unlocked")
    assert "Gọi lại cho người báo." in entry["reason"]


def test_nobody_is_told_on_a_terminal_who_sent_a_denunciation(
    two_tickets: tuple[Ticket, Ticket], database_url: str, standing: StandingRules
) -> None:
    code = two_tickets[0].code

    async def divert() -> None:
        database = Database(database_url)
        request = MOVE.validate_python({"move": "divert", "kind": "denunciation"})
        await Handling(database, SystemClock(), standing, Recorded()).make(code, request, LAN)
        await database.close()

    asyncio.run(divert())
    for arguments in (("list",), ("find", "đèn"), ("show", code)):
        printed = run("tickets", *arguments, "--json")
        assert "***" not in printed.replace("*** *** 678", "")
        assert "Ánh" not in printed
    assert run_json("tickets", "show", code)["earlier"] == []
    sealed = [ticket for ticket in run_json("tickets", "list") if ticket["code"] == code]
    assert (sealed[0]["call"], sealed[0]["source_key"]) == (None, "")
    with pytest.raises(HotlineError, match="niêm phong"):
        run("tickets", "show", code, "--unmasked", "--as", "operator:lan", "--reason", "Muốn biết.")


def test_find_by_words_stage_agency_and_lateness(two_tickets: tuple[Ticket, Ticket]) -> None:
    first, second = two_tickets

    def found(*arguments: str) -> list[str]:
        return [ticket["code"] for ticket in run_json("tickets", "find", *arguments)["items"]]

    assert found("den", "duong") == [first.code]
    assert found("--stage", "received", "--stage", "routed") == [second.code, first.code]
    assert found("--stage", "closed") == []
    assert found("--agency", second.agency) == [second.code]
    assert found("--place", str(second.place)) == [second.code]
    assert sorted(found("--overdue") + found("--in-time")) == sorted([first.code, second.code])
    page = run_json("tickets", "find", "--limit", "1")
    assert found("--cursor", page["next"]) == [first.code]
    assert "thêm --cursor" in run("tickets", "find", "--limit", "1")
    with pytest.raises(HotlineError, match="cursor: không đúng dạng"):
        run("tickets", "find", "--cursor", "???")


def test_the_table_of_stages_and_moves_is_printed_in_every_form() -> None:
    told = run_json("tickets", "table")
    assert [move["name"] for move in told["moves"]] == [move.name for move in MOVES]
    assert run("tickets", "table", "--mermaid") == mermaid()
    assert run("tickets", "table", "--markdown") == markdown()
    assert "answer-at-once" in run("tickets", "table")


def test_a_database_that_was_never_set_up_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hotline1022.cli.asking.configure_log", lambda *_: None)
    monkeypatch.setenv("HOTLINE_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'empty.sqlite'}")
    with pytest.raises(HotlineError, match="chưa có bảng nào của tổng đài — chạy `make setup`"):
        run("tickets", "list")


def test_show_tells_a_code_that_nobody_has(two_tickets: tuple[Ticket, Ticket]) -> None:
    code = two_tickets[0].code
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    with pytest.raises(HotlineError, match="Mã phiếu không đúng"):
        run("tickets", "show", wrong)
