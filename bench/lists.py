"""Lists and searches over very many tickets: how long one page of each takes, as the hotline and an agency's officer ask for it."""

import asyncio
import itertools
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.databases import KINDS, databases
from bench.figures import percentile, table
from bench.population import SEED, Part, Population, SetClock, make_real, vocabulary
from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from tickets.rules import StandingRules
from tickets.search.finding import TicketQuery, TicketSearch

LEADER = Actor(name="hoa", role=Role.LEADER)
DEEP = 20
"""Pages turned before the one that is measured."""

Asked = tuple[dict[str, object], Actor]


@dataclass
class Subjects:
    """What is asked for: drawn anew for each page, from one seed."""

    agencies: Sequence[str]
    communes: Sequence[str]
    numbers: Sequence[str]
    chance: random.Random

    def agency(self) -> str:
        """Any agency with tickets, a busy one no likelier than a quiet one."""
        return self.chance.choice(self.agencies)

    def officer(self) -> Actor:
        """Who works at one of them."""
        return Actor(name="officer", role=Role.OFFICER, agency=self.agency())

    def commune(self) -> str:
        """Any commune."""
        return self.chance.choice(self.communes)

    def word(self, kind: str) -> str:
        """A word that is in more than one ticket of twenty (common), in some of a hundred (usual), in some of a thousand (rare)."""
        first, last = {"common": (0, 70), "usual": (70, 350), "rare": (700, 1700)}[kind]
        return vocabulary()[self.chance.randrange(first, last)]


QUESTIONS: dict[str, Callable[[Subjects], Asked]] = {
    "newest": lambda _: ({}, LEADER),
    "one stage": lambda _: ({"stage": ("classified",)}, LEADER),
    "one agency": lambda on: ({"agency": on.agency()}, LEADER),
    "one agency, by due time": lambda on: ({"agency": on.agency(), "order": "due"}, LEADER),
    "overdue of one agency": lambda on: ({"agency": on.agency(), "overdue": True}, LEADER),
    "overdue of one agency, by due time": lambda on: (
        {"agency": on.agency(), "overdue": True, "order": "due"},
        LEADER,
    ),
    "overdue of all, by due time": lambda _: ({"overdue": True, "order": "due"}, LEADER),
    "one commune": lambda on: ({"place": on.commune()}, LEADER),
    "one commune and stage": lambda on: ({"place": on.commune(), "stage": ("handling",)}, LEADER),
    "urgent of one commune": lambda on: ({"place": on.commune(), "urgent": True}, LEADER),
    "an officer's own": lambda on: ({}, on.officer()),
    "an officer's own, by due time": lambda on: ({"order": "due"}, on.officer()),
    "an officer's own, one stage": lambda on: ({"stage": ("handling",)}, on.officer()),
    "a common word": lambda on: ({"words": on.word("common")}, LEADER),
    "a rare word": lambda on: ({"words": on.word("rare")}, LEADER),
    "two common words": lambda on: ({"words": f"{on.word('common')} {on.word('common')}"}, LEADER),
    "two usual words": lambda on: ({"words": f"{on.word('usual')} {on.word('usual')}"}, LEADER),
    "four usual words": lambda on: ({"words": " ".join(on.word("usual") for _ in range(4))}, LEADER),
    "a common and a rare word": lambda on: ({"words": f"{on.word('common')} {on.word('rare')}"}, LEADER),
    "a common word and one nobody said": lambda on: ({"words": f"{on.word('common')} zzz"}, LEADER),
    "a common word in one commune": lambda on: ({"words": on.word("common"), "place": on.commune()}, LEADER),
    "a common word, an officer's own": lambda on: ({"words": on.word("common")}, on.officer()),
    "a number": lambda on: ({"number": on.chance.choice(on.numbers)}, LEADER),
}


def measure(*, quick: bool, size: int, kinds: Sequence[str] = KINDS) -> None:
    """Print a table for each database."""
    rules = StandingRules()
    population = mixed(rules, size)
    for kind in kinds:
        with databases(kind) as given:
            url = given.fresh()
            began = time.perf_counter()
            population.fill(url, words=True)
            print(f"\n{size} tickets in {kind}, written in {time.perf_counter() - began:.0f} s\n", flush=True)
            asyncio.run(ask(url, rules, population, samples=5 if quick else 40))


def mixed(rules: StandingRules, size: int) -> Population:
    """Three years of tickets: one in ten is open, a third of these for more than a week."""
    waiting, told = make_real(rules, range(7)), make_real(rules, (7, 8, 8, 8))
    return Population(size, [Part(0.1, waiting, (0,) * 8 + (-1, -1, -2, -3)), Part(0.9, told, range(-155, 0))])


async def ask(url: str, rules: StandingRules, population: Population, *, samples: int) -> None:
    """Print how long the pages take."""
    database = Database(url)
    search = TicketSearch(database, SetClock(), rules)
    parts = [real.ticket for part in population.parts for real in part.real]
    agencies = Counter(str(row["agency"]) for row in parts)
    subjects = Subjects(
        agencies=sorted(agencies),
        communes=sorted(rules.current.localities.communes),
        numbers=[f"+849{number:08}" for number in range(0, 300_000, 1000)],
        chance=random.Random(SEED),
    )
    rows = []
    for name, question in QUESTIONS.items():
        asked = [question(subjects) for _ in range(samples)]
        rows.append((name, *await _timed(search, asked)))
    rows.append((f"newest, page {DEEP + 1}", *await _deep(search, samples)))
    print(table(("one page of 50", "p50 ms", "p95 ms", "most ms", "tickets on it"), rows), flush=True)
    await database.close()


async def _timed(search: TicketSearch, asked: Sequence[Asked]) -> tuple[str, ...]:
    seconds, found = [], []
    for values, actor in asked:
        query = TicketQuery.model_validate(values)
        began = time.perf_counter()
        try:
            found.append(len((await search.page(query, actor)).items))
        except DatabaseAway:
            found.append(-1)
        seconds.append(time.perf_counter() - began)
    return _figures(seconds, found)


async def _deep(search: TicketSearch, samples: int) -> tuple[str, ...]:
    seconds, found, cursor = [], [], None
    for turned in itertools.count():
        began = time.perf_counter()
        page = await search.page(TicketQuery(cursor=cursor), LEADER)
        cursor = page.next
        if turned >= DEEP:
            seconds.append(time.perf_counter() - began)
            found.append(len(page.items))
        if len(found) == samples or cursor is None:
            break
    return _figures(seconds, found)


def _figures(seconds: Sequence[float], found: Sequence[int]) -> tuple[str, ...]:
    times = (percentile(seconds, 0.5), percentile(seconds, 0.95), max(seconds))
    given_up = f", {found.count(-1)} given up" if -1 in found else ""
    return (*(f"{each * 1000:.1f}" for each in times), f"{sum(found) / len(found):.0f}{given_up}")
