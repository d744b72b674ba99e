"""Writes what is told of calls into the database. It reacts to events only; it never speaks to Asterisk."""

from datetime import datetime

from hotline1022.base.db import Database
from hotline1022.base.events import Event
from telephony import store
from telephony.events import (
    CallArrived,
    CallEnded,
    ConsentRecorded,
    OperatorCallEnded,
    OutgoingCallEnded,
    RecordingLost,
    RecordingReady,
)


class CallBook:
    """One row a call, made of its events in whatever order they come; the same event twice changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def write(self, event: Event) -> None:
        """Write an event of the line; events that say nothing about a call's row are refused with TypeError."""
        call, facts = _facts(event)
        async with self._database.transaction() as connection:
            await store.note(connection, call, **facts)

    async def find(self, call: str) -> store.CallRecord | None:
        """The call with this id."""
        async with self._database.reading() as connection:
            return await store.find(connection, call)

    async def recorded_between(self, start: datetime, end: datetime) -> list[store.CallRecord]:
        """Calls that arrived in that span and have a recording, oldest first."""
        async with self._database.reading() as connection:
            return await store.recorded_between(connection, start, end)


def _facts(event: Event) -> tuple[str, dict[str, object]]:
    match event:
        case CallArrived():
            return event.call, {"number": event.number, "flow": event.flow, "arrived_at": event.at}
        case ConsentRecorded():
            return event.call, {
                "recorded": event.recorded,
                "consent_key": event.key,
                "consent_text": event.text_version,
                "consent_at": event.at,
            }
        case CallEnded():
            # Events of an older version know less of the call: what they do not know erases nothing.
            known = ("number", "menu", "queued_at", "unqueued_at", "answered_at")
            told = {name: value for name in known if (value := getattr(event, name)) is not None}
            return event.call, {"ended_at": event.at, "cause": event.cause, "result": event.result, **told}
        case OutgoingCallEnded() | OperatorCallEnded():
            return event.call, _made_by_us(event)
        case RecordingReady():
            return event.call, {
                "recording": event.path,
                "recording_sha256": event.sha256,
                "recording_seconds": event.seconds,
                "operator_from": event.operator_from,
            }
        case RecordingLost():
            return event.call, {"recording_lost": event.reason}
        case _:
            raise TypeError(f"{event.name} is not about a call's row")


def _made_by_us(event: OutgoingCallEnded | OperatorCallEnded) -> dict[str, object]:
    facts: dict[str, object] = {
        "direction": "out",
        "arrived_at": event.began_at,
        "ended_at": event.at,
        "cause": f"hangup-{event.cause}",
        "result": event.outcome,
    }
    if isinstance(event, OutgoingCallEnded):
        # Whom a survey rang is not kept here.
        return facts | {"flow": "survey", "recorded": event.recorded}
    return facts | {"number": event.number, "answered_at": event.answered_at, "recorded": False}
