"""How a page of the panel looks to everybody: what axe finds, what is too wide, what is asked of strangers. No test lives here."""

from collections.abc import Sequence

from playwright.async_api import Browser

from tests.hotline import RunningHotline
from tests.panel.browser import Person
from tests.panel.test_pages import violations

SCREENS = ((1366, 625), (390, 844))


async def looked_at(
    browser: Browser, hotline: RunningHotline, name: str, scheme: str, addresses: Sequence[str], **options: object
) -> None:
    """Open each of these pages as ``name``, on a screen and on a telephone, and assert that nothing is wrong with it."""
    person = await Person.signed_in(browser, hotline, name, color_scheme=scheme, **options)
    foreign: list[str] = []
    errors: list[str] = []
    person.page.on("request", lambda asked: None if person.base in asked.url else foreign.append(asked.url))
    person.page.on("console", lambda message: errors.append(message.text) if message.type == "error" else None)
    person.page.on("pageerror", lambda error: errors.append(str(error)))
    for address in addresses:
        await person.go(address)
        await person.page.wait_for_load_state("networkidle")
        for width, height in SCREENS:
            await person.page.set_viewport_size({"width": width, "height": height})
            assert await violations(person.page) == [], (address, width)
            wider = await person.wider()
            assert wider <= 0, (address, width, wider)
    assert [each for each in foreign if not each.startswith("blob:")] == []
    assert errors == []
    await person.context.close()
