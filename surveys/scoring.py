"""An agency's score: a composite of 100 with versioned weights, and every part that it is made of. Pure arithmetic on counts.

A figure that rests on too few answers is not a bad figure but none.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from surveys.tally import Rate, Tally, but, satisfied


@dataclass(frozen=True, slots=True)
class Component:
    """One part of the composite: the mean of its rates. ``sampled``: they come from the survey, so they have an interval."""

    title: str
    rates: tuple[tuple[str, Callable[[Tally], Rate]], ...]
    sampled: bool = False


COMPONENTS: Mapping[str, Component] = {
    "on_time": Component("trả lời đúng hạn", (("đúng hạn", lambda t: Rate(t.on_time, t.due)),)),
    "satisfaction": Component("người dân hài lòng", (("hài lòng", satisfied),), sampled=True),
    "solved": Component(
        "việc được giải quyết",
        (("đã giải quyết xong", lambda t: Rate(t.solved, t.solved + t.solved_partly + t.unsolved)),),
        sampled=True,
    ),
    "lasting": Component("không phải mở lại", (("không mở lại", lambda t: but(t.reopened, t.answered)),)),
    "discipline": Component(
        "nề nếp xử lý",
        (
            ("nhận, trả đúng giờ", lambda t: but(t.accepted_late, t.received)),
            ("không chuyển trả", lambda t: but(t.returned, t.received)),
            ("không gia hạn", lambda t: but(t.extended, t.received)),
        ),
    ),
    "answers": Component(
        "chất lượng câu trả lời",
        (
            ("không bị tổng đài trả lại", lambda t: but(t.objected, t.answered)),
            ("được đăng công khai", lambda t: Rate(t.published, t.publishable)),
        ),
    ),
    "duties": Component(
        "thư xin lỗi, hẹn tại nhà",
        (
            ("gửi thư đúng hạn", lambda t: Rate(t.letters_on_time, t.letters_owed)),
            ("giữ đúng hẹn", lambda t: Rate(t.visits_kept, t.visits_due)),
        ),
    ),
}
"""The parts of the composite by the names that the weights use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """How much each component counts (of 100), which bands there are, from how many answers on a score is one."""

    version: str
    points: Mapping[str, float]
    bands: tuple[tuple[float, str], ...]
    """From which composite on, and what it is called; the highest first."""
    fewest_answers: int


@dataclass(frozen=True, slots=True)
class Part:
    """A component as it was found. ``value`` is between 0 and 1; None where nothing was counted."""

    name: str
    title: str
    points: float
    value: float | None
    low: float | None
    """With the lower ends of sampled rates; equal to ``value`` where nothing is sampled."""
    rates: tuple[tuple[str, Rate], ...]


@dataclass(frozen=True, slots=True)
class Score:
    """An agency's score of a period, with everything that it was made of."""

    agency: str
    tally: Tally
    parts: tuple[Part, ...]
    composite: float | None
    """0 to 100; None with too few answers."""
    low: float | None
    """The composite with the lower ends of what is sampled: what the ranking goes by."""
    band: str | None
    weights: str

    @property
    def satisfied(self) -> Rate:
        """Top two of five marks."""
        return satisfied(self.tally)

    @property
    def mean(self) -> float | None:
        """The mean mark, shown second: 1 to 5."""
        answers = self.tally.answers
        return sum(mark * count for mark, count in self.tally.marks.items()) / answers if answers else None

    @property
    def response(self) -> Rate:
        """Of those who were to be asked, who answered at least one question that counts."""
        return Rate(self.tally.completed + self.tally.partly, self.tally.eligible)

    @property
    def contact(self) -> Rate:
        """Of those who were to be asked, who was reached."""
        return Rate(self.tally.reached, self.tally.eligible)

    @property
    def refusal(self) -> Rate:
        """Of those reached, who refused."""
        return Rate(self.tally.refused, self.tally.reached)


def score(agency: str, tally: Tally, weights: Weights) -> Score:
    """The score of one agency. A component of which nothing was counted leaves its points to the others, in proportion."""
    parts = tuple(_part(name, weights.points[name], tally) for name in COMPONENTS if weights.points.get(name))
    counted = [part for part in parts if part.value is not None]
    enough = tally.answers >= weights.fewest_answers
    composite = _composite(counted, lambda part: part.value) if enough else None
    low = _composite(counted, lambda part: part.low) if enough else None
    band = None if composite is None else next((name for least, name in weights.bands if composite >= least), None)
    return Score(agency, tally, parts, composite, low, band, weights.version)


def _part(name: str, points: float, tally: Tally) -> Part:
    component = COMPONENTS[name]
    rates = tuple((title, of(tally)) for title, of in component.rates)
    values = [rate.value for _, rate in rates if rate.value is not None]
    lows = [rate.interval[0] if component.sampled else rate.value for _, rate in rates if rate.interval is not None]
    return Part(name, component.title, points, _mean(values), _mean(lows), rates)


def _composite(parts: Sequence[Part], value: Callable[[Part], float | None]) -> float | None:
    points = sum(part.points for part in parts)
    return 100 * sum(part.points * (value(part) or 0.0) for part in parts) / points if points else None


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
