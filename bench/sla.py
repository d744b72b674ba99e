"""Deadlines beside ``businesstimedelta`` on the same questions: how fast each answers, and how often each is right.

Both are given the same holidays. What is right is counted minute by minute from the public holidays and the days that the
government has swapped, written down here again, so that no code of the product judges itself.
"""

import random
import time as clock
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import accumulate

import businesstimedelta as peer  # type: ignore[import-untyped]
import pytz  # type: ignore[import-untyped]
from holidays import country_holidays

from bench.figures import percentile, table
from hotline1022.base.clock import CIVIL_ZONE
from tickets.calendar import WorkCalendar
from tickets.rules import Rules
from tickets.sla import due, worked

SEED = 1022
TARGETS = ("15wm", "30wm", "90wm", "240wm", "1wh", "2wh", "4wh", "8wh", "16wh", "40wh")
YEARS = range(2025, 2028)
SWAPPED = {date(2026, 1, 2): False, date(2026, 1, 10): True, date(2026, 8, 31): False, date(2026, 8, 22): True}
"""Days off and days worked instead in 2026, by decision of the government."""

_MINUTE = timedelta(minutes=1)
_ZERO = datetime(YEARS[0], 1, 1, tzinfo=CIVIL_ZONE)
_BATCHES = 20


@dataclass(frozen=True)
class Question:
    """When is ``target`` due that began at ``start``?"""

    start: datetime
    target: str

    @property
    def minutes(self) -> int:
        """The target in working minutes."""
        return int(self.target[:-2]) * (60 if self.target.endswith("wh") else 1)


class ByMinute:
    """What is right: every minute of some years, working or not."""

    def __init__(self) -> None:
        holidays = country_holidays("VN", years=YEARS)
        self._open: list[bool] = []
        day = _ZERO.date()
        while day.year in YEARS:
            usual = (day.weekday() < 5 and day not in holidays) or day in holidays.weekend_workdays
            works = SWAPPED.get(day, usual)
            self._open += [works and (420 <= minute < 690 or 810 <= minute < 1020) for minute in range(1440)]
            day += timedelta(days=1)
        self._worked = list(accumulate(self._open, initial=0))

    def due(self, question: Question) -> datetime:
        """The end of the minute in which the target is used up."""
        at, left = (question.start - _ZERO) // _MINUTE, question.minutes
        while left:
            left -= self._open[at]
            at += 1
        return _ZERO + at * _MINUTE

    def worked(self, start: datetime, end: datetime) -> int:
        """Working minutes between two instants."""
        return self._worked[(end - _ZERO) // _MINUTE] - self._worked[(start - _ZERO) // _MINUTE]


class Peer:
    """``businesstimedelta`` set up as its documentation says: a working day, a lunch break, the library's holidays."""

    def __init__(self) -> None:
        zone, week = pytz.timezone("Asia/Ho_Chi_Minh"), [0, 1, 2, 3, 4]
        self._rules = peer.Rules(
            [
                peer.WorkDayRule(start_time=time(7), end_time=time(17), working_days=week, tz=zone),
                peer.LunchTimeRule(start_time=time(11, 30), end_time=time(13, 30), working_days=week, tz=zone),
                peer.HolidayRule(country_holidays("VN", years=YEARS), tz=zone),
            ]
        )

    def due(self, question: Question) -> datetime:
        """The peer's answer."""
        found = question.start + peer.BusinessTimeDelta(self._rules, seconds=question.minutes * 60)
        assert isinstance(found, datetime)
        return found

    def worked(self, start: datetime, end: datetime) -> int:
        """The peer's answer in minutes."""
        return int(self._rules.difference(start, end).timedelta // _MINUTE)


def measure(*, quick: bool) -> None:
    """Print the tables."""
    state, other, truth = Rules.load().calendar("state"), Peer(), ByMinute()
    questions = _questions(100 if quick else 2000)
    spans = [(question.start, truth.due(question)) for question in questions]
    _speed(state, other, questions, spans)
    _right(state, other, truth, questions, spans)
    _swaps(state, other, truth)


def _questions(count: int) -> list[Question]:
    chance = random.Random(SEED)
    first = datetime(2026, 1, 1, tzinfo=CIVIL_ZONE)
    return [Question(first + chance.randrange(365 * 1440) * _MINUTE, chance.choice(TARGETS)) for _ in range(count)]


def _speed(
    state: WorkCalendar, other: Peer, questions: Sequence[Question], spans: Sequence[tuple[datetime, datetime]]
) -> None:
    """Batch by batch in turn, so that both meet the same state of the machine."""
    ways: dict[str, tuple[Callable[[int], object], Callable[[int], object]]] = {
        "due": (
            lambda index: due(questions[index].start, questions[index].target, state),
            lambda index: other.due(questions[index]),
        ),
        "due with its explanation": (
            lambda index: due(questions[index].start, questions[index].target, state).explanation,
            lambda index: other.due(questions[index]),
        ),
        "worked": (lambda index: worked(*spans[index], state), lambda index: other.worked(*spans[index])),
    }
    rows = []
    for name, (mine, theirs) in ways.items():
        ratios, own, peers = [], [], []
        for batch in range(_BATCHES):
            indices = range(batch, len(questions), _BATCHES)
            own.append(_seconds_each(mine, indices))
            peers.append(_seconds_each(theirs, indices))
            ratios.append(peers[-1] / own[-1])
        rows.append(
            (
                name,
                f"{percentile(own, 0.5) * 1e6:.1f}",
                f"{percentile(peers, 0.5) * 1e6:.0f}",
                f"{percentile(ratios, 0.5):.0f}",
                f"{min(ratios):.0f} to {max(ratios):.0f}",
            )
        )
    print(table(("question", "microseconds", "businesstimedelta", "times as fast", f"of {_BATCHES} batches"), rows))


def _seconds_each(answer: Callable[[int], object], indices: Iterable[int]) -> float:
    wanted = list(indices)
    began = clock.perf_counter()
    for index in wanted:
        answer(index)
    return (clock.perf_counter() - began) / len(wanted)


def _right(
    state: WorkCalendar,
    other: Peer,
    truth: ByMinute,
    questions: Sequence[Question],
    spans: Sequence[tuple[datetime, datetime]],
) -> None:
    """An answer a stretch of closed hours later is the same: end of a day and opening of the next are taken for equal."""
    expected = [end for _, end in spans]
    mine = [due(question.start, question.target, state).at for question in questions]
    theirs = [other.due(question) for question in questions]
    minutes = [truth.worked(*span) for span in spans]
    my_minutes = [worked(*span, state).time // _MINUTE for span in spans]
    their_minutes = [other.worked(*span) for span in spans]
    rows = [
        ("due", *(f"{_same(truth, found, expected)} of {len(expected)}" for found in (mine, theirs))),
        ("worked", *(f"{_equal(found, minutes)} of {len(minutes)}" for found in (my_minutes, their_minutes))),
    ]
    print("\n" + table(("right, minute by minute, in 2026", "hotline", "businesstimedelta"), rows))


def _equal(found: Iterable[int], expected: Iterable[int]) -> int:
    return sum(one == right for one, right in zip(found, expected, strict=True))


def _same(truth: ByMinute, found: Iterable[datetime], expected: Iterable[datetime]) -> int:
    return sum(truth.worked(min(one, right), max(one, right)) == 0 for one, right in zip(found, expected, strict=True))


def _swaps(state: WorkCalendar, other: Peer, truth: ByMinute) -> None:
    """Two working hours that begin an hour before closing on the last working day before a swapped one."""
    rows = []
    for day, works in sorted(SWAPPED.items()):
        eve = datetime.combine(day, time(16), CIVIL_ZONE) - timedelta(days=1)
        while truth.worked(eve, eve + timedelta(hours=1)) == 0:
            eve -= timedelta(days=1)
        question = Question(eve, "2wh")
        answers = (truth.due(question), due(eve, "2wh", state).at, other.due(question))
        rows.append(
            (
                f"{day:%a %d %b %Y} {'worked' if works else 'off'}",
                f"{eve:%a %d %b %H:%M}",
                *(f"{answer.astimezone(CIVIL_ZONE):%a %d %b %H:%M}" for answer in answers),
            )
        )
    print("\n" + table(("swapped day", "2wh from", "right", "hotline", "businesstimedelta"), rows))
