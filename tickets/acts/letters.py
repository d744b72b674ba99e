"""Moves of letters of apology, and what makes one owed. Pure; nothing is stored here."""

from datetime import datetime

from hotline1022.base.access import MACHINE
from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import Refused
from tickets.acts.whose import standing
from tickets.change import Change
from tickets.events import LetterOwed
from tickets.letters.model import Letter, LetterCause, LetterState
from tickets.letters.moves import ApproveLetter, AskLetter, DraftLetter, SendBackLetter, SendLetter, WaiveLetter
from tickets.localities import in_sentence
from tickets.model import HOTLINE, Deadline, Stage

_CLOCKS = ("apology_draft", "apology_sent")


def owe_late_answer(change: Change, answer: Deadline) -> None:
    """The answer did not come by its due time: whoever had the ticket owes its citizen a letter, once for each round.

    A letter that the same agency has not sent yet apologises for this too.

    A ticket that the hotline has not handed on by then is the hotline's own fault, not that of the agency the rules chose.
    Nobody owes a letter for a complaint or denunciation: no agency may know of it.
    """
    own = change.rules.agencies.of_hotline
    lies_here = answer.party == HOTLINE or change.stage in (Stage.RECEIVED, Stage.CLASSIFIED)
    if change["sealed"] or (lies_here and own is None):
        return
    of_round = [each for each in change.letters if each.promised is not None and each.round == answer.round]
    if any(each.waived_by != MACHINE.name for each in of_round):
        return
    agency = answer.party
    late = f"{change.name_of(agency)} chưa trả lời người dân khi hết hạn {_civil(answer)} nên"
    if lies_here and own is not None:
        agency = own.code
        late = f"Phiếu hết hạn trả lời {_civil(answer)} khi còn ở tổng đài, chưa chuyển cơ quan xử lý, nên {own.name}"
    reason = f"{late} phải gửi thư xin lỗi (Quyết định 1390/QĐ-UBND-HC mục II.3)."
    for letter in [each for each in change.letters if each.open and each.agency == agency]:
        both = {"round": answer.round, "promised": letter.promised or answer.due}
        change.letters.put(letter, letter.model_copy(update=both))
        change.journal(
            "letter-owed",
            f"{reason} Thư đang chờ gửi xin lỗi cả lần trễ này.",
            agency=agency,
            **_due_in_journal(letter.due),
        )
        return
    _owe(change, agency, LetterCause.LATE, reason, round_=answer.round, promised=answer)


def no_longer_late(change: Change, missed: datetime) -> None:
    """A changed calendar may have moved an answer that was late for ``missed``: a letter that is owed for nothing else is not
    owed when the new due time is still to come."""
    answer = change.answer()
    if answer is None or answer.due <= change.now:
        return
    for letter in list(change.letters):
        if letter.open and letter.cause is LetterCause.LATE and letter.promised == missed:
            _waive(change, letter, f"lịch làm việc thay đổi, hạn trả lời là {_civil(answer)} nên chưa trễ hạn.")


def follow_clock(change: Change) -> None:
    """Let each open letter say when its clock is due now."""
    for letter in [each for each in change.letters if each.open]:
        for clock in change.running("apology_sent", letter.agency):
            change.letters.put(letter, letter.model_copy(update={"due": clock.due}))


def waive_all(change: Change, reason: str) -> None:
    """Nobody writes a letter about this ticket any more."""
    for letter in [each for each in change.letters if each.open]:
        _waive(change, letter, reason)


def ask_letter(change: Change, request: AskLetter) -> None:
    """The hotline's leader finds that an agency must apologise."""
    if change["sealed"]:
        raise Refused(
            "Phiếu khiếu nại, tố cáo không có thư xin lỗi qua tổng đài",
            remedy="người có thẩm quyền giải quyết xin lỗi theo Luật Khiếu nại, Luật Tố cáo",
        )
    agency = change["agency"] if request.agency is None else standing(change, request.agency, "agency")
    if any(each.open and each.agency == agency for each in change.letters):
        raise Refused(
            f"{change.name_of(agency)} đang có thư xin lỗi chưa gửi cho phiếu này", remedy="xử lý xong thư đó trước"
        )
    _owe(change, agency, request.cause, request.reason, round_=change["round"])


def draft_letter(change: Change, request: DraftLetter) -> None:
    """A letter is ready to be signed."""
    letter = change.letter
    text = request.text or change.rules.letters.write(letter.cause, _filled(change, letter))
    kept = change.write("letter", text)
    drafted = {"state": LetterState.DRAFTED, "text": kept["text"]}
    _put(change, drafted | {"drafted_at": change.now, "drafted_by": change.actor.name})
    change.end("apology_draft", party=letter.agency)
    how = "" if request.text else " theo mẫu"
    change.journal(
        "letter-drafted",
        f"{change.name_of(letter.agency)} dự thảo thư xin lỗi{how}, chờ duyệt.",
        agency=letter.agency,
        **kept,
    )


def send_back_letter(change: Change, request: SendBackLetter) -> None:
    """The letter must be written anew; the clock of sending runs on."""
    letter = change.letter
    who = "Tổng đài" if letter.state is LetterState.APPROVED else change.actor.name
    _put(change, {"state": LetterState.OWED, "approved_at": None, "approved_by": None})
    change.journal("letter-sent-back", f"{who} yêu cầu sửa thư xin lỗi: {request.reason}", agency=letter.agency)


def approve_letter(change: Change, _request: ApproveLetter) -> None:
    """The head of the agency signs; the letter gets the next number of the agency's register of the year.

    The number comes with the signature, as official papers get theirs, so that the paper which is sent carries it. A letter
    that was sent back after that keeps its number.
    """
    letter = change.letter
    if letter.drafted_by == change.actor.name:
        raise Refused("Người soạn không tự duyệt thư của mình", remedy="nhờ lãnh đạo khác của cơ quan duyệt")
    values = {"state": LetterState.APPROVED, "approved_at": change.now, "approved_by": change.actor.name}
    if letter.number is None:
        values |= {"year": change.now.astimezone(CIVIL_ZONE).year, "number": change.next_letter_number}
    signed = _put(change, values)
    change.journal(
        "letter-approved",
        f"{change.actor.name} duyệt thư xin lỗi của {change.name_of(letter.agency)}, số {signed.number}/{signed.year}.",
        agency=letter.agency,
        number=signed.number,
        year=signed.year,
    )


def send_letter(change: Change, request: SendLetter) -> None:
    """The letter is on its way. An agency can send it only once it knows to whom."""
    letter = change.letter
    if change.actor.agency is not None and not change.knows_citizen:
        raise Refused(
            "Cơ quan chưa mở danh tính người báo nên chưa thể tự gửi thư",
            remedy="mở danh tính, có lý do, hoặc để tổng đài gửi",
        )
    sent = {"state": LetterState.SENT, "sent_at": change.now, "sent_by": change.actor.name, "sent_how": request.how}
    _put(change, sent)
    change.end(*_CLOCKS, party=letter.agency)
    late = " trễ hạn" if letter.due is not None and change.now > letter.due else ""
    change.journal(
        "letter-sent",
        f"Đã gửi{late} thư xin lỗi số {letter.number}/{letter.year} của {change.name_of(letter.agency)}.",
        agency=letter.agency,
        how=request.how,
        **_due_in_journal(letter.due),
    )


def waive_letter(change: Change, request: WaiveLetter) -> None:
    """The hotline's leader answers for the letter's not being sent."""
    _waive(change, change.letter, request.reason)


def _owe(
    change: Change,
    agency: str,
    cause: LetterCause,
    reason: str,
    *,
    round_: int,
    promised: Deadline | None = None,
) -> None:
    for clock in _CLOCKS:
        change.start(clock, agency)
    due = next((clock.due for clock in change.running("apology_sent", agency)), None)
    change.letters.add(
        Letter(
            code=change.code,
            agency=agency,
            cause=cause,
            reason=reason,
            owed_at=change.now,
            owed_by=change.actor.name,
            round=round_,
            promised=promised.due if promised else None,
            due=due,
        )
    )
    asked = f"{change.actor.name} yêu cầu {change.name_of(agency)} gửi thư xin lỗi: " if promised is None else ""
    change.journal("letter-owed", f"{asked}{reason}", agency=agency, cause=cause, **_due_in_journal(due))
    change.tell(LetterOwed(at=change.now, code=change.code, agency=agency, cause=cause, due=due))


def _waive(change: Change, letter: Letter, reason: str) -> None:
    waived = {"state": LetterState.WAIVED, "waived_at": change.now, "waived_by": change.actor.name}
    change.letters.put(letter, letter.model_copy(update=waived | {"waived_reason": reason}))
    change.end(*_CLOCKS, how="dropped", party=letter.agency)
    change.journal(
        "letter-waived", f"Miễn thư xin lỗi của {change.name_of(letter.agency)}: {reason}", agency=letter.agency
    )


def _due_in_journal(due: datetime | None) -> dict[str, str]:
    return {} if due is None else {"due": due.isoformat()}


def _put(change: Change, values: dict[str, object]) -> Letter:
    return change.letters.put(change.letter, change.letter.model_copy(update=values))


def _filled(change: Change, letter: Letter) -> dict[str, str]:
    """What a template may name. Nothing here tells who the citizen is."""
    agency = change.rules.agencies.by_code.get(letter.agency)
    place = change.rules.localities.communes.get(change["place"] or "")
    missed = {"due": f"{letter.promised.astimezone(CIVIL_ZONE):%H:%M ngày %d/%m/%Y}"} if letter.promised else {}
    return missed | {
        "addressee": "Quý cơ quan, doanh nghiệp" if change["business"] else "Ông/Bà",
        "agency": change.name_of(letter.agency),
        "head": agency.head_title if agency else "",
        "code": change.code,
        "taken_on": f"{change['taken_at'].astimezone(CIVIL_ZONE):%d/%m/%Y}",
        "topic": in_sentence(change.rules.topics.name_of(change["topic"])),
        "where": f"tại {place.in_sentence}" if place else "trên địa bàn tỉnh",
        "reason": letter.reason,
    }


def _civil(deadline: Deadline) -> str:
    return f"{deadline.due.astimezone(CIVIL_ZONE):%H:%M %d/%m/%Y}"
