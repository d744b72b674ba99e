"""What the page costs its reader: the first load in a real Chromium, and from the telephone's ringing to the button that takes the call.

The page, the service, Asterisk and the browser share one machine: no network lies between them. A second load stands beside the first, and
beside the button the page's own frame (the least that any drawing can take).
"""

import asyncio
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, Page, WebSocket

from bench.figures import milliseconds, table
from tests.asterisk import write_tone
from tests.hotline import RunningHotline, running_hotline
from tests.panel.browser import MICROPHONE_HZ, Person, browsing
from tests.panel.shifts import on_shift, ringing

LOADS, RINGS = 20, 20

LOADED = """() => {
  const page = performance.getEntriesByType('navigation')[0]
  const files = performance.getEntriesByType('resource')
  return {
    files: files.length,
    bytes: [page, ...files].reduce((sum, each) => sum + each.transferSize, 0),
    painted: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? 0,
  }
}"""
"""Asked of the page: how many files came over the wire, how many bytes (packed, with headers), and when there was something to read."""

FRAME = """() => new Promise((done) => requestAnimationFrame((start) => requestAnimationFrame((end) => done(end - start))))"""


def measure(*, quick: bool) -> None:
    """Print the tables."""
    loads, rings = (3, 2) if quick else (LOADS, RINGS)
    with running_hotline(SECOND_FACTOR_ROLES="[]") as hotline, tempfile.TemporaryDirectory() as scratch:
        hotline.start_service()
        microphone = write_tone(Path(scratch) / "microphone.wav", MICROPHONE_HZ, 5.0, rate=48000)
        asyncio.run(_measure(hotline, microphone, loads, rings))


async def _measure(hotline: RunningHotline, microphone: Path, loads: int, rings: int) -> None:
    async with browsing(microphone) as browser:
        await _loads(browser, hotline, loads)
        await _rings(browser, hotline, rings)


async def _loads(browser: Browser, hotline: RunningHotline, loads: int) -> None:
    url = f"http://127.0.0.1:{hotline.settings.http_port}/panel/"
    first: list[tuple[Mapping[str, Any], float]] = []
    again: list[tuple[Mapping[str, Any], float]] = []
    for _ in range(loads):
        context = await browser.new_context(locale="vi-VN")
        page = await context.new_page()
        for seen in (first, again):
            began = time.monotonic()
            await page.goto(url)
            await page.wait_for_selector("form")
            seen.append((await page.evaluate(LOADED), time.monotonic() - began))
        await context.close()
    rows = []
    for name, seen in (("first, nothing kept", first), ("again", again)):
        told = seen[-1][0]
        painted = [each["painted"] / 1000 for each, _ in seen]
        whole = [took for _, took in seen]
        rows.append(
            (name, str(told["files"]), f"{told['bytes'] / 1024:.0f}", milliseconds(painted), milliseconds(whole))
        )
    print(table(("load", "files", "kB", "first words, ms p50 / p99", "form to sign in, ms p50 / p99"), rows), "\n")


async def _rings(browser: Browser, hotline: RunningHotline, rings: int) -> None:
    operator = await on_shift(browser, hotline, "lan")
    rung: asyncio.Queue[float] = asyncio.Queue()
    operator.page.on("websocket", lambda socket: _listen(socket, rung))
    await operator.page.reload()  # the telephone's websocket is opened again, heard from its first word on
    await operator.state("ready", 20)
    await _pause(operator)
    took, frames = [], []
    for _ in range(rings):
        await operator.press("Sẵn sàng")
        await operator.state("ready")
        _, call = ringing(hotline)
        await operator.page.get_by_role("button", name="Nghe máy").wait_for(timeout=40_000)
        shown = time.monotonic()
        took.append(shown - await rung.get())
        frames.append(await _frame(operator.page))
        await _done(operator)
        await call
    rows = [("INVITE at the page to the button", milliseconds(took)), ("one frame of the page", milliseconds(frames))]
    print(table(("ringing", "ms p50 / p99"), rows))


def _listen(socket: WebSocket, rung: asyncio.Queue[float]) -> None:
    """Note when a call first rings at the page's telephone."""

    def heard(frame: str | bytes) -> None:
        text = frame if isinstance(frame, str) else frame.decode("utf-8", "replace")
        if text.startswith("INVITE "):
            rung.put_nowait(time.monotonic())

    socket.on("framereceived", heard)


async def _frame(page: Page) -> float:
    return float(await page.evaluate(FRAME)) / 1000


async def _done(operator: Person) -> None:
    """The call is taken, ended, and its paperwork done; the operator pauses before the next one."""
    await operator.press("Nghe máy")
    await operator.state("talking")
    await operator.press("Kết thúc")
    await operator.state("wrap-up")
    await operator.page.get_by_label("Gọi nhầm").check()
    await operator.press("Lưu và sẵn sàng")
    await operator.state("ready")
    await _pause(operator)


async def _pause(operator: Person) -> None:
    await operator.page.get_by_label("Tạm nghỉ").select_option("Giải lao")
    await operator.state("paused")
