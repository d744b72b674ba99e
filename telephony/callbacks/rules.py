"""When a call becomes a call-back, when one may be made, and what its result makes of it. Pure; every no is a Vietnamese sentence."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from hotline1022.base.clock import CIVIL_ZONE
from telephony.callbacks.model import RESULT_NAMES, TRIED, Callback, End, QueueNow, Reason, Result
from telephony.callbacks.policy import CallbackPolicy
from telephony.events import CallEnded, ReportTaken


class Hours(Protocol):
    """The hours in which people may be called: a working calendar."""

    def open_at(self, instant: datetime) -> bool:
        """Whether it is one of them."""
        ...

    def next_opening(self, instant: datetime) -> datetime:
        """The first such instant from here on."""
        ...


@dataclass(frozen=True)
class Outcome:
    """What a result makes of a call-back: closed with a sentence, or due again (None: at once)."""

    end: End | None
    why: str | None
    due_at: datetime | None


def waited(ended: CallEnded) -> float | None:
    """Seconds in the queue until an operator, until the queue gave up, or until the end; None for whoever never got there."""
    if ended.queued_at is None:
        return None
    until = ended.answered_at or ended.unqueued_at or ended.at
    return max((until - ended.queued_at).total_seconds(), 0.0)


def reason_of_end(ended: CallEnded, policy: CallbackPolicy) -> Reason | None:
    """Why the caller is owed a call; None for whoever was spoken to, never waited, was gone at once, or left a message."""
    seconds = waited(ended)
    if ended.number is None or seconds is None or ended.answered_at is not None or ended.reported:
        return None
    if not policy.allows(ended.number):
        return None
    if ended.unqueued_at is not None:
        return "missed"
    return "abandoned" if seconds >= policy.least_wait_seconds else None


def reason_of_report(taken: ReportTaken, policy: CallbackPolicy) -> Reason | None:
    """The same of a message. Whoever did not want to be recorded has been told that they are called back, whatever the policy says."""
    if taken.number is None or not policy.allows(taken.number):
        return None
    return "voice-report" if policy.voice_reports or not taken.spoken else None


def is_held(callback: Callback, now: datetime, policy: CallbackPolicy) -> bool:
    """Whether somebody has it in hand; whoever has written nothing down for too long has it no more."""
    return callback.closed_at is None and callback.taken_at is not None and now < callback.taken_at + policy.held


def nobody_now(queue: QueueNow | None, takers: Collection[int], hours: Hours, now: datetime) -> str | None:
    """Why nobody at all may be called back now. Callers who wait come first, and there are never more calls back than free operators."""
    if not hours.open_at(now):
        return f"Ngoài giờ được phép gọi; gọi từ {_when(hours.next_opening(now))}"
    if queue is None:
        return "Chưa biết hàng đợi lúc này; đợi tổng đài nối lại với Asterisk"
    if queue.waiting:
        return f"Đang có {queue.waiting} người chờ máy; nghe máy trước"
    if not queue.free:
        return "Không có điện thoại viên nào rảnh"
    if not queue.free.difference(takers):
        return "Mọi điện thoại viên rảnh đều đang gọi lại"
    return None


def not_this(callback: Callback, now: datetime, policy: CallbackPolicy) -> str | None:
    """Why this one is not to be made now."""
    if callback.closed_at is not None:
        return callback.why
    if is_held(callback, now, policy):
        return f"{callback.taken_name} đang gọi"
    if callback.due_at is not None and callback.due_at > now:
        if callback.reason == "appointment" and not callback.attempts:
            return f"Hẹn gọi {_when(callback.due_at)}"
        last = f"lần trước {RESULT_NAMES[callback.attempts[-1].result]}" if callback.attempts else "đã hẹn"
        return f"Gọi lại từ {_when(callback.due_at)}; {last}"
    return None


def not_yours(queue: QueueNow | None, asker: int, held: Collection[int]) -> str | None:
    """Why this operator cannot take one: ``held`` are the call-backs that they have in hand."""
    if held:
        return "Bạn đang giữ một cuộc gọi lại khác; ghi kết quả của cuộc đó trước"
    if queue is None or asker not in queue.free:
        return "Vào ca và chọn Sẵn sàng hoặc Gọi ra rồi mới nhận gọi lại"
    return None


def outcome(
    callback: Callback,
    result: Result,
    now: datetime,
    *,
    policy: CallbackPolicy,
    hours: Hours,
    again_at: datetime | None,
) -> Outcome:
    """What becomes of it; ``callback`` does not count this attempt yet. ``again_at``: the citizen or the operator wants it then."""
    calls = len([each for each in callback.attempts if each.result in TRIED]) + 1
    if result == "wrong":
        return Outcome("wrong", "Nhầm số: người nghe máy không gọi tổng đài", None)
    if result == "given_up":
        return Outcome("given_up", "Điện thoại viên thôi gọi", None)
    if again_at is not None:
        return Outcome(None, None, again_at)
    if result == "reached":
        return Outcome("reached", f"Đã gọi lại và gặp lúc {_when(now)}", None)
    if calls >= policy.most_attempts:
        return Outcome("policy", f"Đã gọi {calls} lần không gặp; thôi gọi theo quy định", None)
    return Outcome(None, None, hours.next_opening(now + timedelta(minutes=policy.gaps_minutes[calls - 1])))


def rang_again(at: datetime) -> str:
    """How a call-back was closed by its citizen."""
    return f"Người dân đã gọi lại và gặp điện thoại viên lúc {_when(at)}"


def _when(at: datetime) -> str:
    return f"{at.astimezone(CIVIL_ZONE):%H:%M %d/%m}"
