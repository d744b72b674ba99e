"""Surveys within the whole interface: tickets that were answered over HTTP, their cases, and the people who ask. No test lives here."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientResponse
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Role
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from hotline1022.survey_desk import SurveyRules, TicketCitizens
from hotline1022.survey_story import SurveyStory
from surveys.campaign import Campaign
from surveys.consideration import Consideration
from surveys.events import SurveyEnded
from surveys.model import Case, Told
from tests.interface import SURVEY_KEY, Interface
from tests.surveys.stage import FakeLine, StillClock
from tests.tickets.test_web import opened
from tickets.desk import Desk
from tickets.events import TicketAnswered
from tickets.rules import StandingRules


@dataclass
class Recorded:
    """The events that were recorded, in their order."""

    events: list[Event] = field(default_factory=list)

    async def __call__(self, connection: AsyncConnection, event: Event) -> None:
        """Keep ``event``; a real outbox would write it through ``connection``."""
        assert connection.in_transaction()
        self.events.append(event)


@dataclass
class Hotline:
    """The interface, the automatic calls on the same database, and what has been told."""

    served: Interface
    clock: StillClock
    database: Database
    consideration: Consideration
    campaign: Campaign
    line: FakeLine
    recorded: Recorded

    async def answered(self, key: str = "form-0001", **values: Any) -> Case:
        """The case of a ticket whose citizen has just been told; nobody keeps from asking them."""
        case = await self.considered(key, **values)
        assert case.reasons == ()
        return case

    async def considered(self, key: str = "form-0001", **values: Any) -> Case:
        """The case of a ticket whose citizen has just been told."""
        code = (await opened(self.served, key, **values))["code"]
        await self.served.move(code, "operator", "classify", topic="giao-thong", place="29869")
        await self.served.move(code, "operator", "route")
        await self.served.move(code, "officer", "accept")
        await self.served.move(code, "officer", "draft", text="Đã thay bóng đèn.")
        await self.served.move(code, "approver", "approve")
        await self.served.move(code, "operator", "tell", how="phone")
        event = next(each for each in reversed(self.recorded.events) if isinstance(each, TicketAnswered))
        told = event.model_dump(include=set(Told.model_fields))
        case = await self.consideration.consider(Told.model_validate(told))
        assert case is not None
        return case

    async def due(self, key: str = "form-0001", **values: Any) -> Case:
        """The same, and its hour has come."""
        case = await self.answered(key, **values)
        assert case.next_at is not None
        self.clock.instant = max(self.clock.instant, case.next_at)
        return case

    async def take(self, role: Role | str = "operator") -> Any:
        """What the next case is for somebody of ``role``. Asserts that there is one."""
        return await said(await self.served.post("/api/surveys/next", role))

    async def write(self, case: str, role: Role | str = "operator", **body: Any) -> ClientResponse:
        """Write down what came of a call."""
        return await self.served.post(f"/api/surveys/{case}/answers", role, json=body)

    async def file(self, case: str, role: Role | str = "leader") -> Any:
        """A case with all that is around it."""
        return await said(await self.served.get(f"/api/surveys/{case}", role))

    def story(self) -> SurveyStory:
        """What follows from surveys for tickets."""

        async def later(name: str, payload: dict[str, object], delay: float) -> None:
            raise AssertionError("no attempt is planned here")

        return SurveyStory(
            consideration=self.consideration,
            campaign=self.campaign,
            handling=self.served.api.handling,
            rules=StandingRules(),
            clock=self.clock,
            attempt_later=later,
            scores=self.served.api.recount,
        )

    def ends(self) -> list[SurveyEnded]:
        """The cases that are over."""
        return [event for event in self.recorded.events if isinstance(event, SurveyEnded)]


def hotline_of(
    served: Interface, clock: StillClock, database: Database, rules: StandingRules, recorded: Recorded
) -> Hotline:
    """The interface with automatic calls beside it."""
    surveys, line = SurveyRules.load(None, SURVEY_KEY), FakeLine(clock)
    common: dict[str, Any] = {
        "database": database,
        "clock": clock,
        "policy": lambda: surveys.policy.current,
        "hours": lambda: rules.current.calendar(surveys.policy.current.calendar),
        "citizens": TicketCitizens(Desk(database, clock, rules, recorded)),
        "record_event": recorded,
        "key": SURVEY_KEY,
    }
    campaign = Campaign(**common, calls=line)
    line.campaign = campaign
    return Hotline(served, clock, database, Consideration(**common), campaign, line, recorded)


async def said(answer: ClientResponse, status: int = 200) -> Any:
    """The answer as JSON. Asserts its status."""
    told = await answer.json()
    assert answer.status == status, told
    return told
