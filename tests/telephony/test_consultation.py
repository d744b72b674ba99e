"""Claims about asking somebody about a citizen that need no telephone. Sound is in tests/panel."""

import pytest

from hotline1022.base.errors import Refused
from telephony.ari import LineDown
from tests.telephony.floor_house import CALL, CallingHouse, calling_house

__all__ = ["calling_house"]


async def answered(house: CallingHouse) -> None:
    """Hoa has taken Lan's question."""
    await house.talking()
    await house.ready(2, "Hoa")
    await house.asks_hoa()
    house.hears("DialEnd", DestUniqueid="3.0", DialStatus="ANSWER")


async def test_the_citizen_hears_music_while_the_colleague_rings(calling_house: CallingHouse) -> None:
    await calling_house.talking()
    await calling_house.ready(2, "Hoa")
    await calling_house.asks_hoa()
    name, fields = calling_house.asked.actions[-1]
    assert (name, fields["Channel"], fields["Exten"]) == ("Redirect", "PJSIP/trunk-1", "hold")
    assert (fields["ExtraChannel"], fields["ExtraExten"]) == ("PJSIP/2001-1", "2002")
    assert (calling_house.state(1), calling_house.state(2)) == (("consulting", None), ("ringing", None))
    floor = await calling_house.floor.told(2)
    asked = {each.name: each.call.other.name for each in floor.operators if each.call and each.call.other}
    assert asked == {"Lan": "Hoa", "Hoa": "Lan"}


async def test_who_is_handed_the_citizen_has_the_paperwork_and_so_has_who_asked(calling_house: CallingHouse) -> None:
    await answered(calling_house)
    await calling_house.consultations.complete(1, CALL)
    assert calling_house.redirected()[-1] == ("PJSIP/trunk-1", "meet")
    calling_house.hears("Hangup", Uniqueid="2.0")
    assert (calling_house.state(1), calling_house.state(2)) == (("wrap-up", None), ("talking", None))
    calling_house.hears("Hangup", Uniqueid="3.0")
    calling_house.hears("Hangup", Uniqueid="1.0")
    assert calling_house.state(2) == ("wrap-up", None)
    assert await calling_house.results() == [("Lan", "in", None), ("Hoa", "in", None)]


async def test_who_was_only_asked_has_no_paperwork(calling_house: CallingHouse) -> None:
    await answered(calling_house)
    await calling_house.consultations.cancel(1, CALL)
    assert calling_house.asked.hung_up == ["3.0"]
    calling_house.hears("Hangup", Uniqueid="3.0")
    assert (calling_house.state(1), calling_house.state(2)) == (("talking", None), ("ready", None))
    assert await calling_house.results() == [("Lan", "in", None)]
    assert calling_house.told("ConsultationOver") == [{"name": "Hoa", "why": "back"}]


async def test_a_colleague_who_does_not_answer_gives_the_citizen_back_and_it_is_said(
    calling_house: CallingHouse,
) -> None:
    await calling_house.talking()
    await calling_house.ready(2, "Hoa")
    await calling_house.asks_hoa()
    calling_house.hears("DialEnd", DestUniqueid="3.0", DialStatus="NOANSWER")
    calling_house.hears("Hangup", Uniqueid="3.0")
    assert (calling_house.state(1), calling_house.state(2)) == (("talking", None), ("ready", None))
    assert calling_house.told("ConsultationOver") == [{"name": "Hoa", "why": "no-answer"}]


async def test_three_talk_only_when_the_colleague_has_answered(calling_house: CallingHouse) -> None:
    await calling_house.talking()
    await calling_house.ready(2, "Hoa")
    await calling_house.asks_hoa()
    for step in (calling_house.consultations.join, calling_house.consultations.complete):
        with pytest.raises(Refused, match="chưa nghe máy"):
            await step(1, CALL)
    calling_house.hears("DialEnd", DestUniqueid="3.0", DialStatus="ANSWER")
    await calling_house.consultations.join(1, CALL)
    assert calling_house.redirected()[-1] == ("PJSIP/trunk-1", "join")
    assert calling_house.state() == ("three-way", None)


async def test_a_citizen_is_never_left_with_the_music_when_the_operator_vanishes(calling_house: CallingHouse) -> None:
    await answered(calling_house)
    calling_house.hears("Hangup", Uniqueid="2.0")
    calling_house.hears("Hangup", Uniqueid="3.0")
    await calling_house.settle()
    assert calling_house.redirected()[-1] == ("PJSIP/trunk-1", "queue")
    assert (calling_house.state(1), calling_house.state(2)) == (("wrap-up", None), ("ready", None))


async def test_a_citizen_who_gives_up_ends_the_consultation(calling_house: CallingHouse) -> None:
    await answered(calling_house)
    calling_house.hears("Hangup", Uniqueid="1.0")
    await calling_house.settle()
    assert calling_house.asked.hung_up == ["2.0"]
    calling_house.hears("Hangup", Uniqueid="2.0")
    calling_house.hears("Hangup", Uniqueid="3.0")
    await calling_house.settle()
    assert (calling_house.state(1), calling_house.state(2)) == (("wrap-up", None), ("ready", None))
    assert ("PJSIP/trunk-1", "queue") not in calling_house.redirected()


async def test_who_is_only_asked_can_send_the_citizen_nowhere(calling_house: CallingHouse) -> None:
    await answered(calling_house)
    for asking in (
        calling_house.floor.transfer(2, CALL, None),
        calling_house.floor.rejoin(2, CALL),
        calling_house.consultations.ask(2, CALL, "115"),
        calling_house.consultations.complete(2, CALL),
    ):
        with pytest.raises(Refused):
            await asking
    assert calling_house.redirected() == [("PJSIP/trunk-1", "hold")]


async def test_nobody_is_asked_who_is_not_ready_and_a_lost_line_changes_nothing(calling_house: CallingHouse) -> None:
    await calling_house.talking()
    await calling_house.floor.sign_on(2, "Hoa")
    for account in (1, 2, 99):
        with pytest.raises(Refused, match="không sẵn sàng"):
            await calling_house.consultations.ask(1, CALL, account)
    await calling_house.floor.be_ready(2)
    calling_house.asked.fails_once(LineDown())
    with pytest.raises(LineDown):
        await calling_house.consultations.ask(1, CALL, 2)
    assert calling_house.state() == ("talking", None)


async def test_an_emergency_service_is_asked_or_given_the_citizen_by_the_trunk(calling_house: CallingHouse) -> None:
    await calling_house.talking()
    await calling_house.consultations.ask(1, CALL, "114")
    assert calling_house.asked.actions[-1][1]["ExtraExten"] == "114"
    calling_house.hears("DialBegin", Uniqueid="2.0", DestUniqueid="9.0", DestChannel="PJSIP/trunk-9")
    calling_house.hears("DialEnd", DestUniqueid="9.0", DialStatus="ANSWER")
    await calling_house.consultations.complete(1, CALL)
    told = [fields for name, fields in calling_house.asked.actions if name == "Setvar"][-1]
    assert (told["Variable"], told["Value"]) == ("HOTLINE_COLLEAGUE", "PJSIP/trunk-9")


async def test_a_blind_transfer_to_an_emergency_service_needs_a_line(calling_house: CallingHouse) -> None:
    await calling_house.talking()
    await calling_house.floor.transfer(1, CALL, None, "115")
    assert calling_house.redirected() == [("PJSIP/trunk-1", "115")]
    calling_house.outgoing.there = False
    with pytest.raises(Refused, match="chưa có đường gọi ra"):
        await calling_house.floor.transfer(1, CALL, None, "115")


async def test_a_colleague_who_went_while_nobody_listened_leaves_the_operator_with_the_citizen(
    calling_house: CallingHouse,
) -> None:
    await answered(calling_house)
    calling_house.asked.channels_there = [{"id": "1.0", "state": "Up"}, {"id": "2.0", "state": "Up"}]
    members = [{"Event": "QueueMember", "Location": f"PJSIP/200{account}"} for account in (1, 2)]
    await calling_house.ear.ami_is_back(members)
    assert (calling_house.state(1), calling_house.state(2)) == (("talking", None), ("ready", None))


# What the floor counts and tells ----------------------------------------------------------------------------------


async def test_a_reloaded_page_that_does_not_take_its_call_again_still_has_its_paperwork(
    calling_house: CallingHouse,
) -> None:
    await calling_house.talking()
    await calling_house.floor.rejoin(1, CALL)
    calling_house.hears("Hangup", Uniqueid="2.0")
    calling_house.hears("DialBegin", Uniqueid="1.0", DestUniqueid="4.0", DestChannel="PJSIP/2001-4")
    assert calling_house.state() == ("ringing", None)
    calling_house.hears("DialEnd", DestUniqueid="4.0", DialStatus="NOANSWER")
    assert calling_house.state() == ("wrap-up", None)


async def test_a_missed_call_is_never_told_as_a_caller_who_gave_up(calling_house: CallingHouse) -> None:
    await calling_house.ready(1, "Lan")
    await calling_house.rung("2001")
    calling_house.hears("DialEnd", DestUniqueid="2.0", DialStatus="NOANSWER")
    calling_house.hears("AgentRingNoAnswer", Interface="PJSIP/2001")
    assert [told["why"] for told in calling_house.told("RingingOver")] == ["missed"]
    after = calling_house.states()[calling_house.states().index("ringing") :]
    assert "ready" not in after
    assert calling_house.state() == ("paused", "missed")


async def test_a_call_in_two_hands_counts_once_and_keeps_what_each_made_of_it(calling_house: CallingHouse) -> None:
    await calling_house.talking()
    calling_house.hears("AgentConnect", Interface="PJSIP/2001", HoldTime="12")
    await calling_house.settle()
    await calling_house.ready(2, "Hoa")
    await calling_house.floor.transfer(1, CALL, 2)
    calling_house.hears("Hangup", Uniqueid="2.0")
    calling_house.hears("DialBegin", Uniqueid="1.0", DestUniqueid="3.0", DestChannel="PJSIP/2002-3")
    calling_house.hears("DialEnd", DestUniqueid="3.0", DialStatus="ANSWER")
    calling_house.hears("Hangup", Uniqueid="3.0")
    await calling_house.floor.wrap_up(1, CALL, "status", None, and_ready=True)
    await calling_house.floor.wrap_up(2, CALL, "answered", None, and_ready=True)
    assert await calling_house.results() == [("Lan", "in", "status"), ("Hoa", "in", "answered")]
    today = (await calling_house.floor.told(1)).today
    assert (today.answered, today.in_target, today.abandoned) == (1, 1, 0)


async def test_a_citizen_sent_back_into_the_queue_who_gives_up_is_no_second_caller(calling_house: CallingHouse) -> None:
    await calling_house.talking()
    await calling_house.floor.transfer(1, CALL, None)
    calling_house.hears("Hangup", Uniqueid="2.0")
    calling_house.hears("QueueCallerJoin", Uniqueid="1.0")
    calling_house.hears("QueueCallerAbandon", Uniqueid="1.0")
    calling_house.hears("QueueCallerLeave", Uniqueid="1.0")
    await calling_house.settle()
    today = (await calling_house.floor.told(1)).today
    assert (today.offered, today.answered, today.abandoned) == (1, 1, 0)
