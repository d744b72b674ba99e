"""A file of old operator surveys, line by line: what each says, and everything that is wrong with it. Pure.

The file is CSV with a line of names: ``id`` (or ``code``), ``agency``, ``told``, ``asked`` and at least one of ``resolved`` (1 to 3),
``satisfaction`` and the SIPAS items ``time``, ``attitude``, ``clarity``, ``reception`` (1 to 5); ``comment`` and ``mode`` may be there.
Columns are parted by commas, semicolons or tabs. Any other column is refused: nothing of a file is left out in silence, and no
column with people's names or numbers belongs here.
"""

import csv
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from io import StringIO

from surveys.model import MARKS, Question

ID, AGENCY, TOLD, ASKED, COMMENT, MODE = "id", "agency", "told", "asked", "comment", "mode"
MARK_COLUMNS = {
    str(question): marks for question, marks in MARKS.items() if len(marks) > 1 and question != Question.CONSENT
}
REQUIRED = (ID, AGENCY, TOLD, ASKED)
COLUMNS = (*REQUIRED, *MARK_COLUMNS, COMMENT, MODE)
OTHER_NAMES = {"code": ID}

MOST_LINES = 50_000
"""Of a file: the writing of more would keep the hotline's other writers waiting for too long, since it is one transaction."""
LONGEST = {ID: 64, AGENCY: 200, COMMENT: 2000}
LONGEST_OTHER = 40
FIRST_DAY = date(2000, 1, 1)
"""No survey of this kind is older."""

_ID = re.compile(r"[0-9A-Za-zÀ-ỹ][0-9A-Za-zÀ-ỹ ./_-]*")
_ISO, _VIETNAMESE = (
    re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII),
    re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})", re.ASCII),
)
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Wrong:
    """One thing that is wrong: in which line (from 1, that of the names), which column, and what, in one Vietnamese sentence."""

    line: int
    column: str | None
    what: str


@dataclass(frozen=True)
class Row:
    """One survey as it was made then."""

    line: int
    id: str
    agency: str
    told_on: date
    asked_on: date
    marks: Mapping[str, int]
    comment: str | None


@dataclass(frozen=True)
class Lines:
    """What a file says."""

    count: int = 0
    """Lines that hold something, without that of the names."""
    rows: tuple[Row, ...] = ()
    wrong: tuple[Wrong, ...] = ()
    usable: bool = True
    """Whether the file could be read to its end at all; nothing of it is taken if not."""


class _UnreadableError(Exception):
    """No record can be made of what begins in ``line``."""

    def __init__(self, line: int) -> None:
        self.line = line
        super().__init__(line)


@dataclass
class _Reading:
    agency_of: Callable[[str], str | None]
    today: date
    rows: list[Row] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    lines_of: dict[str, int] = field(default_factory=dict)


def read_lines(data: bytes, agency_of: Callable[[str], str | None], today: date) -> Lines:
    """Everything that a file says and everything that is wrong with it.

    ``agency_of`` gives the code of an agency's code or name, None for one that nobody knows; ``today`` is the civil day.
    """
    text = _text(data)
    if isinstance(text, Wrong):
        return Lines(wrong=(text,), usable=False)
    reading = _Reading(agency_of, today)
    count = 0
    try:
        records = _records(text)
        line, names = next(records, (1, []))
        columns = [OTHER_NAMES.get(name.strip().lower(), name.strip().lower()) for name in names]
        if told := _wrong_names(columns):
            return Lines(wrong=told, usable=False)
        for line, cells in records:
            count += 1
            if count > MOST_LINES:
                return Lines(
                    count, wrong=(Wrong(line, None, f"tệp dài quá {MOST_LINES} dòng; hãy chia nhỏ"),), usable=False
                )
            _read(reading, line, columns, cells)
    except _UnreadableError as error:
        wrong = Wrong(error.line, None, "không đọc được: dấu ngoặc kép không khép, hoặc ô quá dài")
        return Lines(count, wrong=(*reading.wrong, wrong), usable=False)
    return Lines(count, tuple(reading.rows), tuple(reading.wrong))


def _text(data: bytes) -> str | Wrong:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return Wrong(1, None, "tệp là UTF-16, hãy lưu lại bằng mã UTF-8 (CSV UTF-8)")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        return Wrong(line, None, "không phải UTF-8, hãy lưu lại bằng mã UTF-8 (CSV UTF-8)")
    if not text.strip():
        return Wrong(1, None, "tệp trống")
    return text


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record that is not empty, with the line on which it begins."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise _UnreadableError(begins) from error


def _wrong_names(columns: list[str]) -> tuple[Wrong, ...]:
    missing = [f"thiếu cột “{name}”" for name in REQUIRED if name not in columns]
    if not any(name in MARK_COLUMNS for name in columns):
        missing.append(f"thiếu cột điểm; cần ít nhất một trong: {', '.join(MARK_COLUMNS)}")
    unknown = [f"không có cột nào tên “{name[:40]}”; bỏ cột này" for name in columns if name not in COLUMNS]
    twice = [
        f"cột “{name}” có hai lần" for name in dict.fromkeys(columns) if name in COLUMNS and columns.count(name) > 1
    ]
    return tuple(Wrong(1, None, what) for what in (*missing, *unknown, *twice))


def _read(reading: _Reading, line: int, columns: list[str], cells: list[str]) -> None:
    if len(cells) != len(columns):
        reading.wrong.append(Wrong(line, None, f"có {len(cells)} ô, phải có {len(columns)} như dòng tên cột"))
        return
    said = {name: cell.strip() for name, cell in zip(columns, cells, strict=True)}
    before = len(reading.wrong)

    def wrong(column: str, what: str) -> None:
        reading.wrong.append(Wrong(line, column, what))

    for name, cell in said.items():
        if len(cell) > (most := LONGEST.get(name, LONGEST_OTHER)):
            wrong(name, f"dài quá {most} ký tự")
        elif _UNSTORABLE.search(cell):
            wrong(name, "có ký tự không dùng được")
    if len(reading.wrong) > before:
        return
    agency = _agency(reading, said[AGENCY], wrong)
    told, asked = _days(reading.today, said, wrong)
    marks = _marks(said, wrong)
    if said.get(MODE, "") not in ("", "operator"):
        wrong(MODE, "chỉ nhận khảo sát do điện thoại viên hỏi: operator")
    _check_id(reading, line, said[ID], wrong)
    if len(reading.wrong) == before and agency and told and asked:
        reading.rows.append(Row(line, said[ID], agency, told, asked, marks, said.get(COMMENT) or None))


def _check_id(reading: _Reading, line: int, key: str, wrong: Callable[[str, str], None]) -> None:
    if not _ID.fullmatch(key):
        wrong(ID, "mã phải gồm chữ, số và các dấu . / _ -" if key else "không được để trống")
    elif key in reading.lines_of:
        wrong(ID, f"trùng mã với dòng {reading.lines_of[key]}")
    else:
        reading.lines_of[key] = line


def _agency(reading: _Reading, name: str, wrong: Callable[[str, str], None]) -> str | None:
    if not name:
        wrong(AGENCY, "không được để trống")
        return None
    code = reading.agency_of(name)
    if code is None:
        wrong(AGENCY, "không có cơ quan nào mang mã hoặc tên này")
    return code


def _days(today: date, said: Mapping[str, str], wrong: Callable[[str, str], None]) -> tuple[date | None, date | None]:
    told, asked = _day(said[TOLD]), _day(said[ASKED])
    for name, day in ((TOLD, told), (ASKED, asked)):
        if day is None:
            wrong(name, "phải là ngày như 2026-07-01 hoặc 01/07/2026")
        elif day > today:
            wrong(name, "ngày còn ở phía trước")
        elif day < FIRST_DAY:
            wrong(name, f"ngày trước năm {FIRST_DAY.year}")
    if told and asked and asked < told:
        wrong(ASKED, "hỏi trước ngày trả lời người dân")
    return told, asked


def _day(text: str) -> date | None:
    iso, vietnamese = _ISO.fullmatch(text), _VIETNAMESE.fullmatch(text)
    parts = iso.groups() if iso else tuple(reversed(vietnamese.groups())) if vietnamese else None
    try:
        return date(int(parts[0]), int(parts[1]), int(parts[2])) if parts else None
    except ValueError:
        return None


def _marks(said: Mapping[str, str], wrong: Callable[[str, str], None]) -> dict[str, int]:
    marks: dict[str, int] = {}
    given = {name: said[name] for name in MARK_COLUMNS if said.get(name)}
    for name, cell in given.items():
        allowed = MARK_COLUMNS[name]
        if not re.fullmatch("[0-9]", cell, re.ASCII) or int(cell) not in allowed:
            wrong(name, f"điểm phải từ {allowed[0]} đến {allowed[-1]}")
        else:
            marks[name] = int(cell)
    if not given:
        wrong("satisfaction", "không có điểm nào")
    return marks
