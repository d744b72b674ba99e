"""Calls and written reports as they come in: told fact by fact as the switchboard and the floor tell them. What is drawn is traffic's."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

from hotline1022.simulation import words
from hotline1022.simulation.hands import operator
from hotline1022.simulation.matters import Known, Matters
from hotline1022.simulation.operators import Operators
from hotline1022.simulation.traffic import InCall, Written
from hotline1022.simulation.world import World
from telephony.events import CallArrived, CallEnded, ConsentRecorded, RecordingReady, ReportTaken
from telephony.floor import store as floor_store
from telephony.naming import fact_id, report_source
from tickets.model import Consent, Report
from transcription.model import Transcript

FLOW, NOTICE = "default-mo-phong", "recording-notice@mo-phong"
"""The versions of menu and notice that calls of the simulation have heard."""
UNTOUCHED = 0.8
"""Assumed: how far into a talk the operator has the slip open."""

RESULTS = {"slip": "completed", "spoken": "completed", "message": "completed", "given-back": "caller-left"}
"""The menu's last word by how the call goes; whoever hangs up in it has left."""


class Contacts:
    """Lets drawn contacts happen."""

    def __init__(self, world: World, operators: Operators, matters: Matters) -> None:
        self._world, self._operators, self._matters = world, operators, matters

    def expect(self, calls: list[InCall], written: list[Written]) -> None:
        """Plan the contacts of a day."""
        for call in calls:
            self._matters.calls[call.id] = call.matter
            self._plan(call, self._arrives, call.arrived_at)
        for report in written:
            self._world.timeline.plan(report.at, lambda report=report: self._writes(report))  # type: ignore[misc]

    def words_of(self, ready: RecordingReady) -> Transcript:
        """What was said in a recorded call: of a survey, why somebody is not content."""
        chance = self._world.plan.chance("words", ready.call if ready.call in self._matters.calls else ready.seconds)
        matter = self._matters.calls.get(ready.call)
        said = chance.choice(words.UNHAPPY) if matter is None else self._matters.said_of(matter, ready.call).said
        return words.transcript(said, chance, seconds=ready.seconds, operator_from=ready.operator_from)

    def _plan(self, call: InCall, act: Callable[[InCall], Awaitable[None]], at: object) -> None:
        self._world.timeline.plan(at, lambda: act(call))  # type: ignore[arg-type]

    async def _arrives(self, call: InCall) -> None:
        await self._world.record(
            CallArrived(id=fact_id(call.id, "arrived"), at=call.arrived_at, call=call.id, number=call.number, flow=FLOW)
        )
        self._plan(call, self._consents, call.consented_at)
        if call.answered_at is not None:
            self._plan(call, self._answered, call.answered_at)
        self._plan(call, self._ends, call.ended_at)
        if call.wrapped_at is not None:
            self._plan(call, self._wrapped, call.wrapped_at)

    async def _consents(self, call: InCall) -> None:
        await self._world.record(
            ConsentRecorded(
                id=fact_id(call.id, "consent"),
                at=call.consented_at,
                call=call.id,
                recorded=call.recorded,
                key=None if call.recorded else "9",
                text_version=NOTICE,
            )
        )

    async def _answered(self, call: InCall) -> None:
        """An operator takes the call; somebody with a matter has its slip open well before the end."""
        if call.queued_at is None or call.answered_at is None:
            return
        waited = round((call.answered_at - call.queued_at).total_seconds())
        await self._note(call, answered_at=call.answered_at, waited_seconds=waited)
        if call.ending == "slip":
            until = call.answered_at + (call.ended_at - call.answered_at) * UNTOUCHED
            self._plan(call, self._opens, until)

    async def _opens(self, call: InCall) -> None:
        code = await self._world.take_code()
        self._matters.tickets[code] = Known(call.matter, call.number, call.id)
        self._operators.keeps(code)
        consent = Consent(
            recording=call.recorded, notice=NOTICE, key=None if call.recorded else "9", at=call.consented_at
        )
        report = Report(
            source_key=f"simulation:{call.id}",
            taken_at=self._world.clock.now(),
            number=call.number,
            business=call.matter.business,
            anonymous=call.matter.anonymous,
            topic=call.matter.topic,
            urgent=call.matter.urgent,
            place=call.matter.place,
            summary=self._matters.sentences(code).summary,
            call=call.id,
            consent=consent,
        )
        await self._world.desk.open(report, code)
        by = operator(call.operator or 0)
        # Sorted while the paperwork is written, and before it is finished.
        paperwork = (call.wrapped_at or call.ended_at) - call.ended_at
        self._world.timeline.plan(call.ended_at + paperwork / 2, lambda: self._operators.sort(code, by))

    async def _ends(self, call: InCall) -> None:
        reported = call.ending == "message"
        if reported:
            await self._leaves_message(call)
        operator_from = None
        if call.recorded and call.answered_at is not None:
            operator_from = round((call.answered_at - call.consented_at).total_seconds(), 2)
        await self._world.record(
            CallEnded(
                id=fact_id(call.id, "ended"),
                at=call.ended_at,
                call=call.id,
                began_at=call.arrived_at,
                cause="hangup-16",
                result=RESULTS.get(call.ending, "caller-left"),
                recorded=call.recorded,
                operator_from=operator_from,
                number=call.number,
                menu=call.menu,
                queued_at=call.queued_at,
                unqueued_at=call.unqueued_at,
                answered_at=call.answered_at,
                reported=reported,
            )
        )

    async def _leaves_message(self, call: InCall) -> None:
        code = await self._world.take_code()
        self._matters.tickets[code] = Known(call.matter, call.number, call.id)
        await self._world.record(
            ReportTaken(
                id=fact_id(call.id, "report"),
                at=self._world.clock.now() - timedelta(seconds=4),
                call=call.id,
                source=report_source(call.id),
                number=call.number,
                menu=call.menu,
                urgent=call.matter.urgent,
                appointment=False,
                spoken=True,
                code=code,
            )
        )

    async def _wrapped(self, call: InCall) -> None:
        await self._note(call, answered_at=call.answered_at, result=call.result, written_at=self._world.clock.now())

    async def _note(self, call: InCall, **facts: object) -> None:
        by = operator(call.operator or 0)
        async with self._world.database.transaction() as connection:
            await floor_store.keep(
                connection, call.id, account=by.account or 0, operator=by.name, direction="in", **facts
            )

    async def _writes(self, report: Written) -> None:
        code = await self._world.take_code()
        self._matters.tickets[code] = Known(report.matter, report.number, None)
        said = self._matters.sentences(code)
        await self._world.desk.open(
            Report(
                source_key=f"simulation:{report.id}",
                channel=report.channel,
                taken_at=report.at,
                number=report.number,
                business=report.matter.business,
                anonymous=report.matter.anonymous,
                topic=report.matter.topic,
                urgent=report.matter.urgent,
                place=report.matter.place,
                summary=said.summary,
                consent=Consent(recording=False, processing=True, notice="mo-phong", at=report.at),
            ),
            code,
        )
