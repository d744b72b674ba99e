"""Who serves the queue: whatever the events, the board says what a full listing would say."""

from hypothesis import given
from hypothesis import strategies as st

from telephony.queue_board import Member, QueueBoard

DEVICES = st.sampled_from(["PJSIP/a", "PJSIP/b", "PJSIP/c"])
STATES = st.sampled_from([str(state) for state in range(9)])


def change(kind: str, device: str, paused: str, state: str, queue: str = "hotline") -> dict[str, str]:
    """An event of AMI about a member; a full listing calls the device Location."""
    place = "Location" if kind == "QueueMember" else "Interface"
    return {"Event": kind, "Queue": queue, place: device, "Paused": paused, "Status": state}


CHANGES = st.builds(
    change,
    st.sampled_from(["QueueMemberAdded", "QueueMemberStatus", "QueueMemberPause", "QueueMemberRemoved"]),
    DEVICES,
    st.sampled_from("01"),
    STATES,
)


@given(st.lists(CHANGES))
def test_the_board_is_what_the_last_event_of_each_member_said(events: list[dict[str, str]]) -> None:
    board = QueueBoard()
    for event in events:
        board.apply(event)
    last = {event["Interface"]: event for event in events}
    expected = {device: event for device, event in last.items() if event["Event"] != "QueueMemberRemoved"}
    assert set(board.members.get("hotline", {})) == set(expected)
    ready = any(event["Paused"] == "0" and event["Status"] in "123678" for event in expected.values())
    assert board.has_operators("hotline") == ready


@given(st.lists(CHANGES), st.lists(CHANGES))
def test_a_full_listing_forgets_what_was_believed_before(
    before: list[dict[str, str]], listed: list[dict[str, str]]
) -> None:
    board, fresh = QueueBoard(), QueueBoard()
    for event in before:
        board.apply(event)
    board.reset(listed)
    fresh.reset(listed)
    assert board == fresh


def test_a_listing_and_a_change_speak_of_the_same_member() -> None:
    board = QueueBoard()
    board.reset([change("QueueMember", "PJSIP/a", "0", "1")])
    assert board.has_operators("hotline")
    board.apply(change("QueueMemberPause", "PJSIP/a", "1", "1"))
    assert not board.has_operators("hotline")
    assert list(board.members["hotline"]) == ["PJSIP/a"]


def test_other_events_and_other_queues_say_nothing_of_ours() -> None:
    board = QueueBoard()
    board.apply({"Event": "Newchannel", "Channel": "PJSIP/a-1"})
    board.apply(change("QueueMemberAdded", "PJSIP/a", "0", "1", queue="another"))
    assert not board.has_operators("hotline")


def test_a_member_who_talks_serves_the_queue_but_cannot_ring_now() -> None:
    talking = Member("PJSIP/a", paused=False, state="2")
    assert talking.is_serving
    assert not talking.is_ready
    assert not Member("PJSIP/a", paused=False, state="5").is_serving, "a device that is away"


def test_a_queue_that_a_leader_has_closed_has_nobody_for_those_who_come() -> None:
    board = QueueBoard()
    board.apply(
        {"Event": "QueueMemberAdded", "Queue": "hotline", "Interface": "PJSIP/2001", "Paused": "0", "Status": "1"}
    )
    assert board.has_operators("hotline")
    board.open = False
    assert not board.has_operators("hotline")
