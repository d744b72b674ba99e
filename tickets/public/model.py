"""A ticket as its citizen reads it with code and digits: where it stands and what was written to them; nobody's identity. Values only."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from hotline1022.base.http.routes import CivilInstant
from tickets.appointments.model import Appointment
from tickets.clocks import reopen_until
from tickets.model import Deadline, Stage, Text, Ticket
from tickets.rules import Rules
from tickets.stages import OPEN, TOLD
from tickets.telling import speaking, told

CITIZENS_TEXT = "information"


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class Note(_Shown):
    """How far the work is, written for the citizen."""

    at: CivilInstant
    text: str


class Question(_Shown):
    """What the agency waits for."""

    at: CivilInstant
    text: str
    until: CivilInstant | None
    """When the work goes on without an answer."""


class Answer(_Shown):
    """What the citizen was told."""

    at: CivilInstant
    refused: bool
    text: str


class PublicTicket(_Shown):
    """Where a ticket stands. A merged ticket speaks for its main one; a sealed one says only where it belongs."""

    code: str
    taken_at: CivilInstant
    stage: Stage
    stage_name: str
    topic_name: str | None
    agency_name: str | None
    agency_has_it: bool
    """False while the hotline has not yet handed the matter over."""
    due: CivilInstant | None
    overdue: bool
    explanation: str | None
    visit_starts: CivilInstant | None
    """From when to when somebody comes to the citizen's home, once the agency has confirmed it."""
    visit_ends: CivilInstant | None
    guidance: str | None
    """Where a complaint or denunciation belongs."""
    progress: tuple[Note, ...]
    question: Question | None
    answer: Answer | None
    added_at: tuple[CivilInstant, ...]
    """When the citizen added something; what they wrote is not shown again to whoever holds code and digits."""
    may_add: bool
    reopen_until: CivilInstant | None
    """Until when the citizen may have it reopened; None when they may not."""


def public_ticket(
    ticket: Ticket,
    texts: tuple[Text, ...],
    *,
    main: Ticket | None,
    main_texts: tuple[Text, ...],
    answer: Text | None,
    visit: Appointment | None,
    rules: Rules,
    now: datetime,
) -> PublicTicket:
    """What may be read of ``ticket``; ``main`` is the one it is merged into, ``answer`` the text that its citizen was told.

    Progress is told to everybody whose ticket was merged; a question only to the citizen who was asked.
    """
    stands = told(ticket, main, visit, now=now)
    speaks = speaking(ticket, main)
    sealed = ticket.sealed or speaks.sealed
    topic = rules.topics.topic(ticket.topic) if ticket.topic in rules.topics.codes else None
    own = [text for text in texts if text.code == ticket.code]
    progress = [text for text in (own if speaks is ticket else main_texts) if text.kind == "progress"]
    added = [text.at for text in own if text.kind == CITIZENS_TEXT and text.agency is None]
    return PublicTicket(
        code=ticket.code,
        taken_at=ticket.taken_at,
        stage=stands.stage,
        stage_name=stands.stage_name,
        topic_name=None if sealed else ticket.topic_name,
        agency_name=stands.agency_name,
        agency_has_it=speaks.stage not in (Stage.RECEIVED, Stage.CLASSIFIED),
        due=stands.due,
        overdue=stands.overdue,
        explanation=stands.explanation,
        visit_starts=stands.visit_starts,
        visit_ends=stands.visit_ends,
        guidance=topic.referral if sealed and topic else None,
        progress=() if sealed else tuple(Note(at=text.at, text=text.body) for text in progress),
        question=None if sealed else _question(ticket, own),
        answer=None if sealed or answer is None else _answer(ticket, answer),
        added_at=() if sealed else tuple(added),
        may_add=not sealed and ticket.stage in OPEN,
        reopen_until=None if sealed else _reopenable(ticket, rules, now),
    )


def _question(ticket: Ticket, texts: list[Text]) -> Question | None:
    asked = [text for text in texts if text.kind == "question"]
    if ticket.stage is not Stage.WAITING or not asked:
        return None
    limits: list[Deadline] = [each for each in ticket.deadlines if each.clock == "information" and each.running]
    return Question(at=asked[-1].at, text=asked[-1].body, until=limits[-1].due if limits else None)


def _answer(ticket: Ticket, text: Text) -> Answer | None:
    if ticket.stage not in TOLD or ticket.told_at is None:
        return None
    return Answer(at=ticket.told_at, refused=ticket.outcome == "refused", text=text.body)


def _reopenable(ticket: Ticket, rules: Rules, now: datetime) -> datetime | None:
    if ticket.stage not in TOLD or ticket.told_at is None:
        return None
    until = reopen_until(ticket.told_at, rules.policy_on(ticket.taken_at))
    return until if now <= until else None
