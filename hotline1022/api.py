"""The interface over HTTP put together: the services behind it, their routes, its description. No route is written here."""

from collections.abc import Collection, Sequence
from importlib.metadata import version
from pathlib import Path

from aiohttp import web
from pydantic import RootModel

from hotline1022.administration.office import Administration
from hotline1022.base.access import Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.http.openapi import describe
from hotline1022.base.http.routes import Call, Route, Told
from hotline1022.base.http.serving import Serving
from hotline1022.base.keys import Keys
from hotline1022.base.signing_in import account_web
from hotline1022.base.signing_in.account_book import AccountBook
from hotline1022.base.signing_in.desk import SignInDesk
from hotline1022.base.signing_in.second_factor import Seal
from hotline1022.base.signing_in.sessions import SessionBook
from hotline1022.base.signing_in.web import Cookie, SessionRoutes
from hotline1022.call_desk import CallDesk
from hotline1022.call_log import CallLog
from hotline1022.caller_card import CallerCard
from hotline1022.config import FOUR_EYES
from hotline1022.reporting import web as report_web
from hotline1022.score_sources import AgencyNames, CommuneNames, TicketJournal
from hotline1022.survey_desk import SurveyDesk, SurveyRules
from surveys.scores import web as score_web
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.recount import Recount
from surveys.scores.scoreboard import Scoreboard
from surveys.scores.sign_off import SignOff
from surveys.scores.weights import StandingWeights
from telephony.announcing import web as announcing_web
from telephony.announcing.announcements import Announcements
from telephony.callbacks import web as callback_web
from telephony.callbacks.callbacks import Callbacks
from telephony.callbacks.policy import StandingCallbackPolicy
from telephony.recordings import RecordingShelf
from tickets import web as ticket_web
from tickets.appointments import web as appointment_web
from tickets.appointments.book import AppointmentBook
from tickets.assignees import web as assignee_web
from tickets.changes import RecordEvent
from tickets.desk import Desk
from tickets.dossier import Dossier
from tickets.drafts import web as draft_web
from tickets.drafts.book import DraftBook
from tickets.handling import Handling
from tickets.inbox import web as inbox_web
from tickets.inbox.desk import InboxDesk
from tickets.intake import web as intake_web
from tickets.intake.reports import Reports
from tickets.letters import web as letter_web
from tickets.letters.register import LetterRegister
from tickets.open311 import web as open311_web
from tickets.open311.requests import GeoReport
from tickets.photos import web as photo_web
from tickets.photos.shelf import PhotoShelf
from tickets.photos.studio import Studio
from tickets.public import web as public_web
from tickets.public.look_up import LookUp
from tickets.publication import web as publication_web
from tickets.publication.reading import PublicAnswers
from tickets.rules import StandingRules
from tickets.search.finding import TicketSearch
from tickets.slips import web as slip_web
from tickets.suggesting import web as suggestion_web
from tickets.suggesting.suggester import Suggester
from tickets.templates import web as template_web
from tickets.templates.shelf import TemplateShelf

TITLE = "Tổng đài 1022"


class Description(RootModel[dict[str, object]]):
    """An OpenAPI 3.1 document."""


class Api:
    """Every way in over HTTP but the panel's. ``data`` is the installation's data folder."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        rules: StandingRules,
        desk: Desk,
        record_event: RecordEvent,
        data: Path,
        surveys: SurveyRules,
        account_key: bytes,
        secure: bool = False,
        second_factor_for: frozenset[Role] = frozenset(),
        proxies: tuple[str, ...] = (),
        four_eyes: Collection[str] = FOUR_EYES,
    ) -> None:
        """``account_key`` seals the second factors; ``secure``: browsers come by HTTPS; ``four_eyes``: files of the
        province that nobody brings into force who has written in the draft."""
        self.keys = Keys(database, clock)
        self.sessions = SessionBook(database, clock, second_factor_for)
        desk_of_people = SignInDesk(database, clock, self.sessions, Seal(account_key))
        names = AgencyNames(rules)
        self.signing_in = SessionRoutes(desk_of_people, Cookie(secure=secure), clock, names.name_of)
        self.accounts = AccountBook(database, clock, self.sessions, names.knows)
        self.handling = Handling(database, clock, rules, record_event)
        self.dossier = Dossier(database, clock, rules)
        self.drafts = DraftBook(database, clock, rules)
        self.suggester = Suggester(database, clock, rules)
        search = TicketSearch(database, clock, rules)
        answers = PublicAnswers(database, rules)
        studio = Studio(database, clock, PhotoShelf(data / "photos"))
        reports = Reports(database, clock, rules, desk=desk, handling=self.handling, studio=studio)
        georeport = GeoReport(database, clock, rules, reports)
        self.surveys = SurveyDesk(
            database=database, clock=clock, rules=rules, desk=desk, record_event=record_event, surveys=surveys
        )
        self.weights = StandingWeights(data / "rules")
        self.recount = Recount(database, clock, TicketJournal())
        self.dossiers = StandingDossiers(data / "rules")
        self.administration = Administration(
            database=database, clock=clock, rules=rules, data=data, four_eyes=four_eyes
        )  # fmt: skip
        board = Scoreboard(database, clock, self.weights, names, self.dossiers)
        self.callback_policy = StandingCallbackPolicy(data / "rules")
        self.callbacks = Callbacks(
            database,
            clock,
            lambda: self.callback_policy.current,
            lambda: rules.current.calendar("always" if surveys.trial else self.callback_policy.current.calendar),
        )
        self.rule_files = (self.weights, self.dossiers, self.callback_policy)
        """Those that are read again while the service runs."""
        self.announcements = Announcements(database, clock)
        recordings = RecordingShelf(data / "recordings")
        self._data, self._proxies = data, proxies
        self.routes: list[Route] = [
            *ticket_web.routes(
                desk=desk, handling=self.handling, dossier=self.dossier, search=search, rules=rules, clock=clock
            ),
            *publication_web.routes(answers),
            *public_web.routes(LookUp(database, clock, rules, self.handling), answers, rules),
            *photo_web.routes(studio=studio, handling=self.handling, dossier=self.dossier),
            *intake_web.routes(reports=reports),
            *open311_web.routes(georeport=georeport, rules=rules, authenticate=self.keys.actor_of, clock=clock),
            *letter_web.routes(LetterRegister(database, clock, rules)),
            *appointment_web.routes(AppointmentBook(database, clock, rules)),
            *inbox_web.routes(InboxDesk(database, clock, rules)),
            *suggestion_web.routes(self.suggester),
            *slip_web.routes(self.dossier, rules, clock),
            *draft_web.routes(self.drafts),
            *template_web.routes(TemplateShelf(database, clock, rules)),
            *assignee_web.routes(self.handling, database),
            *self.surveys.routes(),
            *score_web.routes(board, SignOff(database, clock, board)),
            *report_web.routes(database, clock, rules, board),
            *announcing_web.routes(self.announcements, CommuneNames(rules)),
            *CallDesk(database, self.dossier, recordings).routes(),
            *CallLog(database, clock, rules, recordings).routes(),
            *CallerCard(database, clock, rules).routes(),
            *callback_web.routes(self.callbacks, clock),
            *self.signing_in.routes(),
            *account_web.routes(self.accounts, names.name_of),
            *self.administration.routes(),
        ]
        self.routes.append(self._description())

    def add(self, routes: Sequence[Route]) -> None:
        """Serve these routes too; before ``mount``."""
        self.routes[-1:-1] = routes

    def mount(self, app: web.Application) -> None:
        """Serve every route on ``app``."""
        Serving(self.keys.actor_of, self._proxies, self.signing_in.session_of).mount(app, self.routes)

    def description(self) -> dict[str, object]:
        """The OpenAPI 3.1 document of every route."""
        return describe(self.routes, title=TITLE, version=version("hotline1022"))

    def _description(self) -> Route:
        document: list[Description] = []

        async def described(_call: Call[Told, None]) -> Description:
            if not document:
                document.append(Description(self.description()))
            return document[0]

        return Route(
            "GET", "/api/openapi.json", described, "Mô tả giao diện này (OpenAPI 3.1)", "Mô tả", None, {200: Description}
        )  # fmt: skip
