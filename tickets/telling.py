"""What the citizen of a ticket may be told of it, by telephone or on the public page: where it stands, with whom, until when. Pure."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

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


def told(ticket: Ticket, main: Ticket | None = None) -> Told:
    """What the citizen of ``ticket`` may know; ``main`` is the ticket that it was merged into, which answers for it."""
    speaks = main if main is not None and ticket.stage is Stage.MERGED else ticket
    stage = told_as(speaks.stage)
    secret = ticket.sealed or speaks.sealed
    running = [each for each in speaks.deadlines if each.clock == "answer" and each.running]
    answer = running[0] if running and not secret else None
    return Told(
        code=ticket.code,
        stage=stage,
        stage_name=STAGE_NAMES[stage],
        agency=None if secret else speaks.agency,
        agency_name=None if secret else speaks.agency_name,
        due=answer.due if answer else None,
        explanation=answer.explanation if answer else None,
    )
