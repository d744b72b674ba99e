"""What follows from what in a survey: tickets, line and campaign are told of each other. Translation only; rules are the contexts' own."""

from collections.abc import Awaitable, Callable

from hotline1022.base.access import MACHINE, Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.errors import NotFound, Refused
from surveys.campaign import Campaign, Outcome
from surveys.consideration import Consideration
from surveys.events import SurveyEnded, SurveyPlanned
from surveys.model import Answer, Disposition, Mode, Question, Told
from surveys.scores.recount import Recount
from telephony.events import OutgoingAnswerGiven, OutgoingCallEnded
from tickets.events import (
    DeadlineBreached,
    DeadlineMoved,
    LetterOwed,
    TicketAnswered,
    TicketMoved,
    TicketReopened,
)
from tickets.handling import Handling
from tickets.moves import Reopen, Survey
from tickets.rules import StandingRules

CountedEvent = TicketMoved | TicketAnswered | TicketReopened | DeadlineBreached | DeadlineMoved | LetterOwed
"""After these the journal says something that scores are made of."""

AttemptLater = Callable[[str, dict[str, object], float], Awaitable[None]]
"""Has ``Campaign.attempt`` called with a payload so many seconds from now, once for each name, also after a crash."""

CITIZEN = Actor(name="citizen", role=Role.CITIZEN)
"""Who has a ticket reopened by answering a survey."""

UNSOLVED = "Người dân trả lời khảo sát: việc chưa được giải quyết."


class SurveyStory:
    """The reactions that surveys add to the story."""

    def __init__(
        self,
        *,
        consideration: Consideration,
        campaign: Campaign,
        handling: Handling,
        rules: StandingRules,
        clock: Clock,
        attempt_later: AttemptLater,
        scores: Recount,
    ) -> None:
        self._consideration, self._campaign, self._handling, self._rules = consideration, campaign, handling, rules
        self._clock, self._attempt_later, self._scores = clock, attempt_later, scores

    async def recount(self, event: CountedEvent) -> None:
        """Something happened to a ticket that may count."""
        await self._scores.recount(event.code)

    async def consider(self, event: TicketAnswered) -> None:
        """A citizen has been told: whether they will be asked is decided. Who was answered at once is asked about the hotline itself."""
        own = self._rules.current.agencies.of_hotline
        told = Told(
            code=event.code,
            round=event.round,
            agency=own.code if event.level == 1 and own is not None else event.agency,
            topic=event.topic,
            place=event.place,
            at=event.at,
            outcome=event.outcome,
            sealed=event.sealed,
            business=event.business,
        )
        await self._consideration.consider(told)

    async def plan(self, event: SurveyPlanned) -> None:
        """The attempt is kept by the durable engine until its hour."""
        delay = max(0.0, (event.next_at - self._clock.now()).total_seconds())
        name = f"survey:{event.case}:{event.number}:{event.next_at.timestamp():.0f}"
        await self._attempt_later(name, {"case": event.case, "number": event.number}, delay)

    async def answered(self, event: OutgoingAnswerGiven) -> None:
        """An answer given on the telephone."""
        await self._campaign.answered(event.attempt, answer_of(event))

    async def call_ended(self, event: OutgoingCallEnded) -> None:
        """A call of ours is over."""
        answers = tuple(answer_of(each) for each in event.answers)
        await self._campaign.call_ended(Outcome(event.attempt, event.at, event.outcome, answers))

    async def survey_ended(self, event: SurveyEnded) -> None:
        """The ticket learns what came of it; what is not solved is reopened, with the same agency and its head.

        What somebody says of an answer in whose place another was told since reopens nothing: they are asked about that one.
        """
        if event.disposition == Disposition.EXCLUDED:
            return
        survey = Survey(
            move="survey",
            disposition=event.disposition,
            mode=event.mode,
            wording=event.wording,
            round=event.round,
            answers=event.answers,
            commented=event.commented,
        )
        await self._move(event.code, survey, MACHINE)
        if event.reopen:
            await self._move(event.code, Reopen(move="reopen", reason=UNSOLVED, of_round=event.round), CITIZEN)

    async def _move(self, code: str, move: Survey | Reopen, actor: Actor) -> None:
        try:
            await self._handling.make(code, move, actor)
        except (Refused, NotFound):
            # Reopened meanwhile, erased, or told twice: what was answered is kept with the survey all the same.
            return


def answer_of(event: OutgoingAnswerGiven) -> Answer:
    """An answer as the surveys keep it."""
    question = Question(event.question)
    return Answer(
        question=question,
        mark=None if question is Question.COMMENT else int(event.answer),
        at=event.at,
        mode=Mode.IVR,
        wording=event.flow,
        call=event.call if question is Question.COMMENT else None,
    )
