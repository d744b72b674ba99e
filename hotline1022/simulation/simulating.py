"""The simulation as a whole: ``await simulate(database, plan, rules=..., surveys=...)`` fills an empty database with a plan's traffic.

    rules = StandingRules(folder)                       # or StandingRules() for the shipped ones
    surveys = SurveyRules.load(folder, key)             # key: the installation's survey key, any bytes in a test
    figures = await simulate(database, Plan.months("2026-01", 12, surge=["2026-10"]), rules=rules, surveys=surveys)
    figures = await simulate(database, Plan.busy_day(date(2026, 11, 23)), rules=rules, surveys=surveys)

The database must have its tables (``migrate.upgrade``) and neither a call nor a ticket: real traffic is never mixed with simulated.
The same plan, rules and key give the same figures on either database, whatever the hour; ids that mean nothing differ. What was still
to happen when the plan's last day is over stays open, as in life.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from sqlalchemy import ColumnElement, Table, func, select

from hotline1022.base.clock import CIVIL_ZONE
from hotline1022.base.db import Database
from hotline1022.base.errors import Invalid, Refused
from hotline1022.simulation.agencies import Agencies
from hotline1022.simulation.calling_back import CallingBack
from hotline1022.simulation.calls import Contacts
from hotline1022.simulation.citizens import Citizens
from hotline1022.simulation.habits import Habits
from hotline1022.simulation.hands import Hands
from hotline1022.simulation.joined import JoinedDatabase
from hotline1022.simulation.matters import Matters
from hotline1022.simulation.operators import Operators
from hotline1022.simulation.plan import Plan, volumes
from hotline1022.simulation.scoring import Scoring
from hotline1022.simulation.traffic import Traffic
from hotline1022.simulation.world import World
from hotline1022.survey_desk import SurveyRules
from surveys.scores.store import score_sign_offs
from surveys.store import survey_answers, survey_attempts, survey_cases
from telephony.callbacks.store import callbacks
from telephony.store import calls
from tickets.appointments.store import ticket_appointments
from tickets.journal.store import ticket_journal
from tickets.letters.store import ticket_letters
from tickets.publication.store import published_answers
from tickets.rules import StandingRules
from tickets.store import tickets
from transcription.store import transcripts

AT_WORK = 4
"""Assumed: operators who do paperwork and ring people back."""

Tell = Callable[[date, int, int], None]
"""Told at each midnight: the day that begins, its number from 0, how many there are."""


@dataclass(frozen=True)
class Figures:
    """What stands in the database afterwards, counted there."""

    calls_in: int
    calls_out: int
    tickets: int
    journal: int
    transcripts: int
    surveys: int
    survey_calls: int
    survey_answers: int
    letters: int
    visits: int
    callbacks: int
    published: int
    signed: int
    """Months and quarters whose scores are signed off."""
    events: int
    refused: int
    """Moves that somebody made too late, so that they were refused."""

    def named(self) -> dict[str, int]:
        """The figures by name."""
        return asdict(self)


async def simulate(
    database: Database,
    plan: Plan,
    *,
    rules: StandingRules,
    surveys: SurveyRules,
    policies: Path | None = None,
    tell: Tell = lambda _day, _done, _all: None,
) -> Figures:
    """Let the plan's traffic happen through the real services. Raises Refused where traffic stands already, and DatabaseAway.

    ``policies`` is the folder of the province's own rule files: how people are called back, what scores weigh.
    """
    await refuse_traffic(database)
    joined = JoinedDatabase(database)
    world = World(joined, rules, surveys, policies, plan)
    days = list(volumes(plan, _is_holiday(rules)))
    matters, hands, habits = Matters(plan, rules), Hands(world), Habits(plan)
    operators = Operators(world, hands, matters, at_work=AT_WORK)
    CallingBack(world, hands, AT_WORK)
    contacts = Contacts(world, operators, matters)
    world.open(Citizens(world, habits, matters), contacts.words_of)
    scoring = Scoring(world, policies)
    world.heard += [operators.hear, Agencies(world, hands, habits, matters).hear, scoring.hear]
    traffic = traffic_of(plan, rules, sum(day.slips for day in days))

    for number, volume in enumerate(days):
        tell(volume.day, number, len(days))
        contacts.expect(*traffic.of_day(volume))
        async with joined.joining():
            await world.timeline.walk(_midnight(volume.day + timedelta(days=1)), world.settle)
            await world.mark()
            await scoring.end_day(volume.day)
    async with joined.joining():
        await scoring.count()
    return await _figures(database, world, hands)


def day_of(text: str) -> date:
    """The day that a person wrote as 2026-11-23. Raises Invalid."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"“{text[:20]}” không phải là ngày", remedy="ghi như 2026-11-23", field="busy_day") from error


async def refuse_traffic(database: Database) -> None:
    """Raises Refused where a call or a ticket stands already: simulated traffic is never mixed with real, nor with simulated."""
    async with database.reading() as connection:
        for table, name in ((calls, "cuộc gọi"), (tickets, "phiếu")):
            count = await connection.scalar(select(func.count()).select_from(table))
            if count:
                raise Refused(
                    f"Cơ sở dữ liệu đã có {count} {name} nên không mô phỏng vào đó",
                    remedy="đặt HOTLINE_DATA vào một thư mục mới, chạy `hotline1022 setup` rồi mô phỏng",
                )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), CIVIL_ZONE)


def traffic_of(plan: Plan, rules: StandingRules, slips: int) -> Traffic:
    """What draws the contacts of a plan with so many slips."""
    current = rules.current
    communes = {code: each.name.startswith("Phường") for code, each in current.localities.communes.items()}

    def wider(topic: str) -> str:
        found = current.topics.topic(topic)
        return found.within or found.code

    # Some seven slips of ten come from somebody who has not been heard before: assumed.
    numbers = max(round(slips * 0.7), 200)
    return Traffic(
        plan, communes=communes, wider=wider, open_at=current.calendar("hotline").open_at, numbers=numbers
    )  # fmt: skip


def _is_holiday(rules: StandingRules) -> Callable[[date], bool]:
    state = rules.current.calendar("state")
    return lambda day: day.weekday() < 5 and not state.day(day).spans


async def _figures(database: Database, world: World, hands: Hands) -> Figures:
    async with database.reading() as connection:

        async def count(table: Table, *conditions: ColumnElement[bool]) -> int:
            return int(await connection.scalar(select(func.count()).select_from(table).where(*conditions)) or 0)

        return Figures(
            calls_in=await count(calls, calls.c.direction == "in"),
            calls_out=await count(calls, calls.c.direction == "out"),
            tickets=await count(tickets),
            journal=await count(ticket_journal),
            transcripts=await count(transcripts),
            surveys=await count(survey_cases),
            survey_calls=await count(survey_attempts),
            survey_answers=await count(survey_answers),
            letters=await count(ticket_letters),
            visits=await count(ticket_appointments),
            callbacks=await count(callbacks),
            published=await count(published_answers),
            signed=await count(score_sign_offs),
            events=world.events,
            refused=hands.refused.total(),
        )
