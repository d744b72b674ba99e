"""A real Chromium for tests of the panel: people who sign in, their microphone a tone, their page found by role and Vietnamese name."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from playwright.async_api import Browser, BrowserContext, Page, async_playwright
from sqlalchemy import insert

from hotline1022.base.access import Role
from hotline1022.base.accounts import accounts
from hotline1022.base.clock import SystemClock
from tests.hotline import RunningHotline

VIEW = {"width": 1366, "height": 625}
"""What is left of the usual screen for a page (pixels)."""

MICROPHONE_HZ = 700
"""The tone that stands for an operator's voice."""

PASSWORD = "một mật khẩu dài để thử"
_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)


def chromium() -> str:
    """The browser's program; skips the test, and says why, where there is none."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium: install the package chromium")
    return found


@asynccontextmanager
async def browsing(microphone: Path) -> AsyncIterator[Browser]:
    """A browser whose microphone is the WAV file ``microphone``, over and over."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium(),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
                "--autoplay-policy=no-user-gesture-required",
                # Asterisk of the tests is on loopback, which a browser does not offer by itself.
                "--allow-loopback-in-peer-connection",
            ],
        )
        try:
            yield browser
        finally:
            await browser.close()


def add_person(hotline: RunningHotline, name: str, role: Role, agency: str | None = None) -> int:
    """An account that may sign in with PASSWORD; its number."""
    row = {
        "name": name,
        "display_name": name,
        "role": role.value,
        "agency": agency,
        "password_hash": _HASH,
        "must_change": False,
        "created_at": SystemClock().now(),
    }
    with hotline.connect() as connection:
        number = connection.execute(insert(accounts).values(row).returning(accounts.c.id)).scalar_one()
    return int(number)


@dataclass
class Person:
    """Somebody at a browser of their own."""

    page: Page
    context: BrowserContext
    base: str

    @classmethod
    async def signed_in(cls, browser: Browser, hotline: RunningHotline, name: str, **options: Any) -> "Person":
        """Somebody who has signed in and sees the page that their role begins with."""
        base = f"http://127.0.0.1:{hotline.settings.http_port}"
        context = await browser.new_context(viewport=options.pop("viewport", VIEW), locale="vi-VN", **options)
        answer = await context.request.post(f"{base}/api/session", data={"name": name, "password": PASSWORD})
        assert answer.ok, await answer.text()
        page = await context.new_page()
        person = cls(page, context, base)
        await person.go("/panel/")
        return person

    async def go(self, address: str) -> None:
        """Open an address of the panel and wait until the page stands."""
        await self.page.goto(self.base + address)
        await self.page.wait_for_selector("main")

    async def press(self, name: str) -> None:
        """Press the button of this name."""
        await self.page.get_by_role("button", name=name).first.click()

    async def state(self, wanted: str, seconds: float = 10) -> None:
        """Wait until the softphone bar says this state."""
        await self.page.wait_for_selector(f'[data-state="{wanted}"]', timeout=seconds * 1000)

    async def signed_in_at_asterisk(self) -> None:
        """Wait until the page's telephone is registered."""
        async with asyncio.timeout(10):
            while (await self.sound())["line"] != "registered":
                await asyncio.sleep(0.05)

    async def wider(self) -> int:
        """By how much the page is wider than the screen (pixels)."""
        root = "document.documentElement"
        return int(await self.page.evaluate(f"{root}.scrollWidth - {root}.clientWidth"))

    async def sound(self) -> dict[str, Any]:
        """What has come and gone as sound: the telephone's own figures."""
        told: dict[str, Any] = await self.page.evaluate("window.hotlinePhone.stats()")
        return told
