"""What a letter of apology is: who owes it, for what, how far it is. Values only.

The citizen's name is never in one: a letter addresses "Ông/Bà", and who sends it knows or unlocks the rest.
"""

from enum import StrEnum

from pydantic import AwareDatetime, BaseModel, ConfigDict


class LetterState(StrEnum):
    """How far a letter is."""

    OWED = "owed"
    """Nothing that could be signed has been written."""
    DRAFTED = "drafted"
    """A text waits for the signature of the agency's head."""
    APPROVED = "approved"
    """Signed and numbered: to be sent."""
    SENT = "sent"
    WAIVED = "waived"
    """Not to be sent after all, with the reason."""


LETTER_STATE_NAMES = {
    LetterState.OWED: "phải gửi",
    LetterState.DRAFTED: "chờ duyệt",
    LetterState.APPROVED: "đã duyệt, chờ gửi",
    LetterState.SENT: "đã gửi",
    LetterState.WAIVED: "miễn gửi",
}
"""How a state is called to people."""

OPEN = (LetterState.OWED, LetterState.DRAFTED, LetterState.APPROVED)
"""States in which the letter must still be sent."""


class LetterCause(StrEnum):
    """What a letter is owed for."""

    LATE = "late"
    """The answer did not come by its due time."""
    DAMAGE = "damage"
    """Something the administration did or left undone has done harm."""
    LOW_SCORE = "low-score"
    """The citizen was not satisfied, and the hotline's leader finds that the agency must apologise."""


class Letter(BaseModel):
    """One letter of the register."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: int | None = None
    """The row it is stored in; None until it is."""
    code: str
    """The ticket's code."""
    agency: str
    """Who owes it. It stays theirs when the ticket goes to another agency."""
    cause: LetterCause
    reason: str
    """Why it is owed, in one Vietnamese sentence, written when it became so."""
    owed_at: AwareDatetime
    owed_by: str
    """``machine``, or who asked for it."""
    round: int
    """How often the ticket had been reopened when it last became owed: an unsent letter apologises for a later round too."""
    promised: AwareDatetime | None = None
    """The first due time that was missed, if an answer was late."""
    due: AwareDatetime | None = None
    """When it must have been sent: the due time of its clock, which a changed calendar moves while it is open. None: not timed."""
    state: LetterState = LetterState.OWED
    text: str | None = None
    """The id of its words among the ticket's texts."""
    drafted_at: AwareDatetime | None = None
    drafted_by: str | None = None
    approved_at: AwareDatetime | None = None
    approved_by: str | None = None
    year: int | None = None
    number: int | None = None
    """Its number in the agency's register of ``year``, given with the signature and never given again."""
    sent_at: AwareDatetime | None = None
    sent_by: str | None = None
    sent_how: str | None = None
    waived_at: AwareDatetime | None = None
    waived_by: str | None = None
    waived_reason: str | None = None

    @property
    def open(self) -> bool:
        """Whether it must still be sent."""
        return self.state in OPEN

    @property
    def title(self) -> str:
        """As people name it: by its number once it has one."""
        return f"Thư xin lỗi số {self.number}/{self.year}" if self.number else "Thư xin lỗi"
