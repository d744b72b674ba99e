"""What the line needs of the transcriber: may this leg of a call be heard live, and where. No word is read here."""

from uuid import UUID

import structlog

from telephony.events import Side
from transcription.client import TranscriberNode

log = structlog.get_logger()


class LegListening:
    """Implements ``telephony.live.Listening`` by asking a transcriber node."""

    def __init__(self, node: TranscriberNode) -> None:
        self._node = node

    async def admit(self, leg: str, call: str, side: Side) -> str | None:
        """See telephony.live.Listening."""
        answer = await self._node.admit(UUID(leg), call, side)
        if not answer.admitted:
            log.info("live_leg_deferred", call=call, side=side)
        return answer.audio if answer.admitted else None

    async def release(self, leg: str) -> None:
        """See telephony.live.Listening."""
        await self._node.release(UUID(leg))
