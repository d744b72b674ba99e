"""What is to be simulated, and how many contacts of which kind that makes on each day. Pure: everything is drawn from the plan's seed."""

import math
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.errors import Invalid
from hotline1022.simulation.province import (
    AT_ONCE,
    FULL,
    HOLIDAY,
    QUIET,
    SURGE,
    WEEKDAYS,
    Month,
)
from tickets.model import Channel

MOST_DAYS = 3 * 366
IsHoliday = Callable[[date], bool]


@dataclass(frozen=True, kw_only=True)
class BusyDay:
    """One day with numbers of its own, whatever its month would give it."""

    day: date
    calls: int = 600
    slips: int = 250
    at_once: float = 0.4
    """Fewer are answered at once than in the province's own month, so that agencies have something to do."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Traffic from the morning of ``first_day`` on, for ``days`` civil days; the same plan with the same rules gives the same traffic.

    ``scale`` multiplies the province's monthly figures. ``surge`` names months (``2026-10``) that are like October 2021.
    ``agencies`` keeps the places to so many communes, those with the most reports; None is all of them.
    """

    first_day: date
    days: int
    seed: int = 1022
    scale: float = 1.0
    surge: frozenset[str] = field(default_factory=frozenset)
    agencies: int | None = None
    at_once: float = AT_ONCE
    """Of the slips, how many are answered at once."""
    busy: BusyDay | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.days <= MOST_DAYS:
            raise Invalid("Mô phỏng từ 1 ngày đến 3 năm", remedy="sửa --months", field="months")
        if not 0 < self.scale <= 20:
            raise Invalid("Tỷ lệ phải lớn hơn 0 và không quá 20", remedy="sửa --scale", field="scale")
        if self.agencies is not None and self.agencies < 1:
            raise Invalid("Số xã, phường phải từ 1", remedy="sửa --agencies", field="agencies")
        if strange := sorted(self.surge - {month_name(day) for day in self.dates}):
            raise Invalid(f"Tháng cao điểm {strange[0]} nằm ngoài kỳ mô phỏng", remedy="sửa --surge", field="surge")

    @classmethod
    def months(
        cls,
        first: str,
        count: int,
        *,
        seed: int = 1022,
        scale: float = 1.0,
        surge: Sequence[str] = (),
        agencies: int | None = None,
    ) -> "Plan":
        """``count`` whole months from ``first`` (``2026-01``). Raises Invalid."""
        begins = _first_of(first)
        whole = begins.year * 12 + begins.month - 1 + count
        ends = date(whole // 12, whole % 12 + 1, 1)
        named = frozenset(map(month_name, map(_first_of, surge)))
        return cls(
            first_day=begins, days=(ends - begins).days, seed=seed, scale=scale, surge=named, agencies=agencies
        )  # fmt: skip

    @classmethod
    def busy_day(
        cls, day: date, *, calls: int = 600, slips: int = 250, before: int = 28, scale: float = 0.2, seed: int = 1022
    ) -> "Plan":
        """One busy day behind ``before`` quiet ones, on which fewer are answered at once: every kind of row there is comes about.

        The simulation ends with the day, so that many of its tickets are still open. Fewer calls and slips, and less before
        them, take less time.
        """
        busy = BusyDay(day=day, calls=calls, slips=slips)
        first = day - timedelta(days=before)
        return cls(first_day=first, days=before + 1, seed=seed, scale=scale, at_once=busy.at_once, busy=busy)

    @property
    def dates(self) -> tuple[date, ...]:
        """Its civil days."""
        return tuple(self.first_day + timedelta(days=number) for number in range(self.days))

    @property
    def begins(self) -> datetime:
        """The first midnight, in the civil zone."""
        return datetime.combine(self.first_day, time(), CIVIL_ZONE)

    @property
    def ends(self) -> datetime:
        """The midnight behind the last day, in the civil zone."""
        return self.begins + timedelta(days=self.days)

    def chance(self, *about: object) -> random.Random:
        """Chance that depends on the seed and on what it is about, and on nothing that was drawn before."""
        return random.Random("\0".join(map(str, (self.seed, *about))))  # noqa: S311 - simulated traffic, no secret


@dataclass(frozen=True)
class DayVolume:
    """What comes in on one day: calls, how many of them leave a slip, and slips by other channels."""

    day: date
    calls: int
    spoken: int
    written: Mapping[Channel, int]
    surge: bool

    @property
    def slips(self) -> int:
        """All slips of the day."""
        return self.spoken + sum(self.written.values())


def volumes(plan: Plan, is_holiday: IsHoliday) -> Iterator[DayVolume]:
    """What comes in on each day. Months that the plan has only in part get their part."""
    months: dict[str, list[date]] = {}
    for day in plan.dates:
        months.setdefault(month_name(day), []).append(day)
    for name, days in months.items():
        surge = name in plan.surge
        chance = plan.chance("month", name)
        whole = SURGE if surge else _between(chance.random())
        share = _share(days, is_holiday) * plan.scale
        calls = _spread(chance, _whole(chance, whole.calls * share), days, is_holiday)
        spoken = _spread(chance, _whole(chance, whole.channels[Channel.PHONE] * share), days, is_holiday)
        others = {
            channel: _spread(chance, _whole(chance, count * share), days, is_holiday)
            for channel, count in whole.channels.items()
            if channel is not Channel.PHONE
        }
        for day in days:
            if plan.busy is not None and day == plan.busy.day:
                yield _busy(plan.busy)
                continue
            written: dict[Channel, int] = {channel: count[day] for channel, count in others.items() if count[day]}
            # Nobody leaves a slip in a call that was not made.
            yield DayVolume(day, max(calls[day], spoken[day]), spoken[day], written, surge)


def month_name(day: date) -> str:
    """``2026-10``."""
    return f"{day:%Y-%m}"


def _first_of(month: str) -> date:
    try:
        return date.fromisoformat(f"{month}-01")
    except ValueError as error:
        raise Invalid(f"“{month[:20]}” không phải là tháng", remedy="ghi như 2026-01", field="from") from error


def _between(share: float) -> Month:
    def mixed(quiet: int, full: int) -> int:
        return round(quiet + (full - quiet) * share)

    channels = {channel: mixed(count, FULL.channels[channel]) for channel, count in QUIET.channels.items()}
    return Month(mixed(QUIET.calls, FULL.calls), mixed(QUIET.slips, FULL.slips), channels)


def _share(days: Sequence[date], is_holiday: IsHoliday) -> float:
    """Which part of their month these days are, by their weights."""
    first = days[0].replace(day=1)
    whole, day = 0.0, first
    while day.month == first.month:
        whole += _weight(day, is_holiday)
        day += timedelta(days=1)
    return sum(_weight(day, is_holiday) for day in days) / whole


def _spread(chance: random.Random, count: int, days: Sequence[date], is_holiday: IsHoliday) -> Counter[date]:
    return Counter(chance.choices(days, [_weight(day, is_holiday) for day in days], k=count))


def _weight(day: date, is_holiday: IsHoliday) -> float:
    return HOLIDAY if is_holiday(day) else WEEKDAYS[day.weekday()]


def _whole(chance: random.Random, count: float) -> int:
    """A whole number near ``count``, on average exactly it: small scales lose nothing."""
    return math.floor(count) + (chance.random() < count % 1)


def _busy(busy: BusyDay) -> DayVolume:
    channels = {channel: round(count * busy.slips / FULL.slips) for channel, count in FULL.channels.items()}
    written: dict[Channel, int] = {
        channel: count for channel, count in channels.items() if channel is not Channel.PHONE
    }
    spoken = busy.slips - sum(written.values())
    return DayVolume(busy.day, max(busy.calls, spoken), spoken, written, surge=False)
