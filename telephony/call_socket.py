"""One call's own websocket: Asterisk dials us for each call, events come and requests go on the same socket. No call logic lives here."""

import asyncio
import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from aiohttp import WSMsgType, web

from hotline1022.base.ids import new_id
from telephony.ari import LineClosed, LineDown, refusal

ANSWER_SECONDS = 5.0
"""How long a request may wait for its answer. A playback holds a channel's own thread, so callers of slow requests stop it first."""


class CallSocket:
    """The two directions of a per-call ARI websocket (``connection_type=per_call_config``).

    When the socket closes, the channel has left our application: hung up, sent on, or taken back by the dialplan.
    """

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._waiting: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self.events: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        """What Asterisk tells, in order; None is the last one and means that the socket has closed."""

    async def read(self) -> None:
        """Sort what arrives until the socket closes."""
        try:
            async for message in self._socket:
                self._acknowledge()
                if message.type is not WSMsgType.TEXT:
                    continue
                event = json.loads(message.data)
                if event.get("type") == "RESTResponse":
                    waiting = self._waiting.pop(event.get("request_id", ""), None)
                    if waiting and not waiting.done():
                        waiting.set_result(event)
                else:
                    self.events.put_nowait(event)
        finally:
            self.events.put_nowait(None)
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_exception(LineClosed())
            self._waiting.clear()

    def _acknowledge(self) -> None:
        """Acknowledge at once what has arrived. Asterisk sends small messages with Nagle's algorithm on: each waits for the
        acknowledgement of the one before it, which Linux else delays by 40 ms, and the caller would wait with it.
        """
        door = self._socket.get_extra_info("socket")
        if door is not None:
            with suppress(OSError):
                door.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)

    async def request(
        self, method: str, resource: str, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> Any:
        """See AriTransport."""
        request_id = new_id()
        message: dict[str, Any] = {
            "type": "RESTRequest",
            "transaction_id": request_id,
            "request_id": request_id,
            "method": method,
            "uri": resource,
            "query_strings": [{"name": name, "value": value} for name, value in (query or {}).items()],
        }
        if body is not None:
            message |= {"content_type": "application/json", "message_body": json.dumps(body)}
        answer = self._waiting[request_id] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._socket.send_json(message)
                reply = await answer
        except TimeoutError as error:
            raise LineDown("Asterisk không trả lời kịp") from error
        except ConnectionError as error:
            raise LineDown from error
        finally:
            if self._waiting.pop(request_id, None) and answer.done() and not answer.cancelled():
                answer.exception()
        if reply["status_code"] >= 400:
            raise refusal(reply["status_code"], method, resource)
        content = reply.get("message_body")
        return json.loads(content) if content else None
