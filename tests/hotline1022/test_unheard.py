"""Claims about recordings that nobody has heard: they are found, once each sweep, and only they."""

from datetime import timedelta

from hotline1022.base import outbox
from hotline1022.base.db import Database
from hotline1022.unheard import UnheardRecordings
from telephony.call_book import CallBook
from telephony.events import CallArrived, RecordingReady
from tests.conftest import StillClock
from transcription.model import Transcript
from transcription.shelf import TranscriptShelf

SILENT = Transcript(engine="whisper", model="whisper-base", words=(), seconds=3.0)


async def recorded(book: CallBook, clock: StillClock, call: str, *, hours_ago: float) -> None:
    at = clock.now() - timedelta(hours=hours_ago)
    await book.write(CallArrived(at=at, call=call, number=None, flow="default-1"))
    await book.write(
        RecordingReady(at=at, call=call, path=f"{call}.wav", sha256="0" * 64, seconds=3.0, operator_from=1.5)
    )


async def test_a_recording_without_a_transcript_is_tried_again(database: Database, clock: StillClock) -> None:
    book, shelf = CallBook(database), TranscriptShelf(database, clock, outbox.add)
    await recorded(book, clock, "unheard", hours_ago=5)
    await recorded(book, clock, "heard", hours_ago=5)
    await shelf.keep("heard", "after", SILENT, "0" * 64)
    await recorded(book, clock, "heard-live-only", hours_ago=5)
    await shelf.keep("heard-live-only", "live", SILENT)
    await recorded(book, clock, "fresh", hours_ago=0.5)
    await recorded(book, clock, "long-ago", hours_ago=24 * 40)
    tried: list[tuple[str, float | None, str]] = []

    async def again(ready: RecordingReady, trial: str) -> None:
        tried.append((ready.call, ready.operator_from, trial))

    found = await UnheardRecordings(book, shelf, clock, again).sweep()
    assert found == 2
    assert sorted(tried) == [("heard-live-only", 1.5, "20260302T01"), ("unheard", 1.5, "20260302T01")]


async def test_a_healthy_hotline_has_no_unheard_recording(database: Database, clock: StillClock) -> None:
    async def again(ready: RecordingReady, trial: str) -> None:
        raise AssertionError(ready, trial)

    shelf = TranscriptShelf(database, clock, outbox.add)
    assert await UnheardRecordings(CallBook(database), shelf, clock, again).sweep() == 0


async def test_a_failed_transcription_is_told_once(database: Database, clock: StillClock) -> None:
    shelf = TranscriptShelf(database, clock, outbox.add)
    for _ in range(2):
        await shelf.failed("call", "a" * 64, "Tiến trình nhận dạng không trả lời")
    async with database.reading() as connection:
        rows = (await connection.execute(outbox.outbox.select())).all()
    assert [row.name for row in rows] == ["TranscriptFailed"]
