"""How surveys are made: as data with versions. Arithmetic and decisions are elsewhere."""

from itertools import pairwise
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from hotline1022.base.rule_files import RuleModel, StandingFile, WrongAt
from surveys.questionnaire import FILE as QUESTIONNAIRE_FILE
from surveys.questionnaire import Questionnaire

FILE = "survey-policy.yaml"

Prefix = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{1,8}$")]
Gap = Annotated[float, Field(gt=0)]


class SurveyPolicy(RuleModel):
    """The figures of one version of the policy. Nothing in it is set by the province's plan: all are proposals."""

    version: str
    calendar: str = "calling"
    """The working calendar whose open hours are the calling windows."""
    wait_hours: float = Field(ge=0, le=240)
    """How long after the citizen was told the first attempt may be made."""
    too_old_days: int = Field(ge=1, le=90)
    quiet_days: int = Field(ge=0, le=365)
    """For so long nobody at the same number is asked again."""
    share: float = Field(ge=0, le=1)
    """Of the answers, how many are drawn."""
    gaps_hours: tuple[Gap, ...] = Field(min_length=1, max_length=9)
    """Between an attempt and the next one; one more attempt than gaps. They grow."""
    later_hours: float = Field(gt=0, le=240)
    """After "another time"."""
    ring_seconds: int = Field(ge=10, le=60)
    most_calls_a_day: int = Field(ge=1, le=5)
    """To one number."""
    prefixes: tuple[Prefix, ...] = Field(min_length=1)
    """Beginnings of the numbers (E.164) that may be rung at all."""
    link_days: int = Field(ge=1, le=60)
    """How long a web link can be used."""

    @model_validator(mode="after")
    def _grows(self) -> Self:
        for place, (earlier, later) in enumerate(pairwise(self.gaps_hours), start=1):
            if later <= earlier:
                what = f"khoảng thứ {place + 1} ({later:g} giờ) không dài hơn khoảng thứ {place} ({earlier:g} giờ)"
                raise WrongAt(f"khoảng cách giữa các lần gọi phải tăng dần: {what}", "gaps_hours", place)
        return self

    @property
    def most_attempts(self) -> int:
        """Calls that may be made about one answer."""
        return len(self.gaps_hours) + 1

    def at_once(self) -> "SurveyPolicy":
        """The same policy for a trial: nobody waits for the day after, nor for the windows."""
        return self.model_copy(update={"version": f"{self.version}, chạy thử", "wait_hours": 0.0, "calendar": "always"})

    def allows(self, number: str) -> bool:
        """Whether a number (E.164) may be rung."""
        return number.startswith(self.prefixes)


class StandingPolicy(StandingFile[SurveyPolicy]):
    """The policy in force."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the policy for the first time. Raises RuleFileError."""
        super().__init__(FILE, SurveyPolicy, folder)


class StandingQuestionnaire(StandingFile[Questionnaire]):
    """The words in force."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the words for the first time. Raises RuleFileError."""
        super().__init__(QUESTIONNAIRE_FILE, Questionnaire, folder)
