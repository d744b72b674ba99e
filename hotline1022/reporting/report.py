"""What a report is: its sentences, tables and charts, before it has a format. Values only; whoever renders them knows no figure.

A figure stands in one place, a cell of a table. Charts point at columns, so that what is looked at is what is read.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

Cell = str | int | float | None
"""None is a figure that there is not: too few answers, nothing to divide by."""


class Kind(StrEnum):
    """What the cells of a column are, and so how they are written."""

    WORDS = "words"
    COUNT = "count"
    """Whole numbers."""
    SHARE = "share"
    """Between 0 and 1, written in per cent."""
    NUMBER = "number"
    """With one decimal."""
    CHANGE = "change"
    """Whole numbers with their sign."""
    MARK = "mark"
    """Words in the middle: a code, an abbreviation."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. ``code`` is its name for machines (CSV); None leaves it out of nothing, its title is used."""

    title: str
    kind: Kind = Kind.COUNT
    code: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows under columns. ``wide``: for a page on its side."""

    name: str
    """By which charts point at it; once in a report."""
    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    wide: bool = False
    total: bool = False
    """Whether the last row is the sum of the others."""

    def __post_init__(self) -> None:
        """Raises ValueError for a row that has more or fewer cells than there are columns."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of {self.name} does not fit its columns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Columns of a table as a picture: ``label`` names the column of names, ``series`` those of figures."""

    title: str
    table: str
    label: int
    series: tuple[int, ...]
    kind: Literal["bar", "column", "line"] = "column"
    rows: int = 12
    """How many of the first rows are drawn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Published words of a question and its answer, without anybody's name."""

    question: str
    answer: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A part of a report under its own heading."""

    title: str
    sentences: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    charts: tuple[Chart, ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report as it was made at ``made_at``."""

    name: str
    """Which report: a name of the catalogue."""
    title: str
    period: str
    """How the period is written: ``2026-10``."""
    period_title: str
    """How people call it: "tháng 10 năm 2026"."""
    made_at: datetime
    basis: str
    """What the figures were taken from and what they count; one paragraph."""
    provisional: str | None
    """Why the figures are not final; None when the period is over."""
    signed: tuple[str, ...] = ()
    """Who signed what when, or that nobody has."""
    chapters: tuple[Chapter, ...] = ()
    notes: tuple[str, ...] = field(default=())
    main: str = ""
    """The table that CSV holds; the first where none is named."""

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table in its order."""
        return tuple(table for chapter in self.chapters for table in chapter.tables)

    @property
    def main_table(self) -> Table:
        """The table that machines read."""
        return next((table for table in self.tables if table.name == self.main), self.tables[0])

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before the first figure."""
        return ((self.provisional,) if self.provisional else ()) + self.signed
