"""The words of tickets, newest ticket first for each word, and the statements that lists are made of."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, ForeignKey, Index, String, Table, and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, insert_new, metadata
from tickets.store import tickets

ticket_words = Table(
    "ticket_words",
    metadata,
    Column("word", String(24), primary_key=True),
    Column("taken_at", Instant, primary_key=True),
    Column("code", String(8), ForeignKey("tickets.code"), primary_key=True),
    Index("ix_ticket_words_code", "code"),
    sqlite_with_rowid=False,
)
"""Every searchable word of a ticket. The key is in the order of a list, so that the newest tickets of a word are read first."""

COMMON = 2000
"""Tickets from which a word counts as common: it is never what a search begins with if something rarer was given."""
COUNTED = 10_000
"""Tickets at which counting those of a word stops: words that are in more are not told apart."""


async def add_words(connection: AsyncConnection, code: str, taken_at: datetime, words: Sequence[str]) -> None:
    """Let a ticket be found by ``words`` too."""
    if not words:
        return
    rows = [{"word": word, "taken_at": taken_at, "code": code} for word in words]
    await connection.execute(insert_new(connection, ticket_words).on_conflict_do_nothing(), rows)


class Words(NamedTuple):
    """Words that are searched for, those with the fewest tickets first."""

    rarest_first: tuple[str, ...]
    common: bool
    """Whether each of them is in many tickets."""

    @property
    def led(self) -> list[ColumnElement[bool]]:
        """That a ticket has all of them, found by the first word: its tickets in ``ticket_words``, one after the other."""
        first, *others = self.rarest_first
        lead = and_(ticket_words.c.code == tickets.c.code, ticket_words.c.word == first)
        return [lead, *(_said(word, ticket_words) for word in others)]

    @property
    def looked_for(self) -> list[ColumnElement[bool]]:
        """That a ticket has all of them, looked for in each ticket that the other conditions find."""
        return [_said(word, tickets) for word in self.rarest_first]


async def counted(connection: AsyncConnection, words: Sequence[str]) -> Words:
    """The words as they are best searched for."""
    counts = {}
    for word in words:
        some = select(ticket_words.c.code).where(ticket_words.c.word == word).limit(COUNTED).subquery()
        counts[word] = await connection.scalar(select(func.count()).select_from(some)) or 0
    return Words(tuple(sorted(words, key=lambda word: counts[word])), min(counts.values()) >= COMMON)


def _said(word: str, ticket: Table) -> ColumnElement[bool]:
    other = ticket_words.alias()
    same = (other.c.word == word, other.c.taken_at == ticket.c.taken_at, other.c.code == ticket.c.code)
    # The offset keeps PostgreSQL from making a join of it: it takes instant and code for independent, expects no ticket, and then
    # reads every ticket of both words to sort them, where the newest few are found at once.
    return select(other.c.code).where(*same).offset(0).exists()
