"""Sessions: a random token in a cookie, its hash in the database, and whose it is. No password is seen here."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Column, ForeignKey, Integer, String, Table, delete, insert, select, update
from sqlalchemy.engine import RowMapping

from hotline1022.base.access import Actor, Role
from hotline1022.base.accounts import accounts
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database, Instant, metadata
from hotline1022.base.signing_in.rules import SEEN_EVERY, over_at

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account", Integer, ForeignKey("accounts.id"), nullable=False, index=True),
    Column("began_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
)

Needs = Literal["password", "second-factor"]


@dataclass(frozen=True)
class Session:
    """Who is signed in. ``needs``: what must be done first, before anything else is allowed."""

    token: str
    actor: Actor
    display_name: str
    second_factor: Literal["off", "on", "required"]
    needs: Needs | None
    over_at: datetime

    @property
    def csrf(self) -> str:
        """What only a page that has read our answers knows: sent back with everything that changes something."""
        return hashlib.sha256(b"csrf:" + self.token.encode()).hexdigest()

    def was_meant(self, csrf: str) -> bool:
        """Whether a request that changes something comes from a page of ours."""
        return hmac.compare_digest(self.csrf.encode(), csrf.encode())


class SessionBook:
    """Begins, finds and ends sessions. ``second_factor_for``: roles that may not work without one. Methods raise DatabaseAway."""

    def __init__(self, database: Database, clock: Clock, second_factor_for: frozenset[Role] = frozenset()) -> None:
        self._database, self._clock, self._second_factor_for = database, clock, second_factor_for
        self.ended: Callable[[int], None] = lambda _account: None
        """Called with an account when a session of it was ended: open pages of it are closed then."""

    async def begin(self, account: int) -> Session:
        """A new session of an account. Sessions of it that are over are forgotten."""
        now, token = self._clock.now(), secrets.token_urlsafe(32)
        row = {"token_hash": _hash(token), "account": account, "began_at": now, "seen_at": now}
        async with self._database.transaction() as connection:
            known = select(sessions).where(sessions.c.account == account)
            for old in (await connection.execute(known)).all():
                if over_at(old.began_at, old.seen_at) <= now:
                    await connection.execute(delete(sessions).where(sessions.c.token_hash == old.token_hash))
            await connection.execute(insert(sessions).values(row))
        session = await self.find(token)
        if session is None:
            raise RuntimeError("a session that has just begun is not found")
        return session

    async def find(self, token: str, *, used: bool = True) -> Session | None:
        """The session of a token; None when there is none, when it is over, or when its account is locked.

        ``used`` False only looks: the session grows old as if nobody had asked.
        """
        if not 20 <= len(token) <= 100:
            return None
        query = select(accounts, sessions.c.began_at, sessions.c.seen_at).join(
            sessions, sessions.c.account == accounts.c.id
        )
        async with self._database.reading() as connection:
            found = await connection.execute(query.where(sessions.c.token_hash == _hash(token)))
            row = found.mappings().first()
        now = self._clock.now()
        if row is None or row["locked"] or over_at(row["began_at"], row["seen_at"]) <= now:
            return None
        if used and now - row["seen_at"] >= SEEN_EVERY:
            async with self._database.transaction() as connection:
                seen = update(sessions).where(sessions.c.token_hash == _hash(token)).values(seen_at=now)
                await connection.execute(seen)
        return self._session(token, row, now)

    def _session(self, token: str, row: RowMapping, now: datetime) -> Session:
        role = Role(row["role"])
        has_factor = row["second_factor"] is not None and row["second_factor_step"] is not None
        wanted = role in self._second_factor_for and not has_factor
        needs: Needs | None = "password" if row["must_change"] else "second-factor" if wanted else None
        return Session(
            token=token,
            actor=Actor(name=row["display_name"] or row["name"], role=role, agency=row["agency"], account=row["id"]),
            display_name=row["display_name"] or row["name"],
            second_factor="on" if has_factor else "required" if wanted else "off",
            needs=needs,
            over_at=over_at(row["began_at"], now),
        )

    async def end(self, session: Session) -> None:
        """End one session."""
        async with self._database.transaction() as connection:
            await connection.execute(delete(sessions).where(sessions.c.token_hash == _hash(session.token)))
        self._tell_ended(session.actor.account)

    async def end_all(self, account: int) -> None:
        """End every session of an account."""
        async with self._database.transaction() as connection:
            await connection.execute(delete(sessions).where(sessions.c.account == account))
        self._tell_ended(account)

    def _tell_ended(self, account: int | None) -> None:
        if account is not None:
            self.ended(account)


def _hash(token: str) -> str:
    # 256 random bits need no slow hash: they cannot be guessed, only stolen.
    return hashlib.sha256(token.encode()).hexdigest()
