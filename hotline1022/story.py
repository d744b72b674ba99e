"""What follows from what: each event and who reacts to it, on one page. Translation only; every rule is a context's own.

Each reaction is a durable job of its own: it may be called twice with the same event and is called again when it fails.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from hotline1022.base.errors import HotlineError
from hotline1022.base.events import Event
from hotline1022.live import Stage, as_told
from hotline1022.survey_story import SurveyStory
from surveys.events import SurveyDecided, SurveyEnded, SurveyPlanned
from telephony.aftermath import Aftermath
from telephony.call_book import CallBook
from telephony.callbacks.callbacks import Callbacks
from telephony.events import (
    CallArrived,
    CallEnded,
    ConsentRecorded,
    OperatorCallEnded,
    OutgoingAnswerGiven,
    OutgoingCallEnded,
    RecordingLost,
    RecordingReady,
    ReportTaken,
)
from telephony.recordings import RecordingShelf
from tickets.agenda import Agenda
from tickets.desk import Desk
from tickets.events import (
    DeadlineBreached,
    DeadlineMoved,
    DeadlineWarned,
    LetterOwed,
    TicketAnswered,
    TicketEscalated,
    TicketMoved,
    TicketOpened,
    TicketPlaceSuggested,
    TicketPlaceUnclear,
    TicketReopened,
    VisitReminder,
)
from tickets.model import Report
from tickets.rules import StandingRules
from transcription.client import TranscriberNode
from transcription.events import TranscriptFailed, TranscriptReady
from transcription.model import Side, Transcript
from transcription.shelf import TranscriptShelf

Reaction = Callable[[Any], Awaitable[None]]

TRANSCRIPTION_QUEUE = "transcription"


class Story:
    """The reactions, by event."""

    def __init__(
        self,
        *,
        book: CallBook,
        aftermath: Aftermath,
        recordings: RecordingShelf,
        transcripts: TranscriptShelf,
        transcriber: TranscriberNode,
        desk: Desk,
        agenda: Agenda,
        surveys: SurveyStory,
        callbacks: Callbacks,
        rules: StandingRules,
        stage: Stage,
    ) -> None:
        self._recordings = recordings
        self._transcripts = transcripts
        self._transcriber = transcriber
        self._desk = desk
        self._rules = rules
        self._stage = stage
        self.reactions: dict[type[Event], tuple[Reaction, ...]] = {
            CallArrived: (book.write,),
            ConsentRecorded: (book.write,),
            ReportTaken: (self.open_ticket, callbacks.hear_report),
            CallEnded: (book.write, aftermath.finish, callbacks.hear_end),
            OperatorCallEnded: (book.write,),
            RecordingReady: (book.write, self.transcribe),
            RecordingLost: (book.write,),
            TranscriptReady: (self.ticket_hears, self.show),
            TranscriptFailed: (self.show,),
            TicketOpened: (agenda.plan, self.ticket_hears, self.show),
            TicketPlaceSuggested: (self.show,),
            TicketPlaceUnclear: (self.show,),
            TicketMoved: (agenda.plan, surveys.recount, self.show),
            TicketAnswered: (surveys.consider, surveys.recount, self.show),
            TicketReopened: (surveys.recount, self.show),
            DeadlineWarned: (agenda.plan, self.show),
            DeadlineBreached: (agenda.plan, surveys.recount, self.show),
            DeadlineMoved: (agenda.plan, surveys.recount, self.show),
            TicketEscalated: (agenda.plan, self.show),
            LetterOwed: (agenda.plan, surveys.recount, self.show),
            VisitReminder: (agenda.plan, self.show),
            SurveyDecided: (self.show,),
            SurveyPlanned: (surveys.plan,),
            OutgoingAnswerGiven: (surveys.answered,),
            OutgoingCallEnded: (book.write, aftermath.finish, surveys.call_ended),
            SurveyEnded: (surveys.survey_ended, self.show),
        }

    def jobs(self) -> list[tuple[str, Callable[[dict[str, Any]], Awaitable[None]], str | None]]:
        """Each reaction as a job: its lasting name, what it does with a stored event, and its queue if not the usual one."""
        found: dict[str, tuple[Callable[[dict[str, Any]], Awaitable[None]], str | None]] = {}
        for reactions in self.reactions.values():
            for reaction in reactions:
                queue = TRANSCRIPTION_QUEUE if reaction == self.transcribe else None
                found[_name(reaction)] = (_from_stored(reaction), queue)
        return [(name, job, queue) for name, (job, queue) in found.items()]

    def jobs_of(self, event_name: str) -> Sequence[str]:
        """The jobs that an event of this name sets off."""
        for kind, reactions in self.reactions.items():
            if kind.__name__ == event_name:
                return [_name(reaction) for reaction in reactions]
        return []

    @staticmethod
    def name_of(reaction: Reaction) -> str:
        """A reaction's lasting name among the jobs."""
        return _name(reaction)

    async def open_ticket(self, taken: ReportTaken) -> None:
        """A report becomes a ticket, under the code that the caller was told."""
        topics = self._rules.current.topics
        topic = "hen-tai-nha" if taken.appointment else topics.menu.get(taken.menu)
        await self._desk.open(
            Report(
                source_key=taken.source,
                taken_at=taken.at,
                number=taken.number,
                topic=topic,
                urgent=taken.urgent,
                call=taken.call,
                place_words=None,
            ),
            taken.code,
        )

    async def transcribe(self, ready: RecordingReady) -> None:
        """A recording is heard again at leisure; its words replace those that were heard live."""
        wav = await asyncio.to_thread(self._recordings.open(ready.path).read_bytes)
        sides: tuple[Side, ...] = ("caller",) if ready.operator_from is None else ("caller", "operator")
        try:
            heard = await self._transcriber.transcribe(wav, sides)
        except HotlineError as error:
            await self._transcripts.failed(ready.call, ready.sha256, str(error))
            raise  # a node that is away or has no engine may have one later
        await self._transcripts.keep(ready.call, "after", without_prompts(heard, ready.operator_from), ready.sha256)

    async def ticket_hears(self, event: TranscriptReady | TicketOpened) -> None:
        """The words of a call and its ticket meet, whichever is there last."""
        if event.call and (transcript := await self._transcripts.best(event.call)):
            await self._desk.hear(event.call, " ".join(word.w for word in transcript.words if word.leg == "caller"))
        if isinstance(event, TranscriptReady) and event.phase == "after":
            self._stage.tell("WordsConsidered", call=event.call)

    async def show(self, event: Event) -> None:
        """Tell the screens."""
        self._stage.tell(event.name, **as_told(event.model_dump(mode="json")))


def without_prompts(transcript: Transcript, operator_from: float | None) -> Transcript:
    """Leave out what the right side says before an operator does: those are the hotline's own recordings."""
    if operator_from is None:
        return transcript
    kept = tuple(word for word in transcript.words if word.leg == "caller" or word.start >= operator_from)
    return transcript.model_copy(update={"words": kept})


def _name(reaction: Reaction) -> str:
    return f"{type(reaction.__self__).__name__}.{reaction.__name__}"  # type: ignore[attr-defined]


def _from_stored(reaction: Reaction) -> Callable[[dict[str, Any]], Awaitable[None]]:
    async def job(stored: dict[str, Any]) -> None:
        await reaction(Event.read(stored["name"], stored["payload"]))

    return job
