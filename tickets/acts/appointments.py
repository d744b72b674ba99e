"""Moves of home appointments, and what time does to one. Pure; nothing is stored here.

While a window that the citizen has chosen is still to come, the agency's clock of answering stands: its own time is only
what lies before the booking and after the window.
"""

from datetime import datetime
from typing import Literal

from hotline1022.base.access import Role
from hotline1022.base.errors import Invalid, Refused
from tickets.appointments.model import Appointment, VisitState
from tickets.appointments.moves import (
    Book,
    CancelVisit,
    ConfirmVisit,
    MissedVisit,
    MoveVisit,
    Visited,
    VisitedPartly,
    Window,
)
from tickets.appointments.window import check_window, in_words
from tickets.change import Change
from tickets.events import VisitReminder
from tickets.model import Deadline, Stage
from tickets.sla import Target, before

CLOCK = "visit"

_FAULTS = {"agency": "do cơ quan", "citizen": "do người dân vắng nhà hoặc đổi ý", "other": "do nguyên nhân khách quan"}


def book(change: Change, request: Book) -> None:
    """A window is agreed with the citizen: it is a promise of the agency from now on."""
    if change.visit is not None:
        raise Refused("Phiếu đang có một lịch hẹn", remedy="dời lịch hẹn hoặc huỷ nó trước khi hẹn lại")
    address = request.address or change["address"]
    if not address:
        raise Invalid("Chưa có địa chỉ để đến", remedy="ghi số nhà, đường, ấp hoặc khóm", field="address")
    visit = Appointment(
        code=change.code,
        agency=change["agency"],
        procedure=request.procedure,
        address=address,
        starts=request.starts,
        ends=request.ends,
        booked_at=change.now,
        booked_by=change.actor.name,
    )
    told = _promise(change, request, visit.agency)
    change.visits.add(visit)
    change.halt()
    change.journal("visit-booked", f"Hẹn làm thủ tục tại nhà. {told}", **_facts(visit))


def confirm(change: Change, _request: ConfirmVisit) -> None:
    """Somebody of the agency will come."""
    visit = _open(change)
    confirmed = {"state": VisitState.CONFIRMED, "confirmed_at": change.now, "confirmed_by": change.actor.name}
    change.visits.put(visit, visit.model_copy(update=confirmed))
    change.journal(
        "visit-confirmed", f"{change.name_of(visit.agency)} xác nhận đến nhà {_window(visit)}.", **_facts(visit)
    )


def move(change: Change, request: MoveVisit) -> None:
    """Another window; the agency confirms it anew."""
    visit = _open(change)
    change.end(CLOCK, how="dropped")
    told = _promise(change, request, visit.agency)
    again = {"starts": request.starts, "ends": request.ends, "state": VisitState.BOOKED, "moved": visit.moved + 1}
    fresh = {"confirmed_at": None, "confirmed_by": None, "reminded_at": None}
    moved = change.visits.put(visit, visit.model_copy(update=again | fresh))
    change.halt()
    change.journal(
        "visit-moved",
        f"Dời lịch hẹn {_window(visit)} (lần {moved.moved}): {request.reason} {told}",
        before=visit.starts.isoformat(),
        **_facts(moved),
    )


def visited(change: Change, request: Visited | VisitedPartly) -> None:
    """Somebody was at the citizen's door. Telling the citizen, where the procedure is done with it, is the caller's."""
    visit = _open(change)
    if change.now < visit.starts:
        raise Refused("Chưa đến giờ hẹn", remedy=f"ghi nhận từ lúc bắt đầu khung giờ {_window(visit)}")
    _end(change, visit, VisitState.DONE, "met")
    change.end("accept", "respond", "progress")
    late = " sau khung giờ đã hẹn" if change.now > visit.ends else ""
    what = "visited" if request.move == "visited" else "visited-partly"
    rest = "" if request.move == "visited" else " Còn hẹn lần sau."
    kept = change.write("answer" if request.move == "visited" else "progress", request.text)
    if request.move == "visited":
        change.set(answer=kept["text"])
        change.end("contribute", how="dropped")
    change.journal(what, f"{change.name_of(visit.agency)} đã đến nhà làm thủ tục{late}.{rest}", **_facts(visit), **kept)


def missed(change: Change, request: MissedVisit) -> None:
    """Nobody was served. A window that the agency cannot keep is moved before it ends, not written off."""
    visit = _open(change)
    if change.now < visit.starts:
        raise Refused("Chưa đến giờ hẹn", remedy="dời hoặc huỷ lịch hẹn")
    if request.fault == "agency" and change.now < visit.ends:
        raise Refused("Khung giờ hẹn chưa hết", remedy="cơ quan đến trong khung giờ, hoặc dời lịch hẹn")
    _end(change, visit, VisitState.MISSED, "met" if request.fault == "citizen" else "dropped", fault=request.fault)
    change.journal(
        "visit-missed",
        f"Lỡ hẹn {_window(visit)}, {_FAULTS[request.fault]}: {request.reason}",
        fault=request.fault,
        **_facts(visit),
    )


def cancel(change: Change, request: CancelVisit) -> None:
    """Nobody is to come."""
    who = "Người dân" if change.actor.role in (Role.CITIZEN, Role.APP) else change.actor.name
    call_off(change, f"{who} huỷ: {request.reason}")


def call_off(change: Change, reason: str) -> None:
    """Nobody is expected any more, if anybody was."""
    if (visit := change.visit) is None:
        return
    _end(change, visit, VisitState.CANCELLED, "dropped")
    change.journal("visit-cancelled", f"Huỷ lịch hẹn {_window(visit)}. {reason}", **_facts(visit))


def hand_over(change: Change, agency: str) -> None:
    """The ticket is another agency's now, and so is the promise to come; it must say that it will."""
    if (visit := change.visit) is None or visit.agency == agency:
        return
    update = {"agency": agency, "state": VisitState.BOOKED, "confirmed_at": None, "confirmed_by": None}
    change.visits.put(visit, visit.model_copy(update=update))
    for deadline in change.running(CLOCK):
        change.put(deadline, deadline.model_copy(update={"party": agency}))
    change.journal(
        "visit-handed-over",
        f"{change.name_of(agency)} đến nhà {_window(visit)} thay {change.name_of(visit.agency)}.",
        **_facts(visit) | {"agency": agency},
    )


def remind(change: Change, deadline: Deadline) -> None:
    """Agency and citizen are reminded of the window, once."""
    visit = _open(change)
    change.visits.put(visit, visit.model_copy(update={"reminded_at": change.now}))
    confirmed = visit.state is VisitState.CONFIRMED
    doubt = "" if confirmed else " Cơ quan chưa xác nhận lịch hẹn này."
    change.journal(
        "visit-reminded",
        f"Nhắc {change.name_of(visit.agency)} và người dân: hẹn {_window(visit)}.{doubt}",
        due=deadline.due.isoformat(),
        **_facts(visit),
    )
    change.tell(
        VisitReminder(
            at=change.now,
            code=change.code,
            agency=visit.agency,
            starts=visit.starts,
            ends=visit.ends,
            confirmed=confirmed,
        )
    )


def window_over(change: Change) -> None:
    """The window has passed and nobody has said that somebody came: the agency's clock of answering runs again."""
    _run_again(change, change.now)


def _promise(change: Change, window: Window, agency: str) -> str:
    """Begin the clock of a window. Returns the sentence that explains it. Raises Invalid for a window nobody can keep."""
    rules = change.policy.visits
    calendar = change.rules.calendar_for(CLOCK, agency, change.policy, urgent=False)
    check_window(window.starts, window.ends, now=change.now, days_ahead=rules.days_ahead, calendar=calendar)
    remind_at = before(window.starts, Target.read(rules.remind_before), calendar, not_before=change.now)
    when = in_words(window.starts, window.ends)
    explanation = f"{change.name_of(agency)} đến nhà {when}, như đã hẹn với người dân."
    change.agree(CLOCK, agency, window.ends, remind=remind_at, explanation=explanation, basis=rules.basis)
    return explanation


def _end(
    change: Change,
    visit: Appointment,
    state: VisitState,
    how: Literal["met", "dropped"],
    fault: str | None = None,
) -> None:
    change.end(CLOCK, how=how)
    ended = {"state": state, "ended_at": change.now, "ended_by": change.actor.name, "fault": fault}
    change.visits.put(visit, visit.model_copy(update=ended))
    _run_again(change, min(change.now, visit.ends))


def _run_again(change: Change, at: datetime) -> None:
    if change.stage is not Stage.WAITING:
        change.go_on(at)


def _open(change: Change) -> Appointment:
    if change.visit is None:
        raise Refused("Phiếu không có lịch hẹn nào đang chờ", remedy="hẹn giờ trước")
    return change.visit


def _window(visit: Appointment) -> str:
    return in_words(visit.starts, visit.ends)


def _facts(visit: Appointment) -> dict[str, str]:
    return {"agency": visit.agency, "starts": visit.starts.isoformat(), "ends": visit.ends.isoformat()}
