"""Keeps the names of the rules in force where SQL can read them, for dashboards. No figure is computed here."""

import asyncio

import structlog

from hotline1022.base.db import Database
from hotline1022.base.errors import DatabaseAway
from hotline1022.reporting import store
from surveys.points import HOTLINE
from tickets.rules import Rules, StandingRules
from tickets.telling import HOTLINE_NAME

log = structlog.get_logger()

LOOK_SECONDS = 60.0
"""Seconds between looks whether an agency, a topic or a commune is called otherwise."""


async def keep_names(database: Database, rules: Rules) -> int:
    """Write the names of these rules that are new or changed; returns how many. Raises DatabaseAway."""
    async with database.reading() as connection:
        known = await store.stored(connection)
    changed = {key: name for key, name in names_of(rules).items() if known.get(key) != name}
    if changed:
        async with database.transaction() as connection:
            await store.write(connection, changed)
    return len(changed)


async def keep_names_always(database: Database, rules: StandingRules) -> None:
    """Do so again and again, until cancelled."""
    while True:
        try:
            if written := await keep_names(database, rules.current):
                log.info("report_names_written", count=written)
        except DatabaseAway:
            log.warning("names_wait_for_database")
        await asyncio.sleep(LOOK_SECONDS)


def names_of(rules: Rules) -> dict[tuple[str, str], str]:
    """What people call each agency, topic and commune, by kind and code."""
    agencies = {("agency", each.code): each.short or each.name for each in rules.agencies.agencies}
    topics = {("topic", each.code): each.name for each in rules.topics.topics}
    places = {("place", code): commune.name for code, commune in rules.localities.communes.items()}
    return {("agency", HOTLINE): HOTLINE_NAME, **agencies, **topics, **places}
