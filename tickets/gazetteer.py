"""Every name a citizen may use for a place, old and new, and what each can mean today. Pure: names, no running text."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tickets.localities import Localities
from tickets.spelling import Syllable, syllable

UNITS = ("Thành phố", "Thị trấn", "Thị xã", "Phường", "Huyện", "Xã")
_SPOKEN = {
    "1": ("một",), "2": ("hai",), "3": ("ba",), "4": ("bốn", "tư"), "5": ("năm",), "6": ("sáu",), "9": ("chín",),
    "10": ("mười",), "A": (), "B": ("bê", "bờ"),
}  # fmt: skip
"""How the last part of a name such as "Tân Lập 1" or "Phú Thuận B" is said aloud."""


class District(NamedTuple):
    """A district of before 1 July 2025."""

    unit: str
    name: str
    province: str

    @property
    def in_sentence(self) -> str:
        """Inside a sentence; two districts were called Châu Thành."""
        where = f" ({self.province})" if self.name == "Châu Thành" else ""
        return f"{self.unit.lower()} {self.name}{where}"


class Reading(NamedTuple):
    """One thing a name can mean: a commune of today, meant by its own name or by that of an old one that became it."""

    code: str
    unit: str
    whole_name: str
    today: bool
    districts: frozenset[District]
    """The districts it lay in."""
    weight: float
    """Below 1 when the name is only the beginning of the real one ("Phú Thuận" for Phú Thuận B)."""


@dataclass
class Name:
    """A name without its unit, and everything it can mean."""

    syllables: tuple[Syllable, ...]
    readings: list[Reading]
    districts: list[District]
    ordinary: bool = False

    @property
    def sound(self) -> str:
        """How it sounds, syllables apart."""
        return " ".join(part.sound for part in self.syllables)


class Gazetteer:
    """All names, found by their spelling without marks or by their sound."""

    def __init__(self, localities: Localities, ordinary: Iterable[str] = ()) -> None:
        self._names: dict[tuple[str, ...], Name] = {}
        self.communes = localities.communes
        made_of: dict[str, set[District]] = defaultdict(set)
        self.within: dict[District, list[str]] = defaultdict(list)
        for old in localities.old:
            district = District(*split_unit(old.district), old.province)
            for code in old.became:
                made_of[code].add(district)
                if code not in self.within[district]:
                    self.within[district].append(code)
            for code in old.became:
                self._add(old.name, code, today=False, districts=frozenset([district]))
        for commune in localities.communes.values():
            self._add(commune.name, commune.code, today=True, districts=frozenset(made_of[commune.code]))
        for district in self.within:
            self._name(district.name).districts.append(district)
        for name in ordinary:
            self._name(name).ordinary = True
        self.by_plain: dict[tuple[str, ...], list[Name]] = defaultdict(list)
        self.by_sound: dict[str, list[Name]] = defaultdict(list)
        for known in self._names.values():
            self.by_plain[tuple(part.plain for part in known.syllables)].append(known)
            self.by_sound[known.sound].append(known)
        self.longest = max(len(known.syllables) for known in self._names.values())

    def _name(self, name: str) -> Name:
        syllables = tuple(syllable(part) for part in name.lower().split())
        return self._names.setdefault(tuple(part.toned for part in syllables), Name(syllables, [], []))

    def _add(self, whole_name: str, code: str, *, today: bool, districts: frozenset[District]) -> None:
        unit, name = split_unit(whole_name)
        reading = Reading(code, unit, whole_name, today, districts, 1.0)
        self._name(name).readings.append(reading)
        *stem, last = name.split()
        for said in _SPOKEN.get(last, ()):
            self._name(" ".join((*stem, said))).readings.append(reading)
        if last in _SPOKEN and stem:
            self._name(" ".join(stem)).readings.append(reading._replace(weight=0.9))


def split_unit(whole_name: str) -> tuple[str, str]:
    """A whole name as its unit and the rest: "Thị trấn", "Lai Vung"."""
    for unit in UNITS:
        if whole_name.startswith(unit + " "):
            return unit, whole_name[len(unit) + 1 :]
    raise ValueError(f"no unit in {whole_name!r}")


def listed(names: Sequence[str], last: str) -> str:
    """Names in a sentence: "a, b hay c"."""
    return f"{', '.join(names[:-1])} {last} {names[-1]}" if len(names) > 1 else names[0]
