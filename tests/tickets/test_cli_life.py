"""The whole life of a ticket over the command line: the same table, the same rules, and the running service hears of it."""

import asyncio
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from hotline1022.base import migrate
from hotline1022.base.access import AGENCY_ROLES, Role
from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, HotlineError, Invalid, Refused
from hotline1022.base.outbox import Relay, outbox
from hotline1022.cli.asking import PERSONS
from hotline1022.cli.moving import fields_of, request_of
from tests.command_line import run, run_json
from tickets.moves import REQUESTS
from tickets.stages import MOVES

OFFICER, HEAD = "officer:minh@xa-29869", "approver:chủ tịch@xa-29869"


on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
"""For what is said before any database is asked, or is the same for both."""


def opened(**options: str) -> str:
    """The code of a street fault that an operator writes down."""
    told = {"summary": "Đèn đường trước chợ tắt.", "topic": "giao-thong", "place": "29869"} | options
    arguments = [word for name, value in told.items() for word in (f"--{name.replace('_', '-')}", value)]
    return str(run_json("tickets", "open", "--as", "operator:lan", *arguments)["code"])


def move(code: str, name: str, who: str, *arguments: str, said: str | bytes | None = None) -> Any:
    """Make a move."""
    return run_json("tickets", "move", code, name, "--as", who, *arguments, said=said)


def routed(**options: str) -> str:
    """A ticket that an agency has been given."""
    code = opened(**options)
    move(code, "classify", "operator:lan", "--set", "topic=giao-thong", "--set", "place=29869")
    move(code, "route", "operator:lan")
    return code


def test_a_ticket_lives_its_whole_life(installation: Path, database_url: str) -> None:
    code = routed(number="0912 345 678", channel="zalo")
    move(code, "accept", OFFICER)
    move(code, "ask-cooperation", OFFICER, "--set", "agencies=dien-luc,so-xay-dung", "--reason", "Cột điện chắn đường.")
    move(code, "contribute", "officer:tú@dien-luc", "--text", "Điện lực dời cột ngày mai.")
    move(code, "draft", OFFICER, "--text", "-", said="Đã thay bóng đèn.\n")
    assert move(code, "approve", HEAD)["stage"] == "approved"
    assert move(code, "tell", "operator:lan", "--set", "how=phone") == {"code": code, "version": 9, "stage": "answered"}
    move(code, "close", "leader:hoa")
    assert move(code, "reopen", "citizen:người báo", "--reason", "Đèn lại tắt.")["stage"] == "reopened"
    journal = run_json("journal", "show", code)
    assert [entry["actor"] for entry in journal] == [
        "machine", "lan", "lan", "minh", "minh", "tú", "minh", "chủ tịch", "lan", "hoa", "người báo",
    ]  # fmt: skip
    assert "chủ tịch duyệt câu trả lời" in run("journal", "show", code)
    assert run_json("tickets", "show", code)["number"] == "*** *** 678"

    async def written() -> list[str]:
        database = Database(database_url)
        async with database.reading() as connection:
            names = (await connection.scalars(select(outbox.c.name).where(outbox.c.handed_at.is_(None)))).all()
        await database.close()
        return list(names)

    names = asyncio.run(written())
    assert names.count("TicketMoved") == 10
    assert {"TicketOpened", "TicketAnswered", "TicketReopened"} <= set(names)


def test_the_relay_of_a_running_service_notices_what_a_command_wrote_without_being_poked(
    installation: Path, database_url: str
) -> None:
    code = opened()
    seen: list[dict[str, Any]] = []

    async def listen() -> None:
        taken, database = asyncio.Event(), Database(database_url)

        async def enqueue(name: str, job_id: str, payload: dict[str, Any]) -> None:
            seen.append(payload)
            taken.set()

        relay = Relay(database, enqueue, lambda _event: ["hear"], SystemClock(), interval=0.1)
        running = asyncio.create_task(relay.run())
        async with asyncio.timeout(20):
            await taken.wait()  # what was written before
            taken.clear()
            await asyncio.to_thread(move, code, "note", "operator:lan", "--text", "Đã gọi lại.")
            await taken.wait()
        running.cancel()
        await asyncio.wait({running})
        await database.close()

    asyncio.run(listen())
    assert [each["name"] for each in seen] == ["TicketOpened", "TicketMoved"]


def test_the_same_key_is_the_same_ticket(installation: Path) -> None:
    assert opened(key="don-17") == opened(key="don-17", summary="Gửi lại.")
    assert opened() != opened()


@on_sqlite
def test_a_place_in_words_is_found_or_asked_for(installation: Path) -> None:
    told = run(
        "tickets", "open", "--as", "operator:lan", "--summary", "Ngập.", "--place-words", "xã Gáo Giồng huyện Cao Lãnh"
    )
    assert "Cần hỏi: " in told


@on_sqlite
@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--topic", "duong-xa"), "topic: không có lĩnh vực “duong-xa” — các lĩnh vực: "),
        (("--place", "1"), "place: không có xã, phường nào mang mã “1”"),
        (("--number", "12"), "Số điện thoại không đúng dạng"),
        (("--address", "x" * 501), "address: quá dài"),
        (("--key", "có dấu"), "key: chỉ dùng"),
        (("--name", "a\0b"), "citizen_name: có ký tự không dùng được"),
        (("--as", "operator"), "--as phải là ROLE:NAME"),
        (("--as", "machine:x"), "--as phải là ROLE:NAME"),
        (("--as", "operator:Machine"), "tên của hệ thống"),
        (("--as", "operator:" + "x" * 101), "dài quá 100 ký tự"),
        (("--as", "officer:minh"), "phải có @mã cơ quan"),
        (("--as", "operator:lan@xa-29869"), "phải có @mã cơ quan"),
        (("--as", "officer:minh@so-la"), "Không có cơ quan nào mang mã “so-la”"),
    ],
)
def test_a_wrong_option_is_told_and_nothing_is_opened(installation: Path, options: tuple[str, str], told: str) -> None:
    who = () if options[0] == "--as" else ("--as", "operator:lan")
    with pytest.raises(HotlineError, match=told):
        run("tickets", "open", "--summary", "Ngập.", *who, *options)
    assert run_json("tickets", "list") == []


@pytest.mark.parametrize(
    ("name", "said", "told"),
    [
        ("duyet", [], "Không có bước “duyet” — các bước: classify, answer-at-once"),
        ("draft", [], "text: thiếu mục này — bước draft cần: text=…"),
        ("tell", ["how=pigeon"], "how: không phải một trong các giá trị được phép — bước tell cần: how=phone|sms"),
        ("merge", ["into=12"], "into: không đúng dạng"),
        ("note", ["text=a", "colour=red"], "colour: không có mục nào tên như vậy"),
        ("note", ["text=a", "text=b"], "text: được ghi hai lần"),
        ("note", ["text"], "không đúng dạng — viết KEY=VALUE"),
        ("note", ["move=close"], "không đúng dạng — viết KEY=VALUE"),
        ("note", ["text=a\0b"], "text: có ký tự không dùng được"),
        ("note", ["text=\udcff"], "text: có ký tự không dùng được"),
        ("ask-cooperation", ["agencies=", "reason=Cần hỏi."], "agencies: quá ít"),
        ("classify", ["topic=dien", "urgent=maybe"], "urgent: phải là true hoặc false"),
    ],
)
def test_a_wrong_field_is_told_with_its_name(name: str, said: list[str], told: str) -> None:
    with pytest.raises(Invalid) as error:
        request_of(name, said)
    assert told in str(error.value)


@on_sqlite
def test_what_is_no_utf8_is_told(installation: Path) -> None:
    code = opened()
    with pytest.raises(Invalid, match="text: đầu vào chuẩn không phải UTF-8"):
        move(code, "note", "operator:lan", "--text", "-", said=b"\xff\xfe")
    with pytest.raises(Invalid, match="text: quá dài"):
        move(code, "note", "operator:lan", "--text", "-", said="x" * 1_000_001)


def test_every_move_but_the_surveys_own_can_be_made_by_somebody_whom_the_command_line_lets_act() -> None:
    made = {move.name for move in MOVES if move.roles & set(PERSONS)}
    assert made == set(REQUESTS) - {"survey"}
    assert all(fields_of(name) is not None for name in REQUESTS)
    assert set(PERSONS) >= AGENCY_ROLES | {Role.OPERATOR, Role.LEADER, Role.ADMINISTRATOR, Role.CITIZEN}


@on_sqlite
def test_the_allowed_moves_are_those_of_the_ticket_and_of_whoever_asks(installation: Path) -> None:
    code = routed()
    anybody = run_json("tickets", "moves", code)
    assert (anybody["stage"], anybody["version"]) == ("routed", 3)
    assert {each["name"] for each in anybody["moves"]} >= {"accept", "return", "recall", "merge", "note"}
    officer = run_json("tickets", "moves", code, "--as", OFFICER)["moves"]
    assert {each["name"] for each in officer} == {"accept", "assign", "return", "progress", "note", "book"}
    assert next(each for each in officer if each["name"] == "return")["fields"] == ["reason=…", "[agency=…]"]
    assert "cán bộ xử lý, lãnh đạo của cơ quan chủ trì" in run("tickets", "moves", code)
    with pytest.raises(HotlineError, match="Không có phiếu"):
        run("tickets", "moves", code, "--as", "officer:tú@so-y-te")


@on_sqlite
def test_the_rules_hold_for_whoever_sits_at_the_server(installation: Path) -> None:
    code = routed()
    with pytest.raises(Forbidden, match="chỉ quản trị viên, trưởng ca"):
        move(code, "recall", "operator:lan", "--reason", "Nhầm cơ quan.")
    with pytest.raises(Refused, match="nên không thể đóng phiếu"):
        move(code, "close", "leader:hoa")
    with pytest.raises(Refused, match="vừa được người khác"):
        move(code, "accept", OFFICER, "--version", "1")
    assert run_json("tickets", "moves", code)["version"] == 3


@on_sqlite
def test_people_read_where_the_ticket_stands_and_what_is_due(installation: Path) -> None:
    code = opened()
    told = run("tickets", "move", code, "classify", "--as", "operator:lan", "--set", "topic=giao-thong")
    assert told.startswith(f"Phiếu {code}: đã phân loại.\n")
    assert "trả lời người dân (Trung tâm Phục vụ hành chính công tỉnh): Hạn " in told
    assert "phân loại và chuyển phiếu (tổng đài): Hạn " in told


def test_a_script_reads_nothing_but_json_and_a_person_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(migrate.upgrade(f"sqlite+aiosqlite:///{tmp_path / 'hotline.sqlite'}"))
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    program = [sys.executable, "-m", "hotline1022"]
    said = [*program, "tickets", "open", "--as", "operator:lan", "--summary", "Ngập.", "--json"]
    done = subprocess.run(said, capture_output=True, text=True, check=True, cwd=Path(__file__).parent.parent.parent)
    assert json.loads(done.stdout)["stage"] == "received"
    assert done.stderr == ""
    wrong = subprocess.run(
        [*program, "tickets", "move", "10000000", "accept", "--as", "x"], capture_output=True, text=True, check=False
    )
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert wrong.stderr.startswith("Lỗi: Không rõ ai làm")
    assert len(wrong.stderr.splitlines()) == 1
