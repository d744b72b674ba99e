"""The wording of letters of apology: ``letters.yaml``, checked when it is read, filled in without running anything. Pure.

A template is text with names in braces. Only the names of ``FIELDS`` are known, and a name is all that braces may hold.
"""

from collections.abc import Mapping
from string import Formatter
from typing import Annotated

from pydantic import AfterValidator, StringConstraints, model_validator

from tickets.letters.model import LetterCause
from tickets.rule_files import RuleModel

FIELDS = ("addressee", "agency", "head", "code", "taken_on", "topic", "where", "reason")
"""What every template may name."""

LATE_FIELDS = (*FIELDS, "due")
"""What the template for a late answer may name: only that one has a due time that was missed."""

_PARSED = Formatter()


def _readable(text: str) -> str:
    try:
        parts = list(_PARSED.parse(text))
    except ValueError:
        raise ValueError("dấu ngoặc nhọn không khép; viết {{ hoặc }} nếu muốn in chính dấu ngoặc") from None
    for _, name, form, conversion in parts:
        if name is None:
            continue
        if name not in LATE_FIELDS or form or conversion:
            raise ValueError(f"không có chỗ điền “{{{name}}}”; các chỗ điền được: {', '.join(LATE_FIELDS)}")
    return text


Template = Annotated[str, StringConstraints(min_length=1, max_length=20_000), AfterValidator(_readable)]


class LetterTemplates(RuleModel):
    """``letters.yaml``: one template for each cause."""

    version: int
    letters: dict[LetterCause, Template]

    @model_validator(mode="after")
    def _complete(self) -> "LetterTemplates":
        for cause in LetterCause:
            if cause not in self.letters:
                raise ValueError(f"thiếu mẫu thư “{cause}”")
            if cause is not LetterCause.LATE and "due" in _names(self.letters[cause]):
                raise ValueError(f"mẫu thư “{cause}” không có hạn trả lời nào để điền vào “{{due}}”")
        return self

    def write(self, cause: LetterCause, values: Mapping[str, str]) -> str:
        """The letter for ``cause``. ``values`` has every name of ``FIELDS``, and ``due`` for a late answer."""
        return self.letters[cause].format_map(values).strip()


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in _PARSED.parse(text) if name is not None}
