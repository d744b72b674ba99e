"""Accounts of the people who work with the service, and the first administrator. Sessions and permissions do not live here."""

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, select
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
    Column("display_name", String(100)),
    Column("agency", String(64)),
    Column("locked", Boolean, nullable=False, server_default="0"),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("locked_until", Instant),
    Column("second_factor", String(400)),
    Column("second_factor_step", Integer),
    Column("last_sign_in_at", Instant),
)
"""``second_factor`` is the sealed secret, with ``second_factor_step`` the last thirty seconds whose code was used (None: not yet
confirmed). ``failures`` are wrong passwords since the last right one; until ``locked_until`` none is tried."""

account_changes = Table(
    "account_changes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("account", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("by", String(100), nullable=False),
    Column("what", String(400), nullable=False),
)
"""What was changed of an account, by whom: one Vietnamese sentence each."""


async def ensure_administrator(database: Database, clock: Clock, hasher: PasswordHasher | None = None) -> str | None:
    """Make the first administrator where no account is one; returns the one-time password to show, once, or None.

    The password must be changed at the first sign-in. Only its Argon2id hash is stored. Raises DatabaseAway.
    """
    async with database.reading() as connection:
        if await connection.scalar(select(accounts.c.id).where(accounts.c.role == ADMINISTRATOR).limit(1)) is not None:
            return None
    password = fresh_password()
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


def fresh_password() -> str:
    """A password to be shown once and changed at the first sign-in."""
    return secrets.token_urlsafe(12)


def password_fits(password: str, password_hash: str) -> bool:
    """Whether ``password`` is the one that ``password_hash`` was made from. Slow on purpose: call it off the event loop."""
    try:
        return PasswordHasher().verify(password_hash, password)
    except (Argon2Error, InvalidHashError):
        return False
