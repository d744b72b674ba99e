"""One row a call, on both databases: whatever the order in which its facts come, and however often."""

from itertools import permutations

import pytest

from hotline1022.base.db import Database
from hotline1022.base.events import Event
from telephony.call_book import CallBook
from telephony.events import CallArrived, CallEnded, ConsentRecorded, RecordingLost, RecordingReady, ReportTaken
from tests.conftest import StillClock


def facts(clock: StillClock, call: str) -> list[Event]:
    """Everything that is told of one call."""
    now = clock.now()
    return [
        CallArrived(at=now, call=call, number="+84912345678", flow="default-1"),
        ConsentRecorded(at=now, call=call, recorded=True, key="8", text_version="recording-question@1a2b"),
        CallEnded(at=now, call=call, began_at=now, cause="hangup-16", result="completed", recorded=True),
        RecordingReady(at=now, call=call, path="2026/03/02/c.wav", sha256="ab", seconds=12.5),
    ]


async def test_the_row_is_the_same_in_every_order_and_twice(database: Database, clock: StillClock) -> None:
    book = CallBook(database)
    rows = set()
    for number, order in enumerate(permutations(range(4))):
        told = facts(clock, f"c-{number}")
        for index in (*order, *order):
            await book.write(told[index])
        row = await book.find(f"c-{number}")
        assert row is not None
        rows.add((row.number, row.recorded, row.consent_key, row.cause, row.result, row.recording, row.arrived_at))
    assert len(rows) == 1
    assert rows.pop() == (
        "+84912345678", True, "8", "hangup-16", "completed", "2026/03/02/c.wav", clock.now(),
    )  # fmt: skip


async def test_a_lost_recording_is_kept_with_its_reason(database: Database, clock: StillClock) -> None:
    book = CallBook(database)
    await book.write(RecordingLost(at=clock.now(), call="c", reason="Asterisk không để lại âm thanh nào"))
    row = await book.find("c")
    assert row is not None
    assert row.recording_lost == "Asterisk không để lại âm thanh nào"


async def test_a_call_that_nobody_heard_of_is_none(database: Database) -> None:
    assert await CallBook(database).find("x") is None


async def test_an_event_that_is_not_about_a_row_is_refused(database: Database, clock: StillClock) -> None:
    taken = ReportTaken(
        at=clock.now(), call="c", source="s", number=None, menu="2", urgent=False, appointment=False, spoken=True, code=None
    )
    with pytest.raises(TypeError, match="ReportTaken"):
        await CallBook(database).write(taken)
