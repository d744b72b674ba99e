"""What somebody must say to make the moves of a home appointment. Values only; what they do is written in ``tickets.acts.appointments``."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, StringConstraints

from tickets.appointments.model import Fault
from tickets.move_request import MoveRequest, Reason, Words

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=500)]


class Window(MoveRequest):
    """From when to when somebody comes: two instants of one working day."""

    starts: AwareDatetime
    ends: AwareDatetime


class Book(Window):
    """A window that was agreed with the citizen; ``address`` is the ticket's unless said."""

    move: Literal["book"]
    procedure: Line
    address: Line | None = None


class ConfirmVisit(MoveRequest):
    """The agency will come within the window."""

    move: Literal["confirm-visit"]


class MoveVisit(Window):
    """Another window, agreed with the citizen anew."""

    move: Literal["move-visit"]
    reason: Reason


class Visited(MoveRequest):
    """Somebody was there and the procedure is done: the citizen has their answer."""

    move: Literal["visited"]
    text: Words = "Đã làm thủ tục tại nhà theo lịch hẹn."


class VisitedPartly(MoveRequest):
    """Somebody was there, for example to take the papers, and will come again: the next window is booked anew."""

    move: Literal["visited-partly"]
    text: Words


class MissedVisit(MoveRequest):
    """The visit did not happen."""

    move: Literal["missed-visit"]
    fault: Fault
    reason: Reason


class CancelVisit(MoveRequest):
    """Nobody is to come any more."""

    move: Literal["cancel-visit"]
    reason: Reason
