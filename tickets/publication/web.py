"""The interface to published answers: for everybody to read, and the draft for a leader. Routes only; pages are ``tickets.public``'s."""

from hotline1022.base.access import Role
from hotline1022.base.http.paging import Page
from hotline1022.base.http.routes import Call, Route, Told
from tickets.publication.reading import PUBLIC_ID, AnswerQuery, PublicAnswer, PublicAnswers, PublicationDraft

LEADERS = frozenset({Role.LEADER, Role.ADMINISTRATOR})
READING = (120, 60.0)
"""Reads in a minute from one address."""
TAG = "Câu trả lời đã đăng"


def routes(answers: PublicAnswers) -> list[Route]:
    """The routes as data of programs."""

    async def listed(call: Call[AnswerQuery, None]) -> Page[PublicAnswer]:
        return await answers.page(call.query)

    async def shown(call: Call[Told, None]) -> PublicAnswer:
        return await answers.one(call.path["id"])

    async def drafted(call: Call[Told, None]) -> PublicationDraft:
        return await answers.draft(call.path["code"])

    return [
        Route(
            "GET", "/api/public/answers", listed, "Các câu trả lời đã đăng, mới nhất trước", TAG, None,
            {200: Page[PublicAnswer]}, query=AnswerQuery, limit=READING,
        ),
        Route(
            "GET", "/api/public/answers/{id}", shown, "Một câu trả lời đã đăng", TAG, None, {200: PublicAnswer},
            parameters={"id": PUBLIC_ID.pattern}, limit=READING,
        ),
        Route(
            "GET", "/api/tickets/{code}/publication-draft", drafted, "Dự thảo để đăng, đã lược bỏ thông tin cá nhân", TAG,
            LEADERS, {200: PublicationDraft}, parameters={"code": "[1-9][0-9]{7}"},
        ),
    ]  # fmt: skip
