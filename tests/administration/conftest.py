"""What the tests about administration share: the interface on a data folder, and two administrators. No test lives here."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from hotline1022.administration.catalogue import FILES
from hotline1022.base.access import Role
from tests.interface import Interface
from tests.tickets.conftest import (  # noqa: F401 (fixtures)
    desk,
    handling,
    hands,
    recorded,
    rules,
    served,
    standing,
    still_clock,
    timers,
)

Ask = Callable[..., Awaitable[tuple[int, Any]]]


def shipped(name: str) -> str:
    """The shipped text of a file."""
    return FILES[name].shipped.read_text(encoding="utf-8")


@pytest.fixture
async def ask(served: Interface) -> Ask:  # noqa: F811 (a fixture)
    """Asks as one of two administrators (``lan`` and ``minh``), or as the shift's leader (``hoa``): the status and what was told."""
    keys = {
        name: await served.api.keys.issue(name, role, None)
        for name, role in (("lan", Role.ADMINISTRATOR), ("minh", Role.ADMINISTRATOR), ("hoa", Role.LEADER))
    }

    async def asked(method: str, path: str, who: str = "lan", **request: Any) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {keys[who]}"}
        answer = await served.client.request(method, path, headers=headers, **request)
        told = await (answer.json() if "json" in answer.content_type else answer.read())
        return answer.status, told

    return asked
