"""The service's side of a transcriber node: asking it to listen, reading its words, handing it recordings.

No rule of a call lives here.
"""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from types import TracebackType
from typing import Self
from uuid import UUID

import aiohttp
import structlog
from pydantic import ValidationError

from hotline1022.base.errors import HotlineError
from transcription.after_call import SIDES
from transcription.model import Side, Transcript
from transcription.node_protocol import LegAnswer, LegOffer, NodeHealth, WordsMessage

log = structlog.get_logger()

CONTROL_SECONDS = 2.0
"""How long a caller's flow may wait for a node before the call goes on without live words."""

TRANSCRIBE_SECONDS = 6 * 3600.0
"""A recording waits behind all live work; only a dead node is given up, and that is noticed by the connection."""

FIRST_WAIT, LONGEST_WAIT = 0.2, 5.0

MOST_LEGS = 4096
"""Legs of which the last number is remembered: far more than any node tells of at once."""

AWAY = "Tiến trình nhận dạng không trả lời; lời sẽ được chép sau cuộc gọi."


class NodeAwayError(HotlineError):
    """The node cannot be reached, or cannot do it now: try again later, or with another node."""


class TranscriberNode:
    """A node as the service sees it. Use as an async context manager, or call close()."""

    def __init__(self, base_url: str, token: str) -> None:
        self._session = aiohttp.ClientSession(base_url, headers={"Authorization": f"Bearer {token}"})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Give back the connections."""
        await self._session.close()

    async def admit(self, leg: UUID, call: str, side: Side) -> LegAnswer:
        """Ask the node to listen to a leg. Never raises: a node that is away refuses, with that reason."""
        offer = LegOffer(leg=leg, call=call, side=side)
        try:
            return LegAnswer.model_validate_json(
                await self._ask("POST", "/legs", data=offer.model_dump_json().encode())
            )
        except (HotlineError, ValidationError):
            return LegAnswer(admitted=False, reason=AWAY)

    async def release(self, leg: UUID) -> None:
        """Tell the node that the leg is over. Never raises: it notices by itself when the audio ends."""
        try:
            await self._ask("DELETE", f"/legs/{leg}")
        except HotlineError:
            log.warning("transcriber not told that a leg is over", leg=str(leg))

    async def health(self) -> NodeHealth:
        """How the node is. Raises NodeAwayError."""
        return NodeHealth.model_validate_json(await self._ask("GET", "/health"))

    async def transcribe(self, wav: bytes, sides: Sequence[Side] = SIDES) -> Transcript:
        """The transcript of a recording; takes as long as it takes.

        Raises NodeAwayError, or HotlineError with the node's sentence.
        """
        path = f"/transcribe?sides={','.join(sides)}"
        return Transcript.model_validate_json(await self._ask("POST", path, data=wav, seconds=TRANSCRIBE_SECONDS))

    async def words(self) -> AsyncIterator[WordsMessage]:
        """Everything the node hears, for ever: reconnects by itself.

        What lasts comes exactly once, each leg in its order.
        """
        seen: dict[UUID, int] = {}
        wait = FIRST_WAIT
        while True:
            try:
                async with self._session.ws_connect(
                    "/words", heartbeat=20.0, timeout=aiohttp.ClientWSTimeout()
                ) as socket:
                    async for raw in socket:
                        message = WordsMessage.model_validate_json(raw.data)
                        wait = FIRST_WAIT
                        if message.kind == "partial":
                            yield message
                        elif message.number > seen.get(message.leg, 0):
                            seen.pop(message.leg, None)
                            seen[message.leg] = message.number
                            if len(seen) > MOST_LEGS:
                                del seen[next(iter(seen))]
                            yield message
            except (aiohttp.ClientError, OSError, TimeoutError, ValidationError) as error:
                log.warning("transcriber away", error=type(error).__name__, wait=round(wait, 1))
            # Many services must not come back in step.
            await asyncio.sleep(wait * random.uniform(0.5, 1.0))  # noqa: S311 - no secret
            wait = min(wait * 2, LONGEST_WAIT)

    async def _ask(
        self, method: str, path: str, *, data: bytes | None = None, seconds: float = CONTROL_SECONDS
    ) -> bytes:
        patience = aiohttp.ClientTimeout(total=seconds, sock_connect=CONTROL_SECONDS)
        try:
            async with self._session.request(method, path, data=data, timeout=patience) as response:
                body = await response.read()
                if response.status < 400:
                    return body
                raise _refusal(response, body)
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise NodeAwayError(AWAY) from error


def _refusal(response: aiohttp.ClientResponse, body: bytes) -> HotlineError:
    try:
        sentence = json.loads(body)["error"]
    except (ValueError, KeyError, TypeError):
        sentence = f"Tiến trình nhận dạng trả lời lỗi {response.status}"
    return NodeAwayError(str(sentence)) if response.status == 503 else HotlineError(str(sentence))
