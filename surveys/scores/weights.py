"""The weights of the score as data with versions: ``score-weights.yaml``. Arithmetic is elsewhere."""

from datetime import date
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from hotline1022.base.rule_files import RuleModel, StandingFile, WrongAt
from surveys.scoring import COMPONENTS, Weights

FILE = "score-weights.yaml"

Name = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Band(RuleModel):
    """From which score on an agency is called so."""

    least: float = Field(ge=0, le=100)
    name: Name


class WeightsVersion(RuleModel):
    """One version. It scores the periods that begin on ``valid_from`` or later, until the next one's."""

    version: Name
    valid_from: date
    basis: str
    fewest_answers: int = Field(ge=1, le=1000)
    points: dict[str, Annotated[float, Field(ge=0, le=100)]]
    bands: tuple[Band, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        for name in self.points:
            if name not in COMPONENTS:
                known = ", ".join(f"{each} ({component.title})" for each, component in COMPONENTS.items())
                raise WrongAt(f"không có thành phần “{name}”; các thành phần: {known}", "points", name)
        if abs(sum(self.points.values()) - 100) > 1e-9:
            raise WrongAt(f"các điểm phải cộng lại bằng 100, đang là {sum(self.points.values()):g}", "points")
        for index, (band, lower) in enumerate(zip(self.bands, self.bands[1:], strict=False), 1):
            if lower.least >= band.least:
                raise WrongAt("các mức xếp loại phải giảm dần", "bands", index, "least")
        if self.bands[-1].least != 0:
            raise WrongAt("mức xếp loại cuối phải từ 0 điểm", "bands", len(self.bands) - 1, "least")
        return self

    @property
    def weights(self) -> Weights:
        """As the arithmetic takes them."""
        bands = tuple((band.least, band.name) for band in self.bands)
        return Weights(version=self.version, points=self.points, bands=bands, fewest_answers=self.fewest_answers)


class WeightsFile(RuleModel):
    """``score-weights.yaml``."""

    versions: tuple[WeightsVersion, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for index, (before, after) in enumerate(zip(self.versions, self.versions[1:], strict=False), 1):
            if after.valid_from <= before.valid_from:
                raise WrongAt("các phiên bản phải xếp theo ngày có hiệu lực tăng dần", "versions", index, "valid_from")
            if after.version in [each.version for each in self.versions[:index]]:
                raise WrongAt(f"hai phiên bản cùng tên “{after.version}”", "versions", index, "version")
        return self

    def on(self, day: date) -> WeightsVersion:
        """The version in force on ``day``: what an agency is measured by is known before the period begins. The first one before all."""
        return next((each for each in reversed(self.versions) if each.valid_from <= day), self.versions[0])


class StandingWeights(StandingFile[WeightsFile]):
    """The weights in force."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load them for the first time. Raises RuleFileError."""
        super().__init__(FILE, WeightsFile, folder)
