"""What a survey is: a case for each answer that a citizen was told, the attempts to ask about it, what was answered. Values only."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Mode(StrEnum):
    """By what means somebody is asked. Answers of different modes are never mixed without being told apart."""

    IVR = "ivr"
    OPERATOR = "operator"
    LINK = "link"


MODE_NAMES = {
    Mode.IVR: "cuộc gọi tự động",
    Mode.OPERATOR: "điện thoại viên hỏi",
    Mode.LINK: "trang web",
}
"""How a mode is called to people."""


class Reason(StrEnum):
    """Why somebody is not asked."""

    NO_NUMBER = "no-number"
    NUMBER_NOT_ALLOWED = "number-not-allowed"
    OPTED_OUT = "opted-out"
    SEALED = "sealed"
    ASKED_LATELY = "asked-lately"
    TOO_OLD = "too-old"
    NOT_DRAWN = "not-drawn"
    ALREADY_ASKED = "already-asked"
    REOPENED = "reopened"


REASONS = {
    Reason.NO_NUMBER: "không có số điện thoại để gọi",
    Reason.NUMBER_NOT_ALLOWED: "số điện thoại ngoài các đầu số được phép gọi",
    Reason.OPTED_OUT: "người dân đã đề nghị không gọi khảo sát nữa",
    Reason.SEALED: "khiếu nại, tố cáo được niêm phong danh tính",
    Reason.ASKED_LATELY: "số này vừa được khảo sát",
    Reason.TOO_OLD: "câu trả lời đã quá cũ để hỏi",
    Reason.NOT_DRAWN: "không được chọn vào mẫu khảo sát",
    Reason.ALREADY_ASKED: "lần trả lời này của phiếu đã được hỏi",
    Reason.REOPENED: "phiếu đã mở lại trước khi hỏi",
}
"""How a reason is told to people: "Không khảo sát vì ..."."""


class Disposition(StrEnum):
    """How a case, or one attempt at it, ended."""

    COMPLETED = "completed"
    """Every question was answered."""
    PARTIAL = "partial"
    """Some were; what was answered counts."""
    REFUSED = "refused"
    """The call was declined, or nobody wanted to answer."""
    OPTED_OUT = "opted-out"
    """Never again."""
    LATER = "later"
    """Another time."""
    UNHEARD = "unheard"
    """Somebody took the call and pressed nothing."""
    NO_ANSWER = "no-answer"
    BUSY = "busy"
    MACHINE = "machine"
    INVALID_NUMBER = "invalid-number"
    FAILED = "failed"
    """The line could not bring the call there."""
    UNKNOWN = "unknown"
    """Nobody saw its end; it counts as made."""
    EXCLUDED = "excluded"
    """A reason not to ask came up before anybody was asked."""


DISPOSITION_NAMES = {
    Disposition.COMPLETED: "đã trả lời đủ",
    Disposition.PARTIAL: "trả lời một phần",
    Disposition.REFUSED: "từ chối trả lời",
    Disposition.OPTED_OUT: "không muốn nhận khảo sát nữa",
    Disposition.LATER: "hẹn lúc khác",
    Disposition.UNHEARD: "nghe máy nhưng không trả lời câu nào",
    Disposition.NO_ANSWER: "không nghe máy",
    Disposition.BUSY: "máy bận",
    Disposition.MACHINE: "máy trả lời tự động",
    Disposition.INVALID_NUMBER: "số không dùng được",
    Disposition.FAILED: "không gọi được",
    Disposition.UNKNOWN: "không rõ kết quả",
    Disposition.EXCLUDED: "không khảo sát",
}
"""How a disposition is called to people."""

REACHED = frozenset(
    {
        Disposition.COMPLETED,
        Disposition.PARTIAL,
        Disposition.REFUSED,
        Disposition.OPTED_OUT,
        Disposition.LATER,
        Disposition.UNHEARD,
    }
)
"""Dispositions in which somebody was on the line."""

AGAIN = frozenset(
    {
        Disposition.LATER,
        Disposition.UNHEARD,
        Disposition.NO_ANSWER,
        Disposition.BUSY,
        Disposition.MACHINE,
        Disposition.FAILED,
        Disposition.UNKNOWN,
    }
)
"""Dispositions of an attempt after which another one may follow."""


class Question(StrEnum):
    """What is asked. The four between satisfaction and comment are SIPAS items, of which each citizen is asked one."""

    CONSENT = "consent"
    RESOLVED = "resolved"
    SATISFACTION = "satisfaction"
    TIME = "time"
    ATTITUDE = "attitude"
    CLARITY = "clarity"
    RECEPTION = "reception"
    COMMENT = "comment"
    REOPEN = "reopen"


QUESTION_NAMES = {
    Question.CONSENT: "đồng ý",
    Question.RESOLVED: "đã giải quyết",
    Question.SATISFACTION: "hài lòng",
    Question.TIME: "thời gian trả lời",
    Question.ATTITUDE: "thái độ cán bộ",
    Question.CLARITY: "nội dung trả lời",
    Question.RECEPTION: "cách tiếp nhận",
    Question.COMMENT: "góp ý",
    Question.REOPEN: "mở lại phiếu",
}
"""What a question is about, in a few words."""

ITEMS = (Question.TIME, Question.ATTITUDE, Question.CLARITY, Question.RECEPTION)

MARKS = {
    Question.CONSENT: range(1, 4),
    Question.RESOLVED: range(1, 4),
    Question.SATISFACTION: range(1, 6),
    **dict.fromkeys(ITEMS, range(1, 6)),
    Question.REOPEN: range(1, 2),
}
"""The marks that each question takes; ``comment`` is spoken or written."""

NOW, LATER, NEVER = 1, 2, 3
"""Answers to ``consent``."""

UNSOLVED = 3
"""The answer to ``resolved`` that has a ticket reopened."""

WANTED = (Question.RESOLVED, Question.SATISFACTION)
"""Questions without which a case is not complete; the item is the third."""

TicketCode = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]{7}$")]


class Told(_Value):
    """That a citizen has been told an answer: what a case begins with. Nobody's number is in it."""

    code: TicketCode
    round: int
    agency: str
    topic: str
    place: str | None
    at: AwareDatetime
    outcome: str
    sealed: bool
    business: bool = False


class Answer(_Value):
    """One question answered. ``mark`` is None for a comment, which lies with the call or is ``words``."""

    question: Question
    mark: int | None
    at: AwareDatetime
    mode: Mode
    wording: str
    """The version of the words that were asked."""
    words: str | None = None
    call: str | None = None
    """The call whose recording holds a spoken comment."""


class Case(_Value):
    """A survey about one answer of one ticket, from the decision whether to ask to its end."""

    id: str
    code: TicketCode
    round: int
    agency: str
    topic: str
    place: str | None
    told_at: AwareDatetime
    business: bool
    person: str | None
    """A keyed hash of the number: the same person has the same one, and it leads back to nobody without the key."""
    item: Question
    """Which SIPAS item this citizen is asked."""
    policy: str
    reasons: tuple[Reason, ...]
    explanation: str
    """Why this citizen is asked, or is not, in one Vietnamese sentence."""
    decided_at: AwareDatetime
    next_at: datetime | None
    """When the next attempt is to be made; None when none is."""
    attempts: int
    disposition: Disposition | None
    """None while it is open."""
    mode: Mode | None
    closed_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether somebody may still be asked."""
        return self.disposition is None


class Attempt(_Value):
    """One call that was made, or may have been: the row is there before the call."""

    id: str
    """The channel's id too, where the hotline rings by itself."""
    case: str
    number: int
    """From 1."""
    made_at: AwareDatetime
    ended_at: datetime | None
    disposition: Disposition | None
    mode: Mode = Mode.IVR
    """Whether the hotline rings by itself, or an operator does."""
    by: str | None = None
    """The operator who holds the case; nobody else writes down what comes of it."""
