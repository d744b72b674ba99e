"""Very many tickets for a bench: some real ones, made by the product itself, repeated at other weeks under codes and words of their own.

Words are syllables drawn as language has them: a few are in most reports, most are in few. Everything is drawn from one seed.
"""

import asyncio
import random
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache, cached_property

import numpy
from pydantic import TypeAdapter
from sqlalchemy import Table, make_url

from bench.databases import databases
from bench.filling import Filler, Row
from hotline1022.base import migrate, outbox
from hotline1022.base.access import MACHINE, Actor, Role
from hotline1022.base.db import Database, Instant
from tickets.code import FIRST_STEM, LAST_STEM, code_of
from tickets.desk import Desk
from tickets.handling import Handling
from tickets.journal.store import ticket_journal
from tickets.model import Report
from tickets.moves import AnyMove
from tickets.rules import StandingRules
from tickets.search.store import ticket_words
from tickets.store import ticket_codes, ticket_deadlines, tickets

SEED = 1022
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""The instant at which a population is looked at: a Monday morning."""
WEEK = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
"""The week in which the real tickets were taken; the others were taken whole weeks earlier or later."""

WORDS_SAID = 30
_INITIALS = "b c ch d g gi h k kh l m n ng nh ph qu r s t th tr v x"
_RIMES = (
    "a ac ach ai am an ang anh ao ap at au ay e ech em en enh eo ep et eu i ich iec iem ien iep ieu in inh ip it iu o oa oai "
    "oam oan oang oat oc oen oeo oi om on ong op ot u ua uan uat uech ui um un ung uoc uoi uom uon uong uop uou up ut uy uya "
    "uyen uyet uynh uyt yen"
)
_MOVE: TypeAdapter[AnyMove] = TypeAdapter(AnyMove)
_LIFE: tuple[tuple[str, dict[str, str], Role], ...] = (
    ("classify", {}, Role.OPERATOR),
    ("route", {}, Role.OPERATOR),
    ("accept", {}, Role.OFFICER),
    ("work", {}, Role.OFFICER),
    ("draft", {"text": "Đã sửa xong."}, Role.OFFICER),
    ("approve", {}, Role.APPROVER),
    ("tell", {"how": "phone"}, Role.OPERATOR),
    ("close", {}, Role.MACHINE),
)
WITH_AGENCY = (2, 3, 4)
"""Moves after which an agency has a ticket and its clock runs."""


@dataclass
class SetClock:
    """A clock that stands where it is set."""

    instant: datetime = NOW

    def now(self) -> datetime:
        """The instant that was set."""
        return self.instant


@dataclass(frozen=True, eq=False)
class Real:
    """A ticket that the product made, and its deadlines, as they lie in the database."""

    ticket: dict[str, str | int | float | None]
    deadlines: tuple[dict[str, str | int | float | None], ...]


def vocabulary() -> list[str]:
    """Some 1,700 different syllables without marks, the most frequent first."""
    chance = random.Random(SEED)
    found = sorted({initial + rime for initial in _INITIALS.split() for rime in _RIMES.split()})
    chance.shuffle(found)
    return found


def make_real(rules: StandingRules, moves: Sequence[int]) -> list[Real]:
    """Tickets of every commune, each after one of ``moves``: how many moves of a whole life it has made."""
    with databases("sqlite") as given:
        url = given.fresh()
        asyncio.run(_live(Database(url), rules, moves))
        with sqlite3.connect(str(make_url(url).database)) as connection:
            connection.row_factory = sqlite3.Row
            owed: dict[str, list[dict[str, str | int | float | None]]] = {}
            for row in connection.execute("SELECT * FROM ticket_deadlines ORDER BY id"):
                owed.setdefault(row["code"], []).append(dict(row))
            rows = connection.execute("SELECT * FROM tickets ORDER BY code").fetchall()
        connection.close()
        return [Real(dict(row), tuple(owed[row["code"]])) for row in rows]


async def _live(database: Database, rules: StandingRules, moves: Sequence[int]) -> None:
    chance, clock = random.Random(SEED), SetClock()
    desk, handling = Desk(database, clock, rules, outbox.add), Handling(database, clock, rules, outbox.add)
    topics = [topic.code for topic in rules.current.topics.topics if topic.referral is None]
    for number, place in enumerate(sorted(rules.current.localities.communes) * 3):
        clock.instant = WEEK + timedelta(minutes=chance.randrange(7 * 1440))
        report = Report(
            source_key=f"real:{number}",
            taken_at=clock.instant,
            number="+84912345678",
            topic=chance.choice(topics),
            place=place,
            urgent=chance.random() < 0.05,
        )
        ticket = await desk.open(report)
        clock.instant += timedelta(minutes=10)
        for name, said, role in _LIFE[: chance.choice(moves)]:
            given = {"topic": ticket.topic, "place": place} if name == "classify" else said
            actor = MACHINE if role is Role.MACHINE else Actor(name=role, role=role, agency=ticket.agency)
            await handling.make(ticket.code, _MOVE.validate_python({"move": name, **given}), actor)
    await database.close()


@dataclass(frozen=True)
class Part:
    """A part of a population: it repeats ``real`` tickets ``weeks`` weeks later, each as likely as the other."""

    share: float
    real: Sequence[Real]
    weeks: Sequence[int]


@dataclass
class Population:
    """``size`` tickets in these parts."""

    size: int
    parts: Sequence[Part]
    codes: list[str] = field(init=False, default_factory=list)
    taken: list[str] = field(init=False, default_factory=list)

    def fill(self, url: str, *, words: bool) -> dict[str, str]:
        """Write all of it into an empty database; returns the agency of each ticket by its code."""
        names = ["tickets", "ticket_deadlines", "ticket_journal", *(["ticket_words"] if words else [])]
        filler = Filler(url)
        chance = random.Random(SEED)
        self.codes = _codes(self.size)
        parts = chance.choices(self.parts, [part.share for part in self.parts], k=self.size)
        drawn = [(chance.choice(part.real), chance.choice(part.weeks)) for part in parts]
        with filler.without_indexes(names):
            at = _text(NOW)
            filler.add("ticket_codes", _columns(ticket_codes), ((code, at) for code in self.codes))
            filler.add("tickets", _columns(tickets), self._tickets(drawn))
            filler.add("ticket_deadlines", _columns(ticket_deadlines)[1:], self._deadlines(drawn))
            filler.add("ticket_journal", _columns(ticket_journal), self._journal())
            if words:
                filler.add("ticket_words", _columns(ticket_words), self._words())
        filler.close()
        asyncio.run(migrate.upgrade(url))  # as the product does whenever it starts
        return {code: str(real.ticket["agency"]) for code, (real, _) in zip(self.codes, drawn, strict=True)}

    @cached_property
    def said(self) -> "numpy.ndarray[tuple[int, int], numpy.dtype[numpy.int16]]":
        """The words of each ticket, as their numbers in the vocabulary: the n-th most frequent is said 1/n as often as the first."""
        frequency = 1 / numpy.arange(1, len(vocabulary()) + 1)
        bounds = numpy.cumsum(frequency / frequency.sum())
        chance = numpy.random.default_rng(SEED)
        drawn = numpy.searchsorted(bounds, chance.random((self.size, WORDS_SAID)))
        return numpy.minimum(drawn, len(bounds) - 1).astype(numpy.int16)

    def _tickets(self, drawn: Sequence[tuple[Real, int]]) -> Iterator[Row]:
        chance, words = random.Random(SEED), vocabulary()
        columns = _columns(tickets)
        place = {name: columns.index(name) for name in ("code", "source_key", "taken_at", "number", "summary")}
        self.taken = []
        for number, (code, (real, week)) in enumerate(zip(self.codes, drawn, strict=True)):
            row = list(_ticket(real, week))
            taken = f"{str(row[place['taken_at']])[:19]}.{chance.randrange(1_000_000):06}"
            self.taken.append(taken)
            row[place["code"]], row[place["source_key"]] = code, f"bench:{number}"
            row[place["taken_at"]], row[place["number"]] = taken, f"+849{chance.randrange(300_000):08}"
            row[place["summary"]] = " ".join(words[word] for word in self.said[number])
            yield row

    def _deadlines(self, drawn: Sequence[tuple[Real, int]]) -> Iterator[Row]:
        for code, (real, week) in zip(self.codes, drawn, strict=True):
            for row in _owed(real, week):
                yield (code, *row)

    def _journal(self) -> Iterator[Row]:
        at, seal = _text(NOW), "0" * 64
        for number, code in enumerate(self.codes, 1):
            yield (number, code, at, "machine", "opened", "Lĩnh vực và nơi xảy ra do người dân nói.", "{}", seal)

    def _words(self) -> Iterator[Row]:
        """In the order of the key: word, then instant, then code."""
        words = vocabulary()
        by_time = numpy.argsort(numpy.array(self.taken))
        said = self.said[by_time]
        said.sort(axis=1)
        first = numpy.ones(said.shape, dtype=bool)
        first[:, 1:] = said[:, 1:] != said[:, :-1]
        rows, _ = numpy.nonzero(first)
        kept = said[first]
        for number in sorted(range(len(words)), key=words.__getitem__):
            word = words[number]
            for ticket in by_time[rows[kept == number]].tolist():
                yield (word, self.taken[ticket], self.codes[ticket])


@cache
def _ticket(real: Real, weeks: int) -> Row:
    return _moved(real.ticket, tickets, weeks)


@cache
def _owed(real: Real, weeks: int) -> tuple[Row, ...]:
    """Its deadlines without id and code."""
    return tuple(_moved(each, ticket_deadlines, weeks)[2:] for each in real.deadlines)


def _moved(values: dict[str, str | int | float | None], table: Table, weeks: int) -> Row:
    """A row whose instants lie ``weeks`` later."""
    later = timedelta(weeks=weeks)
    return tuple(
        _text(datetime.fromisoformat(str(value)).replace(tzinfo=UTC) + later)
        if value is not None and isinstance(column.type, Instant)
        else value
        for column in table.columns
        for value in [values[column.name]]
    )


def _codes(count: int) -> list[str]:
    chance = random.Random(SEED)
    stems = iter(chance.sample(range(FIRST_STEM, LAST_STEM + 1), count + count // 8 + 100))
    sound = (code for stem in stems if (code := code_of(stem)))
    return sorted(next(sound) for _ in range(count))


def _columns(table: Table) -> list[str]:
    return [column.name for column in table.columns]


def _text(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f}"
