"""Who waits in the queue, as AMI's events tell it. Pure: events in, a count and the longest wait out."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta


@dataclass
class Waiting:
    """The callers in the queue by channel, with the instant when each began to wait."""

    since: dict[str, datetime] = field(default_factory=dict)

    def reset(self, listed: Iterable[Mapping[str, str]], now: datetime) -> None:
        """Forget everything and take what a full listing says."""
        self.since = {
            event["Uniqueid"]: now - timedelta(seconds=float(event.get("Wait", "0")))
            for event in listed
            if event.get("Event") == "QueueEntry"
        }

    def apply(self, event: Mapping[str, str], now: datetime) -> bool:
        """Take one event; whether somebody came or went."""
        channel = event.get("Uniqueid", "")
        match event.get("Event"):
            case "QueueCallerJoin":
                self.since[channel] = now
                return True
            case "QueueCallerLeave" | "QueueCallerAbandon":
                return self.since.pop(channel, None) is not None
        return False

    @property
    def longest(self) -> datetime | None:
        """When the one who waits longest began to."""
        return min(self.since.values(), default=None)
