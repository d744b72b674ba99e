"""A transcriber node's control requests and its word stream, as aiohttp routes.

What is decided is decided elsewhere.
"""

import asyncio
import contextlib
import hmac
from uuid import UUID

import structlog
from aiohttp import WSCloseCode, web
from aiohttp.typedefs import Handler, Middleware
from pydantic import BaseModel, ValidationError

from hotline1022.base.errors import HotlineError
from transcription.after_call import SIDES, hear, legs_of, transcript_of
from transcription.live import LiveNode
from transcription.model import Side
from transcription.node_protocol import LegAnswer, LegOffer

log = structlog.get_logger()

LARGEST_RECORDING = 256 * 1024**2
"""Two hours of a stereo call."""

MOST_RECORDINGS = 32
"""Recordings that may wait in the node's memory; the service keeps the others."""

HEARTBEAT_SECONDS = 20.0

NODE = web.AppKey("node", LiveNode)
AUDIO_ADDRESS = web.AppKey("audio_address", str)
SOCKETS = web.AppKey("sockets", list[web.WebSocketResponse])


def control_app(node: LiveNode, audio_address: str, token: str) -> web.Application:
    """The control application. Raises HotlineError for an empty token: nobody may listen in unasked."""
    if not token:
        raise HotlineError("Thiếu service_token cho tiến trình nhận dạng", remedy="chạy: make setup")
    app = web.Application(middlewares=[_asks_for(token)], client_max_size=LARGEST_RECORDING)
    app[NODE] = node
    app[AUDIO_ADDRESS] = audio_address
    app[SOCKETS] = []
    app.add_routes(
        [
            web.post("/legs", announce),
            web.delete("/legs/{leg}", release),
            web.get("/words", words),
            web.post("/transcribe", transcribe),
            web.get("/health", health),
        ]
    )
    app.on_shutdown.append(_close_sockets)
    return app


def _asks_for(token: str) -> Middleware:
    expected = f"Bearer {token}".encode()

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode(errors="surrogateescape")
        if not hmac.compare_digest(given, expected):
            return _error(401, "Thiếu hoặc sai mã truy cập")
        return await handler(request)

    return check


async def announce(request: web.Request) -> web.Response:
    """Take a leg, or say why not."""
    try:
        offer = LegOffer.model_validate_json(await request.read())
    except ValidationError:
        return _error(400, "Yêu cầu không đúng dạng")
    reason = request.app[NODE].announce(offer)
    if reason is None:
        return _json(LegAnswer(admitted=True, audio=request.app[AUDIO_ADDRESS]))
    return _json(LegAnswer(admitted=False, reason=reason))


async def release(request: web.Request) -> web.Response:
    """The leg is over."""
    with contextlib.suppress(ValueError):
        request.app[NODE].release(UUID(request.match_info["leg"]))
    return web.Response(status=204)


async def words(request: web.Request) -> web.WebSocketResponse:
    """Everything that is heard, from now on and what lasts from before."""
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_SECONDS)
    await socket.prepare(request)
    journal = request.app[NODE].journal
    subscriber = journal.subscribe()
    request.app[SOCKETS].append(socket)

    async def send() -> None:
        while True:
            await socket.send_str((await subscriber.next()).model_dump_json())

    sending = asyncio.create_task(send())
    try:
        # Nothing is expected from the reader; reading notices that it is gone.
        async for _ in socket:
            pass
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        journal.unsubscribe(subscriber)
        request.app[SOCKETS].remove(socket)
    return socket


async def transcribe(request: web.Request) -> web.Response:
    """Transcribe a recording, behind all live work."""
    node = request.app[NODE]
    if node.choice.engine == "none":
        return _error(503, node.choice.why)
    if node.workers.recordings_waiting >= MOST_RECORDINGS:
        return _error(503, "Hàng chờ chép lời đã đầy, hãy gửi lại sau")
    raw = request.query.get("sides", ",".join(SIDES)).split(",")
    sides: list[Side] = [side for name in raw for side in SIDES if name == side]
    if not sides or len(sides) != len(raw):
        return _error(400, "sides phải là caller, operator hoặc cả hai")
    try:
        legs = await asyncio.to_thread(legs_of, await request.read(), sides)
    except HotlineError as error:
        return _error(422, str(error))
    steps = await node.workers.recording(hear(node.recogniser, node.detector, legs))
    transcript = transcript_of(steps, engine=node.choice.engine, model=node.choice.model, legs=legs)
    log.info("recording transcribed", seconds=round(transcript.seconds, 1), words=len(transcript.words))
    return _json(transcript)


async def health(request: web.Request) -> web.Response:
    """How the node is."""
    return _json(request.app[NODE].health())


async def _close_sockets(app: web.Application) -> None:
    for socket in app[SOCKETS].copy():
        await socket.close(code=WSCloseCode.GOING_AWAY)


def _json(body: BaseModel) -> web.Response:
    return web.json_response(text=body.model_dump_json())


def _error(status: int, sentence: str) -> web.Response:
    return web.json_response({"error": sentence}, status=status)
