"""Whether the carrier is there, as a real Asterisk finds out; and that a carrier which does not say so is called all the same."""

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from telephony.ari import Ari
from telephony.ari_link import AriLink
from telephony.line import MEDIA_APP
from telephony.outgoing import CONTEXT, EXTENSION, TRUNK_WATCH
from tests.asterisk import RunningAsterisk, running_asterisk

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(90)]

CARRIER = "127.0.0.2"
WATCHED_SECONDS, PATIENCE_SECONDS = 1, 20
HEADERS = re.compile(r"^(Via|From|To|Call-ID|CSeq):.*$", re.MULTILINE)


class Carrier(asyncio.DatagramProtocol):
    """A carrier's side that notes what comes, and says that it is there or does not; it takes no call."""

    def __init__(self) -> None:
        self.answers = False
        self.came: Counter[str] = Counter()
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """The socket is open."""
        self._transport = transport

    def datagram_received(self, data: bytes, sender: tuple[str, int]) -> None:
        """A request; nothing is said to one unless it asks whether somebody is there, and somebody is."""
        text = data.decode("utf-8", "replace").replace("\r\n", "\n")
        method = text.split(" ", 1)[0]
        self.came[method] += 1
        if method == "OPTIONS" and self.answers:
            repeated = [found.group(0) for found in HEADERS.finditer(text)]
            answer = "\r\n".join(["SIP/2.0 404 Not Found", *repeated, "Content-Length: 0", "", ""])
            self._transport.sendto(answer.encode(), sender)


@pytest.fixture
async def carrier() -> AsyncIterator[tuple[Carrier, int]]:
    """A carrier that is silent, and its port."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.create_datagram_endpoint(Carrier, local_addr=(CARRIER, 0))
    yield protocol, transport.get_extra_info("sockname")[1]
    transport.close()


async def becomes(look: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not look():
            await asyncio.sleep(0.1)


@pytest.fixture
async def asterisk(carrier: tuple[Carrier, int], tmp_path: Path) -> AsyncIterator[RunningAsterisk]:
    """An Asterisk that calls by this carrier and asks every second whether it is there."""
    entering = running_asterisk(tmp_path, outgoing=f"{CARRIER}:{carrier[1]}", trunk_watch_seconds=WATCHED_SECONDS)
    yield await asyncio.to_thread(entering.__enter__)
    await asyncio.to_thread(entering.__exit__, None, None, None)


@pytest.fixture
async def ari(asterisk: RunningAsterisk) -> AsyncIterator[Ari]:
    """Orders that Asterisk."""
    base = f"http://127.0.0.1:{asterisk.settings.ari_port}/ari"
    async with AriLink(base, "service", asterisk.settings.ari_password, MEDIA_APP) as link:
        yield Ari(link)


async def test_a_carrier_that_falls_silent_is_missed_and_one_that_comes_back_is_seen(
    carrier: tuple[Carrier, int], ari: Ari
) -> None:
    async def told(*, there: bool) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while await ari.can_reach(TRUNK_WATCH) != there:
                await asyncio.sleep(0.1)

    await told(there=False)
    carrier[0].answers = True
    await told(there=True)
    carrier[0].answers = False
    await told(there=False)


async def test_a_carrier_that_never_says_whether_it_is_there_is_called_all_the_same(
    carrier: tuple[Carrier, int], ari: Ari
) -> None:
    await becomes(lambda: carrier[0].came["OPTIONS"] > 1)
    assert not await ari.can_reach(TRUNK_WATCH)
    await ari.originate(
        "a-call", endpoint="PJSIP/0912345678@trunk", context=CONTEXT, extension=EXTENSION, caller="1022", seconds=5
    )
    await becomes(lambda: carrier[0].came["INVITE"] > 0)
