"""The real services on a virtual clock, put together: no Asterisk, no recogniser, no durable engine. No rule and no figure is here.

Three parts are replaced, and nothing else. The line: calls are told by the simulation as the switchboard tells them, and calls of our own
are answered by drawn citizens. The sound: none is made; a recording has a row, and its words are written, not recognised. The durable
engine: here, in one process, each of the story's reactions is done once for each event, in the order in which they were told, and the
outbox has them as handed over; looks and attempts that are planned for later wait on the timeline.
"""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base import outbox
from hotline1022.base.db import Database, insert_new
from hotline1022.base.events import Event
from hotline1022.live import Stage
from hotline1022.score_sources import TicketJournal
from hotline1022.simulation import province
from hotline1022.simulation.looks import Looks
from hotline1022.simulation.plan import Plan
from hotline1022.simulation.timeline import Timeline, VirtualClock
from hotline1022.story import Story
from hotline1022.survey_desk import SurveyRules, TicketCitizens
from hotline1022.survey_story import CountedEvent, SurveyStory
from surveys.campaign import Calls, Campaign
from surveys.consideration import Consideration
from surveys.scores.recount import Recount
from telephony.aftermath import Aftermath
from telephony.call_book import CallBook
from telephony.callbacks.callbacks import Callbacks
from telephony.callbacks.policy import StandingCallbackPolicy
from telephony.events import CallEnded, OutgoingCallEnded, RecordingReady
from telephony.naming import fact_id
from telephony.recordings import RecordingShelf
from tickets.agenda import Agenda, Changed
from tickets.code import FIRST_STEM, LAST_STEM, code_of
from tickets.desk import Desk
from tickets.handling import Handling
from tickets.rules import StandingRules
from tickets.store import ticket_codes
from tickets.timers import Timers
from transcription.client import TranscriberNode
from transcription.model import Transcript
from transcription.shelf import TranscriptShelf

MARKED_AT_ONCE = 500
"""Events that are written down in one statement."""
CODES_AT_ONCE = 500
_NOBODY = cast(TranscriberNode, None)
"""There is no transcriber: the one reaction that would ask it is replaced."""
WordsOf = Callable[[RecordingReady], Transcript]


class World:
    """Everything that the simulated people use. ``key`` is the installation's survey key."""

    def __init__(
        self, database: Database, rules: StandingRules, surveys: SurveyRules, policies: Path | None, plan: Plan
    ) -> None:
        """``policies``: the folder of the province's own rule files, if it has any. The clock stands at the plan's first midnight."""
        self.database, self.rules, self.plan = database, rules, plan
        self.clock = VirtualClock(plan.begins)
        self.timeline = Timeline(self.clock)
        self.heard: list[Callable[[Event], Awaitable[None]]] = []
        """Who else hears every event, after the story: the simulated people."""
        self.desk = Desk(database, self.clock, rules, self.tell)
        self.handling = Handling(database, self.clock, rules, self.tell)
        self.recount = Recount(database, self.clock, TicketJournal())
        self.book = CallBook(database)
        self.transcripts = TranscriptShelf(database, self.clock, self.tell)
        calling = rules.current.calendar(surveys.current_policy().calendar)
        callback_policy = StandingCallbackPolicy(policies)
        self.callbacks = Callbacks(
            database,
            self.clock,
            lambda: callback_policy.current,
            lambda: rules.current.calendar(callback_policy.current.calendar),
        )
        self._survey_parts: dict[str, Any] = {
            "database": database,
            "clock": self.clock,
            "policy": surveys.current_policy,
            "hours": lambda: calling,
            "citizens": TicketCitizens(self.desk),
            "record_event": self.tell,
            "key": surveys.key,
        }
        self._told: list[Event] = []
        self._handed: list[Event] = []
        self._codes: list[str] = []
        self._drawn = plan.chance("codes")
        self.events = 0
        """Events that have been told."""

    def open(self, calls: Calls, words_of: WordsOf) -> None:
        """Put the story together: ``calls`` rings citizens, ``words_of`` writes what was said in a recording."""
        self.campaign = Campaign(**self._survey_parts, calls=calls)
        agenda = Agenda(
            self.database, self.clock, Timers(self.database, self.clock, self.rules, self.tell), _nothing_later
        )
        self._agenda = agenda
        self._looks = Looks(self.database, self.timeline, agenda)
        surveys = _CountedLater(
            consideration=Consideration(**self._survey_parts),
            campaign=self.campaign,
            handling=self.handling,
            rules=self.rules,
            clock=self.clock,
            attempt_later=self._attempt_later,
            scores=self.recount,
        )
        self.story = _SilentStory(
            book=self.book,
            aftermath=_NoSound(self),
            recordings=RecordingShelf(Path("/nonexistent")),
            transcripts=self.transcripts,
            desk=self.desk,
            agenda=agenda,
            surveys=surveys,
            callbacks=self.callbacks,
            rules=self.rules,
            stage=Stage(),
            transcriber=_NOBODY,
        )
        self.story.world, self.story.words_of = self, words_of

    # What is told -----------------------------------------------------------------------------------------------------

    async def tell(self, connection: AsyncConnection, event: Event) -> None:
        """Hand an event over when the caller's transaction is done; ``mark`` writes it into the outbox, in the same real one."""
        if not connection.in_transaction():
            raise RuntimeError("an event is told in the transaction of its change")
        self._told.append(event)

    async def record(self, event: Event) -> None:
        """Tell a fact of the line, as the ledger does."""
        async with self.database.transaction() as connection:
            await self.tell(connection, event)

    async def settle(self) -> None:
        """Let everything follow from what has been told, and from what that tells, until all is quiet."""
        done = 0
        while done < len(self._told):
            event = self._told[done]
            done += 1
            if isinstance(event, Changed):
                self._looks.changed(event.code)
            for reaction in self.story.reactions[type(event)]:
                # Looks are planned all at once, and nobody looks at a screen.
                if reaction not in (self._agenda.plan, self.story.show):
                    await reaction(event)
            for hear in self.heard:
                await hear(event)
            if done == len(self._told):
                await self._looks.plan()
        self._handed += self._told
        self.events += done
        self._told.clear()

    async def mark(self) -> None:
        """Write down what has been handed over, as outbox and relay do."""
        async with self.database.transaction() as connection:
            for start in range(0, len(self._handed), MARKED_AT_ONCE):
                some = self._handed[start : start + MARKED_AT_ONCE]
                await outbox.add_handed(connection, some, self.clock.now())
        self._handed.clear()

    async def take_code(self) -> str:
        """A ticket's code that nobody has had, drawn by the plan's seed, so that what depends on codes does too."""
        while not self._codes:
            drawn = {code_of(self._drawn.randint(FIRST_STEM, LAST_STEM)) for _ in range(CODES_AT_ONCE)}
            rows = [{"code": code, "reserved_at": self.clock.now()} for code in sorted(filter(None, drawn))]
            async with self.database.transaction() as connection:
                fresh = insert_new(connection, ticket_codes).values(rows).on_conflict_do_nothing()
                self._codes = sorted(await connection.scalars(fresh.returning(ticket_codes.c.code)))
        return self._codes.pop(self._drawn.randrange(len(self._codes)))

    # What is planned for later ----------------------------------------------------------------------------------------

    async def _attempt_later(self, _name: str, payload: dict[str, object], delay: float) -> None:
        self.timeline.plan(self.clock.now() + timedelta(seconds=delay), lambda: self.campaign.attempt(payload))


async def _nothing_later(_look: str, _delay: float) -> None:
    """Looks are planned by ``Looks``."""


class _SilentStory(Story):
    """The story, whose recordings have no sound: their words are written down."""

    world: World
    words_of: WordsOf

    async def transcribe(self, ready: RecordingReady) -> None:
        """What was said will stand on the shelf, when a recogniser would have heard it."""
        words, shelf = self.words_of(ready), self._transcripts
        takes = ready.seconds * self.world.plan.chance("heard", ready.seconds).uniform(*province.HEARD_IN)
        heard = self.world.clock.now() + timedelta(seconds=takes)
        self.world.timeline.plan(heard, lambda: shelf.keep(ready.call, "after", words, ready.sha256))


class _NoSound(Aftermath):
    """Tells that a recording is ready, without one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._shelf = RecordingShelf(Path("/"))

    async def finish(self, ended: CallEnded | OutgoingCallEnded) -> None:
        """See Aftermath. The path is where the file would be."""
        if ended.recorded:
            began = ended.answered_at or ended.began_at if isinstance(ended, OutgoingCallEnded) else ended.began_at
            ready = RecordingReady(
                id=fact_id(ended.call, "recording"),
                at=self._world.clock.now(),
                call=ended.call,
                path=str(self._shelf.place(ended.call, ended.began_at)).lstrip("/"),
                sha256=hashlib.sha256(ended.call.encode()).hexdigest(),
                seconds=round((ended.at - began).total_seconds(), 2),
                operator_from=ended.operator_from,
            )
            await self._world.record(ready)


class _CountedLater(SurveyStory):
    """Counts nothing after each event: see ``scoring``."""

    async def recount(self, event: CountedEvent) -> None:
        """Nothing yet."""
