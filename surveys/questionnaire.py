"""The questions after an answer as people read them: their words with a version, which are asked of whom, which answers fit. Pure.

The automatic call's own words are flows and prompts; its questions and their answers are these.
"""

import hashlib
from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, NamedTuple, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from hotline1022.base.errors import Invalid
from hotline1022.base.placeholders import checked
from hotline1022.base.rule_files import RuleModel, WrongAt
from surveys.model import ITEMS, MARKS, NOW, UNSOLVED, Question

FILE = "questionnaire.yaml"

FIELDS = ("code", "agency", "date")
"""What every text may name."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=1000),
    AfterValidator(lambda text: checked(text, FIELDS)),
]

UNHAPPY_MARKS = (1, 2)
"""Marks of satisfaction after which it is asked why, and whether the ticket is to be reopened; as in the automatic call."""

ONLY_UNHAPPY = "Chỉ hỏi khi việc chưa được giải quyết, hoặc người dân chưa hài lòng với cơ quan (1 hoặc 2)"
ONLY_SOLVED_UNHAPPY = "Chỉ hỏi khi người dân chưa hài lòng (1 hoặc 2); việc chưa được giải quyết thì phiếu tự mở lại"


class Wording(RuleModel):
    """The words of one question; ``answers`` stand in the order of their marks, from 1."""

    operator: Text
    page: Text
    answers: tuple[Text, ...] = Field(default=(), max_length=5)


class Words(NamedTuple):
    """A question as it is asked about one case."""

    question: Question
    operator: str
    page: str
    answers: tuple[str, ...]


class Questionnaire(RuleModel):
    """One version of ``questionnaire.yaml``."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z][0-9A-Za-z.-]{0,30}$")]
    questions: dict[Question, Wording]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        for question in Question:
            if question not in self.questions:
                raise WrongAt(f"thiếu câu hỏi “{question}”", "questions")
            words, marks = self.questions[question], len(MARKS.get(question, ()))
            if len(words.answers) != marks:
                what = (
                    f"câu hỏi “{question}” phải có {marks} câu trả lời"
                    if marks
                    else "lời góp ý không có câu trả lời sẵn"
                )
                raise WrongAt(what, "questions", question, "answers")
        return self

    @cached_property
    def wording(self) -> str:
        """What is kept with each answer: ``questionnaire-2026.1@`` and eight digits of a hash of every word."""
        words = hashlib.sha256(self.model_dump_json().encode()).hexdigest()
        return f"questionnaire-{self.version}@{words[:8]}"

    def words(self, question: Question, values: Mapping[str, str]) -> Words:
        """The words of a question with ``values`` (every name of ``FIELDS``) filled in."""
        found = self.questions[question]
        return Words(
            question,
            found.operator.format_map(values),
            found.page.format_map(values),
            tuple(answer.format_map(values) for answer in found.answers),
        )


def questions_of(item: Question) -> tuple[Question, ...]:
    """Every question that somebody may be asked whose SIPAS item is ``item``, in order."""
    return (
        Question.CONSENT,
        Question.RESOLVED,
        Question.SATISFACTION,
        item,
        Question.COMMENT,
        Question.REOPEN,
    )


def asked(item: Question, marks: Mapping[Question, int]) -> tuple[Question, ...]:
    """The questions that are asked of somebody who has answered so far as ``marks`` say, in order; answered ones too."""
    if marks.get(Question.CONSENT, NOW) != NOW:
        return (Question.CONSENT,)
    unsolved = marks.get(Question.RESOLVED) == UNSOLVED
    unhappy = unsolved or marks.get(Question.SATISFACTION) in UNHAPPY_MARKS
    left_out = {Question.COMMENT: not unhappy, Question.REOPEN: not unhappy or unsolved}
    return tuple(question for question in questions_of(item) if not left_out.get(question, False))


def only_if(question: Question) -> str | None:
    """When a question is asked, for whoever reads the questions out; None for one that is always asked."""
    return {Question.COMMENT: ONLY_UNHAPPY, Question.REOPEN: ONLY_SOLVED_UNHAPPY}.get(question)


def check(item: Question, marks: Mapping[Question, int]) -> None:
    """Raise Invalid for the first mark that no question of this citizen takes. A comment is welcome of everybody, so it is no mark."""
    to_ask = asked(item, marks)
    for question, mark in marks.items():
        if question not in MARKS:
            raise Invalid("lời góp ý không phải là điểm", remedy="ghi ở mục comment", field=f"answers.{question}")
        if mark not in MARKS[question]:
            most = MARKS[question][-1]
            what = f"trả lời phải từ 1 đến {most}" if most > 1 else "trả lời chỉ có thể là 1"
            raise Invalid(f"Câu “{question}”: {what}", field=f"answers.{question}")
        if question not in to_ask:
            raise Invalid(_not_asked(question, marks), field=f"answers.{question}")


def _not_asked(question: Question, marks: Mapping[Question, int]) -> str:
    if marks.get(Question.CONSENT, NOW) != NOW:
        return "Người dân không đồng ý trả lời lúc này, nên không ghi câu trả lời nào khác"
    if question in ITEMS:
        return f"Phiếu này không hỏi câu “{question}”: mỗi người chỉ được hỏi một tiêu chí"
    if marks.get(Question.RESOLVED) == UNSOLVED:
        return "Việc chưa được giải quyết thì phiếu tự mở lại, không cần chọn mở lại"
    return "Chỉ chọn mở lại phiếu khi chưa hài lòng với cơ quan giải quyết"
