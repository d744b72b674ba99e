"""Claims about operators' own calls that need no telephone. Sound is in tests/panel."""

import asyncio

import pytest

from hotline1022.base.access import Actor, Role
from hotline1022.base.errors import Invalid, Refused
from telephony.ari import AriRefused
from telephony.events import OperatorCallEnded
from telephony.floor import calling_out
from tests.telephony.floor_house import CallingHouse, calling_house

__all__ = ["calling_house"]

LAN = Actor(name="Lan", role=Role.OPERATOR, account=1)
CALLED = "+84912345678"


async def test_the_operators_own_page_rings_first_and_the_citizens_answer_begins_the_talk(
    calling_house: CallingHouse,
) -> None:
    await calling_house.ready(1, "Lan")
    leg = await calling_house.dials()
    (placed,) = calling_house.asterisk.placed
    assert (placed["endpoint"], placed["context"], placed["extension"]) == ("PJSIP/2001", "call-out", "0912345678")
    assert calling_house.state() == ("dialling", None), "the page took its own call: nobody talks yet"
    calling_house.hears("DialEnd", DestUniqueid="5.0", DialStatus="ANSWER")
    assert calling_house.state() == ("talking", None)
    calling_house.hears("Hangup", Uniqueid="5.0", Cause="16")
    calling_house.hears("Hangup", Uniqueid=leg, Cause="16")
    assert calling_house.state() == ("wrap-up", None)
    await calling_house.floor.wrap_up(1, f"node-1-{leg}", "answered", None, and_ready=True)
    assert await calling_house.results() == [("Lan", "out", "answered")]
    (ended,) = [event for event in calling_house.outgoing.recorded if isinstance(event, OperatorCallEnded)]
    assert (ended.outcome, ended.number, ended.call) == ("answered", CALLED, f"node-1-{leg}")


async def test_the_queue_rings_nobody_who_dials(calling_house: CallingHouse) -> None:
    await calling_house.ready(1, "Lan")
    await calling_house.dials()
    paused = [fields["Paused"] for name, fields in calling_house.asked.actions if name == "QueuePause"]
    assert paused[-1] == "true"


@pytest.mark.parametrize(
    ("status", "cause", "outcome"),
    [
        ("BUSY", "17", "busy"),
        ("NOANSWER", "0", "no-answer"),
        ("NOANSWER", "21", "rejected"),
        ("CHANUNAVAIL", "1", "invalid-number"),
        ("CONGESTION", "34", "failed"),
        ("CANCEL", "0", "cancelled"),
    ],
)
async def test_each_way_of_not_being_answered_has_its_own_word_and_no_paperwork(
    calling_house: CallingHouse, status: str, cause: str, outcome: str
) -> None:
    await calling_house.ready(1, "Lan")
    leg = await calling_house.dials()
    calling_house.hears("Hangup", Uniqueid="5.0", Cause=cause)
    calling_house.hears("DialEnd", DestUniqueid="5.0", DialStatus=status)
    calling_house.hears("Hangup", Uniqueid=leg, Cause="16")
    assert calling_house.told("CallOutOver") == [{"call": f"node-1-{leg}", "outcome": outcome}]
    assert calling_house.state() == ("ready", None)
    assert await calling_house.results() == [("Lan", "out", None)], "it stands in the operator's own log all the same"


@pytest.mark.parametrize(
    ("last", "cause", "outcome"),
    [(0, "21", "rejected"), (1, "21", "rejected"), (2, "21", "rejected"), (1, "0", "no-answer"), (2, "0", "no-answer")],
)
async def test_why_nobody_answered_is_told_whichever_end_is_told_last(
    calling_house: CallingHouse, last: int, cause: str, outcome: str
) -> None:
    await calling_house.ready(1, "Lan")
    leg = await calling_house.dials()
    ends = [
        ("DialEnd", {"DestUniqueid": "5.0", "DialStatus": "NOANSWER"}),
        ("Hangup", {"Uniqueid": "5.0", "Cause": cause}),
        ("Hangup", {"Uniqueid": leg, "Cause": "16"}),
    ]
    for name, facts in [*ends[:last], *ends[last + 1 :], ends[last]]:
        calling_house.hears(name, **facts)
    assert [told["outcome"] for told in calling_house.told("CallOutOver")] == [outcome]
    assert calling_house.state() == ("ready", None)


async def test_an_end_of_the_citizens_channel_that_is_never_told_is_not_waited_for(
    calling_house: CallingHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calling_out, "CAUSE_LAG_SECONDS", 0.02)
    await calling_house.ready(1, "Lan")
    leg = await calling_house.dials()
    calling_house.hears("DialEnd", DestUniqueid="5.0", DialStatus="NOANSWER")
    calling_house.hears("Hangup", Uniqueid=leg, Cause="16")
    assert calling_house.told("CallOutOver") == []
    async with asyncio.timeout(5):
        while not calling_house.told("CallOutOver"):
            await asyncio.sleep(0.005)
    assert [told["outcome"] for told in calling_house.told("CallOutOver")] == ["no-answer"]


async def test_a_page_that_does_not_take_its_own_call_rings_no_citizen(calling_house: CallingHouse) -> None:
    await calling_house.ready(1, "Lan")
    shift = await calling_house.calling_out.call(LAN, "0912345678")
    assert shift.presence.call is not None
    calling_house.hears("Hangup", Uniqueid=shift.presence.call.leg, Cause="0")
    assert [told["outcome"] for told in calling_house.told("CallOutOver")] == ["no-telephone"]
    assert calling_house.state() == ("ready", None)


async def test_who_paused_to_call_out_pauses_again_behind_the_call(calling_house: CallingHouse) -> None:
    await calling_house.ready(1, "Lan")
    await calling_house.floor.pause(1, "callback")
    leg = await calling_house.dials()
    calling_house.hears("Hangup", Uniqueid="5.0", Cause="17")
    calling_house.hears("Hangup", Uniqueid=leg)
    assert calling_house.state() == ("paused", "callback")


@pytest.mark.parametrize("number", ["19001234", "113", "12", "+442079460000", "0912345678@x", "02773898989"])
async def test_a_number_that_the_rules_do_not_let_through_is_never_dialled(
    calling_house: CallingHouse, number: str
) -> None:
    await calling_house.ready(1, "Lan")
    with pytest.raises(Invalid, match="Số này không gọi được"):
        await calling_house.calling_out.call(LAN, number)
    assert calling_house.asterisk.placed == []
    assert calling_house.state() == ("ready", None)


async def test_nobody_calls_out_without_a_shift_nor_in_a_call_nor_without_a_line(calling_house: CallingHouse) -> None:
    with pytest.raises(Refused, match="Chưa vào ca"):
        await calling_house.calling_out.call(LAN, "0912345678")
    await calling_house.talking()
    with pytest.raises(Refused, match="Đang có cuộc gọi"):
        await calling_house.calling_out.call(LAN, "0912345678")
    calling_house.hears("Hangup", Uniqueid="2.0")
    with pytest.raises(Refused, match="Chưa chọn kết quả"):
        await calling_house.calling_out.call(LAN, "0912345678")
    calling_house.outgoing.there = False
    with pytest.raises(Refused, match="chưa có đường gọi ra"):
        await calling_house.calling_out.call(LAN, "0912345678")
    assert calling_house.asterisk.placed == []


async def test_a_call_that_asterisk_refuses_leaves_the_operator_as_they_were(calling_house: CallingHouse) -> None:
    await calling_house.ready(1, "Lan")
    await calling_house.floor.pause(1, "callback")  # the queue has been told already: the order is the next request
    calling_house.asked.fails_once(AriRefused(400, "POST", "channels"))
    with pytest.raises(AriRefused):
        await calling_house.calling_out.call(LAN, "0912345678")
    assert calling_house.state() == ("paused", "callback")


async def test_a_citizen_who_was_rung_can_be_sent_on_to_a_colleague(calling_house: CallingHouse) -> None:
    await calling_house.ready(1, "Lan")
    await calling_house.ready(2, "Hoa")
    leg = await calling_house.dials()
    calling_house.hears("DialEnd", DestUniqueid="5.0", DialStatus="ANSWER")
    calling_house.asked.channels_there = [{"id": "5.0", "name": "PJSIP/trunk-5"}]
    await calling_house.floor.transfer(1, f"node-1-{leg}", 2)
    calling_house.hears("Hangup", Uniqueid=leg)
    calling_house.hears("DialBegin", Uniqueid="5.0", DestUniqueid="3.0", DestChannel="PJSIP/2002-3")
    assert calling_house.state(2) == ("ringing", None)
    calling_house.hears("DialEnd", DestUniqueid="3.0", DialStatus="ANSWER")
    assert calling_house.floor.on_call(f"node-1-{leg}") == {1, 2}
    calling_house.hears("Hangup", Uniqueid="5.0", Cause="16")
    calling_house.hears("Hangup", Uniqueid="3.0", Cause="16")
    assert (calling_house.state(1), calling_house.state(2)) == (("wrap-up", None), ("wrap-up", None))
    assert await calling_house.results() == [("Lan", "out", None), ("Hoa", "out", None)]


async def test_a_citizen_who_did_not_answer_while_nobody_listened_is_dialled_no_more(
    calling_house: CallingHouse,
) -> None:
    await calling_house.ready(1, "Lan")
    leg = await calling_house.dials()
    calling_house.asked.channels_there = [{"id": leg, "state": "Up"}]
    await calling_house.ear.ami_is_back([])
    assert calling_house.state() == ("dialling", None), "the operator's own page is up: that is no answer"
    calling_house.asked.channels_there = []
    await calling_house.ear.ami_is_back([])
    assert calling_house.state() == ("ready", None)


async def test_a_colleague_is_asked_about_a_citizen_who_was_rung(calling_house: CallingHouse) -> None:
    await calling_house.ready(1, "Lan")
    await calling_house.ready(2, "Hoa")
    leg = await calling_house.dials()
    calling_house.hears("DialEnd", DestUniqueid="5.0", DialStatus="ANSWER")
    calling_house.asked.channels_there = [{"id": "5.0", "name": "PJSIP/trunk-5"}, {"id": leg, "name": "PJSIP/2001-1"}]
    await calling_house.consultations.ask(1, f"node-1-{leg}", 2)
    assert calling_house.redirected()[-1] == ("PJSIP/trunk-5", "hold")
    assert calling_house.state() == ("consulting", None)
