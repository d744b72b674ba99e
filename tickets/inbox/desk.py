"""Reads a side's open work and what waits for its head. Nothing is changed here; order and words are ``work``'s and ``left``'s."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import AGENCY_ROLES, Actor
from hotline1022.base.clock import CIVIL_ZONE, Clock
from hotline1022.base.db import Database
from tickets import store as ticket_store
from tickets.assignees.store import assignees_of
from tickets.inbox import store
from tickets.inbox.left import group_of, left_of
from tickets.inbox.model import GROUPS, Approval, Approvals, Inbox, InboxGroup, InboxLine, StageCount
from tickets.inbox.work import Duty, Work, line_of_work, person_of, work_of
from tickets.letters import store as letters
from tickets.letters.model import LetterState
from tickets.model import HOTLINE, Extension, Stage
from tickets.rules import StandingRules
from tickets.sight import line_of
from tickets.sla import Target
from tickets.stages import STAGE_NAMES
from tickets.suggesting.alike import reporters_of

SHOWN = 100
"""Lines of each group."""
REOPENED = "Chỉ đạo xử lý lại: người dân nói việc chưa xong"


class InboxDesk:
    """The inbox and the approvals. Methods raise DatabaseAway."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._database, self._clock, self._rules = database, clock, rules

    async def inbox(self, actor: Actor) -> Inbox:
        """What the agency of ``actor``, or the hotline, owes now."""
        now = self._clock.now()
        async with self._database.reading() as connection:
            owed = await store.duties(connection, self._side(actor))
            work = work_of(owed, now)
            groups = [(group, [each for each in work if each.group == group]) for group in GROUPS]
            lines = await self._lines(connection, [each for _, all_of in groups for each in all_of[:SHOWN]], actor, now)
        counts = Counter(each.stage for each in work)
        return Inbox(
            groups=tuple(
                InboxGroup(group=group, count=len(all_of), tickets=tuple(lines[each.code] for each in all_of[:SHOWN]))
                for group, all_of in groups
            ),
            stages=tuple(
                StageCount(stage=stage, name=STAGE_NAMES[stage], count=counts[stage])
                for stage in Stage
                if counts[stage]
            ),
            more=len(owed) >= store.MOST,
        )

    async def approvals(self, actor: Actor) -> Approvals:
        """What waits for the head of the actor's agency: answers, extensions, letters, and what was reopened until it is taken."""
        now, found = self._clock.now(), list[Approval]()
        async with self._database.reading() as connection:
            owed = await store.duties(connection, self._side(actor))
            answers = [each for each in owed if each.deadline.clock == "answer"]
            late = {each.code: each for each in owed if each.deadline.clock in store.LETTER_DUTIES}
            rows = await store.rows_of(connection, sorted({each.code for each in answers} | set(late)))
            for duty in answers:
                row = rows[duty.code]
                extension = None if row["extension"] is None else Extension.model_validate(row["extension"])
                if duty.stage is Stage.DRAFTED:
                    author = await ticket_store.author_of(connection, row["answer"]) or ""
                    told = {"what": "answer", "title": "Duyệt câu trả lời", "by": author, "since": row["stage_at"]}
                    found.append(self._approval(duty, row, actor, now, told))
                if duty.stage is Stage.REOPENED:
                    told = {"what": "reopened", "title": REOPENED, "by": "Người dân", "since": row["stage_at"]}
                    found.append(self._approval(duty, row, actor, now, told))
                if extension is not None and extension.granted is None:
                    found.append(self._approval(duty, row, actor, now, _asked(extension)))
            owing = await letters.letters_of(connection, list(late)) if late else {}
            for code, all_of in owing.items():
                for letter in all_of:
                    if letter.state is LetterState.DRAFTED and letter.agency in self._side(actor):
                        by, since = letter.drafted_by or "", letter.drafted_at or letter.owed_at
                        told = {"what": "letter", "title": "Duyệt thư xin lỗi", "by": by, "since": since}
                        found.append(self._approval(late[code], rows[code], actor, now, told))
        found.sort(key=lambda each: (GROUPS.index(each.group), each.due or each.since, each.code))
        return Approvals(approvals=tuple(found))

    def _side(self, actor: Actor) -> frozenset[str]:
        if actor.role not in AGENCY_ROLES:
            return frozenset({HOTLINE})
        return line_of(actor, self._rules.current.agencies, self._clock.now().astimezone(CIVIL_ZONE).date())

    async def _lines(
        self, connection: AsyncConnection, shown: Sequence[Work], actor: Actor, now: datetime
    ) -> dict[str, InboxLine]:
        codes = [each.code for each in shown]
        rows = await store.rows_of(connection, codes)
        people = await assignees_of(connection, codes) if codes else {}
        reporters = await reporters_of(connection, codes)
        return {
            each.code: line_of_work(
                each,
                rows[each.code],
                self._rules.current,
                now,
                who=person_of(people[each.code], actor.agency),
                reporters=reporters[each.code],
            )
            for each in shown
        }

    def _approval(self, duty: Duty, row: dict[str, Any], actor: Actor, now: datetime, told: dict[str, Any]) -> Approval:
        rules, deadline = self._rules.current, duty.deadline
        group = group_of(deadline, duty.stage, now)
        calendar = rules.calendar_for(deadline.clock, deadline.party, rules.policy_of(deadline), urgent=row["urgent"])
        facts = {
            "code": duty.code,
            "summary": row["summary"],
            "place_name": rules.place_name(row["place"]),
            "topic_name": rules.topics.name_of(row["topic"]),
            "reason": None,
            "due": None if group == "paused" else deadline.due,
            "left": None if group == "paused" else left_of(deadline, calendar, now),
            "group": group,
            "own": told["by"] == actor.name,
        }
        return Approval.model_validate(facts | told)


def _asked(extension: Extension) -> dict[str, Any]:
    amount = Target.read(extension.amount).in_words
    return {
        "what": "extension",
        "title": f"Duyệt gia hạn {amount}",
        "by": extension.asked_by,
        "since": extension.asked_at,
        "reason": extension.reason,
    }
