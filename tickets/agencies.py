"""Who can answer: agencies with the days they exist and what became of them. Pure; which one answers is routing's."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Literal, Self

from pydantic import model_validator

from hotline1022.base.errors import HotlineError
from hotline1022.base.rule_files import RuleModel, WrongAt
from tickets.localities import Commune

REORGANISED = date(2025, 7, 1)
"""When today's communes began."""


class Agency(RuleModel):
    """A body that answers. ``valid_to`` is its last day; ``successors`` took over its work, the first one in chief."""

    code: str
    name: str
    short: str
    spoken: str
    kind: Literal["hotline", "department", "central", "company", "commune"]
    parent: str | None = None
    head_title: str = "Giám đốc"
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    calendar: str | None = None

    def exists_on(self, day: date) -> bool:
        """Whether the agency exists on ``day``."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class Agencies(RuleModel):
    """``agencies.yaml``, completed with the communes' own."""

    version: int
    agencies: tuple[Agency, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        codes = [agency.code for agency in self.agencies]
        for index, agency in enumerate(self.agencies):
            if agency.code in codes[:index]:
                raise WrongAt(f"hai cơ quan có cùng một mã “{agency.code}”", "agencies", index, "code")
            if agency.valid_from and agency.valid_to and agency.valid_to < agency.valid_from:
                raise WrongAt(f"cơ quan “{agency.code}” kết thúc trước khi bắt đầu", "agencies", index, "valid_to")
        return self

    def check_lines(self) -> None:
        """Every agency that another one names must be there, and no line of successors may come back to itself.

        Raises WrongAt. Asked of the whole list, communes' committees and all.
        """
        for index, agency in enumerate(self.agencies):
            for code in (*agency.successors, *([agency.parent] if agency.parent else [])):
                if code not in self.by_code:
                    what = f"cơ quan “{agency.code}” nhắc đến “{code}” không có trong danh sách"
                    raise WrongAt(what, "agencies", index, "parent" if code == agency.parent else "successors")
        for index, agency in enumerate(self.agencies):
            self._heirs(agency.code, (), index)

    def _heirs(self, code: str, before: tuple[str, ...], index: int) -> None:
        if code in before:
            raise WrongAt(f"chuỗi kế thừa đi vòng: {' → '.join((*before, code))}", "agencies", index, "successors")
        for heir in self.by_code[code].successors:
            self._heirs(heir, (*before, code), index)

    @cached_property
    def by_code(self) -> Mapping[str, Agency]:
        """Every agency, also those that have ended."""
        return {agency.code: agency for agency in self.agencies}

    def agency(self, code: str) -> Agency:
        """The agency of ``code``. Raises HotlineError for a code nobody knows."""
        try:
            return self.by_code[code]
        except KeyError:
            raise HotlineError(f"Không có cơ quan “{code}”") from None

    def name_of(self, code: str) -> str:
        """What people read for ``code``; the code itself when the agency has been taken out of the file."""
        return self.by_code[code].name if code in self.by_code else code

    def standing_for(self, code: str, day: date) -> Agency | None:
        """The agency of ``code`` on ``day``: itself, or after its end its chief successor. None before it begins."""
        agency = self.agency(code)
        while agency.valid_to is not None and agency.valid_to < day and agency.successors:
            agency = self.by_code[agency.successors[0]]
        return agency if agency.exists_on(day) else None

    def ended_by(self, day: date) -> tuple[str, ...]:
        """The codes of the agencies that another one stands for on ``day``."""
        return tuple(code for code in self.by_code if (heir := self.standing_for(code, day)) and heir.code != code)

    def line_of(self, code: str, day: date) -> frozenset[str]:
        """``code`` and every ended agency whose work is its own on ``day``: whose old tickets its people may read."""
        ended = (each for each in self.ended_by(day) if (heir := self.standing_for(each, day)) and heir.code == code)
        return frozenset((code, *ended))

    @cached_property
    def of_hotline(self) -> Agency | None:
        """The agency that runs the hotline and answers for what the hotline itself has left lying."""
        return next((agency for agency in self.agencies if agency.kind == "hotline"), None)

    def spoken_names(self) -> dict[str, str]:
        """How the telephone says each agency, by code."""
        return {agency.code: agency.spoken for agency in self.agencies}

    def with_communes(self, communes: Mapping[str, Commune]) -> "Agencies":
        """These agencies and a People's Committee for each commune that has none of its own yet."""
        made = (committee_of(commune) for commune in communes.values())
        missing = tuple(agency for agency in made if agency.code not in self.by_code)
        return Agencies(version=self.version, agencies=self.agencies + missing)


def committee_code(commune: str) -> str:
    """The agency code of a commune's People's Committee."""
    return f"xa-{commune}"


def committee_of(commune: Commune) -> Agency:
    """The People's Committee of a commune of today."""
    return Agency(
        code=committee_code(commune.code),
        name=f"UBND {commune.in_sentence}",
        short=f"UBND {commune.in_sentence}",
        spoken=f"Ủy ban nhân dân {commune.in_sentence}",
        kind="commune",
        head_title="Chủ tịch UBND",
        valid_from=REORGANISED,
    )
