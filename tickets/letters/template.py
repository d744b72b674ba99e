"""The wording of letters of apology: ``letters.yaml``, checked when it is read, filled in without running anything. Pure.

A template is text with names in braces. Only the names below are known, and a name is all that braces may hold.
"""

from collections.abc import Mapping
from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from hotline1022.base.placeholders import checked
from hotline1022.base.rule_files import RuleModel
from tickets.letters.model import LetterCause

FIELDS = ("addressee", "agency", "head", "code", "taken_on", "topic", "where", "reason")
"""What every template may name."""

LATE_FIELDS = (*FIELDS, "due")
"""What the template for a late answer may name: only that one has a due time that was missed."""

_Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000)]
Template = Annotated[_Text, AfterValidator(lambda text: checked(text, FIELDS))]
LateTemplate = Annotated[_Text, AfterValidator(lambda text: checked(text, LATE_FIELDS))]


class Wordings(RuleModel):
    """One template for each cause."""

    late: LateTemplate
    damage: Template
    low_score: Template = Field(alias="low-score")


class LetterTemplates(RuleModel):
    """``letters.yaml``."""

    version: int
    letters: Wordings

    def write(self, cause: LetterCause, values: Mapping[str, str]) -> str:
        """The letter for ``cause``. ``values`` has every name of ``FIELDS``, and ``due`` for a late answer."""
        templates = {
            LetterCause.LATE: self.letters.late,
            LetterCause.DAMAGE: self.letters.damage,
            LetterCause.LOW_SCORE: self.letters.low_score,
        }
        return templates[cause].format_map(values).strip()
