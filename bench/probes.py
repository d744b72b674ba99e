"""The measuring telephones: calls that do what callers do and note when they were answered, when they heard what. No load, no table."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bench.hotline import RunningHotline
from bench.phone import PhoneError, ringing
from bench.tones import HEADS

PATIENT_KEYS = 6
"""How often a patient telephone has the menu repeated."""


@dataclass
class Way:
    """What the measuring telephones of one way have seen. All times in seconds."""

    name: str
    address: str
    to_sound: list[float] = field(default_factory=list)
    to_prompt: list[float] = field(default_factory=list)
    calls: int = 0
    agreed: int = 0
    failures: list[str] = field(default_factory=list)


async def hurried(hotline: RunningHotline, way: Way, number: Callable[[], str], until: float) -> None:
    """Hear the first sound of call after call until the moment ``until`` of the monotonic clock."""
    while time.monotonic() < until:
        async with call_counted(way):
            await first_sound(hotline, way, number())
        await asyncio.sleep(random.uniform(0.2, 0.6))


async def first_sound(hotline: RunningHotline, way: Way, number: str) -> None:
    """Ring, note when the greeting begins, hang up. Raises PhoneError."""
    async with ringing(hotline.sip, address=way.address, number=number) as phone:
        way.to_sound.append(await phone.hears(HEADS["greeting"], phone.answered_at) - phone.answered_at)
        await asyncio.sleep(0.3)


async def patient(hotline: RunningHotline, way: Way, number: Callable[[], str], until: float) -> None:
    """Go through the menu in call after call until the moment ``until`` of the monotonic clock."""
    await asyncio.sleep(random.uniform(0, 3))
    while time.monotonic() < until:
        async with call_counted(way):
            await through_the_menu(hotline, way, number())


async def through_the_menu(hotline: RunningHotline, way: Way, number: str) -> None:
    """Ring, agree by silence, have the menu repeated again and again, ask for the look-up, hang up. Raises PhoneError."""
    async with ringing(hotline.sip, address=way.address, number=number) as phone:
        way.to_sound.append(await phone.hears(HEADS["greeting"], phone.answered_at) - phone.answered_at)
        await phone.hears(HEADS["emergency"], phone.answered_at)
        way.agreed += 1
        await phone.hears(HEADS["menu"], phone.answered_at)
        for _ in range(PATIENT_KEYS):
            await asyncio.sleep(random.uniform(1.2, 2.2))
            pressed = await phone.press("*")
            way.to_prompt.append(await phone.hears(HEADS["menu"], pressed) - pressed)
        await asyncio.sleep(random.uniform(1.2, 2.2))
        pressed = await phone.press("4")
        way.to_prompt.append(await phone.hears(HEADS["ask-code"], pressed) - pressed)


@asynccontextmanager
async def call_counted(way: Way) -> AsyncIterator[None]:
    """One call of this way; what fails in it is kept."""
    way.calls += 1
    try:
        yield
    except PhoneError as error:
        way.failures.append(str(error))
