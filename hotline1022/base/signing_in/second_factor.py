"""The second factor: one-time codes by RFC 6238, their secret sealed. No account and no request is known here."""

import base64
import hashlib
from datetime import datetime

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A telephone's clock may be half a minute wrong."""

ISSUER = "Tong dai 1022"


class Seal:
    """Keeps secrets so that a copy of the database alone gives none of them."""

    def __init__(self, key: bytes) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"second-factor" + key).digest()))

    def seal(self, secret: str) -> str:
        """As it is stored."""
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str | None:
        """As it was; None when another key sealed it."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            return None


def fresh_secret() -> str:
    """A secret of 160 random bits."""
    return pyotp.random_base32()


def address(secret: str, name: str) -> str:
    """The address that an authenticator reads."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def picture(uri: str) -> str:
    """The address as a picture (SVG) to be photographed."""
    return segno.make(uri, error="m").svg_inline(scale=4, border=2, dark="#000", light="#fff")


def step_of_code(secret: str, code: str, at: datetime, used: int | None) -> int | None:
    """The thirty seconds that ``code`` belongs to; None for a wrong code, and for one of a time whose code was ``used`` already."""
    now = int(at.timestamp()) // STEP_SECONDS
    codes = pyotp.TOTP(secret)
    for step in range(now - DRIFT_STEPS, now + DRIFT_STEPS + 1):
        if (used is None or step > used) and pyotp.utils.strings_equal(codes.at(step * STEP_SECONDS), code):
            return step
    return None
