"""The seal of a journal entry: a hash over the entry and over the seal before it. Pure; where entries lie is the store's.

Whoever changes, removes or slips in an entry must make every later seal anew. Cutting off the end is seen by whoever has
written down a later seal: ``hotline1022 journal verify`` prints the last one for that.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC

from tickets.model import JournalEntry

START = "0" * 64
"""The seal before the first entry."""


@dataclass(frozen=True)
class Sealed:
    """An entry as it lies in the journal: ``number`` from 1 without gaps, ``seal`` in hexadecimal."""

    number: int
    entry: JournalEntry
    seal: str


@dataclass(frozen=True)
class Break:
    """A place where the chain does not hold."""

    number: int
    code: str
    what: str
    """One Vietnamese sentence."""


def seal(number: int, entry: JournalEntry, before: str) -> str:
    """The seal of entry ``number`` after the seal ``before``: SHA-256 over one line of canonical JSON."""
    written = {
        "number": number,
        "before": before,
        "code": entry.code,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "what": entry.what,
        "reason": entry.reason,
        "details": entry.details,
    }
    line = json.dumps(written, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


def breaks(entries: Iterable[Sealed], number: int = 0, before: str = START) -> Iterator[Break]:
    """Every place where ``entries``, which follow the entry ``number`` sealed ``before``, do not hang together."""
    for found in entries:
        if found.number != number + 1:
            yield Break(found.number, found.entry.code, f"thiếu bút toán {number + 1} đến {found.number - 1}")
        elif found.seal != seal(found.number, found.entry, before):
            yield Break(found.number, found.entry.code, f"bút toán {found.number} không khớp dấu niêm phong")
        number, before = found.number, found.seal
