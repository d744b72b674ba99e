"""Who serves the queue, as AMI's events tell it. Pure: events in, a board out; it asks nobody."""

from collections.abc import Iterable
from dataclasses import dataclass, field

# Asterisk's device states (devicestate.h): 1 is "not in use", 0 unknown, 4 invalid, 5 unavailable; the rest are busy in some way.
_FREE = "1"
_REACHABLE = frozenset("123678")


@dataclass(frozen=True)
class Member:
    """An operator's device in a queue."""

    device: str
    paused: bool
    state: str

    @property
    def is_ready(self) -> bool:
        """Can ring now."""
        return not self.paused and self.state == _FREE

    @property
    def is_serving(self) -> bool:
        """Takes calls, if perhaps not this very moment."""
        return not self.paused and self.state in _REACHABLE


@dataclass
class QueueBoard:
    """The members of every queue, kept up to date by events and made anew after each reconnect."""

    members: dict[str, dict[str, Member]] = field(default_factory=dict)
    open: bool = True
    """False while a leader keeps callers from beginning to wait."""

    def reset(self, events: Iterable[dict[str, str]]) -> None:
        """Forget everything and take what a full listing (QueueStatus) says."""
        self.members = {}
        for event in events:
            self.apply(event)

    def apply(self, event: dict[str, str]) -> None:
        """Take one event; kinds that say nothing of members are passed over."""
        kind = event.get("Event", "")
        if not kind.startswith("QueueMember"):
            return
        queue = self.members.setdefault(event["Queue"], {})
        # QueueStatus lists a member's device under Location; the events of a change say Interface.
        device = event.get("Interface") or event.get("Location", "")
        if kind == "QueueMemberRemoved":
            queue.pop(device, None)
        else:
            queue[device] = Member(device, event.get("Paused") == "1", event.get("Status", "0"))

    def has_operators(self, queue: str) -> bool:
        """Somebody serves this queue now, so that waiting in it makes sense."""
        return self.open and any(member.is_serving for member in self.members.get(queue, {}).values())
