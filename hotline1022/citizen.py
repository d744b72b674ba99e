"""A simulated citizen: rings a running hotline from a telephone, chooses by keys, speaks, and waits to see what became of it.

It uses only what a citizen and a screen have: the telephone line and the live messages. Nothing of the service is shortened for it.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import aiohttp

from hotline1022.base.errors import HotlineError
from hotline1022.base.phone_numbers import e164, masked
from hotline1022.config import Settings
from telephony.phone import Phone, PhoneReport

MENU_SILENCE_SECONDS = 3.5
"""The hotline is silent for three seconds behind its notices; a longer silence is the menu waiting for a key."""

BEEP_SILENCE_SECONDS = 1.2
"""Prompts follow each other within half a second; a longer silence is the line listening."""

PATIENCE_SECONDS = 120
"""How long the citizen goes on listening after they have done everything; the hotline hangs up long before."""

AFTERWARDS_SECONDS = 180.0
"""How long transcribing after the call may take before the citizen stops looking."""

Tell = Callable[[dict[str, Any]], None]


@dataclass
class Experience:
    """What became of a call: ``messages`` is everything that was told about it while it lasted and after."""

    call: str | None = None
    phone: PhoneReport | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)

    def first(self, kind: str) -> dict[str, Any] | None:
        """The first message of this kind."""
        return next((message for message in self.messages if message["type"] == kind), None)


def script(keys: str, wav: Path | None, *, first_silence: float = MENU_SILENCE_SECONDS) -> list[str]:
    """What the citizen does: each key when the hotline waits for one, the words when the line listens, then # and listening on.

    ``first_silence`` is how long the hotline is silent (seconds) when it waits for the first key.
    """
    steps: list[str] = []
    for key in keys:
        steps += [f"hear-silence {BEEP_SILENCE_SECONDS if steps else first_silence}", f"keys {key}"]
    if wav:
        steps += [f"hear-silence {BEEP_SILENCE_SECONDS}", f"say {wav}", "silence 1", "keys #"]
    steps.append(f"wait {PATIENCE_SECONDS}")
    return steps


async def ring(settings: Settings, *, wav: Path | None, keys: str, number: str, tell: Tell) -> Experience:
    """Ring the hotline and live through the call until its words have been heard again. Raises HotlineError when nothing answers."""
    experience = Experience()
    address = _own_address(settings)
    destination = f"sip:{settings.hotline_number}@{settings.sip_reach}:{settings.sip_port}"
    async with live(settings) as messages, Phone.ring(destination, number=number, address=address) as phone:
        following = asyncio.create_task(_follow(messages, masked(e164(number)), experience, tell))
        try:
            await phone.script(*script(keys, wav))
            experience.phone = await phone.finished()
            if experience.phone.answered:
                with suppress(TimeoutError):
                    async with asyncio.timeout(AFTERWARDS_SECONDS):
                        await following
        finally:
            following.cancel()
    return experience


def _own_address(settings: Settings) -> str:
    """The address that the citizen's telephone rings from: one that Asterisk takes for the carrier's and that is this machine's."""
    for network in settings.trunk_addresses:
        address = network.split("/")[0]
        if ip_address(address).is_loopback:
            return address
    raise HotlineError(
        "Không có địa chỉ loopback nào trong HOTLINE_TRUNK_ADDRESSES để gọi thử từ máy này",
        remedy="thêm 127.0.0.2 rồi chạy lại",
    )


async def _follow(messages: AsyncIterator[dict[str, Any]], caller: str, experience: Experience, tell: Tell) -> None:
    """Tell and keep the messages of this caller's call until nothing more is to come."""
    async for message in messages:
        if message["type"] == "CallArrived" and experience.call is None and message["caller"] == caller:
            experience.call = message["call"]
        if experience.call is None or message.get("call") != experience.call:
            continue
        experience.messages.append(message)
        tell(message)
        if _is_over(experience):
            return


def _is_over(experience: Experience) -> bool:
    ended = experience.first("CallEnded")
    if ended is None:
        return False
    reported = experience.first("ReportTaken")
    if reported and not experience.first("TicketOpened"):
        return False
    heard = not ended["recorded"] or experience.first("RecordingLost") or experience.first("TranscriptFailed")
    return bool(heard or experience.first("WordsConsidered"))


@asynccontextmanager
async def live(settings: Settings) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """What the service tells screens, from now on. Raises HotlineError when it is not there."""
    url = f"http://{settings.http_reach}:{settings.http_port}/live"
    token = settings.service_token.get_secret_value()
    try:
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {token}"}) as session,
            session.ws_connect(url, timeout=aiohttp.ClientWSTimeout(ws_close=2)) as socket,
        ):
            yield _messages(socket)
    except aiohttp.ClientError as error:
        raise HotlineError("Tổng đài chưa chạy", remedy="chạy `make run` ở một cửa sổ khác rồi thử lại") from error


async def _messages(socket: aiohttp.ClientWebSocketResponse) -> AsyncIterator[dict[str, Any]]:
    async for message in socket:
        if message.type is aiohttp.WSMsgType.TEXT:
            yield json.loads(message.data)
