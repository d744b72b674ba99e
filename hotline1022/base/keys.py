"""Access keys: how a program or a person without a browser proves who it is. Only a key's hash is kept; sessions do not live here."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime
from time import monotonic

from sqlalchemy import Column, Integer, String, Table, insert, select, update

from hotline1022.base.access import AGENCY_ROLES, MACHINE, Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database, Instant, metadata
from hotline1022.base.errors import Invalid, NotFound

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String(100), nullable=False),
    Column("role", String(40), nullable=False),
    Column("agency", String(64)),
    Column("secret_hash", String(64), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("revoked_at", Instant),
)

REMEMBERED_SECONDS = 5.0
"""How long a key that was found is not looked up again: a revoked one works no longer than that."""

KEYLESS = frozenset({Role.MACHINE, Role.CITIZEN})
"""Roles that no key can have."""


@dataclass(frozen=True)
class KeyFacts:
    """A key without its secret."""

    id: int
    name: str
    role: Role
    agency: str | None
    created_at: datetime
    revoked_at: datetime | None


class Keys:
    """Issues, revokes and recognises keys. Methods raise DatabaseAway."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._remembered: dict[str, tuple[float, Actor | None]] = {}

    async def issue(self, name: str, role: Role, agency: str | None = None) -> str:
        """A new key, shown this once: ``1022_<id>_<secret>``. Raises Invalid for a role without
        keys, the wrong agency, or the name that the journal keeps for what no person did."""
        if role in KEYLESS:
            raise Invalid("Vai trò này không dùng khoá", field="role")
        if name.strip().casefold() == MACHINE.name:
            raise Invalid("Tên này là của hệ thống trong nhật ký", remedy="chọn tên khác", field="name")
        if (role in AGENCY_ROLES) != (agency is not None):
            raise Invalid("Khoá của cán bộ, lãnh đạo cơ quan phải ghi cơ quan; khoá khác thì không", field="agency")
        secret = secrets.token_urlsafe(32)
        row = {
            "name": name,
            "role": role,
            "agency": agency,
            "secret_hash": _hash(secret),
            "created_at": self._clock.now(),
        }
        async with self._database.transaction() as connection:
            number = await connection.scalar(insert(api_keys).values(row).returning(api_keys.c.id))
        return f"1022_{number}_{secret}"

    async def revoke(self, number: int) -> None:
        """Make a key worthless within ``REMEMBERED_SECONDS``. Raises NotFound."""
        revoked = (
            update(api_keys)
            .where(api_keys.c.id == number, api_keys.c.revoked_at.is_(None))
            .values(revoked_at=self._clock.now())
            .returning(api_keys.c.id)
        )
        async with self._database.transaction() as connection:
            if await connection.scalar(revoked) is None:
                raise NotFound(f"Không có khoá {number} đang dùng")

    async def listed(self) -> list[KeyFacts]:
        """Every key ever issued, the first first."""
        columns = [column for column in api_keys.c if column.name != "secret_hash"]
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(*columns).order_by(api_keys.c.id))).mappings()
            return [KeyFacts(**{**row, "role": Role(row["role"])}) for row in rows]

    async def actor_of(self, key: str) -> Actor | None:
        """Who holds ``key``; None when nobody does, or not any more."""
        name, _, rest = key.partition("_")
        number, _, secret = rest.partition("_")
        if not key.isascii() or name != "1022" or not number.isdigit() or len(number) > 9 or not secret:
            return None
        digest, now = _hash(key), monotonic()
        at, actor = self._remembered.get(digest, (-REMEMBERED_SECONDS, None))
        if now - at < REMEMBERED_SECONDS:
            return actor
        async with self._database.reading() as connection:
            found = select(api_keys).where(api_keys.c.id == int(number), api_keys.c.revoked_at.is_(None))
            row = (await connection.execute(found)).mappings().first()
        if row is None or not hmac.compare_digest(row["secret_hash"], _hash(secret)):
            return None
        actor = Actor(name=row["name"], role=Role(row["role"]), agency=row["agency"], key=row["id"])
        if len(self._remembered) > 1000:
            self._remembered.clear()
        self._remembered[digest] = (now, actor)
        return actor


def _hash(secret: str) -> str:
    # A secret of 256 random bits needs no slow hash: it cannot be guessed, only stolen.
    return hashlib.sha256(secret.encode()).hexdigest()
