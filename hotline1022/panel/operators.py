"""Operators' telephones put together: shifts, calls out, consultations, what leaders do. No rule and no route is written here."""

from collections.abc import Callable
from typing import Any

from hotline1022.api import Api
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.events import Event
from hotline1022.base.http.routes import Route
from hotline1022.config import Settings
from hotline1022.panel.outgoing import OperatorsCalls
from surveys.policy import SurveyPolicy
from telephony.ami import Ami
from telephony.ari import Ari, LineDown
from telephony.floor import calling_out_web, consultation_web
from telephony.floor import web as floor_web
from telephony.floor.calling_out import CallingOut
from telephony.floor.consultation import Consultations
from telephony.floor.floor import Floor
from telephony.floor.hearing import Callers, FloorEar
from telephony.floor.known import KnownCallers
from telephony.floor.phones import PhoneAccounts
from telephony.floor.relay import Relay
from telephony.floor.roster import Roster
from telephony.floor.telling import Tell
from telephony.leading import journal
from telephony.leading import web as leading_web
from telephony.leading.acts import Leading
from telephony.leading.listening import Listening
from telephony.leading.wire import Wire
from telephony.line import MEDIA_APP


class Operators:
    """The floor and all that is done on it. ``ear`` hears AMI."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        database: Database,
        ari: Ari,
        ami: Ami,
        tell: Tell,
        outgoing: OperatorsCalls,
        callers: Callers,
        let_in: Callable[[bool], None],
    ) -> None:
        """``let_in``: see Leading."""
        # An address that only means "everywhere" is none that sound could be sent to.
        media = settings.sip_bind if settings.sip_bind == settings.sip_reach else ""
        self.roster, phones = Roster(ari, ami, tell), PhoneAccounts(ari, media)
        beside: dict[str, Any] = {"clock": clock, "roster": self.roster, "database": database}
        common: dict[str, Any] = {**beside, "ari": ari, "phones": phones}
        self.floor = Floor(**common, ami=ami)
        self.floor.calls_out = outgoing.ready
        relay = Relay(url=settings.turn_url, secret=settings.turn_secret.get_secret_value())
        caller_number = settings.outgoing_number or settings.hotline_number
        calling_out = CallingOut(
            **beside, node=settings.node_name, ari=ari, outgoing=outgoing, caller_number=caller_number
        )
        self.ear = FloorEar(**common, callers=KnownCallers(callers, calling_out))
        consultations = Consultations(
            clock=clock, ari=ari, ami=ami, roster=self.roster, note=self.ear.note_answer, calls_out=outgoing.ready
        )
        self.ear.first += [consultations, calling_out]
        self.leading = Leading(clock=clock, database=database, floor=self.floor, roster=self.roster, let_in=let_in)
        self.listening = Listening(
            **beside, node=settings.node_name, wire=Wire(ari, MEDIA_APP, settings.hotline_number)
        )
        self.ear.hear_channel = self.listening.hear
        self.routes: list[Route] = [
            *floor_web.routes(self.floor, settings.sip_reach, relay, clock),
            *calling_out_web.routes(calling_out, outgoing),
            *consultation_web.routes(consultations),
            *leading_web.routes(self.leading, self.listening, self.roster),
            *journal.routes(database),
        ]


def without_a_line(
    settings: Settings, clock: Clock, database: Database, api: Api, policy: Callable[[], SurveyPolicy]
) -> Operators:
    """The same with no Asterisk behind it: its routes can be described, and asked who may use them. Nobody is ever on shift."""
    outgoing = OperatorsCalls(
        settings=settings,
        record=_forget,
        policy=policy,
        callbacks=api.callbacks,
        dossier=api.dossier,
    )
    return Operators(
        settings=settings,
        clock=clock,
        database=database,
        ari=Ari(_NoLine()),
        ami=Ami("127.0.0.1", settings.ami_port, "", ""),
        tell=lambda *_, **__: None,
        outgoing=outgoing,
        callers=KnownCallers(),
        let_in=lambda _: None,
    )


class _NoLine:
    """Implements ``telephony.ari.AriTransport`` where there is no Asterisk."""

    async def request(self, *_: Any, **__: Any) -> Any:
        """See AriTransport. Raises LineDown."""
        raise LineDown


async def _forget(_: Event) -> None:
    """Where nothing happens there is nothing to record."""
