"""What a template of an answer is. Values only."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from hotline1022.base.http.routes import CivilInstant, Told


class Kind(StrEnum):
    """What a template is for."""

    ANSWER = "answer"
    QUESTION = "question"
    PROGRESS = "progress"
    REFUSAL = "refusal"
    RETURN = "return"


KIND_NAMES = {
    Kind.ANSWER: "trả lời người dân",
    Kind.QUESTION: "đề nghị bổ sung",
    Kind.PROGRESS: "báo tiến độ",
    Kind.REFUSAL: "từ chối, hướng dẫn",
    Kind.RETURN: "chuyển trả",
}
"""How a kind is called to people."""

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class TemplateText(Told):
    """What a template says."""

    title: Line
    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]
    kind: Kind = Kind.ANSWER
    basis: Annotated[str, StringConstraints(max_length=500)] | None = None
    """The law, the plan, the notice that it rests on."""
    valid_until: date | None = None
    """Its last day; None holds until it is changed."""
    topic: Annotated[str, StringConstraints(max_length=64)] | None = None
    """A topic's code; None for every topic."""


class Template(TemplateText):
    """A template as it stands."""

    id: int
    version: int = Field(ge=1)
    kind_name: str
    topic_name: str | None
    agency: str | None
    """Whose it is; None for the hotline's, which everybody reads."""
    agency_name: str | None
    by: str
    at: CivilInstant
    expired: bool
    """Whether its last day has passed: it must not be read to anybody any more."""


class TemplateVersion(TemplateText):
    """What a template once said."""

    version: int
    by: str
    at: CivilInstant
