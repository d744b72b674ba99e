"""Many transactions of the services in one: each still reads what those before it wrote, and the database is waited for once a day.

Half of what a transaction says to the database is its beginning and its end. Nothing of this is for a running service: there a change
that was told to somebody must stand on the disk, while a simulation that breaks off is thrown away.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError

WRITES = ("INSERT", "UPDATE", "DELETE")


class JoinedDatabase(Database):
    """A database whose transactions are parts of one, while ``joining`` lasts. For one task at a time."""

    def __init__(self, real: Database) -> None:
        self._real = real
        self.is_sqlite = real.is_sqlite
        self.committed = lambda: None
        self._connection: AsyncConnection | None = None
        self._within = False
        self._written = 0

    @asynccontextmanager
    async def joining(self) -> AsyncIterator[None]:
        """One real transaction. What is done in it is committed at its end, or none of it. Raises DatabaseAway."""
        async with self._real.transaction() as connection:
            listened = connection.sync_connection
            event.listen(listened, "before_cursor_execute", self._note)
            self._connection = connection
            try:
                yield
            finally:
                self._connection = None
                event.remove(listened, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        self._written += statement.startswith(WRITES)

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """See Database. A refusal that comes before anything was written leaves nothing behind; any other error ends the whole."""
        if self._within:
            raise RuntimeError("a transaction was opened inside another one; pass the connection on instead")
        self._within, before = True, self._written
        try:
            yield self._open_one()
        except HotlineError as error:
            if self._written != before:
                raise RuntimeError("a part of a joined transaction cannot be rolled back alone") from error
            raise
        finally:
            self._within = False

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """See Database."""
        yield self._open_one()

    def _open_one(self) -> AsyncConnection:
        if self._connection is None:
            raise RuntimeError("nothing is joined now")
        return self._connection
