"""What an administrator gets from the command line: keys, rule files, the interface's description, deadlines planned anew."""

import asyncio
import json
from pathlib import Path

import pytest

from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import SystemClock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, Invalid, NotFound
from hotline1022.base.keys import Keys
from tests.command_line import run, run_json


def holder(url: str, key: str) -> Actor | None:
    """Whom a service that has just started takes the holder of ``key`` for."""

    async def ask() -> Actor | None:
        database = Database(url)
        try:
            return await Keys(database, SystemClock()).actor_of(key)
        finally:
            await database.close()

    return asyncio.run(ask())


def test_people_are_let_in_shut_out_and_helped_from_the_command_line(installation: Path) -> None:
    password = run("accounts", "add", "tuan", "Trần Quốc Tuấn", "--role", "officer", "--agency", "so-y-te").strip()
    assert len(password) >= 16
    with pytest.raises(Invalid, match="đã có người dùng"):
        run("accounts", "add", "tuan", "Người khác", "--role", "operator")
    with pytest.raises(Invalid, match="cơ quan"):
        run("accounts", "add", "ha", "Lê Thanh Hà", "--role", "operator", "--agency", "so-y-te")
    (tuan,) = [each for each in run_json("accounts", "list") if each["name"] == "tuan"]
    assert (tuan["display_name"], tuan["agency"], tuan["locked"]) == ("Trần Quốc Tuấn", "so-y-te", False)
    number = str(tuan["id"])
    run("accounts", "lock", number)
    assert "tuan" in run("accounts", "list")
    assert [each["locked"] for each in run_json("accounts", "list") if each["name"] == "tuan"] == [True]
    run("accounts", "unlock", number)
    assert run("accounts", "new-password", number).strip() != password
    run("accounts", "second-factor-off", number)
    with pytest.raises(NotFound, match="Không có tài khoản số 999"):
        run("accounts", "lock", "999")


def test_a_key_works_from_its_issue_to_its_revocation(installation: Path, database_url: str) -> None:
    issued = run_json("keys", "issue", "Ứng dụng của tỉnh", "--role", "app")
    assert holder(database_url, issued["key"]) == Actor(name="Ứng dụng của tỉnh", role=Role.APP, key=issued["id"])
    printed = run("keys", "issue", "minh", "--role", "officer", "--agency", "so-y-te").strip()
    assert holder(database_url, printed) == Actor(
        name="minh", role=Role.OFFICER, agency="so-y-te", key=issued["id"] + 1
    )
    run("keys", "revoke", str(issued["id"]))
    assert holder(database_url, issued["key"]) is None
    listed = run_json("keys", "list")
    assert [(key["name"], key["revoked_at"] is None) for key in listed] == [
        ("Ứng dụng của tỉnh", False),
        ("minh", True),
    ]
    assert issued["key"].split("_", 2)[2] not in run("keys", "list") + str(listed)
    with pytest.raises(NotFound, match=f"Không có khoá {issued['id']} đang dùng"):
        run("keys", "revoke", str(issued["id"]))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("minh", "--role", "officer"), "phải ghi cơ quan"),
        (("minh", "--role", "officer", "--agency", "so-la"), "Không có cơ quan nào mang mã “so-la”"),
        (("hoa", "--role", "leader", "--agency", "so-y-te"), "phải ghi cơ quan"),
        (("x", "--role", "citizen"), "không dùng khoá"),
        (("  ", "--role", "app"), "từ 1 đến 100 ký tự"),
        (("x" * 101, "--role", "app"), "từ 1 đến 100 ký tự"),
        (("a\0b", "--role", "app"), "ký tự không dùng được"),
    ],
)
def test_a_key_that_fits_nobody_is_not_issued(installation: Path, arguments: tuple[str, ...], told: str) -> None:
    with pytest.raises(Invalid, match=told):
        run("keys", "issue", *arguments)
    assert run_json("keys", "list") == []


def test_rule_files_are_checked_each_with_its_first_mistake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    assert "Mọi quy tắc dùng được." in run("rules", "check")
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "calendars.yaml").write_text("version: 1\ncalendars: [")
    (folder / "topics.yaml").write_text("version: 2\nmenu: {}\ntopics: []\n")
    (folder / "localities.csv").write_bytes(b"a,b\n\xff\n")
    (folder / "polices.yaml").write_text("version: 1\n")
    (folder / "score-weights.yaml").write_text("versions: []\n")
    told = run_json("rules", "check", ends=1)
    assert not told["good"]
    assert [(Path(each["path"]).name, each["line"]) for each in told["mistakes"]] == [
        ("calendars.yaml", 3), ("topics.yaml", 1), ("localities.csv", 2), ("score-weights.yaml", 1),
    ]  # fmt: skip
    assert told["own"]["calendars.yaml"]
    assert not told["own"]["policies.yaml"]
    assert told["ignored"] == [str(folder / "polices.yaml")]


def test_what_one_rule_file_says_wrongly_of_another_is_told_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    (tmp_path / "rules").mkdir()
    routing = 'version: 2\nrules:\n  - {id: con-lai, agency: so-la, because: "còn lại"}\n'
    (tmp_path / "rules" / "routing.yaml").write_text(routing, encoding="utf-8")
    (mistake,) = run_json("rules", "check", ends=1)["mistakes"]
    assert (mistake["line"], mistake["what"]) == (3, "không có cơ quan “so-la”")


def test_the_interface_is_described_without_a_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path))
    described = json.loads(run("openapi"))
    assert described["openapi"].startswith("3.1")
    assert "/api/tickets/{code}/moves" in described["paths"]
    assert not (tmp_path / "hotline.sqlite").exists()


def test_a_changed_calendar_is_tried_told_and_written_once(installation: Path) -> None:
    code = run_json("tickets", "open", "--as", "operator:lan", "--summary", "Ngập.", "--topic", "giao-thong")["code"]
    due = run_json("tickets", "show", code)["due"]
    (installation / "rules").mkdir()
    (installation / "rules" / "official-days.yaml").write_text(
        "version: 9\ndecided_through: 2027\ndays:\n"
        f'  - {{date: {due[:10]}, working: false, reason: "nghỉ bão", source: "Công điện 1"}}\n',
        encoding="utf-8",
    )
    tried = run_json("sla", "replan", "--try")
    assert run_json("tickets", "show", code)["due"] == due
    assert [(each["code"], each["clock"], each["before"]) for each in tried if each["clock"] == "answer"] == [
        (code, "answer", due)
    ]
    assert "nghỉ bão" in next(each["reason"] for each in tried if each["clock"] == "answer")
    assert "hạn sẽ chuyển." in run("sla", "replan", "--try")
    assert run_json("sla", "replan") == tried
    assert run_json("tickets", "show", code)["due"] == tried[-1]["after"]
    assert run("sla", "replan").strip() == "0 hạn đã chuyển."


def test_a_stranger_to_the_data_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTLINE_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setattr("hotline1022.cli.asking.configure_log", lambda *_: None)
    with pytest.raises(HotlineError, match=r"Chưa có cơ sở dữ liệu trong .*/nowhere — đặt HOTLINE_DATA"):
        run("keys", "list")
    assert not (tmp_path / "nowhere").exists()
