"""What the simulated people know of each ticket and its call, beside what the services keep. Memory only."""

from dataclasses import dataclass, field
from datetime import datetime

from hotline1022.simulation.plan import Plan
from hotline1022.simulation.traffic import Matter
from hotline1022.simulation.words import Sentences, sentences
from tickets.rules import StandingRules


@dataclass
class Known:
    """A ticket's matter. ``number`` is whom to tell, ``call`` the call that it came by."""

    matter: Matter
    number: str | None
    call: str | None


@dataclass
class Matters:
    """What is known of tickets, by code, and of calls."""

    plan: Plan
    rules: StandingRules
    tickets: dict[str, Known] = field(default_factory=dict)
    calls: dict[str, Matter] = field(default_factory=dict)
    windows: dict[str, datetime] = field(default_factory=dict)
    """When the window of a home visit ends, of tickets whose agency has not planned it yet."""
    late: set[str] = field(default_factory=set)
    """Tickets whose last answer came late."""

    def sentences(self, code: str) -> Sentences:
        """What is said about a ticket: the same whenever it is asked for."""
        return self.said_of(self.tickets[code].matter, code)

    def said_of(self, matter: Matter, name: str) -> Sentences:
        """What is said about a matter that goes by this name."""
        place = self.rules.current.localities.communes[matter.place].in_sentence
        return sentences(matter.topic, place, self.plan.chance("sentences", name))
