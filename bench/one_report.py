"""``python -m bench.one_report NOW NAME PERIOD FORMAT``: what one report costs this process, as JSON. Started by ``bench.year``.

Seconds of the clock on the wall, megabytes of memory; the database's URL is in BENCH_DATABASE.
"""

import asyncio
import json
import logging
import os
import sys
import time
from datetime import datetime
from pathlib import Path

from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.base.log import configure as configure_log
from hotline1022.reporting.catalogue import Asked, format_of, offer_of
from hotline1022.reporting.sources import Sources
from hotline1022.score_sources import AgencyNames
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.scoreboard import Scoreboard
from surveys.scores.weights import StandingWeights
from tests.conftest import StillClock
from tickets.rules import StandingRules

READER = Actor(role=Role.LEADER, name="bench")


def _peak() -> float:
    # Not ru_maxrss: that begins with what the process had that started this one.
    (line,) = (line for line in Path("/proc/self/status").read_text("ascii").splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 1024


async def _cost(now: datetime, name: str, period: str, form: str) -> dict[str, float]:
    database, rules, clock = Database(os.environ["BENCH_DATABASE"]), StandingRules(), StillClock(now)
    board = Scoreboard(database, clock, StandingWeights(), AgencyNames(rules), StandingDossiers())
    offer = offer_of(name)
    written, before, began = format_of(offer, form), _peak(), time.perf_counter()
    report = await offer.build(Sources(database, clock, rules, board, READER), Asked(period))
    read = time.perf_counter()
    written.render(report)
    end = time.perf_counter()
    await database.close()
    return {"reading": read - began, "writing": end - read, "before": before, "peak": _peak()}


if __name__ == "__main__":
    configure_log("console", logging.ERROR)
    instant, *asked = sys.argv[1:]
    print(json.dumps(asyncio.run(_cost(datetime.fromisoformat(instant), *asked))))
