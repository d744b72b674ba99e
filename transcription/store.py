"""Transcripts by call, in the database: what was heard live and what the recording gave.

Words are kept as the engine wrote them.

Numbers, masking and marking for a reader happen when they are shown, so that a better rule serves old calls too.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import JSON, Column, Float, Index, Row, String, Table, Text, UniqueConstraint, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from hotline1022.base.db import Instant, metadata
from hotline1022.base.ids import new_id
from transcription.model import Phase, Transcript

transcripts = Table(
    "transcripts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("call", String(64), nullable=False),
    Column("phase", String(8), nullable=False),
    Column("recording_sha256", String(64), nullable=False),
    Column("engine", String(16), nullable=False),
    Column("model", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("words", JSON, nullable=False),
    Column("rejected", JSON, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("call", "phase", "recording_sha256"),
    Index(None, "created_at"),
)

LIVE = ""
"""What stands for the recording's sha256 where there is none: the words heard while people spoke."""


@dataclass(frozen=True)
class StoredTranscript:
    """A transcript with where it comes from. ``created_at`` is UTC."""

    call: str
    phase: Phase
    recording_sha256: str
    transcript: Transcript
    created_at: datetime


def recording_digest(wav: bytes) -> str:
    """What tells one recording from another."""
    return hashlib.sha256(wav).hexdigest()


async def keep(
    connection: AsyncConnection,
    *,
    call: str,
    phase: Phase,
    transcript: Transcript,
    now: datetime,
    recording_sha256: str = LIVE,
) -> bool:
    """Store the transcript. False, and nothing changes, if one of this call, phase and recording stands already."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = (
        dialect.insert(transcripts)
        .values(
            id=new_id(),
            call=call,
            phase=phase,
            recording_sha256=recording_sha256,
            engine=transcript.engine,
            model=transcript.model,
            text=transcript.text,
            words=[word.model_dump() for word in transcript.words],
            rejected=[rejection.model_dump() for rejection in transcript.rejected],
            seconds=transcript.seconds,
            created_at=now,
        )
        .on_conflict_do_nothing()
    )
    return (await connection.execute(statement)).rowcount == 1


async def of_call(connection: AsyncConnection, call: str) -> list[StoredTranscript]:
    """Every transcript of the call, the best first: from the recording before live, the newest before older ones."""
    rows = await connection.execute(
        select(transcripts)
        .where(transcripts.c.call == call)
        .order_by(transcripts.c.phase == "live", transcripts.c.created_at.desc())
    )
    return [_read(row) for row in rows]


async def heard_after(connection: AsyncConnection, calls: Collection[str]) -> set[str]:
    """Those of the calls that have a transcript of their recording."""
    heard: set[str] = set()
    for some in batched_calls(sorted(calls)):
        query = select(transcripts.c.call).where(transcripts.c.call.in_(some), transcripts.c.phase == "after")
        heard |= set((await connection.execute(query)).scalars())
    return heard


def batched_calls(calls: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    """The calls in pieces: databases bound the number of values in one statement."""
    for start in range(0, len(calls), size):
        yield calls[start : start + size]


def _read(row: Row[tuple[object, ...]]) -> StoredTranscript:
    content = {name: getattr(row, name) for name in ("engine", "model", "words", "rejected", "seconds")}
    return StoredTranscript(
        call=row.call,
        phase=row.phase,
        recording_sha256=row.recording_sha256,
        transcript=Transcript.model_validate(content),
        created_at=row.created_at,
    )
