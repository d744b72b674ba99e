"""The province's text files over HTTP: list, draft, check, activate, versions, comparison. Routes only; the book decides."""

from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from hotline1022.administration.catalogue import MOST_CHARACTERS, Kind
from hotline1022.administration.checking import Finding, Verdict
from hotline1022.administration.effect import Effect
from hotline1022.administration.rule_book import Draft, FileLine, RuleBook, WholeFile
from hotline1022.base.access import Role
from hotline1022.base.errors import NotFound
from hotline1022.base.http.routes import Call, CivilInstant, Reply, Route, Told

TAG = "Quản trị"
ADMINISTRATORS = frozenset({Role.ADMINISTRATOR})
READERS = frozenset({Role.ADMINISTRATOR, Role.LEADER})
NAME = {"name": "[a-z0-9-]{1,40}"}
MOST_BYTES = MOST_CHARACTERS * 4 + 1000

Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]

Mark = Annotated[str, StringConstraints(pattern="^([0-9a-f]{16})?$")]
"""What tells one text of a draft from another."""


class FindingTold(BaseModel):
    """One thing that is wrong or doubtful; ``line`` is None where it is not about a line of this file."""

    level: str
    line: int | None
    what: str
    remedy: str


class LiveTold(BaseModel):
    """What is in force; ``by`` is None of what no person brought into force in the panel."""

    version: int
    at: CivilInstant | None
    by: str | None


class DraftLine(BaseModel):
    """That there is a draft."""

    at: CivilInstant
    by: str


class FileListed(BaseModel):
    """A file in the list."""

    name: str
    title: str
    kind: Kind
    live: LiveTold
    draft: DraftLine | None
    four_eyes: bool


class FileList(BaseModel):
    """Every file that a province may change."""

    files: tuple[FileListed, ...]


class DraftTold(BaseModel):
    """A draft."""

    text: str
    revision: str
    at: CivilInstant
    by: str
    findings: tuple[FindingTold, ...]
    effect: str | None


class VersionTold(BaseModel):
    """A version without its text."""

    number: int
    at: CivilInstant | None
    by: str | None
    note: str | None
    basis: str | None


class FileTold(BaseModel):
    """A file with everything about it."""

    name: str
    title: str
    kind: Kind
    four_eyes: bool
    text: str
    draft: DraftTold | None
    versions: tuple[VersionTold, ...]


class DraftBody(Told):
    """What is being written; ``base``: the revision that it was made from (empty: none)."""

    text: str
    base: Mark | None = None


class VerdictTold(BaseModel):
    """What came of the check; ``revision`` is None when the text is what is in force anyway."""

    findings: tuple[FindingTold, ...]
    effect: str | None
    revision: str | None


class ActivateBody(Told):
    """``version``: an earlier one is brought back. ``revision``: the draft that was looked at."""

    note: Line = ""
    basis: Line | None = None
    version: int | None = Field(default=None, ge=1, le=1_000_000)
    revision: Mark | None = None


class VersionText(BaseModel):
    """The text of a version."""

    number: int
    text: str


class CompareQuery(Told):
    """From ``old`` to ``new``; without ``new`` to the draft."""

    old: int = Field(ge=1, le=1_000_000)
    new: int | None = Field(default=None, ge=1, le=1_000_000)


class Compared(BaseModel):
    """The lines of a unified diff."""

    lines: tuple[str, ...]


class MoveTold(BaseModel):
    """A due time that would move."""

    code: str
    clock: str
    before: CivilInstant
    after: CivilInstant
    reason: str


class EffectTold(BaseModel):
    """What is counted so far of the draft's effect; ``whole``: everything was looked at."""

    sentence: str
    looked_at: int
    later: int
    earlier: int
    whole: bool
    stopped: bool
    moves: tuple[MoveTold, ...]


def routes(book: RuleBook) -> list[Route]:
    """``/api/rule-files``."""

    async def listed(_call: Call[Told, None]) -> FileList:
        return FileList(files=tuple(_listed(each) for each in await book.listed()))

    async def shown(call: Call[Told, None]) -> FileTold:
        return _whole(await book.whole(call.path["name"]))

    async def keep(call: Call[Told, DraftBody]) -> VerdictTold:
        draft, verdict = await book.keep(call.by, call.path["name"], call.body.text, call.body.base)
        return VerdictTold(
            findings=_findings(verdict),
            effect=draft.effect if draft else None,
            revision=draft.revision if draft else None,
        )

    async def discard(call: Call[Told, None]) -> Reply:
        await book.discard(call.by, call.path["name"])
        return Reply(status=204)

    async def activate(call: Call[Told, ActivateBody]) -> FileTold:
        said, name = call.body, call.path["name"]
        if said.version is not None:
            return _whole(await book.roll_back(call.by, name, said.version, note=said.note, basis=said.basis))
        return _whole(
            await book.activate(call.by, name, note=said.note, basis=said.basis, revision=said.revision)
        )  # fmt: skip

    async def version(call: Call[Told, None]) -> VersionText:
        number = int(call.path["number"])
        return VersionText(number=number, text=await book.version(call.path["name"], number))

    async def compare(call: Call[CompareQuery, None]) -> Compared:
        return Compared(lines=tuple(await book.compared(call.path["name"], call.query.old, call.query.new)))

    async def effect(call: Call[Told, None]) -> EffectTold:
        draft = (await book.whole(call.path["name"])).draft
        found = book.effects.told(call.path["name"], draft.revision) if draft else None
        if found is None:
            raise NotFound("Chưa đếm việc bản nháp này sẽ đổi gì", remedy="lưu lại bản nháp")
        return _effect(found)

    one = "/api/rule-files/{name}"
    number = NAME | {"number": "[1-9][0-9]{0,5}"}
    return [
        Route("GET", "/api/rule-files", listed, "Các tệp tỉnh sửa được", TAG, READERS, {200: FileList}),
        Route("GET", one, shown, "Một tệp: bản đang dùng, bản nháp, các bản", TAG, READERS, {200: FileTold}, parameters=NAME),
        Route(
            "PUT", f"{one}/draft", keep, "Lưu bản nháp và kiểm tra", TAG, ADMINISTRATORS, {200: VerdictTold},
            parameters=NAME, body=DraftBody, most_bytes=MOST_BYTES,
        ),
        Route("DELETE", f"{one}/draft", discard, "Bỏ bản nháp", TAG, ADMINISTRATORS, {204: None}, parameters=NAME),
        Route(
            "GET", f"{one}/draft/effect", effect, "Bản nháp sẽ đổi hạn của phiếu nào", TAG, READERS, {200: EffectTold},
            parameters=NAME,
        ),
        Route(
            "POST", f"{one}/activate", activate, "Đưa bản nháp vào dùng, hoặc dùng lại một bản cũ", TAG, READERS,
            {200: FileTold}, parameters=NAME, body=ActivateBody,
        ),
        Route(
            "GET", f"{one}/versions/{{number}}", version, "Nội dung một bản", TAG, READERS, {200: VersionText},
            parameters=number,
        ),
        Route(
            "GET", f"{one}/compare", compare, "So một bản với bản khác hoặc với bản nháp", TAG, READERS, {200: Compared},
            parameters=NAME, query=CompareQuery,
        ),
    ]  # fmt: skip


def _findings(verdict: Verdict | Draft) -> tuple[FindingTold, ...]:
    return tuple(_finding(each) for each in verdict.findings)


def _finding(finding: Finding) -> FindingTold:
    return FindingTold(level=finding.level, line=finding.line, what=finding.what, remedy=finding.remedy)


def _listed(line: FileLine) -> FileListed:
    draft = DraftLine(at=line.draft_at, by=line.draft_by) if line.draft_at and line.draft_by else None
    live = LiveTold(version=line.live.number, at=line.live.at, by=line.live.by)
    file = line.file
    return FileListed(
        name=file.name, title=file.title, kind=file.kind, live=live, draft=draft, four_eyes=line.four_eyes
    )  # fmt: skip


def _whole(whole: WholeFile) -> FileTold:
    draft = whole.draft
    return FileTold(
        name=whole.file.name,
        title=whole.file.title,
        kind=whole.file.kind,
        four_eyes=whole.four_eyes,
        text=whole.text,
        draft=None
        if draft is None
        else DraftTold(
            text=draft.text,
            revision=draft.revision,
            at=draft.at,
            by=draft.by,
            findings=_findings(draft),
            effect=draft.effect,
        ),
        versions=tuple(
            VersionTold(number=each.number, at=each.at, by=each.by, note=each.note, basis=each.basis)
            for each in whole.versions
        ),
    )


def _effect(effect: Effect) -> EffectTold:
    moves = (
        MoveTold(code=each.code, clock=each.clock, before=each.before, after=each.after, reason=each.reason)
        for each in effect.moves
    )
    return EffectTold(
        sentence=effect.sentence,
        looked_at=effect.looked_at,
        later=effect.later,
        earlier=effect.earlier,
        whole=effect.whole,
        stopped=effect.stopped,
        moves=tuple(moves),
    )
