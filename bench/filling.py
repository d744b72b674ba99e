"""Writes very many rows fast, the same text into either database, past SQLAlchemy: what is measured afterwards only finds them there."""

import contextlib
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

import psycopg
from sqlalchemy import make_url

Row = Sequence[str | int | float | None]


class Filler:
    """Adds rows to tables whose secondary indexes are made again at the end. Instants are text in UTC, JSON is text."""

    def __init__(self, url: str) -> None:
        made = make_url(url)
        self._sqlite: sqlite3.Connection | None = None
        self._server: psycopg.Connection[tuple[object, ...]] | None = None
        if made.get_backend_name() == "sqlite":
            self._sqlite = sqlite3.connect(str(made.database), isolation_level=None)
            for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000", "foreign_keys=OFF"):
                self._sqlite.execute(f"PRAGMA {pragma}")
        else:
            self._server = psycopg.connect(
                made.set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
            )
            for setting in (
                "timezone = 'UTC'",
                "session_replication_role = 'replica'",
                "maintenance_work_mem = '512MB'",
            ):
                self._server.execute(f"SET {setting}".encode())

    def add(self, table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
        """Append ``rows``; fastest in the order of the table's key."""
        names = ", ".join(f'"{column}"' for column in columns)
        if self._sqlite is not None:
            marks = ", ".join("?" * len(columns))
            self._sqlite.execute("BEGIN")
            self._sqlite.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
            self._sqlite.execute("COMMIT")
        elif self._server is not None:
            with self._server.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN".encode()) as copy:
                for row in rows:
                    copy.write_row(row)

    @contextlib.contextmanager
    def without_indexes(self, tables: Sequence[str]) -> Iterator[None]:
        """While the block lasts ``tables`` have only their keys; PostgreSQL then counts what is in them, as it does by itself."""
        made = {name: sql for table in tables for name, sql in self._indexes(table)}
        for name in made:
            self._execute(f"DROP INDEX {name}")
        yield
        for sql in made.values():
            self._execute(sql)
        if self._server is not None:
            self._execute("VACUUM ANALYZE")

    def _indexes(self, table: str) -> list[tuple[str, str]]:
        if self._sqlite is not None:
            query = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL AND tbl_name = ?"
            return self._sqlite.execute(query, (table,)).fetchall()
        assert self._server is not None
        query = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT IN"
            " (SELECT conname FROM pg_constraint)"
        )
        return [(str(name), str(sql)) for name, sql in self._server.execute(query.encode(), (table,)).fetchall()]

    def _execute(self, statement: str) -> None:
        if self._sqlite is not None:
            self._sqlite.execute(statement)
        elif self._server is not None:
            self._server.execute(statement.encode())

    def close(self) -> None:
        """Leave the database as the product finds it."""
        if self._sqlite is not None:
            self._sqlite.execute("PRAGMA journal_mode=WAL")
            self._sqlite.close()
        if self._server is not None:
            self._server.execute(b"CHECKPOINT")
            self._server.close()
