"""The service's side of the panel put together: channel, floor, doors. No rule and no route is written here."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web

from hotline1022.api import Api
from hotline1022.base.access import HOTLINE_ROLES, Actor
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError
from hotline1022.config import Settings
from hotline1022.live import Stage
from hotline1022.panel.audience import of_room
from hotline1022.panel.channel import Channel
from hotline1022.panel.doors import Doors
from hotline1022.panel.operators import Operators
from hotline1022.panel.outgoing import OperatorsCalls
from hotline1022.panel.translation import translated
from telephony.ami import Ami
from telephony.ari import Ari
from telephony.browser_phone import BrowserPhones
from telephony.callbacks.model import QueueNow
from telephony.switchboard import Switchboard

HOTLINE = {"roles": sorted(HOTLINE_ROLES)}
"""Those who hear of what the whole hotline does."""


class PanelSide:
    """What the panel in the browser needs of the service."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        database: Database,
        ari: Ari,
        ami: Ami,
        switchboard: Switchboard,
        api: Api,
        stage: Stage,
        outgoing: OperatorsCalls,
    ) -> None:
        self._api, self._switchboard = api, switchboard
        self._phones = BrowserPhones(f"ws://127.0.0.1:{settings.ari_port}/ws")
        self.channel = Channel(clock, self._may_see)
        self.operators = Operators(
            settings=settings,
            clock=clock,
            database=database,
            ari=ari,
            ami=ami,
            tell=self.channel.tell,
            outgoing=outgoing,
            callers=switchboard,
            let_in=self._let_in,
        )
        self.floor, roster = self.operators.floor, self.operators.roster
        self.channel.alive = self.floor.alive
        stage.heard = self._tell
        api.callbacks.queue = lambda: (
            QueueNow(roster.queue().waiting, roster.free()) if ami.connected.is_set() else None
        )
        api.announcements.changed = lambda: self.channel.tell("Notices", HOTLINE)
        api.callbacks.changed = lambda open_ones: self.channel.tell("Callbacks", HOTLINE, open=open_ones)
        api.drafts.heard = self._tell_draft
        api.sessions.ended = self.channel.end_soon
        api.add(self.operators.routes)

    def mount(self, app: web.Application) -> None:
        """Serve the page and its two websockets."""
        Doors(self._who_asks, self.channel, self._phones.serve, self._still).mount(app)

    def _let_in(self, is_open: bool) -> None:
        """Offer the queue to those who come from now on, or to none of them. Whoever waits in it goes on waiting."""
        self._switchboard.board.open = is_open
        self._switchboard.tell_facts()

    def _tell(self, kind: str, facts: Mapping[str, Any]) -> None:
        if told := translated(kind, facts, self.floor.on_call):
            name, audience, rest = told
            self.channel.tell(name, audience, **rest)

    def _tell_draft(self, key: str, room: str, by: Actor, fields: tuple[str, ...], version: int) -> None:
        """Who else writes on the same slip hears that it has changed; its words they fetch themselves."""
        self.channel.tell("Draft", of_room(room), key=key, by=by.name, fields=fields, version=version)

    async def _may_see(self, actor: Actor, code: str) -> bool:
        try:
            await self._api.dossier.file(code, actor)
        except HotlineError:
            return False
        return True

    async def _still(self, request: web.Request) -> bool:
        """A session grows old while its page is only open; an operator on shift uses it by being there."""
        session = await self._api.signing_in.session_of(request, used=False)
        if session is not None and self.floor.is_on_shift(session.actor.account):
            session = await self._api.signing_in.session_of(request)
        return session is not None

    async def _who_asks(self, request: web.Request) -> Actor | None:
        session = await self._api.signing_in.session_of(request)
        return session.actor if session and session.needs is None else None
