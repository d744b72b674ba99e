"""Surveys over HTTP: cases for the hotline's people, and the page of a one-time link for the citizen. Routes only.

No agency's person has a way in. The page has no session: whoever has the link may answer once, and reads nothing of who they are.
"""

from typing import Annotated, Literal

from pydantic import StringConstraints

from hotline1022.base.access import HOTLINE_ROLES
from hotline1022.base.errors import Invalid
from hotline1022.base.http.pages import HTML, Pages
from hotline1022.base.http.paging import Page
from hotline1022.base.http.routes import Call, Reply, Route, Told
from surveys.asking.links import PATH, Asked, Links
from surveys.asking.model import CaseHeld, Kept, LinkMade, WrittenDown
from surveys.asking.operators import OperatorSurveys
from surveys.asking.opt_outs import OptOuts, OptOutState, Wish
from surveys.model import Question
from surveys.reading import (
    LEADERS,
    CaseFile,
    CaseShown,
    ReasonCounts,
    ReasonsQuery,
    SurveyFinding,
    SurveyQuery,
)

TAG, PAGE_TAG = "Khảo sát", "Khảo sát trên trang"
PAGES = Pages("surveys.asking")
CASE = {"case": "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"}
ASKING = (60, 60.0)
"""Pages in a minute from one address."""
MOST_LETTERS = 2000
"""Of a comment."""
NOBODY_INDEXES = {"X-Robots-Tag": "noindex, nofollow"}

Choice = Literal["", "1", "2", "3", "4", "5"]


class LinkForm(Told):
    """The form of the page, as it was filled in: marks are digits, what was left open is empty."""

    resolved: Literal["", "1", "2", "3"] = ""
    satisfaction: Choice = ""
    item: Choice = ""
    comment: Annotated[str, StringConstraints(max_length=20_000)] = ""
    reopen: Literal["", "1"] = ""
    never: Literal["", "1"] = ""


def routes(*, finding: SurveyFinding, operators: OperatorSurveys, links: Links, opt_outs: OptOuts) -> list[Route]:
    """Everything about surveys that people do."""
    return [*_case_routes(finding, operators, links), *_opt_out_routes(opt_outs), *_page_routes(links)]


def _case_routes(finding: SurveyFinding, operators: OperatorSurveys, links: Links) -> list[Route]:
    async def listed(call: Call[SurveyQuery, None]) -> Page[CaseShown]:
        return await finding.page(call.query, call.by)

    async def shown(call: Call[Told, None]) -> CaseFile:
        return await finding.one(call.path["case"], call.by)

    async def counted(call: Call[ReasonsQuery, None]) -> ReasonCounts:
        return await finding.reasons(call.query)

    async def taken(call: Call[Told, None]) -> CaseHeld:
        return await operators.take_next(call.by)

    async def written(call: Call[Told, WrittenDown]) -> Kept:
        return await operators.write_down(call.path["case"], call.body, call.by)

    async def linked(call: Call[Told, None]) -> LinkMade:
        return await links.make(call.path["case"], call.by)

    return [
        Route(
            "GET", "/api/surveys", listed, "Danh sách phiếu khảo sát", TAG, HOTLINE_ROLES, {200: Page[CaseShown]},
            query=SurveyQuery,
        ),
        Route(
            "GET", "/api/surveys/reasons", counted, "Đếm lý do không khảo sát", TAG, HOTLINE_ROLES, {200: ReasonCounts},
            query=ReasonsQuery,
        ),
        Route(
            "POST", "/api/surveys/next", taken, "Nhận phiếu đến lượt khảo sát", TAG, HOTLINE_ROLES, {200: CaseHeld},
            description="Phiếu chờ lâu nhất, của riêng người nhận trong 15 phút; không ai chọn được người để hỏi.",
        ),
        Route(
            "GET", "/api/surveys/{case}", shown, "Xem một phiếu khảo sát", TAG, HOTLINE_ROLES, {200: CaseFile},
            parameters=CASE,
        ),
        Route(
            "POST", "/api/surveys/{case}/answers", written, "Ghi kết quả điện thoại viên hỏi", TAG, HOTLINE_ROLES,
            {200: Kept}, body=WrittenDown, parameters=CASE,
        ),
        Route(
            "POST", "/api/surveys/{case}/link", linked, "Tạo liên kết khảo sát dùng một lần", TAG, HOTLINE_ROLES,
            {201: LinkMade}, parameters=CASE,
        ),
    ]  # fmt: skip


def _opt_out_routes(opt_outs: OptOuts) -> list[Route]:
    async def opted_out(call: Call[Told, Wish]) -> OptOutState:
        return await opt_outs.opt_out(call.body, call.by)

    async def opted_in(call: Call[Told, Wish]) -> OptOutState:
        return await opt_outs.opt_in(call.body, call.by)

    told = {200: OptOutState}
    return [
        Route("POST", "/api/surveys/opt-outs", opted_out, "Không khảo sát một số nữa", TAG, LEADERS, told, body=Wish),
        Route("POST", "/api/surveys/opt-ins", opted_in, "Khảo sát lại một số", TAG, LEADERS, told, body=Wish),
    ]


def _page_routes(links: Links) -> list[Route]:
    async def asked(call: Call[Told, None]) -> Reply:
        found = await links.open(call.path["token"])
        return _gone() if found is None else _form(found, LinkForm())

    async def answered(call: Call[Told, LinkForm]) -> Reply:
        token, form = call.path["token"], call.body
        found = await links.open(token)
        if found is None:
            return _gone()
        try:
            if form.never:
                used, thanks = await links.never_again(token), "never"
            else:
                used, thanks = await links.answer(token, _marks(form, found), _comment(form)), "answered"
        except Invalid as error:
            return _form(found, form, error)
        return PAGES.page("thanks", headers=NOBODY_INDEXES, thanks=thanks) if used else _gone()

    html = {200: HTML}
    return [
        Route("GET", PATH, asked, "Trang khảo sát", PAGE_TAG, None, html, limit=ASKING, errors=PAGES.problem),
        Route(
            "POST", PATH, answered, "Gửi trả lời khảo sát", PAGE_TAG, None, html,
            body=LinkForm, takes="form", limit=ASKING, errors=PAGES.problem,
        ),
    ]  # fmt: skip


def _marks(form: LinkForm, found: Asked) -> dict[Question, int]:
    said = {
        Question.RESOLVED: form.resolved,
        Question.SATISFACTION: form.satisfaction,
        found.item: form.item,
        Question.REOPEN: form.reopen,
    }
    return {question: int(mark) for question, mark in said.items() if mark}


def _comment(form: LinkForm) -> str | None:
    text = form.comment.replace("\r\n", "\n").strip()
    if len(text) > MOST_LETTERS:
        raise Invalid(f"Góp ý dài quá {MOST_LETTERS} ký tự", remedy="viết ngắn lại", field="comment")
    return text or None


def _form(found: Asked, form: LinkForm, error: Invalid | None = None) -> Reply:
    words = found.words
    scales = [("resolved", words[Question.RESOLVED]), ("satisfaction", words[Question.SATISFACTION])]
    scales.append(("item", words[found.item]))
    wrong = None if error is None else (error.field or "").removeprefix("answers.")
    sentence = None if error is None else f"{error.what}{'. ' + _upper(error.remedy) if error.remedy else ''}."
    return PAGES.page(
        "questions",
        200 if error is None else 422,
        NOBODY_INDEXES,
        asked=found,
        consent=words[Question.CONSENT],
        scales=scales,
        comment=words[Question.COMMENT],
        reopen=words[Question.REOPEN],
        form=form,
        error=sentence,
        wrong=wrong,
    )


def _gone() -> Reply:
    return PAGES.page("gone", 404, NOBODY_INDEXES)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
