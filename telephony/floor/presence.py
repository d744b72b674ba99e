"""An operator's state and what changes it: pure. Whoever asks for what is not possible now is told so in one Vietnamese sentence.

off → paused ⇄ ready → ringing or dialling → talking ⇄ held → wrap-up → ready or paused; talking ⇄ consulting → three-way with a
colleague; disconnected is left by signing on again.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from hotline1022.base.errors import Refused

State = Literal[
    "paused", "ready", "ringing", "dialling", "talking", "held", "consulting", "three-way", "wrap-up", "disconnected"
]
Direction = Literal["in", "out"]

REASONS = {
    "break": "Giải lao",
    "meal": "Ăn trưa",
    "paperwork": "Viết phiếu",
    "callback": "Gọi ra",
    "training": "Học, họp",
    "device": "Sự cố thiết bị",
}
"""Reasons that a person may give for a pause."""

MACHINE_REASONS = {
    "start": "Mới vào ca",
    "missed": "Không nghe máy",
    "declined": "Đã để người khác nhận",
    "disconnected": "Mất kết nối",
    "listening": "Đang nghe cùng đồng nghiệp",
}
"""Reasons that only the machine gives."""

HELP = {
    "question": "Câu hỏi khó",
    "upset": "Người dân bức xúc",
    "danger": "Việc nguy hiểm, khẩn cấp",
    "other": "Việc khác",
}
"""What an operator may want a leader for while a citizen is on the line."""

WRAP_UP = timedelta(seconds=60)
MORE = timedelta(seconds=60)
MOST_MORE = 10
"""One minute for the paperwork after a call, ten times a minute more (WCAG 2.2, criterion 2.2.1)."""

ALIVE_FOR = timedelta(seconds=15)
"""A page that has said nothing for so long counts as gone: its operator gets no calls."""

TALKING: frozenset[State] = frozenset({"talking", "held"})
CONSULTING: frozenset[State] = frozenset({"consulting", "three-way"})
BUSY: Collection[State] = frozenset({"ringing", "dialling", *TALKING, *CONSULTING})


@dataclass(frozen=True, kw_only=True)
class Other:
    """Who is asked about a citizen, or for whoever is asked: who asks. ``answered``: the two hear each other."""

    name: str
    answered: bool = False


@dataclass(frozen=True, kw_only=True)
class OperatorCall:
    """The call that an operator has. ``channel`` is the citizen's in Asterisk, ``leg`` the operator's own."""

    call: str
    channel: str
    leg: str
    direction: Direction
    number: str | None
    arrived_at: datetime
    answered_at: datetime | None = None
    held_since: datetime | None = None
    recorded: bool | None = None
    other: Other | None = None


@dataclass(frozen=True, kw_only=True)
class Presence:
    """What an operator does now. ``next_reason``: the pause to come after the call; ``wrap_up_until``: an offer, not a guillotine."""

    state: State
    reason: str | None
    since: datetime
    call: OperatorCall | None = None
    next_reason: str | None = None
    wrap_up_until: datetime | None = None
    more_left: int = MOST_MORE

    @property
    def takes_calls(self) -> bool:
        """The next caller may ring this operator now."""
        return self.state == "ready"

    @property
    def is_listening(self) -> bool:
        """A leader hears a colleague's call: nothing else is begun meanwhile, what is chosen counts from its end on."""
        return (self.state, self.reason) == ("paused", "listening")

    @property
    def serves(self) -> bool:
        """Callers may wait for this operator: a call in hand will end, a pause may not. Who dials is not to be rung meanwhile."""
        return self.state == "ready" or (self.state in BUSY and self.state != "dialling")


def signed_on(now: datetime) -> Presence:
    """At the start of a shift nobody is rung before they say so."""
    return Presence(state="paused", reason="start", since=now)


def ready(presence: Presence, now: datetime) -> Presence:
    """The operator takes calls. Raises Refused."""
    if presence.state in BUSY or presence.is_listening:
        return replace(presence, next_reason=None)
    if presence.state == "wrap-up":
        raise Refused("Chưa chọn kết quả của cuộc gọi vừa rồi", remedy="chọn kết quả rồi bấm Lưu và sẵn sàng")
    if presence.state == "ready":
        return presence
    return Presence(state="ready", reason=None, since=now)


def pause(presence: Presence, reason: str, now: datetime) -> Presence:
    """The operator takes no calls; in a call, from its end on. Another reason begins another interval. Raises Refused."""
    if reason not in REASONS and reason not in MACHINE_REASONS:
        raise Refused("Không có lý do tạm nghỉ này")
    if presence.state in BUSY or presence.state == "wrap-up" or presence.is_listening:
        return replace(presence, next_reason=reason)
    if presence.state == "paused" and presence.reason == reason:
        return presence
    return Presence(state="paused", reason=reason, since=now)


def rings(presence: Presence, call: OperatorCall, now: datetime) -> Presence:
    """The operator's telephone rings. A page that was reloaded is rung for a call that had been answered: it still needs its paperwork."""
    before = presence.call
    if before is not None and before.call == call.call:
        call = replace(call, answered_at=before.answered_at, direction=before.direction)
    return Presence(state="ringing", reason=None, since=now, call=call, next_reason=presence.next_reason)


def dials(presence: Presence, call: OperatorCall, now: datetime) -> Presence:
    """The operator rings a citizen; whoever paused for it pauses again behind it. Raises Refused."""
    if presence.state not in ("ready", "paused") or presence.is_listening:
        raise Refused(_WHY_NO_CALL.get(presence.state, "Đang có cuộc gọi"))
    return Presence(state="dialling", reason=None, since=now, call=call, next_reason=presence.reason)


def answered(presence: Presence, now: datetime) -> Presence:
    """The two sides hear each other."""
    if presence.call is None or presence.state not in ("ringing", "dialling"):
        return presence
    call = replace(presence.call, answered_at=presence.call.answered_at or now)
    return replace(presence, state="talking", since=now, call=call)


def not_answered(presence: Presence, why: Literal["missed", "declined", "gone"], now: datetime) -> Presence:
    """It has stopped ringing. Whoever did not take it pauses; a caller who gave up changes nothing. A talk of before has its paperwork."""
    if presence.state not in ("ringing", "dialling") or presence.call is None:
        return presence
    if presence.call.answered_at is not None:
        return _paperwork(presence, now)
    if why == "gone":
        return _after(presence, now, Presence(state="ready", reason=None, since=now))
    return Presence(state="paused", reason=why, since=now)


def held(presence: Presence, now: datetime) -> Presence:
    """The citizen hears music."""
    if presence.state != "talking" or presence.call is None:
        return presence
    return replace(presence, state="held", call=replace(presence.call, held_since=now))


def resumed(presence: Presence) -> Presence:
    """The two hear each other again."""
    if presence.state != "held" or presence.call is None:
        return presence
    return replace(presence, state="talking", call=replace(presence.call, held_since=None))


def has_citizen(presence: Presence) -> bool:
    """The citizen is this operator's: whoever is only asked about one may send them nowhere."""
    asked = presence.call is not None and presence.call.other is not None and presence.state in TALKING
    return presence.state in TALKING | CONSULTING and not asked


def consults(presence: Presence, name: str, now: datetime) -> Presence:
    """The citizen hears music while somebody is asked. Raises Refused."""
    if presence.call is None or presence.state not in TALKING:
        raise Refused("Không có cuộc gọi nào để hỏi thêm")
    call = replace(presence.call, held_since=None, other=Other(name=name))
    return replace(presence, state="consulting", since=now, call=call)


def other_answers(presence: Presence) -> Presence:
    """Whoever is asked has taken the call."""
    if presence.state != "consulting" or presence.call is None or presence.call.other is None:
        return presence
    return replace(presence, call=replace(presence.call, other=replace(presence.call.other, answered=True)))


def joins(presence: Presence, now: datetime) -> Presence:
    """All three hear each other. Raises Refused."""
    other = presence.call.other if presence.call else None
    if presence.state != "consulting" or other is None or not other.answered:
        raise Refused("Người được hỏi chưa nghe máy")
    return replace(presence, state="three-way", since=now)


def returned(presence: Presence, now: datetime) -> Presence:
    """The asking is over: the operator has the citizen again."""
    if presence.state not in CONSULTING or presence.call is None:
        return presence
    return replace(presence, state="talking", since=now, call=replace(presence.call, other=None))


def takes_over(presence: Presence, now: datetime) -> Presence:
    """Whoever was asked has the citizen from now on."""
    if presence.state not in TALKING or presence.call is None:
        return presence
    return replace(presence, call=replace(presence.call, answered_at=now, other=None))


def released(presence: Presence, now: datetime) -> Presence:
    """Whoever was asked had no citizen: no paperwork."""
    if presence.call is None or presence.call.other is None or presence.state not in BUSY:
        return presence
    return _after(presence, now, Presence(state="ready", reason=None, since=now))


def ended(presence: Presence, now: datetime) -> Presence:
    """The call is over: the paperwork begins. A call that nobody answered needs none."""
    if presence.state not in BUSY:
        return presence
    if presence.state in ("ringing", "dialling"):
        return not_answered(presence, "gone", now)
    return _paperwork(presence, now)


def more(presence: Presence) -> Presence:
    """One minute more for the paperwork. Raises Refused."""
    if presence.state != "wrap-up" or presence.wrap_up_until is None:
        raise Refused("Không còn trong thời gian xử lý sau cuộc gọi")
    if presence.more_left == 0:
        raise Refused("Đã thêm đủ số lần", remedy="lưu kết quả, rồi tạm nghỉ để viết tiếp phiếu")
    return replace(presence, wrap_up_until=presence.wrap_up_until + MORE, more_left=presence.more_left - 1)


def wrapped_up(presence: Presence, now: datetime, *, and_ready: bool) -> Presence:
    """The result is written down. Raises Refused."""
    if presence.state != "wrap-up":
        raise Refused("Không có cuộc gọi nào chờ kết quả")
    if not and_ready and presence.next_reason is None:
        return Presence(state="paused", reason="paperwork", since=now)
    return _after(presence, now, Presence(state="ready", reason=None, since=now))


def listens(presence: Presence, now: datetime) -> Presence:
    """A leader begins to hear a colleague's call. Raises Refused."""
    if presence.state not in ("ready", "paused") or presence.is_listening:
        raise Refused("Đang có cuộc gọi, hoặc chưa ghi kết quả của cuộc gọi vừa rồi")
    return Presence(state="paused", reason="listening", since=now, next_reason=presence.reason)


def listened(presence: Presence, now: datetime) -> Presence:
    """It is over: the leader stands as before."""
    return _after(presence, now, Presence(state="ready", reason=None, since=now)) if presence.is_listening else presence


def vanished(presence: Presence, now: datetime) -> Presence:
    """The page has not been heard of. A call goes on by itself: only the telephone's own end tells that it is over."""
    if presence.state in BUSY or presence.state in ("disconnected", "wrap-up"):
        return presence
    return Presence(state="disconnected", reason="disconnected", since=now)


def _after(presence: Presence, now: datetime, otherwise: Presence) -> Presence:
    if presence.next_reason is None:
        return otherwise
    return Presence(state="paused", reason=presence.next_reason, since=now)


def _paperwork(presence: Presence, now: datetime) -> Presence:
    call = presence.call and replace(presence.call, other=None, held_since=None)
    return replace(
        presence,
        state="wrap-up",
        reason=None,
        since=now,
        call=call,
        wrap_up_until=now + WRAP_UP,
        more_left=MOST_MORE,
    )


_WHY_NO_CALL: Mapping[State, str] = {
    "wrap-up": "Chưa chọn kết quả của cuộc gọi vừa rồi",
    "disconnected": "Đang mất kết nối",
}
