"""The inbox and the approvals over HTTP. Routes only."""

from hotline1022.base.access import AGENCY_ROLES, HOTLINE_ROLES, Role
from hotline1022.base.http.routes import Call, Route, Told
from tickets.inbox.desk import InboxDesk
from tickets.inbox.model import Approvals, Inbox

WORKERS = HOTLINE_ROLES | AGENCY_ROLES
TAG = "Hộp việc"


def routes(desk: InboxDesk) -> list[Route]:
    """The routes for whoever owes something."""

    async def inbox(call: Call[Told, None]) -> Inbox:
        return await desk.inbox(call.by)

    async def approvals(call: Call[Told, None]) -> Approvals:
        return await desk.approvals(call.by)

    return [
        Route(
            "GET", "/api/inbox", inbox, "Hộp việc", TAG, WORKERS, {200: Inbox},
            description="Việc cơ quan tôi (hoặc tổng đài) còn phải làm, việc trễ trước.",
        ),
        Route(
            "GET", "/api/approvals", approvals, "Chờ duyệt", TAG, frozenset({Role.APPROVER}), {200: Approvals},
        ),
    ]  # fmt: skip
