"""A transcript is stored once and read back as it was."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hotline1022.base.db import Database, metadata
from transcription.model import Transcript, Utterance, Word
from transcription.store import keep, of_call, recording_digest, transcripts

NOW = datetime(2026, 11, 24, 1, 2, 3, tzinfo=UTC)


def heard(*texts: str, rejected: str | None = None) -> Transcript:
    words = tuple(Word(w=text, start=i, end=i + 1, conf=0.5, leg="caller") for i, text in enumerate(texts))
    said = [Utterance(leg="caller", start=0, end=2, words=words)]
    if rejected:
        said.append(Utterance(leg="operator", start=2, end=3, rejected=rejected, rule="repetition"))
    return Transcript.of(said, engine="whisper", model="whisper-base", seconds=3.0)


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'test.sqlite'}")
    async with database.transaction() as connection:
        await connection.run_sync(lambda sync: metadata.create_all(sync, tables=[transcripts]))
    yield database
    await database.close()


async def test_a_transcript_comes_back_as_it_was(database: Database) -> None:
    written = heard("ổ", "gà", rejected="Câu lặp đi lặp lại.")
    async with database.transaction() as connection:
        assert await keep(connection, call="c", phase="live", transcript=written, now=NOW)
    async with database.reading() as connection:
        (stored,) = await of_call(connection, "c")
    assert stored.transcript == written
    assert stored.created_at == NOW
    assert stored.transcript.text == "ổ gà"
    assert stored.transcript.rejected[0].reason == "Câu lặp đi lặp lại."


async def test_the_same_recording_is_transcribed_into_the_store_once(database: Database) -> None:
    digest = recording_digest(b"wav")
    async with database.transaction() as connection:
        first = await keep(
            connection, call="c", phase="after", transcript=heard("một"), now=NOW, recording_sha256=digest
        )
        again = await keep(
            connection, call="c", phase="after", transcript=heard("hai"), now=NOW, recording_sha256=digest
        )
        other = await keep(
            connection,
            call="c",
            phase="after",
            transcript=heard("ba"),
            now=NOW,
            recording_sha256=recording_digest(b"x"),
        )
    assert (first, again, other) == (True, False, True)
    async with database.reading() as connection:
        assert {stored.transcript.text for stored in await of_call(connection, "c")} == {"một", "ba"}


async def test_the_best_transcript_comes_first(database: Database) -> None:
    async with database.transaction() as connection:
        later = NOW + timedelta(minutes=5)
        await keep(connection, call="c", phase="after", transcript=heard("cũ"), now=NOW, recording_sha256="1")
        await keep(connection, call="c", phase="after", transcript=heard("mới"), now=later, recording_sha256="2")
        await keep(connection, call="c", phase="live", transcript=heard("trực tiếp"), now=later)
        await keep(connection, call="d", phase="live", transcript=heard("khác"), now=later)
    async with database.reading() as connection:
        assert [stored.transcript.text for stored in await of_call(connection, "c")] == ["mới", "cũ", "trực tiếp"]
