"""The words of tickets, newest ticket first for each word, and the statements that lists are made of."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ColumnElement, ForeignKey, Index, String, Table, and_, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
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
"""Tickets from which a word counts as common: it is never what a search begins with if a rarer word was given."""


async def add_words(connection: AsyncConnection, code: str, taken_at: datetime, words: Sequence[str]) -> None:
    """Let a ticket be found by ``words`` too."""
    if not words:
        return
    insert = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    rows = [{"word": word, "taken_at": taken_at, "code": code} for word in words]
    await connection.execute(insert(ticket_words).on_conflict_do_nothing(), rows)


async def rarest_first(connection: AsyncConnection, words: Sequence[str]) -> list[str]:
    """The words, those with the fewest tickets first; counting stops at ``COMMON``."""
    counts = {}
    for word in words:
        some = select(ticket_words.c.code).where(ticket_words.c.word == word).limit(COMMON).subquery()
        counts[word] = await connection.scalar(select(func.count()).select_from(some)) or 0
    return sorted(words, key=lambda word: counts[word])


def with_words(words: Sequence[str]) -> list[ColumnElement[bool]]:
    """That a ticket has all of ``words``; the first one leads."""
    first, *others = words
    lead = and_(ticket_words.c.code == tickets.c.code, ticket_words.c.word == first)
    conditions: list[ColumnElement[bool]] = [lead]
    for word in others:
        other = ticket_words.alias()
        same = (other.c.word == word, other.c.taken_at == ticket_words.c.taken_at, other.c.code == ticket_words.c.code)
        conditions.append(exists().where(*same))
    return conditions
