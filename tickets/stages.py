"""The table of stages and moves of a ticket: the check, the picture and the list of allowed moves are read from it and nothing else.

What a move needs besides its stage and its maker is asked by the move itself (``tickets.acts``).
"""

from dataclasses import dataclass
from typing import Literal

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, ROLE_NAMES, Role
from hotline1022.base.errors import Forbidden, Refused
from tickets.appointments.model import OPEN as EXPECTED
from tickets.appointments.model import VisitState
from tickets.letters.model import OPEN as UNSENT
from tickets.letters.model import LetterState
from tickets.model import Stage

STAGE_NAMES = {
    Stage.RECEIVED: "đã tiếp nhận",
    Stage.CLASSIFIED: "đã phân loại",
    Stage.ROUTED: "đã chuyển cơ quan",
    Stage.ACCEPTED: "cơ quan đã nhận",
    Stage.HANDLING: "đang xử lý",
    Stage.WAITING: "chờ người dân bổ sung",
    Stage.DRAFTED: "chờ duyệt câu trả lời",
    Stage.APPROVED: "chờ báo người dân",
    Stage.REFUSED: "từ chối xử lý",
    Stage.ANSWERED: "đã trả lời",
    Stage.SURVEYED: "đã khảo sát",
    Stage.CLOSED: "đã đóng",
    Stage.REOPENED: "mở lại",
    Stage.MERGED: "trùng với phiếu khác",
    Stage.REFERRED: "đã hướng dẫn gửi nơi khác",
}
"""How a stage is called to people."""

TOLD_AS = {
    Stage.DRAFTED: Stage.HANDLING,
    Stage.APPROVED: Stage.HANDLING,
    Stage.REFUSED: Stage.HANDLING,
    Stage.SURVEYED: Stage.ANSWERED,
    Stage.MERGED: Stage.HANDLING,
}
"""Stages that a citizen hears under another name, because the difference is no business of theirs."""

WITH_AGENCY = (
    Stage.ROUTED, Stage.ACCEPTED, Stage.HANDLING, Stage.WAITING, Stage.DRAFTED, Stage.REOPENED
)  # fmt: skip
"""Stages in which an agency has the ticket."""

TOLD = (Stage.ANSWERED, Stage.SURVEYED, Stage.CLOSED)
"""Stages after the citizen has been told."""

OPEN = tuple(stage for stage in Stage if stage not in (*TOLD, Stage.REFERRED))
"""Stages in which the citizen still waits."""

WRITABLE = tuple(stage for stage in Stage if stage is not Stage.REFERRED)
"""Stages in which a letter of apology may be written: late as it is, it is owed after the ticket was answered and closed too.
Of a complaint or denunciation nobody writes one, because no agency may know of it."""

_LEADERS = frozenset({Role.LEADER, Role.ADMINISTRATOR})
_SIGNS = frozenset({Role.APPROVER})
_MACHINE = frozenset({Role.MACHINE})
_CITIZEN = frozenset({Role.CITIZEN, Role.APP})
_HOTLINE, _AGENCY = HOTLINE_ROLES, AGENCY_ROLES

Party = Literal["lead", "cooperating", "any", "owing"]


@dataclass(frozen=True)
class Move:
    """``name`` leads from each of ``sources`` to ``target`` (None: the stage stays) and may be made by ``roles``.

    Of an agency's people only those of the agency that ``party`` names: the one that answers, one that was asked to help, or
    the one that owes the letter.
    """

    name: str
    title: str
    sources: tuple[Stage, ...]
    target: Stage | None
    roles: frozenset[Role]
    party: Party = "lead"
    letter: tuple[LetterState, ...] = ()
    """The states of a letter of apology that the move can be about; empty for moves that are about no letter."""
    visit: tuple[VisitState, ...] = ()
    """The states of the home appointment that the move can be about; empty for moves that are about none."""


_UNTOUCHED = (Stage.RECEIVED, Stage.CLASSIFIED)
_AT_WORK = (Stage.ACCEPTED, Stage.HANDLING)
_SIGNED = (Stage.APPROVED, Stage.REFUSED)

MOVES = (
    # The hotline.
    Move("classify", "phân loại", _UNTOUCHED, Stage.CLASSIFIED, _HOTLINE),
    Move("answer-at-once", "trả lời ngay", _UNTOUCHED, Stage.ANSWERED, _HOTLINE),
    Move("route", "chuyển cơ quan xử lý", (Stage.CLASSIFIED,), Stage.ROUTED, _HOTLINE),
    Move("undo-route", "hoàn tác chuyển cơ quan", (Stage.ROUTED,), Stage.CLASSIFIED, _HOTLINE),
    Move("recall", "thu hồi để phân loại lại", WITH_AGENCY, Stage.CLASSIFIED, _LEADERS),
    Move("refuse", "từ chối xử lý", _UNTOUCHED, Stage.REFUSED, _HOTLINE),
    Move("merge", "ghép vào phiếu trùng", (*_UNTOUCHED, Stage.ROUTED, *_AT_WORK), Stage.MERGED, _HOTLINE),
    Move("separate", "tách khỏi phiếu trùng", (Stage.MERGED,), Stage.CLASSIFIED, _HOTLINE),
    Move("divert", "hướng dẫn khiếu nại, tố cáo", (*_UNTOUCHED, Stage.ROUTED, *_AT_WORK), Stage.REFERRED, _HOTLINE),
    Move("restore", "đưa về xử lý như phản ánh", (Stage.REFERRED,), Stage.CLASSIFIED, _LEADERS),
    Move("raise", "trình lãnh đạo tỉnh", (Stage.CLASSIFIED, *WITH_AGENCY), None, _LEADERS | _MACHINE),
    # The agency.
    Move("accept", "nhận xử lý", (Stage.ROUTED, Stage.REOPENED), Stage.ACCEPTED, _AGENCY),
    Move("return", "chuyển trả", (Stage.ROUTED, Stage.ACCEPTED, Stage.REOPENED), Stage.CLASSIFIED, _AGENCY),
    Move("work", "bắt đầu xử lý", (Stage.ACCEPTED,), Stage.HANDLING, _AGENCY),
    Move("assign", "giao người xử lý", (*WITH_AGENCY, Stage.APPROVED), None, _AGENCY, "any"),
    Move("ask-citizen", "đề nghị người dân bổ sung", _AT_WORK, Stage.WAITING, _AGENCY | _HOTLINE),
    Move("resume", "xử lý tiếp", (Stage.WAITING,), Stage.HANDLING, _AGENCY | _HOTLINE | _CITIZEN | _MACHINE),
    Move("draft", "dự thảo trả lời", (*_AT_WORK, Stage.DRAFTED), Stage.DRAFTED, _AGENCY),
    Move("send-back", "yêu cầu sửa dự thảo", (Stage.DRAFTED,), Stage.HANDLING, _SIGNS),
    Move("approve", "duyệt câu trả lời", (Stage.DRAFTED,), Stage.APPROVED, _SIGNS),
    Move("refuse", "từ chối xử lý", _AT_WORK, Stage.REFUSED, _SIGNS),
    Move("progress", "báo tiến độ", WITH_AGENCY, None, _AGENCY, "any"),
    Move("ask-extension", "xin gia hạn", (*_AT_WORK, Stage.DRAFTED), None, _AGENCY),
    Move("grant-extension", "cho gia hạn", (*_AT_WORK, Stage.DRAFTED), None, _SIGNS | _LEADERS),
    Move("decline-extension", "không cho gia hạn", (*_AT_WORK, Stage.DRAFTED), None, _SIGNS | _LEADERS),
    Move("ask-cooperation", "mời cơ quan phối hợp", (Stage.CLASSIFIED, Stage.ROUTED), None, _HOTLINE),
    Move("ask-cooperation", "mời cơ quan phối hợp", _AT_WORK, None, _HOTLINE | _AGENCY),
    Move("contribute", "góp ý phối hợp", WITH_AGENCY, None, _AGENCY, "cooperating"),
    # Towards the citizen.
    Move("object", "trả lại câu trả lời chưa đạt", (Stage.APPROVED,), Stage.HANDLING, _LEADERS),
    Move("tell", "báo người dân", (Stage.APPROVED, Stage.REFUSED), Stage.ANSWERED, _HOTLINE | _MACHINE),
    Move("tell", "báo cùng phiếu chính", (Stage.MERGED,), Stage.ANSWERED, _MACHINE),
    Move(
        "inform",
        "bổ sung thông tin",
        tuple(stage for stage in OPEN if stage is not Stage.WAITING),
        None,
        _HOTLINE | _CITIZEN,
    ),
    # Only the surveys themselves say what came of one: whoever could write it here could choose whose answer counts.
    Move("survey", "ghi nhận khảo sát", (Stage.ANSWERED,), Stage.SURVEYED, _MACHINE),
    # Also where the ticket was reopened while the citizen was being asked: what they said stays said.
    Move(
        "survey",
        "ghi nhận khảo sát",
        (Stage.SURVEYED, Stage.CLOSED, Stage.CLASSIFIED, *WITH_AGENCY, *_SIGNED, Stage.MERGED),
        None,
        _MACHINE,
    ),
    Move("close", "đóng phiếu", (Stage.ANSWERED, Stage.SURVEYED), Stage.CLOSED, _LEADERS | _MACHINE),
    Move("reopen", "mở lại", TOLD, Stage.REOPENED, _HOTLINE | _CITIZEN | _MACHINE),
    Move("publish", "đăng câu trả lời", TOLD, None, _LEADERS),
    Move("unpublish", "gỡ câu trả lời đã đăng", TOLD, None, _LEADERS),
    # Home appointments.
    Move("book", "hẹn giờ làm thủ tục tại nhà", _UNTOUCHED, None, _HOTLINE | _CITIZEN),
    Move("book", "hẹn giờ làm thủ tục tại nhà", (Stage.ROUTED, *_AT_WORK, Stage.REOPENED), None, _HOTLINE | _AGENCY),
    Move("confirm-visit", "xác nhận lịch hẹn", _AT_WORK, None, _AGENCY, visit=(VisitState.BOOKED,)),
    Move("move-visit", "dời lịch hẹn", (*_UNTOUCHED, *WITH_AGENCY), None, _HOTLINE | _AGENCY, visit=EXPECTED),
    Move("visited", "ghi nhận đã làm thủ tục tại nhà", _AT_WORK, Stage.ANSWERED, _AGENCY, visit=EXPECTED),
    Move("visited-partly", "ghi nhận đã đến, còn hẹn lần sau", _AT_WORK, Stage.HANDLING, _AGENCY, visit=EXPECTED),
    Move("missed-visit", "ghi nhận lỡ hẹn", (*_UNTOUCHED, *WITH_AGENCY), None, _HOTLINE | _AGENCY, visit=EXPECTED),
    Move(
        "cancel-visit", "huỷ lịch hẹn", (*_UNTOUCHED, *WITH_AGENCY), None, _HOTLINE | _AGENCY | _CITIZEN, visit=EXPECTED
    ),
    # Letters of apology.
    Move("ask-letter", "yêu cầu thư xin lỗi", WRITABLE, None, _LEADERS),
    Move(
        "draft-letter",
        "dự thảo thư xin lỗi",
        WRITABLE,
        None,
        _AGENCY,
        "owing",
        letter=(LetterState.OWED, LetterState.DRAFTED),
    ),
    Move("send-back-letter", "yêu cầu sửa thư xin lỗi", WRITABLE, None, _SIGNS, "owing", letter=(LetterState.DRAFTED,)),
    Move("send-back-letter", "trả lại thư xin lỗi chưa đạt", WRITABLE, None, _LEADERS, letter=(LetterState.APPROVED,)),
    Move("approve-letter", "duyệt thư xin lỗi", WRITABLE, None, _SIGNS, "owing", letter=(LetterState.DRAFTED,)),
    Move("send-letter", "gửi thư xin lỗi", WRITABLE, None, _HOTLINE | _AGENCY, "owing", letter=(LetterState.APPROVED,)),
    Move("waive-letter", "miễn thư xin lỗi", WRITABLE, None, _LEADERS, letter=UNSENT),
    Move("note", "ghi chú", tuple(Stage), None, _HOTLINE | _AGENCY, "any"),
)


def allowed(stage: Stage, role: Role | None = None) -> tuple[Move, ...]:
    """The moves that may be made from ``stage``, by ``role`` if one is given."""
    return tuple(move for move in MOVES if stage in move.sources and (role is None or role in move.roles))


def find(name: str, stage: Stage, role: Role) -> Move:
    """The row of the table that lets ``role`` make move ``name`` from ``stage``.

    Raises Refused when the stage does not allow it, Forbidden when only others may make it; the sentence names what is allowed.
    """
    rows = [move for move in MOVES if move.name == name and stage in move.sources]
    if not rows:
        own = (move.title for move in allowed(stage, role) if not move.letter and not move.visit)
        choices = ", ".join(own) or "không có bước nào"
        title = next((move.title for move in MOVES if move.name == name), name)
        raise Refused(
            f"Phiếu đang ở bước “{STAGE_NAMES[stage]}” nên không thể {title}", remedy=f"bước được phép: {choices}"
        )
    for move in rows:
        if role in move.roles:
            return move
    makers = ", ".join(ROLE_NAMES[maker] for maker in Role if maker in rows[0].roles)
    raise Forbidden(f"Ở bước “{STAGE_NAMES[stage]}” chỉ {makers} mới được {rows[0].title}")


def told_as(stage: Stage) -> Stage:
    """The stage that a citizen is told when a ticket stands at ``stage``."""
    return TOLD_AS.get(stage, stage)
