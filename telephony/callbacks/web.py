"""Call-backs over HTTP, for the hotline's people. Routes only; the list decides."""

from typing import Annotated

from pydantic import Field, StringConstraints

from hotline1022.base.access import HOTLINE_ROLES
from hotline1022.base.clock import Clock
from hotline1022.base.http.routes import Call, Route, Told, WrittenInstant
from telephony.callbacks import rules
from telephony.callbacks.callbacks import Callbacks
from telephony.callbacks.model import Callback, Result
from telephony.callbacks.telling import AttemptTold, CallbacksTold, CallbackTold, Taker

TAG = "Gọi lại"
ID = {"id": "[1-9][0-9]{0,17}"}

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000)]


class CallbackQuery(Told):
    """Which call-backs."""

    closed: bool = Field(default=False, description="true: một trăm cuộc đã xong gần nhất")


class ResultOfCall(Told):
    """What a call back came to; ``again_at``: it is wanted then."""

    result: Result
    note: Note | None = None
    again_at: WrittenInstant | None = None


class Promise(Told):
    """A call that somebody is promised."""

    number: Annotated[str, StringConstraints(min_length=3, max_length=30)]
    at: WrittenInstant | None = Field(default=None, description="bỏ trống: ngay khi có người gọi được")
    ticket: Annotated[str, StringConstraints(pattern="^[0-9]{8}$")] | None = None
    note: Note | None = None


def routes(callbacks: Callbacks, clock: Clock) -> list[Route]:
    """``/api/callbacks``."""

    def told(each: Callback, nobody: str | None) -> CallbackTold:
        now, policy = clock.now(), callbacks.policy()
        held = rules.is_held(each, now, policy)
        why = rules.not_this(each, now, policy) or nobody
        return CallbackTold(
            id=each.id,
            number=each.number,
            reason=each.reason,
            call=each.call,
            ticket=each.ticket,
            note=each.note,
            waited_seconds=None if each.waited_seconds is None else round(each.waited_seconds),
            times=each.times,
            asked_at=each.asked_at,
            due_at=each.due_at,
            attempts=tuple(AttemptTold.model_validate(made, from_attributes=True) for made in each.attempts),
            taken_by=Taker(account=each.taken_by, name=each.taken_name or "")
            if held and each.taken_by is not None
            else None,
            state="done" if each.closed_at else "taken" if held else "open",
            ending=each.end,
            offerable=each.closed_at is None and why is None,
            why=why,
        )

    async def one(each: Callback) -> CallbackTold:
        return told(each, callbacks.nobody_now(await callbacks.standing()))

    async def listed(call: Call[CallbackQuery, None]) -> CallbacksTold:
        standing = await callbacks.standing()
        nobody = callbacks.nobody_now(standing)
        shown = await callbacks.standing(closed=True) if call.query.closed else standing
        return CallbacksTold(
            callbacks=tuple(told(each, nobody) for each in shown),
            offerable=nobody is None,
            why=nobody,
            open=len(standing),
            attempts=callbacks.policy().most_attempts,
        )

    async def taken(call: Call[Told, None]) -> CallbackTold:
        return await one(await callbacks.take(int(call.path["id"]), call.by))

    async def written(call: Call[Told, ResultOfCall]) -> CallbackTold:
        said = call.body
        kept = callbacks.write_down(int(call.path["id"]), call.by, said.result, said.note or None, said.again_at)
        return await one(await kept)

    async def promised(call: Call[Told, Promise]) -> CallbackTold:
        said = call.body
        return await one(await callbacks.promise(said.number, said.at, said.ticket, said.note or None))

    path, who = "/api/callbacks", HOTLINE_ROLES
    return [
        Route("GET", path, listed, "Những người cần gọi lại", TAG, who, {200: CallbacksTold}, query=CallbackQuery),
        Route("POST", path, promised, "Hẹn gọi lại", TAG, who, {201: CallbackTold}, body=Promise),
        Route(
            "POST", f"{path}/{{id}}/take", taken, "Nhận gọi lại", TAG, who, {200: CallbackTold}, parameters=ID,
            description="Của riêng người nhận cho đến khi ghi kết quả; không bao giờ trước người đang chờ máy.",
        ),
        Route(
            "POST", f"{path}/{{id}}/result", written, "Ghi kết quả gọi lại", TAG, who, {200: CallbackTold},
            parameters=ID, body=ResultOfCall,
        ),
    ]  # fmt: skip
