"""Asks PostgreSQL as Grafana does: one statement, in a read-only session, nothing else. No test lives here."""

import time
from dataclasses import dataclass
from typing import Any

import psycopg


@dataclass(frozen=True)
class Table:
    """What a SELECT gave."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    seconds: float

    @property
    def is_empty(self) -> bool:
        """No row, or nothing but NULL."""
        return all(value is None for row in self.rows for value in row)

    def column(self, name: str) -> list[Any]:
        """The values under a title."""
        place = self.columns.index(name)
        return [row[place] for row in self.rows]

    def dead_columns(self) -> list[str]:
        """Columns in which nothing stands in any row."""
        return [name for name in self.columns if all(value is None for value in self.column(name))]


class Reader:
    """A session that may only read."""

    def __init__(self, url: str) -> None:
        self._session = psycopg.connect(url, autocommit=True, options="-c default_transaction_read_only=on")

    def ask(self, statement: str) -> Table:
        """Run a SELECT. Raises psycopg.Error."""
        began = time.monotonic()
        cursor = self._session.execute(statement.encode())
        rows = cursor.fetchall()
        return Table([each.name for each in cursor.description or ()], rows, time.monotonic() - began)

    def close(self) -> None:
        """End the session."""
        self._session.close()
