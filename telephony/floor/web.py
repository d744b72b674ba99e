"""The telephone and the floor over HTTP. Routes only; the floor decides."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from hotline1022.base.access import HOTLINE_ROLES
from hotline1022.base.clock import Clock
from hotline1022.base.errors import Refused
from hotline1022.base.http.routes import Call, Reply, Route, Told
from telephony.floor.floor import Floor
from telephony.floor.relay import Relay, RelayPass
from telephony.floor.store import CallResult
from telephony.floor.telling import FloorTold, OperatorTold

TAG = "Điện thoại viên"
WHO = HOTLINE_ROLES

CallId = Annotated[str, StringConstraints(min_length=1, max_length=80)]


class PhoneTold(BaseModel):
    """What the browser's telephone signs in with, this once."""

    id: str
    extension: str
    password: str
    domain: str
    websocket: str
    relays: list[RelayPass]
    shift: OperatorTold


class WantedPresence(Told):
    """What an operator wants to be."""

    state: Literal["ready", "paused"]
    reason: Literal["break", "meal", "paperwork", "callback", "training", "device"] | None = None


class OneCall(Told):
    """A call that the operator has."""

    call: CallId


class WantedHelp(Told):
    """What a leader is wanted for."""

    reason: Literal["question", "upset", "danger", "other"]


class WrapUp(Told):
    """What a call came to."""

    call: CallId
    result: CallResult
    note: Annotated[str, StringConstraints(max_length=2000)] | None = None
    ready: bool = True


class Transfer(Told):
    """Where a citizen is sent: to a colleague's account, to an emergency service, or without either back into the queue."""

    call: CallId
    operator: int | None = Field(default=None, ge=1)
    emergency: Literal["113", "114", "115"] | None = None


def routes(floor: Floor, domain: str, relay: Relay, clock: Clock) -> list[Route]:
    """``/api/phone`` and ``/api/floor``; ``domain`` is the SIP domain of the telephones, ``relay`` their way around address translation."""

    def account(call: Call[Any, Any]) -> int:
        if call.by.account is None:
            raise Refused("Chỉ người đã đăng nhập ở trang điều hành mới có điện thoại")
        return call.by.account

    async def begin(call: Call[Told, None]) -> PhoneTold:
        shift = await floor.sign_on(account(call), call.by.name)
        return PhoneTold(
            id=shift.phone.id,
            extension=shift.phone.extension,
            password=shift.phone.password,
            domain=domain,
            websocket="/panel/phone",
            relays=relay.passes(shift.phone.extension, clock.now()),
            shift=shift.told(own=True),
        )

    async def end(call: Call[Told, None]) -> Reply:
        await floor.sign_off(account(call))
        return Reply(status=204)

    async def presence(call: Call[Told, WantedPresence]) -> OperatorTold:
        if call.body.state == "ready":
            return (await floor.be_ready(account(call))).told(own=True)
        return (await floor.pause(account(call), call.body.reason or "break")).told(own=True)

    async def decline(call: Call[Told, OneCall]) -> OperatorTold:
        return (await floor.decline(account(call), call.body.call)).told(own=True)

    async def hang_up(call: Call[Told, OneCall]) -> OperatorTold:
        return (await floor.hang_up(account(call), call.body.call)).told(own=True)

    async def transfer(call: Call[Told, Transfer]) -> OperatorTold:
        said = call.body
        return (await floor.transfer(account(call), said.call, said.operator, said.emergency)).told(own=True)

    async def ask(call: Call[Told, WantedHelp]) -> OperatorTold:
        return floor.ask_for_help(account(call), call.body.reason).told(own=True)

    async def ask_no_more(call: Call[Told, None]) -> OperatorTold:
        return floor.ask_for_help(account(call), None).told(own=True)

    async def rejoin(call: Call[Told, OneCall]) -> OperatorTold:
        return (await floor.rejoin(account(call), call.body.call)).told(own=True)

    async def wrap_up(call: Call[Told, WrapUp]) -> OperatorTold:
        said = call.body
        shift = await floor.wrap_up(account(call), said.call, said.result, said.note, and_ready=said.ready)
        return shift.told(own=True)

    async def more(call: Call[Told, None]) -> OperatorTold:
        return (await floor.more(account(call))).told(own=True)

    async def look(call: Call[Told, None]) -> FloorTold:
        return await floor.told(call.by.account)

    told: dict[int, Any] = {200: OperatorTold}
    phone = "/api/phone"
    return [
        Route("POST", phone, begin, "Bắt đầu ca, hoặc chuyển điện thoại về trang này", TAG, WHO, {200: PhoneTold}),
        Route("DELETE", phone, end, "Kết thúc ca", TAG, WHO, {204: None}),
        Route("PUT", f"{phone}/presence", presence, "Sẵn sàng, tạm nghỉ", TAG, WHO, told, body=WantedPresence),
        Route("POST", f"{phone}/decline", decline, "Để người khác nhận", TAG, WHO, told, body=OneCall),
        Route("POST", f"{phone}/hang-up", hang_up, "Kết thúc cuộc gọi", TAG, WHO, told, body=OneCall),
        Route("POST", f"{phone}/rejoin", rejoin, "Vào lại cuộc gọi từ trang mới mở", TAG, WHO, told, body=OneCall),
        Route("POST", f"{phone}/transfer", transfer, "Chuyển máy", TAG, WHO, told, body=Transfer),
        Route("POST", f"{phone}/help", ask, "Xin trưởng ca hỗ trợ", TAG, WHO, told, body=WantedHelp),
        Route("DELETE", f"{phone}/help", ask_no_more, "Thôi xin hỗ trợ", TAG, WHO, told),
        Route("POST", f"{phone}/wrap-up", wrap_up, "Ghi kết quả cuộc gọi", TAG, WHO, told, body=WrapUp),
        Route("POST", f"{phone}/wrap-up/more", more, "Thêm 1 phút", TAG, WHO, told),
        Route("GET", "/api/floor", look, "Ca trực: hàng đợi, người trực, hôm nay", TAG, WHO, {200: FloorTold}),
    ]
