"""All rules of tickets in one value, read from files and checked against each other; and the last good set of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import HotlineError
from hotline1022.base.rule_files import (
    RuleFileError,
    RuleModel,
    WrongAt,
    contradiction,
    read_rules,
    read_text,
    rule_path,
)
from tickets.agencies import Agencies
from tickets.calendar import WorkCalendar
from tickets.calendars import CalendarsFile, OfficialDaysFile, build_calendars
from tickets.clocks import started
from tickets.letters.template import LetterTemplates
from tickets.localities import Commune, Localities, TableError, read_localities
from tickets.mentions import PlaceWords
from tickets.model import HOTLINE, Deadline
from tickets.places import PlaceFinder
from tickets.policies import AGENCY_HEAD, HOTLINE_LEADER, Policies, Policy, Promise
from tickets.routing import COMMUNE, Route, RoutingRules, route
from tickets.suggesting.phrases import Phrases
from tickets.topics import Topics

NEVER_URGENT = ("answer", "information", "close", "apology_draft", "apology_sent", "visit")
"""Clocks that run on working time of an urgent ticket too."""


@dataclass(frozen=True)
class Rules:
    """Everything that decides about a ticket, as it stands in the files."""

    calendars: Mapping[str, WorkCalendar]
    policies: Policies
    topics: Topics
    agencies: Agencies
    routing: RoutingRules
    localities: Localities
    places: PlaceFinder
    letters: LetterTemplates
    phrases: Phrases

    @classmethod
    def load(cls, folder: Path | None = None) -> "Rules":
        """The shipped rules, each file replaced by that of its name in ``folder``. Raises RuleFileError."""
        calendars = read_rules("calendars.yaml", CalendarsFile, folder)
        official = read_rules("official-days.yaml", OfficialDaysFile, folder)
        topics = read_rules("topics.yaml", Topics, folder)
        localities = _localities(folder)
        rules = cls(
            calendars=build_calendars(calendars, official),
            policies=read_rules("policies.yaml", Policies, folder),
            topics=topics,
            agencies=read_rules("agencies.yaml", Agencies, folder).with_communes(localities.communes),
            routing=read_rules("routing.yaml", RoutingRules, folder),
            localities=localities,
            places=PlaceFinder(localities, read_rules("places.yaml", PlaceWords, folder)),
            letters=read_rules("letters.yaml", LetterTemplates, folder),
            phrases=read_rules("phrases.yaml", Phrases, folder),
        )
        rules._check(folder)
        return rules

    def calendar(self, name: str) -> WorkCalendar:
        """The calendar of ``name``. Raises HotlineError for a name nobody knows."""
        try:
            return self.calendars[name]
        except KeyError:
            known = ", ".join(self.calendars)
            raise HotlineError(f"Không có lịch “{name}”", remedy=f"các lịch hiện có: {known}") from None

    def commune(self, code: str) -> Commune:
        """The commune of today of ``code``. Raises HotlineError for a code nobody knows."""
        try:
            return self.localities.communes[code]
        except KeyError:
            raise HotlineError(f"Không có xã, phường nào mang mã “{code}”") from None

    def place_name(self, code: str | None) -> str | None:
        """What people read for a commune's ``code``; the code itself when it is not in the table any more."""
        commune = self.localities.communes.get(code or "")
        return commune.name if commune else code

    def route(self, topic: str, place: str | None, taken_at: datetime) -> Route:
        """Who answers a report about ``topic`` at commune ``place`` that came in at ``taken_at``, and why."""
        commune = None if place is None else self.commune(place)
        day = taken_at.astimezone(CIVIL_ZONE).date()
        return route(topic, commune, day, rules=self.routing, topics=self.topics, agencies=self.agencies)

    def policy_on(self, instant: datetime) -> Policy:
        """The policy in force when something came in. Raises HotlineError for a day before the first one."""
        return self.policies.on(instant.astimezone(CIVIL_ZONE).date())

    def policy_of(self, deadline: Deadline) -> Policy:
        """The policy that made a promise; the one of its first day when that has been taken out of the file."""
        return self.policies.named(deadline.policy) or self.policy_on(deadline.starts)

    def calendar_for(self, clock: str, party: str, policy: Policy, *, urgent: bool) -> WorkCalendar:
        """The calendar on which ``party`` keeps ``clock``: urgent stage clocks run day and night, the answer's does not.

        What the citizen is promised is counted on the agencies' calendar whoever has the ticket.
        """
        if urgent and clock not in NEVER_URGENT:
            return self.calendar(policy.urgent_calendar)
        if party == HOTLINE and clock not in ("answer", "respond"):
            return self.calendar(policy.hotline_calendar)
        agency = self.agencies.by_code.get(party)
        return self.calendar((agency.calendar if agency else None) or policy.calendar)

    def stage_promise(self, clock: str, policy: Policy, *, urgent: bool) -> Promise | None:
        """What the policy promises for a stage clock; None when that stage is not timed."""
        found = policy.stages.get(clock)
        return policy.stages.get(f"{clock}_urgent", found) if urgent else found

    def start_clock(
        self,
        clock: str,
        promise: Promise | None,
        *,
        party: str,
        starts: datetime,
        taken_at: datetime,
        urgent: bool,
        reopened: int = 0,
    ) -> Deadline | None:
        """A clock of a ticket taken at ``taken_at``: ``promise``, or what the policy of that day says of the stage, if anything."""
        policy = self.policy_on(taken_at)
        promise = promise or self.stage_promise(clock, policy, urgent=urgent)
        if promise is None:
            return None
        calendar = self.calendar_for(clock, party, policy, urgent=urgent)
        return started(clock, promise, policy=policy, calendar=calendar, party=party, starts=starts, reopened=reopened)

    def first_clocks(
        self, topic: str, agency: str, taken_at: datetime, *, urgent: bool, spoken: bool = True
    ) -> tuple[Deadline, ...]:
        """What is promised for a report that has just come in, the earliest first. ``spoken``: by telephone, so that nobody
        needs to acknowledge it."""
        tier = self.policy_on(taken_at).tier(topic, self.topics, urgent=urgent)
        wanted: list[tuple[str, Promise | None, str]] = [("classify", None, HOTLINE), ("answer", tier.answer, agency)]
        if tier.respond is not None:
            wanted.append(("respond", tier.respond, agency))
        if not spoken:
            wanted.append(("acknowledge", None, HOTLINE))
        clocks = [
            self.start_clock(clock, promise, party=party, starts=taken_at, taken_at=taken_at, urgent=urgent)
            for clock, promise, party in wanted
        ]
        return tuple(sorted((each for each in clocks if each is not None), key=lambda deadline: deadline.due))

    def _check(self, folder: Path | None) -> None:
        """What one file says about another. Raises RuleFileError."""
        self._check_agencies(folder)
        self._check_policies(folder)
        self._check_routing(folder)
        self._check_phrases(folder)

    def _check_policies(self, folder: Path | None) -> None:
        def wrong(index: int, what: str, *place: str | int) -> RuleFileError:
            return contradiction("tickets", "policies.yaml", folder, ("policies", index, *place), what)

        for index, policy in enumerate(self.policies.policies):
            for field in ("calendar", "hotline_calendar", "urgent_calendar"):
                if (name := getattr(policy, field)) not in self.calendars:
                    raise wrong(index, f"không có lịch “{name}”", field)
            for whose in ("agency", "hotline"):
                for link, step in enumerate(getattr(policy.escalation, whose)):
                    if step.to not in (AGENCY_HEAD, HOTLINE_LEADER) and step.to not in self.agencies.by_code:
                        raise wrong(index, f"không có cơ quan “{step.to}”", "escalation", whose, link, "to")
            for topic in policy.topics:
                if topic not in self.topics.codes:
                    raise wrong(index, f"không có lĩnh vực “{topic}”", "topics", topic)

    def _check_agencies(self, folder: Path | None) -> None:
        try:
            self.agencies.check_lines()
        except WrongAt as error:
            raise contradiction("tickets", "agencies.yaml", folder, error.place, str(error)) from error
        for index, agency in enumerate(self.agencies.agencies):
            if agency.calendar is not None and agency.calendar not in self.calendars:
                place = ("agencies", index, "calendar")
                raise contradiction("tickets", "agencies.yaml", folder, place, f"không có lịch “{agency.calendar}”")

    def _check_phrases(self, folder: Path | None) -> None:
        # The shipped phrases are those of the shipped topics; a province with topics of its own does not have to have phrases too.
        if folder is None or not (folder / "phrases.yaml").is_file():
            return
        for topic in self.phrases.topics:
            if topic not in self.topics.codes:
                what = f"không có lĩnh vực “{topic}”"
                raise contradiction("tickets", "phrases.yaml", folder, ("topics", topic), what)

    def _check_routing(self, folder: Path | None) -> None:
        def wrong(index: int, what: str, *place: str | int) -> RuleFileError:
            return contradiction("tickets", "routing.yaml", folder, ("rules", index, *place), what)

        provinces = {commune.old_province for commune in self.localities.communes.values()}
        for index, rule in enumerate(self.routing.rules):
            for topic in rule.topics:
                if topic not in self.topics.codes:
                    raise wrong(index, f"không có lĩnh vực “{topic}”", "topics")
            if rule.agency != COMMUNE and rule.agency not in self.agencies.by_code:
                raise wrong(index, f"không có cơ quan “{rule.agency}”", "agency")
            if rule.old_province is not None and rule.old_province not in provinces:
                raise wrong(index, f"không có tỉnh cũ “{rule.old_province}” trong bảng xã, phường", "old_province")
        end, last = len(self.routing.rules) - 1, self.routing.rules[-1]
        if last.topics or last.place or last.old_province or last.valid_from or last.valid_to or last.agency == COMMUNE:
            raise wrong(end, "quy tắc cuối phải nhận mọi phản ánh chưa quy tắc nào chọn")
        if self.agencies.standing_for(last.agency, date.max) is None:
            raise wrong(end, f"cơ quan “{last.agency}” của quy tắc cuối kết thúc mà không có cơ quan kế thừa", "agency")


MODELS: Mapping[str, type[RuleModel]] = {
    "calendars.yaml": CalendarsFile,
    "official-days.yaml": OfficialDaysFile,
    "topics.yaml": Topics,
    "policies.yaml": Policies,
    "agencies.yaml": Agencies,
    "routing.yaml": RoutingRules,
    "places.yaml": PlaceWords,
    "phrases.yaml": Phrases,
}
"""What each file of rules must look like; ``localities.csv`` is a table."""


def mistakes(folder: Path | None) -> list[RuleFileError]:
    """Every file that cannot be used, by its first mistake; where each can be, what one of them says wrongly of another."""
    found: list[RuleFileError] = []
    reading: list[Callable[[], object]] = [partial(read_rules, name, model, folder) for name, model in MODELS.items()]
    reading.append(partial(_localities, folder))
    for read in reading:
        try:
            read()
        except RuleFileError as error:
            found.append(error)
    if not found:
        try:
            Rules.load(folder)
        except RuleFileError as error:
            found.append(error)
    return found


class StandingRules:
    """The rules in force: a broken file is told and leaves the last good rules standing."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the rules for the first time. Raises RuleFileError: nothing starts with broken rules."""
        self._folder = folder
        self.current = Rules.load(folder)

    def reload(self) -> Rules:
        """Read the files again. Raises RuleFileError and keeps ``current`` as it was when one is broken."""
        self.current = Rules.load(self._folder)
        return self.current


def _localities(folder: Path | None) -> Localities:
    path = rule_path("tickets", "localities.csv", folder)
    try:
        return read_localities(read_text(path).splitlines())
    except TableError as error:
        raise RuleFileError(path, error.line, str(error)) from error
