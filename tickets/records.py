"""Rows that belong to a ticket, while a change of it is being made: as they were, and as they become. No input or output."""

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar


class _Row(Protocol):
    @property
    def id(self) -> int | None: ...


Row = TypeVar("Row", bound=_Row)


class Records(Generic[Row]):
    """Immutable rows in the order in which they were made; ``id`` is None for one that is not stored yet."""

    def __init__(self, stored: Iterable[Row] = ()) -> None:
        self._rows = list(stored)
        self._stored = {row.id: row for row in self._rows}

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    def add(self, row: Row) -> None:
        """Add one that has just been made."""
        self._rows.append(row)

    def put(self, old: Row, new: Row) -> Row:
        """Replace ``old``; returns ``new``."""
        self._rows[self._rows.index(old)] = new
        return new

    @property
    def changed(self) -> list[Row]:
        """Those that are new or not as they were."""
        return [row for row in self._rows if row.id is None or self._stored[row.id] != row]
