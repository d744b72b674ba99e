"""Whether the line itself seems to be dead, from how its last calls went: then citizens' attempts are not spent on it. Pure."""

from datetime import datetime, timedelta

FAILED_IN_A_ROW = 5
"""So many calls that did not get through to anybody's telephone, one after the other, are the line's fault, not the citizens'."""

PAUSE, LONGEST_PAUSE = timedelta(minutes=10), timedelta(hours=2)
"""How long a line that seems dead is left alone before one call tries it; twice as long after each trial in vain."""

GOT_THROUGH = frozenset({"answered", "machine", "busy", "no-answer", "rejected"})
"""Ends that only a telephone at the other side can have brought about."""


class DeadLine:
    """Told how each call went; asked before each. It forgets at a restart, which costs at most ``FAILED_IN_A_ROW`` attempts more."""

    def __init__(self) -> None:
        self._failed = 0
        self._since: datetime | None = None
        self._pause = PAUSE

    def told(self, outcome: str, at: datetime) -> bool:
        """A call of ours ended so; gives whether the line seems dead since just now."""
        if outcome in GOT_THROUGH:
            self._failed, self._pause = 0, PAUSE
        elif outcome == "failed":
            self._failed += 1
            self._since = at if self._since is None else max(at, self._since)
        return outcome == "failed" and self._failed == FAILED_IN_A_ROW

    def rests_until(self, now: datetime) -> datetime | None:
        """Until when nobody is to be rung; None when the next call may be made. Where the pause is over, that call is the trial."""
        if self._since is None or self._failed < FAILED_IN_A_ROW:
            return None
        until = min(self._since, now) + self._pause  # a clock that was set back does not make it longer
        if now < until:
            return until
        self._since, self._pause = now, min(self._pause * 2, LONGEST_PAUSE)
        return None
