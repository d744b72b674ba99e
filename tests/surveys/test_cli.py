"""``hotline1022 surveys``: the same rules as over HTTP, one line an answer, and no number that was typed comes back."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, HotlineError, Invalid, NotFound
from surveys import store
from surveys.model import Case, Disposition, Question, Reason
from tests.command_line import run, run_json

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
OPEN = Case(
    id="00000000-0000-4000-8000-000000000001", code="17672970", round=0, agency="so-xay-dung", topic="giao-thong",
    place=None, told_at=AT, business=False, person="0" * 32, item=Question.TIME, policy="2026.1", reasons=(),
    explanation="Gọi khảo sát từ 08:00 25/11/2026.", decided_at=AT, next_at=AT, attempts=0, disposition=None,
    mode=None, closed_at=None,
)  # fmt: skip
EXCLUDED = OPEN.model_copy(
    update={
        "id": "00000000-0000-4000-8000-000000000002", "code": "17672989", "reasons": (Reason.NO_NUMBER,),
        "explanation": "Không khảo sát vì không có số điện thoại để gọi.", "next_at": None,
        "disposition": Disposition.EXCLUDED, "closed_at": AT, "person": None,
    }
)  # fmt: skip


@pytest.fixture
def surveyed(installation: Path, database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """An installation with two cases."""
    monkeypatch.setenv("HOTLINE_SURVEY_KEY", "a key of the tests")

    async def write() -> None:
        database = Database(database_url)
        async with database.transaction() as connection:
            for case in (OPEN, EXCLUDED):
                await store.add_case(connection, case)
        await database.close()

    asyncio.run(write())


@pytest.mark.usefixtures("surveyed")
def test_cases_are_listed_and_shown_with_why() -> None:
    listed = run_json("surveys", "list")
    assert {each["code"] for each in listed["items"]} == {"17672970", "17672989"}
    assert [each["code"] for each in run_json("surveys", "list", "--state", "excluded")["items"]] == ["17672989"]
    assert [each["code"] for each in run_json("surveys", "list", "--next")["items"]] == ["17672970"]
    printed = run("surveys", "list", "--code", "17672970")
    assert ("17672970" in printed, "17672989" in printed) == (True, False)
    assert run("surveys", "show", "17672989") == (
        "Phiếu 17672989, lần trả lời 1, Sở Xây dựng: không khảo sát.\n"
        "  Không khảo sát vì không có số điện thoại để gọi.\n"
    )
    (shown,) = run_json("surveys", "show", OPEN.id)
    assert (shown["case"]["code"], "answers" in shown) == ("17672970", False)
    for nobody in ("17673005", "00000000-0000-4000-8000-000000000009", "không"):
        with pytest.raises(NotFound):
            run("surveys", "show", nobody)
    with pytest.raises(Invalid, match="code"):
        run("surveys", "list", "--code", "12")


@pytest.mark.usefixtures("surveyed")
def test_reasons_are_counted() -> None:
    span = ("--from", "2026-11-23T00:00:00+07:00", "--to", "2026-11-24T00:00:00+07:00")
    counts = run_json("surveys", "reasons", *span)
    assert (counts["considered"], counts["asked"]) == (2, 1)
    assert {each["reason"]: each["count"] for each in counts["reasons"] if each["count"]} == {"no-number": 1}
    assert "     1  không có số điện thoại để gọi" in run("surveys", "reasons", *span)
    with pytest.raises(Invalid, match="from"):
        run("surveys", "reasons", "--from", "hôm qua")


@pytest.mark.usefixtures("surveyed")
def test_a_number_is_opted_out_and_in_by_who_may_and_is_never_printed_whole() -> None:
    why = ("--reason", "Người dân yêu cầu")
    printed = run("surveys", "opt-out", "0912345678", "--as", "leader:Hoa", *why)
    assert "trưởng ca Hoa ghi: Người dân yêu cầu" in printed
    assert "912345" not in printed
    back = run_json("surveys", "opt-in", "0912 345 678", "--as", "administrator:Lan", *why)
    assert (back["opted_out"], [each["by"] for each in back["changes"]]) == (False, ["Hoa", "Lan"])
    with pytest.raises(Forbidden):
        run("surveys", "opt-out", "0912345678", "--as", "operator:Lan", *why)
    with pytest.raises(Invalid):
        run("surveys", "opt-out", "12", "--as", "leader:Hoa", *why)


def test_without_a_key_no_number_is_hashed(installation: Path) -> None:
    with pytest.raises(HotlineError, match="khoá khảo sát"):
        run("surveys", "opt-out", "0912345678", "--as", "leader:Hoa", "--reason", "x")
