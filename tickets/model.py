"""What a ticket (phiếu) is: the report it came from, its stages, its deadlines, where its words point to.

Values only: nothing here decides, stores or reads a clock.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

NaturalKey = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
TicketCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{7}$")]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Channel(StrEnum):
    """How a report reached the hotline."""

    PHONE = "phone"
    WEB = "web"
    APP = "app"
    ZALO = "zalo"
    FACEBOOK = "facebook"
    EMAIL = "email"


class Stage(StrEnum):
    """Where a ticket stands. ``tickets.stages`` says which moves lead from one to another."""

    RECEIVED = "received"
    """Opened by the telephone itself; topic, place and agency are what the rules made of it."""
    CLASSIFIED = "classified"
    """A person has confirmed topic, place and agency: no machine changes them any more."""


class Consent(_Value):
    """What the caller was told about recording and what they answered."""

    recording: bool
    """False after "go on without recording": no words of this call may be kept."""
    notice: str
    """The version of the notice that was played."""
    key: str | None = None
    """The key that was pressed; None when the caller stayed silent."""
    at: AwareDatetime


class Report(_Value):
    """What came in, once: ``source_key`` is its natural key, and the same key never makes two tickets."""

    source_key: NaturalKey
    """For example ``call:<id>:report``."""
    channel: Channel = Channel.PHONE
    taken_at: AwareDatetime
    """When the citizen spoke: its civil date is the day of receipt, however late the ticket is written."""
    number: PhoneNumber | None = None
    """The citizen's number in E.164; None when it was hidden."""
    topic: str | None = None
    """A topic's code; None is "khác"."""
    urgent: bool = False
    place: str | None = None
    """The code of a commune of today, when a person or a form has given it."""
    place_words: str | None = Field(None, max_length=2000)
    """What the citizen answered when asked where; it is searched for a commune."""
    call: str | None = None
    recording: str | None = None
    consent: Consent | None = None


class PlaceCandidate(_Value):
    """A commune of today that words may mean. ``score`` is between 0 and 1."""

    code: str
    name: str
    score: float


class Deadline(_Value):
    """A promise in time, with everything needed to explain it years later."""

    clock: str
    """Which promise: ``respond`` (first answer to an urgent report) or ``answer``."""
    due: AwareDatetime
    target: str
    """``3wd``, ``4wh``, ``30wm``, ``2h``: see ``tickets.sla``."""
    explanation: str
    """One Vietnamese sentence."""
    policy: str
    """The version of the policy that set the target."""
    calendar: str
    """The name and version of the calendar it was computed on."""
    expected: bool = False
    """True when it passes over days whose public holidays have not been decided yet ("dự kiến")."""


class Ticket(_Value):
    """A ticket as it stands now. Names beside codes are those of the rules in force when it is read."""

    code: TicketCode
    source_key: str
    channel: Channel
    taken_at: AwareDatetime
    opened_at: AwareDatetime
    stage: Stage
    level: int = Field(ge=1, le=3)
    """1 answered at once by the hotline, 2 by the competent agency (every ticket begins so), 3 by the leaders."""
    topic: str
    topic_name: str
    urgent: bool
    place: str | None
    place_name: str | None
    place_words: str | None
    place_candidates: tuple[PlaceCandidate, ...]
    place_question: str | None
    """What to ask the citizen when the words fit several communes."""
    draft: bool
    """True while place and agency are only what the machine made of the words; a person's confirmation ends it."""
    agency: str
    agency_name: str
    agency_reason: str
    """Why this agency, in one Vietnamese sentence."""
    deadlines: tuple[Deadline, ...]
    number: PhoneNumber | None
    call: str | None
    recording: str | None
    consent: Consent | None

    def deadline(self, clock: str) -> Deadline:
        """The deadline of ``clock``. Raises KeyError where the ticket has no such promise."""
        for deadline in self.deadlines:
            if deadline.clock == clock:
                return deadline
        raise KeyError(clock)

    @property
    def due(self) -> AwareDatetime:
        """When the citizen must have the answer (UTC)."""
        return self.deadline("answer").due

    @property
    def explanation(self) -> str:
        """Why the answer is due then, in one Vietnamese sentence."""
        return self.deadline("answer").explanation


class JournalEntry(_Value):
    """Something that happened to a ticket: who, when, what, why. Entries are only ever added."""

    code: str
    at: AwareDatetime
    actor: str
    """``machine``, or the name of the person."""
    what: str
    reason: str
    details: dict[str, Any] = {}
