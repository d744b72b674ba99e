"""Places as people name them: every old and new unit of the province's table, said in many ways; what is found, and how long it takes.

What is right comes from the table: an answer is expected for words that only one commune of today can be meant by, a question
with every candidate for words that several can be.
"""

import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from typing import NamedTuple

from bench.figures import percentile, table
from tickets.gazetteer import split_unit
from tickets.places import Finding, PlaceFinder
from tickets.rules import Rules

_SHORT = {"Phường": "P.", "Xã": "X.", "Thị trấn": "TT. ", "Huyện": "H. ", "Thành phố": "TP. ", "Thị xã": "TX. "}


class Unit(NamedTuple):
    """One row of the table: a commune of today, or an old one with its district."""

    name: str
    district: str | None
    became: frozenset[str]


def _bare(name: str) -> str:
    return split_unit(name)[1]


def _short(name: str) -> str:
    unit, rest = split_unit(name)
    return f"{_SHORT[unit]}{rest}"


def _no_marks(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D"))
    return "".join(sign for sign in letters if not unicodedata.combining(sign))


_PLAIN: dict[str, Callable[[Unit], str | None]] = {
    "xã X": lambda unit: unit.name.lower(),
    "X": lambda unit: None if _bare(unit.name).isdigit() else _bare(unit.name),
    "P. X": lambda unit: _short(unit.name),
    "đường hư ở xã X": lambda unit: f"đường bị hư nặng ở {unit.name.lower()} mấy hôm nay",
}
_WITH_DISTRICT: dict[str, Callable[[Unit], str | None]] = {
    "xã X huyện Y": lambda unit: unit.district and f"{unit.name} {unit.district}".lower(),
    "X, Y": lambda unit: unit.district and f"{_bare(unit.name)}, {_bare(unit.district)}",
    "huyện Y, xã X": lambda unit: unit.district and f"{unit.district}, {unit.name}",
    "P.X TP. Y": lambda unit: unit.district and f"{_short(unit.name)} {_short(unit.district)}",
    "P.X thành phố Y": lambda unit: unit.district and f"{_short(unit.name)} {unit.district.lower()}",
    "rác ở xã X huyện Y": lambda unit: unit.district and f"rác chất đống ở {unit.name} {unit.district}".lower(),
}


def _without_marks(way: Callable[[Unit], str | None]) -> Callable[[Unit], str | None]:
    return lambda unit: _no_marks(way(unit) or "").lower() or None


_MARKED = _PLAIN | _WITH_DISTRICT
WAYS = _MARKED | {f"{_no_marks(name)} (no marks)": _without_marks(way) for name, way in _MARKED.items()}


def measure(*, quick: bool) -> None:
    """Print the table; says where a place was silently taken for another one."""
    rules = Rules.load()
    units = _units(rules)
    rows, seconds, wrong = [], [], []
    total: Counter[str] = Counter()
    for name, way in WAYS.items():
        meant: dict[str, set[str]] = defaultdict(set)
        for unit in units:
            if text := way(unit):
                meant[text] |= unit.became
        outcomes: Counter[str] = Counter()
        for text, codes in list(meant.items())[:: 10 if quick else 1]:
            began = time.perf_counter()
            finding = rules.places.find(text)
            seconds.append(time.perf_counter() - began)
            outcome = _outcome(finding, codes)
            outcomes[outcome] += 1
            if outcome == "wrong":
                wrong.append(f"“{text}”: {finding.candidates[0].name}")
        total += outcomes
        rows.append(_row(name, outcomes))
    rows.append(_row("all", total))
    print(table(("said", "asked", *_OUTCOMES.values()), rows))
    print(
        f"\n{len(units)} units, old and new; one text takes p50 {percentile(seconds, 0.5) * 1000:.2f} ms, "
        f"p99 {percentile(seconds, 0.99) * 1000:.2f} ms, at most {max(seconds) * 1000:.1f} ms"
    )
    for each in wrong[:20]:
        print(f"wrong: {each}")
    _long_text(rules.places, units)


_OUTCOMES = {
    "right": "right at once",
    "asked": "several meant, all offered with a question",
    "careful": "one meant, asked all the same",
    "missed": "not among the candidates",
    "wrong": "silently another place",
}


def _outcome(finding: Finding, codes: set[str]) -> str:
    found = {candidate.code for candidate in finding.candidates}
    if finding.certain is not None:
        return "right" if codes == {finding.certain.code} else "wrong"
    if not codes <= found or finding.question is None:
        return "missed"
    return "asked" if len(codes) > 1 else "careful"


def _units(rules: Rules) -> list[Unit]:
    today = [Unit(commune.name, None, frozenset({code})) for code, commune in rules.localities.communes.items()]
    old = [Unit(each.name, each.district, frozenset(each.became)) for each in rules.localities.old]
    return [*today, *old]


def _row(name: str, outcomes: Counter[str]) -> tuple[str, ...]:
    return (name, str(outcomes.total()), *(str(outcomes[outcome]) for outcome in _OUTCOMES))


def _long_text(places: PlaceFinder, units: Iterable[Unit]) -> None:
    """A report of five minutes of speech, which is about a thousand syllables, with one place in its middle."""
    speech = "dạ tôi muốn phản ánh là con đường trước nhà bị ngập nước mấy ngày nay không ai tới sửa hết " * 25
    unit = next(unit for unit in units if unit.district)
    text = f"{speech}{unit.name} {unit.district} {speech}".lower()
    began = time.perf_counter()
    for _ in range(10):
        places.find(text)
    print(f"a report of {len(text.split())} syllables takes {(time.perf_counter() - began) * 100:.1f} ms")
