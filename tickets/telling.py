"""What the citizen of a ticket may be told of it, by telephone or on the public page: where it stands, with whom, until when. Pure."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from tickets.appointments.model import Appointment, VisitState
from tickets.appointments.window import in_words
from tickets.model import Stage, Ticket
from tickets.stages import STAGE_NAMES, told_as


class Told(BaseModel):
    """A ticket without anybody's identity."""

    model_config = ConfigDict(frozen=True)

    code: str
    stage: Stage
    stage_name: str
    agency: str | None
    """The code of the agency; None where that is nobody's business."""
    agency_name: str | None
    due: datetime | None
    """When the answer is due; None when it has been given or is not owed."""
    explanation: str | None
    """Why then, in one Vietnamese sentence."""
    visit_starts: datetime | None = None
    """From when to when somebody comes to the citizen's home, once the agency has confirmed it."""
    visit_ends: datetime | None = None


def told(ticket: Ticket, main: Ticket | None = None, visit: Appointment | None = None) -> Told:
    """What the citizen of ``ticket`` may know; ``main`` is the ticket that it was merged into, which answers for it.

    ``visit`` is the home appointment that is still to come: the citizen has chosen it, so it is what is due.
    """
    speaks = main if main is not None and ticket.stage is Stage.MERGED else ticket
    stage = told_as(speaks.stage)
    secret = ticket.sealed or speaks.sealed
    running = [each for each in speaks.deadlines if each.clock == "answer" and each.running]
    answer = running[0] if running and not secret else None
    due, explanation = (answer.due, answer.explanation) if answer else (None, None)
    sure = visit is not None and visit.state is VisitState.CONFIRMED and not secret
    if visit is not None and answer is not None:
        due, explanation = visit.ends, f"Hẹn làm thủ tục tại nhà {in_words(visit.starts, visit.ends)}."
    return Told(
        code=ticket.code,
        stage=stage,
        stage_name=STAGE_NAMES[stage],
        agency=None if secret else speaks.agency,
        agency_name=None if secret else speaks.agency_name,
        due=due,
        explanation=explanation,
        visit_starts=visit.starts if visit is not None and sure else None,
        visit_ends=visit.ends if visit is not None and sure else None,
    )
