"""The register of letters of apology over HTTP. Routes only; letters are moved like tickets, by the moves of their ticket."""

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES
from hotline1022.base.http.paging import Page
from hotline1022.base.http.routes import Call, Route, Told
from tickets.letters.register import LetterQuery, LetterRegister, RegisteredLetter

READERS = HOTLINE_ROLES | AGENCY_ROLES
TAG = "Thư xin lỗi"


def routes(register: LetterRegister) -> list[Route]:
    """The routes for the hotline's and the agencies' people."""

    async def listed(call: Call[LetterQuery, None]) -> Page[RegisteredLetter]:
        return await register.page(call.query, call.by)

    async def shown(call: Call[Told, None]) -> RegisteredLetter:
        return await register.one(int(call.path["letter"]), call.by)

    return [
        Route(
            "GET", "/api/letters", listed, "Sổ thư xin lỗi", TAG, READERS, {200: Page[RegisteredLetter]}, query=LetterQuery
        ),
        Route(
            "GET", "/api/letters/{letter}", shown, "Xem một thư xin lỗi", TAG, READERS, {200: RegisteredLetter},
            parameters={"letter": "[1-9][0-9]{0,17}"},
        ),
    ]  # fmt: skip
