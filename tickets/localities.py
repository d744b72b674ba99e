"""The province's communes of today and the old ones they were made of (1 July 2025). Facts only, no matching."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

COMMUNE_UNITS = ("Xã", "Phường", "Thị trấn")
DISTRICT_UNITS = ("Huyện", "Thành phố", "Thị xã")
COLUMNS = ("new_code", "new_name", "old_code", "old_name", "old_district", "old_province")


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


class TableError(ValueError):
    """A row of ``localities.csv`` that cannot be used; ``line`` counts from 1."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        super().__init__(what)


def read_localities(lines: Iterable[str]) -> Localities:
    """The table of ``localities.csv``: a row for each pair of a commune of today and an old one it was made of.

    Raises TableError for a row that nobody can mean.
    """
    communes: dict[str, Commune] = {}
    old: dict[str, OldCommune] = {}
    reader = csv.DictReader(lines, strict=True)
    try:
        if missing := [column for column in COLUMNS if column not in (reader.fieldnames or ())]:
            raise TableError(1, f"thiếu cột {', '.join(missing)} (các cột cách nhau bằng dấu phẩy)")
        for row in reader:
            _check(row, reader.line_num)
            commune = Commune(row["new_code"], row["new_name"], row["old_province"])
            known = communes.setdefault(commune.code, commune)
            if known.name != commune.name:
                raise TableError(
                    reader.line_num, f"mã {known.code} đã là {known.name}, không thể cũng là {commune.name}"
                )
            fresh = OldCommune(row["old_code"], row["old_name"], row["old_district"], row["old_province"], ())
            before = old.get(fresh.code, fresh)
            if replace(before, became=()) != fresh:
                raise TableError(reader.line_num, f"mã cũ {fresh.code} đã là {before.name}, {before.district}")
            if commune.code in before.became:
                raise TableError(reader.line_num, f"{fresh.name} thuộc {commune.name} được ghi hai lần")
            old[fresh.code] = replace(fresh, became=(*before.became, commune.code))
    except csv.Error as error:
        raise TableError(reader.line_num + 1, "hàng có dấu nháy hay ký tự mà bảng không cho phép") from error
    if not communes:
        raise TableError(1, "bảng không có hàng nào")
    return Localities(communes, tuple(old.values()))


def _check(row: Mapping[str, str | None], line: int) -> None:
    if row.get(None) is not None or any(not row[column] for column in COLUMNS):  # type: ignore[call-overload]
        raise TableError(line, "hàng thiếu hoặc thừa ô")
    for column in ("new_code", "old_code"):
        if not re.fullmatch("[0-9]{5}", row[column] or "", re.ASCII):
            raise TableError(line, f"{column}: mã phải gồm năm chữ số")
    for column, units in (("new_name", COMMUNE_UNITS), ("old_name", COMMUNE_UNITS), ("old_district", DISTRICT_UNITS)):
        if not re.fullmatch(rf"({'|'.join(units)}) \S.*", row[column] or ""):
            raise TableError(line, f"{column}: tên phải bắt đầu bằng {', '.join(units)}")


def in_sentence(name: str) -> str:
    """A name inside a sentence: only its first word, the kind of unit, loses its capital."""
    return name[0].lower() + name[1:]
