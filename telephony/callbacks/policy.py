"""How people are called back: figures as data with a version. Decisions are ``rules``'s."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from hotline1022.base.rule_files import RuleFileError, RuleModel, StandingFile

FILE = "callback-policy.yaml"

Prefix = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{1,8}$")]


class CallbackPolicy(RuleModel):
    """The figures of one version of the policy. Nothing in it is set by the province's plan: all are proposals."""

    version: str
    calendar: str = "calling"
    """The working calendar whose open hours are those in which people may be called."""
    least_wait_seconds: float = Field(ge=0, le=120)
    """Who hung up sooner had not waited for anybody."""
    voice_reports: bool
    """Whether whoever left a message is called back too."""
    gaps_minutes: tuple[int, ...] = Field(min_length=1, max_length=9)
    """Between a call that reached nobody and the next one; one more call than gaps. They grow."""
    held_minutes: int = Field(ge=2, le=120)
    """For so long a call-back is its taker's alone."""
    farthest_days: int = Field(ge=1, le=365)
    """How far ahead a call may be promised."""
    prefixes: tuple[Prefix, ...] = Field(min_length=1)
    """Beginnings of the numbers (E.164) that may be called at all."""
    barred: tuple[Prefix, ...] = ()
    """Beginnings that may not, though they begin rightly: numbers that cost whoever calls them."""

    @model_validator(mode="after")
    def _grows(self) -> Self:
        if list(self.gaps_minutes) != sorted(self.gaps_minutes) or self.gaps_minutes[0] < 1:
            raise ValueError("khoảng cách giữa các lần gọi phải tăng dần, ít nhất một phút")
        return self

    @property
    def most_attempts(self) -> int:
        """Calls that are tried before the hotline gives up."""
        return len(self.gaps_minutes) + 1

    @property
    def held(self) -> timedelta:
        """For so long a call-back is its taker's alone."""
        return timedelta(minutes=self.held_minutes)

    def allows(self, number: str) -> bool:
        """Whether a number (E.164) may be called."""
        return number.startswith(self.prefixes) and not number.startswith(self.barred)


class StandingCallbackPolicy(StandingFile[CallbackPolicy]):
    """The policy in force."""

    def __init__(self, folder: Path | None = None) -> None:
        """Load the policy for the first time. Raises RuleFileError."""
        super().__init__(FILE, CallbackPolicy, folder)


def mistakes(folder: Path | None) -> list[RuleFileError]:
    """What is wrong with the province's own file: its first mistake."""
    try:
        StandingCallbackPolicy(folder)
    except RuleFileError as error:
        return [error]
    return []
