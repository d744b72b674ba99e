"""The ear on the queue: AMI through panoramisk, with its traps closed. No decision about a call is taken here.

panoramisk by itself decodes each read alone (letters cut in two vanish), re-sends unanswered actions after a lost link (a call would be
placed twice), keeps line breaks inside values (a caller's name could add an action) and lets coroutine callbacks run out of order. Here
one connection has one ``Manager`` of its own, so nothing outlives it; values with control characters are refused; events go into one
queue, in order.
"""

import asyncio
import codecs
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager

from hotline1022.base.errors import HotlineError
from telephony.ari import LineDown

log = structlog.get_logger()

ANSWER_SECONDS = 5.0
FIRST_GAP_SECONDS = 0.25
LONGEST_GAP_SECONDS = 2.0

_silent = logging.getLogger("telephony.ami.panoramisk")
_silent.setLevel(logging.CRITICAL)  # it prints whole actions and messages, with callers' numbers in them


class ActionRefused(HotlineError):
    """Asterisk answered an action with an error."""


def build_action(name: str, **fields: str) -> Action:
    """An action whose values cannot break out of their line. Raises ValueError for a control character in any value."""
    for value in (name, *fields.values()):
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in value):
            raise ValueError("a control character in an AMI value")
    return Action({"Action": name, **fields})


class WholeLetters(AMIProtocol):  # type: ignore[misc]
    """The protocol, with UTF-8 decoded across reads."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin with an empty decoder."""
        super().connection_made(transport)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def data_received(self, data: bytes) -> None:
        """Pass on whole letters only; the base class decodes each read alone."""
        super().data_received(self._decoder.decode(data).encode())


class OneConnection(Manager):  # type: ignore[misc]
    """A manager for one connection: when the link is lost it does not reconnect, and nothing unanswered is sent again."""

    pinger: asyncio.TimerHandle | None

    def __init__(self, **config: Any) -> None:
        super().__init__(**config, protocol_factory=WholeLetters, log=_silent)
        self.lost: asyncio.Future[None] = self.loop.create_future()

    def connection_lost(self, _reason: Exception | None) -> None:
        """Stop the pinger and tell whoever waits."""
        if self.pinger:
            self.pinger.cancel()
            self.pinger = None
        if not self.lost.done():
            self.lost.set_result(None)


class Ami:
    """One logical connection to AMI that comes back by itself."""

    def __init__(self, host: str, port: int, user: str, secret: str) -> None:
        self._host, self._port = host, port
        self._config = {"username": user, "secret": secret, "events": "on"}
        self._manager: OneConnection | None = None
        self.connected = asyncio.Event()

    async def run(self, on_event: Callable[[dict[str, str]], None], on_connect: Callable[[], Awaitable[None]]) -> None:
        """Stay connected for ever. Events reach ``on_event`` in order; ``on_connect`` runs after each sign-in, since nothing missed is
        replayed. A sign-in that Asterisk refuses is tried again like a lost link: its configuration may be on its way."""
        gap = FIRST_GAP_SECONDS
        while True:
            try:
                await self._stay_connected(on_event, on_connect)
                gap = FIRST_GAP_SECONDS
            except (OSError, LineDown, ActionRefused, TimeoutError) as error:
                log.debug("ami_connect_failed", reason=type(error).__name__)
            await asyncio.sleep(gap)
            gap = min(gap * 2, LONGEST_GAP_SECONDS)

    async def _stay_connected(
        self, on_event: Callable[[dict[str, str]], None], on_connect: Callable[[], Awaitable[None]]
    ) -> None:
        loop = asyncio.get_running_loop()
        manager = OneConnection(host=self._host, port=self._port, loop=loop, **self._config)
        opened = loop.create_future()
        events: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        manager.register_event("*", lambda _manager, message: events.put_nowait(dict(message.items())))
        async with asyncio.timeout(ANSWER_SECONDS):
            opened.set_result(await loop.create_connection(WholeLetters, self._host, self._port))
        manager.connection_made(opened)
        signing_in = manager.authenticated_future
        consumer = loop.create_task(_consume(events, on_event))
        try:
            await self._answered(signing_in, manager)
            self._manager = manager
            await on_connect()
            self.connected.set()
            log.info("ami_connected")
            await asyncio.wait({manager.lost, consumer}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._manager = None
            if self.connected.is_set():
                self.connected.clear()
                log.warning("ami_lost")
            manager.connection_lost(None)
            manager.close()
            consumer.cancel()

    async def send(self, name: str, **fields: str) -> dict[str, str]:
        """Send one action and return its answer. Raises LineDown at once when the link is down or is lost meanwhile, ActionRefused."""
        manager = self._manager
        if manager is None:
            raise LineDown
        # Told nothing, panoramisk guesses from the wording whether more will follow, and would wait for ever behind
        # "Added interface to queue".
        reply = await self._answered(manager.send_action(build_action(name, **fields), as_list=False), manager)
        return dict(reply.items())

    async def list(self, name: str, **fields: str) -> list[dict[str, str]]:
        """Send an action that answers with a list of events, and return those events without the closing one."""
        manager = self._manager
        if manager is None:
            raise LineDown
        replies = await self._answered(manager.send_action(build_action(name, **fields), as_list=True), manager)
        return [dict(reply.items()) for reply in replies if "Event" in reply and not reply.event.endswith("Complete")]

    @staticmethod
    async def _answered(answer: asyncio.Future[Any], manager: OneConnection) -> Any:
        async with asyncio.timeout(ANSWER_SECONDS):
            await asyncio.wait({answer, manager.lost}, return_when=asyncio.FIRST_COMPLETED)
        if not answer.done():
            raise LineDown
        reply = answer.result()
        first = reply[0] if isinstance(reply, list) else reply
        if not first.success:
            raise ActionRefused(f"Asterisk từ chối lệnh AMI: {first.message}")
        return reply


async def _consume(events: asyncio.Queue[dict[str, str]], on_event: Callable[[dict[str, str]], None]) -> None:
    while True:
        event = await events.get()
        try:
            on_event(event)
        except Exception:
            log.exception("ami_event_failed", kind=event.get("Event", ""))
