"""The interface over HTTP put together: the services behind it, their routes, its description. No route is written here."""

from importlib.metadata import version
from pathlib import Path

from aiohttp import web
from pydantic import RootModel

from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.http.openapi import describe
from hotline1022.base.http.routes import Call, Route, Told
from hotline1022.base.http.serving import Serving
from hotline1022.base.keys import Keys
from hotline1022.score_sources import AgencyNames, TicketJournal
from hotline1022.survey_desk import SurveyDesk, SurveyRules
from surveys.scores import web as score_web
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.recount import Recount
from surveys.scores.scoreboard import Scoreboard
from surveys.scores.sign_off import SignOff
from surveys.scores.weights import StandingWeights
from tickets import web as ticket_web
from tickets.appointments import web as appointment_web
from tickets.appointments.book import AppointmentBook
from tickets.changes import RecordEvent
from tickets.desk import Desk
from tickets.dossier import Dossier
from tickets.handling import Handling
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
        proxies: tuple[str, ...] = (),
    ) -> None:
        self.keys = Keys(database, clock)
        self.handling = Handling(database, clock, rules, record_event)
        self.dossier = Dossier(database, clock, rules)
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
        board = Scoreboard(database, clock, self.weights, AgencyNames(rules), self.dossiers)
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
            *self.surveys.routes(),
            *score_web.routes(board, SignOff(database, clock, board)),
        ]
        self.routes.append(self._description())

    def mount(self, app: web.Application) -> None:
        """Serve every route on ``app``."""
        Serving(self.keys.actor_of, self._proxies).mount(app, self.routes)

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
