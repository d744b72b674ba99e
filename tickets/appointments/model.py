"""What a home appointment is: procedure, address, window, and how far it is. Values only."""

from enum import StrEnum
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict

Fault = Literal["agency", "citizen", "other"]
"""Because of whom a visit did not happen; ``other`` is nobody: flood, a closed road."""


class VisitState(StrEnum):
    """How far an appointment is."""

    BOOKED = "booked"
    """A window is written down; the agency has not said yet that somebody will come."""
    CONFIRMED = "confirmed"
    """The agency will come; the citizen is told so."""
    DONE = "done"
    MISSED = "missed"
    CANCELLED = "cancelled"


VISIT_STATE_NAMES = {
    VisitState.BOOKED: "chờ cơ quan xác nhận",
    VisitState.CONFIRMED: "đã xác nhận",
    VisitState.DONE: "đã thực hiện",
    VisitState.MISSED: "lỡ hẹn",
    VisitState.CANCELLED: "đã huỷ",
}
"""How a state is called to people."""

OPEN = (VisitState.BOOKED, VisitState.CONFIRMED)
"""States in which somebody is still expected at the citizen's door."""


class Appointment(BaseModel):
    """One visit to a citizen's home. A ticket has at most one that is open."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: int | None = None
    """The row it is stored in; None until it is."""
    code: str
    """The ticket's code."""
    agency: str
    """Who comes: the ticket's agency, also after the ticket has gone to another one."""
    procedure: str | None
    """The administrative procedure, in words; None for readers whom it does not concern."""
    address: str | None
    """Where; None for readers whom it does not concern."""
    starts: AwareDatetime
    ends: AwareDatetime
    """The end of the window, by which somebody must have come."""
    state: VisitState = VisitState.BOOKED
    moved: int = 0
    """How often the window has been changed."""
    booked_at: AwareDatetime
    booked_by: str
    confirmed_at: AwareDatetime | None = None
    confirmed_by: str | None = None
    reminded_at: AwareDatetime | None = None
    """When agency and citizen were reminded of this window."""
    ended_at: AwareDatetime | None = None
    ended_by: str | None = None
    fault: Fault | None = None
    """Because of whom it was missed."""

    @property
    def open(self) -> bool:
        """Whether somebody is still expected."""
        return self.state in OPEN
