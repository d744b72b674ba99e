"""The whole life of a ticket: what each move does to its stage, its clocks and what is told, on real databases."""

from datetime import UTC, datetime, timedelta

import pytest

from hotline1022.base.access import MACHINE
from hotline1022.base.errors import Forbidden, Invalid, NotFound, Refused
from tests.tickets.conftest import HOA, LAN, MOVE, Hands, Recorded, StillClock, approver, officer
from tickets.model import Report, Stage, Ticket

TAKEN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
COMMUNE = "xa-29869"
OFFICER, HEAD = officer(COMMUNE), approver(COMMUNE)


async def opened(hands: Hands, key: str = "c1", **values: object) -> Ticket:
    """A street fault at a known commune."""
    told = {"source_key": f"call:{key}:report", "taken_at": TAKEN, "number": "+84912345678", "topic": "giao-thong"}
    return await hands.desk.open(Report.model_validate(told | {"place": "29869"} | values))


async def routed(hands: Hands, key: str = "c1", **values: object) -> str:
    """A ticket that an agency has been given."""
    ticket = await opened(hands, key, **values)
    await hands.move(ticket.code, LAN, "classify", topic=ticket.topic, place="29869")
    await hands.move(ticket.code, LAN, "route")
    return ticket.code


async def answered(hands: Hands, code: str) -> Ticket:
    """Through the agency to the citizen."""
    await hands.move(code, OFFICER, "accept")
    await hands.move(code, OFFICER, "work")
    await hands.move(code, OFFICER, "draft", text="Đã thay bóng đèn.")
    await hands.move(code, HEAD, "approve")
    return await hands.move(code, LAN, "tell", how="phone")


async def test_a_report_goes_through_its_whole_life(hands: Hands, recorded: Recorded, still_clock: StillClock) -> None:
    code = await routed(hands)
    ticket = await answered(hands, code)
    assert (ticket.stage, ticket.outcome) == (Stage.ANSWERED, "answered")
    assert {each.clock: each.ended for each in ticket.deadlines} == {
        "classify": "met", "answer": "met", "accept": "met", "notify": "met", "close": None,
    }  # fmt: skip
    await hands.move(code, MACHINE, "survey", disposition="completed")
    ticket = await hands.move(code, MACHINE, "close")
    assert (ticket.stage, ticket.closed_at) == (Stage.CLOSED, still_clock.now())
    still_clock.advance(days=3)
    ticket = await hands.move(code, LAN, "reopen", reason="Đèn lại tắt.")
    answer = ticket.deadline("answer")
    assert (ticket.stage, ticket.round, ticket.agency, answer.target) == (Stage.REOPENED, 1, COMMUNE, "2wd")
    assert (await answered(hands, code)).stage == Stage.ANSWERED
    assert recorded.names().count("TicketAnswered") == 2


async def test_each_stage_has_its_own_clock_and_owner(hands: Hands) -> None:
    code = await routed(hands)
    ticket = await hands.desk.find(code)
    assert ticket is not None
    assert {each.clock: each.party for each in ticket.deadlines} == {
        "classify": "hotline", "answer": COMMUNE, "accept": COMMUNE,
    }  # fmt: skip
    assert all(each.explanation.startswith("Hạn ") and each.basis and each.policy for each in ticket.deadlines)


async def test_an_operator_may_answer_at_once(hands: Hands, recorded: Recorded) -> None:
    ticket = await opened(hands)
    ticket = await hands.move(ticket.code, LAN, "answer-at-once", text="Sáng mai có đội sửa.")
    assert (ticket.stage, ticket.level, ticket.outcome) == (Stage.ANSWERED, 1, "answered")
    assert "TicketAnswered" in recorded.names()


async def test_an_agency_returns_what_is_not_its_own_and_three_returns_go_to_the_leaders(
    hands: Hands, recorded: Recorded
) -> None:
    code = await routed(hands)
    for count in (1, 2, 3):
        ticket = await hands.move(code, OFFICER, "return", reason="Đường này của Sở Xây dựng.", agency="so-gtvt")
        assert (ticket.stage, ticket.returns) == (Stage.CLASSIFIED, count)
        assert ticket.deadline("clarify").running
        if count < 3:
            await hands.move(code, LAN, "route")
    assert ticket.level == 3
    assert recorded.names().count("TicketEscalated") == 1
    reasons = [entry.reason for entry in await hands.desk.history(code)]
    assert any("Đề nghị chuyển Sở Xây dựng" in reason for reason in reasons)


async def test_another_agency_than_the_rules_choose_needs_a_reason(hands: Hands) -> None:
    ticket = await opened(hands)
    await hands.move(ticket.code, LAN, "classify", topic="giao-thong", place="29869")
    with pytest.raises(Invalid, match="phải nêu lý do"):
        await hands.move(ticket.code, LAN, "route", agency="so-xay-dung")
    ticket = await hands.move(ticket.code, LAN, "route", agency="so-xay-dung", reason="đây là đường tỉnh")
    assert ticket.agency == "so-xay-dung"
    assert "lan chọn thay quy tắc vì đây là đường tỉnh" in ticket.agency_reason


async def test_the_clock_stands_while_the_citizen_is_asked(hands: Hands, still_clock: StillClock) -> None:
    code = await routed(hands)
    await hands.move(code, OFFICER, "accept")
    before = (await hands.move(code, OFFICER, "ask-citizen", question="Trụ đèn số mấy?")).deadline("answer")
    assert before.step_at is None
    still_clock.advance(days=2)
    after = (await hands.move(code, OFFICER, "resume", text="Trụ số 7.")).deadline("answer")
    assert after.due > before.due
    assert after.step_at is not None
    assert "tạm dừng" in after.explanation


async def test_an_extension_is_granted_once_by_another_person_before_the_due_time(
    hands: Hands, still_clock: StillClock
) -> None:
    code = await routed(hands)
    before = (await hands.move(code, OFFICER, "accept")).deadline("answer")
    with pytest.raises(Invalid, match="không quá 3 ngày làm việc"):
        await hands.move(code, OFFICER, "ask-extension", amount="4wd", reason="Chờ vật tư.")
    await hands.move(code, OFFICER, "ask-extension", amount="2wd", reason="Chờ vật tư.")
    with pytest.raises(Forbidden):
        await hands.move(code, OFFICER, "grant-extension")
    after = (await hands.move(code, HEAD, "grant-extension")).deadline("answer")
    assert (after.target, after.extended) == ("5wd", "2wd")
    assert after.due > before.due
    assert "gia hạn 2 ngày làm việc" in after.explanation
    with pytest.raises(Refused, match="một lần"):
        await hands.move(code, OFFICER, "ask-extension", amount="1wd", reason="Lần nữa.")
    still_clock.instant = after.due + timedelta(seconds=1)
    with pytest.raises(Refused, match="trước khi đến hạn"):
        await hands.move(code, OFFICER, "ask-extension", amount="1wd", reason="Đã trễ.")


async def test_co_operating_agencies_have_clocks_of_their_own(hands: Hands) -> None:
    code = await routed(hands)
    await hands.move(code, OFFICER, "accept")
    ticket = await hands.move(
        code, OFFICER, "ask-cooperation", agencies=["dien-luc", "so-xay-dung"], reason="Cột điện."
    )
    assert ticket.deadline("answer").target == "15wd"
    assert {each.party for each in ticket.deadlines if each.clock == "contribute"} == {"dien-luc", "so-xay-dung"}
    with pytest.raises(Forbidden, match="phối hợp"):
        await hands.move(code, OFFICER, "contribute", text="Không phải việc của tôi.")
    ticket = await hands.move(code, officer("dien-luc"), "contribute", text="Điện lực dời cột ngày mai.")
    assert [(p.agency, p.contributed_at is not None) for p in ticket.parties] == [
        ("dien-luc", True), ("so-xay-dung", False),
    ]  # fmt: skip
    assert not next(each for each in ticket.deadlines if each.party == "dien-luc").running
    with pytest.raises(NotFound):
        await hands.move(code, officer("so-y-te"), "contribute", text="Tôi cũng muốn xem.")


async def test_everybody_who_reported_the_same_matter_is_told(hands: Hands, recorded: Recorded) -> None:
    main = await routed(hands)
    others = [(await opened(hands, f"d{n}")).code for n in (1, 2)]
    for other in others:
        ticket = await hands.move(other, LAN, "merge", into=main)
        assert (ticket.stage, ticket.duplicate_of) == (Stage.MERGED, main)
    await answered(hands, main)
    told = [event for event in recorded.events if event.name == "TicketAnswered"]
    assert {event.model_dump()["code"] for event in told} == {main, *others}
    for other in others:
        found = await hands.desk.find(other)
        assert found is not None
        assert (found.stage, found.outcome) == (Stage.ANSWERED, "answered")
        assert not found.deadline("answer").running


async def test_everybody_behind_a_ticket_that_is_answered_at_once_is_told_too(hands: Hands, recorded: Recorded) -> None:
    main, other = await opened(hands), await opened(hands, "other")
    await hands.move(other.code, LAN, "merge", into=main.code)
    with pytest.raises(Refused, match=f"báo kết quả ở phiếu {main.code}"):
        await hands.move(other.code, MACHINE, "tell", how="phone")
    await hands.move(main.code, LAN, "answer-at-once", text="Sáng mai có đội sửa.")
    told = await hands.desk.find(other.code)
    assert told is not None
    assert (told.stage, told.outcome) == (Stage.ANSWERED, "answered")
    assert recorded.names().count("TicketAnswered") == 2


async def test_a_merged_ticket_is_answered_by_whoever_answered_its_main_one(hands: Hands) -> None:
    main, other = await routed(hands), (await opened(hands, "other")).code
    await hands.move(other, LAN, "merge", into=main)
    await hands.move(main, OFFICER, "return", reason="Đường tỉnh.")
    await hands.move(main, LAN, "route", agency="so-xay-dung", reason="đây là đường tỉnh")
    for actor, name, said in (
        (officer("so-xay-dung"), "accept", {}),
        (officer("so-xay-dung"), "draft", {"text": "Đã vá đường."}),
        (approver("so-xay-dung"), "approve", {}),
        (LAN, "tell", {"how": "phone"}),
    ):
        await hands.move(main, actor, name, **said)
    told = await hands.desk.find(other)
    assert told is not None
    assert told.agency == "so-xay-dung"


async def test_a_matter_that_is_not_urgent_after_all_owes_no_first_answer_in_two_hours(hands: Hands) -> None:
    ticket = await opened(hands, urgent=True)
    assert ticket.deadline("respond").running
    ticket = await hands.move(ticket.code, LAN, "classify", topic="giao-thong", place="29869", urgent=False)
    assert ticket.deadline("respond").ended == "dropped"


async def test_nothing_is_asked_of_an_agency_once_the_citizen_knows(hands: Hands, still_clock: StillClock) -> None:
    code = await routed(hands)
    await hands.move(code, LAN, "ask-cooperation", agencies=["dien-luc"], reason="Cột điện.")
    await hands.move(code, HOA, "recall", reason="Đã rõ.")
    await hands.move(code, LAN, "ask-cooperation", agencies=["dien-luc"], reason="Cột điện.")
    still_clock.advance(days=60)
    ticket = await hands.move(code, LAN, "answer-at-once", text="Đã thay bóng đèn.")
    assert {each.clock for each in ticket.deadlines if each.running} == {"close", "apology_draft", "apology_sent"}


async def test_a_progress_report_while_the_citizen_is_asked_starts_no_clock(
    hands: Hands, still_clock: StillClock
) -> None:
    code = await routed(hands)
    due = (await hands.move(code, OFFICER, "accept")).due
    still_clock.instant = due + timedelta(hours=1)
    await hands.move(code, OFFICER, "ask-citizen", question="Trụ số mấy?")
    ticket = await hands.move(code, OFFICER, "progress", text="Chờ người dân.")
    assert ticket.deadline("progress").running
    assert ticket.deadline("progress").step_at is None
    assert (await hands.move(code, OFFICER, "resume")).deadline("progress").step_at is not None


async def test_a_ticket_cannot_be_merged_into_itself_or_into_a_merged_one(hands: Hands) -> None:
    first, second, third = [(await opened(hands, f"m{n}")).code for n in range(3)]
    await hands.move(second, LAN, "merge", into=first)
    with pytest.raises(Invalid):
        await hands.move(third, LAN, "merge", into=third)
    with pytest.raises(Refused, match="không nhận phiếu trùng"):
        await hands.move(third, LAN, "merge", into=second)
    await hands.move(first, LAN, "merge", into=third)
    moved = await hands.desk.find(second)
    assert moved is not None
    assert moved.duplicate_of == third
    assert (await hands.move(second, LAN, "separate", reason="Khác đường.")).stage == Stage.CLASSIFIED


async def test_a_denunciation_is_diverted_and_sealed(hands: Hands) -> None:
    code = await routed(hands)
    ticket = await hands.move(code, LAN, "divert", kind="denunciation")
    assert (ticket.stage, ticket.sealed, ticket.topic) == (Stage.REFERRED, True, "to-cao")
    assert not any(each.running for each in ticket.deadlines)
    with pytest.raises(NotFound):
        await hands.move(code, OFFICER, "note", text="Ai tố cáo tôi?")
    ticket = await hands.move(code, HOA, "restore", topic="thai-do", reason="Chỉ là góp ý.")
    assert (ticket.stage, ticket.sealed) == (Stage.CLASSIFIED, False)
    assert ticket.deadline("answer").running


async def test_a_refusal_says_why_and_how_to_go_on(hands: Hands) -> None:
    ticket = await opened(hands)
    await hands.move(ticket.code, LAN, "refuse", reason="Ngoài địa bàn tỉnh.", guidance="Gọi 1022 An Giang.")
    ticket = await hands.move(ticket.code, LAN, "tell", how="phone")
    assert (ticket.stage, ticket.outcome) == (Stage.ANSWERED, "refused")


async def test_who_drafted_an_answer_does_not_sign_it(hands: Hands) -> None:
    code = await routed(hands)
    await hands.move(code, HEAD, "accept")
    await hands.move(code, HEAD, "draft", text="Xong.")
    with pytest.raises(Refused, match="không tự duyệt"):
        await hands.move(code, HEAD, "approve")


async def test_an_answer_unfit_for_the_citizen_goes_back_and_the_clock_runs_on(hands: Hands) -> None:
    code = await routed(hands)
    await hands.move(code, OFFICER, "accept")
    await hands.move(code, OFFICER, "draft", text="Theo quy định.")
    await hands.move(code, HEAD, "approve")
    ticket = await hands.move(code, HOA, "object", reason="Chưa trả lời vào việc.")
    assert ticket.stage == Stage.HANDLING
    assert ticket.deadline("answer").running
    assert not ticket.deadline("notify").running


async def test_nobody_may_make_a_move_that_is_not_theirs(hands: Hands) -> None:
    code = await routed(hands)
    with pytest.raises(Refused, match="“đã chuyển cơ quan” nên không thể duyệt"):
        await hands.move(code, HEAD, "approve")
    with pytest.raises(Forbidden, match="chỉ quản trị viên, trưởng ca mới được thu hồi"):
        await hands.move(code, LAN, "recall", reason="Nhầm cơ quan.")
    with pytest.raises(NotFound):
        await hands.move(code, officer("so-y-te"), "accept")


async def test_who_looked_at_an_older_version_is_told_and_nothing_changes(hands: Hands) -> None:
    ticket = await opened(hands)
    await hands.move(ticket.code, LAN, "classify", topic="giao-thong", place="29869")
    late = MOVE.validate_python({"move": "route"})
    with pytest.raises(Refused, match="vừa được người khác"):
        await hands.handling.make(ticket.code, late, HOA, version=ticket.version)


async def test_a_reopening_comes_too_late_after_fifteen_days(hands: Hands, still_clock: StillClock) -> None:
    code = await routed(hands)
    await answered(hands, code)
    still_clock.advance(days=16)
    with pytest.raises(Refused, match="trong 15 ngày"):
        await hands.move(code, LAN, "reopen", reason="Chưa xong.")
