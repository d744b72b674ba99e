"""The rules in force as tables, for people who do not read YAML: calendars, a deadline tried, agencies, routing, topics. Routes only."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from pydantic import BaseModel

from hotline1022.administration import store
from hotline1022.administration.calendar_year import year_of
from hotline1022.administration.file_web import READERS, TAG
from hotline1022.administration.register_told import (
    AgencyRegister,
    CalendarList,
    CalendarTold,
    ChangesQuery,
    ChangesTold,
    ChangeTold,
    DayTold,
    QuestionRegister,
    QuestionRow,
    RegisteredAgency,
    RoutingRegister,
    RoutingRow,
    TopicRegister,
    TopicRow,
    TrialBody,
    TrialTold,
    YearTold,
)
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, Invalid, NotFound
from hotline1022.base.http.routes import Call, Route, Told
from hotline1022.base.rule_files import read_rules
from surveys.questionnaire import FILE, Questionnaire, only_if
from tickets.calendar import WorkCalendar
from tickets.calendars import CalendarsFile, OfficialDaysFile
from tickets.routing import COMMUNE, RoutingRule
from tickets.rules import Rules, StandingRules
from tickets.sla import Target, due

MOST_CHANGES = 50
"""On one page of the journal."""

AGENCY_KINDS = {
    "hotline": "Tổng đài",
    "department": "Sở, ngành",
    "central": "Cơ quan trung ương tại tỉnh",
    "company": "Doanh nghiệp",
    "commune": "Xã, phường",
}


class Registers:
    """Reads the rules in force, and the journal. ``folder``: where the province's own rule files lie."""

    def __init__(self, database: Database, clock: Clock, rules: StandingRules, folder: Path) -> None:
        self._database, self._clock, self._rules, self._folder = database, clock, rules, folder

    def routes(self) -> list[Route]:
        """Every table."""

        def get(path: str, handler: object, summary: str, model: type[BaseModel], **more: object) -> Route:
            return Route("GET", path, handler, summary, TAG, READERS, {200: model}, **more)  # type: ignore[arg-type]

        names = {"name": "[a-z0-9_-]{1,40}", "year": "[0-9]{1,4}"}
        return [
            get("/api/calendars", self._calendars, "Các lịch làm việc và giờ làm", CalendarList),
            get("/api/calendars/{name}/year/{year}", self._year, "Một năm của một lịch", YearTold, parameters=names),
            Route(
                "POST", "/api/deadline-trial", self._trial, "Thử tính hạn", TAG, READERS, {200: TrialTold}, body=TrialBody
            ),
            get("/api/agencies-register", self._agencies, "Các cơ quan và cơ quan kế thừa", AgencyRegister),
            get("/api/routing-register", self._routing, "Bảng phân công", RoutingRegister),
            get("/api/topics-register", self._topics, "Các lĩnh vực", TopicRegister),
            get("/api/questionnaire-register", self._questions, "Câu hỏi khảo sát", QuestionRegister),
            get("/api/administration/changes", self._changes, "Ai đã đổi gì", ChangesTold, query=ChangesQuery),
        ]  # fmt: skip

    async def _calendars(self, _call: Call[Told, None]) -> CalendarList:
        file = await asyncio.to_thread(read_rules, "calendars.yaml", CalendarsFile, self._folder)
        rules = self._rules.current
        return CalendarList(
            calendars=tuple(
                CalendarTold(
                    name=name,
                    title=rule.title,
                    version=rules.calendars[name].version,
                    holidays=rule.holidays,
                    hours={str(day): hours for day, hours in rule.hours.items()},
                    make_up=rule.make_up,
                )
                for name, rule in file.calendars.items()
                if name in rules.calendars
            )
        )

    async def _year(self, call: Call[Told, None]) -> YearTold:
        calendar, year = self._calendar(call.path["name"]), int(call.path["year"])
        official = await asyncio.to_thread(read_rules, "official-days.yaml", OfficialDaysFile, self._folder)
        try:
            days = year_of(calendar, year, {day.date: day for day in official.days})
        except (HotlineError, ValueError) as error:
            raise NotFound(f"Lịch này không có năm {year}") from error
        return YearTold(
            calendar=calendar.name,
            title=calendar.title,
            version=calendar.version,
            days=tuple(
                DayTold(date=day.date, kind=day.kind, name=day.name, basis=day.basis, hours=day.hours) for day in days
            ),
        )

    async def _trial(self, call: Call[Told, TrialBody]) -> TrialTold:
        said = call.body
        if (said.working_days is None) == (said.minutes is None):
            raise Invalid("Ghi số ngày làm việc hoặc số phút làm việc, chỉ một trong hai", field="working_days")
        unit: Literal["wd", "wm"] = "wd" if said.working_days else "wm"
        target = Target(said.working_days or said.minutes or 0, unit)
        try:
            found = due(said.start, target, self._calendar(said.calendar))
        except NotFound:
            raise
        except HotlineError as error:
            raise Invalid(str(error), field="start") from error
        return TrialTold(due=found.at, why=found.explanation, calendar=found.calendar.version)

    async def _agencies(self, _call: Call[Told, None]) -> AgencyRegister:
        rules = self._rules.current
        given: dict[str, list[str]] = {}
        for rule in rules.routing.rules:
            given.setdefault(rule.agency, []).extend(map(rules.topics.name_of, rule.topics))
        return AgencyRegister(
            version=rules.agencies.version,
            agencies=tuple(
                RegisteredAgency(
                    **{name: getattr(each, name) for name in RegisteredAgency.model_fields if hasattr(each, name)},
                    kind_name=AGENCY_KINDS[each.kind],
                    topics=tuple(dict.fromkeys(given.get(each.code, ()))),
                )
                for each in rules.agencies.agencies
            ),
        )

    async def _routing(self, _call: Call[Told, None]) -> RoutingRegister:
        rules = self._rules.current
        return RoutingRegister(version=rules.routing.version, rows=tuple(_rows(rules)))

    async def _topics(self, _call: Call[Told, None]) -> TopicRegister:
        rules = self._rules.current
        policy, keys = rules.policy_on(self._clock.now()), {code: key for key, code in rules.topics.menu.items()}
        return TopicRegister(
            version=rules.topics.version,
            topics=tuple(
                TopicRow(
                    **each.model_dump(),
                    menu_key=keys.get(each.code),
                    tier=policy.tier(each.code, rules.topics, urgent=False).title,
                )
                for each in rules.topics.topics
            ),
        )

    async def _questions(self, _call: Call[Told, None]) -> QuestionRegister:
        file = await asyncio.to_thread(read_rules, FILE, Questionnaire, self._folder)
        return QuestionRegister(
            version=file.version,
            wording=file.wording,
            questions=tuple(
                QuestionRow(
                    question=str(question),
                    operator=words.operator,
                    page=words.page,
                    answers=words.answers,
                    only_if=only_if(question),
                )
                for question, words in file.questions.items()
            ),
        )

    async def _changes(self, call: Call[ChangesQuery, None]) -> ChangesTold:
        skip = (call.query.page - 1) * MOST_CHANGES
        async with self._database.reading() as connection:
            rows = await store.changes(connection, skip, MOST_CHANGES + 1)
        changes = tuple(ChangeTold(**row) for row in rows[:MOST_CHANGES])
        return ChangesTold(changes=changes, more=len(rows) > MOST_CHANGES)

    def _calendar(self, name: str) -> WorkCalendar:
        try:
            return self._rules.current.calendar(name)
        except HotlineError as error:
            raise NotFound("Không có lịch nào tên như vậy") from error


def _rows(rules: Rules) -> Iterator[RoutingRow]:
    for rule in rules.routing.rules:
        yield RoutingRow(
            id=rule.id,
            topics=tuple(map(rules.topics.name_of, rule.topics)),
            place=_place(rule),
            valid_from=rule.valid_from,
            valid_to=rule.valid_to,
            agency=rule.agency,
            agency_name="UBND xã, phường nơi xảy ra" if rule.agency == COMMUNE else rules.agencies.name_of(rule.agency),
            because=rule.because,
        )


def _place(rule: RoutingRule) -> str:
    if rule.old_province is not None:
        return f"tỉnh {rule.old_province} cũ"
    return "đã rõ xã, phường" if rule.place is not None or rule.agency == COMMUNE else ""
