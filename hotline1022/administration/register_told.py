"""The shapes in which the rules in force are told to people who do not read YAML. No route is here."""

from datetime import date
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from hotline1022.administration.calendar_year import DayKind
from hotline1022.base.http.routes import CivilInstant, Told, WrittenInstant


class DayTold(BaseModel):
    """A day; ``name`` and ``basis`` are None of an ordinary one."""

    date: date
    kind: DayKind
    name: str | None
    basis: str | None
    hours: tuple[str, ...]


class YearTold(BaseModel):
    """A year of a calendar."""

    calendar: str
    title: str
    version: str
    days: tuple[DayTold, ...]


class CalendarTold(BaseModel):
    """A calendar and its hours, by weekday."""

    name: str
    title: str
    version: str
    holidays: bool
    hours: dict[str, tuple[str, ...]]
    make_up: tuple[str, ...]


class CalendarList(BaseModel):
    """Every calendar."""

    calendars: tuple[CalendarTold, ...]


class TrialBody(Told):
    """From when, and how long: working days or working minutes, one of the two."""

    calendar: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    start: WrittenInstant
    working_days: int | None = Field(default=None, ge=1, le=9999)
    minutes: int | None = Field(default=None, ge=1, le=1_000_000)


class TrialTold(BaseModel):
    """When it is due, and why then."""

    due: CivilInstant
    why: str
    calendar: str


class RegisteredAgency(BaseModel):
    """An agency; ``topics`` are those that the routing gives it."""

    code: str
    name: str
    short: str
    kind: str
    kind_name: str
    parent: str | None
    calendar: str | None
    valid_from: date | None
    valid_to: date | None
    successors: tuple[str, ...]
    topics: tuple[str, ...]


class AgencyRegister(BaseModel):
    """Every agency."""

    version: int
    agencies: tuple[RegisteredAgency, ...]


class RoutingRow(BaseModel):
    """A row: the first one that fits decides."""

    id: str
    topics: tuple[str, ...]
    place: str
    valid_from: date | None
    valid_to: date | None
    agency: str
    agency_name: str
    because: str


class RoutingRegister(BaseModel):
    """The rows in their order."""

    version: int
    rows: tuple[RoutingRow, ...]


class TopicRow(BaseModel):
    """A topic; ``tier`` is the class of deadlines it has today."""

    code: str
    name: str
    within: str | None
    number: int | None
    referral: str | None
    menu_key: str | None
    tier: str


class TopicRegister(BaseModel):
    """Every topic."""

    version: int
    topics: tuple[TopicRow, ...]


class QuestionRow(BaseModel):
    """The words of one question."""

    question: str
    operator: str
    page: str
    answers: tuple[str, ...]
    only_if: str | None


class QuestionRegister(BaseModel):
    """The words of every question, with the version that answers are kept with."""

    version: str
    wording: str
    questions: tuple[QuestionRow, ...]


class ChangeTold(BaseModel):
    """One line of the journal."""

    at: CivilInstant
    by: str
    subject: str
    what: str


class ChangesTold(BaseModel):
    """A page of the journal, the latest first."""

    changes: tuple[ChangeTold, ...]
    more: bool


class ChangesQuery(Told):
    """Which page."""

    page: int = Field(default=1, ge=1, le=2000)
