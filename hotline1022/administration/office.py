"""Administration put together: its services are made here, once, and given their routes. No rule is here."""

from collections.abc import Collection
from pathlib import Path

from hotline1022.administration import file_web, sound_web
from hotline1022.administration.checking import FileCheck
from hotline1022.administration.effect import EffectCount
from hotline1022.administration.flow_web import FlowRoutes
from hotline1022.administration.register_web import Registers
from hotline1022.administration.rule_book import RuleBook
from hotline1022.administration.sound_book import SoundBook
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.http.routes import Route
from tickets.rules import StandingRules


class Administration:
    """What administrators change. ``data`` is the installation's data folder; whoever watches it takes what is written there."""

    def __init__(
        self, *, database: Database, clock: Clock, rules: StandingRules, data: Path, four_eyes: Collection[str]
    ) -> None:
        """``four_eyes``: names of files that nobody brings into force who has written in the draft."""
        self.effects = EffectCount(database, clock, rules)
        self.book = RuleBook(database, clock, data, self.effects, four_eyes)
        self.flows = FlowRoutes(self.book, FileCheck(data))
        self.sounds = SoundBook(database, clock, data)
        self.registers = Registers(database, clock, rules, data / "rules")

    def routes(self) -> list[Route]:
        """Everything over HTTP."""
        tables = self.registers.routes()
        return [*file_web.routes(self.book), *self.flows.routes(), *sound_web.routes(self.sounds), *tables]

    async def close(self) -> None:
        """Count nothing more."""
        await self.effects.close()
