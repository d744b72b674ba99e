"""The smallest things that scores are made of: an entry of a ticket's journal, and the point in which something is counted. Values only."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from hotline1022.base.clock import CIVIL_ZONE

HOTLINE = "hotline"
"""Whose counts are those of tickets that the hotline itself had; the journal calls it so too."""

SOLVED = {1: "solved", 2: "solved_partly", 3: "unsolved"}
"""The counts of the answers to whether the matter is solved."""

SURVEY_COUNTS = frozenset(
    {
        "eligible",
        "reached",
        "refused",
        "completed",
        "partly",
        *SOLVED.values(),
        *(f"mark-{mark}" for mark in range(1, 6)),
    }
)
"""The counts that come from asking citizens. Each has a mode, and an agency never learns whose they are."""


class Point(NamedTuple):
    """What is counted, of whom, when, and by what means the citizen was asked (empty where nobody was)."""

    agency: str
    month: str
    """``2026-11``, in the civil zone; where months are added up, the period."""
    name: str
    """A count of ``surveys.tally.Tally``; marks are ``mark-1`` to ``mark-5``."""
    mode: str = ""


@dataclass(frozen=True)
class Entry:
    """An entry of a ticket's journal, as far as it counts: never its words."""

    at: datetime
    what: str
    details: Mapping[str, Any]

    def instant(self, name: str) -> datetime | None:
        """The instant that the details have under ``name``."""
        written = self.details.get(name)
        return datetime.fromisoformat(written) if isinstance(written, str) else None


def month_of(instant: datetime) -> str:
    """The civil month of an instant: ``2026-11``."""
    return f"{instant.astimezone(CIVIL_ZONE):%Y-%m}"


def add(found: Counter[Point], agency: str, at: datetime, name: str, mode: str = "") -> None:
    """Count one more of ``name``."""
    found[Point(agency, month_of(at), name, mode)] += 1
