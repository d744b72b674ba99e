"""What tests of the panel in a real browser share: a hotline that runs, a browser whose microphone is a tone."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.asterisk import write_tone
from tests.hotline import RunningHotline, running_hotline
from tests.panel.browser import MICROPHONE_HZ, browsing, chromium
from tests.panel.shifts import CALLS


@pytest.fixture(scope="module")
def hotline() -> Iterator[RunningHotline]:
    """A hotline of this module's own, its service running; no role needs a second factor."""
    chromium()
    with running_hotline(SECOND_FACTOR_ROLES="[]") as running:
        running.start_service()
        yield running


@pytest.fixture(autouse=True)
async def no_call_is_left() -> AsyncIterator[None]:
    """A test that fails takes its citizens with it: the next one's operator is not rung by them."""
    yield
    left = [call for call in CALLS if call.cancel()]
    CALLS.clear()
    await asyncio.gather(*left, return_exceptions=True)


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[Browser]:
    """A browser of this test's own."""
    microphone = write_tone(tmp_path / "microphone.wav", MICROPHONE_HZ, 5.0, rate=48000)
    async with browsing(microphone) as opened:
        yield opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A test that fails shows what the service and Asterisk thought of it: in a browser only the absence of something is seen."""
    report = yield
    running = getattr(item, "funcargs", {}).get("hotline")
    if report.failed and isinstance(running, RunningHotline):
        report.sections.append(("service", running.log[-6000:]))
        for command in ("queue show", "pjsip show contacts", "core show channels concise", "bridge show all"):
            with suppress(Exception):
                report.sections.append((command, running.asterisk.command(command)))
        for number, call in enumerate(each for each in CALLS if each.done() and not each.cancelled()):
            with suppress(Exception):
                rung = call.result()
                report.sections.append((f"citizen {number}", f"{rung.phone}\n{rung.prompts}"))
    return report
