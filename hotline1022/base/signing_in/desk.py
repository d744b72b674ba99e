"""Signing in, and what people do to their own account: password, second factor. It never says which part was wrong."""

import asyncio
from datetime import datetime
from typing import Any

import structlog
from argon2 import PasswordHasher
from sqlalchemy import insert, select, update

from hotline1022.base.accounts import account_changes, accounts, password_fits
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, Invalid, Refused
from hotline1022.base.signing_in import second_factor
from hotline1022.base.signing_in.rules import check_new_password, wait_after
from hotline1022.base.signing_in.second_factor import Seal
from hotline1022.base.signing_in.sessions import Session, SessionBook

log = structlog.get_logger()

WRONG = "Tên đăng nhập hoặc mật khẩu chưa đúng"


class WrongSignIn(HotlineError):
    """The name, the password or the code is wrong; which of them is not told."""


class CodeWanted(HotlineError):
    """The password is right; the one-time code is wanted too."""


class TooManyTries(HotlineError):
    """The account waits. ``seconds``: how long still."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"Đăng nhập sai nhiều lần. Thử lại sau {max(1, round(seconds / 60))} phút")


class SignInDesk:
    """Methods raise DatabaseAway. Hashes are made off the event loop, and for unknown names too: time tells nobody which names exist."""

    def __init__(
        self, database: Database, clock: Clock, sessions: SessionBook, seal: Seal, hasher: PasswordHasher | None = None
    ) -> None:
        self._database, self._clock, self.sessions, self._seal = database, clock, sessions, seal
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash("nobody's password")

    async def sign_in(self, name: str, password: str, code: str | None) -> Session:
        """A new session. Raises WrongSignIn, CodeWanted, TooManyTries."""
        row = await self._account(accounts.c.name == name)
        now = self._clock.now()
        if row and row["locked_until"] and row["locked_until"] > now:
            raise TooManyTries((row["locked_until"] - now).total_seconds())
        fits = await asyncio.to_thread(password_fits, password, row["password_hash"] if row else self._nobody)
        if row is None or row["locked"]:
            raise WrongSignIn(WRONG)
        step = self._step(row, code, now) if fits and _has_factor(row) else None
        if fits and _has_factor(row) and not code:
            raise CodeWanted("Nhập mã xác nhận trên điện thoại")
        if not fits or (_has_factor(row) and step is None):
            await self._failed(row, now)
            raise WrongSignIn(WRONG)
        await self._change(row["id"], failures=0, locked_until=None, last_sign_in_at=now, **_used(step))
        log.info("signed_in", account=row["id"])
        return await self.sessions.begin(row["id"])

    async def _failed(self, row: dict[str, Any], now: datetime) -> None:
        failures = row["failures"] + 1
        wait = wait_after(failures)
        await self._change(row["id"], failures=failures, locked_until=now + wait if wait else None)
        log.warning("sign_in_failed", account=row["id"], failures=failures)

    def _step(self, row: dict[str, Any], code: str | None, now: datetime) -> int | None:
        secret = self._seal.open(row["second_factor"])
        if secret is None:
            log.error("second_factor_sealed_by_another_key", account=row["id"])
            return None
        return second_factor.step_of_code(secret, code or "", now, row["second_factor_step"])

    async def change_password(self, session: Session, old: str, new: str) -> Session:
        """A new password and a new session; all others of the account end. Raises WrongSignIn, Invalid."""
        row = await self._own(session)
        if not await asyncio.to_thread(password_fits, old, row["password_hash"]):
            await self._failed(row, self._clock.now())
            raise WrongSignIn("Mật khẩu đang dùng chưa đúng")
        check_new_password(new, row["name"])
        if old == new:
            raise Invalid("Mật khẩu mới phải khác mật khẩu đang dùng", field="new")
        fresh = await asyncio.to_thread(self._hasher.hash, new)
        await self._change(row["id"], "Đổi mật khẩu", row["name"], password_hash=fresh, must_change=False, failures=0)
        await self.sessions.end_all(row["id"])
        return await self.sessions.begin(row["id"])

    async def begin_second_factor(self, session: Session) -> tuple[str, str]:
        """A secret and the address that an authenticator reads; it counts once a code of it was given. Raises Refused."""
        row = await self._own(session)
        if _has_factor(row):
            raise Refused("Đã có xác nhận hai bước", remedy="tắt trước rồi bật lại")
        secret = second_factor.fresh_secret()
        await self._change(row["id"], second_factor=self._seal.seal(secret), second_factor_step=None)
        return secret, second_factor.address(secret, row["name"])

    async def confirm_second_factor(self, session: Session, code: str) -> Session:
        """The secret counts from now on. Raises Refused, Invalid."""
        row = await self._own(session)
        if row["second_factor"] is None or _has_factor(row):
            raise Refused("Chưa bắt đầu bật xác nhận hai bước", remedy="bấm Bật rồi quét mã")
        step = self._step(row, code, self._clock.now())
        if step is None:
            raise Invalid("Mã chưa đúng", remedy="xem giờ của điện thoại, rồi nhập mã mới hiện", field="code")
        await self._change(row["id"], "Bật xác nhận hai bước", row["name"], second_factor_step=step)
        await self.sessions.end_all(row["id"])
        return await self.sessions.begin(row["id"])

    async def end_second_factor(self, session: Session, password: str) -> Session:
        """No code is asked any more. Raises WrongSignIn."""
        row = await self._own(session)
        if not await asyncio.to_thread(password_fits, password, row["password_hash"]):
            await self._failed(row, self._clock.now())
            raise WrongSignIn("Mật khẩu chưa đúng")
        await self._change(row["id"], "Tắt xác nhận hai bước", row["name"], second_factor=None, second_factor_step=None)
        return await self.sessions.begin(row["id"])

    async def _own(self, session: Session) -> dict[str, Any]:
        row = await self._account(accounts.c.id == session.actor.account)
        if row is None:
            raise WrongSignIn(WRONG)
        if row["locked_until"] and row["locked_until"] > self._clock.now():
            raise TooManyTries((row["locked_until"] - self._clock.now()).total_seconds())
        return row

    async def _account(self, condition: Any) -> dict[str, Any] | None:
        async with self._database.reading() as connection:
            row = (await connection.execute(select(accounts).where(condition))).mappings().first()
        return dict(row) if row else None

    async def _change(self, account: int, what: str | None = None, by: str = "", **values: Any) -> None:
        async with self._database.transaction() as connection:
            await connection.execute(update(accounts).where(accounts.c.id == account).values(**values))
            if what:
                told = {"account": account, "at": self._clock.now(), "by": by, "what": what}
                await connection.execute(insert(account_changes).values(told))


def _has_factor(row: dict[str, Any]) -> bool:
    return row["second_factor"] is not None and row["second_factor_step"] is not None


def _used(step: int | None) -> dict[str, Any]:
    return {} if step is None else {"second_factor_step": step}
