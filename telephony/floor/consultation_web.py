"""Consultation over HTTP. Routes only."""

from typing import Any, Self

from pydantic import Field, model_validator

from hotline1022.base.errors import Refused
from hotline1022.base.http.routes import Call, Route, Told
from telephony.floor.consultation import Consultations, Emergency
from telephony.floor.telling import OperatorTold
from telephony.floor.web import TAG, WHO, OneCall


class Asked(Told):
    """Who is asked: exactly one of a colleague's account and an emergency service."""

    operator: int | None = Field(default=None, ge=1)
    emergency: Emergency | None = None

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if (self.operator is None) == (self.emergency is None):
            raise ValueError("chọn đúng một: đồng nghiệp hoặc số khẩn cấp")
        return self


class Consult(OneCall):
    """Ask somebody about the citizen."""

    to: Asked


def routes(consultations: Consultations) -> list[Route]:
    """``/api/phone/consultation``."""

    def account(call: Call[Any, Any]) -> int:
        if call.by.account is None:
            raise Refused("Chỉ người đã đăng nhập ở trang điều hành mới có điện thoại")
        return call.by.account

    async def ask(call: Call[Told, Consult]) -> OperatorTold:
        to = call.body.to.emergency or call.body.to.operator or 0
        return (await consultations.ask(account(call), call.body.call, to)).told(own=True)

    async def join(call: Call[Told, OneCall]) -> OperatorTold:
        return (await consultations.join(account(call), call.body.call)).told(own=True)

    async def complete(call: Call[Told, OneCall]) -> OperatorTold:
        return (await consultations.complete(account(call), call.body.call)).told(own=True)

    async def cancel(call: Call[Told, OneCall]) -> OperatorTold:
        return (await consultations.cancel(account(call), call.body.call)).told(own=True)

    told: dict[int, Any] = {200: OperatorTold}
    path = "/api/phone/consultation"
    return [
        Route("POST", path, ask, "Hỏi đồng nghiệp hoặc số khẩn cấp; người dân nghe nhạc", TAG, WHO, told, body=Consult),
        Route("POST", f"{path}/join", join, "Gọi ba bên", TAG, WHO, told, body=OneCall),
        Route("POST", f"{path}/complete", complete, "Giao người dân cho người được hỏi", TAG, WHO, told, body=OneCall),
        Route("POST", f"{path}/cancel", cancel, "Quay lại người dân", TAG, WHO, told, body=OneCall),
    ]
