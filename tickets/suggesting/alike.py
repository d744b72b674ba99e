"""Open tickets of the same days and place that may be about the same matter, and how many people have reported each. Reads only."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from tickets.model import Stage
from tickets.rules import Rules
from tickets.search.words import searchable
from tickets.stages import OPEN, STAGE_NAMES
from tickets.store import tickets
from tickets.suggesting.model import SimilarTicket

WITHIN = timedelta(days=7)
MOST = 5
_MOST_LOOKED_AT = 200
_STAGES = tuple(stage for stage in OPEN if stage is not Stage.MERGED)
_ENOUGH = 0.4
"""The share of a ticket's words that must be said again where the topic is another one."""
_FEWEST = 3
"""Words that must be the same then."""


async def similar(
    connection: AsyncConnection, rules: Rules, *, topic: str | None, place: str | None, text: str, now: datetime
) -> tuple[SimilarTicket, ...]:
    """Those at ``place`` of the last days, of the same topic or in much the same words; the likeliest first. None without a place."""
    if place is None:
        return ()
    columns = tickets.c
    statement = (
        select(tickets)
        .where(columns.place == place, columns.taken_at >= now - WITHIN, columns.stage.in_(_STAGES))
        .where(columns.sealed.is_(False))
        .order_by(columns.taken_at.desc(), columns.code)
        .limit(_MOST_LOOKED_AT)
    )
    rows = [dict(row) for row in (await connection.execute(statement)).mappings()]
    said = frozenset(searchable(text))
    scored = [(score, row) for row in rows if (score := likeness(row, topic, said)) > 0]
    # The rows come newest first, and sorting keeps equals in their order.
    best = [row for _, row in sorted(scored, key=lambda each: -each[0])[:MOST]]
    reporters = await reporters_of(connection, [row["code"] for row in best])
    return tuple(_told(row, rules, topic, reporters[row["code"]]) for row in best)


def likeness(row: Mapping[str, Any], topic: str | None, said: frozenset[str]) -> float:
    """How likely a ticket is about what was said: 0 for not at all, 1 and more for one of the same topic."""
    own = frozenset(searchable(row["summary"] or row["place_words"] or ""))
    same = len(own & said)
    share = same / min(len(own), len(said)) if own and said else 0.0
    if topic is not None and row["topic"] == topic:
        return 1 + share
    return share if same >= _FEWEST and share >= _ENOUGH else 0.0


async def reporters_of(connection: AsyncConnection, codes: Sequence[str]) -> dict[str, int]:
    """How many people have reported each: its own citizen, and those of the tickets merged into it."""
    merged = tickets.c.duplicate_of
    statement = select(merged, func.count()).where(merged.in_(codes)).group_by(merged)
    counts = {row[0]: row[1] for row in await connection.execute(statement)} if codes else {}
    return {code: 1 + counts.get(code, 0) for code in codes}


def _told(row: Mapping[str, Any], rules: Rules, topic: str | None, reporters: int) -> SimilarTicket:
    place, days = rules.place_name(row["place"]), WITHIN.days
    why = "cùng lĩnh vực" if row["topic"] == topic else "lời kể gần giống"
    return SimilarTicket(
        code=row["code"],
        summary=row["summary"],
        place_name=place,
        topic_name=rules.topics.name_of(row["topic"]),
        agency_name=rules.agencies.name_of(row["agency"]),
        stage_name=STAGE_NAMES[Stage(row["stage"])],
        opened_at=row["opened_at"],
        reporters=reporters,
        reason=f"cùng {place}, {why}, trong {days} ngày qua",
    )
