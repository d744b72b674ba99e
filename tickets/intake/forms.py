"""What an app sends: a report, something added to it, the wish to reopen it. Shapes only; what they become is ``reports``'."""

from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from hotline1022.base.http.problems import TOLD
from hotline1022.base.http.routes import Told
from hotline1022.base.phone_numbers import e164
from tickets.move_request import Reason, Words


def without_empty(values: Any) -> Any:
    """The fields of a form that were filled in: an empty one asks for nothing."""
    return {name: value for name, value in values.items() if value != ""} if isinstance(values, dict) else values


def _agreed(value: Any) -> Any:
    # Only a clear yes is consent: neither 1, nor "on", nor "yes" of a form that nobody has seen.
    if value is True or value == "true":
        return True
    what = "phải là true: người dân tự đồng ý cho xử lý dữ liệu cá nhân, không đồng ý thay và không mặc định"
    raise PydanticCustomError(TOLD, "{what}", {"what": what})


def _telephone(text: str) -> str:
    if (number := e164(text)) is None:
        raise PydanticCustomError(TOLD, "{what}", {"what": "không phải số điện thoại; viết như 0912345678"})
    return number


Agreement = Annotated[bool, BeforeValidator(_agreed), WithJsonSchema({"type": "boolean", "const": True})]
Telephone = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20), AfterValidator(_telephone)]
Email = Annotated[
    str, StringConstraints(pattern=r"^[^@\s]{1,100}@[^@\s.]{1,60}(\.[^@\s.]{1,60}){1,5}$", max_length=200)
]
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Notice = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:-]{1,60}$")]
Summary = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=10_000)]


class Form(Told):
    """A form of an app, as JSON or as ``multipart/form-data``."""

    @model_validator(mode="before")
    @classmethod
    def _filled_in(cls, values: Any) -> Any:
        return without_empty(values)


class AppReport(Form):
    """A report that a citizen wrote in an app or on a form."""

    summary: Summary = Field(description="nội dung phản ánh")
    consent: Agreement = Field(description="người dân đã đồng ý cho xử lý dữ liệu cá nhân; không được mặc định")
    notice: Notice = Field(description="phiên bản thông báo bảo vệ dữ liệu cá nhân mà người dân đã đọc")
    channel: Literal["app", "web", "zalo", "facebook", "email"] = "app"
    topic: Annotated[str, StringConstraints(max_length=64)] | None = Field(default=None, description="mã lĩnh vực")
    place: Annotated[str, StringConstraints(max_length=16)] | None = Field(
        default=None, description="mã xã, phường ngày nay"
    )
    place_words: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)] | None = Field(
        default=None, description="nơi xảy ra, bằng lời"
    )
    latitude: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False, description="vĩ độ, WGS 84")
    longitude: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False, description="kinh độ, WGS 84")
    address: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] | None = None
    number: Telephone | None = Field(default=None, description="số điện thoại của người dân")
    citizen_name: Name | None = None
    citizen_email: Email | None = None
    business: bool = Field(default=False, description="true: doanh nghiệp, tổ chức phản ánh")
    urgent: bool = Field(default=False, description="true: việc đang gây nguy hiểm")

    @model_validator(mode="after")
    def _whole_position(self) -> Self:
        if (self.latitude is None) != (self.longitude is None):
            raise PydanticCustomError(TOLD, "{what}", {"what": "vĩ độ và kinh độ phải đi cùng nhau"})
        return self


class Addition(Form):
    """What the citizen adds, or answers to a question."""

    text: Words


class Return(Form):
    """Why the citizen wants the matter taken up again."""

    reason: Reason
