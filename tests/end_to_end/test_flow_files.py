"""A province breaks its own menu: callers keep the last good one, and the mistake is told with its file and line."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hotline import LINE_LISTENS, MENU_WAITS, RunningHotline, quick_flow

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

BROKEN = quick_flow().replace("    then: consent\n", "    then: consnet\n")


@pytest.fixture
def flow_file(hotline: RunningHotline) -> Iterator[Path]:
    """The province's file, made good again afterwards."""
    path = hotline.settings.data / "flows" / "default.yaml"
    yield path
    path.write_text(quick_flow(), encoding="utf-8")
    hotline.start_service()
    hotline.until(lambda: _version(hotline) != _shipped(), "the good file is taken")


def _version(hotline: RunningHotline) -> str:
    told = hotline.health()
    return str(told["flow"]) if told else ""


def _shipped() -> str:
    from ivr.prompt_book import load_book
    from ivr.recordings import recorded
    from ivr.shelf import Shelf

    book = load_book()
    return Shelf(book, recorded(book)).current.version


def test_a_file_that_breaks_while_calls_are_served_changes_nothing_for_them(
    hotline: RunningHotline, flow_file: Path
) -> None:
    good, told = _version(hotline), len(hotline.log)
    flow_file.write_text(BROKEN, encoding="utf-8")
    line = BROKEN[: BROKEN.index("consnet")].count("\n") + 1
    hotline.until(lambda: f"default.yaml:{line}" in hotline.log[told:], "the mistake is told with its line")
    rung = asyncio.run(
        hotline.ring(MENU_WAITS, "keys 2", LINE_LISTENS, f"say {hotline.voice}", "hangup", number="0918000001")
    )
    assert "menu" in rung.prompts
    call = hotline.ended_call("+84918000001")
    assert call.flow == good
    assert hotline.ticket_of(call.id)


def test_a_service_that_starts_with_a_broken_file_serves_the_shipped_menu(
    hotline: RunningHotline, flow_file: Path
) -> None:
    hotline.stop_service()
    flow_file.write_text(BROKEN, encoding="utf-8")
    hotline.start_service()
    assert _version(hotline) == _shipped()
