"""What an administrator does to accounts: each change leaves a sentence of who did it. Nobody is ever deleted; signing in is the desk's."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, MACHINE, ROLE_NAMES, Actor, Role
from hotline1022.base.accounts import account_changes, accounts, fresh_password
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, NotFound, Refused
from hotline1022.base.signing_in.sessions import SessionBook

PEOPLE = HOTLINE_ROLES | AGENCY_ROLES
"""Roles that an account can have."""


@dataclass(frozen=True, kw_only=True)
class AccountFacts:
    """An account without its secrets."""

    id: int
    name: str
    display_name: str
    role: Role
    agency: str | None
    locked: bool
    locked_until: datetime | None
    second_factor: bool
    must_change: bool
    created_at: datetime
    last_sign_in_at: datetime | None


@dataclass(frozen=True)
class AccountChange:
    """One line of an account's history."""

    at: datetime
    by: str
    what: str


class AccountBook:
    """Methods raise DatabaseAway. ``knows_agency`` says whether there is an agency of a code."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        sessions: SessionBook,
        knows_agency: Callable[[str], bool],
        hasher: PasswordHasher | None = None,
    ) -> None:
        self._database, self._clock, self._sessions, self._knows_agency = database, clock, sessions, knows_agency
        self._hasher = hasher or PasswordHasher()

    async def listed(self) -> list[AccountFacts]:
        """Every account, by name."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(select(accounts).order_by(accounts.c.name))).mappings().all()
        return [_facts(dict(row)) for row in rows]

    async def history(self, account: int) -> list[AccountChange]:
        """What was changed of an account, the latest first."""
        query = (
            select(account_changes).where(account_changes.c.account == account).order_by(account_changes.c.id.desc())
        )
        async with self._database.reading() as connection:
            return [AccountChange(row.at, row.by, row.what) for row in (await connection.execute(query)).all()]

    async def add(
        self, by: Actor, *, name: str, display_name: str, role: Role, agency: str | None
    ) -> tuple[AccountFacts, str]:
        """A new account and its first password, shown this once. Raises Invalid."""
        self._check(display_name, role, agency)
        password = fresh_password()
        row = {
            "name": name,
            "display_name": display_name,
            "role": role.value,
            "agency": agency,
            "password_hash": await asyncio.to_thread(self._hasher.hash, password),
            "must_change": True,
            "created_at": self._clock.now(),
        }
        try:
            async with self._database.transaction() as connection:
                account = int(
                    (await connection.execute(insert(accounts).values(row).returning(accounts.c.id))).scalar_one()
                )
                await self._note(connection, account, by, f"Tạo tài khoản {ROLE_NAMES[role]}{_of(agency)}")
        except IntegrityError as error:
            raise Invalid("Tên đăng nhập này đã có người dùng", remedy="chọn tên khác", field="name") from error
        return await self.one(account), password

    async def one(self, account: int) -> AccountFacts:
        """An account. Raises NotFound."""
        async with self._database.reading() as connection:
            row = (await connection.execute(select(accounts).where(accounts.c.id == account))).mappings().first()
        if row is None:
            raise NotFound(f"Không có tài khoản số {account}")
        return _facts(dict(row))

    async def change(
        self, by: Actor, account: int, *, display_name: str, role: Role, agency: str | None
    ) -> AccountFacts:
        """Another name, role or agency; open sessions end, since they were begun with other rights. Raises NotFound, Invalid, Refused."""
        self._check(display_name, role, agency)
        before = await self.one(account)
        if before.role is Role.ADMINISTRATOR and role is not Role.ADMINISTRATOR:
            await self._not_the_last(account)
        what = f"Đổi từ {ROLE_NAMES[before.role]}{_of(before.agency)} thành {ROLE_NAMES[role]}{_of(agency)}"
        if (before.role, before.agency) == (role, agency):
            what = "Đổi họ tên"
        await self._write(by, account, what, display_name=display_name, role=role.value, agency=agency)
        if (before.role, before.agency) != (role, agency):
            await self._sessions.end_all(account)
        return await self.one(account)

    async def lock(self, by: Actor, account: int) -> AccountFacts:
        """Nobody signs in with it any more, and who is signed in is out at once. Raises NotFound, Refused."""
        if by.account == account:
            raise Refused("Không tự khóa tài khoản của mình được", remedy="nhờ một quản trị viên khác")
        if (await self.one(account)).role is Role.ADMINISTRATOR:
            await self._not_the_last(account)
        await self._write(by, account, "Khóa tài khoản", locked=True)
        await self._sessions.end_all(account)
        return await self.one(account)

    async def unlock(self, by: Actor, account: int) -> AccountFacts:
        """It can be used again; wrong passwords are forgotten. Raises NotFound."""
        await self._write(by, account, "Mở khóa tài khoản", locked=False, failures=0, locked_until=None)
        return await self.one(account)

    async def new_password(self, by: Actor, account: int) -> str:
        """A password to be shown once and changed at the next sign-in; sessions end. Raises NotFound."""
        password = fresh_password()
        fresh = await asyncio.to_thread(self._hasher.hash, password)
        await self._write(
            by, account, "Cấp mật khẩu mới", password_hash=fresh, must_change=True, failures=0, locked_until=None
        )
        await self._sessions.end_all(account)
        return password

    async def second_factor_off(self, by: Actor, account: int) -> AccountFacts:
        """For whoever has lost the telephone: the second factor is set up anew; sessions end. Raises NotFound."""
        await self._write(by, account, "Tắt xác nhận hai bước", second_factor=None, second_factor_step=None)
        await self._sessions.end_all(account)
        return await self.one(account)

    def _check(self, display_name: str, role: Role, agency: str | None) -> None:
        if display_name.strip().casefold() == MACHINE.name:
            raise Invalid("Tên này là của hệ thống trong nhật ký", remedy="chọn tên khác", field="display_name")
        if role not in PEOPLE:
            raise Invalid("Vai trò này không có tài khoản", field="role")
        if (role in AGENCY_ROLES) != (agency is not None):
            raise Invalid("Cán bộ, lãnh đạo cơ quan phải ghi cơ quan; vai trò khác thì không", field="agency")
        if agency is not None and not self._knows_agency(agency):
            raise Invalid("Không có cơ quan nào mã như vậy", field="agency")

    async def _not_the_last(self, account: int) -> None:
        others = [
            each
            for each in await self.listed()
            if each.role is Role.ADMINISTRATOR and not each.locked and each.id != account
        ]
        if not others:
            raise Refused("Đây là quản trị viên duy nhất còn dùng được", remedy="thêm một quản trị viên khác trước")

    async def _write(self, by: Actor, account: int, what: str, **values: Any) -> None:
        async with self._database.transaction() as connection:
            changed = update(accounts).where(accounts.c.id == account).values(**values).returning(accounts.c.id)
            if await connection.scalar(changed) is None:
                raise NotFound(f"Không có tài khoản số {account}")
            await self._note(connection, account, by, what)

    async def _note(self, connection: Any, account: int, by: Actor, what: str) -> None:
        row = {"account": account, "at": self._clock.now(), "by": by.name, "what": what}
        await connection.execute(insert(account_changes).values(row))


def _of(agency: str | None) -> str:
    return f" của {agency}" if agency else ""


def _facts(row: dict[str, Any]) -> AccountFacts:
    return AccountFacts(
        id=row["id"],
        name=row["name"],
        display_name=row["display_name"] or row["name"],
        role=Role(row["role"]),
        agency=row["agency"],
        locked=row["locked"],
        locked_until=row["locked_until"],
        second_factor=row["second_factor"] is not None and row["second_factor_step"] is not None,
        must_change=row["must_change"],
        created_at=row["created_at"],
        last_sign_in_at=row["last_sign_in_at"],
    )
