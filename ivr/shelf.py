"""Where calls get their flow: the province's file if it can be trusted, else the last good one, else the shipped one.

A call keeps the version that it began with as long as this process lives. Reads files when told to; never by itself.
"""

from collections.abc import Mapping
from pathlib import Path

from ivr.check import check
from ivr.finding import BrokenFileError, Finding
from ivr.flow import Flow
from ivr.flow_file import read_flow
from ivr.model import State
from ivr.prompt_book import PromptBook
from ivr.yaml_lines import Reader

SHIPPED_FLOW = Path(__file__).parent / "flows" / "default.yaml"
SHIPPED_SURVEY = SHIPPED_FLOW.with_name("survey.yaml")


def examine(file: Path, book: PromptBook, recorded: Mapping[str, str]) -> tuple[Flow | None, list[Finding]]:
    """A flow's file and everything that is wrong with it; no flow if a call could not follow it."""
    reader = Reader(str(file))
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        reader.wrong(1, "Không đọc được tệp luồng", "kiểm tra đường dẫn, quyền đọc và mã UTF-8")
        return None, reader.findings
    flow = read_flow(text, reader, book)
    if flow is not None and not reader.findings:
        reader.findings += check(flow, str(file), book, recorded)
    broken = any(finding.level == "error" for finding in reader.findings)
    return None if broken else flow, sorted(reader.findings, key=lambda finding: (finding.level, finding.line))


class Shelf:
    """Holds the flow that the next call follows, and those that calls began with.

    ``findings`` tells what is wrong with the province's file; as long as it holds an error that file is not used.
    A prompt without a recording is told too, but does not keep the shipped flow from being used: one sentence less is
    better than no hotline. Raises BrokenFileError if the shipped flow itself is wrong.
    """

    def __init__(
        self, book: PromptBook, recorded: Mapping[str, str], override: Path | None = None, shipped: Path = SHIPPED_FLOW
    ) -> None:
        self._shipped, self._override = shipped, override
        flow, findings = examine(shipped, book, dict.fromkeys(book, ""))
        if flow is None:
            raise BrokenFileError(findings)
        self.current = flow
        self.findings: tuple[Finding, ...] = ()
        self._known = {flow.version: flow}
        self.refresh(book, recorded)

    def refresh(self, book: PromptBook, recorded: Mapping[str, str]) -> Flow:
        """Looks at the files again and returns the flow for the next call: a new one only if it has no error."""
        file = self._override if self._override is not None and self._override.is_file() else self._shipped
        flow, findings = examine(file, book, recorded)
        self.findings = tuple(findings)
        if flow is not None:
            self.current = flow
            self._known[flow.version] = flow
        return self.current

    def of(self, state: State) -> Flow | None:
        """The flow that this call began with; None if it is not known any more: the call is then the dialplan's."""
        return self._known.get(state.flow)
