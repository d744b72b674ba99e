"""What a ticket (phiếu) is: the report it came from, its stages, its deadlines, its texts, its journal.

Values only: nothing here decides, stores or reads a clock.
"""

from enum import StrEnum
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

NaturalKey = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
TicketCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{7}$")]

HOTLINE = "hotline"
"""The party of a deadline that the hotline itself must keep; other parties are codes of agencies."""


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
    """Opened by the line or a form; topic, place and agency are what the rules made of it."""
    CLASSIFIED = "classified"
    """A person has confirmed topic, place and agency: no machine changes them any more."""
    ROUTED = "routed"
    """With an agency that has not said yet whether the matter is its own."""
    ACCEPTED = "accepted"
    """The agency has taken it."""
    HANDLING = "handling"
    """The agency works on it."""
    WAITING = "waiting"
    """The agency waits for the citizen; its clock stands."""
    DRAFTED = "drafted"
    """An answer waits for the signature of the agency's head."""
    APPROVED = "approved"
    """The answer is signed and the citizen must be told."""
    REFUSED = "refused"
    """Not to be handled, with a reason and the way to go instead; the citizen must be told."""
    ANSWERED = "answered"
    """The citizen has been told."""
    SURVEYED = "surveyed"
    """The citizen has been asked how satisfied they are, or could not be asked."""
    CLOSED = "closed"
    """Nothing more is due."""
    REOPENED = "reopened"
    """The citizen says that it is not solved: with the same agency again."""
    MERGED = "merged"
    """The same matter as another ticket: whatever that one's citizen is told, this one's is told too."""
    REFERRED = "referred"
    """A complaint or denunciation: the citizen was told where it belongs; who they are is sealed."""


class Consent(_Value):
    """What the citizen was told about recording or about their data, and what they answered."""

    recording: bool
    """False after "go on without recording": no words of this call may be kept. False too where there was no call."""
    processing: bool | None = None
    """True when the citizen of a form agreed that their data are processed (Law 91/2025/QH15: never by default); None on the telephone."""
    notice: str
    """The version of the notice that was played or shown."""
    key: str | None = None
    """The key that was pressed; None when the caller stayed silent."""
    at: AwareDatetime


class Report(_Value):
    """What came in, once: ``source_key`` is its natural key, and the same key never makes two tickets."""

    source_key: NaturalKey
    """For example ``call:<id>:report`` or ``app:<key id>:<idempotency key>``."""
    source_digest: str | None = Field(default=None, max_length=64)
    """A fingerprint of what was sent, where the sender chooses the key: another text under the same key is refused."""
    channel: Channel = Channel.PHONE
    taken_at: AwareDatetime
    """When the citizen spoke or wrote: its civil date is the day of receipt, however late the ticket is written."""
    number: PhoneNumber | None = None
    """The citizen's number in E.164; None when it was hidden."""
    citizen_name: str | None = Field(default=None, max_length=200)
    citizen_email: str | None = Field(default=None, max_length=200)
    business: bool = False
    """True when an enterprise or organisation speaks, not a person: a dimension of the survey."""
    anonymous: bool = False
    """True when the citizen does not want any agency to know who they are, not even for a reason."""
    topic: str | None = None
    """A topic's code; None is "khác"."""
    urgent: bool = False
    place: str | None = None
    """The code of a commune of today, when a person or a form has given it."""
    place_words: str | None = Field(default=None, max_length=2000)
    """What the citizen answered when asked where; it is searched for a commune."""
    address: str | None = Field(default=None, max_length=500)
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)
    summary: str | None = Field(default=None, max_length=10_000)
    """The matter in written words, from a form or an operator."""
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

    id: int | None = None
    """The row it is stored in; None while it is only computed."""
    clock: str
    """Which promise: a name in ``tickets.clocks.CLOCKS``; ``answer`` is the one the citizen was given."""
    party: str
    """Who must keep it: ``hotline``, or the code of an agency."""
    starts: AwareDatetime
    due: AwareDatetime
    target: str
    """``3wd``, ``4wh``, ``30wm``, ``2h``: see ``tickets.sla``; ``at`` for a due time that was agreed with the citizen."""
    extended: str | None = None
    """What an approver has added, in the same unit; ``target`` contains it."""
    explanation: str
    """One Vietnamese sentence."""
    basis: str
    """Where the figure comes from."""
    policy: str
    """The version of the policy that set the target."""
    calendar: str
    """The name and version of the calendar it was computed on."""
    expected: bool = False
    """True when it passes over days whose public holidays have not been decided yet ("dự kiến")."""
    round: int = 0
    """How often the ticket had been reopened when the promise was made."""
    step: str | None = None
    """What happens to it next: ``warning``, ``due``, ``escalation-1``, ...; None when nothing more does."""
    step_at: AwareDatetime | None = None
    """When. None with a step while the clock stands."""
    breached_at: AwareDatetime | None = None
    """Its due time, once that has passed unkept."""
    ended_at: AwareDatetime | None = None
    ended: str | None = None
    """``met`` (kept, in time or late), ``dropped`` (asked of nobody any more), or None while it runs."""

    @property
    def running(self) -> bool:
        """Whether it is still to be kept."""
        return self.ended is None


class Text(_Value):
    """Words that a person wrote about a ticket. The journal holds only their fingerprint, so that they can be erased."""

    id: str
    code: str
    kind: str
    """``note``, ``progress``, ``question``, ``information``, ``contribution``, ``draft``, ``answer``, ``refusal``, ``letter``."""
    at: AwareDatetime
    author: str
    agency: str | None
    """The author's agency; None for the hotline and the citizen."""
    round: int
    body: str


class Party(_Value):
    """An agency that was asked to co-operate."""

    agency: str
    asked_at: AwareDatetime
    asked_by: str
    contributed_at: AwareDatetime | None = None


class Extension(_Value):
    """The one extension that a promise may have."""

    amount: str
    """A target in the promise's unit: ``2wd``."""
    reason: str
    asked_by: str
    asked_at: AwareDatetime
    decided_by: str | None = None
    decided_at: AwareDatetime | None = None
    granted: bool | None = None
    """None while nobody has decided."""


class Stop(_Value):
    """A stretch during which the agency's clock stood: the citizen was asked, or had chosen a window for a visit."""

    start: AwareDatetime
    end: AwareDatetime | None = None
    """None while it stands."""


class Ticket(_Value):
    """A ticket as it stands now. Names beside codes are those of the rules in force when it is read."""

    code: TicketCode
    version: int
    """Grows by one with every change; who changes a ticket says which version they looked at."""
    source_key: str
    source_digest: str | None
    channel: Channel
    taken_at: AwareDatetime
    opened_at: AwareDatetime
    stage: Stage
    stage_at: AwareDatetime
    level: int = Field(ge=1, le=3)
    """1 answered at once by the hotline, 2 by the competent agency (every ticket begins so), 3 by the leaders."""
    topic: str
    topic_name: str
    urgent: bool
    sealed: bool
    """True for complaints and denunciations: nobody sees who it was without a reason that is written down."""
    place: str | None
    place_name: str | None
    place_words: str | None
    place_candidates: tuple[PlaceCandidate, ...]
    place_question: str | None
    """What to ask the citizen when the words fit several communes."""
    address: str | None
    latitude: float | None
    longitude: float | None
    summary: str | None
    draft: bool
    """True while place and agency are only what the machine made of the words; a person's confirmation ends it."""
    agency: str
    agency_name: str
    agency_reason: str
    """Why this agency, in one Vietnamese sentence."""
    parties: tuple[Party, ...]
    deadlines: tuple[Deadline, ...]
    stops: tuple[Stop, ...]
    extension: Extension | None
    duplicate_of: str | None
    returns: int
    """How often an agency has sent it back as not its own."""
    round: int
    """How often it has been reopened."""
    answer: str | None
    """The id of the answer's text, from the draft on."""
    outcome: str | None
    """``answered``, ``refused`` or ``referred``, once the citizen has been told."""
    told_at: AwareDatetime | None
    told_how: str | None
    closed_at: AwareDatetime | None
    number: PhoneNumber | None
    citizen_name: str | None
    citizen_email: str | None
    business: bool
    anonymous: bool
    """Whether the citizen has asked that no agency learn who they are: the hotline speaks with them for it."""
    call: str | None
    recording: str | None
    consent: Consent | None

    def deadline(self, clock: str) -> Deadline:
        """The deadline of ``clock`` that runs, else the last one. Raises KeyError where the ticket has no such promise."""
        found = [deadline for deadline in self.deadlines if deadline.clock == clock]
        if not found:
            raise KeyError(clock)
        return next((deadline for deadline in found if deadline.running), found[-1])

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
    """When it happened, or was due: what is noticed late is written under its due time."""
    actor: str
    """``machine``, or the name of the person."""
    what: str
    reason: str
    details: dict[str, Any] = {}
