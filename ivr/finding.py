"""What is wrong with a file that an author wrote: where, what, and the remedy, told in Vietnamese. No check lives
here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from hotline1022.base.errors import HotlineError


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that is wrong (``error``: the file is not used) or doubtful (``warning``)."""

    file: str
    line: int
    what: str
    remedy: str
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        word = "lỗi" if self.level == "error" else "cảnh báo"
        return f"{self.file}:{self.line}: {word}: {self.what} — {self.remedy}"


class BrokenFileError(HotlineError):
    """A file that has errors and is therefore not used; ``findings`` tells all of them."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [finding for finding in self.findings if finding.level == "error"]
        more = f" (và {len(errors) - 1} lỗi khác)" if len(errors) > 1 else ""
        super().__init__(f"{errors[0].file}:{errors[0].line}: {errors[0].what}{more}", remedy=errors[0].remedy)
