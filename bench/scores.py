"""Scores after very many answers: the full ranking of a quarter, and what one more answer costs, with a short history and a long one.

Each ticket is counted by the product from a journal of its own. Only the tickets that get one more answer have theirs in the
database; the others lie there as what they contribute, which is all that a score reads of them.
"""

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from bench.databases import KINDS, databases
from bench.figures import percentile, table
from bench.filling import Filler, Row
from bench.population import SEED, SetClock
from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.score_sources import AgencyNames, TicketJournal
from surveys.counting import counted
from surveys.points import Entry, Point
from surveys.scores.recount import Recount
from surveys.scores.scoreboard import Scoreboard, ScoreQuery
from surveys.scores.weights import StandingWeights
from tickets.rules import StandingRules

FEW = 10_000
FIRST = 20_000_000
"""The first ticket; what a code must look like is no business of the scores."""
AGENCIES = 300
MORE = 200
"""Tickets that get one more answer while it is measured."""
QUARTER, BEGINS, SECONDS = "2026-Q3", datetime(2026, 7, 1, tzinfo=UTC), 91 * 86400
READER = Actor(name="bench", role=Role.LEADER)


def measure(*, quick: bool, size: int, kinds: Sequence[str] = KINDS) -> None:
    """Print the table: ``size`` answers of one quarter beside the few."""
    rules, rows = StandingRules(), []
    for kind in kinds:
        with databases(kind) as given:
            for answers in sorted({min(FEW, size), size}):
                url, began = given.fresh(), time.perf_counter()
                codes = fill(url, answers)
                print(f"{answers} answers in {kind}, written in {time.perf_counter() - began:.0f} s", flush=True)
                rows.append((kind, str(answers), *asyncio.run(_measured(url, rules, codes, 5 if quick else 40))))
    head = (
        "database",
        "answers",
        "agencies ranked",
        "ranking of the quarter, ms p50 / p99",
        "one more answer, ms p50 / p99",
    )
    print("\n" + table(head, rows), flush=True)


def fill(url: str, answers: int) -> list[str]:
    """Write what ``answers`` tickets contribute, and the counts; returns the tickets that have one answer more in their journal."""
    chance, counts = random.Random(SEED), Counter[Point]()
    codes = [str(FIRST + number) for number in range(answers)]
    more = frozenset(chance.sample(codes, min(MORE, answers)))
    journal: list[Row] = []

    def contributions() -> Iterator[Row]:
        for code in codes:
            entries = _life(chance)
            points = counted(entries[:-1] if code in more else entries)
            counts.update(points)
            for point, amount in sorted(points.items()):
                yield (code, *point, amount)
            if code in more:
                journal.extend(_rows(len(journal), code, entries))

    filler = Filler(url)
    with filler.without_indexes(["score_contributions", "ticket_journal"]):
        names = ("code", "agency", "month", "name", "mode", "amount")
        filler.add("score_contributions", names, contributions())
        summed = sorted((point.month, point.agency, point.name, point.mode, amount) for point, amount in counts.items())
        filler.add("score_counts", ("month", "agency", "name", "mode", "amount"), summed)
        filler.add("ticket_journal", ("id", "code", "at", "actor", "what", "reason", "details", "seal"), journal)
    filler.close()
    return sorted(more)


def _rows(after: int, code: str, entries: Sequence[Entry]) -> list[Row]:
    return [
        (
            after + number,
            code,
            f"{entry.at:%Y-%m-%d %H:%M:%S.%f}",
            "bench",
            entry.what,
            "",
            json.dumps(entry.details),
            "0" * 64,
        )
        for number, entry in enumerate(entries, 1)
    ]


def _life(chance: random.Random) -> list[Entry]:
    """A ticket from the routing to the survey: most in time, most citizens satisfied, as its journal tells it."""
    agency = f"agency-{chance.randrange(AGENCIES):03}"
    routed = BEGINS + timedelta(seconds=chance.randrange(SECONDS))
    told, due = routed + timedelta(days=chance.choice((1, 2, 3, 6))), routed + timedelta(days=5)
    answers = {"resolved": chance.choice((1, 1, 1, 2, 3)), "satisfaction": chance.choice((1, 2, 3, 4, 4, 5, 5, 5))}
    survey = {"agency": agency, "disposition": "completed", "mode": "ivr", "round": 0, "answers": answers}
    answer = {"agency": agency, "round": 0, "level": 2, "outcome": "answered"}
    return [
        Entry(routed, "routed", {"agency": agency}),
        Entry(routed + timedelta(hours=1), "accept", {}),
        Entry(told, "told", answer | {"due": due.isoformat(), "on_time": told <= due}),
        Entry(told + timedelta(hours=1), "surveyed", survey),
    ]


async def _measured(url: str, rules: StandingRules, codes: Sequence[str], rankings: int) -> tuple[str, ...]:
    database, clock = Database(url), SetClock()
    board = Scoreboard(database, clock, StandingWeights(), AgencyNames(rules))
    recount = Recount(database, clock, TicketJournal())
    ranked, seconds = 0, []
    for _ in range(rankings):
        began = time.perf_counter()
        ranked = len((await board.scores(ScoreQuery(period=QUARTER), READER)).scores)
        seconds.append(time.perf_counter() - began)
    one_more = []
    for code in codes:
        began = time.perf_counter()
        await recount.recount(code)
        one_more.append(time.perf_counter() - began)
    await database.close()
    return str(ranked), _spread(seconds), _spread(one_more)


def _spread(seconds: Sequence[float]) -> str:
    return " / ".join(f"{percentile(seconds, share) * 1000:.1f}" for share in (0.5, 0.99))
