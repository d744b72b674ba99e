"""What every report is made of: the reporting views, the scores, the rules' names. It reads; no figure is computed here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.access import Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.reporting import store
from hotline1022.score_sources import AgencyNames
from surveys.scores.scoreboard import Scoreboard
from tickets.rules import StandingRules

Row = Mapping[str, Any]
Tell = Callable[[str], None]
"""Is told what is being done, for whoever waits."""


def silent(_what: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Sources:
    """Where figures come from. ``actor`` is who asks: of corrections each reads what concerns them."""

    database: Database
    clock: Clock
    rules: StandingRules
    board: Scoreboard
    actor: Actor
    tell: Tell = silent

    def agency(self, code: str) -> str:
        """What people call an agency."""
        return AgencyNames(self.rules).name_of(code)

    def topic(self, code: str | None) -> str:
        """What people call a topic; of a ticket that hides it, that it does."""
        return "Không nêu (khiếu nại, tố cáo)" if code is None else self.rules.current.topics.name_of(code)

    def place(self, code: str | None) -> str:
        """What people call a commune of today."""
        return self.rules.current.place_name(code) or "Chưa rõ địa bàn"


async def rows(connection: AsyncConnection, query: str, **values: object) -> list[Row]:
    """The rows of a SELECT on the reporting views. Raises DatabaseAway."""
    return [dict(row) for row in (await store.answer(connection, query, values)).mappings()]
