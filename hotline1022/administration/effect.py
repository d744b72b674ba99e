"""What a draft of calendars or policies would change: due times of open tickets, counted as replanning does; promises of new ones.

Nothing is written. Counting goes on behind the answer where there are many tickets, and stops when the draft changes.
"""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError
from tickets.clocks import CLOCKS
from tickets.policies import Policy
from tickets.replanning import Moved, Replanning
from tickets.rules import Rules, StandingRules
from tickets.sla import Target

log = structlog.get_logger()

WITH_DUE_TIMES = frozenset({"calendars", "official-days"})
"""Files whose change moves what is already promised."""

PATIENCE = 1.5
"""Seconds that whoever keeps a draft waits for its effect; then it is counted on, and asked for again."""

MOST_TICKETS = 50_000
MOST_SHOWN = 200


@dataclass
class Effect:
    """What is counted so far. ``whole``: everything was looked at; ``stopped``: nobody counts on."""

    looked_at: int = 0
    later: int = 0
    earlier: int = 0
    whole: bool = False
    stopped: bool = False
    moves: list[Moved] = field(default_factory=list)
    """The first ones."""

    def take(self, moved: list[Moved], tickets: int) -> None:
        """One batch more."""
        self.looked_at += tickets
        self.later += sum(each.after > each.before for each in moved)
        self.earlier += sum(each.after < each.before for each in moved)
        self.moves += moved[: MOST_SHOWN - len(self.moves)]

    @property
    def sentence(self) -> str:
        """What people are told."""
        moved = self.later + self.earlier
        part = (
            ""
            if self.whole
            else f"Đã xem {self.looked_at} phiếu, {'dừng ở đây' if self.stopped else 'đang đếm tiếp'}: "
        )
        if not moved:
            return f"{part}Không hạn nào của phiếu đang mở đổi."
        told = f"{moved} hạn của phiếu đang mở sẽ đổi ({self.later} muộn hơn, {self.earlier} sớm hơn)."
        return f"{part}{told} Phiếu đã đóng không đổi."


class EffectCount:
    """Counts the effect of one draft of each file. ``rules`` are those in force."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules) -> None:
        self._replanning = Replanning(database, clock, rules, _nobody)
        self._rules, self._clock = rules, clock
        self._counted: dict[str, tuple[str, Effect]] = {}
        self._counting: dict[str, asyncio.Task[None]] = {}

    async def of(self, name: str, mark: str, rules: Rules) -> str | None:
        """The effect of draft ``mark`` of file ``name``, which would bring ``rules``; None for files that move nothing."""
        if name == "policies":
            return promises(self._rules.current, rules, self._clock.now())
        if name not in WITH_DUE_TIMES:
            return None
        self.forget(name)
        effect = Effect()
        self._counted[name] = (mark, effect)
        task = self._counting[name] = asyncio.create_task(self._count(effect, rules))
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(task), PATIENCE)
        return effect.sentence

    def told(self, name: str, mark: str) -> Effect | None:
        """What is counted so far of draft ``mark``; None when it was never begun here."""
        known, effect = self._counted.get(name, ("", Effect()))
        return effect if known == mark else None

    def forget(self, name: str) -> None:
        """The draft is another one now, or none."""
        self._counted.pop(name, None)
        if (task := self._counting.pop(name, None)) is not None:
            task.cancel()

    async def close(self) -> None:
        """Count nothing more."""
        tasks = list(self._counting.values())
        for name in list(self._counting):
            self.forget(name)
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _count(self, effect: Effect, rules: Rules) -> None:
        try:
            async for moved, tickets in self._replanning.foreseen(rules):
                effect.take(moved, tickets)
                if effect.looked_at >= MOST_TICKETS:
                    break
            else:
                effect.whole = True
        except HotlineError as error:
            log.warning("effect_not_counted", error=type(error).__name__)
        finally:
            effect.stopped = not effect.whole


def promises(before: Rules, after: Rules, now: datetime) -> str:
    """What other policies mean for reports that come in from now on: every figure that changes. Pure."""
    changed = list(_changed(before.policy_on(now), after.policy_on(now)))
    told = f"Phiếu nhận từ nay: {'; '.join(changed)}." if changed else "Phiếu nhận từ nay có thời hạn như trước."
    return f"{told} Phiếu đang mở giữ thời hạn đã hứa."


def _changed(old: Policy, new: Policy) -> Iterator[str]:
    if old.calendar != new.calendar:
        yield f"tính theo lịch “{new.calendar}” thay cho “{old.calendar}”"
    was, will = dict(_targets(old)), dict(_targets(new))
    for title in dict.fromkeys((*was, *will)):
        if was.get(title) != will.get(title):
            yield f"{title}: {_words(was.get(title))} → {_words(will.get(title))}"


def _targets(policy: Policy) -> Iterator[tuple[str, str]]:
    for tier in policy.tiers.values():
        yield f"{tier.title}, trả lời", tier.answer.target
        if tier.respond is not None:
            yield f"{tier.title}, đến xử lý", tier.respond.target
    for clock, promise in policy.stages.items():
        name = clock.removesuffix("_urgent")
        title = CLOCKS[name].title if name in CLOCKS else name
        yield f"{title}{' (khẩn)' if name != clock else ''}", promise.target


def _words(target: str | None) -> str:
    return Target.read(target).in_words if target else "không tính"


async def _nobody(*_: object) -> None:
    """Whom replanning would tell, if it wrote anything."""
