"""The sounds of prompts over HTTP: list, listen, send, bring back. Routes only; the book decides."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from hotline1022.administration.file_web import ADMINISTRATORS, READERS, TAG
from hotline1022.administration.sound_book import PromptFacts, SoundBook
from hotline1022.administration.sound_check import SoundFinding
from hotline1022.base.errors import Invalid
from hotline1022.base.http.routes import Call, CivilInstant, FileField, Reply, Route, Told

MOST_BYTES = 10 * 1024 * 1024
SOUND = FileField("sound", 1, MOST_BYTES)
NAME = {"name": "[A-Za-z0-9][A-Za-z0-9_-]{0,59}"}
WAV = "audio/wav"

Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300)]


class PromptTold(BaseModel):
    """A prompt. ``version`` is 0 of one without a sound; ``problem`` says why callers do not hear it."""

    name: str
    text: str
    seconds: float | None
    version: int
    used_in: tuple[str, ...]
    has_sound: bool
    problem: str | None


class PromptList(BaseModel):
    """Every prompt."""

    prompts: tuple[PromptTold, ...]


class SoundVersionTold(BaseModel):
    """A sound; ``fits``: it was made for the words of now."""

    number: int
    at: CivilInstant | None
    by: str | None
    note: str | None
    seconds: float | None
    fits: bool


class WholePrompt(PromptTold):
    """A prompt with its sounds, the latest first."""

    versions: tuple[SoundVersionTold, ...]


class SoundFindingTold(BaseModel):
    """What is doubtful about a sound that was taken."""

    level: str
    what: str
    remedy: str


class TakenSound(WholePrompt):
    """The prompt with its new sound, and what is doubtful about it."""

    findings: tuple[SoundFindingTold, ...]


class SoundForm(Told):
    """What is said about a sound."""

    note: Note = ""


class BackBody(Told):
    """Which version is brought back, and why."""

    version: int = Field(ge=1, le=1_000_000)
    note: Note = ""


class SoundQuery(Told):
    """Which version (0: what is in force), and whether as the telephone lets it be heard."""

    version: int = Field(default=0, ge=0, le=1_000_000)
    telephone: bool = False


def routes(book: SoundBook) -> list[Route]:
    """``/api/prompts``."""

    async def listed(_call: Call[Told, None]) -> PromptList:
        return PromptList(prompts=tuple(PromptTold.model_validate(_told(each)) for each in await book.listed()))

    async def shown(call: Call[Told, None]) -> WholePrompt:
        return _whole(await book.one(call.path["name"]))

    async def heard(call: Call[SoundQuery, None]) -> Reply:
        data = await book.sound(call.path["name"], call.query.version or None, telephone=call.query.telephone)
        return Reply(data, media_type=WAV)

    async def put(call: Call[Told, SoundForm]) -> TakenSound:
        if not call.files:
            raise Invalid("Thiếu tệp âm thanh", remedy="thu hoặc chọn một tệp", field=SOUND.name)
        facts, found = await book.put(call.by, call.path["name"], call.files[0].data, call.body.note)
        return TakenSound.model_validate(_fields(facts) | {"findings": tuple(map(_finding, found))})

    async def back(call: Call[Told, BackBody]) -> WholePrompt:
        return _whole(await book.roll_back(call.by, call.path["name"], call.body.version, call.body.note))

    one = "/api/prompts/{name}"
    return [
        Route("GET", "/api/prompts", listed, "Các câu thoại và bản thu", TAG, READERS, {200: PromptList}),
        Route("GET", one, shown, "Một câu thoại và các bản thu", TAG, READERS, {200: WholePrompt}, parameters=NAME),
        Route(
            "GET", f"{one}/sound", heard, "Nghe một bản thu", TAG, READERS, {200: WAV}, parameters=NAME, query=SoundQuery
        ),
        Route(
            "PUT", f"{one}/sound", put, "Tải bản thu mới", TAG, ADMINISTRATORS, {200: TakenSound}, parameters=NAME,
            body=SoundForm, takes="multipart", files=SOUND, most_bytes=MOST_BYTES + 10_000, limit=(30, 60.0),
        ),
        Route(
            "POST", f"{one}/activate", back, "Dùng lại một bản thu cũ", TAG, ADMINISTRATORS, {200: WholePrompt},
            parameters=NAME, body=BackBody,
        ),
    ]  # fmt: skip


def _told(facts: PromptFacts) -> dict[str, object]:
    live = facts.versions[0] if facts.versions else None
    return {
        "name": facts.name,
        "text": facts.text,
        "seconds": live.seconds if live else None,
        "version": live.number if live else 0,
        "used_in": facts.used_in,
        "has_sound": live is not None and not facts.problem,
        "problem": facts.problem or None,
    }


def _fields(facts: PromptFacts) -> dict[str, object]:
    versions = tuple(
        SoundVersionTold(
            number=each.number, at=each.at, by=each.by, note=each.note, seconds=each.seconds, fits=each.fits
        )
        for each in facts.versions
    )
    return _told(facts) | {"versions": versions}


def _whole(facts: PromptFacts) -> WholePrompt:
    return WholePrompt.model_validate(_fields(facts))


def _finding(finding: SoundFinding) -> SoundFindingTold:
    return SoundFindingTold(level=finding.level, what=finding.what, remedy=finding.remedy)
