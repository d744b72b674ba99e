"""Files of old operator surveys: every wrong line is told with its place, nothing is imported by halves, nothing is counted as ours."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select

from hotline1022.base.db import Database
from surveys.imports.importing import Importing
from surveys.imports.lines import Lines, read_lines
from surveys.imports.store import survey_imports
from surveys.store import survey_answers, survey_cases
from tests.command_line import run, run_json
from tests.surveys.stage import StillClock

NAMES = "id,agency,told,asked,resolved,satisfaction,time"
GOOD = "PA-01,so-xay-dung,2026-07-01,2026-07-03,1,5,4"
TODAY = date(2026, 11, 23)


def agency_of(name: str) -> str | None:
    """Two agencies."""
    return {"so-xay-dung": "so-xay-dung", "Sở Xây dựng": "so-xay-dung"}.get(name)


def lines(*rows: str, names: str = NAMES) -> Lines:
    """What a file of these lines says."""
    return read_lines("\n".join((names, *rows)).encode(), agency_of, TODAY)


def test_a_good_line_is_read_whatever_parts_its_columns_and_however_its_days_are_written() -> None:
    (row,) = lines(GOOD).rows
    assert (row.line, row.id, row.agency, row.told_on, row.asked_on) == (
        2, "PA-01", "so-xay-dung", date(2026, 7, 1), date(2026, 7, 3),
    )  # fmt: skip
    assert row.marks == {"resolved": 1, "satisfaction": 5, "time": 4}
    for names, said in (
        ("code;agency;told;asked;satisfaction", "PA-01;Sở Xây dựng;1/7/2026;03/07/2026;5"),
        ("ID\tAgency\tTold\tAsked\tSatisfaction", "PA-01\tSở Xây dựng\t2026-07-01\t2026-07-03\t5"),
    ):
        data = b"\xef\xbb\xbf" + f"{names}\r\n{said}\r\n\r\n".encode()
        found = read_lines(data, agency_of, TODAY)
        assert (found.wrong, found.count) == ((), 1)
        (other,) = found.rows
        assert (other.agency, other.told_on, other.asked_on, other.marks) == (
            row.agency, row.told_on, row.asked_on, {"satisfaction": 5},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "column", "what"),
    [
        (GOOD.replace("so-xay-dung", "so-la"), "agency", "không có cơ quan nào"),
        (GOOD.replace("so-xay-dung", ""), "agency", "không được để trống"),
        (GOOD.replace(",5,", ",6,"), "satisfaction", "điểm phải từ 1 đến 5"),
        (GOOD.replace(",5,", ",0,"), "satisfaction", "điểm phải từ 1 đến 5"),
        (GOOD.replace(",5,", ",4.5,"), "satisfaction", "điểm phải từ 1 đến 5"),
        (GOOD.replace(",5,", ",٥,"), "satisfaction", "điểm phải từ 1 đến 5"),
        (GOOD.replace(",1,", ",4,"), "resolved", "điểm phải từ 1 đến 3"),
        (GOOD.replace(",1,5,4", ",,,"), "satisfaction", "không có điểm nào"),
        (GOOD.replace("2026-07-01", "2026-02-30"), "told", "phải là ngày"),
        (GOOD.replace("2026-07-01", "07/13/2026"), "told", "phải là ngày"),
        (GOOD.replace("2026-07-01", "hôm qua"), "told", "phải là ngày"),
        (GOOD.replace("2026-07-03", "2026-11-24"), "asked", "ngày còn ở phía trước"),
        (GOOD.replace("2026-07-03", "2026-06-30"), "asked", "hỏi trước ngày trả lời"),
        (GOOD.replace("2026-07-01", "1026-07-01"), "told", "trước năm 2000"),
        (GOOD.replace("PA-01", ""), "id", "không được để trống"),
        (GOOD.replace("PA-01", "=1+1"), "id", "chữ, số"),
        (GOOD.replace("PA-01", "x" * 65), "id", "dài quá 64"),
        (GOOD + ",7", None, "có 8 ô, phải có 7"),
        (GOOD.rpartition(",")[0], None, "có 6 ô, phải có 7"),
        (GOOD.replace("PA-01", "PA\0"), "id", "ký tự không dùng được"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_line_is_told_with_its_column(line: str, column: str | None, what: str) -> None:
    found = lines(GOOD.replace("PA-01", "PA-00"), line)
    (wrong,) = found.wrong
    assert (wrong.line, wrong.column, what in wrong.what) == (3, column, True), wrong
    assert [row.id for row in found.rows] == ["PA-00"]
    assert found.usable


def test_every_mistake_of_a_line_is_told_at_once_and_a_second_id_with_the_first_ones_line() -> None:
    found = lines(GOOD, "PA-01,so-la,2026-13-01,2026-07-03,9,9,9")
    assert [(each.line, each.column) for each in found.wrong] == [
        (3, "agency"), (3, "told"), (3, "resolved"), (3, "satisfaction"), (3, "time"), (3, "id"),
    ]  # fmt: skip
    assert found.wrong[-1].what == "trùng mã với dòng 2"


def test_a_comment_over_several_lines_moves_the_numbers_of_those_behind_it() -> None:
    found = lines(
        f'{GOOD},"Tốt.\nNhưng lâu."', GOOD.replace("PA-01", "PA-02") + ",", "PA-03,,,,,,,", names=f"{NAMES},comment"
    )
    assert [row.line for row in found.rows] == [2, 4]
    assert found.rows[0].comment == "Tốt.\nNhưng lâu."
    assert {wrong.line for wrong in found.wrong} == {5}


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b"", 1, "tệp trống"),
        (b"\xff\xfei\x00d\x00", 1, "UTF-16"),
        (f"{NAMES}\n{GOOD}\nPA-02,S\xf4".encode("latin-1"), 3, "không phải UTF-8"),
        (b"id,agency,told,satisfaction\n", 1, "thiếu cột “asked”"),
        (b"id,agency,told,asked\n", 1, "thiếu cột điểm"),
        (f"{NAMES},phone\n".encode(), 1, "không có cột nào tên “phone”"),
        (f"{NAMES},code\n".encode(), 1, "cột “id” có hai lần"),
        (f'{NAMES}\n{GOOD}\n"PA-02,so-xay-dung\n'.encode(), 3, "dấu ngoặc kép không khép"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_told_with_its_line(data: bytes, line: int, what: str) -> None:
    found = read_lines(data, agency_of, TODAY)
    assert not found.usable
    assert found.rows == ()
    assert any(wrong.line == line and what in wrong.what for wrong in found.wrong), found.wrong


async def test_nothing_is_imported_by_halves_and_the_same_file_twice_changes_nothing(database: Database) -> None:
    importing = Importing(database, StillClock(), agency_of)
    bad = "\n".join((NAMES, GOOD, GOOD.replace("PA-01", "PA-02").replace(",5,", ",6,"))).encode()
    assert (await importing.take(bad)).imported == 0
    assert await rows(database) == []
    tried = await importing.take(bad, only_try=True, skip_wrong=True)
    assert (tried.good, tried.imported, len(tried.wrong), await rows(database)) == (1, 0, 1, [])
    assert (await importing.take(bad, skip_wrong=True)).imported == 1
    again = await importing.take(bad, skip_wrong=True)
    assert (again.imported, [each.what for each in again.wrong]) == (
        0, ["mã này đã được nhập trước đây", "điểm phải từ 1 đến 5"],
    )  # fmt: skip
    assert await rows(database) == [("PA-01", "so-xay-dung", 5, "operator", "import")]


async def test_what_is_imported_is_no_case_and_no_answer_of_ours(database: Database) -> None:
    many = "\n".join((NAMES, *(GOOD.replace("PA-01", f"PA-{number:05}") for number in range(1200)))).encode()
    assert (await Importing(database, StillClock(), agency_of).take(many)).imported == 1200
    async with database.reading() as connection:
        counts = [
            await connection.scalar(select(func.count()).select_from(table))
            for table in (survey_imports, survey_cases, survey_answers)
        ]
    assert counts == [1200, 0, 0]


async def rows(database: Database) -> list[tuple[object, ...]]:
    """What has been imported."""
    columns = survey_imports.c
    shown = select(columns.id, columns.agency, columns.satisfaction, columns.mode, columns.source)
    async with database.reading() as connection:
        return [tuple(row) for row in await connection.execute(shown.order_by(columns.id))]


@pytest.fixture
def written(tmp_path: Path) -> Callable[..., str]:
    """Writes a file, and gives its name."""

    def write(*said: str) -> str:
        (tmp_path / "old.csv").write_text("\n".join((NAMES, *said)), encoding="utf-8")
        return str(tmp_path / "old.csv")

    return write


def test_the_command_tells_every_wrong_line_and_ends_with_1(installation: Path, written: Callable[..., str]) -> None:
    named = GOOD.replace("so-xay-dung", "sở xây dựng").replace("PA-01", "PA-02")
    file = written(GOOD, named, GOOD.replace("PA-01", "PA-03").replace("so-xay-dung", "so-la"))
    told = run_json("surveys", "import", file, ends=1)
    assert told == {
        "lines": 3, "good": 2, "imported": 0,
        "wrong": [{"line": 4, "column": "agency", "what": "không có cơ quan nào mang mã hoặc tên này"}],
    }  # fmt: skip
    assert run_json("surveys", "import", file, "--skip-wrong", "--try")["imported"] == 0
    assert run("surveys", "import", file, "--skip-wrong") == "Đã nhập 2; 3 dòng, 2 dòng đúng, 1 chỗ sai.\n"
    assert [each["what"] for each in run_json("surveys", "import", file, "--skip-wrong", ends=1)["wrong"]] == [
        "mã này đã được nhập trước đây", "mã này đã được nhập trước đây", "không có cơ quan nào mang mã hoặc tên này",
    ]  # fmt: skip
