"""Who rings and who writes on one day: numbers, topics, places, waits, talks, operators. Pure: nothing is stored, nobody is rung."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal, TypeVar

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.simulation import province
from hotline1022.simulation.plan import DayVolume, Plan
from telephony.floor.store import CallResult
from tickets.model import Channel

Drawn = TypeVar("Drawn", bound=str)

Ending = Literal["slip", "message", "spoken", "abandoned", "given-back", "menu"]
"""How a call goes: an operator writes a slip; a message becomes a ticket; an operator speaks without a slip; the caller gives up; the
queue gives the caller back; the call ends in the menu."""

GIVEN_BACK_SECONDS = 300.0
"""Assumed: after so long the queue gives a caller back, who is asked for a message."""
RESULTS: Mapping[CallResult, float] = {
    "answered": 50, "status": 25, "wrong": 10, "silent": 7, "prank": 5, "petition": 3
}  # fmt: skip
"""Assumed: what calls come to that leave no slip."""
OPERATORS = (
    "Nguyễn Thị Thanh Trúc", "Lê Hoàng Phúc", "Trần Thị Mỹ Duyên", "Phạm Minh Khôi", "Võ Thị Kim Ngân", "Huỳnh Quốc Bảo",
    "Đặng Thị Hồng Nhung", "Bùi Tấn Đạt", "Phan Thị Tuyết Mai", "Nguyễn Hữu Nghĩa", "Lý Thị Bích Trâm", "Cao Văn Thành",
)  # fmt: skip
"""Invented names of operators; as many are on shift as the day's calls need."""
FIRST_ACCOUNT = 10_220_001
"""Accounts of the invented operators: far from those that an installation gives to people, and with no way to sign in."""


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What a citizen has to say. ``place`` is a commune's code."""

    topic: str
    place: str
    urgent: bool
    business: bool
    anonymous: bool


@dataclass(frozen=True, kw_only=True)
class InCall:
    """A call that comes in, as it will go. Instants in the civil zone."""

    id: str
    number: str | None
    arrived_at: datetime
    consented_at: datetime
    recorded: bool
    menu: str
    ending: Ending
    ended_at: datetime
    matter: Matter
    queued_at: datetime | None = None
    unqueued_at: datetime | None = None
    answered_at: datetime | None = None
    operator: int | None = None
    """Who answers, by their place among OPERATORS."""
    wrapped_at: datetime | None = None
    """When the operator has written down what it came to."""
    result: CallResult | None = None


@dataclass(frozen=True, kw_only=True)
class Written:
    """A report by another channel than the telephone."""

    id: str
    at: datetime
    channel: Channel
    number: str
    matter: Matter


class Traffic:
    """Draws the contacts of a plan. ``communes`` are codes with whether each is a ward, ``wider`` the widest topic of each one."""

    def __init__(
        self,
        plan: Plan,
        *,
        communes: Mapping[str, bool],
        wider: Callable[[str], str],
        open_at: Callable[[datetime], bool],
        numbers: int,
    ) -> None:
        """``numbers``: how many different citizens there are, so that some come back."""
        self._plan, self._wider, self._open_at, self._numbers = plan, wider, open_at, numbers
        chance = plan.chance("communes")
        weights = {
            code: (province.WARD if ward else province.COMMUNE) * 2 ** chance.uniform(-1, 1)
            for code, ward in sorted(communes.items())
        }
        most = sorted(weights, key=lambda code: -weights[code])[: plan.agencies]
        self._places = {code: weights[code] for code in most}

    def of_day(self, volume: DayVolume) -> tuple[list[InCall], list[Written]]:
        """All contacts of a day, calls in the order in which they come."""
        chance = self._plan.chance("day", volume.day)
        instants = sorted(_instant(chance, volume.day) for _ in range(volume.calls))
        slips = set(chance.sample(range(volume.calls), volume.spoken))
        free = [instants[0] if instants else datetime.min.replace(tzinfo=CIVIL_ZONE)] * on_shift(volume.calls)
        calls = [
            self._call(chance, volume, name=f"{volume.day:%Y%m%d}-{number:04}", at=at, slip=number in slips, free=free)
            for number, at in enumerate(instants)
        ]
        written = [
            Written(
                id=f"{volume.day:%Y%m%d}-{channel}-{number:04}",
                at=_instant(chance, volume.day),
                channel=channel,
                number=self._number(chance),
                matter=self._matter(chance, volume),
            )
            for channel, count in volume.written.items()
            for number in range(count)
        ]
        return calls, written

    def _call(
        self, chance: random.Random, volume: DayVolume, *, name: str, at: datetime, slip: bool, free: list[datetime]
    ) -> InCall:
        matter = self._matter(chance, volume)
        consented = at + timedelta(seconds=chance.uniform(9, 14))
        queued = consented + timedelta(seconds=chance.uniform(14, 35))
        call = InCall(
            id=f"mo-phong-{name}",
            number=None if chance.random() < province.HIDDEN else self._number(chance),
            arrived_at=at,
            consented_at=consented,
            recorded=chance.random() >= province.REFUSED_RECORDING,
            menu=province.MENU.get(self._wider(matter.topic), "0"),
            ending="menu",
            ended_at=queued + timedelta(seconds=chance.uniform(1, 40)),
            matter=matter,
        )
        if self._open_at(queued):
            in_menu = not slip and chance.random() < province.GONE_IN_MENU
            return call if in_menu else self._queued(chance, call, queued, slip, free)
        return _message(chance, call, queued) if slip else call

    def _queued(
        self, chance: random.Random, call: InCall, queued: datetime, slip: bool, free: list[datetime]
    ) -> InCall:
        """Whoever waits is taken by the operator who is free first, unless they give up before."""
        operator = min(range(len(free)), key=lambda each: (max(free[each], queued), each))
        answered = max(queued, free[operator]) + timedelta(seconds=chance.uniform(3, 12))
        patience = chance.expovariate(1 / (province.PATIENT_SECONDS if slip else province.IMPATIENT_SECONDS))
        waits = min(patience + (60 if slip else 5), GIVEN_BACK_SECONDS)
        if not slip and chance.random() < province.ABANDONED_AT_ONCE:
            waits = chance.uniform(1, 9)
        if (answered - queued).total_seconds() > waits:
            until = queued + timedelta(seconds=waits)
            if waits < GIVEN_BACK_SECONDS:
                return replace(call, ending="abandoned", queued_at=queued, ended_at=until)
            back = replace(call, ending="given-back", queued_at=queued, unqueued_at=until)
            if slip:
                return _message(chance, back, until)
            return replace(back, ended_at=until + timedelta(seconds=chance.uniform(1, 9)))
        ends = answered + timedelta(seconds=min(chance.lognormvariate(5.1 if slip else 4.5, 0.5), 900))
        wrapped = ends + timedelta(seconds=chance.uniform(20, 100 if slip else 40))
        free[operator] = wrapped
        return replace(
            call,
            ending="slip" if slip else "spoken",
            queued_at=queued,
            answered_at=answered,
            ended_at=ends,
            operator=operator,
            wrapped_at=wrapped,
            result="slip" if slip else _one(chance, RESULTS),
        )

    def _matter(self, chance: random.Random, volume: DayVolume) -> Matter:
        topics = province.SURGE_TOPICS if volume.surge else province.TOPICS
        return Matter(
            topic=_one(chance, topics),
            place=_one(chance, self._places),
            urgent=chance.random() < province.URGENT,
            business=chance.random() < province.BUSINESS,
            anonymous=chance.random() < province.ANONYMOUS,
        )

    def _number(self, chance: random.Random) -> str:
        return f"{province.NUMBERS}{1_000_000 + chance.randrange(self._numbers):07}"


def on_shift(calls: int) -> int:
    """Assumed: operators on shift, by a day's calls: one, and one more for each twenty an hour; two at least."""
    return min(max(1 + round(calls / 7.5 / 20), 2), len(OPERATORS))


def _instant(chance: random.Random, day: date) -> datetime:
    hours: Sequence[int] = list(province.HOURS)
    hour = chance.choices(hours, list(province.HOURS.values()))[0]
    midnight = datetime(day.year, day.month, day.day, tzinfo=CIVIL_ZONE)
    return midnight + timedelta(hours=hour, milliseconds=chance.randrange(3_600_000))


def _message(chance: random.Random, call: InCall, from_: datetime) -> InCall:
    """The caller leaves a message. Without a recording there would be none: whoever does so has agreed to it."""
    return replace(call, ending="message", recorded=True, ended_at=from_ + timedelta(seconds=chance.uniform(25, 80)))


def _one(chance: random.Random, weights: Mapping[Drawn, float]) -> Drawn:
    return chance.choices(list(weights), list(weights.values()))[0]
