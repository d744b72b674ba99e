"""Errors as HTTP tells them: RFC 9457 problem details in Vietnamese. Nothing that was sent is ever repeated in one."""

from collections.abc import Iterable, Mapping
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ValidationError

from hotline1022.base.errors import DatabaseAway, Forbidden, HotlineError, Invalid, NotFound, Refused

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "Yêu cầu không đọc được",
    401: "Cần khoá truy cập",
    403: "Không được phép",
    404: "Không tìm thấy",
    405: "Không dùng được cách gọi này",
    409: "Không thực hiện được lúc này",
    413: "Nội dung quá lớn",
    415: "Loại nội dung không nhận",
    422: "Nội dung chưa đúng",
    429: "Gọi quá nhiều",
    500: "Lỗi của tổng đài",
    503: "Tạm thời chưa phục vụ được",
}

_TOLD = {
    "missing": "thiếu mục này",
    "extra_forbidden": "không có mục nào tên như vậy",
    "string_too_short": "quá ngắn",
    "string_too_long": "quá dài",
    "too_short": "quá ít",
    "too_long": "quá nhiều",
    "string_type": "phải là chữ",
    "string_pattern_mismatch": "không đúng dạng",
    "string_unicode": "có ký tự không dùng được",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "int_from_float": "phải là số nguyên",
    "float_type": "phải là số",
    "float_parsing": "phải là số",
    "finite_number": "phải là số hữu hạn",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "tuple_type": "phải là danh sách",
    "list_type": "phải là danh sách",
    "dict_type": "phải là các mục có tên",
    "model_type": "phải là các mục có tên",
    "model_attributes_type": "phải là các mục có tên",
    "literal_error": "không phải một trong các giá trị được phép",
    "enum": "không phải một trong các giá trị được phép",
    "union_tag_invalid": "không phải một trong các giá trị được phép",
    "union_tag_not_found": "thiếu mục này",
    "timezone_aware": "thiếu múi giờ, viết như 2026-11-23T08:30:00+07:00",
    "datetime_parsing": "phải là thời điểm như 2026-11-23T08:30:00+07:00",
    "datetime_from_date_parsing": "phải là thời điểm như 2026-11-23T08:30:00+07:00",
    "datetime_type": "phải là thời điểm như 2026-11-23T08:30:00+07:00",
    "datetime_range": "phải là thời điểm từ năm 1900 đến năm 2199",
    "date_parsing": "phải là ngày như 2026-11-23",
    "date_from_datetime_parsing": "phải là ngày như 2026-11-23",
    "greater_than_equal": "quá nhỏ",
    "less_than_equal": "quá lớn",
    "json_invalid": "không phải JSON",
}
"""What people read for pydantic's kinds of mistake."""

TOLD = "told"
"""The kind of a mistake (``PydanticCustomError``) whose message is one Vietnamese sentence already."""


class Mistake(BaseModel):
    """One wrong part of what was sent."""

    field: str
    """Where: ``body.place``, ``query.limit``."""
    what: str
    """One Vietnamese sentence."""


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    """One Vietnamese sentence: what is wrong and what to do."""
    mistakes: tuple[Mistake, ...] = ()
    needs: str | None = None
    """What must be done or sent first, where that is all that is missing: ``code``, ``password``, ``second-factor``."""


class ProblemError(Exception):
    """A request that ends here."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        mistakes: Iterable[Mistake] = (),
        headers: Mapping[str, str] | None = None,
        needs: str | None = None,
    ) -> None:
        super().__init__(detail)
        self.needs = needs
        self.status, self.detail, self.mistakes, self.headers = status, detail, tuple(mistakes), dict(headers or {})

    @property
    def problem(self) -> Problem:
        """It as a value."""
        return Problem(
            title=TITLES.get(self.status, "Lỗi"),
            status=self.status,
            detail=self.detail,
            mistakes=self.mistakes,
            needs=self.needs,
        )

    def response(self) -> web.Response:
        """The answer that tells it."""
        body = self.problem.model_dump_json().encode()
        return web.Response(status=self.status, headers=self.headers, content_type=MEDIA_TYPE, body=body)


def of_error(error: HotlineError) -> ProblemError:
    """A told error as a problem."""
    if isinstance(error, DatabaseAway):
        return ProblemError(
            503, "Cơ sở dữ liệu tạm thời không phục vụ — thử lại sau ít giây", headers={"Retry-After": "5"}
        )
    statuses = {NotFound: 404, Forbidden: 403, Refused: 409}
    status = next((status for kind, status in statuses.items() if isinstance(error, kind)), 422)
    mistakes = (
        [Mistake(field=f"body.{error.field}", what=error.what)] if isinstance(error, Invalid) and error.field else []
    )
    return ProblemError(status, str(error), mistakes=mistakes)


def of_validation(error: ValidationError, part: str) -> ProblemError:
    """What is wrong with the query, the body or the path, each mistake with its place and never with its value."""
    mistakes = [
        Mistake(field=_place(part, wrong["loc"]), what=told_of(wrong["type"], wrong["msg"]))
        for wrong in error.errors(include_input=False)
    ]
    first = mistakes[0]
    more = f" (và {len(mistakes) - 1} chỗ khác)" if len(mistakes) > 1 else ""
    return ProblemError(422, f"{first.field}: {first.what}{more}", mistakes=mistakes)


def told_of(kind: str, message: str = "") -> str:
    """What people read for one of pydantic's kinds of mistake; ``message`` is the mistake's own, for those that this house has made."""
    return message if kind == TOLD else _TOLD.get(kind, "giá trị không dùng được")


def _place(part: str, location: tuple[Any, ...]) -> str:
    return ".".join([part, *(str(step)[:40] for step in location)])
