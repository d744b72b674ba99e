"""The shift leader's acts over HTTP. Routes only; what may be done is decided by `acts` and `listening`."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from hotline1022.base.access import Role
from hotline1022.base.http.routes import Call, Reply, Route, Told
from telephony.floor.roster import Roster
from telephony.floor.telling import OperatorTold, QueueTold
from telephony.leading.acts import Leading
from telephony.leading.listening import Listening
from telephony.leading.store import Mode

TAG = "Trưởng ca"
LEADERS = frozenset({Role.LEADER, Role.ADMINISTRATOR})

ACCOUNT = {"account": "[1-9][0-9]{0,8}"}
CALL = {"call": "[A-Za-z0-9._:-]{1,80}"}

Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]


class WantedPause(Told):
    """Why a colleague pauses."""

    reason: Literal["break", "meal", "paperwork", "callback", "training", "device"]


class WantedDoor(Told):
    """Whether callers may wait for operators, and why."""

    open: bool
    reason: Why


class WantedMove(Told):
    """Who takes the call."""

    account: int = Field(ge=1, lt=2**31)


class WantedMode(Told):
    """How a leader listens: only hears, speaks to the operator alone, speaks to both."""

    mode: Mode


class WantedListening(WantedMode):
    """How, and why."""

    reason: Why


def routes(leading: Leading, listening: Listening, roster: Roster) -> list[Route]:
    """``/api/floor/…`` for those who lead."""

    async def pause(call: Call[Told, WantedPause]) -> OperatorTold:
        shift = await leading.pause(call.by, int(call.path["account"]), call.body.reason)
        return shift.told(own=False)

    async def move(call: Call[Told, WantedMove]) -> OperatorTold:
        return (await leading.move(call.by, call.path["call"], call.body.account)).told(own=False)

    async def door(call: Call[Told, WantedDoor]) -> QueueTold:
        await leading.turn_queue(call.by, call.body.reason, is_open=call.body.open)
        return roster.queue()

    async def listen(call: Call[Told, WantedListening]) -> OperatorTold:
        said = call.body
        return (await listening.begin(call.by, int(call.path["account"]), said.mode, said.reason)).told(own=False)

    async def change(call: Call[Told, WantedMode]) -> OperatorTold:
        return (await listening.change(call.by, int(call.path["account"]), call.body.mode)).told(own=False)

    async def stop(call: Call[Told, None]) -> Reply:
        await listening.stop(call.by, int(call.path["account"]))
        return Reply(status=204)

    told: dict[int, Any] = {200: OperatorTold}
    path = "/api/floor/{account}/listening"
    return [
        Route(
            "POST", path, listen, "Nghe, nhắc riêng, vào cuộc gọi", TAG, LEADERS, told,
            parameters=ACCOUNT, body=WantedListening,
            description="Điện thoại của trưởng ca đổ chuông. Điện thoại viên luôn thấy ai đang nghe; mỗi lần nghe có một dòng nhật ký.",
        ),
        Route(
            "PUT", path, change, "Đổi cách nghe", TAG, LEADERS, told, parameters=ACCOUNT, body=WantedMode
        ),
        Route("DELETE", path, stop, "Thôi nghe", TAG, LEADERS, {204: None}, parameters=ACCOUNT),
        Route(
            "POST", "/api/floor/{account}/pause", pause, "Tạm nghỉ hộ", TAG, LEADERS, told,
            parameters=ACCOUNT, body=WantedPause,
            description="Người được tạm nghỉ thấy ai đã đặt và vì sao. Đang có cuộc gọi thì nghỉ sau cuộc gọi.",
        ),
        Route(
            "POST", "/api/floor/calls/{call}/move", move, "Chuyển cuộc gọi cho người khác", TAG, LEADERS, told,
            parameters=CALL, body=WantedMove,
        ),
        Route(
            "PUT", "/api/floor/queue", door, "Đóng, mở hàng đợi", TAG, LEADERS, {200: QueueTold}, body=WantedDoor,
            description="Đóng thì người gọi mới nghe nhánh không có điện thoại viên; người đang chờ vẫn được nghe máy.",
        ),
    ]  # fmt: skip
