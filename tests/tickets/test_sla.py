"""Deadlines on the Vietnamese working calendar: known days, a minute-by-minute oracle, what holds for every ticket."""

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import HotlineError
from tickets.rules import Rules
from tickets.sla import Pause, due, worked

MINUTE = timedelta(minutes=1)


def at(text: str) -> datetime:
    """A civil instant of Vietnam."""
    return datetime.fromisoformat(text).replace(tzinfo=CIVIL_ZONE)


@pytest.mark.parametrize(
    ("start", "target", "expected"),
    [
        ("2026-02-13T16:45", "3wd", "2026-02-25T17:00"),  # Tết lies between
        ("2026-08-21T16:00", "1wd", "2026-08-22T17:00"),  # a Saturday worked instead of 31 August
        ("2026-08-27T10:00", "2wd", "2026-09-03T17:00"),  # 31 August, 1 and 2 September are off
        ("2026-11-23T09:00", "1wd", "2026-11-25T17:00"),  # 24 November is off from 2026 on
        ("2025-11-21T09:00", "1wd", "2025-11-24T17:00"),  # and was not before
        ("2025-12-31T09:00", "1wd", "2026-01-05T17:00"),  # 2 January 2026 is off by decision
        ("2026-01-09T09:00", "1wd", "2026-01-10T17:00"),  # Saturday 10 January is worked for it
        ("2026-04-24T09:00", "1wd", "2026-04-28T17:00"),  # Hùng Vương on a Sunday moves to Monday
        ("2026-11-21T10:00", "1wd", "2026-11-23T17:00"),  # taken on a Saturday
        ("2026-11-20T23:30", "1wd", "2026-11-23T17:00"),  # taken at night
        ("2026-11-23T00:00", "1wd", "2026-11-25T17:00"),  # midnight belongs to the day that begins
        ("2026-08-21T16:00", "2wh", "2026-08-22T08:00"),
        ("2026-11-20T16:45", "30wm", "2026-11-23T07:15"),
        ("2026-11-23T11:00", "1wh", "2026-11-23T14:00"),  # over lunch
        ("2026-11-23T16:00", "1wh", "2026-11-23T17:00"),  # the last minute counts
        ("2026-11-21T10:00", "4wh", "2026-11-23T11:00"),
        ("2026-11-20T23:00", "2h", "2026-11-21T01:00"),  # urgent: the clock runs at night
    ],
)
def test_known_days(rules: Rules, start: str, target: str, expected: str) -> None:
    assert due(at(start), target, rules.calendar("state")).at == at(expected)


def test_explanation_names_every_day_left_out_and_why(rules: Rules) -> None:
    computed = due(at("2026-11-20T09:00"), "2wd", rules.calendar("state"))
    assert computed.explanation == (
        "Hạn 17:00 thứ Tư 25/11/2026: 2 ngày làm việc sau ngày tiếp nhận 20/11 (không tính ngày tiếp nhận; "
        "21/11–22/11 nghỉ cuối tuần; 24/11 nghỉ Ngày Văn hóa Việt Nam)."
    )


def test_explanation_tells_a_swap_from_both_sides(rules: Rules) -> None:
    state = rules.calendar("state")
    assert "22/8 làm bù" in due(at("2026-08-21T16:00"), "1wd", state).explanation
    assert "31/8 nghỉ hoán đổi; 1/9–2/9 nghỉ Quốc khánh" in due(at("2026-08-28T16:00"), "1wd", state).explanation
    assert "2/1 nghỉ hoán đổi dịp Tết Dương lịch" in due(at("2025-12-31T16:00"), "1wd", state).explanation


def test_explanation_of_tet_never_shows_a_wrong_lunar_day(rules: Rules) -> None:
    explanation = due(at("2025-01-24T09:00"), "1wd", rules.calendar("state")).explanation
    assert "27/1–1/2 nghỉ Tết Nguyên đán" in explanation
    assert "29 Tết" not in explanation


def test_explanation_tells_the_pause(rules: Rules) -> None:
    pause = Pause(at("2026-11-25T07:00"), at("2026-11-25T08:20"))
    computed = due(at("2026-11-23T09:00"), "1wd", rules.calendar("state"), [pause])
    assert computed.at == at("2026-11-26T17:00")
    assert "cộng 1 giờ 20 phút tạm dừng, tính đến hết ngày làm việc" in computed.explanation


@pytest.mark.parametrize("target", ["2wd", "5wh", "90wm", "2h"])
def test_a_pause_that_begins_with_the_deadline_comes_too_late(rules: Rules, target: str) -> None:
    state, start = rules.calendar("state"), at("2026-11-23T09:00")
    plain = due(start, target, state).at
    assert due(start, target, state, [Pause(plain, plain + timedelta(days=3))]).at == plain
    assert due(start, target, state, [Pause(plain - MINUTE, plain)]).at > plain


def test_a_deadline_in_a_year_not_decided_yet_is_marked(rules: Rules) -> None:
    state = rules.calendar("state")
    later = due(at("2026-12-31T09:00"), "1wd", state)
    assert later.expected
    assert "dự kiến, vì lịch nghỉ năm 2027 chưa được quyết định" in later.explanation
    assert not due(at("2026-12-30T09:00"), "1wd", state).expected
    assert not due(at("2026-12-31T23:00"), "2h", state).expected
    assert due(at("2095-03-01T09:00"), "3wd", state).expected


@pytest.mark.parametrize("text", ["", "0wd", "3", "wd", "-1wd", "3 wd", "3d", "3WD", "99999wd", "٣wd", "1.5wh"])
def test_a_target_nobody_can_mean_is_refused(text: str, rules: Rules) -> None:
    with pytest.raises(HotlineError, match="không đúng dạng"):
        due(at("2026-11-23T09:00"), text, rules.calendar("state"))


def test_instants_without_zone_and_backward_pauses_are_refused(rules: Rules) -> None:
    state, start = rules.calendar("state"), at("2026-11-23T09:00")
    with pytest.raises(HotlineError, match="múi giờ"):
        due(start.replace(tzinfo=None), "1wd", state)
    with pytest.raises(HotlineError, match="kết thúc trước khi bắt đầu"):
        due(start, "1wd", state, [Pause(start, start - MINUTE)])
    with pytest.raises(HotlineError, match="trước thời điểm bắt đầu"):
        worked(start, start - MINUTE, state)


def test_a_day_beyond_the_calendar_is_told(rules: Rules) -> None:
    for start in ("2018-12-31T09:00", "2100-01-01T09:00", "2099-12-31T16:59"):
        with pytest.raises(HotlineError, match="chỉ tính được từ 01/01/2019 đến 31/12/2099"):
            due(at(start), "1wd", rules.calendar("state"))


LUNAR_NEW_YEARS = (
    "2020-01-25", "2021-02-12", "2022-02-01", "2023-01-22", "2024-02-10", "2025-01-29", "2026-02-17", "2027-02-06",
    "2028-01-26", "2029-02-13", "2030-02-02", "2031-01-23", "2032-02-11", "2033-01-31",
)  # fmt: skip
"""The first of the first month in Vietnam; in 2030 China has it a day later."""


@pytest.mark.parametrize("first", LUNAR_NEW_YEARS)
def test_nobody_works_around_tet_in_any_year(rules: Rules, first: str) -> None:
    state, tet = rules.calendar("state"), date.fromisoformat(first)
    for offset in (-1, 0, 1, 2):
        day = state.day(tet + timedelta(days=offset))
        assert not day.spans, day
        if day.date.weekday() < 5:
            assert "Tết" in day.reason, day


@pytest.mark.parametrize(("year", "works"), [(2021, True), (2025, True), (2026, False), (2027, False), (2033, False)])
def test_the_24th_of_november_is_off_from_2026_and_not_before(rules: Rules, year: int, works: bool) -> None:
    day = rules.calendar("state").day(date(year, 11, 24))
    assert day.date.weekday() < 5
    assert bool(day.spans) is works


def test_the_day_of_receipt_is_not_counted_and_a_term_never_ends_on_a_day_off(rules: Rules) -> None:
    """Civil Code 2015, articles 147 and 148: whatever the hour of receipt, the term begins with the next day."""
    state = rules.calendar("state")
    for offset in range(400):
        day = at("2026-01-01T00:00") + timedelta(days=offset)
        ends = {due(day + timedelta(minutes=minute), "2wd", state).at for minute in (0, 1, 420, 1019, 1020, 1439)}
        assert len(ends) == 1
        (end,) = ends
        assert state.day(end.date()).spans
        assert end.date() > day.date()


# An independent account of Vietnam's year 2026 for state agencies, written by hand.
OFF_2026 = {
    date(2026, month, day)
    for month, days in {
        1: (1, 2),
        2: (16, 17, 18, 19, 20),
        4: (27, 30),
        5: (1,),
        8: (31,),
        9: (1, 2),
        11: (24,),
    }.items()
    for day in days
}
WORKED_2026 = {date(2026, 1, 10), date(2026, 8, 22)}


def is_working_minute(instant: datetime) -> bool:
    """Whether the minute that begins at ``instant`` (civil) is worked."""
    day, minute = instant.date(), instant.hour * 60 + instant.minute
    works = day in WORKED_2026 or (day.weekday() < 5 and day not in OFF_2026)
    return works and (7 * 60 <= minute < 11 * 60 + 30 or 13 * 60 + 30 <= minute < 17 * 60)


def paused_minutes(pauses: list[Pause], since: datetime, before: datetime, *, working: bool) -> int:
    """The minutes from ``since`` on that lie in pauses that begin before ``before``, each once."""
    minutes = set()
    for pause in pauses:
        instant = max(pause.start, since)
        while instant < pause.end and max(pause.start, since) < before:
            if not working or is_working_minute(instant):
                minutes.add(instant)
            instant += MINUTE
    return len(minutes)


def brute_force(start: datetime, count: int, unit: str, pauses: list[Pause]) -> datetime:
    """The deadline, by counting minutes one by one; nothing of the product is used."""
    if unit == "wd":
        since = datetime(start.year, start.month, start.day, tzinfo=CIVIL_ZONE) + timedelta(days=1)
        base, day, left = since, since, count
        while left:
            if is_working_minute(day.replace(hour=9)):
                left, base = left - 1, day.replace(hour=17)
            day += timedelta(days=1)
        needed = sum(is_working_minute(since + MINUTE * n) for n in range((base - since) // MINUTE))
    else:
        since, needed = start, count * (1 if unit == "wm" else 60)
    given_back, result = 0, None
    while True:
        instant, left = since, needed + given_back
        while left:
            left -= unit == "h" or is_working_minute(instant)
            instant += MINUTE
        if unit == "wd":
            instant = instant.replace(hour=17, minute=0)
        if instant == result:
            return instant
        result = instant
        given_back = paused_minutes(pauses, since, instant, working=unit != "h")


starts_2026 = st.integers(0, 300 * 24 * 60).map(lambda minute: at("2026-01-01T00:00") + MINUTE * minute)
targets = st.one_of(
    st.tuples(st.integers(1, 6), st.just("wd")),
    st.tuples(st.integers(1, 30), st.sampled_from(["wh", "h"])),
    st.tuples(st.integers(1, 900), st.just("wm")),
)
stops = st.lists(st.tuples(st.integers(-600, 9000), st.integers(0, 4000)), max_size=3)


def pauses_after(start: datetime, drawn: list[tuple[int, int]]) -> list[Pause]:
    """Pauses given by when they begin after ``start`` and how long they last, in minutes."""
    return [Pause(start + MINUTE * begin, start + MINUTE * (begin + length)) for begin, length in drawn]


@given(starts_2026, targets, stops)
def test_deadlines_agree_with_counting_minutes_one_by_one(
    rules: Rules, start: datetime, target: tuple[int, str], drawn: list[tuple[int, int]]
) -> None:
    count, unit = target
    pauses = pauses_after(start, drawn)
    assert due(start, f"{count}{unit}", rules.calendar("state"), pauses).at == brute_force(start, count, unit, pauses)


any_start = st.integers(0, 30 * 365 * 24 * 60).map(lambda minute: at("2020-01-01T00:00") + MINUTE * minute)
any_calendar = st.sampled_from(["state", "hotline", "always"])


@given(any_start, targets, stops, any_calendar)
def test_what_was_worked_until_the_deadline_is_the_target(
    rules: Rules, start: datetime, target: tuple[int, str], drawn: list[tuple[int, int]], name: str
) -> None:
    count, unit = target
    calendar, pauses = rules.calendar(name), pauses_after(start, drawn)
    computed = due(start, f"{count}{unit}", calendar, pauses)
    used = worked(start, computed.at, calendar, pauses)
    if unit == "wd":
        assert used.days == count
        assert worked(start, computed.at - timedelta(microseconds=1), calendar, pauses).days == count - 1
    elif unit == "h":
        assert used.clock == timedelta(hours=count)
    else:
        assert used.time == (timedelta(hours=count) if unit == "wh" else timedelta(minutes=count))


@given(any_start, targets, stops, st.tuples(st.integers(-600, 9000), st.integers(0, 4000)))
def test_one_more_pause_never_brings_a_deadline_nearer(
    rules: Rules, start: datetime, target: tuple[int, str], drawn: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    text, state = f"{target[0]}{target[1]}", rules.calendar("state")
    without = due(start, text, state, pauses_after(start, drawn)).at
    assert due(start, text, state, pauses_after(start, [*drawn, more])).at >= without


@given(any_start, st.integers(0, 20_000), targets, any_calendar)
def test_who_reports_later_is_never_answered_earlier(
    rules: Rules, start: datetime, minutes: int, target: tuple[int, str], name: str
) -> None:
    text, calendar = f"{target[0]}{target[1]}", rules.calendar(name)
    assert due(start, text, calendar).at <= due(start + MINUTE * minutes, text, calendar).at


@given(any_start, targets)
def test_a_deadline_is_in_the_future_and_at_a_moment_of_work(
    rules: Rules, start: datetime, target: tuple[int, str]
) -> None:
    count, unit = target
    state = rules.calendar("state")
    computed = due(start, f"{count}{unit}", state)
    assert computed.at > start
    if unit != "h":
        assert state.open_at(computed.at - timedelta(microseconds=1))
    assert computed.explanation.startswith(f"Hạn {computed.at:%H:%M} ")


def test_the_end_of_a_day_without_closing_time_is_told_as_24_hours(rules: Rules) -> None:
    computed = due(at("2026-12-30T09:00"), "1wd", rules.calendar("always"))
    assert computed.at == at("2027-01-01T00:00")
    assert computed.explanation.startswith("Hạn 24:00 thứ Năm 31/12/2026: ")
    assert not computed.expected


SENTENCE = re.compile(
    r"Hạn (?P<hour>\d\d):(?P<minute>\d\d) (?P<weekday>thứ Hai|thứ Ba|thứ Tư|thứ Năm|thứ Sáu|thứ Bảy|Chủ nhật) "
    r"(?P<day>\d+)/(?P<month>\d+)/(?P<year>\d+): (?P<amount>\d+) (?P<unit>ngày làm việc|giờ làm việc|phút làm việc|giờ) "
    r"(sau ngày tiếp nhận|kể từ) (?P<since>[^(]*) \((?P<notes>.*)\)\."
)
NOTE = re.compile(r"(?P<first>\d+/\d+)(–(?P<last>\d+/\d+))? (?P<reason>.+)")
NAMED_UNITS = {"ngày làm việc": "wd", "giờ làm việc": "wh", "phút làm việc": "wm", "giờ": "h"}
WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def marked(notes: str, since: date, until: date) -> dict[date, str]:
    """The days that a sentence tells of, with what it says of each."""
    days = [since + timedelta(days=number) for number in range((until - since).days + 1)]
    found: dict[date, str] = {}
    for note in notes.split("; "):
        if told := NOTE.fullmatch(note):
            first, last = told["first"], told["last"] or told["first"]
            begin = next(day for day in days if f"{day.day}/{day.month}" == first and day not in found)
            end = next(day for day in days if f"{day.day}/{day.month}" == last and day >= begin)
            found |= {day: told["reason"] for day in days if begin <= day <= end}
    return found


@given(any_start, targets, stops, any_calendar)
def test_the_sentence_says_the_due_time_the_target_and_exactly_the_days_that_are_off(
    rules: Rules, start: datetime, target: tuple[int, str], drawn: list[tuple[int, int]], name: str
) -> None:
    count, unit = target
    calendar, pauses = rules.calendar(name), pauses_after(start, drawn)
    computed = due(start, f"{count}{unit}", calendar, pauses)
    told = SENTENCE.fullmatch(computed.explanation)
    assert told is not None, computed.explanation
    last = date(int(told["year"]), int(told["month"]), int(told["day"]))
    clock = timedelta(hours=int(told["hour"]), minutes=int(told["minute"]))  # the end of a day is told as 24:00
    assert datetime(last.year, last.month, last.day, tzinfo=CIVIL_ZONE) + clock == computed.at
    assert told["weekday"] == WEEKDAYS[last.weekday()]
    assert (int(told["amount"]), NAMED_UNITS[told["unit"]]) == target
    assert f"{start.day}/{start.month}" in told["since"]
    assert ("dự kiến" in told["notes"]) is (unit != "h" and last.year > calendar.decided_through)
    if unit == "h":
        return
    since = start.date() + timedelta(days=1 if unit == "wd" else 0)
    days = marked(told["notes"], since, last)
    number = (last - since).days + 1
    worked_days = [day for day in (since + timedelta(days=n) for n in range(number)) if calendar.day(day).spans]
    off = {day for day, reason in days.items() if "làm bù" not in reason}
    assert off == {since + timedelta(days=n) for n in range(number)} - set(worked_days)
    if unit == "wd" and not pauses:
        assert len(worked_days) == count
