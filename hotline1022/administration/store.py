"""The tables of administration and the statements on them: drafts, versions, sounds of prompts, the journal. No rule is here."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Column, Integer, String, Table, Text, delete, insert, literal, select, union_all, update
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.accounts import account_changes, accounts
from hotline1022.base.db import Instant, metadata

rule_drafts = Table(
    "rule_drafts",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("text", Text, nullable=False),
    Column("revision", String(16), nullable=False),
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("hands", JSON, nullable=False),
    Column("findings", JSON, nullable=False),
)
"""What is being written, one for each file. ``hands``: everybody who wrote in it, as ``[identity, name]``."""

rule_versions = Table(
    "rule_versions",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", Instant),
    Column("by", String(100)),
    Column("note", String(400)),
    Column("basis", String(400)),
)
"""What was in force. ``at`` and ``by`` are unknown of what was shipped, or written on the machine by hand."""

prompt_sounds = Table(
    "prompt_sounds",
    metadata,
    Column("name", String(60), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", Instant),
    Column("by", String(100)),
    Column("note", String(400)),
    Column("seconds", Integer, nullable=False),
    Column("words", String(64), nullable=False),
    Column("sha256", String(64), nullable=False),
)
"""The sounds of prompts; their bytes lie on the shelf. ``seconds`` are tenths; ``words`` is the hash of the text that was read."""

administration_changes = Table(
    "administration_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("by", String(100), nullable=False),
    Column("subject", String(100), nullable=False),
    Column("what", String(600), nullable=False),
)
"""Who changed what: one Vietnamese sentence each."""


async def journal(connection: AsyncConnection, *, at: datetime, by: str, subject: str, what: str) -> None:
    """Write down what somebody did."""
    row = {"at": at, "by": by, "subject": subject[:100], "what": what[:600]}
    await connection.execute(insert(administration_changes).values(row))


async def changes(connection: AsyncConnection, skip: int, most: int) -> list[dict[str, Any]]:
    """What was changed here and of accounts, the latest first."""
    own, theirs = administration_changes.c, account_changes.c
    subject = (literal("Tài khoản ") + accounts.c.name).label("subject")
    both = union_all(
        select(own.at, own.by, own.subject, own.what, own.id),
        select(theirs.at, theirs.by, subject, theirs.what, theirs.id).join(accounts, accounts.c.id == theirs.account),
    ).subquery()
    newest = select(both).order_by(both.c.at.desc(), both.c.subject, both.c.id.desc()).offset(skip).limit(most)
    return [
        {name: row[name] for name in ("at", "by", "subject", "what")}
        for row in (await connection.execute(newest)).mappings()
    ]


async def drafts(connection: AsyncConnection) -> dict[str, dict[str, Any]]:
    """Every draft by the name of its file, without its text."""
    columns = rule_drafts.c
    rows = await connection.execute(select(columns.name, columns.at, columns.by))
    return {row["name"]: dict(row) for row in rows.mappings()}


async def draft(connection: AsyncConnection, name: str, *, hold: bool = False) -> dict[str, Any] | None:
    """The draft of a file; ``hold``: nobody else changes it until the transaction ends."""
    statement = select(rule_drafts).where(rule_drafts.c.name == name)
    row = (await connection.execute(statement.with_for_update() if hold else statement)).mappings().first()
    return dict(row) if row else None


async def put_draft(connection: AsyncConnection, values: dict[str, Any], *, new: bool) -> None:
    """Keep a draft."""
    if new:
        await connection.execute(insert(rule_drafts).values(values))
    else:
        await connection.execute(update(rule_drafts).where(rule_drafts.c.name == values["name"]).values(values))


async def drop_draft(connection: AsyncConnection, name: str) -> None:
    """Throw a draft away."""
    await connection.execute(delete(rule_drafts).where(rule_drafts.c.name == name))


async def last_versions(connection: AsyncConnection) -> dict[str, dict[str, Any]]:
    """The newest version of every file that has one."""
    statement = select(rule_versions).order_by(rule_versions.c.name, rule_versions.c.number)
    return {row["name"]: dict(row) for row in (await connection.execute(statement)).mappings()}


async def versions(connection: AsyncConnection, name: str) -> list[dict[str, Any]]:
    """The versions of a file, the oldest first."""
    statement = select(rule_versions).where(rule_versions.c.name == name).order_by(rule_versions.c.number)
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def add_version(connection: AsyncConnection, values: dict[str, Any]) -> None:
    """Keep what comes into force."""
    await connection.execute(insert(rule_versions).values(values))


async def sounds(connection: AsyncConnection, name: str | None = None) -> list[dict[str, Any]]:
    """The sounds of one prompt or of all, the oldest first."""
    statement = select(prompt_sounds).order_by(prompt_sounds.c.name, prompt_sounds.c.number)
    if name is not None:
        statement = statement.where(prompt_sounds.c.name == name)
    return [dict(row) for row in (await connection.execute(statement)).mappings()]


async def add_sounds(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep what can be said of new sounds."""
    await connection.execute(insert(prompt_sounds), list(rows))
