"""All rules of tickets in one value, read from files and checked against each other; and the last good set of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import HotlineError
from tickets.agencies import Agencies, Agency
from tickets.calendar import WorkCalendar
from tickets.calendars import CalendarsFile, OfficialDaysFile, build_calendars
from tickets.localities import Commune, Localities, read_localities
from tickets.mentions import PlaceWords
from tickets.model import Deadline
from tickets.places import PlaceFinder
from tickets.policies import Policies
from tickets.routing import COMMUNE, Route, RoutingRules, route
from tickets.rule_files import RuleFileError, read_rules, read_text, rule_path
from tickets.sla import due
from tickets.topics import Topics


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

    def deadlines(self, topic: str, agency: Agency, taken_at: datetime, *, urgent: bool) -> tuple[Deadline, ...]:
        """What is promised for a report, each promise with its explanation, the earliest first."""
        policy = self.policies.on(taken_at.astimezone(CIVIL_ZONE).date())
        tier = policy.tier(topic, self.topics, urgent=urgent)
        calendar = self.calendar(agency.calendar or policy.calendar)
        promises = {"respond": tier.respond, "answer": tier.answer}
        deadlines = []
        for clock, promise in promises.items():
            if promise is not None:
                computed = due(taken_at, promise.target, calendar)
                deadlines.append(
                    Deadline(
                        clock=clock,
                        due=computed.at,
                        target=promise.target,
                        explanation=computed.explanation,
                        policy=policy.version,
                        calendar=calendar.version,
                        expected=computed.expected,
                    )
                )
        return tuple(sorted(deadlines, key=lambda deadline: deadline.due))

    def _check(self, folder: Path | None) -> None:
        """What one file says about another. Raises RuleFileError."""
        for policy in self.policies.policies:
            if policy.calendar not in self.calendars:
                raise _mismatch(
                    "policies.yaml", folder, f"calendar: {policy.calendar}", f"không có lịch “{policy.calendar}”"
                )
            for topic in policy.topics:
                if topic not in self.topics.codes:
                    raise _mismatch("policies.yaml", folder, topic, f"không có lĩnh vực “{topic}”")
        for agency in self.agencies.agencies:
            if agency.calendar is not None and agency.calendar not in self.calendars:
                raise _mismatch("agencies.yaml", folder, agency.code, f"không có lịch “{agency.calendar}”")
        for rule in self.routing.rules:
            for topic in rule.topics:
                if topic not in self.topics.codes:
                    raise _mismatch("routing.yaml", folder, rule.id, f"không có lĩnh vực “{topic}”")
            if rule.agency != COMMUNE and rule.agency not in self.agencies.by_code:
                raise _mismatch("routing.yaml", folder, rule.id, f"không có cơ quan “{rule.agency}”")
        last = self.routing.rules[-1]
        if last.topics or last.place or last.old_province or last.valid_from or last.valid_to or last.agency == COMMUNE:
            raise _mismatch(
                "routing.yaml", folder, last.id, "quy tắc cuối phải nhận mọi phản ánh chưa quy tắc nào chọn"
            )


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
    path = rule_path("localities.csv", folder)
    try:
        return read_localities(read_text(path).splitlines())
    except (KeyError, ValueError) as error:
        raise RuleFileError(path, 1, f"bảng xã, phường sai: {error}") from error


def _mismatch(name: str, folder: Path | None, written: str, what: str) -> RuleFileError:
    path = rule_path(name, folder)
    lines = read_text(path).splitlines()
    line = next((number for number, text in enumerate(lines, 1) if written in text), 1)
    return RuleFileError(path, line, what)
