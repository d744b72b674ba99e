"""Every report in every format: what a cell of one says, the same cell of each other says, for all come from one value."""

from datetime import UTC, datetime
from io import BytesIO
from math import isclose
from typing import Any

import docx
import pytest
from pypdf import PdfReader

from hotline1022.reporting import written
from hotline1022.reporting.catalogue import OFFERS, Asked
from hotline1022.reporting.rendering.formats import FORMATS
from hotline1022.reporting.report import Cell, Report
from tests.reporting.conftest import Life, busy_autumn, lines_of_csv, one_database, sheets

PERIODS = {"thang": "2026-11", "co-quan": "2026-Q4", "cai-cach": "2026", "phat-thanh": "2026-11", "diem-nong": "2026-W48",
           "truc": "2026-Q4", "du-lieu-mo": "2026-Q4"}  # fmt: skip

pytestmark = one_database
SET = {"thang", "phat-thanh", "truc"}
"""Those that are set as PDF here: it is one template, and each costs seconds."""


async def every_report(life: Life) -> list[Report]:
    await busy_autumn(life)
    await life.counted.follow()
    sources = life.sources()
    return [await offer.build(sources, Asked(PERIODS[name])) for name, offer in OFFERS.items()]


def squeezed(text: str) -> str:
    """Without blanks: a PDF knows lines, not words."""
    return "".join(text.split())


def same(found: list[Any], row: tuple[Cell, ...]) -> bool:
    """Whether a sheet's row begins with these cells; a workbook keeps sixteen digits."""
    for stored, value in zip(found, row, strict=False):
        if isinstance(value, float) and isinstance(stored, int | float):
            if not isclose(stored, value, rel_tol=1e-14):
                return False
        elif (stored or "") != (written.NOTHING if value is None else value) and stored != value:
            return False
    return len(found) >= len(row)


def text_of(pdf: bytes) -> str:
    return squeezed("".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages))


def document_tables(data: bytes) -> list[list[list[str]]]:
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in docx.Document(BytesIO(data)).tables]


async def test_every_format_holds_the_same_figures(life: Life) -> None:
    for report in await every_report(life):
        shown = [
            [[column.title for column in table.columns]]
            + [
                [written.cell(value, column.kind) for column, value in zip(table.columns, row, strict=True)]
                for row in table.rows
            ]
            for table in report.tables
        ]
        head, *tables, foot = document_tables(FORMATS["docx"].render(report))
        assert tables == shown, report.name
        assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in head[0][1]
        assert "Nơi nhận:" in foot[0][0]
        pages = text_of(FORMATS["pdf"].render(report)) if report.name in SET else ""
        for row in (row for table in shown for row in table if pages):
            assert all(squeezed(cell) in pages for cell in row), (report.name, row)
        cells = [row for rows in sheets(FORMATS["xlsx"].render(report)).values() for row in rows]
        for line in (line for table in report.tables for line in table.rows):
            assert any(same(found, line) for found in cells), line
        rows = [list(line.values()) for line in lines_of_csv(FORMATS["csv"].render(report))]
        assert rows == [["" if value is None else str(value) for value in row] for row in report.main_table.rows]


async def test_a_pdf_is_set_in_a_font_that_has_every_vietnamese_letter(life: Life) -> None:
    (report, *_) = [each for each in await every_report(life) if each.name == "thang"]
    reader = PdfReader(BytesIO(FORMATS["pdf"].render(report)))
    resources: list[Any] = [page["/Resources"] for page in reader.pages]
    fonts = {str(font.get_object()["/BaseFont"]) for each in resources for font in each["/Font"].values()}
    assert {font.split("+")[1].split("-")[0] for font in fonts} == {"Tinos"}
    text = reader.pages[0].extract_text()
    assert "Độc lập - Tự do - Hạnh phúc" in text
    assert "Đồng Tháp, ngày 11 tháng 01 năm 2027" in text
    width, height = (float(side) for side in reader.pages[0].mediabox[2:])
    assert (round(width * 25.4 / 72), round(height * 25.4 / 72)) == (210, 297)


@pytest.mark.parametrize("name", ["thang", "co-quan", "cai-cach", "phat-thanh", "diem-nong", "truc"])
async def test_nothing_at_all_makes_a_document_that_says_so(life: Life, name: str) -> None:
    life.clock.instant = datetime(2027, 1, 11, 2, tzinfo=UTC)
    report = await OFFERS[name].build(life.sources(), Asked(PERIODS[name]))
    told = " ".join(sentence for chapter in report.chapters for sentence in chapter.sentences)
    assert any(words in told.lower() for words in ("không có", "mới có 0 tuần", "0 cơ quan")), told
    assert FORMATS["docx"].render(report)


async def test_a_period_that_has_not_begun_is_refused_by_every_report(life: Life) -> None:
    for name, period in PERIODS.items():
        with pytest.raises(Exception, match=r"Chưa (đến|hết)"):
            await OFFERS[name].build(life.sources(), Asked(period.replace("2026", "2027")))


async def test_a_period_that_is_not_over_is_marked_in_every_report(life: Life) -> None:
    life.clock.instant = datetime(2026, 11, 25, 2, tzinfo=UTC)
    for name, period in PERIODS.items():
        if name == "du-lieu-mo":
            continue
        report = await OFFERS[name].build(life.sources(), Asked(period))
        assert "Số liệu tạm tính đến ngày 25/11/2026" in (report.provisional or ""), name
        text = "\n".join(
            paragraph.text for paragraph in docx.Document(BytesIO(FORMATS["docx"].render(report))).paragraphs
        )
        assert "Số liệu tạm tính đến ngày 25/11/2026" in text


@pytest.mark.parametrize("name", list(PERIODS))
async def test_a_period_that_is_none_is_told_with_what_is_expected(life: Life, name: str) -> None:
    for wrong in ("", "năm nay", "2026-13", "2026-W99", "26", "2026-Q5"):
        with pytest.raises(Exception, match=r"viết (năm|tháng|quý|cả năm|nửa năm)"):
            await OFFERS[name].build(life.sources(), Asked(wrong))
