"""A simulated busy day behind some quiet weeks, in a real database: all of it done by the real services. No test lives here."""

import logging
from dataclasses import replace
from datetime import date, timedelta

import structlog

from hotline1022.base import migrate
from hotline1022.base.access import Actor, Role
from hotline1022.base.db import Database
from hotline1022.reporting.names import keep_names
from hotline1022.score_sources import AgencyNames
from hotline1022.simulation.plan import Plan
from hotline1022.simulation.simulating import simulate
from hotline1022.survey_desk import SurveyRules
from surveys.scores.dossiers import StandingDossiers
from surveys.scores.scoreboard import Scoreboard
from surveys.scores.sign_off import SignOff
from surveys.scores.weights import StandingWeights
from tests.conftest import StillClock
from tickets.rules import StandingRules

PLAN = replace(Plan.busy_day(date(2026, 10, 30), before=40, scale=0.08, calls=70, slips=36), agencies=2)
"""Small, so that the check is quick, and in few communes, so that one of them stands out."""
NOW = PLAN.ends - timedelta(minutes=1)
"""The instant at which the dashboards are looked at."""
SIGNED = "2026-09"
LEADER = Actor(role=Role.LEADER, name="Lê Hoàng Phúc")


async def fill(url: str) -> None:
    """Let the plan happen in an empty database; then a period is signed, as a leader does."""
    await migrate.upgrade(url)
    database, rules = Database(url), StandingRules()
    told = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    try:
        await simulate(database, PLAN, rules=rules, surveys=SurveyRules.load(None, bytes(32)))
        await keep_names(database, rules.current)
        await SignOff(database, StillClock(NOW), scoreboard(database, rules)).sign(SIGNED, LEADER)
    finally:
        structlog.configure(**told)
        await database.close()


def scoreboard(database: Database, rules: StandingRules) -> Scoreboard:
    """The scores as the panel shows them."""
    return Scoreboard(database, StillClock(NOW), StandingWeights(None), AgencyNames(rules), StandingDossiers(None))
