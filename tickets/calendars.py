"""The calendars of an installation, built from rules, holidays and official decisions. Pure: no file is read here.

The computed part comes from the package ``holidays``; its labels are not always right, so what people read is named by
the table here.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Annotated, Literal

from holidays import country_holidays
from pydantic import AfterValidator, Field, model_validator

from hotline1022.base.rule_files import RuleModel, WrongAt
from tickets.calendar import DAY_MINUTES, Day, WorkCalendar

FIRST_DAY, LAST_DAY = date(2019, 1, 1), date(2099, 12, 31)
"""The days that a calendar knows. The hotline went live in 2020; the package's lunar tables end with the century."""

_SPAN = re.compile(r"([0-9]{2}):([0-9]{2})-([0-9]{2}):([0-9]{2})", re.ASCII)
_WEEKEND, _CLOSED = "nghỉ cuối tuần", "không có giờ làm việc"
_SATURDAY = 5
_NAMES = (
    ("Tết Dương lịch", "nghỉ Tết Dương lịch"),
    ("Tết", "nghỉ Tết Nguyên đán"),
    ("Hùng Vương", "nghỉ Giỗ Tổ Hùng Vương"),
    ("Chiến thắng", "nghỉ Ngày Chiến thắng 30/4"),
    ("Lao động", "nghỉ Quốc tế Lao động"),
    ("Quốc khánh", "nghỉ Quốc khánh"),
    ("Văn hóa", "nghỉ Ngày Văn hóa Việt Nam"),
    ("thay cho ngày", "nghỉ hoán đổi"),
)
"""A word of the package's label, and what people are told; the first that fits."""

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def _spans_of(hours: tuple[str, ...]) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    for text in hours:
        found = _SPAN.fullmatch(text)
        if not found:
            raise ValueError(f"“{text}” không phải khoảng giờ như 07:00-11:30")
        start_hour, start_minute, end_hour, end_minute = map(int, found.groups())
        start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
        if start_minute > 59 or end_minute > 59 or end > DAY_MINUTES or start >= end:
            raise ValueError(f"“{text}” không phải khoảng giờ trong một ngày")
        if spans and start < spans[-1][1]:
            raise ValueError(f"“{text}” chồng lên khoảng giờ trước nó")
        spans.append((start, end))
    return tuple(spans)


def _checked(hours: tuple[str, ...]) -> tuple[str, ...]:
    _spans_of(hours)
    return hours


Hours = Annotated[tuple[str, ...], AfterValidator(_checked)]


class CalendarRule(RuleModel):
    """One calendar as written in ``calendars.yaml``."""

    title: str
    holidays: bool
    hours: dict[Weekday, Hours]
    make_up: Hours

    @model_validator(mode="after")
    def _has_working_time(self) -> "CalendarRule":
        if not any(self.hours.values()):
            raise ValueError("lịch không có giờ làm việc nào")
        return self


class CalendarsFile(RuleModel):
    """``calendars.yaml``."""

    version: int
    calendars: dict[str, CalendarRule]


class OfficialDay(RuleModel):
    """A day that a document has made off or working."""

    date: date
    working: bool
    reason: str = Field(min_length=1)
    source: str = Field(min_length=1)


class OfficialDaysFile(RuleModel):
    """``official-days.yaml``."""

    version: int
    decided_through: int
    days: tuple[OfficialDay, ...]

    @model_validator(mode="after")
    def _each_day_once(self) -> "OfficialDaysFile":
        dates = [day.date for day in self.days]
        for index, day in enumerate(dates):
            if day in dates[:index]:
                raise WrongAt(f"ngày {day:%d/%m/%Y} được ghi hai lần", "days", index)
        return self


def build_calendars(rules: CalendarsFile, official: OfficialDaysFile) -> Mapping[str, WorkCalendar]:
    """Every calendar by its name. A calendar's version names everything it was computed from."""
    calendars = {}
    for name, rule in rules.calendars.items():
        made_from, decided_through, written = f"{name}-{rules.version}", LAST_DAY.year, rule.model_dump_json()
        if rule.holidays:
            made_from += f"+official-{official.version}+holidays-{version('holidays')}"
            written += official.model_dump_json()
            decided_through = official.decided_through
        # The numbers are what people count; the mark tells two files apart whose number was forgotten.
        made_from += f"#{hashlib.sha256(written.encode()).hexdigest()[:6]}"
        calendars[name] = _calendar(
            name, made_from, rule.model_dump_json(), official.model_dump_json(), decided_through
        )
    return calendars


@lru_cache(maxsize=32)
def _calendar(name: str, made_from: str, rule_json: str, official_json: str, decided_through: int) -> WorkCalendar:
    """A calendar of these texts. It has a row for each day of eighty years, so it is made once for files that have not changed."""
    rule, official = CalendarRule.model_validate_json(rule_json), OfficialDaysFile.model_validate_json(official_json)
    days = _days(rule, {day.date: day for day in official.days})
    return WorkCalendar(name, made_from, rule.title, tuple(days), decided_through)


def _days(rule: CalendarRule, decided: Mapping[date, OfficialDay]) -> list[Day]:
    week = [_spans_of(rule.hours.get(weekday, ())) for weekday in _WEEKDAYS]
    make_up = _spans_of(rule.make_up)
    off, worked = _public_days() if rule.holidays else ({}, frozenset[date]())
    days = []
    for ordinal in range(FIRST_DAY.toordinal(), LAST_DAY.toordinal() + 1):
        day = date.fromordinal(ordinal)
        usual = week[day.weekday()]
        official = decided.get(day) if rule.holidays else None
        if official is not None and not official.working:
            days.append(Day(day, (), official.reason))
        elif usual and (official is not None or day not in off):
            days.append(Day(day, usual, official.reason if official else ""))
        elif make_up and (official is not None or day in worked):
            days.append(Day(day, make_up, official.reason if official else "làm bù"))
        else:
            rest = _WEEKEND if day.weekday() >= _SATURDAY else _CLOSED
            days.append(Day(day, (), off.get(day, rest)))
    return days


@cache
def _public_days() -> tuple[Mapping[date, str], frozenset[date]]:
    """The public holidays with what people are told, and the weekend days that are worked instead of another day."""
    years = range(FIRST_DAY.year, LAST_DAY.year + 1)
    vietnam = country_holidays("VN", years=years, language="vi")
    off = {day: _told(label) for day, label in vietnam.items() if not vietnam.is_working_day(day)}
    return off, frozenset(vietnam.weekend_workdays)


def _told(label: str) -> str:
    for word, told in _NAMES:
        if word in label:
            return told + (" (nghỉ bù)" if "nghỉ bù" in label else "")
    return "nghỉ lễ"
