"""Which target holds for a report: policies as dated data, each figure with its basis. Arithmetic is the SLA's."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from hotline1022.base.errors import HotlineError
from tickets.rule_files import RuleModel
from tickets.sla import Target
from tickets.topics import Topics


def _readable(text: str) -> str:
    try:
        Target.read(text)
    except HotlineError as error:
        raise ValueError(str(error)) from None
    return text


class Promise(RuleModel):
    """A target and where its figure comes from."""

    target: Annotated[str, AfterValidator(_readable)]
    basis: str = Field(min_length=1)


class StagePromise(Promise):
    """The target of one stage, charged to the hotline or to the agency."""

    owner: Literal["hotline", "agency"]


class Tier(RuleModel):
    """The promises of one class of reports."""

    title: str
    answer: Promise
    respond: Promise | None = None


class Policy(RuleModel):
    """The promises in force from ``valid_from`` on."""

    version: str
    valid_from: date
    calendar: str
    tiers: dict[str, Tier]
    topics: dict[str, str]
    default: str
    urgent: str
    stages: dict[str, StagePromise]

    @model_validator(mode="after")
    def _names_its_tiers(self) -> Self:
        for tier in (*self.topics.values(), self.default, self.urgent):
            if tier not in self.tiers:
                raise ValueError(f"chính sách {self.version} nhắc đến nhóm “{tier}” không có trong tiers")
        return self

    def tier(self, topic: str, topics: Topics, *, urgent: bool) -> Tier:
        """The tier of a report: urgent reports have their own, others that of their topic or the nearest wider one."""
        if urgent:
            return self.tiers[self.urgent]
        named = (self.topics[code] for code in topics.wider(topic) if code in self.topics)
        return self.tiers[next(named, self.default)]


class Policies(RuleModel):
    """``policies.yaml``."""

    version: int
    policies: tuple[Policy, ...] = Field(min_length=1)

    def on(self, day: date) -> Policy:
        """The policy in force on ``day``. Raises HotlineError for a day before the first one."""
        in_force = [policy for policy in self.policies if policy.valid_from <= day]
        if not in_force:
            raise HotlineError(f"Chưa có chính sách thời hạn nào cho ngày {day:%d/%m/%Y}")
        return max(in_force, key=lambda policy: policy.valid_from)
