"""The slip while the citizen is on the line: previewed, read back, saved once, and taken back when it went the wrong way."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.errors import Forbidden, Invalid, Refused
from ivr.speech import DIGITS
from tests.interface import Interface
from tests.tickets.conftest import HOA, LAN, Hands, StillClock
from tests.tickets.test_life import COMMUNE, OFFICER, TAKEN, opened, routed
from tickets.dossier import Dossier
from tickets.model import Stage
from tickets.rules import Rules
from tickets.slips.preview import preview
from tickets.slips.reading_aloud import SlipText, read_back, spoken_day, spoken_number

TODAY = date(2026, 11, 23)
SLIP = SlipText(
    summary="Đường ngập trước Trường Tiểu học Mỹ Thọ, trụ điện nghiêng",
    place_name="Xã Mỹ Thọ",
    address="ấp Mỹ Đông 2",
    citizen_name="Trần Văn Bảy",
    number="+84907123456",
    agency_name="Sở Xây dựng",
    due=datetime(2026, 11, 27, 10, 0, tzinfo=UTC),
)


def sentences(slip: SlipText, address: str = "ong") -> list[str]:
    """What is read, without what is missing."""
    return [each.text for each in read_back(slip, address, today=TODAY)]  # type: ignore[arg-type]


def test_a_slip_is_read_back_as_people_speak() -> None:
    assert sentences(SLIP) == [
        "Dạ, tôi xin đọc lại.",
        "Ông phản ánh đường ngập trước Trường Tiểu học Mỹ Thọ, trụ điện nghiêng.",
        "Nơi xảy ra là ấp Mỹ Đông 2, xã Mỹ Thọ.",
        "Ông tên là Trần Văn Bảy.",
        "Số liên hệ là không chín không bảy, một hai ba, bốn năm sáu.",
        "Phiếu được chuyển đến Sở Xây dựng, hạn trả lời thứ Sáu ngày 27 tháng 11.",
        "Như vậy đúng chưa ạ?",
    ]


def test_what_is_missing_is_named_where_it_is_missing() -> None:
    told = read_back(SlipText(), "ba", today=TODAY)
    assert [(each.text, each.missing) for each in told if each.missing] == [
        ("Bà phản ánh [chưa có nội dung].", ("summary",)),
        ("Nơi xảy ra là [chưa có số nhà, ấp], [chưa có xã, phường].", ("address", "place")),
        ("Bà tên là [chưa có tên].", ("citizen_name",)),
        ("Số liên hệ là [chưa có số điện thoại].", ("number",)),
        ("Phiếu được chuyển đến [chưa chọn cơ quan].", ("agency",)),
    ]


def test_whoever_does_not_want_to_be_named_is_not_asked_again() -> None:
    told = sentences(SLIP.model_copy(update={"anonymous": True}))
    assert "Ông không muốn nêu tên, tổng đài không cho cơ quan xử lý biết ông là ai." in told
    assert not any("Bảy" in each for each in told)


def test_a_name_at_the_beginning_keeps_its_capital_and_a_long_matter_is_read_sentence_by_sentence() -> None:
    told = sentences(
        SLIP.model_copy(update={"summary": "UBND xã không tiếp dân. Trần Văn Tám chứng kiến.\nMong sớm trả lời"})
    )
    assert told[1:4] == ["Ông phản ánh UBND xã không tiếp dân.", "Trần Văn Tám chứng kiến.", "Mong sớm trả lời."]


def test_of_an_urgent_matter_the_hour_is_read_too_and_midnight_ends_a_day() -> None:
    due = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    told = sentences(SLIP.model_copy(update={"due": due, "by_the_hour": True}))
    assert told[-2] == "Phiếu được chuyển đến Sở Xây dựng, hạn trả lời 16 giờ 30 thứ Hai ngày 23 tháng 11."
    midnight = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
    told = sentences(SLIP.model_copy(update={"due": midnight, "by_the_hour": True}))
    assert "hạn trả lời 24 giờ thứ Hai ngày 23 tháng 11" in told[-2]


@pytest.mark.parametrize(
    ("number", "spoken"),
    [
        ("+842773898989", "không hai bảy bảy, ba tám chín tám, chín tám chín"),
        ("0907123456", "không chín không bảy, một hai ba, bốn năm sáu"),
        ("+12025550143", "một hai không, hai năm năm, năm không một, bốn ba"),
    ],
)
def test_a_number_is_read_in_the_groups_in_which_people_say_it(number: str, spoken: str) -> None:
    assert spoken_number(number) == spoken


@given(st.from_regex(r"\A\+84[1-9][0-9]{8,9}\Z"))
def test_no_digit_of_a_number_is_lost_or_changed(number: str) -> None:
    said = spoken_number(number).replace(",", "").split()
    assert "".join(str(DIGITS.index(word)) for word in said) == "0" + number[3:]


@given(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
def test_a_day_is_said_with_its_weekday_and_its_year_only_when_it_is_another(day: date) -> None:
    said = spoken_day(day, today=TODAY)
    assert f"{day.day} tháng {day.month}" in said
    assert ("mùng" in said) == (day.day <= 10)
    assert (f"năm {day.year}" in said) == (day.year != 2026)


# Preview


async def test_a_preview_is_what_becomes_of_the_ticket(hands: Hands, rules: Rules, still_clock: StillClock) -> None:
    for topic, place, urgent in (("giao-thong", "29869", False), ("dien", None, True), ("thai-do", "29869", False)):
        told = preview(rules, still_clock.now(), topic=topic, place=place, urgent=urgent)
        ticket = await opened(hands, f"{topic}-{urgent}", topic=topic, place=place, urgent=urgent)
        assert (told.agency, told.why_agency) == (ticket.agency, ticket.agency_reason)
        assert told.deadlines[0].promise == "answer"
        assert (told.deadlines[0].due, told.deadlines[0].why) == (ticket.due, ticket.explanation)
        await hands.move(ticket.code, LAN, "classify", topic=topic, place=place)
        routed_ticket = await hands.move(ticket.code, LAN, "route")
        accept = next(each for each in told.deadlines if each.promise == "accept")
        assert accept.due == routed_ticket.deadline("accept").due


async def test_a_preview_of_a_complaint_says_where_it_belongs_and_promises_nothing(rules: Rules) -> None:
    told = preview(rules, TAKEN, topic="to-cao")
    assert told.deadlines == ()
    assert told.referral is not None
    for topic, place in (("gi-day", None), ("dien", "00000")):
        with pytest.raises(Invalid):
            preview(rules, TAKEN, topic=topic, place=place)


async def test_preview_and_reading_back_store_nothing(served: Interface) -> None:
    facts = {"topic": "giao-thong", "place": "29869", "urgent": False}
    told = await (await served.post("/api/tickets/preview", "operator", json=facts)).json()
    assert told["agency_name"] == "UBND phường Cao Lãnh"
    assert told["deadlines"][0]["why"].startswith("Hạn ")
    form = facts | {"summary": "Đèn đường tắt", "street": "khóm 2", "number": "0907 123 456", "address": "chi"}
    aloud = await (await served.post("/api/read-back", "operator", json=form)).json()
    assert "Chị phản ánh đèn đường tắt." in [each["text"] for each in aloud["sentences"]]
    assert [each["missing"] for each in aloud["sentences"] if each["missing"]] == [["citizen_name"]]
    assert (await (await served.get("/api/tickets", "operator")).json())["items"] == []


# Saved during a call


async def test_a_slip_saved_during_a_call_belongs_to_the_call_and_saving_it_again_makes_no_second_one(
    served: Interface,
) -> None:
    body = {
        "channel": "phone",
        "summary": "Đèn đường tắt",
        "call": "1700000000.17",
        "anonymous": True,
        "place": "29869",
    }
    body |= {"topic": "giao-thong", "number": "0912345678", "citizen_name": "Ánh"}
    answers = [
        await served.post("/api/tickets", "operator", json=body, headers={"Idempotency-Key": "slip-0001"}) for _ in "12"
    ]
    first, second = [(await answer.json())["ticket"] for answer in answers]
    assert (first["code"], first["call"], first["anonymous"]) == (second["code"], "1700000000.17", True)
    aloud = await (await served.get(f"/api/tickets/{first['code']}/read-back?address=ong", "operator")).json()
    told = " ".join(each["text"] for each in aloud["sentences"])
    assert "không muốn nêu tên" in told
    assert "Ánh" not in told
    assert "không chín một hai, ba bốn năm, sáu bảy tám" in told


async def test_an_agency_cannot_unlock_whoever_asked_not_to_be_known_and_the_hotline_speaks_with_them_for_it(
    hands: Hands, dossier: Dossier
) -> None:
    code = await routed(hands, "one", anonymous=True)
    with pytest.raises(Forbidden, match="không cho cơ quan biết mình là ai"):
        await dossier.unlock(code, OFFICER, "Hẹn khảo sát.")
    assert (await dossier.unlock(code, LAN, "Gọi lại cho người dân.")).number == "+84912345678"


# A dispatch that went the wrong way


async def test_a_dispatch_is_undone_as_if_it_had_never_been_made(hands: Hands, still_clock: StillClock) -> None:
    ticket = await opened(hands)
    await hands.move(ticket.code, LAN, "classify", topic="giao-thong", place="29869")
    before = await hands.move(ticket.code, LAN, "note", text="Ghi chú.")
    still_clock.advance(minutes=1)
    await hands.move(ticket.code, LAN, "route", agency="so-xay-dung", reason="Đường tỉnh.")
    still_clock.advance(minutes=4)
    after = await hands.move(ticket.code, LAN, "undo-route")
    assert after.stage == Stage.CLASSIFIED
    assert (after.deadline("classify").running, after.deadline("classify").due) == (
        True,
        before.deadline("classify").due,
    )
    assert not any(each.running for each in after.deadlines if each.clock == "accept")
    last = (await hands.desk.history(ticket.code))[-1]
    assert (last.what, last.reason) == ("recalled", "Hoàn tác việc chuyển đến Sở Xây dựng, cơ quan chưa nhận.")
    again = await hands.move(ticket.code, LAN, "route")
    assert (again.agency, again.stage) == (COMMUNE, Stage.ROUTED)


async def test_after_five_minutes_or_once_the_agency_has_taken_it_a_dispatch_stands(
    hands: Hands, still_clock: StillClock
) -> None:
    late, taken = await routed(hands, "late"), await routed(hands, "taken")
    await hands.move(taken, OFFICER, "accept")
    with pytest.raises(Refused, match="cơ quan đã nhận"):
        await hands.move(taken, LAN, "undo-route")
    still_clock.advance(minutes=5, seconds=1)
    with pytest.raises(Refused, match="quá 5 phút"):
        await hands.move(late, LAN, "undo-route")
    assert (await hands.move(late, HOA, "recall", reason="Nhầm cơ quan.")).stage == Stage.CLASSIFIED


async def test_a_dispatch_after_a_return_is_undone_to_the_clock_that_ran_before(
    hands: Hands, still_clock: StillClock
) -> None:
    code = await routed(hands)
    before = await hands.move(code, OFFICER, "return", reason="Đường này của Sở Xây dựng.")
    still_clock.advance(minutes=2)
    await hands.move(code, LAN, "route")
    still_clock.advance(minutes=1)
    after = await hands.move(code, LAN, "undo-route")
    running = {each.clock: each.due for each in after.deadlines if each.running}
    assert running == {each.clock: each.due for each in before.deadlines if each.running}
    assert still_clock.now() - after.stage_at == timedelta(0)
