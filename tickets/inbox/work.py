"""Puts what is owed into the order of a day: each ticket once, by what is due first on it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from tickets.assignees.model import Assignee
from tickets.clocks import CLOCKS
from tickets.inbox.left import Group, group_of, left_of
from tickets.inbox.model import InboxLine
from tickets.model import Deadline, Stage, Stop
from tickets.rules import Rules
from tickets.stages import STAGE_NAMES


class Duty(NamedTuple):
    """A promise that somebody owes on a ticket."""

    code: str
    stage: Stage
    deadline: Deadline


class Work(NamedTuple):
    """A ticket with everything that one side owes on it; ``first`` is what it stands in its group for."""

    code: str
    stage: Stage
    group: Group
    first: Deadline
    answer: Deadline | None


def work_of(owed: Iterable[Duty], now: datetime) -> list[Work]:
    """Each ticket once, the earliest due first. A promise whose clock stands counts only where nothing else is owed."""
    by_code: dict[str, list[Duty]] = {}
    for duty in owed:
        by_code.setdefault(duty.code, []).append(duty)
    found = []
    for code, duties in by_code.items():
        stage = duties[0].stage
        grouped = [(group_of(duty.deadline, stage, now), duty.deadline) for duty in duties]
        group, first = min(grouped, key=lambda each: (each[0] == "paused", each[1].due, each[1].clock))
        answer = next((deadline for _, deadline in grouped if deadline.clock == "answer"), None)
        found.append(Work(code, stage, group, first, answer))
    return sorted(found, key=lambda each: (each.first.due, each.code))


def line_of_work(
    work: Work, row: Mapping[str, Any], rules: Rules, now: datetime, *, who: Assignee | None, reporters: int
) -> InboxLine:
    """A ticket of the inbox as its readers see it; nothing tells who the citizen is."""
    paused = work.group == "paused"
    stops = [Stop.model_validate(stop) for stop in row["stops"]]
    since = stops[-1].start if paused and stops and stops[-1].end is None else None
    calendar = rules.calendar_for(work.first.clock, work.first.party, rules.policy_of(work.first), urgent=row["urgent"])
    return InboxLine(
        code=work.code,
        summary=row["summary"],
        place_name=rules.place_name(row["place"]),
        topic_name=rules.topics.name_of(row["topic"]),
        urgent=row["urgent"],
        stage=work.stage,
        stage_name=STAGE_NAMES[work.stage],
        promise=work.first.clock,
        promise_title=CLOCKS[work.first.clock].title,
        due=None if paused else work.first.due,
        left=None if paused else left_of(work.first, calendar, now),
        answer_due=work.answer.due if work.answer and not paused else None,
        paused_since=since,
        who=who.name if who else None,
        account=who.account if who else None,
        reporters=reporters,
        version=row["version"],
    )


def person_of(assignees: Sequence[Assignee], agency: str | None) -> Assignee | None:
    """The person of ``agency`` among those who work on a ticket."""
    return next((each for each in assignees if each.agency == agency), None)
