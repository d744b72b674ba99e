"""What the service does again and again beside the calls, each until cancelled. What is done is decided by those who are asked; none of
it ends because the database is away."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import structlog

from hotline1022.base.errors import DatabaseAway
from surveys.campaign import Campaign
from tickets.agenda import Agenda
from tickets.desk import Desk
from tickets.drafts.book import DraftBook
from tickets.replanning import Replanning

log = structlog.get_logger()

CODES_AHEAD_SECONDS = 5.0
"""Seconds between looks whether codes must be reserved."""

SWEEP_SECONDS = 60.0
"""Seconds between sweeps for steps of tickets that no planned look has made."""

SURVEYS_SWEPT_AFTER = timedelta(minutes=10)
"""How late an attempt of a survey must be before the sweep takes it for forgotten."""

FORGET_SECONDS = 24 * 3600.0
"""Seconds between the days on which old drafts are erased."""


async def keep_codes(desk: Desk) -> None:
    """Keep codes of tickets reserved, for callers who come while the database is away."""
    while True:
        try:
            await desk.keep_codes_ahead()
        except DatabaseAway:
            log.warning("codes_wait_for_database")
        await asyncio.sleep(CODES_AHEAD_SECONDS)


async def sweep(agenda: Agenda, campaign: Campaign, count: Callable[[int], None]) -> None:
    """Make the steps and attempts that no planned look has made, and count them."""
    while True:
        await asyncio.sleep(SWEEP_SECONDS)
        try:
            count(await agenda.sweep() + await campaign.sweep(SURVEYS_SWEPT_AFTER))
        except DatabaseAway:
            log.warning("sweep_waits_for_database")


async def replan(replanning: Replanning, taken: asyncio.Event) -> None:
    """Plan deadlines anew each time other rules were ``taken``."""
    while True:
        await taken.wait()
        taken.clear()
        try:
            await replanning.replan()
        except DatabaseAway:
            log.warning("replanning_waits_for_database")
            taken.set()
            await asyncio.sleep(SWEEP_SECONDS)


async def forget_drafts(drafts: DraftBook) -> None:
    """Erase drafts that nobody has touched for long: at the start, then once a day."""
    while True:
        try:
            if erased := await drafts.forget_old():
                log.info("old_drafts_erased", count=erased)
        except DatabaseAway:
            log.warning("old_drafts_wait_for_database")
        await asyncio.sleep(FORGET_SECONDS)
