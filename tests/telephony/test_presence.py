"""Claims about an operator's state: nobody is rung in a call, no call ends without its paperwork."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.errors import Refused
from telephony.floor import presence as rules
from telephony.floor.presence import MACHINE_REASONS, MOST_MORE, REASONS, OperatorCall, Other, Presence
from telephony.floor.waiting import Waiting

NOW = datetime(2026, 11, 26, 1, 0, tzinfo=UTC)
CALL = OperatorCall(call="c", channel="1.0", leg="2.0", direction="in", number="+84912345678", arrived_at=NOW)
OUT = OperatorCall(call="o", channel="", leg="3.0", direction="out", number="+84912345678", arrived_at=NOW)

CHANGES: dict[str, Callable[[Presence, datetime], Presence]] = {
    "ready": rules.ready,
    "pause": lambda before, now: rules.pause(before, "meal", now),
    "rings": lambda before, now: rules.rings(before, CALL, now),
    "dials": lambda before, now: rules.dials(before, OUT, now),
    "answered": rules.answered,
    "consults": lambda before, now: rules.consults(before, "Hoa", now),
    "other answers": lambda before, _now: rules.other_answers(before),
    "joins": rules.joins,
    "returned": rules.returned,
    "takes over": rules.takes_over,
    "missed": lambda before, now: rules.not_answered(before, "missed", now),
    "declined": lambda before, now: rules.not_answered(before, "declined", now),
    "gone": lambda before, now: rules.not_answered(before, "gone", now),
    "held": rules.held,
    "resumed": lambda before, _now: rules.resumed(before),
    "ended": rules.ended,
    "more": lambda before, _now: rules.more(before),
    "wrapped up, ready": lambda before, now: rules.wrapped_up(before, now, and_ready=True),
    "wrapped up": lambda before, now: rules.wrapped_up(before, now, and_ready=False),
    "vanished": rules.vanished,
    "listens": rules.listens,
    "listened": rules.listened,
}


def lived(names: list[str]) -> list[tuple[str, Presence]]:
    """The states that these changes lead through; what is refused changes nothing."""
    at, presence = NOW, rules.signed_on(NOW)
    states = [("signed on", presence)]
    for name in names:
        at += timedelta(seconds=1)
        with suppress(Refused):
            presence = CHANGES[name](presence, at)
        states.append((name, presence))
    return states


@given(st.lists(st.sampled_from(sorted(CHANGES)), max_size=40))
def test_whatever_happens_a_state_makes_sense(names: list[str]) -> None:
    states = lived(names)
    for (_, before), (name, after) in pairwise(states):
        assert (after.call is not None) == (after.state in rules.BUSY or after.state == "wrap-up")
        assert (after.reason is not None) == (after.state in ("paused", "disconnected"))
        assert after.reason is None or after.reason in REASONS | MACHINE_REASONS
        assert (after.wrap_up_until is not None) == (after.state == "wrap-up")
        assert 0 <= after.more_left <= MOST_MORE
        talked = rules.TALKING | rules.CONSULTING
        if before.state in talked and after.state not in talked and name != "rings":
            assert after.state == "wrap-up", "no conversation ends without its paperwork"
        if after.takes_calls:
            assert after.call is None
        if after.state in rules.CONSULTING:
            assert after.call is not None
            assert after.call.other is not None
            assert after.call.held_since is None
        if after.state == "three-way":
            assert after.call is not None
            assert after.call.other == Other(name="Hoa", answered=True)
        if after.state == "wrap-up":
            assert after.call is not None
            assert after.call.other is None
        if (before.state, before.reason) != (after.state, after.reason) and after.state not in ("held", "talking"):
            assert after.since > before.since


def test_a_pause_wished_for_in_a_call_comes_behind_the_paperwork() -> None:
    last = lived(["ready", "rings", "answered", "pause", "ended", "wrapped up, ready"])[-1][1]
    assert (last.state, last.reason) == ("paused", "meal")
    taken_back = lived(["ready", "rings", "answered", "pause", "ready", "ended", "wrapped up, ready"])[-1][1]
    assert taken_back.state == "ready"


def test_missed_and_declined_are_different_facts_and_a_caller_who_gives_up_is_neither() -> None:
    ends = {how: lived(["ready", "rings", how])[-1][1] for how in ("missed", "declined", "gone")}
    told = {how: (end.state, end.reason) for how, end in ends.items()}
    assert told == {"missed": ("paused", "missed"), "declined": ("paused", "declined"), "gone": ("ready", None)}


def test_the_paperwork_can_take_a_minute_more_ten_times_and_then_somebody_must_say_so() -> None:
    presence = lived(["ready", "rings", "answered", "ended"])[-1][1]
    until = presence.wrap_up_until
    for _ in range(MOST_MORE):
        presence = rules.more(presence)
    assert until is not None
    assert presence.wrap_up_until == until + MOST_MORE * rules.MORE
    with pytest.raises(Refused, match="Đã thêm đủ số lần"):
        rules.more(presence)
    with pytest.raises(Refused, match="kết quả"):
        rules.ready(presence, NOW)


def test_a_leader_who_listens_does_nothing_else_and_stands_afterwards_as_before_or_as_chosen_meanwhile() -> None:
    assert lived(["ready", "listens", "listened"])[-1][1].state == "ready"
    assert lived(["pause", "listens", "listened"])[-1][1].reason == "meal"
    assert lived(["pause", "listens", "ready", "listened"])[-1][1].state == "ready"
    assert lived(["ready", "listens", "vanished", "listened"])[-1][1].state == "disconnected"
    listening = lived(["ready", "listens"])[-1][1]
    assert (listening.takes_calls, listening.serves) == (False, False)
    with pytest.raises(Refused):
        rules.dials(listening, CALL, NOW)
    with pytest.raises(Refused):
        rules.listens(lived(["ready", "rings", "answered"])[-1][1], NOW)


def test_who_dials_is_in_no_other_call_and_is_not_rung_meanwhile() -> None:
    dialling = lived(["ready", "dials"])[-1][1]
    assert (dialling.state, dialling.serves) == ("dialling", False)
    for before in (
        ["ready", "rings"],
        ["ready", "rings", "answered"],
        ["ready", "rings", "answered", "ended"],
        ["vanished"],
    ):
        presence = lived(before)[-1][1]
        with pytest.raises(Refused):
            rules.dials(presence, OUT, NOW)
    assert lived(["ready", "dials", "answered"])[-1][1].serves


def test_whoever_paused_before_a_call_out_pauses_again_behind_it() -> None:
    assert lived(["ready", "pause", "dials", "gone"])[-1][1].reason == "meal"
    assert lived(["ready", "pause", "dials", "answered", "ended", "wrapped up, ready"])[-1][1].reason == "meal"
    assert lived(["ready", "dials", "gone"])[-1][1].state == "ready"


def test_a_call_that_rings_again_in_a_new_page_has_its_paperwork_whatever_becomes_of_it() -> None:
    for how in ("gone", "missed", "declined", "ended"):
        assert lived(["ready", "rings", "answered", "ended", "rings", how])[-1][1].state == "wrap-up", how
    again = lived(["ready", "rings", "answered", "rings", "answered"])
    first, last = again[3][1].call, again[-1][1].call
    assert first is not None
    assert last is not None
    assert last.answered_at == first.answered_at


def test_whoever_is_asked_about_a_citizen_and_gives_them_back_has_no_paperwork() -> None:
    asked = replace(CALL, other=Other(name="Lan"))
    talks = rules.answered(rules.rings(rules.ready(rules.signed_on(NOW), NOW), asked, NOW), NOW)
    assert not rules.has_citizen(talks)
    assert rules.released(talks, NOW).state == "ready"
    taken = rules.takes_over(talks, NOW)
    assert rules.has_citizen(taken)
    assert rules.released(taken, NOW) == taken
    assert rules.ended(taken, NOW).state == "wrap-up"


def test_a_page_that_vanishes_in_a_call_leaves_the_call_alone() -> None:
    assert lived(["ready", "rings", "answered", "vanished"])[-1][1].state == "talking"
    assert lived(["ready", "vanished"])[-1][1].reason == "disconnected"


@given(
    st.lists(
        st.tuples(st.sampled_from(["QueueCallerJoin", "QueueCallerLeave", "QueueCallerAbandon"]), st.integers(1, 4))
    )
)
def test_who_waits_is_who_came_and_has_not_gone(events: list[tuple[str, int]]) -> None:
    waiting, expected = Waiting(), dict[str, datetime]()
    for second, (kind, caller) in enumerate(events):
        at = NOW + timedelta(seconds=second)
        waiting.apply({"Event": kind, "Uniqueid": str(caller)}, at)
        if kind == "QueueCallerJoin":
            expected[str(caller)] = at
        else:
            expected.pop(str(caller), None)
    assert waiting.since == expected
    assert waiting.longest == min(expected.values(), default=None)
    waiting.reset([{"Event": "QueueEntry", "Uniqueid": "9", "Wait": "30"}, {"Event": "QueueMember"}], NOW)
    assert waiting.since == {"9": NOW - timedelta(seconds=30)}
