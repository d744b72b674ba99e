"""An Asterisk for one caller and their legs, for what the real one cannot be made to do: refusals, a playback without an end, silence.

It answers ARI requests by a script and plays the events that the real one sends; that the real one sends them so is shown by
``tests/end_to_end`` and ``test_asterisk_service.py``.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from telephony.ari import LineDown, refusal


@dataclass
class FakeAri:
    """Carries requests nowhere; ``refused`` are resources (by their last part) and the status with which they are refused."""

    refused: dict[str, int] = field(default_factory=dict)
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    down: bool = False
    listed: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    async def request(
        self, method: str, resource: str, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> Any:
        """See AriTransport."""
        await asyncio.sleep(0)
        self.asked.append((method, resource, dict(query or {})))
        if self.down:
            raise LineDown
        for part, status in self.refused.items():
            if part in resource:
                raise refusal(status, method, resource)
        return self.listed.get(resource)

    def of(self, part: str) -> list[tuple[str, str, Mapping[str, str]]]:
        """The requests whose resource holds this."""
        return [asked for asked in self.asked if part in asked[1]]

    async def until(self, part: str) -> tuple[str, str, Mapping[str, str]]:
        """The first request whose resource holds this, once it was made."""
        async with asyncio.timeout(5):
            while not self.of(part):
                await asyncio.sleep(0)
        return self.of(part)[0]
