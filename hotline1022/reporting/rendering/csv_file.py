"""A report's main table as CSV for machines: UTF-8 with its mark, commas, a point in decimals, empty where there is no figure."""

import csv
from io import StringIO

from hotline1022.reporting.report import Cell, Report

_MARK = "\ufeff"
"""Without it Excel takes Vietnamese letters for something else."""


def render(report: Report) -> bytes:
    """The main table under its columns' names for machines; those without one under their titles."""
    made = StringIO(newline="")
    writer = csv.writer(made, lineterminator="\r\n")
    table = report.main_table
    writer.writerow([column.code or column.title for column in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return (_MARK + made.getvalue()).encode()


def _cell(value: Cell) -> str | int | float:
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@"}:
        return f" {value}"  # a spreadsheet would take it for a formula
    return "" if value is None else value
