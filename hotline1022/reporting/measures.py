"""What the events of the line come to in counters and histograms. It reads events that were told; it asks nobody and stores nothing."""

from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hotline1022.base.events import Event
from hotline1022.base.metrics import Metrics
from telephony.events import CallEnded, OperatorCallEnded, OutgoingCallEnded
from telephony.floor.presence import Presence
from transcription.events import TranscriptReady

_REMEMBERED = 1000
"""Calls of which the end is kept in mind, until their words come."""

_KINDS = {kind.__name__ for kind in (CallEnded, OperatorCallEnded, OutgoingCallEnded, TranscriptReady)}


class Measures:
    """Counts each event once: the relay tells it what it has handed over."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._ends: OrderedDict[str, datetime] = OrderedDict()

    def handed_over(self, name: str, payload: Mapping[str, Any]) -> None:
        """An event of the outbox has been handed on. Kinds that say nothing of the line are passed over."""
        if name in _KINDS:
            self.count(Event.read(name, dict(payload)))

    def count(self, event: Event) -> None:
        """Take one event."""
        match event:
            case CallEnded():
                self._remember(event.call, event.at)
                self._call_ended(event)
            case OperatorCallEnded() | OutgoingCallEnded():
                self._remember(event.call, event.at)
                self._metrics.calls.labels("out", event.outcome).inc()
            case TranscriptReady() if event.call in self._ends:
                lag = (event.at - self._ends[event.call]).total_seconds()
                self._metrics.transcription_lag.labels(event.phase).observe(max(lag, 0.0))
            case _:
                pass

    def presence_changed(self, before: Presence, after: Presence) -> None:
        """An operator's state has changed: the paperwork's length is known when it ends."""
        if before.state == "wrap-up" and after.state != "wrap-up":
            self._metrics.wrap_up.observe(max((after.since - before.since).total_seconds(), 0.0))

    def _remember(self, call: str, at: datetime) -> None:
        self._ends[call] = at
        if len(self._ends) > _REMEMBERED:
            self._ends.popitem(last=False)

    def _call_ended(self, event: CallEnded) -> None:
        result = _result(event)
        self._metrics.calls.labels("in", result).inc()
        if event.queued_at is not None:
            until = event.answered_at or event.unqueued_at or event.at
            self._metrics.queue_wait.labels(result).observe(max((until - event.queued_at).total_seconds(), 0.0))
        if event.answered_at is not None:
            self._metrics.talk.observe(max((event.at - event.answered_at).total_seconds(), 0.0))


def _result(event: CallEnded) -> str:
    if event.queued_at is None:
        return "ivr"
    if event.answered_at is not None:
        return "answered"
    return "abandoned" if event.unqueued_at is None else "given_back"
