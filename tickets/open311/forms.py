"""What a GeoReport client sends: queries and the form of a new request. An argument left empty is one that was not sent."""

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BeforeValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from hotline1022.base.http.problems import TOLD
from tickets.intake.forms import Email, Form, Name, Telephone

SPAN = timedelta(days=90)
MOST = 1000
"""Requests in one answer."""
EARLIEST, LATEST = datetime(1970, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_UNQUOTED = re.compile(r" (?=[0-9]{2}:?[0-9]{2}$)")


def _separated(value: Any) -> Any:
    """Values "can be declared multiple times, comma delimited". A parameter that is sent empty asks for nothing."""
    given = value if isinstance(value, list | tuple) else [value]
    return [part.strip() for each in given for part in str(each).split(",") if part.strip()]


def _written(value: Any) -> Any:
    """A time as the W3C writes it, never a bare number. "+07:00" in an address that was not quoted arrives as " 07:00"."""
    if isinstance(value, str) and not value[:5].endswith("-"):
        raise PydanticCustomError("datetime_parsing", "not written as ISO 8601")
    return _UNQUOTED.sub("+", value) if isinstance(value, str) else value


Short = Annotated[str, StringConstraints(max_length=200)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{0,64}$")]
"""A code, or nothing: an empty one is left out."""
ApiKey = Annotated[Short | None, Field(description="khoá truy cập của ứng dụng")]
Jurisdiction = Annotated[Short | None, Field(description="nhận mọi giá trị: giao diện này chỉ của một tỉnh")]
Instant = Annotated[AwareDatetime, BeforeValidator(_written), Field(ge=EARLIEST, le=LATEST)]


class PlainQuery(Form):
    """What every GET may carry."""

    jurisdiction_id: Jurisdiction = None


class KeyQuery(PlainQuery):
    """What may be read with a key."""

    api_key: ApiKey = None


class RequestsQuery(KeyQuery):
    """Which requests; ``service_request_id`` overrides everything else."""

    service_request_id: Annotated[tuple[Code, ...], BeforeValidator(_separated), Field(max_length=50)] = ()
    service_code: Annotated[tuple[Code, ...], BeforeValidator(_separated), Field(max_length=50)] = ()
    status: Annotated[tuple[Literal["open", "closed"], ...], BeforeValidator(_separated), Field(max_length=10)] = ()
    start_date: Instant | None = None
    end_date: Instant | None = None

    @model_validator(mode="after")
    def _span(self) -> Self:
        if self.start_date and self.end_date and not self.service_request_id:
            if self.end_date < self.start_date:
                raise PydanticCustomError(TOLD, "{what}", {"what": "end_date đứng trước start_date"})
            if self.end_date - self.start_date > SPAN:
                raise PydanticCustomError(
                    TOLD, "{what}", {"what": "start_date và end_date cách nhau không quá 90 ngày"}
                )
        return self

    def span(self, now: datetime) -> tuple[datetime, datetime]:
        """From when to when: the most recent 90 days, or those beside the one end that was given."""
        end = self.end_date or (min(self.start_date + SPAN, LATEST) if self.start_date else now)
        return self.start_date or end - SPAN, end


class NewRequest(Form):
    """A new request. ``device_id`` and ``account_id`` are taken and not kept."""

    api_key: ApiKey = None
    jurisdiction_id: Jurisdiction = None
    service_code: Short
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    long: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    address_string: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None
    address_id: Annotated[str, StringConstraints(max_length=16)] | None = Field(
        default=None, description="mã xã, phường ngày nay"
    )
    email: Email | None = None
    device_id: Short | None = None
    account_id: Short | None = None
    first_name: Name | None = None
    last_name: Name | None = None
    phone: Telephone | None = None
    description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=4000)] | None = None
    media_url: Annotated[str, StringConstraints(max_length=2000)] | None = Field(
        default=None, description="không được tải về"
    )
    consent: Literal["true"] | None = Field(default=None, alias="attribute[consent]")

    @property
    def name(self) -> str | None:
        """The whole name, the family's first."""
        return " ".join(part for part in (self.last_name, self.first_name) if part)[:200] or None

    @model_validator(mode="after")
    def _located_and_agreed(self) -> Self:
        if (self.lat is None) != (self.long is None):
            raise PydanticCustomError(TOLD, "{what}", {"what": "lat và long phải đi cùng nhau"})
        if self.lat is None and not self.address_string and not self.address_id:
            raise PydanticCustomError(
                TOLD, "{what}", {"what": "thiếu nơi xảy ra: lat và long, address_string hoặc address_id"}
            )
        if (self.email or self.phone or self.name) and self.consent is None:
            what = (
                "có họ tên, số điện thoại hoặc email thì phải có attribute[consent]=true: người gửi tự đồng ý cho xử lý "
                "dữ liệu cá nhân; hoặc bỏ những mục đó"
            )
            raise PydanticCustomError(TOLD, "{what}", {"what": what})
        return self
