"""Decides about one move: asks the table whether, whose ticket it is, and lets the act say what. Pure; nothing is stored here."""

from collections.abc import Iterable, Sequence

from hotline1022.base.access import AGENCY_ROLES, Actor
from hotline1022.base.errors import Forbidden
from tickets import stages
from tickets.acts import ACTS
from tickets.appointments.model import Appointment
from tickets.change import Change
from tickets.events import TicketMoved
from tickets.letters.model import Letter
from tickets.model import Party, Ticket
from tickets.moves import AnyMove
from tickets.stages import Move
from tickets.subjects import choose, offered


def apply(change: Change, request: AnyMove) -> None:
    """Let the table and the act decide; ``change`` holds the outcome. Raises Refused, Forbidden or Invalid."""
    previous = change.stage
    move = stages.find(request.move, previous, change.actor.role)
    _check_party(move, change)
    choose(change, move, request)
    ACTS[request.move](change, request)
    if move.target is not None:
        change.stand(move.target)
    for each in (change, *(duplicate for duplicate in change.duplicates if duplicate.values)):
        each.set(version=each["version"] + 1)
    answer = change.answer()
    change.tell(
        TicketMoved(
            at=change.now,
            code=change.code,
            version=change["version"],
            move=request.move,
            previous=previous,
            stage=change.stage,
            actor=change.actor.name,
            agency=change["agency"],
            due=answer.due if answer else None,
        )
    )


def moves_for(
    actor: Actor, ticket: Ticket, letters: Sequence[Letter] = (), visits: Sequence[Appointment] = ()
) -> tuple[Move, ...]:
    """The moves that ``actor`` may make with a ticket that they may see, its letters and visits, as the table has them."""
    return tuple(
        move
        for move in stages.allowed(ticket.stage, actor.role)
        if _is_party(move, actor, ticket.agency, ticket.parties, letters) and offered(move, actor, letters, visits)
    )


def _is_party(move: Move, actor: Actor, agency: str, parties: Iterable[Party], letters: Iterable[Letter]) -> bool:
    if actor.role not in AGENCY_ROLES:
        return True
    leads, helps = agency == actor.agency, any(party.agency == actor.agency for party in parties)
    owes = any(letter.agency == actor.agency for letter in letters)
    return {"lead": leads, "cooperating": helps, "any": leads or helps, "owing": owes}[move.party]


def _check_party(move: Move, change: Change) -> None:
    if not _is_party(move, change.actor, change["agency"], change.parties, change.letters):
        named = {"cooperating": "cơ quan được mời phối hợp", "owing": "cơ quan phải gửi thư xin lỗi"}
        whose = named.get(move.party) or change.name_of(change["agency"])
        raise Forbidden(f"Chỉ {whose} mới được {move.title}")
