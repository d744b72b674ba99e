"""Moves towards the citizen: telling, asking, closing, reopening, and what the public may read. Pure; nothing is stored here."""

from typing import Literal

from hotline1022.base.access import Role
from hotline1022.base.errors import Invalid, Refused
from hotline1022.base.ids import new_id
from tickets.acts import appointments
from tickets.acts.letters import owe_late_answer
from tickets.acts.succession import inherit
from tickets.appointments.moves import Visited
from tickets.change import Change
from tickets.clocks import reopen_until, reopened_promise
from tickets.events import TicketAnswered, TicketReopened
from tickets.model import HOTLINE, Stage
from tickets.moves import Close, Inform, Publish, Reopen, Survey, Tell, Unpublish
from tickets.policies import Promise
from tickets.publication.model import PublishedAnswer
from tickets.publication.redaction import Citizen, what_is_left
from tickets.sla import Target


def inform(change: Change, request: Inform) -> None:
    """The citizen adds something."""
    change.journal("informed", "Người dân bổ sung thông tin.", **change.write("information", request.text))


def tell(change: Change, request: Tell) -> None:
    """The citizen has been told the answer. Raises Refused for a merged ticket: its main one answers for both."""
    if change.stage is Stage.MERGED:
        raise Refused("Phiếu trùng được báo cùng phiếu chính", remedy=f"báo kết quả ở phiếu {change['duplicate_of']}")
    change.end("notify")
    tell_everybody(change, request.how)


def tell_everybody(change: Change, how: str) -> None:
    """The citizen knows, and so does everybody whose ticket was merged into this one: by the same agency, the same answer."""
    told(change, how, change["level"])
    for duplicate in change.duplicates:
        same = ("outcome", "answer", "agency", "agency_reason")
        duplicate.set(**{column: change[column] for column in same})
        duplicate.stand(Stage.ANSWERED)
        told(duplicate, how, change["level"])


def told(change: Change, how: str, answered_at: int) -> None:
    """What follows when a citizen has been told: the promise is kept, the survey may come, the ticket will close.

    ``answered_at`` is the level on which the answer was given, for a merged ticket that of its main one.
    """
    appointments.call_off(change, "Người dân đã được trả lời.")
    last = next((each for each in reversed(change.deadlines) if each.clock == "answer"), None)
    if last is not None and last.running:
        change.end("answer")
    on_time = last is None or (last.ended_at or change.now) <= last.due
    if last is not None and not on_time:
        owe_late_answer(change, last)
    change.end("progress", "contribute", how="dropped")
    outcome: Literal["answered", "refused"] = "refused" if change["outcome"] == "refused" else "answered"
    change.set(told_at=change.now, told_how=how, outcome=outcome)
    change.start("close", HOTLINE)
    promised = {} if last is None else {"due": last.due.isoformat(), "on_time": on_time}
    change.journal(
        "told",
        "Đã báo kết quả cho người dân.",
        how=how,
        outcome=outcome,
        agency=change["agency"],
        level=answered_at,
        round=change["round"],
        **promised,
    )
    change.tell(
        TicketAnswered(
            at=change.now,
            code=change.code,
            outcome=outcome,
            how=how,
            agency=change["agency"],
            topic=change["topic"],
            place=change["place"],
            level=change["level"],
            round=change["round"],
            sealed=change["sealed"],
            business=change["business"],
            on_time=on_time,
        )
    )


def visited(change: Change, request: Visited) -> None:
    """The procedure was done at the citizen's home: that is the answer."""
    appointments.visited(change, request)
    tell_everybody(change, "person")


def survey(change: Change, request: Survey) -> None:
    """The citizen has been asked, or could not be. Raises Refused for an answer that they were never told."""
    if request.round >= change["round"] + (change["told_at"] is not None):
        raise Refused(
            f"Người dân chưa được trả lời lần {request.round + 1} nên chưa có gì để khảo sát",
            remedy="khảo sát lần trả lời trước đó",
        )
    facts = request.model_dump(mode="json", exclude={"move"})
    change.journal("surveyed", "Đã khảo sát mức độ hài lòng.", agency=change["agency"], **facts)


def close(change: Change, request: Close) -> None:
    """Nothing more is due."""
    change.end("close")
    change.set(closed_at=change.now)
    change.journal("closed", "Đóng phiếu.", move=request.move)


def reopen(change: Change, request: Reopen) -> None:
    """Not solved: the same agency again, with half the time; its head has it among what waits for them until it is taken.

    Raises Refused too late, and for an answer in whose place another one has been told since.
    """
    if request.of_round is not None and request.of_round != change["round"]:
        raise Refused(
            f"Người dân nói về câu trả lời lần {request.of_round + 1}, nay đã có câu trả lời lần {change['round'] + 1}",
            remedy="hỏi người dân về câu trả lời mới",
        )
    told_at = change["told_at"]
    if told_at is not None and change.now > (until := reopen_until(told_at, change.policy)):
        raise Refused(
            f"Chỉ mở lại được trong {change.policy.reopen_days} ngày sau khi trả lời, đến {until:%d/%m/%Y}",
            remedy="gửi phản ánh mới",
        )
    inherit(change, again=True)
    first = next(each for each in change.deadlines if each.clock == "answer")
    change.end("close", how="dropped")
    change.set(round=change["round"] + 1, extension=None, outcome=None, told_at=None, told_how=None, answer=None)
    change.set(closed_at=None, duplicate_of=None, level=max(change["level"], 2))
    promise = reopened_promise(Promise(target=_without_extension(first.target, first.extended), basis=first.basis))
    change.start("answer", change["agency"], promise)
    change.start("accept", change["agency"])
    answer = change.running("answer")[0]
    # A citizen's own words can be erased one day; the journal cannot.
    own = change.actor.role in (Role.CITIZEN, Role.APP)
    kept = change.write("information", request.reason) if own else {}
    why = "Người dân đề nghị." if own else request.reason
    change.journal(
        "reopened", f"Mở lại (lần {change['round']}): {why} {answer.explanation}", agency=change["agency"], **kept
    )
    change.tell(
        TicketReopened(
            at=change.now, code=change.code, agency=change["agency"], round=change["round"], due=answer.due
        )
    )  # fmt: skip


def publish(change: Change, request: Publish) -> None:
    """Question and answer go before the public, when no personal data is left in them."""
    if change["sealed"]:
        raise Refused("Khiếu nại, tố cáo không được đăng công khai")
    citizen = Citizen(change.code, change["number"], change["citizen_name"], change["address"])
    texts = (("question", "Câu hỏi", request.question), ("answer", "Câu trả lời", request.answer))
    if left := what_is_left(texts, citizen):
        field, sentence = left
        raise Invalid(sentence, remedy="bỏ thông tin cá nhân rồi đăng lại", field=field)
    change.publication = PublishedAnswer(
        public_id=new_id(),
        code=change.code,
        published_at=change.now,
        published_by=change.actor.name,
        topic=change["topic"],
        place=change["place"],
        agency=change["agency"],
        question=request.question,
        answer=request.answer,
    )
    change.journal("published", "Đăng câu trả lời công khai, không có thông tin cá nhân.")


def unpublish(change: Change, request: Unpublish) -> None:
    """The public no longer reads it."""
    change.publication = "withdraw"
    change.journal("unpublished", f"Gỡ câu trả lời đã đăng: {request.reason}")


def _without_extension(target: str, added: str | None) -> str:
    if added is None:
        return target
    whole, extra = Target.read(target), Target.read(added)
    return f"{whole.amount - extra.amount}{whole.unit}"
