"""Operators at real browsers and citizens who ring them: what the tests of the panel share. No test lives here."""

import asyncio
from collections.abc import Iterator

from playwright.async_api import Browser

from hotline1022.base.access import Role
from tests.hotline import MENU_WAITS, Rung, RunningHotline
from tests.panel.browser import Person, add_person

TO_A_PERSON = (MENU_WAITS, "keys 0")
CALLS: list["asyncio.Task[Rung]"] = []
"""The citizens' calls of a test; ``conftest`` ends those that a test which failed has left."""

NUMBERS: Iterator[str] = (f"0912000{number:03}" for number in range(101, 200))


async def on_shift(browser: Browser, hotline: RunningHotline, name: str) -> Person:
    """An operator who is ready."""
    add_person(hotline, name, Role.OPERATOR)
    person = await Person.signed_in(browser, hotline, name)
    await person.press("Bắt đầu ca")
    await person.state("paused")
    await person.press("Sẵn sàng")
    await person.state("ready")
    return person


async def answered(person: Person, seconds: float = 10) -> None:
    """Their telephone rings within so many seconds, and they take the call."""
    await person.state("ringing", seconds)
    await person.press("Nghe máy")
    await person.state("talking")


async def asked_first(person: Person, colleague: str) -> None:
    """A colleague is asked about the citizen before they are sent on."""
    await person.press("Chuyển máy")
    await person.page.get_by_label("Hỏi trước rồi chuyển").check()
    await person.press(colleague)
    await person.state("consulting")


async def handed_over(person: Person, colleague: Person) -> None:
    """Whoever was asked has the citizen, hears them and ends the call; both do their paperwork."""
    await person.press("Nối hai bên")
    await person.state("wrap-up")
    await colleague.state("talking")
    await heard_by(colleague)
    await colleague.press("Kết thúc")
    await wrapped_up(colleague)
    await wrapped_up(person)


async def off_shift(person: Person) -> None:
    """The shift ends in order, so that the next test's callers find nobody of this one."""
    await person.page.get_by_label("Tạm nghỉ").select_option("Giải lao")
    await person.state("paused")
    await person.press("Kết thúc ca")
    await person.state("off")


async def wrapped_up(person: Person, result: str = "Gọi nhầm") -> None:
    """The paperwork is done and the shift is over."""
    await person.state("wrap-up")
    await person.page.get_by_label(result).check()
    await person.press("Lưu và sẵn sàng")
    await person.state("ready")
    await off_shift(person)


async def heard_by(person: Person) -> None:
    """Sound of the other side comes in."""
    for _ in range(100):
        if (before := await person.sound()).get("received"):
            break
        await asyncio.sleep(0.1)
    assert before.get("received"), (before, await person.page.locator("[data-state]").inner_text())
    await asyncio.sleep(1.5)
    after = await person.sound()
    assert float(after["received"]) > float(before["received"]) + 40, (before, after)
    assert float(after["heard"]) > float(before["heard"]), (before, after)


def ringing(hotline: RunningHotline, *script: str, name: str = "") -> tuple[str, "asyncio.Task[Rung]"]:
    """A citizen who asks for a person, speaks, and stays."""
    number = next(NUMBERS)
    speech = ["say " + str(hotline.voice)] * 12
    call = asyncio.ensure_future(hotline.ring(*TO_A_PERSON, "wait 1", *(script or speech), number=number, name=name))
    CALLS.append(call)
    return number, call


async def in_a_call(
    browser: Browser, hotline: RunningHotline, name: str, *, sentences: int = 12
) -> tuple[Person, "asyncio.Task[Rung]"]:
    """An operator who talks to a citizen, who says so many sentences and then hangs up."""
    person = await on_shift(browser, hotline, name)
    _, call = ringing(hotline, *["say " + str(hotline.voice)] * sentences)
    await answered(person, 30)
    return person, call
