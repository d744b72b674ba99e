"""The hotline's moves: what a report is about, whose it is, and which ones go another way. Pure; nothing is stored here."""

from datetime import timedelta

from hotline1022.base.errors import Invalid, Refused
from tickets.acts import appointments, letters
from tickets.acts.chain import to_leaders
from tickets.acts.citizen import tell_everybody
from tickets.acts.whose import standing
from tickets.change import Change
from tickets.model import HOTLINE, Stage
from tickets.moves import AnswerAtOnce, Classify, Divert, Merge, Note, Raise, Recall, Restore, Separate, UndoRoute
from tickets.moves import Route as RouteMove
from tickets.routing import Route
from tickets.stages import OPEN

UNDO_WITHIN = timedelta(minutes=5)
"""How long a dispatch can be undone while the agency has not taken it: who has sent a ticket wrongly notices at once or not at all."""

DIVERTED = {"complaint": "khieu-nai", "denunciation": "to-cao"}
"""The topic of a matter that is not the hotline's, by its kind."""


def classify(change: Change, request: Classify) -> None:
    """A person says what it is about and where; agency and due time follow."""
    topic = _topic(change, request.topic)
    _place(change, request.place)
    urgent = change["urgent"] if request.urgent is None else request.urgent
    route = change.rules.route(topic, request.place, change["taken_at"])
    change.set(topic=topic, place=request.place, urgent=urgent, draft=False, place_question=None)
    change.set(sealed=change["sealed"] or change.rules.topics.is_referred(topic))
    for column, given in (("summary", request.summary), ("address", request.address)):
        if given is not None:
            change.set(**{column: given})
    change.end("acknowledge")
    hand_to(change, route.agency.code, route.reason)
    if change["sealed"]:
        _withhold(change)
    change.journal(
        "classified",
        f"{request.reason} {route.reason} {_why_due(change)}",
        topic=topic,
        place=request.place,
        urgent=urgent,
        agency=route.agency.code,
        rule=route.rule,
        sealed=change["sealed"],
    )


def answer_at_once(change: Change, request: AnswerAtOnce) -> None:
    """The operator answers while the citizen is on the line."""
    if request.topic is not None:
        change.set(topic=_topic(change, request.topic))
    if request.place is not None:
        _place(change, request.place)
        change.set(place=request.place)
    if request.summary is not None:
        change.set(summary=request.summary)
    kept = change.write("answer", request.text)
    change.set(answer=kept["text"], level=1, draft=False, place_question=None)
    change.end("acknowledge", "classify", "clarify", "respond")
    change.journal("answered-at-once", "Điện thoại viên trả lời ngay (cấp độ 1).", **kept)
    tell_everybody(change, "phone")


def route(change: Change, request: RouteMove) -> None:
    """To the agency that the rules choose, or another one with the reason."""
    by_rules: Route = change.rules.route(change["topic"], change["place"], change["taken_at"])
    agency, reason, rule = by_rules.agency.code, by_rules.reason, by_rules.rule
    if request.agency is not None and request.agency != agency:
        if request.reason is None:
            raise Invalid(
                "Chọn cơ quan khác với quy tắc thì phải nêu lý do",
                remedy=f"quy tắc chọn: {by_rules.reason}",
                field="reason",
            )
        chosen = standing(change, request.agency, "agency")
        agency, rule = chosen, "person"
        reason = f"Chuyển {change.name_of(chosen)}: {change.actor.name} chọn thay quy tắc vì {request.reason}"
    if change["draft"]:
        change.set(draft=False)
    change.end("classify", "clarify")
    hand_to(change, agency, reason)
    change.start("accept", agency)
    change.journal("routed", f"{reason} {_why_due(change)}", agency=agency, rule=rule)


def undo_route(change: Change, request: UndoRoute) -> None:  # noqa: ARG001 (every act takes its request)
    """It was sent to the wrong agency a moment ago: classified again, as if it had never been sent; the clock of that runs on."""
    routed_at = change["stage_at"]
    if change.now - routed_at > UNDO_WITHIN:
        raise Refused(
            f"Đã quá {UNDO_WITHIN // timedelta(minutes=1)} phút từ lúc chuyển nên không hoàn tác được",
            remedy="nhờ trưởng ca thu hồi, hoặc cơ quan chuyển trả",
        )
    change.end("accept", "contribute", how="dropped")
    stopped = {each.clock for each in change.deadlines if each.ended_at == routed_at and each.ended == "met"}
    for clock in stopped & {"classify", "clarify"}:
        change.revive(clock)
    if not (change.running("classify") or change.running("clarify")):
        change.start("clarify", HOTLINE)
    change.journal(
        "recalled", f"Hoàn tác việc chuyển đến {change.name_of(change['agency'])}, cơ quan chưa nhận.", undone=True
    )


def recall(change: Change, request: Recall) -> None:
    """The hotline takes the ticket back."""
    change.end("accept", "contribute", "information", how="dropped")
    change.go_on()
    change.start("clarify", HOTLINE)
    change.journal("recalled", f"Tổng đài thu hồi phiếu từ {change.name_of(change['agency'])}: {request.reason}")


def merge(change: Change, request: Merge) -> None:
    """The same matter as another ticket, which answers for both."""
    main = change.main
    if main is None or main.code == change.code:
        raise Invalid(
            f"Không ghép được vào phiếu {request.into}", remedy="nhập mã của một phiếu khác đang mở", field="into"
        )
    if main.stage not in OPEN or main.stage is Stage.MERGED or main["sealed"] or change["sealed"]:
        raise Refused(
            f"Phiếu {main.code} không nhận phiếu trùng",
            remedy="chỉ ghép vào phiếu đang mở, không trùng phiếu khác, không phải khiếu nại, tố cáo",
        )
    if change.visit is not None:
        raise Refused("Phiếu đang có lịch hẹn tại nhà nên không ghép được", remedy="huỷ lịch hẹn trước khi ghép")
    change.set(duplicate_of=main.code, agency=main["agency"], draft=False)
    change.set(agency_reason=f"Cùng việc với phiếu {main.code}, do {main.name_of(main['agency'])} trả lời.")
    change.end("acknowledge", "classify", "clarify")
    change.end("accept", "contribute", "respond", "progress", how="dropped")
    for deadline in change.running("answer"):
        # The promise to this citizen stands; only the main ticket reminds the agency of the matter.
        change.put(deadline, deadline.model_copy(update={"party": main["agency"], "step": None, "step_at": None}))
    change.journal("merged", f"{request.reason} Người báo được trả lời cùng phiếu {main.code}.", into=main.code)
    for duplicate in change.duplicates:
        duplicate.set(duplicate_of=main.code, agency=main["agency"])
        for deadline in duplicate.running("answer"):
            duplicate.put(deadline, deadline.model_copy(update={"party": main["agency"]}))
        duplicate.journal("merged", f"Phiếu chính {change.code} được ghép vào phiếu {main.code}.", into=main.code)


def separate(change: Change, request: Separate) -> None:
    """Not the same matter after all: classified, to be routed by itself."""
    main = change["duplicate_of"]
    change.set(duplicate_of=None)
    change.end("answer", how="dropped")
    change.revive("answer")
    change.start("clarify", HOTLINE)
    change.journal("separated", f"Tách khỏi phiếu {main}: {request.reason}", main=main)


def divert(change: Change, request: Divert) -> None:
    """A complaint or denunciation: the citizen is told where it belongs, and who they are is sealed."""
    topic = change.rules.topics.topic(DIVERTED[request.kind])
    change.set(topic=topic.code, sealed=True, outcome="referred", told_at=change.now, draft=False)
    _withhold(change)
    change.drop_all()
    change.journal(
        "diverted", f"{request.reason} {topic.referral or ''} Danh tính người gửi được niêm phong.", topic=topic.code
    )
    for duplicate in change.duplicates:
        separate(duplicate, Separate(move="separate", reason=f"phiếu chính {change.code} là khiếu nại, tố cáo"))
        duplicate.stand(Stage.CLASSIFIED)


def restore(change: Change, request: Restore) -> None:
    """It was no complaint or denunciation."""
    topic = _topic(change, request.topic)
    if change.rules.topics.is_referred(topic):
        raise Invalid("Lĩnh vực này vẫn là khiếu nại, tố cáo", remedy="chọn lĩnh vực khác", field="topic")
    change.set(topic=topic, sealed=False, outcome=None, told_at=None)
    change.revive("answer")
    found = change.rules.route(topic, change["place"], change["taken_at"])
    hand_to(change, found.agency.code, found.reason)
    change.start("clarify", HOTLINE)
    change.journal("restored", f"Đưa về xử lý như phản ánh: {request.reason}", topic=topic)


def raise_to_leaders(change: Change, request: Raise) -> None:
    """To the province's leaders."""
    to_leaders(change, "answer", request.reason)


def note(change: Change, request: Note) -> None:
    """A remark among officials."""
    change.journal("noted", "Ghi chú nội bộ.", **change.write("note", request.text))


def hand_to(change: Change, agency: str, reason: str) -> None:
    """Make ``agency`` the one that owes the answer, and compute anew when it is due."""
    change.set(agency=agency, agency_reason=reason)
    appointments.hand_over(change, agency)
    several = any(_helps(change, party.agency) for party in change.parties)
    tier = change.policy.tier(change["topic"], change.rules.topics, urgent=change["urgent"], several=several)
    if (answer := change.answer()) is not None:
        again = change["round"] > 0
        change.recompute(answer, None if again else tier.answer, party=agency)
    for deadline in (*change.running("respond"), *change.running("progress")):
        change.recompute(deadline, party=agency)
    change.end("contribute", how="dropped", party=agency)
    if tier.respond is None:
        change.end("respond", how="dropped")
    elif not any(each.clock == "respond" for each in change.deadlines):
        change.start("respond", agency, tier.respond)


def _helps(change: Change, agency: str) -> bool:
    """Whether an agency that was asked to co-operate still is, or has contributed."""
    asked = [each for each in change.deadlines if each.clock == "contribute" and each.party == agency]
    return not asked or asked[-1].ended != "dropped"


def _withhold(change: Change) -> None:
    """No agency may know of the ticket any more: none comes to the citizen's home, none writes to them."""
    appointments.call_off(change, "Nội dung là khiếu nại, tố cáo.")
    letters.waive_all(change, "nội dung là khiếu nại, tố cáo nên không gửi thư qua tổng đài.")


def _topic(change: Change, code: str) -> str:
    if code not in change.rules.topics.codes:
        raise Invalid(f"Không có lĩnh vực “{code[:64]}”", remedy="chọn mã trong danh mục lĩnh vực", field="topic")
    return code


def _place(change: Change, code: str | None) -> None:
    if code is not None and code not in change.rules.localities.communes:
        raise Invalid(
            f"Không có xã, phường nào mang mã “{code[:16]}”", remedy="chọn mã xã, phường ngày nay", field="place"
        )


def _why_due(change: Change) -> str:
    answer = change.answer()
    return answer.explanation if answer else ""
