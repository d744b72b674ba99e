"""What is wrong with a text before it is in force: the checks of rules, surveys and flows, run on a copy of the whole folder.

A mistake between two files is found so. What was wrong in another file before is only a warning: one file is mended after the other.
"""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import ivr.recordings
from hotline1022.administration import unfolding
from hotline1022.administration.catalogue import FILES, MOST_CHARACTERS, ProvinceFile
from hotline1022.base.rule_files import RuleFileError, contradiction
from hotline1022.survey_desk import mistakes as survey_mistakes
from ivr.check import MAKE
from ivr.finding import BrokenFileError
from ivr.flow import Flow
from ivr.overrides import Overrides
from ivr.prompt_book import PromptBook, load_book
from ivr.shelf import examine
from surveys.policy import StandingPolicy
from tickets.rules import Rules
from tickets.rules import mistakes as ticket_mistakes

UPLOAD = f"tải bản thu của câu này lên ở trang Lời phát trước; hoặc {MAKE}"
MEND = "sửa dòng này; bản đang dùng giữ nguyên cho đến khi bản nháp đúng"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong (``error``: the text cannot come into force) or doubtful; ``file`` is a name of the catalogue."""

    file: str
    level: Literal["error", "warning"]
    line: int | None
    what: str
    remedy: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a check; ``rules`` and ``flow`` are what the text would make, where it is of that kind and good."""

    findings: tuple[Finding, ...]
    rules: Rules | None = None
    flow: Flow | None = None
    book: PromptBook | None = None

    @property
    def broken(self) -> bool:
        """Whether the text cannot come into force."""
        return any(finding.level == "error" for finding in self.findings)


class FileCheck:
    """Checks texts against the files in ``data``. Methods take their time: call them off the event loop."""

    def __init__(self, data: Path) -> None:
        self._data = data

    def check(self, file: ProvinceFile, text: str) -> Verdict:
        """What would happen if ``text`` were in force as ``file``."""
        if refused := _unreadable(file, text):
            return Verdict((refused,))
        with self._with(file, text) as folder:
            try:
                verdict = self._examined(folder, file)
            except RecursionError:
                return Verdict((Finding(file.name, "error", 1, "Tệp lồng nhau quá sâu", "viết lại cho phẳng hơn"),))
        own = [finding for finding in verdict.findings if finding.file == file.name]
        others = self._of_others([finding for finding in verdict.findings if finding.file != file.name], file)
        ordered = sorted([*own, *others], key=lambda each: (each.level, each.line is None, each.line or 0, each.what))
        return replace(verdict, findings=tuple(ordered))

    def flow(self, file: ProvinceFile, text: str) -> Verdict:
        """A flow's text as a flow, also where a recording is missing: for its picture and its rehearsal."""
        if refused := _unreadable(file, text):
            return Verdict((refused,))
        with self._with(file, text) as folder:
            try:
                book = load_book(Overrides(folder).texts)
            except BrokenFileError:
                book = load_book()
            try:
                flow, found = examine(folder / file.place, book, dict.fromkeys(book, ""))
            except RecursionError:
                return Verdict((Finding(file.name, "error", 1, "Tệp lồng nhau quá sâu", "viết lại cho phẳng hơn"),))
            findings = tuple(Finding(file.name, each.level, each.line, each.what, each.remedy) for each in found)
            return Verdict(findings, flow=flow, book=book)

    @contextmanager
    def _with(self, file: ProvinceFile, text: str) -> Iterator[Path]:
        """A folder for a moment, in which ``text`` stands as ``file`` beside the province's other files."""
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch)
            self._copy(folder)
            (folder / file.place).write_text(text, encoding="utf-8")
            yield folder

    def _copy(self, folder: Path) -> None:
        for file in FILES.values():
            (folder / file.place).parent.mkdir(parents=True, exist_ok=True)
            if (own := self._data / file.place).is_file():
                shutil.copyfile(own, folder / file.place)

    def _examined(self, folder: Path, file: ProvinceFile) -> Verdict:
        if file.kind in ("flow", "prompt"):
            return self._flows(folder)
        return _rules(folder / "rules")

    def _of_others(self, found: list[Finding], file: ProvinceFile) -> list[Finding]:
        """What the text makes wrong in other files; what was wrong there before is a warning, what was doubtful is left out."""
        if not found:
            return []
        with tempfile.TemporaryDirectory() as scratch:
            self._copy(Path(scratch))
            before = {(each.file, each.what) for each in self._examined(Path(scratch), file).findings}
        told = []
        for finding in found:
            old = (finding.file, finding.what) in before
            if old and finding.level == "warning":
                continue
            where = f"Tệp “{FILES[finding.file].title}”" + (f", dòng {finding.line}" if finding.line else "")
            what = f"{where}{' đã sai từ trước' if old else ''}: {finding.what}"
            told.append(replace(finding, level="warning" if old else finding.level, line=None, what=what))
        return told

    def _flows(self, folder: Path) -> Verdict:
        overrides = Overrides(folder)
        try:
            book = load_book(overrides.texts)
        except BrokenFileError as error:
            return Verdict(
                tuple(
                    Finding(_prompt_file(each.file), each.level, each.line, each.what, each.remedy)
                    for each in error.findings
                )
            )
        recorded = ivr.recordings.recorded(book, Overrides(self._data).recordings)
        findings: list[Finding] = []
        for name in ("default", "survey"):
            path = folder / FILES[name].place
            _, found = examine(path if path.is_file() else FILES[name].shipped, book, recorded)
            for each in found:
                at = name if Path(each.file).parent.name == "flows" else _prompt_file(each.file)
                remedy = UPLOAD if each.remedy == MAKE else self._without_paths(each.remedy, folder)
                findings.append(Finding(at, each.level, each.line, self._without_paths(each.what, folder), remedy))
        return Verdict(tuple(dict.fromkeys(findings)), book=book)

    def _without_paths(self, text: str, folder: Path) -> str:
        """Where this machine keeps its files is nobody's business who reads a finding."""
        for place in (folder, self._data, Path(ivr.recordings.__file__).parent):
            text = text.replace(f"{place}/", "")
        return text


def _rules(folder: Path) -> Verdict:
    wrong: list[RuleFileError] = [*ticket_mistakes(folder), *survey_mistakes(folder)]
    rules = None if wrong else Rules.load(folder)
    if rules is not None and (calendar := StandingPolicy(folder).current.calendar) not in rules.calendars:
        what = f"không có lịch “{calendar}”"
        wrong.append(contradiction("surveys", "survey-policy.yaml", folder, ("calendar",), what))
    found = tuple(Finding(each.path.stem, "error", each.line, each.mistake, MEND) for each in wrong)
    return Verdict(found, rules=None if found else rules)


def _prompt_file(path: str) -> str:
    return "agency-names" if Path(path).name == "agencies.yaml" else "prompts"


def _unreadable(file: ProvinceFile, text: str) -> Finding | None:
    """Why nothing should try to read this at all."""
    if len(text) > MOST_CHARACTERS:
        return Finding(file.name, "error", None, f"Tệp dài quá {MOST_CHARACTERS:,} ký tự", "bỏ bớt nội dung")
    if not file.place.endswith(".yaml"):
        return None
    found = unfolding.trouble(text)
    return Finding(file.name, "error", *found) if found else None
