"""A report as a workbook: a sheet for each chapter with its tables as numbers and its charts as charts. No figure is computed here."""

from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from hotline1022.reporting import written
from hotline1022.reporting.report import Cell, Chapter, Chart, Column, Kind, Report, Table

FONT = "Times New Roman"
_NUMBER_FORMATS = {
    Kind.COUNT: "#,##0",
    Kind.SHARE: "0.0%",
    Kind.NUMBER: "#,##0.0",
    Kind.CHANGE: "+#,##0;-#,##0;0",
}
_CHART_HEIGHT = 18
"""Rows that a chart covers."""
_ACROSS = 7
"""Columns that a sentence runs over."""
_LETTERS = 105
"""Of a sentence in one line of a sheet, about."""
_CHART_TYPES = {"bar": "bar", "column": "column", "line": "line"}


def render(report: Report) -> bytes:
    """The workbook."""
    made = BytesIO()
    # Words are written as words: none of them is taken for a formula or a link.
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties(
            {"title": f"{report.title}, {report.period_title}", "created": report.made_at.replace(tzinfo=None)}
        )
        formats = _Formats(book)
        names: set[str] = set()
        for chapter in report.chapters:
            _Sheet(book, book.add_worksheet(_sheet_name(chapter.title, names)), formats).chapter(report, chapter)
        _Sheet(book, book.add_worksheet(_sheet_name("Thuyết minh", names)), formats).explanation(report)
    return made.getvalue()


class _Formats:
    """The looks of cells, each made once."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[Kind, bool], Any] = {}
        self.title = self._look(bold=True, font_size=14)
        self.subtitle = self._look(bold=True)
        self.words = self._look(text_wrap=True, valign="top")
        self.warning = self._look(text_wrap=True, italic=True, valign="top")
        self.head = self._look(
            bold=True, border=1, text_wrap=True, align="center", valign="vcenter", bg_color="#E7EDF3"
        )

    def of(self, kind: Kind, *, bold: bool) -> Any:
        """How a cell of a kind looks."""
        if (kind, bold) not in self._made:
            look: dict[str, Any] = {"border": 1, "bold": bold}
            if kind is Kind.WORDS:
                look |= {"text_wrap": True, "valign": "top"}
            elif kind is Kind.MARK:
                look["align"] = "center"
            else:
                look |= {"num_format": _NUMBER_FORMATS[kind], "align": "right"}
            self._made[kind, bold] = self._look(**look)
        return self._made[kind, bold]

    def _look(self, **said: Any) -> Any:
        return self._book.add_format({"font_name": FONT, "font_size": 11} | said)


class _Sheet:
    """One sheet, written from above."""

    def __init__(self, book: Workbook, sheet: Worksheet, formats: _Formats) -> None:
        self._book, self._sheet, self._formats, self._row = book, sheet, formats, 0
        self._placed: dict[str, tuple[int, Table]] = {}
        self._widths: dict[int, int] = {}
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)

    def chapter(self, report: Report, chapter: Chapter) -> None:
        """The chapter under the report's head."""
        self._head(report)
        self._line(chapter.title, self._formats.subtitle)
        for sentence in chapter.sentences:
            self._line(sentence, self._formats.words)
        for table in chapter.tables:
            self._table(table)
        for chart in chapter.charts:
            self._chart(chart)
        for quote in chapter.quotes:
            self._line(f"Hỏi: {quote.question}", self._formats.words)
            self._line(f"Trả lời: {quote.answer}", self._formats.words)
            self._line(quote.source, self._formats.warning)
        if any(table.wide for table in chapter.tables):
            self._sheet.set_landscape()
        for column, width in self._widths.items():
            self._sheet.set_column(column, column, width)

    def explanation(self, report: Report) -> None:
        """What the figures are and are not."""
        self._head(report)
        self._sheet.set_column(0, _ACROSS - 1, 16)
        for sentence in (report.basis, *report.notes, f"Lập lúc {written.instant(report.made_at)}."):
            self._line(sentence, self._formats.words)

    def _head(self, report: Report) -> None:
        self._line(report.title, self._formats.title)
        self._line(report.period_title[0].upper() + report.period_title[1:], self._formats.subtitle)
        for sentence in report.warnings:
            self._line(sentence, self._formats.warning)
        self._row += 1

    def _line(self, words: str, look: Any) -> None:
        self._sheet.merge_range(self._row, 0, self._row, _ACROSS - 1, "", look)
        self._sheet.write_string(self._row, 0, words, look)
        self._sheet.set_row(self._row, 15 * (1 + len(words) // _LETTERS) + (6 if look is self._formats.title else 0))
        self._row += 1

    def _table(self, table: Table) -> None:
        self._row += 1
        self._line(table.title, self._formats.subtitle)
        self._placed[table.name] = (self._row, table)
        for at, column in enumerate(table.columns):
            self._sheet.write_string(self._row, at, column.title, self._formats.head)
            width = 34 if column.kind is Kind.WORDS else 14
            self._widths[at] = max(self._widths.get(at, 0), width)
        for each, row in enumerate(table.rows):
            self._row += 1
            bold = table.total and each == len(table.rows) - 1
            for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
                self._cell(at, column, value, bold=bold)
        self._row += 1

    def _cell(self, at: int, column: Column, value: Cell, *, bold: bool) -> None:
        look = self._formats.of(column.kind, bold=bold)
        if isinstance(value, int | float):
            self._sheet.write_number(self._row, at, value, look)
        else:
            self._sheet.write_string(self._row, at, written.NOTHING if value is None else value, look)

    def _chart(self, chart: Chart) -> None:
        first, table = self._placed[chart.table]
        last = first + min(chart.rows, len(table.rows))
        if last == first:
            return
        drawn = self._book.add_chart({"type": _CHART_TYPES[chart.kind]})
        name = self._sheet.get_name()
        for series in chart.series:
            drawn.add_series(
                {
                    "name": [name, first, series],
                    "categories": [name, first + 1, chart.label, last, chart.label],
                    "values": [name, first + 1, series, last, series],
                }
            )
        drawn.set_title({"name": chart.title, "name_font": {"name": FONT, "size": 13}})
        drawn.set_legend({"none": True} if len(chart.series) == 1 else {"position": "bottom"})
        if chart.kind == "bar":
            drawn.set_y_axis({"reverse": True})
        drawn.set_size({"width": 760, "height": 340})
        self._row += 1
        self._sheet.insert_chart(self._row, 0, drawn, {"description": chart.title})
        self._row += _CHART_HEIGHT


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that a workbook takes (31 letters, none of ``[]:*?/\\``), once in it."""
    plain = "".join(" " if letter in "[]:*?/\\'" else letter for letter in title).strip()[:31] or "Bảng"
    name, number = plain, 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain[: 30 - len(str(number))]} {number}"
    taken.add(name.casefold())
    return name
