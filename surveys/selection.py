"""Whom to ask, when, and every reason why not. Pure: what is known of a citizen comes in, nobody chooses.

The draw is made from the ticket's code by a keyed hash: neither an operator nor an agency can foresee or change it.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline1022.base.clock import CIVIL_ZONE
from surveys.model import ITEMS, REASONS, Question, Reason, Told
from surveys.policy import SurveyPolicy


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known when it is decided whether to ask."""

    number: str | None
    """E.164."""
    opted_out: bool
    asked_lately_at: datetime | None
    """When somebody at this number was last asked, if that was within the quiet time."""
    already_asked: bool
    now: datetime


def person_of(number: str, key: bytes) -> str:
    """A keyed hash of a number (E.164), 32 hexadecimal digits."""
    return hmac.new(key, f"person:{number}".encode(), hashlib.sha256).hexdigest()[:32]


def drawn(code: str, round_: int, share: float, key: bytes) -> bool:
    """Whether this answer is in a sample of ``share`` (0 to 1) of all."""
    return _fraction(f"draw:{code}:{round_}", key) < share


def item_of(code: str, round_: int, key: bytes) -> Question:
    """Which SIPAS item is asked about this answer; over many answers each as often as the others."""
    return ITEMS[int(_fraction(f"item:{code}:{round_}", key) * len(ITEMS))]


def reasons_against(told: Told, known: Known, policy: SurveyPolicy, key: bytes) -> tuple[Reason, ...]:
    """Every reason not to ask, in the order of ``Reason``; none when the citizen is to be asked."""
    against = {
        Reason.NO_NUMBER: known.number is None,
        Reason.NUMBER_NOT_ALLOWED: known.number is not None and not policy.allows(known.number),
        Reason.OPTED_OUT: known.opted_out,
        Reason.SEALED: told.sealed,
        Reason.ASKED_LATELY: known.asked_lately_at is not None,
        Reason.TOO_OLD: known.now - told.at > timedelta(days=policy.too_old_days),
        Reason.NOT_DRAWN: not drawn(told.code, told.round, policy.share, key),
        Reason.ALREADY_ASKED: known.already_asked,
    }
    return tuple(reason for reason, holds in against.items() if holds)


def explained(reasons: Sequence[Reason], policy: SurveyPolicy, next_at: datetime | None) -> str:
    """Why a citizen is asked, or is not, in one Vietnamese sentence."""
    if reasons:
        return f"Không khảo sát vì {'; '.join(REASONS[reason] for reason in reasons)}."
    when = f"{next_at.astimezone(CIVIL_ZONE):%H:%M %d/%m/%Y}" if next_at else "sau"
    return f"Gọi khảo sát từ {when}, không quá {policy.most_attempts} lần, theo quy định khảo sát {policy.version}."


def _fraction(text: str, key: bytes) -> float:
    return int.from_bytes(hmac.new(key, text.encode(), hashlib.sha256).digest()[:6]) / 2**48
