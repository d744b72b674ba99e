"""The service's figures put together: what is counted, what is read, and the page that tells it. No figure is computed here."""

import asyncio
from collections.abc import Awaitable, Callable, Sized

from aiohttp import web

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.ledger import Ledger
from hotline1022.base.metrics import Metrics
from hotline1022.base.tasks import keep_running
from hotline1022.config import Settings
from hotline1022.reporting.database_figures import DatabaseFigures
from hotline1022.reporting.live_figures import LiveFigures, Parts
from hotline1022.reporting.measures import Measures
from hotline1022.reporting.metrics_web import MetricsPage
from hotline1022.reporting.names import keep_names_always
from hotline1022.reporting.surroundings import Surroundings
from telephony.ami import Ami
from telephony.ari import Ari
from telephony.ari_link import AriLink
from telephony.floor.roster import Roster
from telephony.outgoing import TRUNK_WATCH
from tickets.rules import StandingRules
from transcription.client import TranscriberNode


class Figures:
    """Made first, since the others count with ``metrics``; what is read is told it by ``watch`` when there is something to read."""

    def __init__(self, settings: Settings, clock: Clock, database: Database) -> None:
        self._settings, self._clock, self._database = settings, clock, database
        self.metrics = Metrics()
        self._measures = Measures(self.metrics)
        self.heard = self._measures.handed_over
        """Told each event that was handed on."""
        self.surroundings: Surroundings

    def watch(
        self,
        *,
        ari: Ari,
        link: AriLink,
        ami: Ami,
        node: TranscriberNode,
        roster: Roster,
        ledger: Ledger,
        callers: Sized,
        legs: Sized,
        panels: Sized,
    ) -> None:
        """The running parts of which is told how they are."""
        roster.changed = self._measures.presence_changed
        watched = self._settings.trunk_outgoing and self._settings.trunk_watch_seconds
        trunk = (lambda: ari.can_reach(TRUNK_WATCH)) if watched else None
        words_wanted = self._settings.recogniser != "none"
        self.surroundings = around = Surroundings(trunk, _recogniser(node))
        self._parts = Parts(
            calls=lambda: len(callers),
            waiting=lambda: (len(roster.waiting.since), roster.waiting.longest),
            operators=lambda: [shift.presence.state for shift in roster.shifts.values()],
            ari=link.connected.is_set,
            ami=ami.connected.is_set,
            trunk=lambda: around.trunk,
            recogniser=lambda: around.recogniser if words_wanted else None,
            legs=lambda: len(legs),
            panels=lambda: len(panels),
            spooled=lambda: ledger.spooled,
        )

    async def run(self, rules: StandingRules) -> None:
        """Look at what lies around, and keep the names of the rules where reports read them, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(keep_running("surroundings", self.surroundings.run))
            group.create_task(keep_running("names", lambda: keep_names_always(self._database, rules)))

    def mount(self, app: web.Application) -> None:
        """Serve ``/metrics`` and count what is asked over HTTP."""
        live = LiveFigures(self._parts, self._clock, self._settings.data)
        token = self._settings.metrics_token.get_secret_value()
        figures = DatabaseFigures(self._database, self._clock)
        asterisk = f"http://127.0.0.1:{self._settings.ari_port}/metrics"
        MetricsPage(self.metrics, [live], figures, token, asterisk).mount(app)


def _recogniser(node: TranscriberNode) -> Callable[[], Awaitable[bool]]:
    async def has_engine() -> bool:
        return (await node.health()).engine != "none"

    return has_engine
