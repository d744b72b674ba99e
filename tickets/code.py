"""The ticket's code: eight digits told to a citizen, who will write them down wrong. Pure; the store reserves them.

The last digit is a check digit by Damm's method (H. M. Damm, "Total anti-symmetrische Quasigruppen", 2004): every
single wrong digit and every swap of two neighbours is caught.
"""

import re
from collections import deque
from collections.abc import Iterable

from hotline1022.base.errors import HotlineError

DIGITS = 8

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_THRICE = re.compile(r"([0-9])\1\1")
_SHAPE = re.compile(r"[1-9][0-9]{7}", re.ASCII)

FIRST_STEM, LAST_STEM = 10 ** (DIGITS - 2), 10 ** (DIGITS - 1) - 1
"""The seven digits before the check digit; no leading zero, which people drop when they write a number down."""


def check_digit(digits: str) -> str:
    """The digit that makes ``digits`` followed by it a sound code."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return str(interim)


def code_of(stem: int) -> str | None:
    """The code of a stem between FIRST_STEM and LAST_STEM; None where a digit comes three times: ears miscount that."""
    digits = str(stem)
    code = digits + check_digit(digits)
    return None if _THRICE.search(code) else code


def is_code(text: str) -> bool:
    """Whether ``text`` can be a ticket's code: eight digits, no leading zero, a sound check digit."""
    return _SHAPE.fullmatch(text) is not None and check_digit(text[:-1]) == text[-1]


def read_code(text: str) -> str:
    """The code that a person wrote or keyed; spaces, dots, dashes are allowed. Raises HotlineError when it is none."""
    digits = re.sub(r"[\s.\-]", "", text)
    if not _SHAPE.fullmatch(digits):
        raise HotlineError("Mã phiếu phải gồm tám chữ số và không bắt đầu bằng số không")
    if not is_code(digits):
        raise HotlineError("Mã phiếu không đúng: có chữ số bị nhầm hoặc đảo chỗ", remedy="kiểm tra lại từng chữ số")
    return digits


class CodeBlock:
    """Codes that the database has reserved ahead, so that a caller can be told one while the database is away."""

    def __init__(self, codes: Iterable[str] = ()) -> None:
        self._codes = deque(codes)

    def __len__(self) -> int:
        return len(self._codes)

    def add(self, codes: Iterable[str]) -> None:
        """Put more reserved codes behind those that are left."""
        self._codes.extend(codes)

    def take(self) -> str:
        """A code that nobody else has; it leaves the block. Raises HotlineError when none is left."""
        try:
            return self._codes.popleft()
        except IndexError:
            raise HotlineError("Đã dùng hết mã phiếu dành sẵn", remedy="chờ cơ sở dữ liệu hoạt động trở lại") from None
