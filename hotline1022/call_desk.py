"""What was said in a ticket's call, put together: its words and its recording, for those who may know whose call it was."""

from collections.abc import Sequence

from aiohttp import web
from pydantic import BaseModel

from hotline1022.base.access import HOTLINE_ROLES, Actor
from hotline1022.base.db import Database
from hotline1022.base.errors import NotFound
from hotline1022.base.http.routes import Call, Route, Told
from telephony.call_book import CallBook
from telephony.recordings import RecordingShelf
from telephony.store import CallRecord
from tickets.dossier import Dossier
from tickets.web import CODE, TAG
from transcription.model import Side, Word
from transcription.shelf import best_transcript

PAUSE_SECONDS = 1.2
"""A silence of one speaker behind which a new line begins."""

LONGEST_LINE = 40
"""Words."""

NO_CALL = "Phiếu này không có cuộc gọi, hoặc người gửi đã được ẩn danh tính"


class SaidWord(BaseModel):
    """A word with its seconds of the recording; ``doubt`` says why it may be wrong."""

    w: str
    start: float
    end: float
    doubt: str | None


class SaidLine(BaseModel):
    """What one side said in one go."""

    side: Side
    start: float
    words: tuple[SaidWord, ...]


class SaidTold(BaseModel):
    """The words of a call. ``recorded``: there is a recording to be heard; ``seconds`` is its length."""

    lines: tuple[SaidLine, ...]
    recorded: bool
    seconds: float | None


def lines_of(words: Sequence[Word]) -> tuple[SaidLine, ...]:
    """The words of both sides in lines, in order of time. Pure."""
    return tuple(
        SaidLine(
            side=said[0].leg,
            start=said[0].start,
            words=tuple(SaidWord(w=each.w, start=each.start, end=each.end, doubt=each.doubtful) for each in said),
        )
        for said in grouped(words)
    )


def grouped(words: Sequence[Word]) -> list[list[Word]]:
    """The words of both sides in order of time: a pause, the other side or a long breath begins another line. Pure."""
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda each: each.start):
        last = lines[-1] if lines else []
        goes_on = last and last[0].leg == word.leg and len(last) < LONGEST_LINE
        if goes_on and word.start - last[-1].end < PAUSE_SECONDS:
            last.append(word)
        else:
            lines.append([word])
    return lines


class CallDesk:
    """The words and the sound of tickets' calls. Methods raise NotFound, and DatabaseAway."""

    def __init__(self, database: Database, dossier: Dossier, recordings: RecordingShelf) -> None:
        self._database, self._dossier, self._recordings = database, dossier, recordings
        self._book = CallBook(database)

    def routes(self) -> list[Route]:
        """Routes for the hotline's people: an agency works from the ticket's own text."""
        path, who = "/api/tickets/{code}", HOTLINE_ROLES
        said, heard = "Lời nói trong cuộc gọi của phiếu", "Nghe ghi âm cuộc gọi của phiếu"
        return [
            Route("GET", f"{path}/words", self._words, said, TAG, who, {200: SaidTold}, parameters=CODE),
            Route("GET", f"{path}/recording", self._sound, heard, TAG, who, {200: "audio/wav"}, parameters=CODE),
        ]

    async def _words(self, call: Call[Told, None]) -> SaidTold:
        record = await self._call_of(call.path["code"], call.by)
        transcript = await best_transcript(self._database, record.id)
        return SaidTold(
            lines=lines_of(transcript.words if transcript else ()),
            recorded=record.recording is not None,
            seconds=record.recording_seconds,
        )

    async def _sound(self, call: Call[Told, None]) -> web.StreamResponse:
        record = await self._call_of(call.path["code"], call.by)
        file = self._recordings.open(record.recording) if record.recording else None
        if file is None or not file.is_file():
            raise NotFound("Cuộc gọi này không có ghi âm")
        return web.FileResponse(file, headers={"Content-Type": "audio/wav"})

    async def _call_of(self, code: str, actor: Actor) -> CallRecord:
        """The call of a ticket; a sealed ticket hides it, as it hides the number."""
        file = await self._dossier.file(code, actor)
        record = await self._book.find(file.ticket.call) if file.ticket.call else None
        if record is None:
            raise NotFound(NO_CALL)
        return record
