"""Claims about who is owed a call, when one may be made and what its result makes of it. Rules only; no list and no clock."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from telephony.callbacks import rules
from telephony.callbacks.model import TRIED, Attempt, Callback, QueueNow
from telephony.callbacks.policy import CallbackPolicy, StandingCallbackPolicy
from telephony.events import CallEnded, ReportTaken

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
POLICY: CallbackPolicy = StandingCallbackPolicy().current
NUMBER = "+84912345678"


class Office:
    """Open from 08:00 to 20:00 in Vietnam, every day."""

    def open_at(self, instant: datetime) -> bool:
        return 1 <= instant.astimezone(UTC).hour < 13

    def next_opening(self, instant: datetime) -> datetime:
        while not self.open_at(instant):
            instant = (instant + timedelta(hours=1)).replace(minute=0)
        return instant


def ended(**facts: Any) -> CallEnded:
    """A call that has just ended; ``queued``, ``unqueued``, ``answered`` are seconds before its end."""
    for name in ("queued", "unqueued", "answered"):
        if name in facts:
            facts[f"{name}_at"] = NOW - timedelta(seconds=facts.pop(name))
    told = {"cause": "hangup-16", "result": "caller-left", "recorded": False, "number": NUMBER, **facts}
    return CallEnded(at=NOW, call="c", began_at=NOW - timedelta(minutes=5), **told)


def callback(**facts: Any) -> Callback:
    """An open call-back."""
    told: dict[str, Any] = {
        "id": 1, "number": NUMBER, "reason": "abandoned", "call": "c", "ticket": None, "note": None,
        "waited_seconds": 40.0, "times": 1, "asked_at": NOW, "due_at": None, "attempts": (), "taken_by": None,
        "taken_name": None, "taken_at": None, "closed_at": None, "end": None, "why": None,
    }  # fmt: skip
    return Callback(**(told | facts))


@pytest.mark.parametrize(
    ("facts", "reason"),
    [
        ({"queued": 40}, "abandoned"),
        ({"queued": 90, "unqueued": 20}, "missed"),
        ({"queued": 2, "unqueued": 1}, "missed"),
        ({"queued": 2}, None),
        ({}, None),
        ({"queued": 90, "answered": 60}, None),
        ({"queued": 90, "unqueued": 30, "reported": True}, None),
        ({"queued": 40, "number": None}, None),
        ({"queued": 40, "number": "+8419001234"}, None),
        ({"queued": 40, "number": "+12025550123"}, None),
    ],
)
def test_who_waited_for_an_operator_and_met_none_is_owed_a_call(facts: dict[str, Any], reason: str | None) -> None:
    assert rules.reason_of_end(ended(**facts), POLICY) == reason


def test_whoever_did_not_want_to_be_recorded_was_promised_a_call_whatever_the_policy_says() -> None:
    taken = ReportTaken(
        at=NOW, call="c", source="s", number=NUMBER, menu="2", urgent=False, appointment=False, spoken=True, code=None
    )  # fmt: skip
    strict = POLICY.model_copy(update={"voice_reports": False})
    assert rules.reason_of_report(taken, POLICY) == "voice-report"
    assert rules.reason_of_report(taken, strict) is None
    assert rules.reason_of_report(taken.model_copy(update={"spoken": False}), strict) == "voice-report"


@given(
    waiting=st.integers(0, 3),
    free=st.frozensets(st.integers(1, 5)),
    takers=st.frozensets(st.integers(1, 5)),
    hour=st.integers(0, 23),
)
def test_nobody_is_called_ahead_of_who_waits_nor_by_more_than_are_free_nor_at_night(
    waiting: int, free: frozenset[int], takers: frozenset[int], hour: int
) -> None:
    at = NOW.replace(hour=hour)
    why = rules.nobody_now(QueueNow(waiting, free), takers, Office(), at)
    allowed = waiting == 0 and len(free - takers) > 0 and Office().open_at(at)
    assert (why is None) == allowed
    assert why is None or (len(why) > 10 and why[0].isupper())


def test_each_no_says_why_in_words() -> None:
    nobody = [
        rules.nobody_now(QueueNow(2, frozenset({1})), (), Office(), NOW),
        rules.nobody_now(QueueNow(0), (), Office(), NOW),
        rules.nobody_now(QueueNow(0, frozenset({1})), {1}, Office(), NOW),
        rules.nobody_now(None, (), Office(), NOW),
        rules.nobody_now(QueueNow(0, frozenset({1})), (), Office(), NOW.replace(hour=15)),
    ]
    assert nobody == [
        "Đang có 2 người chờ máy; nghe máy trước",
        "Không có điện thoại viên nào rảnh",
        "Mọi điện thoại viên rảnh đều đang gọi lại",
        "Chưa biết hàng đợi lúc này; đợi tổng đài nối lại với Asterisk",
        "Ngoài giờ được phép gọi; gọi từ 08:00 24/11",
    ]
    busy = (Attempt(at=NOW, by="lan", result="busy"),)
    later = NOW + timedelta(hours=1)
    ones = [
        callback(taken_by=1, taken_name="Lan", taken_at=NOW),
        callback(due_at=later, attempts=busy),
        callback(due_at=later, reason="appointment"),
        callback(due_at=NOW),
        callback(),
    ]
    assert [rules.not_this(each, NOW, POLICY) for each in ones] == [
        "Lan đang gọi",
        "Gọi lại từ 10:00 23/11; lần trước máy bận",
        "Hẹn gọi 10:00 23/11",
        None,
        None,
    ]


def test_a_taker_who_writes_nothing_down_has_it_no_more_after_a_while() -> None:
    taken = callback(taken_by=1, taken_name="Lan", taken_at=NOW)
    assert rules.is_held(taken, NOW + POLICY.held - timedelta(seconds=1), POLICY)
    assert not rules.is_held(taken, NOW + POLICY.held, POLICY)


@given(results=st.lists(st.sampled_from(["no_answer", "busy"]), max_size=8))
def test_who_is_never_reached_is_tried_as_often_as_the_policy_says_ever_later_and_in_hours(results: list[Any]) -> None:
    owed, now, gaps = callback(), NOW, []
    for number, result in enumerate(results, start=1):
        become = rules.outcome(owed, result, now, policy=POLICY, hours=Office(), again_at=None)
        if number >= POLICY.most_attempts:
            assert become.end == "policy"
            assert f"Đã gọi {number} lần" in (become.why or "")
            return
        assert become.end is None
        assert become.due_at is not None
        assert Office().open_at(become.due_at)
        gaps.append(become.due_at - now)
        owed = callback(attempts=(*owed.attempts, Attempt(at=now, by="lan", result=result)))
        now = become.due_at
    assert all(gap >= timedelta(minutes=POLICY.gaps_minutes[0]) for gap in gaps)


def test_what_ends_it_and_what_does_not() -> None:
    def become(result: Any, again_at: datetime | None = None) -> rules.Outcome:
        return rules.outcome(callback(), result, NOW, policy=POLICY, hours=Office(), again_at=again_at)

    assert [become(each).end for each in ("reached", "wrong", "given_up")] == ["reached", "wrong", "given_up"]
    assert all(become(each).end is None for each in TRIED)
    later = NOW + timedelta(hours=3)
    assert become("reached", later) == rules.Outcome(None, None, later)
