"""The clocks of a ticket: what each promises, when its next step is, what stopping and extending do to it. Pure.

A clock is one ``Deadline``. Its steps follow each other: a warning, the due time, then the escalations of the policy's chain.
Only ``step_at`` is ever looked for, so the cost of time passing is that of what is due.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from hotline1022.base.clock import CIVIL_ZONE
from tickets.calendar import WorkCalendar
from tickets.model import HOTLINE, Deadline, Stop
from tickets.policies import Escalation, Policy, Promise
from tickets.sla import Due, Pause, Target, before, due

WARNING = "warning"
DUE = "due"
ESCALATION = "escalation-"

AGREED = "at"
"""The target of a promise whose due time was agreed with the citizen: it is computed from nothing, and no calendar moves it."""


@dataclass(frozen=True)
class Clock:
    """One kind of promise."""

    title: str
    """What must be done, as people say it."""
    owner: Literal["hotline", "agency"]
    on_due: Literal["breach", "resume", "close"] = "breach"
    """What happens at the due time: it is a breach, or the machine makes a move instead."""
    stops: bool = False
    """Whether it stands while the citizen is asked for more."""
    escalates: bool = True


CLOCKS = {
    "acknowledge": Clock("xác nhận đã nhận phản ánh", "hotline"),
    "classify": Clock("phân loại và chuyển phiếu", "hotline"),
    "clarify": Clock("xác định lại cơ quan có thẩm quyền", "hotline"),
    "accept": Clock("nhận hoặc chuyển trả phiếu", "agency"),
    "respond": Clock("phản hồi đầu tiên cho việc khẩn", "agency"),
    "answer": Clock("trả lời người dân", "agency", stops=True),
    "contribute": Clock("góp ý phối hợp", "agency", stops=True, escalates=False),
    "information": Clock("người dân bổ sung thông tin", "hotline", on_due="resume", escalates=False),
    "progress": Clock("báo tiến độ việc quá hạn", "agency", stops=True, escalates=False),
    "notify": Clock("báo kết quả cho người dân", "hotline"),
    "close": Clock("đóng phiếu khi không có ý kiến thêm", "hotline", on_due="close", escalates=False),
    "apology_draft": Clock("dự thảo thư xin lỗi", "agency", escalates=False),
    "apology_sent": Clock("gửi thư xin lỗi", "agency"),
    "visit": Clock("đến nhà theo lịch hẹn", "agency"),
}
"""Every clock by its name in the policies (``accept_urgent`` is the urgent ``accept``)."""


def started(
    clock: str,
    promise: Promise,
    *,
    policy: Policy,
    calendar: WorkCalendar,
    party: str,
    starts: datetime,
    reopened: int = 0,
) -> Deadline:
    """The promise of ``clock``, made to ``party`` at ``starts``, with its first step."""
    computed = due(starts, promise.target, calendar)
    fresh = Deadline(
        clock=clock,
        party=party,
        starts=starts,
        due=computed.at,
        target=promise.target,
        explanation=computed.explanation,
        basis=promise.basis,
        policy=policy.version,
        calendar=calendar.version,
        expected=computed.expected,
        round=reopened,
    )
    return _stepped(fresh, policy, calendar, warned=False)


def agreed(
    clock: str,
    due: datetime,
    *,
    remind: datetime,
    explanation: str,
    basis: str,
    policy: Policy,
    calendar: WorkCalendar,
    party: str,
    starts: datetime,
    reopened: int = 0,
) -> Deadline:
    """The promise of ``clock`` for ``due``, agreed with the citizen at ``starts``; warned of at ``remind``, if that is still to come."""
    step, at = (WARNING, remind) if starts < remind < due else (DUE, due)
    return Deadline(
        clock=clock,
        party=party,
        starts=starts,
        due=due,
        target=AGREED,
        explanation=explanation,
        basis=basis,
        policy=policy.version,
        calendar=calendar.version,
        round=reopened,
        step=step,
        step_at=at,
    )


def recomputed(
    deadline: Deadline,
    *,
    policy: Policy,
    calendar: WorkCalendar,
    stops: Iterable[Stop] = (),
    promise: Promise | None = None,
) -> Deadline:
    """The same promise on ``calendar`` (and with the target of another ``promise``), the ended ``stops`` given back.

    What has been warned of or breached already stays so, unless the due time has moved behind it. An agreed promise stays
    what was agreed.
    """
    if deadline.target == AGREED:
        return deadline.model_copy(update={"calendar": calendar.version})
    target = deadline.target if promise is None else promise.target
    if promise is not None and deadline.extended:
        added, wanted = Target.read(deadline.extended), Target.read(target)
        target = str(wanted.plus(added)) if added.unit == wanted.unit else target
    computed = due(deadline.starts, target, calendar, pauses(deadline, stops))
    moved = deadline.model_copy(
        update={
            "due": computed.at,
            "target": target,
            "basis": deadline.basis if promise is None else promise.basis,
            "explanation": _explained(computed, deadline.extended),
            "calendar": calendar.version,
            "policy": policy.version,
            "expected": computed.expected,
        }
    )
    # The clock of a merged ticket: its main one reminds the agency.
    silent = deadline.step is None and deadline.breached_at is None
    if moved.due == deadline.due or silent:
        return moved
    if deadline.breached_at is not None and moved.due <= deadline.breached_at:
        # Late before, later still: the chain goes on as it was.
        return moved.model_copy(update={"breached_at": moved.due})
    warned = deadline.step is not None and deadline.step != WARNING and moved.due <= deadline.due
    return _stepped(moved.model_copy(update={"breached_at": None}), policy, calendar, warned=warned)


def extended(
    deadline: Deadline, amount: str, *, policy: Policy, calendar: WorkCalendar, stops: Iterable[Stop] = ()
) -> Deadline:
    """The promise with ``amount`` added. Raises Invalid when the unit is another one."""
    target = str(Target.read(deadline.target).plus(Target.read(amount)))
    longer = deadline.model_copy(update={"target": target, "extended": amount})
    return recomputed(longer, policy=policy, calendar=calendar, stops=stops)


def after_step(deadline: Deadline, policy: Policy, calendar: WorkCalendar, stops: Iterable[Stop] = ()) -> Deadline:
    """The promise once its step has happened: with the next step, or with none. The due time marks the breach."""
    if deadline.step == WARNING:
        return deadline.model_copy(update={"step": DUE, "step_at": deadline.due})
    done = 0
    if deadline.step == DUE:
        if CLOCKS[deadline.clock].on_due == "breach":
            deadline = deadline.model_copy(update={"breached_at": deadline.due})
    else:
        done = escalation_of(deadline) + 1
    if deadline.breached_at is None:
        return deadline.model_copy(update={"step": None, "step_at": None})
    return _escalating(deadline, done, policy, calendar, stops)


def _escalating(
    deadline: Deadline, done: int, policy: Policy, calendar: WorkCalendar, stops: Iterable[Stop]
) -> Deadline:
    """A broken promise of which ``done`` links of the chain have been told: the next link in working time, pauses given back."""
    chain = chain_of(deadline, policy)
    if done >= len(chain):
        return deadline.model_copy(update={"step": None, "step_at": None})
    at = due(deadline.due, chain[done].after, calendar, pauses(deadline, stops)).at
    return deadline.model_copy(update={"step": f"{ESCALATION}{done + 1}", "step_at": at})


def chain_of(deadline: Deadline, policy: Policy) -> tuple[Escalation, ...]:
    """Whom to tell of a broken promise, one after the other."""
    return policy.chain(hotline=deadline.party == HOTLINE) if CLOCKS[deadline.clock].escalates else ()


def escalation_of(deadline: Deadline) -> int:
    """Which link of the chain (from 0) the pending step is."""
    return int((deadline.step or "").removeprefix(ESCALATION)) - 1


def halted(deadline: Deadline) -> Deadline:
    """The promise while its clock stands: its step waits."""
    return deadline.model_copy(update={"step_at": None})


def resumed(deadline: Deadline, policy: Policy, calendar: WorkCalendar, stops: Iterable[Stop] = ()) -> Deadline:
    """The promise when its clock runs again: its step has an hour again."""
    if deadline.step is None or deadline.step_at is not None:
        return deadline
    if deadline.step in (WARNING, DUE):
        return _stepped(deadline, policy, calendar, warned=deadline.step == DUE)
    return _escalating(deadline, escalation_of(deadline), policy, calendar, stops)


def revived(
    deadline: Deadline, now: datetime, policy: Policy, calendar: WorkCalendar, stops: Iterable[Stop] = ()
) -> Deadline:
    """A promise that had ended runs on at ``now`` as if it never had; a reminder whose hour has passed meanwhile is left out."""
    again = deadline.model_copy(update={"ended": None, "ended_at": None})
    if deadline.breached_at is None:
        ahead = _stepped(again, policy, calendar, warned=False)
        return ahead if ahead.step_at is None or ahead.step_at > now else _stepped(again, policy, calendar, warned=True)
    for done in range(len(chain_of(again, policy)) + 1):
        ahead = _escalating(again, done, policy, calendar, stops)
        if ahead.step_at is None or ahead.step_at > now:
            return ahead
    return again


def ended(deadline: Deadline, how: Literal["met", "dropped"], at: datetime) -> Deadline:
    """The promise after it was kept, or is asked of nobody any more."""
    return deadline.model_copy(update={"ended": how, "ended_at": at, "step": None, "step_at": None})


def pauses(deadline: Deadline, stops: Iterable[Stop]) -> list[Pause]:
    """The ended stops as the SLA counts them, for a clock that stops at all."""
    if not CLOCKS[deadline.clock].stops:
        return []
    return [Pause(stop.start, stop.end) for stop in stops if stop.end is not None]


def _stepped(deadline: Deadline, policy: Policy, calendar: WorkCalendar, *, warned: bool) -> Deadline:
    unit = Target.read(deadline.target).unit
    at = before(deadline.due, Target.read(getattr(policy.warn_before, unit)), calendar, not_before=deadline.starts)
    warns = not warned and CLOCKS[deadline.clock].on_due == "breach" and deadline.starts < at < deadline.due
    step, at = (WARNING, at) if warns else (DUE, deadline.due)
    return deadline.model_copy(update={"step": step, "step_at": at})


def _explained(computed: Due, added: str | None) -> str:
    if not added:
        return computed.explanation
    return f"{computed.explanation[:-1]}, trong đó gia hạn {Target.read(added).in_words}."


def reopened_promise(promise: Promise) -> Promise:
    """The promise for a reopened ticket: half of the first one, at least one of its unit."""
    return Promise(target=str(Target.read(promise.target).halved()), basis=f"{promise.basis}; phiếu mở lại: một nửa")


def reopen_until(told_at: datetime, policy: Policy) -> datetime:
    """Until when a citizen may have a ticket reopened that was answered at ``told_at``: the end of the last day, in the civil zone.

    The day of the answer is not counted and the last one ends at midnight (Civil Code 2015 art. 147, 148).
    """
    after = told_at.astimezone(CIVIL_ZONE).date() + timedelta(days=policy.reopen_days + 1)
    return datetime(after.year, after.month, after.day, tzinfo=CIVIL_ZONE) - timedelta(microseconds=1)
