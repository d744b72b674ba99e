"""The words of the questions: whole and sound before they are used, with a version that changes with every word; who is asked what."""

from itertools import product
from pathlib import Path

import pytest

from hotline1022.base.errors import Invalid
from hotline1022.base.rule_files import RuleFileError, rule_path
from ivr.shelf import SHIPPED_SURVEY
from surveys.model import ITEMS, MARKS, Question
from surveys.policy import StandingQuestionnaire
from surveys.questionnaire import FILE, Questionnaire, asked, check, questions_of

VALUES = {"code": "17672970", "agency": "Sở Xây dựng", "date": "23/11/2026"}
SHIPPED = rule_path("surveys", FILE, None).read_text(encoding="utf-8")


def written(folder: Path, text: str) -> Questionnaire:
    """The questionnaire of a province's own file."""
    (folder / FILE).write_text(text, encoding="utf-8")
    return StandingQuestionnaire(folder).current


def test_every_question_has_words_and_as_many_answers_as_marks() -> None:
    questionnaire = StandingQuestionnaire().current
    for question in Question:
        words = questionnaire.words(question, VALUES)
        assert len(words.answers) == len(MARKS.get(question, ()))
        assert "{" not in "".join((words.operator, words.page, *words.answers))
    assert "phiếu 17672970 do Sở Xây dựng trả lời ngày 23/11/2026" in questionnaire.words(
        Question.CONSENT, VALUES
    ).operator  # fmt: skip


def test_the_version_that_is_kept_changes_with_every_word(tmp_path: Path) -> None:
    shipped = StandingQuestionnaire().current.wording
    assert shipped.startswith("questionnaire-2026.1@")
    assert len(shipped) <= 80
    assert written(tmp_path, SHIPPED).wording == shipped
    assert written(tmp_path, SHIPPED.replace("Bình thường", "Tạm được")).wording != shipped
    assert written(tmp_path, SHIPPED.replace('"2026.1"', '"2026.2"')).wording.startswith("questionnaire-2026.2@")


@pytest.mark.parametrize(
    ("before", "after", "mistake"),
    [
        ("{agency} trả lời ngày", "{name} trả lời ngày", "không có chỗ điền “{name}”; các chỗ điền được: code, agency, date"),
        ("phiếu {code} do", "phiếu {code do", "dấu ngoặc nhọn không khép"),
        ("phiếu {code} do", "phiếu {code!r} do", "không có chỗ điền"),
        ('answers: ["Mở lại phiếu {code}"]', "answers: []", "câu hỏi “reopen” phải có 1 câu trả lời"),
        ('"Đồng ý", ', "", "câu hỏi “consent” phải có 3 câu trả lời"),
        ("  comment:\n", "  remark:\n", "giá trị không dùng được"),
        ("    page: Điều gì cần làm tốt hơn?\n", "", "thiếu mục này"),
    ],
)  # fmt: skip
def test_a_broken_file_is_told_and_leaves_the_last_good_words_in_force(
    tmp_path: Path, before: str, after: str, mistake: str
) -> None:
    (tmp_path / FILE).write_text(SHIPPED, encoding="utf-8")
    standing = StandingQuestionnaire(tmp_path)
    good = standing.current
    assert before in SHIPPED
    (tmp_path / FILE).write_text(SHIPPED.replace(before, after), encoding="utf-8")
    with pytest.raises(RuleFileError) as told:
        standing.reload()
    assert mistake in told.value.mistake
    assert standing.current is good


def test_the_answers_that_fit_are_those_that_the_automatic_call_can_give() -> None:
    """Every way through the flow's keys is a set of marks that is let in, and what the flow never asks is not."""
    flow = SHIPPED_SURVEY.read_text(encoding="utf-8")
    for question in MARKS:
        assert f"question: {question}" in flow
    for item, resolved, satisfaction in product(ITEMS, (None, 1, 2, 3), (None, 1, 2, 3, 4, 5)):
        given = {Question.CONSENT: 1, Question.RESOLVED: resolved, Question.SATISFACTION: satisfaction, item: 3}
        marks = {question: mark for question, mark in given.items() if mark is not None}
        unhappy = resolved == 3 or satisfaction in (1, 2)
        may_reopen = unhappy and resolved != 3
        check(item, marks)
        assert (Question.COMMENT in asked(item, marks)) is unhappy
        assert (Question.REOPEN in asked(item, marks)) is may_reopen
        if may_reopen:
            check(item, marks | {Question.REOPEN: 1})
        else:
            with pytest.raises(Invalid):
                check(item, marks | {Question.REOPEN: 1})


@pytest.mark.parametrize("consent", [2, 3])
def test_whoever_does_not_agree_is_asked_nothing_more(consent: int) -> None:
    assert asked(Question.TIME, {Question.CONSENT: consent}) == (Question.CONSENT,)
    with pytest.raises(Invalid):
        check(Question.TIME, {Question.CONSENT: consent, Question.RESOLVED: 1})


def test_marks_outside_of_their_scale_and_other_items_are_refused() -> None:
    for question, marks in MARKS.items():
        item = question if question in ITEMS else Question.TIME
        for mark in (0, marks[-1] + 1, -1):
            with pytest.raises(Invalid):
                check(item, {question: mark})
    assert questions_of(Question.CLARITY)[3] is Question.CLARITY
    with pytest.raises(Invalid, match="một tiêu chí"):
        check(Question.TIME, {Question.CLARITY: 3})
