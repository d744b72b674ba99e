"""Accounts of the people who work with the service, and the first administrator. Sessions and permissions do not live here."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Boolean, Column, Integer, String, Table, select
from sqlalchemy.dialects import postgresql, sqlite

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database, Instant, metadata

ADMINISTRATOR = "administrator"
"""The role that may do everything, and the name of the first account."""

accounts = Table(
    "accounts",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(80), nullable=False, unique=True),
    Column("role", String(40), nullable=False),
    Column("password_hash", String(200), nullable=False),
    Column("must_change", Boolean, nullable=False),
    Column("created_at", Instant, nullable=False),
)


async def ensure_administrator(database: Database, clock: Clock, hasher: PasswordHasher | None = None) -> str | None:
    """Make the first administrator where no account is one; returns the one-time password to show, once, or None.

    The password must be changed at the first sign-in. Only its Argon2id hash is stored. Raises DatabaseAway.
    """
    async with database.reading() as connection:
        if await connection.scalar(select(accounts.c.id).where(accounts.c.role == ADMINISTRATOR).limit(1)) is not None:
            return None
    password = secrets.token_urlsafe(12)
    row = {
        "name": ADMINISTRATOR,
        "role": ADMINISTRATOR,
        "password_hash": (hasher or PasswordHasher()).hash(password),
        "must_change": True,
        "created_at": clock.now(),
    }
    insert = sqlite.insert if database.is_sqlite else postgresql.insert
    # Two first starts at once make one account: the second one finds the name taken.
    once = (
        insert(accounts).values(row).on_conflict_do_nothing(index_elements=[accounts.c.name]).returning(accounts.c.id)
    )
    async with database.transaction() as connection:
        return password if await connection.scalar(once) is not None else None


def password_fits(password: str, password_hash: str) -> bool:
    """Whether ``password`` is the one that ``password_hash`` was made from. Slow on purpose: call it off the event loop."""
    try:
        return PasswordHasher().verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
