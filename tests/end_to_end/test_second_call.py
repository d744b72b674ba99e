"""A citizen who rings again: their ticket is read to them, and their next one knows the first."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from tests.hotline import LINE_LISTENS, MENU_WAITS, Rung, RunningHotline

pytestmark = [pytest.mark.asterisk, pytest.mark.timeout(180)]

NUMBER = "0914000001"


@dataclass
class Twice:
    """The first ticket, and the second call with its ticket."""

    first: Any
    second_call: Rung
    second: Any


@pytest.fixture(scope="module")
def twice(hotline: RunningHotline) -> Twice:
    """Somebody reports, rings again, mistypes, types the code of their ticket, asks for a person and reports something else."""
    says = (LINE_LISTENS, f"say {hotline.voice}", "hangup")
    asyncio.run(hotline.ring(MENU_WAITS, "keys 2", *says, number=NUMBER))
    first = hotline.ticket_of(hotline.ended_call("+84914000001").id)
    wrong = first.code[:-1] + str((int(first.code[-1]) + 1) % 10)
    types = (LINE_LISTENS, f"keys {wrong}#", LINE_LISTENS, f"keys {first.code}#", LINE_LISTENS, "keys 0")
    second_call = asyncio.run(hotline.ring(MENU_WAITS, "keys 4", *types, *says, number=NUMBER))
    earlier_call = first.call

    def second() -> Any:
        call = hotline.ended_call("+84914000001")
        return call if call.id != earlier_call else None

    call = hotline.until(second, "the second call stands")
    return Twice(first, second_call, hotline.ticket_of(call.id))


def test_a_mistyped_code_is_not_found_and_asked_again(twice: Twice) -> None:
    assert "code-not-found" in twice.second_call.prompts


def test_a_ticket_is_read_back_by_its_code(twice: Twice) -> None:
    prompts = twice.second_call.prompts
    assert "your-ticket" in prompts
    assert prompts.index("code-not-found") < prompts.index("your-ticket") < prompts.index("report-ask")


def test_the_second_ticket_of_a_number_names_the_first(hotline: RunningHotline, twice: Twice) -> None:
    assert twice.second.code != twice.first.code
    assert hotline.event_of(twice.second.call, "TicketOpened")["earlier"] == [twice.first.code]
    assert hotline.event_of(twice.first.call, "TicketOpened")["earlier"] == []
