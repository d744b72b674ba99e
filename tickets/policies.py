"""Which target holds for what: policies as dated data, each figure with its basis. Arithmetic is the SLA's."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from hotline1022.base.errors import HotlineError
from hotline1022.base.rule_files import RuleModel, WrongAt
from tickets.sla import Target
from tickets.topics import Topics

AGENCY_HEAD = "agency_head"
"""In an escalation: the head of the agency that owes the promise."""

HOTLINE_LEADER = "hotline_leader"
"""In an escalation: the leader of the hotline's shift."""

HOTLINE_BEGAN = date(2020, 1, 1)
"""The day of the hotline's first call: from then on every ticket must find a policy."""

STAGE_CLOCKS = (
    "acknowledge", "classify", "clarify", "accept", "accept_urgent", "contribute", "information",
    "progress", "notify", "close", "apology_draft", "apology_sent",
)  # fmt: skip
"""The promises that a policy may make for a stage; one that it leaves out is not timed."""


def _readable(text: str) -> str:
    try:
        Target.read(text)
    except HotlineError as error:
        raise ValueError(str(error)) from None
    return text


TargetText = Annotated[str, AfterValidator(_readable)]


class Promise(RuleModel):
    """A target and where its figure comes from."""

    target: TargetText
    basis: str = Field(min_length=1)


class Escalation(RuleModel):
    """Whom to tell when a promise has been overdue for ``after`` (working time)."""

    after: TargetText
    to: str = Field(min_length=1)
    level: Literal[2, 3] = 2
    basis: str = Field(min_length=1)


class EscalationChains(RuleModel):
    """The chain for promises that an agency owes, and for those of the hotline itself."""

    agency: tuple[Escalation, ...] = ()
    hotline: tuple[Escalation, ...] = ()


class Warnings(RuleModel):
    """How long before its due time a promise is warned of, by the unit of its target."""

    wd: TargetText = "4wh"
    wh: TargetText = "1wh"
    wm: TargetText = "2wm"
    h: TargetText = "1h"


class Visits(RuleModel):
    """What holds for home appointments."""

    days_ahead: int = Field(default=30, ge=1, le=365)
    """How many days of the calendar ahead a window may lie at most."""
    remind_before: TargetText = "1wd"
    """How long before the window begins agency and citizen are reminded; ``1wd`` is the same time one working day earlier."""
    basis: str = Field(default="Đề xuất của tổng đài", min_length=1)


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
    hotline_calendar: str = "hotline"
    urgent_calendar: str = "always"
    warn_before: Warnings = Warnings()
    reopen_days: int = Field(default=15, ge=1)
    returns_before_raise: int = Field(default=3, ge=1)
    escalation: EscalationChains = EscalationChains()
    visits: Visits = Visits()
    tiers: dict[str, Tier]
    topics: dict[str, str]
    default: str
    several: str | None = None
    """The tier of a matter of several agencies; None leaves it in that of its topic."""
    urgent: str
    stages: dict[str, Promise] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _hangs_together(self) -> Self:
        named: dict[tuple[str, ...], str] = {("topics", topic): tier for topic, tier in self.topics.items()}
        named |= {("default",): self.default, ("several",): self.several or self.default, ("urgent",): self.urgent}
        for place, tier in named.items():
            if tier not in self.tiers:
                raise WrongAt(f"chính sách {self.version} nhắc đến nhóm “{tier}” không có trong tiers", *place)
        for clock in self.stages:
            if clock not in STAGE_CLOCKS:
                raise WrongAt(f"chính sách {self.version} có thời hạn lạ “{clock}” trong stages", "stages", clock)
        return self

    @property
    def calendars(self) -> tuple[str, ...]:
        """The names of every calendar that the policy counts on."""
        return self.calendar, self.hotline_calendar, self.urgent_calendar

    def tier(self, topic: str, topics: Topics, *, urgent: bool, several: bool = False) -> Tier:
        """The tier of a report: urgent reports have their own, so have those of several agencies; others that of their
        topic or of the nearest wider one."""
        if urgent:
            return self.tiers[self.urgent]
        if several and self.several is not None:
            return self.tiers[self.several]
        named = (self.topics[code] for code in topics.wider(topic) if code in self.topics)
        return self.tiers[next(named, self.default)]

    def chain(self, *, hotline: bool) -> tuple[Escalation, ...]:
        """Whom to tell, one after the other, of a promise that the hotline or an agency has not kept."""
        return self.escalation.hotline if hotline else self.escalation.agency


class Policies(RuleModel):
    """``policies.yaml``."""

    version: int
    policies: tuple[Policy, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_for_every_day(self) -> Self:
        for index, policy in enumerate(self.policies):
            for before in self.policies[:index]:
                if policy.version == before.version:
                    raise WrongAt(f"hai chính sách cùng tên “{policy.version}”", "policies", index, "version")
                if policy.valid_from == before.valid_from:
                    raise WrongAt("hai chính sách bắt đầu cùng một ngày", "policies", index, "valid_from")
        first = min(policy.valid_from for policy in self.policies)
        if first > HOTLINE_BEGAN:
            what = f"phiếu trước ngày {first:%d/%m/%Y} không có chính sách nào; giữ lại chính sách cũ bên cạnh chính sách mới"
            raise WrongAt(what, "policies", 0, "valid_from")
        return self

    def on(self, day: date) -> Policy:
        """The policy in force on ``day``. Raises HotlineError for a day before the first one."""
        in_force = [policy for policy in self.policies if policy.valid_from <= day]
        if not in_force:
            raise HotlineError(f"Chưa có chính sách thời hạn nào cho ngày {day:%d/%m/%Y}")
        return max(in_force, key=lambda policy: policy.valid_from)

    def named(self, version: str) -> Policy | None:
        """The policy of ``version``; None when it has been taken out of the file."""
        return next((policy for policy in self.policies if policy.version == version), None)
