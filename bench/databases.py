"""Databases of a bench's own, migrated and empty: SQLite in a temporary folder, PostgreSQL on a private server with the settings it
is shipped with, so that a commit is on the disk in both. All of it is removed at the end.
"""

import asyncio
import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from hotline1022.base import migrate
from hotline1022.base.errors import HotlineError
from tests.postgresql import PostgreSQL, programs

KINDS = ("sqlite", "postgresql")


class Databases:
    """Gives fresh databases of one kind."""

    def __init__(self, kind: str, folder: Path, server: PostgreSQL | None) -> None:
        self.kind, self._folder, self._server, self._made = kind, folder, server, 0

    def fresh(self) -> str:
        """The URL of a new database with every table and nothing in it. Not to be called while an event loop runs."""
        self._made += 1
        if self._server is None:
            url = f"sqlite+aiosqlite:///{self._folder / f'{self._made}.sqlite'}"
        else:
            url = self._server.url(self._server.new_database(), "asyncpg")
        asyncio.run(migrate.upgrade(url))
        return url


@contextlib.contextmanager
def databases(kind: str) -> Iterator[Databases]:
    """Databases of ``kind`` while the block lasts. Raises HotlineError when PostgreSQL's programs are not installed."""
    with tempfile.TemporaryDirectory(prefix="hotline-bench-") as folder:
        if kind == "sqlite":
            yield Databases(kind, Path(folder), None)
            return
        found = programs()
        if found is None:
            raise HotlineError("Thiếu PostgreSQL", remedy="cài gói postgresql")
        server = PostgreSQL(found, settings={})
        try:
            server.start()
            yield Databases(kind, Path(folder), server)
        finally:
            server.remove()
