"""Calendars: opening hours, midnight, swaps, and files that cannot be meant."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import HotlineError
from hotline1022.base.rule_files import RuleFileError, read_rules
from tickets.calendars import FIRST_DAY, LAST_DAY, CalendarsFile, OfficialDaysFile, build_calendars
from tickets.rules import Rules
from tickets.sla import due, worked


def at(text: str) -> datetime:
    """A civil instant of Vietnam."""
    return datetime.fromisoformat(text).replace(tzinfo=CIVIL_ZONE)


@pytest.mark.parametrize(
    ("instant", "is_open"),
    [
        ("2026-11-23T06:59:59", False),
        ("2026-11-23T07:00", True),
        ("2026-11-23T11:29:59", True),
        ("2026-11-23T11:30", False),
        ("2026-11-23T13:30", True),
        ("2026-11-23T17:00", False),
        ("2026-11-24T09:00", False),  # Ngày Văn hóa Việt Nam
        ("2026-11-22T09:00", False),  # Sunday
        ("2026-08-22T09:00", True),  # a Saturday that is worked
        ("2026-01-02T09:00", False),
    ],
)
def test_the_hotline_knows_when_a_person_is_there(rules: Rules, instant: str, is_open: bool) -> None:
    assert rules.calendar("hotline").open_at(at(instant)) is is_open


def test_who_rings_at_night_is_told_the_next_opening(rules: Rules) -> None:
    hotline = rules.calendar("hotline")
    assert hotline.next_opening(at("2026-11-20T20:00")) == at("2026-11-23T07:00")
    assert hotline.next_opening(at("2026-11-23T12:00")) == at("2026-11-23T13:30")
    assert hotline.next_opening(at("2026-11-23T09:00")) == at("2026-11-23T09:00")
    assert hotline.next_opening(at("2026-02-13T17:00")) == at("2026-02-23T07:00")


def test_no_minute_is_lost_at_midnight_when_work_never_stops(rules: Rules) -> None:
    always, start = rules.calendar("always"), at("2026-11-20T22:17")
    for days in range(40):
        end = start + timedelta(days=days, minutes=days)
        assert worked(start, end, always).time == end - start
    assert due(start, "48wh", always).at == start + timedelta(hours=48)
    assert due(at("2026-11-20T23:59"), "1wm", always).at == at("2026-11-21T00:00")
    assert always.open_at(at("2026-11-21T00:00"))


@given(st.dates(FIRST_DAY, LAST_DAY - timedelta(days=1)), st.integers(0, 24 * 60 - 1))
def test_working_time_and_instants_are_inverse_to_each_other(rules: Rules, day: date, minute: int) -> None:
    state = rules.calendar("state")
    instant = datetime(day.year, day.month, day.day, tzinfo=CIVIL_ZONE) + timedelta(minutes=minute)
    used = state.worked_until(instant)
    again = state.instant_of(used) if used else instant
    assert state.worked_until(again) == used
    assert again <= instant
    if state.open_at(instant) and used:
        assert again == instant or not state.open_at(again)


def test_swaps_hold_for_state_agencies_and_not_for_a_calendar_without_holidays(rules: Rules) -> None:
    assert not rules.calendar("state").day(date(2026, 1, 2)).spans
    assert rules.calendar("state").day(date(2026, 1, 10)).reason == "làm bù cho ngày 2/1"
    assert rules.calendar("always").day(date(2026, 1, 2)).spans


def test_a_calendars_version_names_all_it_was_made_from(rules: Rules) -> None:
    assert rules.calendar("state").version.startswith("state-1+official-1+holidays-")
    assert re.fullmatch(r"always-1#[0-9a-f]{6}", rules.calendar("always").version)


def test_every_decided_day_names_its_document() -> None:
    official = read_rules("official-days.yaml", OfficialDaysFile)
    assert {day.date: day.working for day in official.days} == {date(2026, 1, 2): False, date(2026, 1, 10): True}
    assert all("12729/VPCP-KGVX" in day.source for day in official.days)


def calendars_file(folder: Path, monday: str, **others: str) -> Path:
    """A calendars file with one calendar whose Monday is written as ``monday`` on line 6."""
    text = f"version: 1\ncalendars:\n  state:\n    title: giờ hành chính\n    hours:\n      monday: {monday}\n"
    text += f"    holidays: {others.get('holidays', 'true')}\n    make_up: {others.get('make_up', '[]')}\n"
    (folder / "calendars.yaml").write_text(text)
    return folder


@pytest.mark.parametrize(
    ("monday", "told"),
    [
        ('["07:00-11:30", "11:00-17:00"]', "chồng lên"),
        ('["17:00-07:00"]', "không phải khoảng giờ trong một ngày"),
        ('["07:00-24:01"]', "không phải khoảng giờ trong một ngày"),
        ('["07:61-08:00"]', "không phải khoảng giờ trong một ngày"),
        ('["7h-11h"]', "không phải khoảng giờ như"),
    ],
)
def test_hours_nobody_can_mean_are_told_with_their_line(tmp_path: Path, monday: str, told: str) -> None:
    with pytest.raises(RuleFileError, match=told) as caught:
        read_rules("calendars.yaml", CalendarsFile, calendars_file(tmp_path, monday))
    assert caught.value.line == 6
    assert "calendars.yaml, dòng 6" in str(caught.value)


def test_a_calendar_without_working_time_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="không có giờ làm việc nào"):
        read_rules("calendars.yaml", CalendarsFile, calendars_file(tmp_path, "[]"))


def test_a_province_can_open_on_mondays_only(tmp_path: Path) -> None:
    rules = read_rules("calendars.yaml", CalendarsFile, calendars_file(tmp_path, '["08:00-12:00"]'))
    state = build_calendars(rules, read_rules("official-days.yaml", OfficialDaysFile))["state"]
    assert due(at("2026-11-23T09:00"), "1wd", state).at == at("2026-11-30T12:00")
    assert due(at("2026-11-23T11:00"), "2wh", state).at == at("2026-11-30T09:00")
    explanation = due(at("2026-11-23T09:00"), "1wd", state).explanation
    assert "25/11–27/11 không có giờ làm việc; 28/11–29/11 nghỉ cuối tuần" in explanation
    assert state.day(date(2026, 8, 22)).reason == "nghỉ cuối tuần"  # worked instead of another day elsewhere, not here


def test_a_name_that_is_no_calendar_is_told_with_those_that_are(rules: Rules) -> None:
    with pytest.raises(HotlineError, match="state, hotline, calling, always"):
        rules.calendar("nobody")
