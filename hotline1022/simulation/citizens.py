"""Citizens whom the hotline rings for a survey: who takes the call and what is keyed, told as the line tells it."""

from datetime import timedelta

from hotline1022.simulation.habits import Habits, said_in_survey
from hotline1022.simulation.matters import Matters
from hotline1022.simulation.world import World
from surveys.model import Question
from telephony.events import OutgoingAnswerGiven, OutgoingCallEnded

FLOW = "survey-mo-phong"
CAUSES = {"answered": 16, "machine": 16, "no-answer": 19, "busy": 17, "rejected": 21}
"""Causes of ITU-T Q.850."""


class Citizens:
    """Implements ``surveys.campaign.Calls``: each call goes as it is drawn, and its facts are told when they happen."""

    def __init__(self, world: World, habits: Habits, matters: Matters) -> None:
        self._world, self._habits, self._matters = world, habits, matters

    def ready(self) -> bool:
        """See Calls."""
        return True

    async def place(self, attempt: str, number: str, *, ring_seconds: int) -> None:  # noqa: ARG002 - nobody is rung
        """See Calls. Returns at once; the end comes by the timeline."""
        case = await self._world.campaign.case_of_attempt(attempt)
        if case is None:
            return
        # By the case's place among attempts: an id of the attempt would do as well, being made of the code.
        chance = self._world.plan.chance("survey", attempt)
        late = case.code in self._matters.late
        said = said_in_survey(chance, case.item, self._habits.of(case.agency), late=late)
        began = self._world.clock.now()
        taken = said.outcome in ("answered", "machine")
        at = began + timedelta(seconds=chance.uniform(5, 18) if taken else min(chance.uniform(8, 40), ring_seconds))
        answered_at, given = at if taken else None, []
        for question, mark in said.answers.items():
            at += timedelta(seconds=chance.uniform(8, 16))
            given.append(self._given(attempt, question, str(mark), at))
        if said.commented:
            at += timedelta(seconds=chance.uniform(8, 25))
            given.append(self._given(attempt, Question.COMMENT, "", at))
        for each in given:
            self._world.timeline.plan(each.at, lambda each=each: self._world.record(each))  # type: ignore[misc]
        ended = OutgoingCallEnded(
            id=f"{attempt}:ended",
            at=at + timedelta(seconds=3),
            attempt=attempt,
            call=f"mo-phong-{attempt}",
            began_at=began,
            answered_at=answered_at,
            outcome=said.outcome,
            cause=CAUSES[said.outcome],
            result="completed" if given else None,
            answers=tuple(given),
            recorded=said.commented,
        )
        self._world.timeline.plan(ended.at, lambda: self._world.record(ended))

    async def follow(self, attempt: str) -> None:
        """See Calls: no call of the simulation is ever lost."""

    @staticmethod
    def _given(attempt: str, question: Question, answer: str, at: object) -> OutgoingAnswerGiven:
        return OutgoingAnswerGiven.model_validate(
            {
                "id": f"{attempt}:{question}"[:100],
                "at": at,
                "attempt": attempt,
                "call": f"mo-phong-{attempt}",
                "question": str(question),
                "answer": answer,
                "flow": FLOW,
            }
        )
