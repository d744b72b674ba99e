"""Hides small counts of a table whose totals are published, so that nobody can find them by subtracting. Pure.

A count of 1 to 4 may be somebody's own slip, so it is hidden (primary suppression). With totals beside it one hidden cell can be computed
from the others, so more are hidden (complementary suppression), until whoever solves all totals together learns of a small cell nothing
that they do not know from this rule: every value from 1 to 4 stays possible for it. What the totals leave open is found exactly: a cell's
values follow from how much can be shifted around it, which is a flow through the hidden cells (L. H. Cox, "Suppression methodology and
statistical disclosure control", JASA 75, 1980). Rows and columns too small to be published by themselves are put together first.
Zeros stay: that nothing came from somewhere tells of nobody.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

FEWEST = 5
"""The least count above 0 that is published."""
FEWEST_OF_A_LINE = 10
"""The least total of a row or column that is published by itself."""
REST = "con-lai"
"""The code of the line in which small ones are put together."""

Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Published:
    """A table that may be published: counts by row and column, None where hidden; with its totals."""

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: Mapping[tuple[str, str], int | None]
    row_totals: Mapping[str, int]
    column_totals: Mapping[str, int]
    total: int


def protect(counts: Counts) -> Published | None:
    """The table that may be published; None where there is so little that nothing may be."""
    if not counts:
        return None
    rows, columns = ({key[axis] for key in counts} for axis in (0, 1))
    table = {(row, column): counts.get((row, column), 0) for row in rows for column in columns}
    apart: set[str] = set()
    while True:
        merged = _merged(table, apart)
        if merged is None:
            return None
        hidden, open_row = _hidden(merged)
        if open_row is None:
            return _published(merged, hidden)
        if open_row == REST:
            # Even the line of the rest gives something away: the smallest of the others joins it.
            others = [row for row in _lines(merged, 0) if row != REST]
            if not others:
                return None
            open_row = min(others, key=lambda row: (_total(merged, 0, row), row))
        apart.add(open_row)


def _merged(table: Counts, apart: Iterable[str]) -> dict[tuple[str, str], int] | None:
    """Columns, then rows, with those that are too small (or named) put together; None where even together they are."""
    columns = _gathered(table, 1, ())
    return None if columns is None else _gathered(columns, 0, apart)


def _gathered(table: Counts, axis: int, apart: Iterable[str]) -> dict[tuple[str, str], int] | None:
    totals = {line: _total(table, axis, line) for line in _lines(table, axis)}
    small = {line for line, total in totals.items() if total < FEWEST_OF_A_LINE} | set(apart)
    for line in sorted(totals, key=lambda line: (totals[line], line)):
        if not small or (sum(totals[each] for each in small) >= FEWEST_OF_A_LINE and len(small) > 1):
            break
        small.add(line)
    if small and sum(totals[each] for each in small) < FEWEST_OF_A_LINE:
        return None
    made: dict[tuple[str, str], int] = {}
    for (row, column), count in table.items():
        key = (REST if axis == 0 and row in small else row, REST if axis == 1 and column in small else column)
        made[key] = made.get(key, 0) + count
    return made


def _hidden(table: Counts) -> tuple[frozenset[tuple[str, str]], str | None]:
    """What must be hidden, and the first row in which that does not help; None where it helps in all."""
    small = sorted(key for key, count in table.items() if 0 < count < FEWEST)
    hidden = set(small)
    for cell in small:
        while not possible(table, hidden, cell):
            more = _next(table, hidden, cell)
            if not more:
                return frozenset(hidden), cell[0]
            hidden |= more
    # What was hidden later only leaves more open, so every cell that was safe is safe still.
    return frozenset(hidden), None


def _next(table: Counts, hidden: set[tuple[str, str]], cell: tuple[str, str]) -> set[tuple[str, str]]:
    """What is to be hidden too: the other corners of the cheapest rectangle of which something is open still; nothing if there is none.

    Cheapest: one that is enough by itself, then with the fewest cells to hide, then with the smallest counts.
    """
    row, column = cell
    best: tuple[bool, int, int, list[tuple[str, str]]] | None = None
    beside = [key for key, count in table.items() if key[0] == row and count and key != cell]
    below = [key for key, count in table.items() if key[1] == column and count and key != cell]
    for side in beside:
        for under in below:
            across = (under[0], side[1])
            fresh = [key for key in (side, under, across) if key not in hidden]
            if not fresh or not table[across]:
                continue
            enough = min(table[side], table[under], table[across]) >= FEWEST
            offer = (not enough, len(fresh), sum(table[key] for key in fresh), sorted(fresh))
            best = offer if best is None else min(best, offer)
    return set(best[3]) if best else set()


def possible(table: Counts, hidden: Iterable[tuple[str, str]], cell: tuple[str, str]) -> bool:
    """Whether the totals leave every value from 1 to 4 open for a small hidden cell; hidden cells are known to be at least 1."""
    values = {key: table[key] for key in hidden}
    value = values[cell]
    return (
        _shift(values, cell, up=True, enough=FEWEST - 1 - value) >= FEWEST - 1 - value
        and _shift(values, cell, up=False, enough=value - 1) >= value - 1
    )


def _shift(values: Mapping[tuple[str, str], int], cell: tuple[str, str], *, up: bool, enough: int) -> int:
    """By how much, up to ``enough``, a cell can differ with every total as it is: the largest flow around it."""
    left = dict(values)
    lines: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for key in values:
        if key != cell:
            lines.setdefault(("row", key[0]), []).append(key)
            lines.setdefault(("column", key[1]), []).append(key)
    done = 0
    while done < enough:
        path = _way_around(left, lines, cell, up=up)
        if path is None:
            break
        for key, change in path:
            left[key] += change
        done += 1
    return done


def _way_around(
    values: Mapping[tuple[str, str], int],
    lines: Mapping[tuple[str, str], Sequence[tuple[str, str]]],
    cell: tuple[str, str],
    *,
    up: bool,
) -> list[tuple[tuple[str, str], int]] | None:
    """Cells that change by one in turn, from the cell's row to its column, so that its totals hold when it changes by one itself."""
    row, column = cell
    # From a row to a column a cell goes the other way than ``cell``, from a column to a row the same way; down only to 1.
    start, goal = ("row", row), ("column", column)
    came: dict[tuple[str, str], tuple[tuple[str, str], tuple[str, str], int] | None] = {start: None}
    ahead = deque([start])
    while ahead:
        place = ahead.popleft()
        if place == goal:
            break
        kind, _ = place
        change = (-1 if up else 1) if kind == "row" else (1 if up else -1)
        for key in lines.get(place, ()):
            if change < 0 and values[key] <= 1:
                continue
            following = ("column", key[1]) if kind == "row" else ("row", key[0])
            if following not in came:
                came[following] = (place, key, change)
                ahead.append(following)
    if goal not in came:
        return None
    path, step = [], came[goal]
    while step is not None:
        place, key, change = step
        path.append((key, change))
        step = came[place]
    return path


def _published(table: Counts, hidden: frozenset[tuple[str, str]]) -> Published:
    rows, columns = _lines(table, 0), _lines(table, 1)
    return Published(
        rows=rows,
        columns=columns,
        cells={key: None if key in hidden else count for key, count in table.items()},
        row_totals={row: _total(table, 0, row) for row in rows},
        column_totals={column: _total(table, 1, column) for column in columns},
        total=sum(table.values()),
    )


def _lines(table: Counts, axis: int) -> tuple[str, ...]:
    return tuple(sorted({key[axis] for key in table}, key=lambda line: (line == REST, line)))


def _total(table: Counts, axis: int, line: str) -> int:
    return sum(count for key, count in table.items() if key[axis] == line)


def lines_of(published: Published) -> Sequence[tuple[str, str, int | None]]:
    """Every cell as a line: row, column, count or None where hidden; in the table's order."""
    return [(row, column, published.cells[row, column]) for row in published.rows for column in published.columns]
