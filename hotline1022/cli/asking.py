"""What commands about tickets share: the services of this installation for one question, who acts, and how answers are printed.

No command is here, and no rule.
"""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from functools import cached_property
from typing import Annotated, Any, TypeVar

import typer

from hotline1022.base import migrate, outbox
from hotline1022.base.access import AGENCY_ROLES, MACHINE, ROLE_NAMES, Actor, Role
from hotline1022.base.clock import CIVIL_ZONE, SystemClock
from hotline1022.base.db import Database
from hotline1022.base.errors import HotlineError, Invalid
from hotline1022.base.keys import Keys
from hotline1022.base.log import configure as configure_log
from hotline1022.base.signing_in.account_book import AccountBook
from hotline1022.base.signing_in.sessions import SessionBook
from hotline1022.config import Settings
from hotline1022.score_sources import AgencyNames, TicketJournal
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.recount import Recount
from surveys.scores.scoreboard import Scoreboard
from surveys.scores.sign_off import SignOff
from surveys.scores.weights import StandingWeights
from tickets.agencies import Agencies
from tickets.desk import Desk
from tickets.dossier import Dossier
from tickets.handling import Handling
from tickets.replanning import Replanning
from tickets.rules import StandingRules
from tickets.search.finding import TicketSearch

RULES_FOLDER = "rules"
"""In the data folder: the province's own rule files."""

READER = Actor(name="command line", role=Role.ADMINISTRATOR)
"""Who lists and shows on the command line: whoever has the data folder may read, but never who sent a sealed ticket."""

PERSONS = tuple(role for role in Role if role not in (Role.MACHINE, Role.APP))
"""Roles in which a person may act on the command line."""

Answer = TypeVar("Answer")
AsJson = Annotated[bool, typer.Option("--json", help="In JSON.")]
Code = Annotated[str, typer.Argument(help="Mã phiếu tám chữ số.", show_default=False)]
As = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="ROLE:NAME[@AGENCY]",
        help=f"Ai làm việc này, được ghi vào nhật ký: {', '.join(PERSONS)}; cán bộ và lãnh đạo cơ quan thêm @mã cơ quan.",
        show_default=False,
    ),
]


class Services:
    """The services of an installation, each made when it is first asked for."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database, self.clock = settings, database, SystemClock()

    @cached_property
    def rules(self) -> StandingRules:
        """The rules of the data folder."""
        return StandingRules(self.settings.data / RULES_FOLDER)

    @cached_property
    def desk(self) -> Desk:
        """Opens tickets and reads them."""
        return Desk(self.database, self.clock, self.rules, outbox.add)

    @cached_property
    def handling(self) -> Handling:
        """Makes moves; the running service finds their events in the outbox."""
        return Handling(self.database, self.clock, self.rules, outbox.add)

    @cached_property
    def dossier(self) -> Dossier:
        """Reads whole tickets."""
        return Dossier(self.database, self.clock, self.rules)

    @cached_property
    def accounts(self) -> AccountBook:
        """The people who may sign in; the running service asks the database for each session."""
        names = AgencyNames(self.rules)
        return AccountBook(self.database, self.clock, SessionBook(self.database, self.clock), names.knows)

    @cached_property
    def search(self) -> TicketSearch:
        """Lists tickets."""
        return TicketSearch(self.database, self.clock, self.rules)

    @cached_property
    def replanning(self) -> Replanning:
        """Computes deadlines anew."""
        return Replanning(self.database, self.clock, self.rules, outbox.add)

    @cached_property
    def scoreboard(self) -> Scoreboard:
        """Reads agencies' scores."""
        folder = self.settings.data / RULES_FOLDER
        weights, dossiers = StandingWeights(folder), StandingDossiers(folder)
        return Scoreboard(self.database, self.clock, weights, AgencyNames(self.rules), dossiers)

    @cached_property
    def sign_off(self) -> SignOff:
        """Freezes periods."""
        return SignOff(self.database, self.clock, self.scoreboard)

    @cached_property
    def recount(self) -> Recount:
        """Counts tickets anew."""
        return Recount(self.database, self.clock, TicketJournal())

    @cached_property
    def keys(self) -> Keys:
        """Access keys."""
        return Keys(self.database, self.clock)

    def actor(self, text: str) -> Actor:
        """Whom ``ROLE:NAME[@AGENCY]`` names. Raises Invalid."""
        role, colon, who = text.partition(":")
        name, at, agency = who.partition("@")
        if role not in PERSONS or not colon or not name.strip():
            roles = ", ".join(f"{each} ({ROLE_NAMES[each]})" for each in PERSONS)
            raise Invalid("Không rõ ai làm: --as phải là ROLE:NAME[@AGENCY]", remedy=f"ROLE là một trong {roles}")
        if (role in AGENCY_ROLES) != bool(at):
            raise Invalid("--as của cán bộ, lãnh đạo cơ quan phải có @mã cơ quan; của người khác thì không")
        if at:
            known_agency(self.rules.current.agencies, agency)
        name = storable(name.strip(), "--as")
        if len(name) > 100 or name.casefold() == MACHINE.name:
            raise Invalid("--as: tên dài quá 100 ký tự, hoặc là tên của hệ thống trong nhật ký", remedy="chọn tên khác")
        return Actor(name=name, role=Role(role), agency=agency or None)


def ask(question: Callable[[Services], Awaitable[Answer]]) -> Answer:
    """Ask the services of this installation. Raises HotlineError, also where the database has not been set up."""
    # What a service writes down for whoever runs it must not be taken for the answer.
    configure_log("console", logging.WARNING)
    settings = Settings.load()
    if not settings.database_url and not (settings.data / "hotline.sqlite").is_file():
        raise HotlineError(
            f"Chưa có cơ sở dữ liệu trong {settings.data}", remedy="đặt HOTLINE_DATA, hoặc chạy `make setup`"
        )

    async def run() -> Answer:
        if missing := await migrate.pending(settings.database):
            raise HotlineError(missing, remedy="chạy `make setup`")
        database = Database(settings.database)
        try:
            return await question(Services(settings, database))
        finally:
            await database.close()

    return asyncio.run(run())


def known_agency(agencies: Agencies, code: str) -> str:
    """The code of an agency of the rules. Raises Invalid for any other."""
    if code not in agencies.by_code:
        raise Invalid(
            f"Không có cơ quan nào mang mã “{code[:64]}”",
            remedy="`hotline1022 tickets agencies` in mọi mã",
            field="agency",
        )
    return code


def storable(text: str, field: str) -> str:
    """``text`` itself. Raises Invalid where it holds what no database keeps: a NUL, or bytes that are no UTF-8."""
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise Invalid(f"{field}: có ký tự không dùng được", remedy="dùng chữ UTF-8", field=field)
    return text


def civil(instant: datetime) -> str:
    """An instant as people read it."""
    return f"{instant.astimezone(CIVIL_ZONE):%H:%M %d/%m/%Y}"


def print_json(value: Any) -> None:
    """Print a value of JSON's own types."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
