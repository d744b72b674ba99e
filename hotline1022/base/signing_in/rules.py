"""The rules of signing in, without clock or database: passwords, waits, the age of a session."""

from datetime import datetime, timedelta

from hotline1022.base.errors import Invalid

SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
"""Letters; longer ones would make the slow hash a way to keep the service busy."""

FREE_FAILURES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)
"""After so many wrong passwords in a row the account waits a minute, then twice as long each time (OWASP ASVS 5, 6.3.1)."""

IDLE = timedelta(minutes=60)
AT_MOST = timedelta(hours=12)
"""A session ends when nothing has been asked for so long, and a shift's length after it began whatever was asked."""

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used: not every request writes."""

COMMON = frozenset(
    {"1234567890", "0123456789", "matkhau123", "password123", "tongdai1022", "qwertyuiop", "dongthap1022"}
)
"""Passwords that are tried first by everybody."""


def check_new_password(password: str, name: str) -> None:
    """Raises Invalid, with what to do, for a password that may not be chosen."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise Invalid(
            f"Mật khẩu phải có từ {SHORTEST_PASSWORD} đến {LONGEST_PASSWORD} ký tự",
            remedy="một câu dễ nhớ, có dấu cách cũng được",
            field="new",
        )
    plain = password.casefold().strip()
    if plain in COMMON or len(set(plain)) < 4 or name.casefold() in plain:
        raise Invalid("Mật khẩu này dễ đoán", remedy="chọn một câu không chứa tên đăng nhập", field="new")


def wait_after(failures: int) -> timedelta | None:
    """How long an account waits after its ``failures``-th wrong password in a row; None: not at all."""
    if failures < FREE_FAILURES:
        return None
    return min(FIRST_WAIT * (1 << min(failures - FREE_FAILURES, 10)), LONGEST_WAIT)


def over_at(began: datetime, seen: datetime) -> datetime:
    """When a session ends that began and was last used then, if it is not used again."""
    return min(seen + IDLE, began + AT_MOST)
