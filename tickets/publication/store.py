"""The table of published answers and the statements on it."""

from sqlalchemy import Column, ForeignKey, Index, String, Table, Text, delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from tickets.publication.model import PublishedAnswer

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
    Index("ix_published_answers_published_at", "published_at", "code"),
)


async def publish(connection: AsyncConnection, answer: PublishedAnswer) -> None:
    """Put an answer before the public, in place of the one of the same ticket."""
    await withdraw(connection, answer.code)
    await connection.execute(insert(published_answers).values(**answer.model_dump()))


async def withdraw(connection: AsyncConnection, code: str) -> None:
    """Take a ticket's answer away from the public."""
    await connection.execute(delete(published_answers).where(published_answers.c.code == code))
