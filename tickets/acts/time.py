"""Moves about time: waiting for the citizen, and the one extension. Pure; nothing is stored here."""

from hotline1022.base.errors import Invalid, Refused
from tickets.change import Change
from tickets.clocks import extended
from tickets.model import HOTLINE, Deadline, Extension
from tickets.moves import AskCitizen, AskExtension, DeclineExtension, GrantExtension, Resume
from tickets.sla import Target


def ask_citizen(change: Change, request: AskCitizen) -> None:
    """The clock of the agency stands until the citizen answers, or until the limit."""
    change.halt()
    change.start("information", HOTLINE)
    limit = "".join(deadline.explanation for deadline in change.running("information"))
    kept = change.write("question", request.question)
    change.journal("paused", f"Tạm dừng chờ người dân bổ sung thông tin. {limit}", **kept)


def resume(change: Change, request: Resume) -> None:
    """The agency's clock runs again; the time of the stop is given back."""
    kept = change.write("information", request.text) if request.text else {}
    change.end("information", how="met" if kept else "dropped")
    change.go_on()
    answer = change.answer()
    said = "Người dân đã bổ sung thông tin." if kept else "Xử lý tiếp."
    change.journal("resumed", f"{said} {answer.explanation if answer else ''}", **kept)


def ask_extension(change: Change, request: AskExtension) -> None:
    """Once, before the answer is due, for no longer than the promise itself was."""
    answer = _extendable(change)
    if change.extension is not None:
        raise Refused("Phiếu chỉ được gia hạn một lần", remedy="báo tiến độ cho người dân thay cho gia hạn")
    asked, promised = Target.read(request.amount), Target.read(answer.target)
    if asked.unit != promised.unit or asked.amount > promised.amount:
        raise Invalid(
            f"Không gia hạn được {asked.in_words}",
            remedy=f"cùng đơn vị với thời hạn và không quá {promised.in_words}",
            field="amount",
        )
    extension = Extension(amount=request.amount, reason=request.reason, asked_by=change.actor.name, asked_at=change.now)
    change.set(extension=extension.model_dump(mode="json"))
    change.journal("extension-asked", f"Xin gia hạn {asked.in_words}: {request.reason}", amount=request.amount)


def grant_extension(change: Change, _request: GrantExtension) -> None:
    """Granted by somebody else than who asked, and still before the due time."""
    answer = _extendable(change)
    extension = _decided(change, granted=True)
    longer = extended(
        answer, extension.amount, policy=change.policy, calendar=change.calendar_of(answer), stops=change.stops
    )
    change.put(answer, longer)
    change.journal(
        "extension-granted",
        f"{change.actor.name} cho gia hạn: {extension.reason} {longer.explanation}",
        before=answer.due.isoformat(),
        after=longer.due.isoformat(),
    )


def decline_extension(change: Change, request: DeclineExtension) -> None:
    """The due time stays."""
    _decided(change, granted=False)
    change.journal("extension-declined", f"Không cho gia hạn: {request.reason}")


def _extendable(change: Change) -> Deadline:
    answer = change.answer()
    if answer is None or change.now >= answer.due:
        raise Refused(
            "Chỉ được gia hạn trước khi đến hạn trả lời", remedy="báo tiến độ cho người dân và trả lời sớm nhất có thể"
        )
    return answer


def _decided(change: Change, *, granted: bool) -> Extension:
    extension = change.extension
    if extension is None or extension.granted is not None:
        raise Refused("Không có đề nghị gia hạn nào đang chờ", remedy="cơ quan xin gia hạn trước")
    if extension.asked_by == change.actor.name:
        raise Refused("Người xin gia hạn không tự quyết định", remedy="nhờ lãnh đạo khác quyết định")
    decision = {"decided_by": change.actor.name, "decided_at": change.now, "granted": granted}
    decided = extension.model_copy(update=decision)
    change.set(extension=decided.model_dump(mode="json"))
    return decided
