"""What the citizen of a ticket may be told of it, by telephone or on the public page: where it stands, with whom, until when. Pure."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from tickets.appointments.model import Appointment, VisitState
from tickets.appointments.window import in_words
from tickets.model import HOTLINE, Deadline, Stage, Ticket
from tickets.stages import STAGE_NAMES, told_as

HOTLINE_NAME = "Tổng đài 1022"
STANDS = "Thời hạn trả lời đang tạm dừng, chờ người dân bổ sung thông tin."


class Told(BaseModel):
    """A ticket without anybody's identity."""

    model_config = ConfigDict(frozen=True)

    code: str
    stage: Stage
    stage_name: str
    agency: str | None
    """The code of the agency, ``hotline`` when the operator answered at once; None where that is nobody's business."""
    agency_name: str | None
    due: datetime | None
    """When the answer is due; None when it has been given, is not owed, or its clock stands."""
    overdue: bool
    """Whether ``due`` has passed: it must not be told as if it were still to come."""
    explanation: str | None
    """Why then, or why there is no due time now, in one Vietnamese sentence."""
    visit_starts: datetime | None = None
    """From when to when somebody comes to the citizen's home, once the agency has confirmed it."""
    visit_ends: datetime | None = None


def told(ticket: Ticket, main: Ticket | None = None, visit: Appointment | None = None, *, now: datetime) -> Told:
    """What the citizen of ``ticket`` may know; ``main`` is the ticket that it was merged into, which answers for it.

    ``visit`` is the home appointment that is still to come: the citizen has chosen its window, so that is what is due.

    The main ticket may wait for its own citizen: that is no question to this one, who hears that the matter is being worked on.
    """
    speaks = speaking(ticket, main)
    stage = told_as(speaks.stage)
    if speaks is not ticket and stage is Stage.WAITING:
        stage = Stage.HANDLING
    secret = ticket.sealed or speaks.sealed
    at_once = speaks.level == 1
    answer = None if secret else _owed(speaks)
    stands = answer is not None and speaks.stage is Stage.WAITING
    due = answer.due if answer is not None and not stands else None
    explanation = STANDS if stands else answer.explanation if answer else None
    if visit is not None and answer is not None:
        due, explanation = visit.ends, f"Hẹn làm thủ tục tại nhà {in_words(visit.starts, visit.ends)}."
    sure = visit if visit is not None and visit.state is VisitState.CONFIRMED and not secret else None
    return Told(
        code=ticket.code,
        stage=stage,
        stage_name=STAGE_NAMES[stage],
        agency=None if secret else HOTLINE if at_once else speaks.agency,
        agency_name=None if secret else HOTLINE_NAME if at_once else speaks.agency_name,
        due=due,
        overdue=due is not None and due < now,
        explanation=explanation,
        visit_starts=sure.starts if sure else None,
        visit_ends=sure.ends if sure else None,
    )


def speaking(ticket: Ticket, main: Ticket | None) -> Ticket:
    """The ticket that speaks for ``ticket``: the one that it is merged into, else itself."""
    return main if main is not None and ticket.stage is Stage.MERGED else ticket


def _owed(ticket: Ticket) -> Deadline | None:
    return next((each for each in ticket.deadlines if each.clock == "answer" and each.running), None)
