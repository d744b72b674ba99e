"""What others need of tickets and their rules, put together: the journal without its words, names. Nothing is counted here."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from surveys.points import HOTLINE, Entry
from tickets.journal import store as journal
from tickets.rules import StandingRules
from tickets.store import tickets
from tickets.telling import HOTLINE_NAME


class TicketJournal:
    """Implements ``surveys.scores.recount.Journal``."""

    async def of_ticket(self, connection: AsyncConnection, code: str) -> Sequence[Entry]:
        """See Journal."""
        return [Entry(entry.at, entry.what, entry.details) for _, entry in await journal.of_ticket(connection, code)]

    async def codes(self, connection: AsyncConnection, after: str, limit: int) -> Sequence[str]:
        """See Journal."""
        found = select(tickets.c.code).where(tickets.c.code > after).order_by(tickets.c.code).limit(limit)
        return (await connection.scalars(found)).all()


class AgencyNames:
    """Implements ``surveys.scores.scoreboard.Agencies`` by the rules in force."""

    def __init__(self, rules: StandingRules) -> None:
        self._rules = rules

    def knows(self, code: str) -> bool:
        """See Agencies."""
        return code == HOTLINE or code in self._rules.current.agencies.by_code

    def name_of(self, code: str) -> str:
        """See Agencies."""
        return HOTLINE_NAME if code == HOTLINE else self._rules.current.agencies.name_of(code)

    def line_of(self, code: str, day: date) -> frozenset[str]:
        """See Agencies."""
        return frozenset({code}) if code == HOTLINE else self._rules.current.agencies.line_of(code, day)

    def heirs(self, day: date) -> Mapping[str, str]:
        """See Agencies."""
        agencies = self._rules.current.agencies
        found = {code: agencies.standing_for(code, day) for code in agencies.ended_by(day)}
        return {code: heir.code for code, heir in found.items() if heir is not None}


class CommuneNames:
    """Names communes of today by the rules in force."""

    def __init__(self, rules: StandingRules) -> None:
        self._rules = rules

    def __call__(self, code: str | None) -> str | None:
        """The commune's name; None for a code of none."""
        commune = self._rules.current.localities.communes.get(code or "")
        return commune.name if commune else None
