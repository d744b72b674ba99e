"""Hidden cells: whoever solves every total by trying all numbers learns nothing of a small cell beyond the rule."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as some

from hotline1022.reporting.suppression import FEWEST, FEWEST_OF_A_LINE, REST, Published, possible, protect

Table = dict[tuple[str, str], int]
SMALL = set(range(1, FEWEST))


def table(rows: list[list[int]]) -> Table:
    """Counts of communes a, b, ... by topics 0, 1, ..."""
    return {("abcdefgh"[at], str(column)): count for at, row in enumerate(rows) for column, count in enumerate(row)}


def tables(rows: int, columns: int, most: int = 12) -> some.SearchStrategy[Table]:
    """Any table of this size, most counts small."""
    line = some.lists(some.integers(0, most), min_size=columns, max_size=columns)
    return some.lists(line, min_size=rows, max_size=rows).map(table)


def solutions(published: Published) -> Iterator[dict[tuple[str, str], int]]:
    """Every way to fill in the hidden cells, at least 1 each, that all totals allow: cell by cell, by trying."""
    hidden = [key for key, count in published.cells.items() if count is None]
    rows, columns = dict(published.row_totals), dict(published.column_totals)
    for (row, column), count in published.cells.items():
        rows[row] -= count or 0
        columns[column] -= count or 0

    def fill(at: int) -> Iterator[dict[tuple[str, str], int]]:
        if at == len(hidden):
            if not any(rows.values()) and not any(columns.values()):
                yield {}
            return
        row, column = hidden[at]
        last = all(key[0] != row for key in hidden[at + 1 :]) or all(key[1] != column for key in hidden[at + 1 :])
        most = min(rows[row], columns[column])
        for value in range(most if last else 1, most + 1) if most >= 1 else ():
            rows[row] -= value
            columns[column] -= value
            for rest in fill(at + 1):
                yield {(row, column): value, **rest}
            rows[row] += value
            columns[column] += value

    yield from fill(0)


def seen(published: Published) -> dict[tuple[str, str], set[int]]:
    """The values that the totals leave to each hidden cell."""
    found: dict[tuple[str, str], set[int]] = {}
    for solution in solutions(published):
        for key, value in solution.items():
            found.setdefault(key, set()).add(value)
    return found


def check(counts: Table) -> None:
    published = protect(counts)
    if published is None:
        return
    assert sum(counts.values()) == published.total
    assert all(count is None or count == 0 or count >= FEWEST for count in published.cells.values())
    assert all(
        total >= FEWEST_OF_A_LINE for total in (*published.row_totals.values(), *published.column_totals.values())
    )
    left = seen(published)
    for (row, column), count in published.cells.items():
        if count is not None or REST in (row, column):
            continue
        true = counts[row, column]
        assert true in left[row, column]
        if true < FEWEST:
            assert left[row, column] >= SMALL, (row, column, left[row, column])


@settings(max_examples=60, deadline=None)
@given(tables(3, 3, 8))
def test_nothing_small_can_be_recovered_by_trying_every_number(counts: Table) -> None:
    check(counts)


@settings(max_examples=40, deadline=None)
@given(tables(4, 2, 9))
def test_nor_from_a_narrow_table(counts: Table) -> None:
    check(counts)


def test_a_single_small_cell_takes_three_others_with_it() -> None:
    published = protect(table([[3, 20, 30], [15, 25, 40], [12, 22, 32]]))
    assert published is not None
    hidden = {key for key, count in published.cells.items() if count is None}
    assert ("a", "0") in hidden
    assert len(hidden) == 4, "a corner of a rectangle: with fewer one total gives it away"
    assert seen(published)["a", "0"] >= SMALL


def test_two_small_cells_whose_total_gives_them_away_take_more() -> None:
    """1 + 1 = 2 leaves nothing open: a third must go."""
    published = protect(table([[1, 1, 20, 30], [14, 15, 25, 40]]))
    assert published is not None
    assert sum(published.cells["a", column] is None for column in published.columns) >= 3


@settings(max_examples=40, deadline=None)
@given(tables(3, 3, 4))
def test_what_is_possible_is_found_as_trying_finds_it(counts: Table) -> None:
    hidden = {key for key, count in counts.items() if count}
    rows, columns = sorted({key[0] for key in counts}), sorted({key[1] for key in counts})
    everything = Published(
        rows=tuple(rows),
        columns=tuple(columns),
        cells={key: None if count else 0 for key, count in counts.items()},
        row_totals={row: sum(counts[row, column] for column in columns) for row in rows},
        column_totals={column: sum(counts[row, column] for row in rows) for column in columns},
        total=sum(counts.values()),
    )
    left = seen(everything)
    for key in hidden:
        if counts[key] < FEWEST:
            assert possible(counts, hidden, key) == (left[key] >= {1, FEWEST - 1})


def test_small_communes_are_put_together_and_too_little_is_not_published() -> None:
    published = protect(table([[1, 2], [30, 40], [2, 3], [35, 45]]))
    assert published is not None
    assert "a" not in published.rows
    assert REST in published.rows
    assert protect(table([[1, 2], [3, 1]])) is None
    assert protect({}) is None
