"""The wording of letters of apology as a file: the province's own wins, a mistake is told with its line, nothing in it runs."""

from pathlib import Path

import pytest

from hotline1022.base.rule_files import RuleFileError, read_rules
from tickets.letters.model import LetterCause
from tickets.letters.template import FIELDS, LATE_FIELDS, LetterTemplates
from tickets.rules import Rules

OWN = """version: 2
letters:
  late: "{agency} xin lỗi {addressee} vì trễ hạn {due}."
  damage: "{agency} xin lỗi {addressee}: {reason}"
  low-score: "{agency} xin lỗi {addressee}. {{nháp}}"
"""


def read(folder: Path, text: str) -> LetterTemplates:
    """The templates written as ``text``."""
    (folder / "letters.yaml").write_text(text, encoding="utf-8")
    return read_rules("letters.yaml", LetterTemplates, folder)


def test_a_province_has_its_own_wording(tmp_path: Path) -> None:
    (tmp_path / "letters.yaml").write_text(OWN, encoding="utf-8")
    letters = Rules.load(tmp_path).letters
    values = dict.fromkeys(LATE_FIELDS, "…") | {"agency": "Sở Y tế", "addressee": "Ông/Bà", "due": "17:00"}
    assert letters.write(LetterCause.LATE, values) == "Sở Y tế xin lỗi Ông/Bà vì trễ hạn 17:00."
    assert letters.write(LetterCause.LOW_SCORE, values) == "Sở Y tế xin lỗi Ông/Bà. {nháp}"


def test_what_is_filled_in_is_never_read_as_a_template(tmp_path: Path) -> None:
    values = dict.fromkeys(FIELDS, "…") | {"reason": "{agency.__class__} {code}"}
    assert read(tmp_path, OWN).write(LetterCause.DAMAGE, values) == "… xin lỗi …: {agency.__class__} {code}"


def test_the_shipped_letters_are_filled_in_completely(rules: Rules) -> None:
    for cause in LetterCause:
        names = LATE_FIELDS if cause is LetterCause.LATE else FIELDS
        text = rules.letters.write(cause, {name: f"‹{name}›" for name in names})
        assert text.startswith("Kính gửi: ‹addressee›\n\n")
        assert text.endswith("Trân trọng./.\n\n‹head›\n‹agency›")
        assert "{" not in text


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (OWN.replace("{due}", "{deadline}"), 3, "không có chỗ điền “{deadline}”; các chỗ điền được: addressee"),
        (OWN.replace("{due}", "{agency.__class__}"), 3, "không có chỗ điền “{agency.__class__}”"),
        (OWN.replace("{due}", "{agency[0]}"), 3, "không có chỗ điền"),
        (OWN.replace("{due}", "{due:>99}"), 3, "không có chỗ điền"),
        (OWN.replace("{due}", "{due!r}"), 3, "không có chỗ điền"),
        (OWN.replace("{due}", "{}"), 3, "không có chỗ điền"),
        (OWN.replace("{due}", "{due"), 3, "dấu ngoặc nhọn không khép"),
        (OWN.replace("{reason}", "{due}"), 4, "không có chỗ điền “{due}”"),
        (OWN.replace("  damage:", "  anger:"), 2, "letters.damage: thiếu mục này"),
        (OWN + "  anger: x\n", 6, "letters.anger: không có mục nào tên như vậy"),
        ("\n".join(OWN.splitlines()[:4]), 2, "letters.low-score: thiếu mục này"),
    ],
)
def test_an_authors_mistake_is_told_with_its_line(tmp_path: Path, text: str, line: int, told: str) -> None:
    with pytest.raises(RuleFileError) as caught:
        read(tmp_path, text)
    assert told in str(caught.value)
    assert caught.value.line == line
