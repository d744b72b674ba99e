"""The golden rehearsals: what is heard in whole calls, word for word, and how scripts that cannot be done are told.

``rehearsals/NAME.txt`` is the script, ``rehearsals/NAME.heard`` what it gives. After a meant change of the flow or its
words: ``python -m tests.ivr.test_rehearsals`` writes them anew, to be read before they are committed.
"""

from pathlib import Path

import pytest

from ivr.finding import BrokenFileError
from ivr.flow import Flow
from ivr.prompt_book import PromptBook, load_book
from ivr.recordings import recorded
from ivr.rehearse import rehearse
from ivr.shelf import SHIPPED_FLOW, examine

REHEARSALS = Path(__file__).parent / "rehearsals"
SCRIPTS = sorted(path.stem for path in REHEARSALS.glob("*.txt"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_call_is_heard_word_for_word(flow: Flow, book: PromptBook, name: str) -> None:
    script = (REHEARSALS / f"{name}.txt").read_text(encoding="utf-8")
    assert rehearse(flow, book, script, name) == (REHEARSALS / f"{name}.heard").read_text(encoding="utf-8")


def test_every_rehearsal_has_its_golden_file_and_none_is_left_over() -> None:
    assert len(SCRIPTS) >= 12
    assert sorted(path.stem for path in REHEARSALS.glob("*.heard")) == SCRIPTS


@pytest.mark.parametrize(
    ("script", "line", "what"),
    [
        ("facts open-now\nwhistle", 2, "không có việc này"),
        ("keys", 1, "thừa hoặc thiếu chữ"),
        ("// a remark\n\nkeys 1 2", 3, "thừa hoặc thiếu chữ"),
        ("facts open-now operators-ready\nsilence\nkeys 1\nqueue perhaps", 4, "chỉ có answered hoặc unanswered"),
        ("speak long", 1, "dòng này không hiểu được"),
        ("fail mood", 1, "chỉ có play"),
        ("ticket found agency=x", 1, "cuộc gọi đã kết thúc trước việc này"),
        ("hangup\nkeys 1", 2, "cuộc gọi đã kết thúc trước việc này"),
    ],
)
def test_script_that_cannot_be_done_is_told_with_its_line(
    flow: Flow, book: PromptBook, script: str, line: int, what: str
) -> None:
    with pytest.raises(BrokenFileError) as refused:
        rehearse(flow, book, script, "call.txt")
    finding = refused.value.findings[0]
    assert (finding.file, finding.line) == ("call.txt", line)
    assert what in finding.what


def _write_anew() -> None:
    book = load_book()
    flow, findings = examine(SHIPPED_FLOW, book, recorded(book))
    assert flow is not None, findings
    for name in SCRIPTS:
        heard = rehearse(flow, book, (REHEARSALS / f"{name}.txt").read_text(encoding="utf-8"), name)
        (REHEARSALS / f"{name}.heard").write_text(heard, encoding="utf-8")


if __name__ == "__main__":
    _write_anew()
