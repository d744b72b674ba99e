"""Claims about the province's text files: nothing broken and nothing unseen by a second person comes into force, and all can be undone."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hotline1022.administration.catalogue import FILES
from hotline1022.administration.checking import FileCheck
from hotline1022.administration.rule_book import AS_SHIPPED, BY_HAND
from hotline1022.base.db import Database
from tests.administration.conftest import Ask, shipped
from tickets.rules import Rules

TOPICS = "/api/rule-files/topics"
POLICIES = "/api/rule-files/policies"
RENAMED = ('name: "Thủ tục hành chính, dịch vụ công"', 'name: "Thủ tục hành chính"')


def renamed() -> str:
    text = shipped("topics")
    assert RENAMED[0] in text
    return text.replace(*RENAMED)


async def test_every_file_is_listed_with_what_is_in_force(ask: Ask) -> None:
    status, told = await ask("GET", "/api/rule-files", "hoa")
    assert status == 200
    assert [each["name"] for each in told["files"]] == list(FILES)
    assert {each["live"]["version"] for each in told["files"]} == {1}
    assert {each["name"] for each in told["files"] if each["four_eyes"]} == {
        "calendars", "official-days", "policies", "default", "survey",
    }  # fmt: skip


async def test_a_draft_is_kept_and_nothing_is_in_force_before_it_is_activated(ask: Ask, tmp_path: Path) -> None:
    status, told = await ask("PUT", f"{TOPICS}/draft", json={"text": renamed()})
    assert (status, told["findings"]) == (200, [])
    _, whole = await ask("GET", TOPICS)
    assert (whole["text"], whole["draft"]["text"], whole["draft"]["by"]) == (shipped("topics"), renamed(), "lan")
    assert not (tmp_path / "rules" / "topics.yaml").exists()
    status, whole = await ask("POST", f"{TOPICS}/activate", json={"note": "Gọi ngắn", "basis": "QĐ 12/QĐ-UBND"})
    assert (status, whole["text"], whole["draft"]) == (200, renamed(), None)
    assert (tmp_path / "rules" / "topics.yaml").read_text(encoding="utf-8") == renamed()
    assert Rules.load(tmp_path / "rules").topics.name_of("hanh-chinh") == "Thủ tục hành chính"
    newest, oldest = whole["versions"]
    assert (newest["number"], newest["by"], newest["note"], newest["basis"]) == (2, "lan", "Gọi ngắn", "QĐ 12/QĐ-UBND")
    assert (oldest["number"], oldest["by"], oldest["note"]) == (1, None, AS_SHIPPED)
    assert list((tmp_path / "rules").glob(".*")) == []


async def test_a_mistake_is_told_with_its_line_and_the_draft_cannot_come_into_force(ask: Ask, tmp_path: Path) -> None:
    _, told = await ask("PUT", f"{TOPICS}/draft", json={"text": "version: 1\nmenu: [a, b\nunknown: x\n"})
    (finding,) = told["findings"]
    assert (finding["level"], finding["line"]) == ("error", 3)
    assert "YAML sai cú pháp" in finding["what"]
    assert finding["remedy"]
    status, refused = await ask("POST", f"{TOPICS}/activate", json={})
    assert status == 409
    assert "lỗi đầu ở dòng 3" in refused["detail"]
    assert not (tmp_path / "rules" / "topics.yaml").exists()


async def test_a_mistake_that_the_draft_makes_in_another_file_is_found(ask: Ask) -> None:
    without = "\n".join(line for line in shipped("topics").splitlines() if "code: dien," not in line)
    assert without != shipped("topics").rstrip("\n")
    _, told = await ask("PUT", f"{TOPICS}/draft", json={"text": without})
    (finding,) = told["findings"]
    assert (finding["level"], finding["line"]) == ("error", None)
    assert finding["what"].startswith("Tệp “Phân công cơ quan”, dòng ")


async def test_what_was_wrong_before_in_another_file_keeps_nobody_from_mending_this_one(
    ask: Ask, tmp_path: Path
) -> None:
    (tmp_path / "rules").mkdir(exist_ok=True)
    (tmp_path / "rules" / "routing.yaml").write_text("version: [\n", encoding="utf-8")
    _, told = await ask("PUT", f"{TOPICS}/draft", json={"text": renamed()})
    (finding,) = told["findings"]
    assert finding["level"] == "warning"
    assert "đã sai từ trước" in finding["what"]
    status, _ = await ask("POST", f"{TOPICS}/activate", json={})
    assert status == 200


UNFOLDING = "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairwise("abcdefghijk"))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("a: " + "[" * 100_000, "Tệp lồng nhau quá sâu"),
        ("a: &a [1, 1]\n" + UNFOLDING, "quá nhiều chỗ tham chiếu"),
        ("a: &a [*a]\n", "quá nhiều chỗ tham chiếu"),
        ("", "tệp trống"),
        ("a: !!python/object/apply:os.system [x]\n", "a: không có mục nào"),
    ],
)  # fmt: skip
def test_a_text_that_would_unfold_without_end_is_refused_and_not_read(text: str, what: str, tmp_path: Path) -> None:
    verdict = FileCheck(tmp_path).check(FILES["topics"], text)
    assert verdict.broken
    assert any(what in finding.what for finding in verdict.findings) or what.startswith("a:")


async def test_who_wrote_in_a_draft_of_deadlines_cannot_bring_it_into_force(ask: Ask) -> None:
    text = shipped("policies").replace("reopen_days: 15", "reopen_days: 20") + "# bản nháp\n"
    await ask("PUT", f"{POLICIES}/draft", "lan", json={"text": text})
    status, refused = await ask("POST", f"{POLICIES}/activate", "lan", json={})
    assert status == 403
    assert "người thứ hai" in refused["detail"]
    # Who adds a word has written in it too; the first hand stays in it.
    await ask("PUT", f"{POLICIES}/draft", "minh", json={"text": text + "# xem rồi\n"})
    for who in ("lan", "minh"):
        assert (await ask("POST", f"{POLICIES}/activate", who, json={}))[0] == 403
    status, whole = await ask("POST", f"{POLICIES}/activate", "hoa", json={"note": "Đã xem"})
    assert status == 200
    assert whole["versions"][0]["by"] == "hoa"


async def test_a_leader_brings_nothing_else_into_force_and_drafts_nothing(ask: Ask) -> None:
    await ask("PUT", f"{TOPICS}/draft", json={"text": renamed()})
    assert (await ask("POST", f"{TOPICS}/activate", "hoa", json={}))[0] == 403
    assert (await ask("POST", f"{TOPICS}/activate", "hoa", json={"version": 1}))[0] == 403
    assert (await ask("PUT", f"{TOPICS}/draft", "hoa", json={"text": "x"}))[0] == 403
    assert (await ask("DELETE", f"{TOPICS}/draft", "hoa"))[0] == 403


async def test_a_draft_that_was_changed_after_it_was_looked_at_is_not_brought_into_force(ask: Ask) -> None:
    _, seen = await ask("PUT", f"{POLICIES}/draft", "lan", json={"text": shipped("policies") + "# một\n"})
    await ask("PUT", f"{POLICIES}/draft", "lan", json={"text": shipped("policies") + "# hai\n"})
    status, _ = await ask("POST", f"{POLICIES}/activate", "minh", json={"revision": seen["revision"]})
    assert status == 409


async def test_who_saves_over_what_somebody_else_wrote_since_is_told(ask: Ask) -> None:
    _, mine = await ask("PUT", f"{TOPICS}/draft", "lan", json={"text": renamed(), "base": ""})
    await ask("PUT", f"{TOPICS}/draft", "minh", json={"text": renamed() + "# minh\n", "base": mine["revision"]})
    status, refused = await ask("PUT", f"{TOPICS}/draft", "lan", json={"text": "x", "base": mine["revision"]})
    assert status == 409
    assert "minh" in refused["detail"]


async def test_an_old_version_comes_back_as_the_newest_and_the_others_stay(ask: Ask, tmp_path: Path) -> None:
    await ask("PUT", f"{TOPICS}/draft", json={"text": renamed()})
    await ask("POST", f"{TOPICS}/activate", json={"note": "Gọi ngắn"})
    status, whole = await ask("POST", f"{TOPICS}/activate", json={"version": 1, "note": "Nhầm"})
    assert (status, whole["text"]) == (200, shipped("topics"))
    assert [each["number"] for each in whole["versions"]] == [3, 2, 1]
    assert whole["versions"][0]["note"] == "Dùng lại bản 1: Nhầm"
    assert (await ask("GET", f"{TOPICS}/versions/2"))[1]["text"] == renamed()
    assert (await ask("GET", f"{TOPICS}/versions/4"))[0] == 404
    assert (await ask("POST", f"{TOPICS}/activate", json={"version": 3}))[0] == 409
    _, told = await ask("GET", f"{TOPICS}/compare?old=1&new=2")
    assert [line for line in told["lines"] if line[0] in "+-" and line[:3] not in ("+++", "---")] == [
        '-  - {code: hanh-chinh, name: "Thủ tục hành chính, dịch vụ công", number: 1}',
        '+  - {code: hanh-chinh, name: "Thủ tục hành chính", number: 1}',
    ]


async def test_what_was_changed_by_hand_is_a_version_too_and_not_lost(ask: Ask, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir(exist_ok=True)
    by_hand = renamed() + "# tay\n"
    (tmp_path / "rules" / "topics.yaml").write_text(by_hand, encoding="utf-8")
    _, whole = await ask("GET", TOPICS)
    assert [(each["number"], each["note"]) for each in whole["versions"]] == [(1, BY_HAND)]
    await ask("PUT", f"{TOPICS}/draft", json={"text": renamed()})
    await ask("POST", f"{TOPICS}/activate", json={})
    assert (await ask("GET", f"{TOPICS}/versions/1"))[1]["text"] == by_hand


async def test_a_change_of_which_one_half_fails_leaves_the_file_as_it_was(ask: Ask, tmp_path: Path) -> None:
    await ask("PUT", f"{TOPICS}/draft", json={"text": renamed()})
    (tmp_path / "rules").write_text("not a folder", encoding="utf-8")
    status, _ = await ask("POST", f"{TOPICS}/activate", json={})
    assert status >= 400
    (tmp_path / "rules").unlink()
    _, whole = await ask("GET", TOPICS)
    assert [each["number"] for each in whole["versions"]] == [1]
    assert whole["draft"] is not None


async def test_a_text_that_is_in_force_is_no_draft_and_a_draft_can_be_thrown_away(ask: Ask) -> None:
    await ask("PUT", f"{TOPICS}/draft", json={"text": renamed()})
    _, told = await ask("PUT", f"{TOPICS}/draft", json={"text": shipped("topics")})
    assert told == {"findings": [], "effect": None, "revision": None}
    assert (await ask("GET", TOPICS))[1]["draft"] is None
    await ask("PUT", f"{TOPICS}/draft", json={"text": renamed()})
    assert (await ask("DELETE", f"{TOPICS}/draft"))[0] == 204
    assert (await ask("POST", f"{TOPICS}/activate", json={}))[0] == 409


@pytest.mark.parametrize("name", ["secrets", "..%2Fsecrets", "agencies.yaml", "%00"])
async def test_a_name_reaches_no_other_file(ask: Ask, name: str) -> None:
    assert (await ask("GET", f"/api/rule-files/{name}"))[0] == 404
    assert (await ask("PUT", f"/api/rule-files/{name}/draft", json={"text": "x"}))[0] == 404


async def test_everything_that_was_done_is_in_the_journal(ask: Ask) -> None:
    await ask("PUT", f"{TOPICS}/draft", json={"text": renamed()})
    await ask("PUT", f"{TOPICS}/draft", json={"text": renamed() + "# thêm\n"})
    await ask("POST", f"{TOPICS}/activate", json={"note": "Gọi ngắn", "basis": "QĐ 12"})
    _, told = await ask("GET", "/api/administration/changes", "hoa")
    lines: list[dict[str, Any]] = told["changes"]
    assert [(each["by"], each["subject"], each["what"]) for each in lines] == [
        ("lan", "Tệp topics", "Đưa bản 2 vào dùng: Gọi ngắn (căn cứ: QĐ 12)"),
        ("lan", "Tệp topics", "Bắt đầu sửa bản nháp"),
    ]
    assert told["more"] is False


async def test_only_administrators_and_the_shifts_leader_read_them(served: Any, database: Database) -> None:
    for role in ("operator", "officer", "approver"):
        assert (await served.get("/api/rule-files", role)).status == 403
