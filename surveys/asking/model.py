"""What an operator and a citizen on a page say, and what an operator is given to ask. Values only."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from hotline1022.base.http.routes import CivilInstant, Told
from surveys.model import Disposition, Question

Comment = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]

Heard = Literal["answered", "rejected", "no-answer", "busy", "machine", "invalid-number", "failed"]
"""How an operator's call went: somebody took it, declined to answer, or nobody was reached."""


class WrittenDown(Told):
    """What an operator writes down of a call: how it went, and what was answered."""

    outcome: Heard = Field(
        default="answered",
        description=(
            "answered: có người nghe; rejected: từ chối trả lời; no-answer: không nghe máy; busy: máy bận; machine: máy trả lời "
            "tự động; invalid-number: số không dùng được; failed: không gọi được"
        ),
    )
    answers: dict[Question, int] = Field(
        default_factory=dict,
        max_length=6,
        description="Điểm theo từng câu hỏi; consent: 1 đồng ý, 2 lúc khác, 3 không bao giờ",
    )
    comment: Comment | None = None


class _Shown(BaseModel):
    model_config = ConfigDict(frozen=True)


class QuestionAsked(_Shown):
    """A question as an operator reads it out."""

    question: Question
    text: str
    answers: tuple[str, ...]
    """What may be answered, in the order of the marks, from 1; empty where it is written down in words."""
    only_if: str | None
    """When it is asked; None: always."""


class CaseHeld(_Shown):
    """A case that is an operator's alone until ``until``, with what is needed to ring."""

    case: str
    code: str
    agency: str
    agency_name: str
    told_at: CivilInstant
    number: str
    attempt: int
    """Which attempt this is, from 1."""
    until: CivilInstant
    wording: str
    questions: tuple[QuestionAsked, ...]


class Kept(_Shown):
    """What a call came to, as it has been written down."""

    case: str
    disposition: Disposition
    disposition_name: str
    closed: bool
    """Whether nobody will be rung about it any more."""
    next_at: CivilInstant | None
    explanation: str
    """What follows, in one Vietnamese sentence."""


class LinkMade(_Shown):
    """A one-time link; its path is told this once."""

    path: str
    until: CivilInstant
