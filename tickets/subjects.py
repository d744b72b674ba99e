"""Which letter or home appointment of a ticket a move is about, and whether the ticket has one at all. Pure."""

from collections.abc import Iterable

from hotline1022.base.access import AGENCY_ROLES, Actor
from hotline1022.base.errors import Invalid, Refused
from tickets.appointments.model import VISIT_STATE_NAMES, Appointment
from tickets.change import Change
from tickets.letters.model import LETTER_STATE_NAMES, Letter
from tickets.letters.moves import LetterMove
from tickets.move_request import MoveRequest
from tickets.stages import Move


def choose(change: Change, move: Move, request: MoveRequest) -> None:
    """Find what the move is about. Raises Refused when the ticket has no such letter or visit, Invalid when it has several."""
    if move.letter and isinstance(request, LetterMove):
        change.about_letter = _letter(change, move, request.letter)
    if move.visit:
        visit = change.visit
        if visit is None:
            raise Refused("Phiếu không có lịch hẹn nào đang chờ", remedy="hẹn giờ trước")
        if visit.state not in move.visit:
            raise Refused(f"Lịch hẹn {VISIT_STATE_NAMES[visit.state]} nên không thể {move.title}")


def offered(move: Move, actor: Actor, letters: Iterable[Letter], visits: Iterable[Appointment]) -> bool:
    """Whether there is something that ``actor`` can make the move about, for a move that is about something."""
    if move.letter:
        return any(each.state in move.letter and _is_theirs(each, actor) for each in letters)
    if move.visit:
        return any(each.state in move.visit for each in visits)
    return move.name != "book" or not any(each.open for each in visits)


def _letter(change: Change, move: Move, wanted: int | None) -> Letter:
    own = [each for each in change.letters if _is_theirs(each, change.actor)]
    if wanted is not None:
        own = [each for each in own if each.id == wanted]
        if not own:
            raise Invalid("Phiếu không có thư xin lỗi nào mang số này", field="letter")
    fitting = [each for each in own if each.state in move.letter]
    if len(fitting) > 1:
        raise Invalid(
            "Phiếu có nhiều thư xin lỗi cùng làm được bước này", remedy="ghi rõ thư nào ở mục letter", field="letter"
        )
    if not fitting:
        raise Refused(_why_not(move, own))
    return fitting[0]


def _why_not(move: Move, letters: list[Letter]) -> str:
    if not letters:
        return f"Phiếu không có thư xin lỗi nào nên không thể {move.title}"
    last = letters[-1]
    return f"{last.title} đang ở bước “{LETTER_STATE_NAMES[last.state]}” nên không thể {move.title}"


def _is_theirs(letter: Letter, actor: Actor) -> bool:
    return actor.role not in AGENCY_ROLES or letter.agency == actor.agency
