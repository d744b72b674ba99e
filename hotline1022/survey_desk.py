"""Surveys by people, put together: what operators, links and opt-outs need of tickets and rules. No case is decided here."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.http.routes import Route
from hotline1022.base.rule_files import RuleFileError
from surveys.asking import web
from surveys.asking.links import Links
from surveys.asking.operators import OperatorSurveys
from surveys.asking.opt_outs import OptOuts
from surveys.consideration import RecordEvent
from surveys.course import Course
from surveys.policy import StandingPolicy, StandingQuestionnaire, SurveyPolicy
from surveys.reading import SurveyFinding
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.weights import StandingWeights
from tickets.desk import Desk
from tickets.rules import StandingRules


@dataclass(frozen=True)
class SurveyRules:
    """What surveys go by. ``key`` hashes numbers; it never changes in an installation."""

    policy: StandingPolicy
    words: StandingQuestionnaire
    key: bytes
    trial: bool = False
    """In a trial nobody waits for the day after an answer, nor for the calling windows."""

    @staticmethod
    def load(folder: Path | None, key: bytes, *, trial: bool = False) -> "SurveyRules":
        """The rules in ``folder``, where it has any, else the shipped ones. Raises RuleFileError."""
        return SurveyRules(StandingPolicy(folder), StandingQuestionnaire(folder), key, trial)

    def current_policy(self) -> SurveyPolicy:
        """The policy in force."""
        return self.policy.current.at_once() if self.trial else self.policy.current


def mistakes(folder: Path | None) -> list[RuleFileError]:
    """What is wrong with the surveys' rule files in ``folder``: the first mistake of each file."""
    found: list[RuleFileError] = []
    for standing in (StandingPolicy, StandingQuestionnaire, StandingWeights, StandingDossiers):
        try:
            standing(folder)
        except RuleFileError as error:
            found.append(error)
    return found


class TicketCitizens:
    """Implements ``surveys.consideration.Citizens`` by the desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def number_of(self, code: str) -> str | None:
        """See Citizens."""
        return await self._desk.number_of(code)

    async def round_of(self, code: str) -> int | None:
        """See Citizens."""
        return await self._desk.round_of(code)


class SurveyDesk:
    """The services for people who ask, and who read what came of it; each made when it is first asked for."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        rules: StandingRules,
        desk: Desk,
        record_event: RecordEvent,
        surveys: SurveyRules,
    ) -> None:
        self._database, self._clock, self._rules, self._surveys = database, clock, rules, surveys
        self._course = Course(
            database=database,
            clock=clock,
            policy=surveys.current_policy,
            hours=lambda: rules.current.calendar(surveys.current_policy().calendar),
            citizens=TicketCitizens(desk),
            record_event=record_event,
            key=surveys.key,
        )

    @cached_property
    def finding(self) -> SurveyFinding:
        """Reads cases."""
        return SurveyFinding(self._database, self._clock, self._agency_name)

    @cached_property
    def operators(self) -> OperatorSurveys:
        """Operators who ask."""
        return OperatorSurveys(
            self._database, self._clock, self._course, lambda: self._surveys.words.current, self._agency_name
        )

    @cached_property
    def links(self) -> Links:
        """One-time links."""
        return Links(self._database, self._clock, self._course, lambda: self._surveys.words.current, self._agency_name)

    @cached_property
    def opt_outs(self) -> OptOuts:
        """Numbers opted out and in by hand."""
        return OptOuts(self._database, self._clock, self._surveys.key)

    def routes(self) -> list[Route]:
        """Everything about surveys over HTTP."""
        return web.routes(
            finding=self.finding, operators=self.operators, links=self.links, opt_outs=self.opt_outs
        )  # fmt: skip

    def _agency_name(self, code: str) -> str:
        return self._rules.current.agencies.name_of(code)
