"""Drafts and versions of the province's text files: what is written, checked, brought into force by a second person, brought back.

The file in the data folder is what is in force; versions tell how it came to be. Which texts are good is the checks' business.
"""

import asyncio
import difflib
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from hotline1022.administration import store
from hotline1022.administration.catalogue import FILES, ProvinceFile
from hotline1022.administration.checking import FileCheck, Finding, Verdict
from hotline1022.administration.effect import EffectCount
from hotline1022.administration.live_files import LiveFiles
from hotline1022.base.access import Actor, Role
from hotline1022.base.clock import Clock
from hotline1022.base.db import Database
from hotline1022.base.errors import Forbidden, NotFound, Refused

BY_HAND = "Sửa thẳng trong thư mục dữ liệu"
AS_SHIPPED = "Có sẵn trong phần mềm"
CALLS_GO_ON = "Cuộc gọi đang nghe kịch bản cũ vẫn theo kịch bản cũ; cuộc gọi sau theo bản này."
MOST_LINES = 4000
"""Of a comparison."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version without its text; ``at`` and ``by`` are unknown of what no person brought into force here."""

    number: int
    at: datetime | None
    by: str | None
    note: str | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What is being written."""

    text: str
    revision: str
    """The mark of its text."""
    at: datetime
    by: str
    findings: tuple[Finding, ...]
    effect: str | None


@dataclass(frozen=True, slots=True)
class WholeFile:
    """A file: the text in force, its draft, its versions (the latest first)."""

    file: ProvinceFile
    text: str
    draft: Draft | None
    versions: tuple[Version, ...]
    four_eyes: bool


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file in the list."""

    file: ProvinceFile
    live: Version
    draft_at: datetime | None
    draft_by: str | None
    four_eyes: bool


class RuleBook:
    """Methods raise NotFound, Refused, Forbidden, DatabaseAway and HotlineError. ``four_eyes`` are names of files."""

    def __init__(
        self, database: Database, clock: Clock, data: Path, effects: EffectCount, four_eyes: Collection[str]
    ) -> None:
        self._database, self._clock, self.effects = database, clock, effects
        self._live, self._check, self._four_eyes = LiveFiles(data), FileCheck(data), frozenset(four_eyes)
        self._checking, self._writing = asyncio.Lock(), asyncio.Lock()

    def file(self, name: str) -> ProvinceFile:
        """The file of this name. Raises NotFound."""
        if name not in FILES:
            raise NotFound("Không có tệp nào tên như vậy")
        return FILES[name]

    async def listed(self) -> list[FileLine]:
        """Every file."""
        async with self._database.reading() as connection:
            last, drafts = await store.last_versions(connection), await store.drafts(connection)
        lines = []
        for name, file in FILES.items():
            live = self._live_version(file, self._live.text(file), last.get(name))
            written = drafts.get(name, {})
            lines.append(FileLine(file, live, written.get("at"), written.get("by"), name in self._four_eyes))
        return lines

    async def whole(self, name: str) -> WholeFile:
        """A file with everything about it."""
        file = self.file(name)
        async with self._database.reading() as connection:
            rows, row = await store.versions(connection, name), await store.draft(connection, name)
        text = self._live.text(file)
        versions = [_version(each) for each in rows]
        live = self._live_version(file, text, rows[-1] if rows else None)
        if not versions or live.number != versions[-1].number:
            versions.append(live)
        draft = None
        if row is not None:
            findings = tuple(Finding(**each) for each in row["findings"])
            effect = self._effect_told(file, row["revision"])
            draft = Draft(row["text"], row["revision"], row["at"], row["by"], findings, effect)
        return WholeFile(file, text, draft, tuple(reversed(versions)), name in self._four_eyes)

    async def version(self, name: str, number: int) -> str:
        """The text of a version. Raises NotFound."""
        file = self.file(name)
        async with self._database.reading() as connection:
            rows = await store.versions(connection, name)
        text = self._live.text(file)
        if found := next((row["text"] for row in rows if row["number"] == number), None):
            return str(found)
        if self._live_version(file, text, rows[-1] if rows else None).number == number:
            return text
        raise NotFound(f"Tệp này không có bản {number}")

    async def compared(self, name: str, old: int, new: int | None) -> list[str]:
        """The lines by which version ``new`` (None: the draft, or what is in force without one) differs from ``old``: a unified diff."""
        before = await self.version(name, old)
        if new is not None:
            after, title = await self.version(name, new), f"bản {new}"
        else:
            whole = await self.whole(name)
            after, title = (whole.draft.text, "bản nháp") if whole.draft else (whole.text, "bản đang dùng")
        lines = difflib.unified_diff(
            before.splitlines(), after.splitlines(), f"bản {old}", title, lineterm="", n=3
        )  # fmt: skip
        return [line for line, _ in zip(lines, range(MOST_LINES), strict=False)]

    async def keep(self, by: Actor, name: str, text: str, base: str | None = None) -> tuple[Draft | None, Verdict]:
        """Keep what is being written, and say what is wrong with it and what it would change. A text that is in force is no draft.

        ``base``: the revision that it was made from; refused when somebody else has written since.
        """
        file, text = self.file(name), text.replace("\r\n", "\n")
        if text == self._live.text(file):
            await self._no_draft(name)
            return None, Verdict(())
        verdict = await self._checked(file, text)
        async with self._database.transaction() as connection:
            there = await store.draft(connection, name, hold=True)
            if base is not None and base != (there["revision"] if there else ""):
                who = f"{there['by']} đã sửa bản nháp này" if there else "Bản nháp này đã bị bỏ hoặc đã đưa vào dùng"
                raise Refused(who, remedy="mở lại để xem, rồi sửa tiếp")
            hand = [_identity(by), by.name]
            hands = there["hands"] if there else []
            revision, now = hashlib.sha256(text.encode()).hexdigest()[:16], self._clock.now()
            values = {
                "name": name,
                "text": text,
                "revision": revision,
                "at": now,
                "by": by.name,
                "hands": hands if hand in hands else [*hands, hand],
                "findings": [asdict(each) for each in verdict.findings],
            }
            await store.put_draft(connection, values, new=there is None)
            if hand not in hands:
                await self._journal(connection, by, file, "Bắt đầu sửa bản nháp")
        effect = None
        if verdict.rules is not None:
            effect = await self.effects.of(name, revision, verdict.rules)
        draft = Draft(text, revision, now, by.name, verdict.findings, effect or _standing(file))
        return draft, verdict

    async def discard(self, by: Actor, name: str) -> None:
        """Throw the draft away; nothing when there is none."""
        file = self.file(name)
        async with self._database.transaction() as connection:
            if await store.draft(connection, name, hold=True) is not None:
                await store.drop_draft(connection, name)
                await self._journal(connection, by, file, "Bỏ bản nháp")
        self.effects.forget(name)

    async def activate(
        self, by: Actor, name: str, *, note: str, basis: str | None = None, revision: str | None = None
    ) -> WholeFile:
        """Bring the draft into force. Whoever wrote in it may not, where two pairs of eyes are wanted. Raises Forbidden, Refused."""
        file = self.file(name)
        async with self._writing:
            async with self._database.reading() as connection:
                row = await store.draft(connection, name)
            if row is None:
                raise Refused("Không có bản nháp nào để đưa vào dùng")
            if name in self._four_eyes and _wrote(by, row["hands"]):
                raise Forbidden(
                    "Người đã sửa bản nháp không tự đưa vào dùng", remedy="nhờ người thứ hai xem và đưa vào dùng"
                )
            if name not in self._four_eyes and by.role is not Role.ADMINISTRATOR:
                raise Forbidden("Chỉ quản trị viên đưa tệp này vào dùng")
            if revision is not None and revision != row["revision"]:
                raise Refused("Bản nháp đã được sửa sau khi mở ra xem", remedy="xem lại rồi đưa vào dùng")
            await self._bring(by, file, row["text"], note=note, basis=basis, draft=row["revision"])
        self.effects.forget(name)
        return await self.whole(name)

    async def roll_back(
        self, by: Actor, name: str, number: int, *, note: str, basis: str | None = None
    ) -> WholeFile:  # fmt: skip
        """Bring version ``number`` into force again, as the newest. It was in force before: one person is enough. Raises Refused."""
        file = self.file(name)
        if by.role is not Role.ADMINISTRATOR:
            raise Forbidden("Chỉ quản trị viên lấy lại bản cũ")
        async with self._writing:
            text = await self.version(name, number)
            if text == self._live.text(file):
                raise Refused(f"Bản {number} đang được dùng")
            told = (f"Dùng lại bản {number}" + (f": {note}" if note else ""))[:400]
            await self._bring(by, file, text, note=told, basis=basis, draft=None)
        return await self.whole(name)

    async def _bring(
        self, by: Actor, file: ProvinceFile, text: str, *, note: str, basis: str | None, draft: str | None
    ) -> None:
        verdict = await self._checked(file, text)
        if verdict.broken:
            wrong = [each for each in verdict.findings if each.level == "error"]
            place = f"dòng {wrong[0].line}: " if wrong[0].line else ""
            raise Refused(f"Còn {len(wrong)} lỗi phải sửa, lỗi đầu ở {place}{wrong[0].what}", remedy=wrong[0].remedy)
        before = self._live.own_bytes(file)
        try:
            async with self._database.transaction() as connection:
                there = await store.draft(connection, file.name, hold=True)
                if draft is not None and (there is None or there["revision"] != draft):
                    raise Refused("Bản nháp vừa được sửa tiếp", remedy="xem lại rồi đưa vào dùng")
                rows = await store.versions(connection, file.name)
                text_live = self._live.text(file)
                live = self._live_version(file, text_live, rows[-1] if rows else None)
                if not rows or rows[-1]["number"] != live.number:
                    known = {"name": file.name, "text": text_live, **asdict(live)}
                    await store.add_version(connection, known)
                version = {"name": file.name, "number": live.number + 1, "text": text, "at": self._clock.now()}
                await store.add_version(connection, version | {"by": by.name, "note": note or None, "basis": basis})
                if draft is not None:
                    await store.drop_draft(connection, file.name)
                told = f"Đưa bản {live.number + 1} vào dùng" + (f": {note}" if note else "")
                await self._journal(connection, by, file, told + (f" (căn cứ: {basis})" if basis else ""))
                await asyncio.to_thread(self._live.put, file, text)
        except BaseException:
            # Neither half of a change: the file goes back to what the versions tell.
            if self._live.own_bytes(file) != before:
                self._live.put_back(file, before)
            raise

    async def _checked(self, file: ProvinceFile, text: str) -> Verdict:
        async with self._checking:
            return await asyncio.to_thread(self._check.check, file, text)

    async def _no_draft(self, name: str) -> None:
        async with self._database.transaction() as connection:
            await store.drop_draft(connection, name)
        self.effects.forget(name)

    async def _journal(self, connection: Any, by: Actor, file: ProvinceFile, what: str) -> None:
        subject = f"Tệp {file.name}"
        await store.journal(connection, at=self._clock.now(), by=by.name, subject=subject, what=what)

    def _live_version(self, file: ProvinceFile, text: str, last: Mapping[str, Any] | None) -> Version:
        """The version that is in force: the last one, or a further one where somebody has changed the file by hand."""
        if last is not None and last["text"] == text:
            return _version(last)
        written = self._live.written_at(file)
        note = AS_SHIPPED if written is None else BY_HAND
        return Version((last["number"] if last else 0) + 1, written, None, note, None)

    def _effect_told(self, file: ProvinceFile, revision: str) -> str | None:
        counted = self.effects.told(file.name, revision)
        return counted.sentence if counted else _standing(file)


def _standing(file: ProvinceFile) -> str | None:
    return CALLS_GO_ON if file.kind == "flow" else None


def _identity(actor: Actor) -> str:
    return f"account {actor.account}" if actor.account else f"key {actor.key}" if actor.key else actor.name


def _wrote(actor: Actor, hands: list[list[str]]) -> bool:
    """Whether this person wrote in a draft; a person's key of the same name is the same person."""
    return any(identity == _identity(actor) or name == actor.name for identity, name in hands)


def _version(row: Mapping[str, Any]) -> Version:
    return Version(row["number"], row["at"], row["by"], row["note"], row["basis"])
