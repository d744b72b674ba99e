"""The pages and the interface for citizens: look-up by code and digits, adding, reopening, published answers. Routes only.

There is no session: a page carries code and digits in hidden fields, and each request proves itself with them again. So a form that
another site sends for a citizen can do nothing, because it would have to know both.
"""

from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import StringConstraints, TypeAdapter, ValidationError

from hotline1022.base.errors import HotlineError, Invalid
from hotline1022.base.http.pages import HTML, Pages, style
from hotline1022.base.http.problems import ProblemError, of_error
from hotline1022.base.http.routes import Call, Reply, Route, Told
from tickets.move_request import Reason
from tickets.public.look_up import LookUp
from tickets.public.model import PublicTicket
from tickets.publication.reading import AnswerQuery, PublicAnswers
from tickets.publication.web import READING
from tickets.rules import StandingRules

TAG = "Tra cứu của người dân"
PAGES = Pages("tickets.public")
ASKING = (60, 60.0)
"""Look-ups in a minute from one address, right ones too."""

Typed = Annotated[str, StringConstraints(max_length=100)]
Addition = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


class Proof(Told):
    """What a citizen knows of their ticket: its code, and the last four digits of the number it was reported from."""

    code: Typed
    digits: Typed


class AdditionCall(Proof):
    """More about the matter, or the answer to what the agency asked."""

    text: Addition


class ReopenCall(Proof):
    """What is not solved."""

    text: Reason


class ProofForm(Told):
    """The form of the look-up, as it was filled in; what is wrong is told on the page."""

    code: Typed = ""
    digits: Typed = ""


class TextForm(ProofForm):
    """The form of a ticket's page."""

    text: Annotated[str, StringConstraints(max_length=20_000)] = ""


def routes(look_up: LookUp, answers: PublicAnswers, rules: StandingRules) -> list[Route]:
    """Everything that a citizen reaches without a key."""
    return [*_data_routes(look_up), *_look_up_pages(look_up), *_answer_pages(answers, rules)]


def _data_routes(look_up: LookUp) -> list[Route]:
    async def found(call: Call[Told, Proof]) -> PublicTicket:
        return await look_up.find(call.body.code, call.body.digits, call.client)

    async def added(call: Call[Told, AdditionCall]) -> PublicTicket:
        return await look_up.add(call.body.code, call.body.digits, call.client, call.body.text)

    async def reopened(call: Call[Told, ReopenCall]) -> PublicTicket:
        return await look_up.reopen(call.body.code, call.body.digits, call.client, call.body.text)

    told = {200: PublicTicket}
    return [
        Route("POST", "/api/public/look-up", found, "Tra cứu một phiếu", TAG, None, told, body=Proof, limit=ASKING),
        Route(
            "POST", "/api/public/look-up/information", added, "Người dân bổ sung thông tin", TAG, None, told,
            body=AdditionCall, limit=ASKING,
        ),
        Route(
            "POST", "/api/public/look-up/reopening", reopened, "Người dân đề nghị mở lại phiếu", TAG, None, told,
            body=ReopenCall, limit=ASKING,
        ),
    ]  # fmt: skip


def _look_up_pages(look_up: LookUp) -> list[Route]:
    async def asked(_call: Call[Told, None]) -> Reply:
        return _form()

    async def found(call: Call[Told, ProofForm]) -> Reply:
        said = call.body
        try:
            return _ticket(await look_up.find(said.code, said.digits, call.client), said.digits)
        except (HotlineError, ProblemError) as error:
            return _form(said.code, error)

    async def added(call: Call[Told, TextForm]) -> Reply:
        said = call.body
        try:
            text = _text(Addition, said.text, "Xin viết nội dung, nhiều nhất 5000 ký tự")
            ticket = await look_up.add(said.code, said.digits, call.client, text)
        except (HotlineError, ProblemError) as error:
            return await _again(call, error)
        return _ticket(ticket, said.digits, notice="Đã nhận thông tin của quý vị và chuyển đến người xử lý.")

    async def reopened(call: Call[Told, TextForm]) -> Reply:
        said = call.body
        try:
            text = _text(Reason, said.text, "Xin viết điều gì chưa được giải quyết, nhiều nhất 2000 ký tự")
            ticket = await look_up.reopen(said.code, said.digits, call.client, text)
        except (HotlineError, ProblemError) as error:
            return await _again(call, error)
        return _ticket(ticket, said.digits, notice="Phiếu đã được mở lại; cơ quan sẽ xử lý tiếp và trả lời quý vị.")

    async def _again(call: Call[Told, TextForm], error: HotlineError | ProblemError) -> Reply:
        """The ticket's page with what is wrong and the words that were written; the form where even the ticket is refused."""
        said = call.body
        try:
            ticket = await look_up.find(said.code, said.digits, call.client)
        except (HotlineError, ProblemError) as refused:
            return _form(said.code, refused)
        return _ticket(ticket, said.digits, error=error, text=said.text)

    async def styled(_call: Call[Told, None]) -> Reply:
        return style()

    html = {200: HTML}
    return [
        Route("GET", "/tra-cuu", asked, "Trang tra cứu phiếu", TAG, None, html, errors=PAGES.problem),
        Route(
            "POST", "/tra-cuu", found, "Trang của một phiếu", TAG, None, html,
            body=ProofForm, takes="form", limit=ASKING, errors=PAGES.problem,
        ),
        Route(
            "POST", "/tra-cuu/bo-sung", added, "Bổ sung thông tin trên trang", TAG, None, html,
            body=TextForm, takes="form", limit=ASKING, errors=PAGES.problem,
        ),
        Route(
            "POST", "/tra-cuu/mo-lai", reopened, "Đề nghị mở lại trên trang", TAG, None, html,
            body=TextForm, takes="form", limit=ASKING, errors=PAGES.problem,
        ),
        Route("GET", "/tra-cuu/style.css", styled, "Kiểu chữ của các trang", TAG, None, {200: "text/css"}),
    ]  # fmt: skip


def _answer_pages(answers: PublicAnswers, rules: StandingRules) -> list[Route]:
    async def listed(call: Call[AnswerQuery, None]) -> Reply:
        found, now = await answers.page(call.query), rules.current
        following = call.query.model_dump(exclude_none=True, exclude_defaults=True) | {"cursor": found.next}
        return PAGES.page(
            "answers",
            answers=found,
            query=call.query,
            next=urlencode(following) if found.next else None,
            topics=[(each.code, each.name) for each in now.topics.topics if not now.topics.is_referred(each.code)],
            places=sorted(
                ((each.code, each.name) for each in now.localities.communes.values()), key=lambda one: one[1]
            ),
            agencies=[(each.code, each.name) for each in now.agencies.agencies if each.valid_to is None],
        )

    async def shown(call: Call[Told, None]) -> Reply:
        return PAGES.page("answer", answer=await answers.one(call.path["id"]))

    html = {200: HTML}
    return [
        Route(
            "GET", "/hoi-dap", listed, "Trang các câu trả lời đã đăng", TAG, None, html,
            query=AnswerQuery, limit=READING, errors=PAGES.problem,
        ),
        Route(
            "GET", "/hoi-dap/{id}", shown, "Trang một câu trả lời đã đăng", TAG, None, html,
            limit=READING, errors=PAGES.problem,
        ),
    ]  # fmt: skip


def _form(code: str = "", error: HotlineError | ProblemError | None = None) -> Reply:
    if error is None:
        return PAGES.page("look_up", code=code, error=None, wrong="")
    problem = _as_problem(error)
    wrong = error.field or "" if isinstance(error, Invalid) else "both" if problem.status == 404 else ""
    return PAGES.page("look_up", problem.status, problem.headers, code=code, error=_sentence(problem), wrong=wrong)


def _ticket(
    ticket: PublicTicket,
    digits: str,
    *,
    notice: str | None = None,
    error: HotlineError | ProblemError | None = None,
    text: str = "",
) -> Reply:
    problem = None if error is None else _as_problem(error)
    return PAGES.page(
        "ticket",
        200 if problem is None else problem.status,
        {} if problem is None else problem.headers,
        ticket=ticket,
        digits=digits,
        notice=notice,
        error=None if problem is None else _sentence(problem),
        wrong="text" if isinstance(error, Invalid) else "",
        text=text,
    )


def _text(kind: Any, written: str, what: str) -> str:
    try:
        text: str = TypeAdapter(kind).validate_python(written.replace("\r\n", "\n"))
    except ValidationError as error:
        raise Invalid(what, field="text") from error
    return text


def _as_problem(error: HotlineError | ProblemError) -> ProblemError:
    return error if isinstance(error, ProblemError) else of_error(error)


def _sentence(problem: ProblemError) -> str:
    """What is wrong, with the remedy behind a full stop, as a page writes it."""
    what, dash, remedy = problem.detail.partition(" — ")
    return f"{what}. {remedy[:1].upper()}{remedy[1:]}." if dash else f"{what.rstrip('.')}."
