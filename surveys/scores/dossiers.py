"""Dossiers of one-stop shops, which this hotline does not handle, as the province gives them: ``one-stop.yaml``. For one formula alone.

The third formula of Decision 766/QĐ-TTg is about administrative procedures; it is shown beside the score and is never part of it.
"""

from collections import Counter
from collections.abc import Collection
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from hotline1022.base.rule_files import RuleModel, StandingFile, WrongAt
from surveys.points import Point

FILE = "one-stop.yaml"


class Dossiers(RuleModel):
    """One agency's dossiers of one month."""

    month: Annotated[str, StringConstraints(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
    agency: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    dossiers: int = Field(ge=0, le=10_000_000)
    """All that were handled."""
    faulted: int = Field(ge=0, le=10_000_000)
    """Of those: with somebody dissatisfied, with a complaint about the handling, or overdue; each once."""

    @model_validator(mode="after")
    def _part(self) -> Self:
        if self.faulted > self.dossiers:
            raise WrongAt(f"{self.faulted} hồ sơ bị phản ánh mà chỉ có {self.dossiers} hồ sơ", "faulted")
        return self


class DossiersFile(RuleModel):
    """``one-stop.yaml``."""

    months: tuple[Dossiers, ...]

    @model_validator(mode="after")
    def _once(self) -> Self:
        seen = set[tuple[str, str]]()
        for index, each in enumerate(self.months):
            if (each.month, each.agency) in seen:
                raise WrongAt(f"{each.agency} đã có số của tháng {each.month} ở trên", "months", index, "agency")
            seen.add((each.month, each.agency))
        return self


class StandingDossiers(StandingFile[DossiersFile]):
    """The figures in force."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load them for the first time. Raises RuleFileError."""
        super().__init__(FILE, DossiersFile, folder)

    def counts(self, period: str, months: Collection[str]) -> dict[Point, int]:
        """What is known of some months, as counts of one ``period``."""
        found = Counter[Point]()
        for each in self.current.months:
            if each.month in months:
                found[Point(each.agency, period, "dossiers")] += each.dossiers
                found[Point(each.agency, period, "dossiers_faulted")] += each.faulted
        return dict(found)
