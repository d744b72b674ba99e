"""The agency's moves: taking a ticket, working on it, answering it. Pure; nothing is stored here."""

from hotline1022.base.errors import Invalid, Refused
from tickets.acts.appointments import call_off
from tickets.acts.chain import to_leaders
from tickets.acts.hotline import hand_to
from tickets.acts.whose import standing
from tickets.assignees.model import Assignee
from tickets.change import Change
from tickets.model import HOTLINE, Party
from tickets.moves import (
    Accept,
    Approve,
    AskCooperation,
    Assign,
    Contribute,
    Draft,
    Object,
    Progress,
    Refuse,
    Return,
    SendBack,
    Work,
)


def accept(change: Change, request: Accept) -> None:
    """The matter is the agency's own."""
    change.end("accept", "respond")
    change.journal(request.move, f"{change.name_of(change['agency'])} nhận xử lý.")


def give_back(change: Change, request: Return) -> None:
    """The matter is not the agency's own; after too many returns somebody higher must decide whose it is."""
    returns = change["returns"] + 1
    suggested = None if request.agency is None else standing(change, request.agency, "agency")
    change.set(returns=returns)
    change.end("accept")
    change.end("contribute", how="dropped")
    change.start("clarify", HOTLINE)
    hint = f" Đề nghị chuyển {change.name_of(suggested)}." if suggested else ""
    change.journal(
        "returned",
        f"{change.name_of(change['agency'])} chuyển trả (lần {returns}): {request.reason}{hint}",
        agency=change["agency"],
        suggested=suggested,
    )
    if returns >= change.policy.returns_before_raise and change["level"] < 3:
        to_leaders(change, "clarify", f"phiếu đã bị chuyển trả {returns} lần, cần quyết định cơ quan xử lý.")


def work(change: Change, request: Work) -> None:
    """Work has begun."""
    change.end("accept", "respond")
    change.journal(request.move, f"{change.name_of(change['agency'])} bắt đầu xử lý.")


def assign(change: Change, request: Assign) -> None:
    """Somebody of the actor's agency works on it. ``change.colleagues`` are those who can."""
    agency = change.actor.agency or ""
    name = change.name_of(agency)
    if request.account is None:
        change.assigned = (agency, None)
        change.journal("assigned", f"{name} không giao phiếu cho riêng ai.", agency=agency, account=None)
        return
    found = next((each for each in change.colleagues if each.account == request.account), None)
    if found is None:
        raise Invalid(
            "Không giao được cho người này", remedy="chọn người đang làm việc trong cùng cơ quan", field="account"
        )
    assignee = Assignee(agency=agency, account=found.account, name=found.name, at=change.now, by=change.actor.name)
    change.assigned = (agency, assignee)
    change.journal("assigned", f"{name} giao {found.name} xử lý.", agency=agency, account=found.account)


def draft(change: Change, request: Draft) -> None:
    """An answer is ready to be signed."""
    kept = change.write("draft", request.text)
    change.set(answer=kept["text"])
    missing = [change.name_of(party.agency) for party in change.parties if party.contributed_at is None]
    hint = f" Chưa có ý kiến của {', '.join(missing)}." if missing else ""
    change.journal("drafted", f"Dự thảo trả lời chờ duyệt.{hint}", **kept)


def send_back(change: Change, request: SendBack | Object) -> None:
    """The answer must be changed: the agency's clock runs on."""
    change.end("notify", how="dropped")
    change.revive("answer")
    what = "Yêu cầu sửa dự thảo" if request.move == "send-back" else "Tổng đài trả lại câu trả lời chưa đạt"
    change.journal(request.move, f"{what}: {request.reason}")


def approve(change: Change, request: Approve) -> None:
    """The head of the agency signs; the agency's duty is done, the hotline must tell the citizen."""
    written = change.row.get("answer_author")
    if written == change.actor.name:
        raise Refused("Người soạn không tự duyệt câu trả lời của mình", remedy="nhờ lãnh đạo khác của cơ quan duyệt")
    call_off(change, "Câu trả lời đã được duyệt.")
    change.end("answer", "progress", "respond")
    change.end("contribute", how="dropped")
    change.start("notify", HOTLINE)
    change.journal(request.move, f"{change.actor.name} duyệt câu trả lời của {change.name_of(change['agency'])}.")


def refuse(change: Change, request: Refuse) -> None:
    """Not to be handled, with the reason and the way to go instead."""
    kept = change.write("refusal", f"{request.reason}\n\n{request.guidance}")
    change.set(answer=kept["text"], outcome="refused")
    call_off(change, "Phiếu bị từ chối xử lý.")
    change.end("acknowledge", "classify", "clarify", "accept", "answer", "progress", "respond")
    change.end("contribute", how="dropped")
    change.start("notify", HOTLINE)
    change.journal("refused", f"Từ chối xử lý: {request.reason}", **kept)


def progress(change: Change, request: Progress) -> None:
    """How far the work is."""
    change.end("respond")
    if change.running("progress"):
        change.end("progress")
        change.start("progress", change["agency"])
    change.journal("progress", "Cơ quan báo tiến độ.", **change.write("progress", request.text))


def ask_cooperation(change: Change, request: AskCooperation) -> None:
    """Other agencies help the one that answers; each has a clock of its own, and the answer has the time of several."""
    for code in dict.fromkeys(request.agencies):
        agency = standing(change, code, "agencies")
        if agency == change["agency"]:
            raise Invalid(
                f"{change.name_of(agency)} đang chủ trì nên không thể phối hợp với chính mình", field="agencies"
            )
        change.end("contribute", how="dropped", party=agency)
        asked = Party(agency=agency, asked_at=change.now, asked_by=change.actor.name)
        change.parties = [party for party in change.parties if party.agency != agency] + [asked]
        change.touched_parties.append(asked)
        change.start("contribute", agency)
    hand_to(change, change["agency"], change["agency_reason"])
    names = ", ".join(change.name_of(party.agency) for party in change.touched_parties)
    answer = change.answer()
    why = answer.explanation if answer else ""
    change.journal(
        "cooperation-asked",
        f"Mời {names} phối hợp: {request.reason} {why}",
        agencies=[party.agency for party in change.touched_parties],
    )


def contribute(change: Change, request: Contribute) -> None:
    """What a co-operating agency has to say."""
    agency = change.actor.agency or ""
    for party in change.parties:
        if party.agency == agency:
            change.touched_parties.append(party.model_copy(update={"contributed_at": change.now}))
    change.end("contribute", party=agency)
    kept = change.write("contribution", request.text)
    change.journal("contributed", f"{change.name_of(agency)} góp ý phối hợp.", agency=agency, **kept)
