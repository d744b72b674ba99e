"""The book of home appointments over HTTP. Routes only; an appointment is booked and moved by the moves of its ticket."""

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES
from hotline1022.base.http.paging import Page
from hotline1022.base.http.routes import Call, Route
from tickets.appointments.book import AppointmentBook, AppointmentQuery, BookedVisit

READERS = HOTLINE_ROLES | AGENCY_ROLES
TAG = "Hẹn tại nhà"


def routes(book: AppointmentBook) -> list[Route]:
    """The routes for the hotline's and the agencies' people."""

    async def listed(call: Call[AppointmentQuery, None]) -> Page[BookedVisit]:
        return await book.page(call.query, call.by)

    return [
        Route(
            "GET", "/api/appointments", listed, "Lịch hẹn làm thủ tục tại nhà", TAG, READERS, {200: Page[BookedVisit]},
            query=AppointmentQuery,
        ),
    ]  # fmt: skip
