"""The table of published answers and the statements on it."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from tickets.publication.model import PublishedAnswer
from tickets.search.words import searchable

published_answers = Table(
    "published_answers",
    metadata,
    Column("code", String(8), ForeignKey("tickets.code"), primary_key=True),
    Column("public_id", String(36), nullable=False, unique=True),
    Column("published_at", Instant, nullable=False),
    Column("published_by", String(100), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("place", String(16)),
    Column("agency", String(64), nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("words", Text, nullable=False),
    Index("ix_published_answers_published_at", "published_at", "public_id"),
)
"""``words`` are the searchable words of both texts, a space before and behind each."""

_READ = [column for column in published_answers.c if column.name != "words"]


async def publish(connection: AsyncConnection, answer: PublishedAnswer) -> None:
    """Put an answer before the public. One that is corrected keeps the name under which the public knows it."""
    columns = published_answers.c
    values = {**answer.model_dump(), "words": f" {' '.join(searchable(f'{answer.question} {answer.answer}'))} "}
    corrected = {name: value for name, value in values.items() if name != "public_id"}
    again = update(published_answers).where(columns.code == answer.code).values(corrected).returning(columns.code)
    if (await connection.execute(again)).first() is None:
        await connection.execute(insert(published_answers).values(values))


async def withdraw(connection: AsyncConnection, code: str) -> None:
    """Take a ticket's answer away from the public."""
    await connection.execute(delete(published_answers).where(published_answers.c.code == code))


async def of_public_id(connection: AsyncConnection, public_id: str) -> PublishedAnswer | None:
    """The answer that the public reads under this name."""
    found = select(*_READ).where(published_answers.c.public_id == public_id)
    row = (await connection.execute(found)).mappings().first()
    return None if row is None else PublishedAnswer.model_validate(dict(row))


async def newest(
    connection: AsyncConnection,
    *,
    limit: int,
    behind: tuple[datetime, str] | None,
    words: Sequence[str],
    **exact: str | None,
) -> list[PublishedAnswer]:
    """Up to ``limit`` answers, newest first, behind one (published at, public id) if given, with all of ``words``.

    ``exact`` are columns and what they must be; None leaves a column open.
    """
    columns = published_answers.c
    conditions = [columns[name] == value for name, value in exact.items() if value is not None]
    conditions += [columns.words.contains(f" {word} ", autoescape=True) for word in words]
    if behind is not None:
        at, public_id = behind
        conditions.append(
            or_(columns.published_at < at, and_(columns.published_at == at, columns.public_id > public_id))
        )
    listed = select(*_READ).where(*conditions).order_by(columns.published_at.desc(), columns.public_id).limit(limit)
    return [PublishedAnswer.model_validate(dict(row)) for row in (await connection.execute(listed)).mappings()]
