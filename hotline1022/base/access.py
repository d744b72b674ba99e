"""Who acts: roles, and the actor that every change names. Pure; how a person or a program proves who it is lies elsewhere."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Role(StrEnum):
    """What an actor may be."""

    ADMINISTRATOR = "administrator"
    """Runs the installation: keys, rules, accounts. May also do what a leader does."""
    LEADER = "leader"
    """Leads the hotline's shift (trưởng ca): unlocks identities, publishes, changes what operators may not."""
    OPERATOR = "operator"
    """Answers at the hotline (điện thoại viên)."""
    OFFICER = "officer"
    """Works on the tickets of one agency (cán bộ xử lý)."""
    APPROVER = "approver"
    """Signs for one agency (lãnh đạo cơ quan)."""
    APP = "app"
    """A program of the province through which citizens write."""
    CITIZEN = "citizen"
    """The citizen of the ticket, by telephone key or public page."""
    MACHINE = "machine"
    """What no person did."""


AGENCY_ROLES = frozenset({Role.OFFICER, Role.APPROVER})
"""Roles that belong to one agency and see only its tickets."""

HOTLINE_ROLES = frozenset({Role.ADMINISTRATOR, Role.LEADER, Role.OPERATOR})
"""Roles of the hotline itself: they see every ticket."""

ROLE_NAMES = {
    Role.ADMINISTRATOR: "quản trị viên",
    Role.LEADER: "trưởng ca",
    Role.OPERATOR: "điện thoại viên",
    Role.OFFICER: "cán bộ xử lý",
    Role.APPROVER: "lãnh đạo cơ quan",
    Role.APP: "ứng dụng",
    Role.CITIZEN: "người dân",
    Role.MACHINE: "hệ thống",
}
"""How a role is called to people."""


class Actor(BaseModel):
    """Who makes a change. ``name`` is what the journal keeps; ``agency`` is the code of an officer's or approver's agency;
    ``key`` is the number of the access key, ``account`` that of the person's account; both are None for whoever came without."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=100)
    role: Role
    agency: str | None = None
    key: int | None = None
    account: int | None = None


MACHINE = Actor(name="machine", role=Role.MACHINE)
"""The journal's name for what no person did."""
