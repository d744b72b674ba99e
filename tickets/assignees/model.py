"""Who works on a ticket inside an agency, and a colleague who could. Values only."""

from pydantic import AwareDatetime, BaseModel, ConfigDict

from hotline1022.base.access import Role


class Assignee(BaseModel):
    """The person of an agency who works on a ticket."""

    model_config = ConfigDict(frozen=True)

    agency: str
    account: int
    name: str
    at: AwareDatetime
    by: str


class Colleague(BaseModel):
    """Somebody of an agency who can sign in."""

    model_config = ConfigDict(frozen=True)

    account: int
    name: str
    role: Role
    role_name: str
