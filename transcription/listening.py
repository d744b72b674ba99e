"""Words as they are heard, for screens, and the live transcript of each call when its legs have ended. It decides nothing about a call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from hotline1022.base.errors import DatabaseAway
from transcription.client import NodeAwayError, TranscriberNode
from transcription.model import Rejection, Transcript, Word
from transcription.node_protocol import WordsMessage
from transcription.shelf import TranscriptShelf

log = structlog.get_logger()


class LiveWords:
    """Reads a node's word stream for ever."""

    def __init__(self, node: TranscriberNode, shelf: TranscriptShelf) -> None:
        self._node = node
        self._shelf = shelf
        self._calls: dict[str, _Heard] = {}

    async def run(self, tell: Callable[..., None]) -> None:
        """Tell every message to the screens; keep a call's words when the last of its legs has ended."""
        async for message in self._node.words():
            tell("Words", **_for_screens(message))
            heard = self._calls.setdefault(message.call, _Heard())
            heard.take(message)
            if not heard.open:
                del self._calls[message.call]
                await self._keep(message.call, heard)

    def so_far(self, call: str) -> tuple[Word, ...]:
        """The words of both sides of a call that is being heard, as they came; none of one that is over."""
        heard = self._calls.get(call)
        return tuple(heard.words) if heard else ()

    async def _keep(self, call: str, heard: "_Heard") -> None:
        try:
            health = await self._node.health()
            words = tuple(sorted(heard.words, key=lambda word: word.start))
            rejected = tuple(heard.rejected)
            transcript = Transcript(
                engine=health.engine, model=health.model, words=words, rejected=rejected, seconds=heard.seconds
            )
            await self._shelf.keep(call, "live", transcript)
        except (NodeAwayError, DatabaseAway) as error:
            # The recording gives the words again; only the quick copy is missed.
            log.warning("live_transcript_not_kept", call=call, reason=type(error).__name__)


@dataclass
class _Heard:
    """What has been heard of a call so far, and its legs that still are."""

    open: set[UUID] = field(default_factory=set)
    words: list[Word] = field(default_factory=list)
    rejected: list[Rejection] = field(default_factory=list)
    seconds: float = 0.0

    def take(self, message: WordsMessage) -> None:
        self.open.add(message.leg)
        self.seconds = max(self.seconds, message.end)
        if message.kind == "final":
            self.words += message.words
        elif message.kind == "rejected" and message.reason:
            self.rejected.append(
                Rejection(leg=message.side, start=message.start, end=message.end, reason=message.reason)
            )
        elif message.kind == "ended":
            self.open.discard(message.leg)


def _for_screens(message: WordsMessage) -> dict[str, Any]:
    return message.model_dump(mode="json", exclude={"number"})
