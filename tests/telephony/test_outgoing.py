"""Claims about the end of a call that the hotline makes: whoever waits for it waits until it is kept for good."""

import asyncio
from pathlib import Path
from typing import Any, cast

from hotline1022.base.clock import SystemClock
from hotline1022.base.events import Event
from telephony.ari import Ari
from telephony.events import OutgoingCallEnded
from telephony.outgoing import Outgoing, OutgoingProduct


class SlowBook:
    """A product whose book takes its time: what is told stands in it only when ``written`` is set."""

    def __init__(self) -> None:
        self.begun, self.written = asyncio.Event(), asyncio.Event()
        self.events: list[Event] = []

    async def record(self, event: Event) -> None:
        """See OutgoingProduct."""
        self.begun.set()
        await self.written.wait()
        self.events.append(event)


class Trunk:
    """An Asterisk that rings whom it is told to ring, and has their channel."""

    async def originate(self, _channel: str, **_: Any) -> None:
        """See Ari."""

    async def channels(self) -> list[dict[str, str]]:
        """See Ari."""
        return [{"id": "attempt-1"}]


async def test_a_call_counts_as_over_only_when_its_end_is_kept_and_is_told_once() -> None:
    book = SlowBook()
    outgoing = Outgoing(
        node="node-1",
        clock=SystemClock(),
        product=cast(OutgoingProduct, book),
        ari=cast(Ari, Trunk()),
        takes=Path(),
        caller_number="1022",
    )
    placing = asyncio.create_task(outgoing.place("attempt-1", "0912345678", ring_seconds=10))
    await asyncio.sleep(0)
    gone = {"channel": {"id": "attempt-1"}, "cause": 17}
    ends = [asyncio.create_task(outgoing.hear_end(gone)) for _ in range(2)]
    await book.begun.wait()
    for _ in range(50):
        await asyncio.sleep(0)
    assert not placing.done(), "a service that dies now would never tell how the call went"
    book.written.set()
    await asyncio.gather(placing, *ends)
    (ended,) = book.events
    assert isinstance(ended, OutgoingCallEnded)
    assert ended.outcome == "busy"
