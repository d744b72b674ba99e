"""Calls that went on, or ended, while the service was dead: what callers said then becomes reports, once each.

Two things tell of them: the progress files of calls that an earlier run led, and the voice reports that the dialplan's fallback recorded.
Every fact has an id made from the call's, so finding it again changes nothing.
"""

import asyncio
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from hotline1022.base.clock import Clock
from hotline1022.base.phone_numbers import e164
from ivr.model import SPOKEN_ENOUGH_SECONDS, State
from telephony.events import CallArrived, CallEnded, ConsentRecorded, ReportTaken
from telephony.naming import channel_of, fact_id, report_source
from telephony.progress import Progress, ProgressFolder, QueueTimes
from telephony.recorder import Recorder, until_closed
from telephony.recordings import spoken_seconds
from telephony.switchboard import Product, Switchboard

log = structlog.get_logger()

FALLBACK_NOTICE = "fallback-greeting"
"""The prompt by which the dialplan tells a caller that what they say is recorded."""


@dataclass(frozen=True)
class VoiceReport:
    """A report that the dialplan recorded: everything that is known of it stands in its file's name."""

    path: Path
    at: datetime
    channel: str
    number: str | None

    @classmethod
    def of(cls, path: Path) -> "VoiceReport | None":
        """Read ``<epoch>_<channel>_<digits>.wav``; None for a name that the dialplan would not write."""
        if not (match := re.fullmatch(r"(\d{9,11})_([0-9.]{1,40})_(\d{0,15})\.wav", path.name)):
            return None
        epoch, channel, digits = match.groups()
        return cls(path, datetime.fromtimestamp(int(epoch), UTC), channel, e164(digits))


class Recovery:
    """Looks for such calls and tells the product what became of them."""

    def __init__(
        self,
        *,
        node: str,
        clock: Clock,
        product: Product,
        switchboard: Switchboard,
        recorder: Recorder,
        progress: ProgressFolder,
        reports: Path,
        takes: Path,
    ) -> None:
        self._node = node
        self._clock = clock
        self._product = product
        self._switchboard = switchboard
        self._recorder = recorder
        self._progress = progress
        self._reports = reports
        self._takes = takes

    async def look(self, alive: set[str]) -> int:
        """Take in every call that nobody leads and that has ended; ``alive`` are Asterisk's channels. Gives how many there were."""
        led = set(self._switchboard.callers) | alive
        found = 0
        for path in sorted(self._reports.glob("*.wav")):
            report = VoiceReport.of(path)
            if report is None:
                log.error("voice_report_with_strange_name", file=path.name)
                path.rename(path.with_suffix(".strange"))
            elif report.channel not in led:
                await self._take_report(report)
                found += 1
        for progress in list(self._progress.left_over({self._switchboard.call_id(channel) for channel in led})):
            await self._close(progress)
            found += 1
        if found:
            log.info("calls_recovered", count=found)
        return found

    async def _take_report(self, report: VoiceReport) -> None:
        call = self._switchboard.call_id(report.channel)
        earlier = self._progress.find(call)
        await until_closed([report.path])
        spoken = await asyncio.to_thread(spoken_seconds, report.path)
        began = earlier.arrived if earlier else report.at
        if earlier is None:
            await self._product.record(
                CallArrived(id=fact_id(call, "arrived"), at=began, call=call, number=report.number, flow="fallback")
            )
            await self._product.record(
                ConsentRecorded(
                    id=fact_id(call, "consent"),
                    at=began,
                    call=call,
                    recorded=True,
                    key=None,
                    text_version=FALLBACK_NOTICE,
                )
            )
        said = spoken > SPOKEN_ENOUGH_SECONDS
        if said and not (earlier and earlier.reported):
            await self._report(call, report.at, earlier.number if earlier else report.number, earlier)
        # The file goes to the recordings of its call before the end is told: the end is what finishes them.
        report.path.replace(self._takes / f"{report.channel}-take-fallback.wav")
        number = earlier.number if earlier else report.number
        reported = said or bool(earlier and earlier.reported)
        times = earlier.waits if earlier else QueueTimes()
        await self._end(call, began, "fallback", recorded=True, number=number, reported=reported, times=times)
        self._progress.forget(call)

    async def _close(self, progress: Progress) -> None:
        """A call that an earlier run led and that left no voice report: keep what the caller had said."""
        channel = channel_of(self._node, progress.call)
        said = self._recorder.sides(channel)[0]
        await until_closed([said])
        spoken = await asyncio.to_thread(spoken_seconds, said)
        told = progress.recorded and not progress.reported and spoken > SPOKEN_ENOUGH_SECONDS
        if told:
            await self._report(progress.call, progress.arrived, progress.number, progress)
        await self._end(
            progress.call,
            progress.arrived,
            "cut-off",
            recorded=progress.recorded,
            number=progress.number,
            reported=progress.reported or told,
            times=progress.waits,
        )
        self._progress.forget(progress.call)

    async def _report(self, call: str, at: datetime, number: str | None, progress: Progress | None) -> None:
        state = State.from_json(progress.state) if progress else None
        await self._product.record(
            ReportTaken(
                id=fact_id(call, "report"),
                at=at,
                call=call,
                source=report_source(call),
                number=number,
                menu=(state and state.value("topic")) or "0",
                urgent=bool(state and state.value("urgent") == "yes"),
                appointment=bool(state and state.value("kind") == "appointment"),
                spoken=True,
                code=None,
            )
        )

    async def _end(
        self,
        call: str,
        began: datetime,
        result: str,
        *,
        recorded: bool,
        number: str | None,
        reported: bool,
        times: QueueTimes,
    ) -> None:
        await self._product.record(
            CallEnded(
                id=fact_id(call, "ended"),
                at=self._clock.now(),
                call=call,
                began_at=began,
                cause="service-away",
                result=result,
                recorded=recorded,
                number=number,
                reported=reported,
                **times._asdict(),
            )
        )
