"""From counts to an agency's figures, each with a Vietnamese sentence that explains it. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from surveys.comparison import Shrunk, decision_766, ranking, shrunk
from surveys.model import Mode
from surveys.points import HOTLINE, Point
from surveys.scores.model import (
    COUNT_TITLES,
    SCORED_MODES,
    TOO_FEW,
    AgencyFigures,
    Decision766Figures,
    ModeFigures,
    PartFigures,
    Share,
    ShrunkFigures,
    Since,
)
from surveys.scoring import Score, Weights, score
from surveys.tally import Rate, Tally, satisfied

Counts = Mapping[Point, int]

_DIGITS = 6
"""Decimals of a share: more would only tell of how computers divide."""


@dataclass(frozen=True)
class View:
    """How figures are wanted."""

    modes: tuple[Mode, ...] = SCORED_MODES
    heirs: Mapping[str, str] | None = None
    """Whom the counts of ended agencies are read together with; None keeps each to who had the tickets."""
    shrunk: bool = False


def tally_of(counts: Iterable[tuple[str, int]]) -> Tally:
    """The tally of counts by name."""
    found: dict[str, int] = {}
    marks: dict[int, int] = {}
    for name, amount in counts:
        if name.startswith("mark-"):
            mark = int(name.removeprefix("mark-"))
            marks[mark] = marks.get(mark, 0) + amount
        else:
            found[name] = found.get(name, 0) + amount
    return Tally(**found, marks=marks)


def agency_figures(
    counts: Counts, weights: Weights, view: View, name_of: Callable[[str], str], also: Sequence[str] = ()
) -> tuple[AgencyFigures, ...]:
    """The figures of every agency that has counts, and of those of ``also``; the best first, the hotline last."""
    heirs = view.heirs or {}
    lines: dict[str, set[str]] = {code: {code} for code in also}
    split: dict[str, dict[str, list[tuple[str, int]]]] = {}
    for point, amount in counts.items():
        agency = heirs.get(point.agency, point.agency)
        lines.setdefault(agency, set()).add(point.agency)
        split.setdefault(agency, {}).setdefault(point.mode, []).append((point.name, amount))
    scores: dict[str, Score] = {}
    by_mode: dict[str, tuple[ModeFigures, ...]] = {}
    for agency in lines:
        found = split.get(agency, {})
        wanted = [count for mode in ("", *view.modes) for count in found.get(mode, ())]
        scores[agency] = score(agency, tally_of(wanted), weights)
        by_mode[agency] = tuple(_of_mode(mode, tally_of(found[mode])) for mode in Mode if mode in found)
    ranked = ranking(each for each in scores.values() if each.agency != HOTLINE)
    drawn = shrunk({each.score.agency: each.score.satisfied for each in ranked}) if view.shrunk else {}
    places = [(place.score, place.rank) for place in ranked]
    if HOTLINE in scores:
        places.append((scores[HOTLINE], None))
    return tuple(
        _figures(
            found,
            rank,
            weights,
            name=name_of(found.agency),
            by_mode=by_mode[found.agency],
            drawn=drawn.get(found.agency),
            stands_for=tuple(sorted(lines[found.agency] - {found.agency})),
        )
        for found, rank in places
    )


def changed_since(frozen: AgencyFigures | None, now: AgencyFigures) -> Since | None:
    """What has changed for an agency since its figures were frozen; None when nothing has."""
    before = frozen.counts if frozen else {}
    if before == now.counts:
        return None
    told = []
    if frozen is None or frozen.n != now.n:
        told.append(f"số trả lời khảo sát {frozen.n if frozen else 0} → {now.n}")
    if frozen is None or frozen.csat != now.csat:
        told.append(f"hài lòng {_percent(frozen.csat if frozen else None)} → {_percent(now.csat)}")
    if frozen is None or frozen.composite != now.composite:
        told.append(f"điểm {_points(frozen.composite if frozen else None)} → {_points(now.composite)}")
    if not told:
        names = sorted(name for name in before.keys() | now.counts.keys() if before.get(name) != now.counts.get(name))
        told.append(
            ", ".join(f"{COUNT_TITLES[name]} {before.get(name, 0)} → {now.counts.get(name, 0)}" for name in names)
        )
    return Since(
        agency=now.agency,
        n=now.n,
        csat=now.csat,
        composite=now.composite,
        explanation=f"Sau khi chốt: {now.agency_name} có {'; '.join(told)}.",
    )


def _figures(
    found: Score,
    rank: int | None,
    weights: Weights,
    *,
    name: str,
    by_mode: tuple[ModeFigures, ...],
    drawn: Shrunk | None,
    stands_for: tuple[str, ...],
) -> AgencyFigures:
    tally, interval = found.tally, found.satisfied.interval
    names = [each for each in Tally.__dataclass_fields__ if each != "marks"]
    counts = {each: getattr(tally, each) for each in names} | {
        f"mark-{mark}": tally.marks.get(mark, 0) for mark in range(1, 6)
    }
    content = decision_766(tally, min(tally.dissatisfied_or_late, tally.due))
    return AgencyFigures(
        agency=found.agency,
        agency_name=name,
        stands_for=stands_for,
        rank=rank,
        n=tally.answers,
        satisfied=found.satisfied.part,
        csat=_round(found.satisfied.value),
        low=_round(interval[0] if interval else None),
        high=_round(interval[1] if interval else None),
        mean=_round(found.mean),
        response_rate=_round(found.response.value),
        contact_rate=_round(found.contact.value),
        refusal_rate=_round(found.refusal.value),
        composite=_round(found.composite),
        composite_low=_round(found.low),
        band=found.band or TOO_FEW,
        parts=tuple(
            PartFigures(
                name=part.name,
                title=part.title,
                points=part.points,
                value=_round(part.value),
                low=_round(part.low),
                rates=tuple(_share(title, rate) for title, rate in part.rates),
            )
            for part in found.parts
        ),
        decision_766=Decision766Figures(
            on_time=_round(content.on_time), content=_round(content.content), procedures=_round(content.procedures)
        ),
        by_mode=by_mode,
        shrunk=_shrunk(found, drawn) if drawn else None,
        counts={each: amount for each, amount in counts.items() if amount},
        explanation=_explained(found, rank, weights, name),
    )


def _of_mode(mode: Mode, tally: Tally) -> ModeFigures:
    rate = satisfied(tally)
    interval = rate.interval
    return ModeFigures(
        mode=mode,
        eligible=tally.eligible,
        n=tally.answers,
        satisfied=rate.part,
        csat=_round(rate.value),
        low=_round(interval[0] if interval else None),
        high=_round(interval[1] if interval else None),
        response_rate=_round(Rate(tally.completed + tally.partly, tally.eligible).value),
    )


def _share(title: str, rate: Rate) -> Share:
    return Share(title=title, part=rate.part, whole=rate.whole, value=_round(rate.value))


def _explained(found: Score, rank: int | None, weights: Weights, name: str) -> str:
    tally, rate = found.tally, found.satisfied
    if found.composite is None:
        missing = f"có {tally.answers} trả lời khảo sát, cần ít nhất {weights.fewest_answers} mới cho điểm và xếp loại"
        return f"{name} chưa đủ mẫu: {missing}; hãy xem kỳ dài hơn."
    low, high = rate.interval or (0.0, 0.0)
    told = f"{rate.part} trong {rate.whole} người trả lời hài lòng ({_percent(rate.value)}, "
    told += f"khoảng tin cậy 95 % từ {_percent(low)} đến {_percent(high)})"
    on_time = Rate(tally.on_time, tally.due)
    late = f", {on_time.part} trong {on_time.whole} phiếu đến hạn được trả lời đúng hạn" if tally.due else ""
    place = f", hạng {rank} xếp theo cận dưới {_points(found.low)}" if rank else ""
    empty = [part.title for part in found.parts if part.value is None]
    unseen = f"; chưa có gì để tính: {', '.join(empty)}, điểm chia cho các phần khác" if empty else ""
    return f"{name} được {_points(found.composite)} điểm ({found.band}){place}: {told}{late}{unseen}."


def _shrunk(found: Score, drawn: Shrunk) -> ShrunkFigures:
    rate = found.satisfied
    explanation = (
        f"Tỷ lệ hài lòng {_percent(rate.value)} dựa trên {rate.whole} trả lời nên được kéo {_percent(1 - drawn.weight)} "
        f"quãng đường về mức chung {_percent(drawn.overall)} của mọi cơ quan, còn {_percent(drawn.value)}; "
        "càng ít trả lời thì kéo càng nhiều, để vài câu may rủi không làm nên thứ hạng."
    )
    return ShrunkFigures(
        csat=round(drawn.value, _DIGITS),
        overall=round(drawn.overall, _DIGITS),
        weight=round(drawn.weight, _DIGITS),
        explanation=explanation,
    )


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, _DIGITS)


def _percent(value: float | None) -> str:
    return "chưa có" if value is None else f"{100 * value:.1f} %".replace(".", ",")


def _points(value: float | None) -> str:
    return TOO_FEW if value is None else f"{value:.1f}".replace(".", ",")
