"""The province's communes of today and the old ones they were made of (1 July 2025). Facts only, no matching."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Commune:
    """A commune or ward of today. ``name`` is the whole name ("Xã Tháp Mười"); ``old_province`` where it lay before."""

    code: str
    name: str
    old_province: str

    @property
    def in_sentence(self) -> str:
        """The name inside a sentence: "xã Tháp Mười"."""
        return in_sentence(self.name)


@dataclass(frozen=True)
class OldCommune:
    """A commune, ward or town of before, its district, and the communes of today it became (several when split)."""

    code: str
    name: str
    district: str
    province: str
    became: tuple[str, ...]


@dataclass(frozen=True)
class Localities:
    """Today's communes by code, and every old one."""

    communes: Mapping[str, Commune]
    old: tuple[OldCommune, ...]


def read_localities(lines: Iterable[str]) -> Localities:
    """The table of ``localities.csv``: a row for each pair of a commune of today and an old one it was made of."""
    communes: dict[str, Commune] = {}
    old: dict[str, OldCommune] = {}
    for row in csv.DictReader(lines):
        new_code, code = row["new_code"], row["old_code"]
        communes.setdefault(new_code, Commune(new_code, row["new_name"], row["old_province"]))
        before = old[code].became if code in old else ()
        old[code] = OldCommune(code, row["old_name"], row["old_district"], row["old_province"], (*before, new_code))
    return Localities(communes, tuple(old.values()))


def in_sentence(name: str) -> str:
    """A name inside a sentence: only its first word, the kind of unit, loses its capital."""
    return name[0].lower() + name[1:]
