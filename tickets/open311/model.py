"""What GeoReport v2 answers are made of, under the names that it gives them. Values only.

Lists are JSON arrays; ``root_name`` is the name of the same thing's XML element.
"""

from datetime import datetime
from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, PlainSerializer, RootModel, WithJsonSchema

from hotline1022.base.clock import CIVIL_ZONE


def _w3(instant: datetime) -> str:
    return instant.astimezone(CIVIL_ZONE).isoformat(timespec="seconds")


W3Instant = Annotated[
    AwareDatetime,
    PlainSerializer(_w3, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
"""As the W3C's note on date and time has it, with the zone: ``2026-11-24T08:30:00+07:00``."""


class _Answer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Service(_Answer):
    """A topic."""

    service_code: str
    service_name: str
    description: str
    metadata: bool
    """Whether the service has attributes."""
    type: Literal["realtime"] = "realtime"
    keywords: str
    group: str


class Services(RootModel[tuple[Service, ...]]):
    """Every topic about which a request may be sent."""

    root_name: ClassVar[str] = "services"


class Value(_Answer):
    """What an attribute may be."""

    key: str
    name: str


class Attribute(_Answer):
    """A further field of a service."""

    variable: bool
    code: str
    datatype: Literal["singlevaluelist"] = "singlevaluelist"
    required: bool
    datatype_description: str | None
    order: int
    description: str
    values: tuple[Value, ...]


class ServiceDefinition(_Answer):
    """The further fields of a service."""

    root_name: ClassVar[str] = "service_definition"

    service_code: str
    attributes: tuple[Attribute, ...]


class Created(_Answer):
    """A request that was taken."""

    service_request_id: str
    service_notice: str
    account_id: None = None


class CreatedRequests(RootModel[tuple[Created, ...]]):
    """What a POST has made: one request."""

    root_name: ClassVar[str] = "service_requests"


class Token(_Answer):
    """A token and the request behind it: here they are the same."""

    service_request_id: str
    token: str


class Tokens(RootModel[tuple[Token, ...]]):
    """One token."""

    root_name: ClassVar[str] = "service_requests"


class ServiceRequest(_Answer):
    """A ticket."""

    service_request_id: str
    status: Literal["open", "closed"]
    status_notes: str
    service_name: str
    service_code: str
    description: str | None
    agency_responsible: str | None
    service_notice: str | None
    requested_datetime: W3Instant
    updated_datetime: W3Instant
    expected_datetime: W3Instant | None
    address: str | None
    address_id: str | None
    """The code of a commune of today."""
    zipcode: None = None
    lat: float | None
    long: float | None
    media_url: None = None


class ServiceRequests(RootModel[tuple[ServiceRequest, ...]]):
    """Tickets, the last taken first."""

    root_name: ClassVar[str] = "service_requests"


class Error(_Answer):
    """One thing that is wrong."""

    code: int
    description: str


class Errors(RootModel[tuple[Error, ...]]):
    """What is wrong."""

    root_name: ClassVar[str] = "errors"


class Endpoint(_Answer):
    """Where the interface is and what it speaks."""

    specification: str
    url: str
    changeset: str
    type: Literal["production"] = "production"
    formats: tuple[str, ...]


class Discovery(_Answer):
    """Where everything is found."""

    root_name: ClassVar[str] = "discovery"

    changeset: str
    contact: str
    key_service: str
    endpoints: tuple[Endpoint, ...]


Answer = Services | ServiceDefinition | CreatedRequests | Tokens | ServiceRequests | Errors | Discovery
"""Everything that is answered."""
