"""An agency's figures as people and programs read them. Values only; shares are between 0 and 1, scores between 0 and 100."""

from pydantic import BaseModel, ConfigDict

from surveys.model import Mode

TOO_FEW = "chưa đủ mẫu"
"""What an agency is called that has too few answers to be called anything."""

SCORED_MODES = (Mode.IVR, Mode.LINK)
"""What a score is made of unless somebody asks for something else: ways in which nobody who took the case hears the answer.

Surveys by operators are the hotline's old practice, in which whoever took the case asks how it went and nearly everybody is
satisfied. They are shown beside; mixed in, they would hide what the others tell.
"""


COUNT_TITLES = {
    "due": "phiếu đến hạn trả lời",
    "on_time": "phiếu trả lời đúng hạn",
    "answered": "phiếu đã trả lời người dân",
    "reopened": "phiếu phải mở lại",
    "received": "phiếu được chuyển đến",
    "accepted_late": "phiếu nhận, trả trễ giờ",
    "returned": "phiếu chuyển trả",
    "extended": "phiếu được gia hạn",
    "objected": "câu trả lời bị tổng đài trả lại",
    "publishable": "câu trả lời có thể đăng",
    "published": "câu trả lời đã đăng",
    "dissatisfied_or_late": "phiếu không hài lòng hoặc trễ hạn",
    "dossiers": "hồ sơ một cửa",
    "dossiers_faulted": "hồ sơ một cửa bị phản ánh hoặc trễ hạn",
    "letters_owed": "thư xin lỗi đến hạn gửi",
    "letters_on_time": "thư xin lỗi gửi đúng hạn",
    "visits_due": "lịch hẹn tại nhà đến giờ",
    "visits_kept": "lịch hẹn tại nhà giữ đúng",
    "eligible": "người được hỏi",
    "reached": "người gặp được",
    "refused": "người từ chối trả lời",
    "completed": "người trả lời hết",
    "partly": "người trả lời một phần",
    "solved": "việc giải quyết xong",
    "solved_partly": "việc giải quyết một phần",
    "unsolved": "việc chưa giải quyết",
    "mark-1": "rất không hài lòng",
    "mark-2": "không hài lòng",
    "mark-3": "bình thường",
    "mark-4": "hài lòng",
    "mark-5": "rất hài lòng",
}
"""Every count, and what people read for it."""


class Value(BaseModel):
    """What every figure is: nothing unknown is let in, nothing changes afterwards."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Share(Value):
    """``part`` of ``whole``; ``value`` is None of nothing."""

    title: str
    part: int
    whole: int
    value: float | None


class PartFigures(Value):
    """A component of the composite: ``value`` is the mean of its ``rates``, ``low`` that with the lower ends of what is sampled."""

    name: str
    title: str
    points: float
    value: float | None
    low: float | None
    rates: tuple[Share, ...]


class ModeFigures(Value):
    """What was said by one means of asking alone."""

    mode: Mode
    eligible: int
    n: int
    satisfied: int
    csat: float | None
    low: float | None
    high: float | None
    response_rate: float | None


class Decision766Figures(Value):
    """The formulas of Decision 766/QĐ-TTg, in per cent: shown beside the score, never instead of it."""

    on_time: float | None
    content: float | None
    """Whoever says nothing counts as satisfied."""
    procedures: float | None = None
    """Of dossiers of one-stop shops; None until the province tells their figures."""


class ShrunkFigures(Value):
    """CSAT drawn towards that of all agencies, the more so the fewer answers it rests on."""

    csat: float
    overall: float
    weight: float
    """Of the agency's own answers."""
    explanation: str
    """One Vietnamese sentence."""


class AgencyFigures(Value):
    """An agency's figures of a period."""

    agency: str
    agency_name: str
    stands_for: tuple[str, ...] = ()
    """The ended agencies whose counts are in these, where lines are read together."""
    rank: int | None
    """By the lower end of the composite; None with too few answers, and for the hotline, which ranks nobody beside itself."""
    n: int
    """Marks of satisfaction."""
    satisfied: int
    """Marks 4 and 5."""
    csat: float | None
    low: float | None
    """The lower end of Wilson's 95 % interval of ``csat``."""
    high: float | None
    mean: float | None
    """The mean mark, 1 to 5: shown second."""
    response_rate: float | None
    contact_rate: float | None
    refusal_rate: float | None
    composite: float | None
    composite_low: float | None
    band: str
    parts: tuple[PartFigures, ...]
    decision_766: Decision766Figures
    by_mode: tuple[ModeFigures, ...]
    shrunk: ShrunkFigures | None = None
    counts: dict[str, int]
    """Everything that was counted, by the names that lead to its tickets."""
    explanation: str
    """One Vietnamese sentence."""


class Since(Value):
    """What has changed for an agency since the period was signed off."""

    agency: str
    n: int
    csat: float | None
    composite: float | None
    explanation: str
    """One Vietnamese sentence."""
