"""Surveys on a stage: a still clock, a line that answers as told, citizens with numbers, a policy of the tests. No test lives here."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hotline1022.base.db import Database
from hotline1022.base.events import Event
from surveys.campaign import Campaign, Outcome
from surveys.consideration import CallingHours, Consideration
from surveys.events import SurveyEnded, SurveyPlanned
from surveys.model import Answer, Mode, Question, Told
from surveys.policy import SurveyPolicy

KEY = b"a key of the tests"
NUMBER = "+84912345678"
POLICY = SurveyPolicy(
    version="test",
    wait_hours=20,
    too_old_days=10,
    quiet_days=30,
    share=1,
    gaps_hours=(2, 24),
    later_hours=24,
    ring_seconds=30,
    most_calls_a_day=2,
    prefixes=("+849", "+843"),
    link_days=7,
)


@dataclass
class StillClock:
    """A clock that moves only when told to. It begins on Monday 23 November 2026, 09:00 in Vietnam."""

    instant: datetime = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    def now(self) -> datetime:
        """The instant that was set."""
        return self.instant


@dataclass
class Hours:
    """Calling windows from 8 to 20 o'clock in Vietnam, never on the 24th."""

    closed_on: tuple[int, ...] = (24,)

    def open_at(self, instant: datetime) -> bool:
        """See CallingHours."""
        local = instant.astimezone(UTC) + timedelta(hours=7)
        return 8 <= local.hour < 20 and local.day not in self.closed_on

    def next_opening(self, instant: datetime) -> datetime:
        """See CallingHours."""
        while not self.open_at(instant):
            instant = (instant + timedelta(minutes=1)).replace(second=0, microsecond=0)
        return instant


@dataclass
class InForce:
    """What a province has in force now: a test changes it as somebody does in the middle of a campaign."""

    policy: SurveyPolicy = POLICY
    hours: CallingHours = field(default_factory=Hours)


@dataclass
class Citizens:
    """Who reported what."""

    numbers: dict[str, str | None] = field(default_factory=dict)
    rounds: dict[str, int] = field(default_factory=dict)

    async def number_of(self, code: str) -> str | None:
        """See Citizens."""
        return self.numbers.get(code, NUMBER)

    async def round_of(self, code: str) -> int | None:
        """See Citizens."""
        return self.rounds.get(code, 0)


@dataclass
class FakeLine:
    """A line on which each call goes as ``script`` says. That the real one tells the same is shown in tests/telephony and end_to_end."""

    clock: StillClock
    script: Callable[[str], tuple[str, dict[Question, int]]] = lambda _number: ("no-answer", {})
    rung: list[tuple[str, str]] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)
    campaign: Campaign | None = None
    there: bool = True

    def ready(self) -> bool:
        """See Calls."""
        return self.there

    async def place(self, attempt: str, number: str, *, ring_seconds: int) -> None:
        """See Calls."""
        self.rung.append((attempt, number))
        outcome, answers = self.script(number)
        await self.tell(attempt, outcome, answers)

    async def follow(self, attempt: str) -> None:
        """See Calls."""
        self.followed.append(attempt)
        await self.tell(attempt, "unknown", {})

    async def tell(self, attempt: str, outcome: str, answers: dict[Question, int]) -> None:
        """What the story does with the line's events."""
        assert self.campaign is not None
        for question, mark in answers.items():
            answer = Answer(question=question, mark=mark, at=self.clock.now(), mode=Mode.IVR, wording="survey-1")
            await self.campaign.answered(attempt, answer)
        await self.campaign.call_ended(Outcome(attempt, self.clock.now(), outcome))


@dataclass
class Stage:
    """Surveys with everything around them, and what has been told."""

    clock: StillClock
    consideration: Consideration
    campaign: Campaign
    line: FakeLine
    citizens: Citizens
    events: list[Event]
    database: Database
    rules: InForce

    def told(self, code: str = "17672970", **changed: Any) -> Told:
        """That a citizen has been told an answer just now."""
        values: dict[str, Any] = {
            "code": code, "round": 0, "agency": "so-xay-dung", "topic": "giao-thong", "place": "29869",
            "at": self.clock.now(), "outcome": "answered", "sealed": False,
        }  # fmt: skip
        return Told.model_validate(values | changed)

    def plans(self) -> list[SurveyPlanned]:
        """The attempts that were planned, in order."""
        return [event for event in self.events if isinstance(event, SurveyPlanned)]

    def ends(self) -> list[SurveyEnded]:
        """The cases that are over."""
        return [event for event in self.events if isinstance(event, SurveyEnded)]

    async def happens(self) -> None:
        """Let time pass and every planned attempt be made at its instant, until nothing is planned any more."""
        done = 0
        while done < len(plans := self.plans()):
            plan = plans[done]
            done += 1
            self.clock.instant = max(self.clock.instant, plan.next_at)
            await self.campaign.attempt({"case": plan.case, "number": plan.number})
